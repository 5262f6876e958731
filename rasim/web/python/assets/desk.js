// The page put together: what was dropped at the left, what is asked of it and the answer at the right.

class Desk {
  /** @param {Record<string, Record<string, string>>} texts @param {MadeWith} packed */
  constructor(texts, packed) {
    this.texts = texts;
    this.packed = packed;
    this.language = navigator.language.startsWith("de") ? "de" : "en";
    this.things = /** @type {Thing[]} */ ([]);
    this.filled = /** @type {Filled} */ ({ expert: "", groups: "", system: "", asOne: false });
    this.question = /** @type {Question} */ ("audit");
    this.answers = /** @type {Map<string, {words: string[], answer: Answer}>} */ (new Map());
    this.state = /** @type {"starting"|"ready"|"working"|"reading"|"failed"} */ ("starting");
    this.said = "";
    this.shown = /** @type {object|null} */ (null);
    this.turn = 0;
    this.asking = ""; // the question that is being answered
    this.times = /** @type {{ready?: number, answer?: number}} */ ({}); // milliseconds after the page was opened
    this.pickers = /** @type {Record<string, any>} */ ({
      pick_files: Desk.#picker("pick_files", { multiple: true }),
      pick_folder: Desk.#picker("pick_folder", { webkitdirectory: true }),
    });
    this.python = new Python(packed);
    this.ready = this.#begun();
  }

  /** @param {string} key @param {Record<string, any>} fills */
  say = (key, fills = {}) =>
    (this.texts[this.language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(fills[name] ?? ""));

  async #begun() {
    try {
      await this.python.begun;
      this.state = "ready";
      this.times.ready ??= performance.now();
    } catch (fault) {
      this.#fail(fault);
    }
    this.draw();
  }

