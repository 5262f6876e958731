// Where somebody stands: by which rules, in which lesson, after which steps; and the address that says all of it, and what was solved.

/**
 * @typedef {{offer: string, port: string, missing: string[], through: boolean, open: string}} Verdict
 * @typedef {{right: any, small: MachineData, mistakes: Mistake[]}} Packed
 * @typedef {{version: string, digest: string, trace?: Trace, policy?: {name: string, carries: Record<string, string|boolean>, listed: boolean, places: Record<string, string>, unclear: string[]}}} Given
 */

class Explorer {
  /** @param {Packed} packed @param {Record<string, Texts>} languages @param {Given} given */
  constructor(packed, languages, given) {
    this.packed = packed;
    this.languages = languages;
    this.given = given;
    this.language = languages[navigator.language.slice(0, 2)] ? navigator.language.slice(0, 2) : "en";
    this.hostile = false;
    this.notice = "";
    /** What is to be done when something has changed. @type {() => void} */
    this.changed = () => {};
    this.timer = 0;
    /** @type {Lesson|null} */
    this.lesson = null;
    /** @type {Mistake|null} */
    this.mistake = null;
    this.machine = new Tables.Machine(packed.right);
    /** @type {Step[]} */
    this.opening = [];
    /** @type {Step[]} */
    this.way = [];
    /** @type {Step[]} */
    this.ahead = [];
    /** @type {Taken[]} */
    this.taken = [];
    this.solved = false;
    /** Lessons that were solved. @type {Set<string>} */
    this.done = new Set();
    /** Whether buttons say beforehand what they would break. */
    this.marks = false;
    /** Whether free play begins with a computer on which nothing is set up. */
    this.empty = false;
    /** Whose desktop is shown beside the user's. */
    this.front = 0;
    /** Which part a phone shows. @type {"user"|"expert"|"story"} */
    this.tab = "user";
    /** How many hints were asked for since the last step. */
    this.hint = 0;
    /** The trace that is followed, instead of the rules. @type {Trace|null} */
    this.trace = null;
    /** How many of its lines. */
    this.at = 0;
    /** Whose desktop was chosen while a trace is followed; else that of whom a line is about. */
    this.chosen = "";
    /** What was clicked last, if it was turned away, and why. @type {{key: string, why: string, who: number}|null} */
    this.refused = null;
    this.choose("", "");
  }

  /** The words of the language that is chosen. */
  texts() {
    return this.languages[this.language];
  }

  /** What a policy file says of the settings, as long as its policy is the one that counts. @returns {Record<string, string>} */
  stated() {
    const about = new Set(["policy is applied", "helper is added", "helper is removed"]);
    const other =
      this.mistake || this.lesson || this.way.some(({ events }) => about.has(this.machine.events[events[0]].kind));
    return this.given.policy && !other ? this.given.policy.places : {};
  }

  // ---- where it stands ---------------------------------------------------------------------------------------

  /** Take other rules, or a lesson, and begin. @param {string} mistake @param {string} lesson */
  choose(mistake, lesson) {
    const known = LESSONS.find((each) => each.name === lesson);
    this.trace = null;
    this.lesson = known || null;
    this.mistake = this.packed.mistakes.find((each) => each.name === (known ? known.mistake : mistake)) || null;
    this.machine = this.mistake
      ? new Tables.Machine(this.packed.small, this.mistake)
      : new Tables.Machine(this.packed.right);
    if (known && known.mistake) this.hostile = true;
    this.opening = [];
    if (known) this.opening = known.start.map((act) => this.step(act));
    else if (this.given.policy && !this.mistake)
      this.opening = [
        this.step([-1, "policy is applied", this.given.policy.carries, [this.given.policy.listed, false]]),
        ...READY.slice(1).map((act) => this.step(act)),
      ];
    else if (!this.empty) this.opening = READY.map((act) => this.step(act));
    this.begin([]);
  }

  /** Let free play begin with nothing set up, or ready for an offer. @param {boolean} on */
  blank(on) {
    this.empty = on;
    this.choose(this.mistake && !this.lesson ? this.mistake.name : "", "");
  }

  /** @param {Step[]} way */
  begin(way) {
    this.way = [];
    this.taken = [];
    this.solved = false;
    this.hint = 0;
    this.refused = null;
    this.front = 0;
    for (const step of this.opening) this.taken.push(this.machine.take(this.state(), step));
    for (const step of way) if (!this.over()) this.add(step);
  }

