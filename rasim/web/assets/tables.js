// What happens: the tables that `step` made, put together for two experts as the computer does it. Nothing is decided here.
//
// A state is, for each expert, the places of the values of all facts. A step is an event aimed at an expert, or one that comes to both.
// `Machine.take` is the only way from a state to the next.

/**
 * @typedef {InstanceType<typeof Tables.Machine>} Machine
 * @typedef {number[][]} State
 * @typedef {{expert: number, events: number[]}} Step
 * @typedef {{event: string, [field: string]: any}} Line
 * @typedef {{line: Line, expert: number}} Said  `expert` is whose assistance it is about; -1 for what is told once
 * @typedef {{sets?: number[][], lines?: number[], world?: boolean, row?: string, why?: (string|null)[], lost?: string[][]}} Outcome  `why`: the condition that failed and the setting behind it; neither where no row speaks of it
 * @typedef {{kind: string, carries: Record<string, string|boolean>, owner: string, scope: string, sets: number[][], on: number[], by: [number[], number][], scenario: string}} EventTable
 * @typedef {{name: string, scope: string, values: (string|boolean)[]}} Fact
 * @typedef {{name: string, on: number[], when: number[][], begins: number[], ends: number[]}} Shared
 * @typedef {{facts: Fact[], start: number[], experts: string[], owner: string, session: string, busy: [number, number[]], shared: Shared[], events: EventTable[], outcomes: Outcome[], lines: Line[]}} MachineData
 * @typedef {{step: Step, before: State, after: State, outcomes: {expert: number, outcome: Outcome}[], lines: Said[], changed: boolean}} Taken
 * @typedef {{surely: string[], perhaps: string[]}} Broken  promises that a step breaks whatever went before, and those that it may
 * @typedef {{events: number[], on: number[], by: [number[], string[], string[]][]}} BreaksTable
 * @typedef {{name: string, cases: string[], by: string[], events: (number|EventTable)[], breaks: BreaksTable[], ways: Record<string, number[][]>}} Mistake
 */