  /** @param {unknown} fault */
  #fail(fault) {
    this.state = "failed";
    this.said = this.say("failed", { fault: fault instanceof Error ? fault.message : String(fault) });
  }

  /** Take what was dropped to what is there. @param {Promise<Thing[]>|Thing[]} come */
  async take(come) {
    this.said = "";
    try {
      const all = Dropped.together(this.things, await come);
      if (Dropped.tooMuch(all)) {
        this.said = this.say("too_much", { files: Dropped.MOST_FILES, mebibytes: Dropped.MOST_BYTES >> 20 });
        return this.draw();
      }
      this.things = all;
    } catch (fault) {
      this.said = this.say("unread", { fault: fault instanceof Error ? fault.message : String(fault) });
      return this.draw();
    }
    await this.hold();
  }

  /** Give Python what is there now, and ask again what was asked. */
  async hold() {
    const turn = this.#next("reading");
    try {
      const kinds = await this.python.begun.then(() => this.python.hold(this.things));
      if (turn !== this.turn) return;
      this.things = this.things.map((thing, at) => ({ ...(thing.says ? thing : { ...thing, ...kinds[at] }) }));
    } catch (fault) {
      if (turn !== this.turn) return;
      this.#fail(fault);
      return this.draw();
    }
    this.state = "ready";
    if (!Lines.can(this.question, this.things)) this.question = "audit";
    if (this.question === "audit" && this.things.length && this.things.every((each) => each.role === "trace"))
      this.question = "judge";
    await this.ask(this.question);
  }

  /** @param {"reading"|"working"} state */
  #next(state) {
    this.answers.clear();
    this.state = state;
    this.turn += 1;
    this.draw();
    return this.turn;
  }

  /** Turn to a question, and ask it if it can be asked and was not. @param {Question} question */
  async ask(question) {
    this.question = question;
    const open = Lines.can(question, this.things) && (question !== "explain" || this.filled.expert);
    const idle = this.state === "ready" || (this.state === "working" && this.asking !== question);
    if (!open || this.answers.has(question) || !idle) return this.draw(); // once all is read, what is turned to is asked
    const words = Lines.typed(question, this.things, this.filled);
    const { line, written } = Lines.run(question, words);
    this.state = "working";
    this.asking = question;
    this.said = "";
    this.turn += 1;
    const turn = this.turn;
    this.draw();
    try {
      const answer = await this.python.run(line, written);
      if (turn !== this.turn) return;
      this.answers.set(question, { words, answer });
      this.times.answer ??= performance.now();
      this.state = "ready";
    } catch (fault) {
      if (turn !== this.turn) return;
      this.#fail(fault);
    }
    this.draw();
  }

  /** Ask again with what is filled in now. */
  again() {
    this.answers.clear();
    this.asking = "";
    return this.ask(this.question);
  }

  /** End what Python does, and begin it anew with what is there. */
  async stop() {
    this.turn += 1;
    this.answers.clear();
    this.state = "starting";
    this.said = this.say("stopped");
    this.question = "audit";
    this.things = [];
    this.python.begun = this.python.begin();
    this.draw();
    await this.#begun();
  }

  /** @param {Thing} thing */
  drop(thing) {
    this.things = this.things.filter((each) => each !== thing);
    return this.hold();
  }

  /** Move a thing before the one that stands above it. @param {number} at */
  raise(at) {
    const [thing] = this.things.splice(at, 1);
    this.things.splice(at - 1, 0, thing);
    return this.again();
  }

  draw() {
    const before = document.activeElement;
    const active = before instanceof HTMLElement ? before.dataset.key : "";
    const caret = before instanceof HTMLInputElement && before.type === "text" ? before.selectionStart : null;
    document.documentElement.lang = this.language;
    document.documentElement.dataset.state = this.state;
    document.title = this.say("title");
    put("title", this.say("title"));
    put("lead", this.say("lead"));
    put(
      "language",
      choice("language", this.say("language"), this.#languages(), this.language, (name) => this.speak(name)),
    );
    put("state", ...this.#stateSaid());
    put("files-title", this.say("files"));
    put("zone", ...this.#zone());
    put("things", ...this.things.map((thing, at) => this.#thing(thing, at)));
    put("limits", this.things.length > 1 && this.say("order_says"));
    put("answer-title", this.say("answer"));
    put("questions", ...this.#questions());
    put("form", this.things.length ? this.#form() : null);
    put("told", this.said && h("p", { class: "bad" }, this.said));
    this.#showAnswer();
    put(
      "leaves-out",
      h(
        "details",
        {},
        h("summary", { "data-key": "leaves-out" }, this.say("leaves_out")),
        h("p", {}, this.say("leaves_out_says")),
      ),
    );
    put("made", this.say("made", this.packed));
    document.body.dataset.things = this.things.length ? "yes" : "no";
    document.body.dataset.question = this.answers.has(this.question) ? this.question : "";
    const again = active && document.querySelector(`[data-key="${CSS.escape(active)}"]`);
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
    if (again instanceof HTMLInputElement && caret !== null) again.setSelectionRange(caret, caret);
  }

  /** @returns {[string, string][]} */
  #languages() {
    return Object.entries(this.texts).map(([name, each]) => [name, each.own_name]);
  }

  /** @param {string} name */
  speak(name) {
    this.language = name;
    this.shown = null;
    this.draw();
  }

  #stateSaid() {
    const busy = this.state !== "ready" && this.state !== "failed";
    return [
      h(
        "span",
        { class: `sign ${busy ? "busy" : ""}`, "aria-hidden": "true" },
        busy ? "◌" : this.state === "ready" ? "●" : "✗",
      ),
      h("span", {}, this.say(`state_${this.state}`, this.packed)),
      (this.state === "working" || this.state === "reading") && button("stop", this.say("stop"), () => this.stop()),
    ];
  }

  /** What opens the browser's own choice of files; it stays while all else is drawn anew, for the choice may be open for long.
   * @param {string} key @param {Record<string, any>} more */
  static #picker(key, more) {
    const input = h("input", { type: "file", hidden: true, "data-pick": key, ...more });
    document.body.append(input);
    return input;
  }

  #zone() {
    const pick = (/** @type {string} */ key) => {
      const input = this.pickers[key];
      input.onchange = () => {
        const picked = Dropped.ofFiles([...input.files]);
        input.value = ""; // the same file can be chosen again when it has changed
        this.take(picked);
      };
      return button(key, this.say(key), () => input.click(), { class: key === "pick_files" ? "forth" : "" });
    };
    return [
      h("p", { class: "here" }, this.say("drop_here")),
      h("p", { class: "soft" }, this.say("drop_says")),
      h("div", { class: "answers" }, pick("pick_files"), pick("pick_folder")),
    ];
  }

  /** @param {Thing} thing @param {number} at */
  #thing(thing, at) {
    const roles = ["policy", "groups", "texts", "links", "trace", "scenario"];
    const many = thing.files.length;
    return h(
      "li",
      { class: "thing" },
      h("strong", {}, thing.folder ? `${thing.path}/` : thing.path),
      h("span", { class: "soft" }, thing.folder ? this.say("files_in", { many }) : thing.says),
      h(
        "div",
        { class: "group" },
        choice(
          `role ${thing.path}`,
          this.say("taken_as"),
          roles.map((role) => /** @type {[string, string]} */ ([role, this.say(`role_${role}`)])),
          thing.role,
          (role) => {
            thing.role = role;
            return this.again();
          },
        ),
        at > 0 &&
          button(`raise ${thing.path}`, "↑", () => this.raise(at), {
            "aria-label": this.say("raise", { name: thing.path }),
          }),
        button(`drop ${thing.path}`, "✕", () => this.drop(thing), {
          "aria-label": this.say("remove", { name: thing.path }),
        }),
      ),
    );
  }

  #questions() {
    const questions = /** @type {Question[]} */ (["audit", "explain", "explorer", "judge"]);
    return questions
      .filter((question) => question !== "judge" || Lines.can(question, this.things))
      .map((question) =>
        button(`ask ${question}`, this.say(question), () => this.ask(question), {
          class: "tab",
          "aria-pressed": String(question === this.question),
          off: !Lines.can(question, this.things),
        }),
      );
  }

  #form() {
    if (this.question === "audit")
      return this.things.length > 1
        ? tick("as-one", this.say("as_one"), this.filled.asOne, (on) => {
            this.filled.asOne = on;
            this.again();
          })
        : null;
    if (this.question !== "explain") return null;
    const field = (/** @type {"expert"|"groups"|"system"} */ name, /** @type {string} */ hint) =>
      h(
        "label",
        {},
        h("span", {}, this.say(name)),
        h("input", {
          "data-key": name,
          value: this.filled[name],
          placeholder: hint,
          spellcheck: "false",
          autocomplete: "off",
          oninput: (/** @type {any} */ event) => (this.filled[name] = event.target.value.trim()),
        }),
      );
    const asked = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.again();
    };
    return h(
      "form",
      { class: "group", onsubmit: asked },
      field("expert", "CORP\\anna"),
      field("groups", "CORP\\Helpdesk"),
      field("system", "Windows 11"),
      h("button", { type: "submit", class: "forth", "data-key": "submit" }, this.say("ask_why")),
    );
  }

  /** The answer is drawn anew only where it is another: what was unfolded or done in it stays. */
  #showAnswer() {
    const found = this.answers.get(this.question);
    if (found && this.shown === found) return;
    this.shown = found || null;
    const answer = /** @type {HTMLElement} */ (document.getElementById("answer"));
    if (found) answer.dataset.answers = this.question;
    else delete answer.dataset.answers;
    if (found) put("answer", ...Shown.all(this.say, this.question, found.words, found.answer));
    else put("answer", this.#nothing());
  }

  #nothing() {
    if (!this.things.length)
      return h(
        "div",
        { class: "empty" },
        h("p", {}, this.say("nothing_yet")),
        h(
          "ul",
          {},
          ...["audit", "explain", "explorer", "judge"].map((each) =>
            h("li", {}, h("b", {}, this.say(each)), ` ${this.say(`${each}_says`)}`),
          ),
        ),
      );
    if (this.question === "explain" && !this.filled.expert) return h("p", { class: "empty" }, this.say("whose"));
    return null;
  }

  /** What is dropped anywhere in the page is taken. */
  listen() {
    const over = (/** @type {boolean} */ on) => (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      document.body.classList.toggle("over", on);
    };
    addEventListener("dragover", over(true));
    addEventListener("dragleave", over(false));
    addEventListener("drop", (event) => {
      over(false)(event);
      if (event.dataTransfer) this.take(Dropped.ofDrop(event.dataTransfer));
    });
  }
}

/** @param {string} id */
const heldIn = (id) => JSON.parse(/** @type {HTMLElement} */ (document.getElementById(id)).textContent || "");

const desk = new Desk(heldIn("texts"), heldIn("given"));
desk.listen();
desk.draw();
/** @type {any} */ (window).rasim = desk;