  /** An act of a lesson as a step. @param {Act} act @returns {Step} */
  step([expert, kind, carries = {}, listed]) {
    if (!listed) return { expert: Math.max(expert, 0), events: [this.machine.numberOf(kind, carries)] };
    return {
      expert: 0,
      events: listed.map((each) => this.machine.numberOf(kind, { ...carries, "new listed": each })),
    };
  }

  /** @returns {State} */
  state() {
    return this.taken.length ? this.taken[this.taken.length - 1].after : this.machine.start();
  }

  /** @param {Step} step */
  add(step) {
    const taken = this.machine.take(this.state(), step);
    this.way.push(step);
    this.taken.push(taken);
    this.hint = 0;
    if (this.machine.events[step.events[0]].owner === "expert") this.front = step.expert;
    if (this.lesson && this.reached(this.lesson.goal, taken, this.machine.broken(taken).surely)) {
      this.solved = true;
      this.done.add(this.lesson.name);
    }
  }

  /** Ask for a hint, or one more. */
  ask() {
    this.hint += 1;
    this.changed();
  }

  /** The way from here to the lesson's goal, null where none is near. */
  wayOn() {
    return this.lesson ? Hints.way(this, this.lesson) : null;
  }

  /** The next step of that way, as it stands in an address. */
  next() {
    const way = this.wayOn();
    return way && way.length ? Share.packed([way[0]]) : "";
  }

  /** Bring an expert's desktop to the front. @param {number} who */
  show(who) {
    this.front = who;
    if (this.trace) this.chosen = new TraceView(this, this.trace).experts[who];
    this.changed();
  }

  /** On a phone, turn to another part. @param {Explorer["tab"]} tab */
  turnTo(tab) {
    this.tab = tab;
    this.changed();
  }

  /** What the last step broke. */
  broken() {
    const last = this.taken[this.taken.length - 1];
    return this.way.length && last ? this.machine.broken(last) : { surely: [], perhaps: [] };
  }

  over() {
    return this.broken().surely.length > 0;
  }

  /** @param {Goal} goal @param {Taken} taken @param {string[]} broken */
  reached(goal, taken, broken) {
    const any = (/** @type {(outcome: Outcome) => boolean} */ ask) =>
      taken.outcomes.some(({ outcome }) => ask(outcome));
    if (goal.facts)
      return goal.facts.every(([expert, name, value]) => this.machine.value(taken.after, expert, name) === value);
    if (goal.row) return any((outcome) => outcome.row === goal.row);
    if (goal.refused) return any((outcome) => !!outcome.why && outcome.why[0] === goal.refused);
    if (goal.lost) return any((outcome) => (outcome.lost || []).some((lost) => lost.join() === String(goal.lost)));
    return broken.includes(/** @type {string} */ (goal.broken));
  }

  // ---- the address -------------------------------------------------------------------------------------------

  address() {
    if (this.trace) return `#v=${this.given.digest}&t=${this.at}&l=${this.language}`;
    const parts = {
      v: this.given.digest,
      m: this.mistake && !this.lesson ? this.mistake.name : "",
      g: this.lesson ? this.lesson.name : "",
      h: this.hostile ? "1" : "",
      e: this.empty && !this.lesson ? "1" : "",
      d: Share.mask([...LESSONS.keys()].filter((at) => this.done.has(LESSONS[at].name))),
      l: this.language,
      p: Share.packed(this.way),
    };
    return `#${Object.entries(parts)
      .filter(([, value]) => value)
      .map(([key, value]) => `${key}=${value}`)
      .join("&")}`;
  }

