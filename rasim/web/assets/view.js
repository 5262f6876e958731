// What is shown at one moment: where somebody stands, in the words of one language. The rooms of the page are made of it.

class View {
  /** @param {Explorer} explorer */
  constructor(explorer) {
    this.x = explorer;
    this.state = explorer.state();
    this.texts = explorer.texts();
    this.say = new Say.Speaker(this.texts, explorer.machine, explorer.packed.right);
    this.places = explorer.stated();
    this.front = explorer.front;
    /** The next step of a way to the goal, where the reader asked for it. @type {string} */
    this.next = explorer.hint >= 3 ? explorer.next() : "";
  }

  /** The lines by which a stranger's eye or mouse is on the screen. */
  static LINES = { mouse: ["input_applied", "control_granted"], eye: ["frame_shown", "connection_opened"] };

  /** Whether it is among broken promises that the user never said yes to the look, or to the control. Others are not seen on a screen.
   * @param {"mouse"|"eye"} by @param {string[]} promises */
  static shows(by, promises) {
    const about = {
      mouse: ["acceptance_gives_view_only", "control_needs_its_own_click"],
      eye: ["never_connected_unannounced", "nothing_shown_before_acceptance"],
    }[by];
    return promises.some((name) => about.includes(name));
  }

  /** A text of the page. @param {string} name @param {Record<string, any>} places */
  ui(name, places = {}) {
    return this.say.ui(name, places);
  }

  /** What a fact is now. @param {string} name @param {number} expert @returns {any} */
  is(name, expert = 0) {
    return this.x.machine.value(this.state, expert, name);
  }

  /** Whether an expert sees the screen. @param {number} who */
  sees(who) {
    return this.is("phase", who) === "viewing" && this.x.machine.sees(this.state, who);
  }

  /** Why ordinary acts of an expert, one after the other, would be turned away now; empty if they would not. @param {string[]} kinds @param {number} who */
  refusal(kinds, who) {
    let state = this.state;
    for (const kind of kinds) {
      const taken = this.x.machine.take(state, this.x.step([who, kind, {}]));
      const no = this.say.whyNot(taken, this.places);
      if (no) return no;
      state = taken.after;
    }
    return "";
  }

  /** Whether the last step broke a promise. */
  over() {
    return this.x.over();
  }

  /** The number of the last step, -1 if there was none. */
  latest() {
    return this.x.way.length ? this.x.taken.length - 1 : -1;
  }

  /** From whom to whom a line goes, by the way it is sent. @param {string} sent @param {string} who */
  way(sent, who) {
    const ways = /** @type {Record<string, [string, string]>} */ ({
      expert: [who, "computer"],
      user: [this.say.user, "computer"],
      "to expert": ["computer", who],
      "to user": ["computer", this.say.user],
    });
    return ways[sent] || ["computer", "computer"];
  }

  /** Whether the last step broke a promise in front of everybody: by the stranger's `mouse`, or eye. @param {"mouse"|"eye"} by @param {number} who */
  broke(by, who) {
    const { taken } = this.x;
    return (
      View.shows(by, this.x.broken().surely) &&
      taken[taken.length - 1].lines.some(({ line, expert }) => expert === who && View.LINES[by].includes(line.event))
    );
  }

  /** Promises in words. @param {string[]} names */
  promises(names) {
    return names.map((name) => this.texts.promises[name] || name.replaceAll("_", " ")).join("; ");
  }

  /** A button for one ordinary act, on the desktops; if it was clicked in vain the reason stands below it. @param {string} kind @param {number} expert @param {string} text */
  shortcut(kind, expert, text) {
    const step = this.x.step([expert, kind, {}]);
    const [key, id] = [`desktop ${kind} ${expert}`, Share.packed([step])];
    const made = button(key, text, () => this.x.click(key, step), {
      "data-step": id,
      class: this.next === id ? "act next" : null,
    });
    return h("span", { class: "with" }, made, this.turned(key));
  }

  /** Why what was clicked last was turned away, where it was clicked. @param {string} key */
  turned(key) {
    const { refused } = this.x;
    return refused && refused.key === key && h("span", { class: "turned", role: "alert" }, `✗ ${refused.why}`);
  }

  /** Experts, the computer, the user: as they stand in a picture. */
  parties() {
    return [...this.say.people, "computer", this.say.user];
  }

  /** All lines so far. @returns {Said[]} */
  lines() {
    return this.x.taken.flatMap((taken) => taken.lines);
  }

  /** The lines of a step that somebody can notice. @param {Taken} taken @returns {Said[]} */
  loud(taken) {
    const loud = taken.lines.filter(({ line }) => !this.x.packed.right.quiet.includes(line.event));
    // What happened without anybody's notice, and changed something, is told when there is nothing else to tell.
    const heard = (/** @type {Said} */ { line }) => line.event !== "audited" && line.event !== "local_input";
    return loud.length || !taken.changed ? loud : taken.lines.filter(heard);
  }

  /** Who told whom so far, in the words of the page, with the number of the step. @returns {{from: string, to: string, words: string, plain: string, step: number, broken: boolean}[]} */
  told() {
    const { sent } = this.x.packed.right;
    return this.x.taken.flatMap((taken, step) =>
      this.loud(taken).map((said) => {
        const { line, expert } = said;
        const who = this.say.people[expert] || "computer";
        const [from, to] = this.way(String(sent[line.event]), who);
        const beside = ["capability", "reason", "reply", "port", "state", "offers", "mode"]
          .filter((name) => line[name] !== undefined)
          .map((name) => `, ${line[name]}`);
        const plain = line.event.replaceAll("_", " ") + beside.join("");
        return { from, to, words: this.say.line(said), plain, step, broken: step === this.latest() && this.over() };
      }),
    );
  }

  /** The same for a picture that is saved, in the words of a trace. @returns {Message[]} */
  messages() {
    return this.told().map(({ from, to, plain }) => ({ from, to, words: plain }));
  }
}