const Tables = (() => {
  /** @param {[number[], any][]} by */
  const indexed = (by) => new Map(by.map((row) => [row[0].join(), row]));

  /** @param {number[]} places @param {number[]} on */
  const part = (places, on) => on.map((at) => places[at]).join();

  /** Whether an event is aimed at one expert. @param {EventTable} event */
  const aimed = ({ scope }) => scope === "assistance" || scope === "expert";

  class Machine {
    /** @param {MachineData} data @param {Mistake|null} mistake */
    constructor(data, mistake = null) {
      this.data = data;
      this.mistake = mistake;
      this.events = mistake
        ? mistake.events.map((each) => (typeof each === "number" ? data.events[each] : each))
        : data.events;
      this.by = this.events.map((event) => indexed(event.by));
      this.shared = data.shared.map((shared) => new Set(shared.when.map((key) => key.join())));
      this.breaks = new Map(
        (mistake ? mistake.breaks : []).map((each) => [
          each.events.join(),
          { on: each.on, by: indexed(/** @type {any} */ (each.by)) },
        ]),
      );
      this.places = new Map(data.facts.map((fact, at) => [fact.name, at]));
    }

    /** @returns {State} */
    start() {
      return this.data.experts.map(() => [...this.data.start]);
    }

    /** What a fact is for an expert. @param {State} state @param {number} expert @param {string} name */
    value(state, expert, name) {
      const at = /** @type {number} */ (this.places.get(name));
      return this.data.facts[at].values[state[expert][at]];
    }

    /** The number of an event, -1 if there is none. @param {string} kind @param {Record<string, string|boolean>} carries */
    numberOf(kind, carries = {}) {
      return this.events.findIndex(
        (each) =>
          each.kind === kind &&
          Object.entries(each.carries).every(
            ([name, value]) => name === "new listed" || carries[name] === undefined || carries[name] === value,
          ) &&
          (carries["new listed"] === undefined || each.carries["new listed"] === carries["new listed"]),
      );
    }

    /** Every step there is. @returns {Step[]} */
    steps() {
      /** @type {Step[]} */
      const found = [];
      this.events.forEach((event, at) => {
        if (event.kind === "policy is applied") {
          if (event.carries["new listed"]) return;
          const listed = this.numberOf(event.kind, { ...event.carries, "new listed": true });
          for (const first of [at, listed])
            for (const second of [at, listed]) found.push({ expert: 0, events: [first, second] });
        } else if (aimed(event)) {
          this.data.experts.forEach((_, expert) => found.push({ expert, events: [at] }));
        } else {
          found.push({ expert: 0, events: [at] });
        }
      });
      return found;
    }

    /** Whether there is such a step. @param {Step} step */
    knows(step) {
      const first = this.events[step.events[0]];
      if (!first || !this.data.experts[step.expert]) return false;
      const two = first.kind === "policy is applied";
      return (
        step.events.length === (two ? 2 : 1) &&
        step.events.every((at) => this.events[at] && this.events[at].kind === first.kind)
      );
    }

    /** Let an event happen. @param {State} before @param {Step} step @returns {Taken} */
    take(before, step) {
      const concerned = aimed(this.events[step.events[0]]) ? [step.expert] : before.map((_, expert) => expert);
      const after = before.map((places) => [...places]);
      /** @type {Taken["outcomes"]} */
      const outcomes = [];
      for (const expert of concerned) {
        const number = step.events.length > 1 ? step.events[expert] : step.events[0];
        const event = this.events[number];
        const row = this.by[number].get(part(before[expert], event.on));
        if (!row) throw new Error(`no entry for ${event.kind} in ${before[expert]}`);
        const outcome = this.data.outcomes[row[1]];
        for (const [at, value] of [...event.sets, ...(outcome.sets || [])]) {
          const whole = this.data.facts[at].scope === "computer" || this.data.facts[at].scope === "session";
          for (const places of whole ? after : [after[expert]]) places[at] = value;
        }
        outcomes.push({ expert, outcome });
      }
      const [phase, busy] = this.data.busy;
      const at = /** @type {number} */ (this.places.get("busy"));
      after.forEach((places, expert) => {
        places[at] = after.some((other, who) => who !== expert && busy.includes(other[phase])) ? 1 : 0;
      });
      const changed = after.some((places, expert) => places.join() !== before[expert].join());
      return { step, before, after, outcomes, lines: this.said(before, after, step, outcomes), changed };
    }

    /** @param {State} before @param {State} after @param {Step} step @param {Taken["outcomes"]} outcomes @returns {Said[]} */
    said(before, after, step, outcomes) {
      /** @type {Said[]} */
      const said = [];
      outcomes.forEach(({ expert, outcome }, turn) => {
        (outcome.lines || []).forEach((line, at) => {
          const world = at === 0 && outcome.world;
          if (world && turn > 0) return; // told once, however many it concerns
          said.push({
            line: this.named(this.data.lines[line], expert, world ? step : null),
            expert: world && outcomes.length > 1 ? -1 : expert,
          });
        });
      });
      this.data.shared.forEach((shared, at) => {
        const [was, is] = [this.lasts(before, at), this.lasts(after, at)];
        for (const line of was === is ? [] : is ? shared.begins : shared.ends)
          said.push({ line: this.data.lines[line], expert: -1 });
      });
      return said;
    }

    /** Whether something that all assistances share lasts in one of them. @param {State} state @param {number} at */
    lasts(state, at) {
      const on = this.data.shared[at].on;
      return state.some((places) => this.shared[at].has(part(places, on)));
    }

    /** Whether an expert would see the screen now: what the rules make of a picture that is due. @param {State} state @param {number} expert */
    sees(state, expert) {
      const due = { expert, events: [this.numberOf("a frame is due")] };
      return this.take(state, due).lines.some(({ line }) => line.event === "frame_shown");
    }

    /** A line with the name of its expert; that of a policy with all who are on its list. @param {Line} line @param {number} expert @param {Step|null} step @returns {Line} */
    named(line, expert, step) {
      const [first, name] = [this.data.experts[0], this.data.experts[expert]];
      /** @type {(value: any) => any} */
      const put = (value) =>
        typeof value === "string" ? value.replaceAll(first, name) : Array.isArray(value) ? value.map(put) : value;
      const made = /** @type {Line} */ (
        Object.fromEntries(Object.entries(line).map(([field, value]) => [field, put(value)]))
      );
      if (step && line.event === "policy_applied")
        made.helpers = this.data.experts.filter((_, who) => this.events[step.events[who]].carries["new listed"]);
      return made;
    }

    /** Which promises a step broke, and which it may have broken, depending on what went before. What leaves no line breaks none.
     * @param {Taken} taken @returns {Broken} */
    broken({ step, before, lines }) {
      const breaks = lines.length ? this.breaks.get(step.events.join()) : undefined;
      if (!breaks) return { surely: [], perhaps: [] };
      const seen = [...before[step.expert], ...before[1 - step.expert]];
      const row = /** @type {any} */ (breaks.by.get(part(seen, breaks.on)));
      return row ? { surely: row[1], perhaps: row[2] } : { surely: [], perhaps: [] };
    }
  }

  return { Machine, aimed };
})();