  /** Show what an address says. @param {string} address */
  open(address) {
    const parts = Object.fromEntries(
      address
        .replace(/^#/, "")
        .split("&")
        .map((part) => [part.slice(0, 1), part.slice(2)]),
    );
    if (this.languages[parts.l]) this.language = parts.l;
    this.notice = "";
    this.empty = parts.e === "1";
    // Who comes without a link begins at the beginning: with the first lesson, or under the policy that is given.
    const first = this.given.policy ? "" : LESSONS[0].name;
    if (this.given.trace && (parts.t || !(parts.p || parts.m || parts.g))) {
      this.trace = this.given.trace;
      this.at = Math.min(this.trace.lines.length, Number.parseInt(parts.t, 10) || 0);
    } else if (parts.v && parts.v !== this.given.digest) {
      this.choose("", first);
      this.notice = this.texts().ui.link_other;
    } else {
      for (const at of Share.unmasked(parts.d || "")) if (LESSONS[at]) this.done.add(LESSONS[at].name);
      this.choose(parts.m || "", parts.v || parts.m || parts.p ? parts.g || "" : parts.g || first);
      this.hostile = parts.h === "1" || (this.hostile && !parts.v);
      const { steps, bad } = Share.unpacked(parts.p || "", this.machine);
      this.begin(steps);
      this.ahead = [];
      if (bad) this.notice = Say.filled(this.texts().ui.link_broken, { step: bad });
    }
    this.changed();
  }

  /** After a change: the address, and the page. */
  moved() {
    this.notice = "";
    const address = this.address();
    if (location.hash !== address) history.pushState(null, "", address);
    this.changed();
  }

  /** Change something, and leave off what is being shown. @param {() => void} change */
  turn(change) {
    clearTimeout(this.timer);
    change();
    this.moved();
  }

  /** What one click does: most often one step. If it is turned away, that is said where it was clicked. @param {string} key @param {Step[]} steps */
  click(key, ...steps) {
    if (this.over()) return;
    this.ahead = [];
    for (const step of steps) if (!this.over()) this.add(step);
    const say = new Say.Speaker(this.texts(), this.machine, this.packed.right);
    const why = say.whyNot(this.taken[this.taken.length - 1], this.stated());
    this.refused = why && !this.over() ? { key, why, who: steps[0].expert } : null;
    this.moved();
  }

  /** Go to a line of the trace that is followed. @param {number} at */
  goTo(at) {
    if (!this.trace || at < 0 || at > this.trace.lines.length) return;
    this.at = at;
    this.chosen = "";
    this.moved();
  }

  back() {
    if (this.trace) return this.goTo(this.at - 1);
    if (!this.way.length) return;
    const way = this.way.slice(0, -1);
    this.ahead = [this.way[this.way.length - 1], ...this.ahead];
    this.begin(way);
    this.moved();
  }

  forward() {
    if (this.trace) return this.goTo(this.at + 1);
    if (!this.ahead.length) return;
    const [step, ...rest] = this.ahead;
    this.add(step);
    this.ahead = rest;
    this.moved();
  }

  restart() {
    if (this.trace) {
      this.at = 0;
      return;
    }
    this.ahead = [];
    this.begin([]);
  }

  /** Show the shortest way to something: it begins where nothing is set up. @param {Step[]} steps */
  shortest(steps) {
    this.blank(true);
    this.play(steps);
  }

  /** Show steps one after the other, from the beginning or from here. @param {Step[]} steps @param {boolean} on */
  play(steps, on = false) {
    clearTimeout(this.timer);
    if (!on) this.begin([]);
    this.ahead = [...steps];
    this.moved();
    const next = () => {
      this.forward();
      if (this.ahead.length) this.timer = window.setTimeout(next, pace);
    };
    const still = document.documentElement.dataset.still === "yes";
    const pace = still || matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 700;
    this.timer = window.setTimeout(next, pace);
  }

  /** Follow a trace that was opened here: by the rules in use if they leave all its lines, else line by line, and unjudged. @param {string} text @param {string} name */
  follow(text, name) {
    const { ui } = this.texts();
    this.empty = true;
    this.choose(this.mistake && !this.lesson ? this.mistake.name : "", "");
    let notice = "";
    try {
      const lines = Share.lines(text);
      const { whole, steps } = Share.followed(this.machine, lines);
      this.ahead = [];
      this.begin(whole ? steps : []);
      if (whole) notice = Say.filled(ui.imported, { count: lines.length, name, steps: steps.length });
      else {
        const told = lines.map((line, at) => /** @type {FollowedLine} */ ({ number: at + 1, line, about: ["", ""] }));
        this.trace = { name, records: [], lines: told, judged: null };
        this.at = 0;
      }
    } catch (error) {
      notice = Say.filled(ui.no_trace, { name, why: error instanceof Error ? error.message : String(error) });
    }
    history.pushState(null, "", this.address());
    this.notice = notice;
    this.changed();
  }
}
