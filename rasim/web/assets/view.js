// What is shown at one moment: where somebody stands, in the words of one language. The rooms of the page are made of it.

class View {
  /** @param {Explorer} explorer */
  constructor(explorer) {
    this.x = explorer;
    this.state = explorer.state();
    this.texts = explorer.texts();
    this.say = new Say.Speaker(this.texts, explorer.machine, explorer.packed.right);
    this.places = explorer.stated();
  }

  /** A text of the page. @param {string} name @param {Record<string, any>} places */
  ui(name, places = {}) {
    return this.say.ui(name, places);
  }

  /** What a fact is now. @param {string} name @param {number} expert */
  is(name, expert = 0) {
    return this.x.machine.value(this.state, expert, name);
  }

  /** Promises in words. @param {string[]} names */
  promises(names) {
    return names.map((name) => this.texts.promises[name] || name.replaceAll("_", " ")).join("; ");
  }

  /** A button for one ordinary act, on the desktops. @param {string} kind @param {number} expert @param {string} text */
  shortcut(kind, expert, text) {
    const step = this.x.step([expert, kind, {}]);
    return button(`desktop ${kind} ${expert}`, text, () => this.x.click(step), { "data-step": Share.packed([step]) });
  }

  /** Experts, the computer, the user: as they stand in a picture. */
  parties() {
    return [...this.say.people, "computer", this.say.user];
  }

  /** Who told whom so far. @returns {Message[]} */
  messages() {
    const { sent, quiet } = this.x.packed.right;
    return this.x.taken.flatMap((taken) =>
      taken.lines
        .filter(({ line }) => !quiet.includes(line.event))
        .map(({ line, expert }) => {
          const who = this.say.people[expert] || "computer";
          const [from, to] = {
            expert: [who, "computer"],
            user: [this.say.user, "computer"],
            "to expert": ["computer", who],
            "to user": ["computer", this.say.user],
          }[/** @type {string} */ (sent[line.event])] || ["computer", "computer"];
          const beside = ["capability", "reason", "reply", "port", "state", "offers", "mode"]
            .filter((name) => line[name] !== undefined)
            .map((name) => `, ${line[name]}`);
          return { from, to, words: line.event.replaceAll("_", " ") + beside.join("") };
        }),
    );
  }
}
