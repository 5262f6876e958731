// What it says: every text of the page comes from one object per language, with places to be filled.

/**
 * @typedef {InstanceType<typeof Say.Speaker>} Speaker
 * @typedef {Record<string, any>} Texts
 */

const Say = (() => {
  /** Fill the places of a text. @param {string} text @param {Record<string, any>} places */
  const filled = (text, places = {}) =>
    text.replace(/\{(\w+)\}/g, (whole, name) => (name in places ? String(places[name]) : whole));

  /** The name of an account as people say it. @param {string} account */
  const short = (account) => account.slice(account.lastIndexOf("\\") + 1);

  class Speaker {
    /** @param {Texts} texts @param {Machine} machine @param {any} right */
    constructor(texts, machine, right) {
      this.texts = texts;
      this.machine = machine;
      this.right = right;
      this.people = machine.data.experts.map(short);
      this.user = short(machine.data.owner);
    }

    /** A text of the page. @param {string} name @param {Record<string, any>} places */
    ui(name, places = {}) {
      return filled(this.texts.ui[name], { user: this.user, ...places });
    }

    /** What an event is called on a button. @param {Step} step */
    act(step) {
      const event = this.machine.events[step.events[0]];
      const beside = Object.entries(event.carries)
        .map(([name, value]) => this.texts.carries[`${name}=${value}`])
        .filter(Boolean);
      return [this.texts.acts[event.kind] || event.kind, ...beside].join(", ");
    }

    /** An act with whoever does it. @param {Step} step */
    sentence(step) {
      const event = this.machine.events[step.events[0]];
      const who = /** @type {Record<string, string>} */ ({
        expert: this.people[step.expert],
        user: this.user,
        administrator: this.ui("administrator"),
        link: this.ui("link"),
        computer: "",
      })[event.owner];
      const about = event.owner !== "expert" && Tables.aimed(event) ? ` (${this.people[step.expert]})` : "";
      return `${who ? `${who}: ` : ""}${this.act(step)}${about}${event.kind === "policy is applied" ? ` (${this.policy(step)})` : ""}`;
    }

    /** A policy in words. @param {Step} step */
    policy(step) {
      const carries = this.machine.events[step.events[0]].carries;
      const listed = this.people.filter((_, who) => this.machine.events[step.events[who]].carries["new listed"]);
      return [
        this.value(carries["new offers"]),
        this.ui(carries["new control"] ? "policy_control" : "policy_view"),
        `3389: ${this.value(carries["new port 3389"])}`,
        listed.join(", ") || "–",
      ].join("; ");
    }

    /** @param {string|boolean} value */
    value(value) {
      return this.texts.values[String(value)] || String(value);
    }

    /** A condition, with the setting behind it and what a policy file says of that. @param {string} name @param {string|null} setting @param {Record<string, string>} places */
    condition(name, setting, places) {
      const behind = setting ? ` [${setting}${places[setting] ? ` ${places[setting]}` : ""}]` : "";
      return `${this.texts.conditions[name] || name}${behind}`;
    }

    /** Why something does not happen, empty if it does. @param {Taken} taken @param {Record<string, string>} places */
    whyNot(taken, places) {
      const { outcome, expert } = taken.outcomes[0];
      const event = this.machine.events[taken.step.events[0]];
      const row = outcome.row ? this.right.rows[outcome.row] : null;
      if (row && row.no) {
        const because = row.no.map((/** @type {[string, string|null]} */ [name, setting]) =>
          this.condition(name, setting, places),
        );
        return [this.ui("refused"), because.join("; ")].filter(Boolean).join(": ");
      }
      if (!outcome.why) {
        // A picture that is shown or a mouse that is moved changes no fact and is something all the same.
        const done = taken.changed || (event.scope === "assistance" && taken.lines.length > 0);
        return done ? "" : this.ui("nothing");
      }
      if (outcome.why.length === 0) {
        const rows = Object.values(this.right.rows).filter(
          (/** @type {any} */ each) => each.when.includes(event.kind) && each.while,
        );
        const phases = [...new Set(rows.map((/** @type {any} */ each) => this.texts.phases[each.while]))].join(", ");
        return this.ui("now", {
          phase: this.texts.phases[String(this.machine.value(taken.before, expert, "phase"))],
          phases,
        });
      }
      const [name, setting] = outcome.why;
      return `${this.ui("refused")}: ${this.ui("not_so", { condition: this.condition(String(name), setting, places) })}`;
    }

    /** A line of a trace as a sentence. @param {Said} said */
    line({ line, expert }) {
      /** @type {Record<string, any>} */
      const named = { ...line, expert: this.people[expert] || this.people.join(", "), user: this.user };
      for (const [field, words] of [
        ["reason", this.texts.reasons],
        ["offers", this.texts.values],
        ["mode", this.texts.said],
        ["origin", this.texts.said],
        ["state", this.texts.said],
      ]) {
        if (typeof named[field] === "string" && words[named[field]]) named[field] = words[named[field]];
      }
      return filled(this.texts.lines[line.event] || line.event, named);
    }
  }

  return { Speaker, filled, short };
})();
