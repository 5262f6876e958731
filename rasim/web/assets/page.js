// The page: what is shown of a state, and what a click does. It is drawn anew after each click; the focus stays where it was.

const Page = (() => {
  const $ = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

  /** @param {string} name @param {Record<string, any>} attributes @param {(Node|string|null|false|undefined)[]} children @returns {any} */
  const h = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, String(value));
    }
    made.append(
      .../** @type {(Node|string)[]} */ (
        children.filter((child) => child !== null && child !== false && child !== undefined)
      ),
    );
    return made;
  };

  /** Put other contents into a part of the page. @param {string} id @param {(Node|string|null|false)[]} children */
  const put = (id, ...children) =>
    $(id).replaceChildren(
      .../** @type {(Node|string)[]} */ (children.filter((child) => child !== null && child !== false)),
    );

  class Shown {
    /** @param {Explorer} explorer */
    constructor(explorer) {
      this.x = explorer;
      /** @type {Record<string, any>} */
      this.form = {
        "new offers": "enabled",
        "new control": true,
        "new port 3389": "closed",
        listed: [true, false],
        system: "",
        ticks: [true, true, true],
      };
      this.texts = explorer.languages[explorer.language];
      this.say = new Say.Speaker(this.texts, explorer.machine, explorer.packed.right);
      /** @type {Record<string, string>} */
      this.places = {};
      /** @type {Map<string, string>} */
      this.wouldBreak = new Map();
      explorer.changed = () => this.draw();
    }

    // ---- what is shown -----------------------------------------------------------------------------------------

    draw() {
      const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : "";
      this.texts = this.x.languages[this.x.language];
      this.say = new Say.Speaker(this.texts, this.x.machine, this.x.packed.right);
      this.places = this.stated();
      document.documentElement.lang = this.x.language;
      document.title = this.say.ui("title");
      this.keepOpen(() => {
        this.drawHead();
        this.drawLesson();
        this.drawAlert();
        this.drawDesktops();
        this.drawActs();
        this.drawStory();
        this.drawPictures();
        this.drawPromises();
        this.drawFacts();
      });
      put("made", this.say.ui("made", { version: this.x.given.version, leaves_out: this.texts.ui.leaves_out }));
      if (focus) {
        const again = /** @type {HTMLElement|null} */ (document.querySelector(`[data-key="${CSS.escape(focus)}"]`));
        if (again) again.focus();
      }
    }

    /** Draw, and leave open what was unfolded. @param {() => void} draw */
    keepOpen(draw) {
      const summaries = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("details > summary")]);
      const open = summaries()
        .filter((each) => /** @type {HTMLDetailsElement} */ (each.parentElement).open)
        .map((each) => each.dataset.key);
      draw();
      for (const each of summaries())
        /** @type {HTMLDetailsElement} */ (each.parentElement).open = open.includes(each.dataset.key);
    }

    /** What a policy file says of the settings, as long as its policy is the one that counts. @returns {Record<string, string>} */
    stated() {
      const about = new Set(["policy is applied", "helper is added", "helper is removed"]);
      const same =
        this.x.given.policy &&
        !this.x.mistake &&
        !this.x.lesson &&
        !this.x.way.some((step) => about.has(this.x.machine.events[step.events[0]].kind));
      return same && this.x.given.policy ? this.x.given.policy.places : {};
    }

    drawHead() {
      const ui = this.texts.ui;
      put("title", ui.title);
      put("lead", ui.lead);
      const select = (
        /** @type {string} */ key,
        /** @type {string} */ label,
        /** @type {[string, string][]} */ options,
        /** @type {string} */ chosen,
        /** @type {(value: string) => void} */ then,
      ) =>
        h(
          "label",
          {},
          h("span", {}, label),
          h(
            "select",
            { "data-key": key, onchange: (/** @type {any} */ event) => then(event.target.value) },
            ...options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)),
          ),
        );
      const button = (
        /** @type {string} */ key,
        /** @type {string} */ text,
        /** @type {() => void} */ then,
        off = false,
      ) =>
        h(
          "button",
          { type: "button", "data-key": key, "aria-disabled": off ? "true" : null, onclick: () => off || then() },
          text,
        );
      put(
        "bar",
        select(
          "lesson",
          ui.lesson,
          [
            ["", ui.no_lesson],
            ...LESSONS.map((each) => /** @type {[string, string]} */ ([each.name, this.texts.lessons[each.name][0]])),
          ],
          this.x.lesson ? this.x.lesson.name : "",
          (value) => this.turn(() => this.x.choose("", value)),
        ),
        select(
          "machine",
          ui.machine,
          [
            ["", ui.right],
            ...this.x.packed.mistakes.map(
              (each) =>
                /** @type {[string, string]} */ ([
                  each.name,
                  this.say.ui("with_mistake", { name: each.name, says: this.texts.mistakes[each.name] }),
                ]),
            ),
          ],
          this.x.mistake ? this.x.mistake.name : "",
          (value) => this.turn(() => this.x.choose(value, "")),
        ),
        select(
          "language",
          ui.language,
          Object.entries(this.x.languages).map(
            ([key, texts]) => /** @type {[string, string]} */ ([key, texts.language]),
          ),
          this.x.language,
          (value) => this.turn(() => (this.x.language = value)),
        ),
        h(
          "label",
          { class: "check", title: ui.hostile_says },
          h("input", {
            type: "checkbox",
            "data-key": "hostile",
            checked: this.x.hostile,
            onchange: (/** @type {any} */ event) => this.turn(() => (this.x.hostile = event.target.checked)),
          }),
          h("span", {}, ui.hostile),
        ),
        h(
          "span",
          { class: "group" },
          button("back", `← ${ui.back}`, () => this.x.back(), !this.x.way.length),
          button("forward", `${ui.forward} →`, () => this.x.forward(), !this.x.ahead.length),
          button(
            "restart",
            ui.restart,
            () =>
              this.turn(() => {
                this.x.ahead = [];
                this.x.begin([]);
              }),
            !this.x.way.length,
          ),
          button("replay", ui.replay, () => this.x.play([...this.x.way]), !this.x.way.length),
        ),
        h(
          "span",
          { class: "group" },
          button("copy", ui.copy, () => this.copy()),
          h(
            "label",
            { class: "file" },
            h("span", {}, ui.import),
            h("input", {
              type: "file",
              "data-key": "import",
              title: ui.import_says,
              accept: ".jsonl,.json,.txt",
              onchange: (/** @type {any} */ event) => this.read(event.target.files[0]),
            }),
          ),
        ),
        h(
          "span",
          { class: "group", role: "group", "aria-label": ui.export },
          h("span", {}, ui.export),
          ...["scenario", "pytest", "mermaid", "svg"].map((kind) =>
            button(`export ${kind}`, ui[`export_${kind}`], () => this.save(kind)),
          ),
        ),
      );
    }

    /** @param {() => void} change */
    turn(change) {
      clearTimeout(this.x.timer);
      change();
      this.x.moved();
    }

    drawLesson() {
      const made = [];
      if (this.x.notice) made.push(h("p", { class: "notice", role: "status" }, this.x.notice));
      if (this.x.given.policy && Object.keys(this.places).length)
        made.push(h("p", { class: "soft" }, this.say.ui("policy_file", { name: this.x.given.policy.name })));
      if (this.x.given.policy && !this.x.mistake && !this.x.lesson)
        made.push(...this.x.given.policy.unclear.map((text) => h("p", { class: "notice unclear" }, `? ${text}`)));
      if (this.x.lesson) {
        const [title, text] = this.texts.lessons[this.x.lesson.name];
        const at = LESSONS.indexOf(this.x.lesson);
        const way = this.x.lesson.way;
        made.push(
          h(
            "div",
            { class: this.x.solved ? "lesson good" : "lesson", id: "goal" },
            h("h2", {}, `${this.say.ui("goal")}: ${title}`),
            h("p", {}, text),
            this.x.solved
              ? h(
                  "p",
                  { role: "status" },
                  h("strong", { id: "solved" }, `✓ ${this.say.ui("solved")} `),
                  at + 1 < LESSONS.length &&
                    h(
                      "button",
                      {
                        type: "button",
                        "data-key": "next",
                        onclick: () => this.turn(() => this.x.choose("", LESSONS[at + 1].name)),
                      },
                      this.say.ui("next"),
                    ),
                )
              : h(
                  "button",
                  {
                    type: "button",
                    "data-key": "show me",
                    onclick: () => this.x.play(way.map((act) => this.x.step(act))),
                  },
                  this.say.ui("show_me"),
                ),
          ),
        );
      } else if (this.x.mistake) {
        const ways = Object.entries(this.x.mistake.ways);
        made.push(
          h(
            "div",
            { class: "lesson" },
            h(
              "h2",
              {},
              this.say.ui("with_mistake", {
                name: this.x.mistake.name,
                says: this.texts.mistakes[this.x.mistake.name],
              }),
            ),
            h("p", {}, this.say.ui("mistake_says", { cases: this.x.mistake.cases.join(", ") })),
            ...ways.map(([promise, steps]) =>
              h(
                "p",
                {},
                h(
                  "button",
                  {
                    type: "button",
                    "data-key": `shortest ${promise}`,
                    onclick: () => this.x.play(steps.map(([expert, ...events]) => ({ expert, events }))),
                  },
                  this.say.ui("shortest", { promise: this.texts.promises[promise] || promise }),
                ),
              ),
            ),
            !ways.length &&
              h(
                "p",
                {},
                this.say.ui("no_way", {
                  promises: this.x.mistake.by
                    .map((name) => this.texts.promises[name] || name.replaceAll("_", " "))
                    .join("; "),
                }),
              ),
          ),
        );
      }
      put("task", ...made);
    }

    drawAlert() {
      const { surely, perhaps } = this.x.broken();
      put(
        "alert",
        ...surely.map((name) =>
          h(
            "p",
            { class: "bad" },
            h("strong", {}, `✗ ${this.say.ui("broken", { promise: this.texts.promises[name] })}`),
          ),
        ),
        ...perhaps.map((name) =>
          h("p", { class: "unclear" }, `? ${this.say.ui("perhaps_broken", { promise: this.texts.promises[name] })}`),
        ),
        surely.length > 0 && h("p", {}, this.say.ui("broken_says")),
      );
    }

    /** A button for one ordinary act, where it would do something. @param {string} kind @param {number} expert @param {string} text @param {string} look */
    shortcut(kind, expert, text, look = "") {
      const step = this.x.step([expert, kind, {}]);
      return h(
        "button",
        {
          type: "button",
          class: look,
          "data-key": `desktop ${kind} ${expert}`,
          "data-step": Share.packed([step]),
          onclick: () => this.x.click(step),
        },
        text,
      );
    }

    drawDesktops() {
      const state = this.x.state();
      const is = (/** @type {string} */ name, expert = 0) => this.x.machine.value(state, expert, name);
      const people = this.say.people;
      const dark = !is("logged on")
        ? "logon"
        : is("locked")
          ? "locked"
          : is("away")
            ? "away"
            : is("secure desktop")
              ? "secure"
              : "";
      const parts = people.flatMap((/** @type {string} */ expert, /** @type {number} */ who) => {
        const made = [];
        const ask = (
          /** @type {string} */ key,
          /** @type {string} */ yes,
          /** @type {string} */ no,
          /** @type {string} */ beside,
        ) =>
          h(
            "div",
            { class: "dialog", role: "group", "aria-label": this.say.ui(key, { expert }) },
            h("p", {}, h("strong", {}, this.say.ui(key, { expert }))),
            beside && h("p", { class: "soft" }, this.say.ui(beside, { expert })),
            h(
              "p",
              { class: "answers" },
              this.shortcut(yes, who, this.say.ui("yes")),
              this.shortcut(no, who, this.say.ui("no")),
            ),
          );
        if (is("phase", who) === "offered") made.push(ask("ask_view", "accepts", "denies", "ask_view_small"));
        if (is("phase", who) === "viewing") {
          const held = is("control", who) === "held";
          const paused = is("paused", who);
          made.push(
            h(
              "div",
              { class: held ? "banner held" : "banner" },
              h("span", {}, this.say.ui(paused ? "paused" : held ? "controls" : "views", { expert })),
              this.shortcut(paused ? "resumes" : "pauses", who, this.say.ui(paused ? "resume" : "pause")),
              held && this.shortcut("stops control", who, this.say.ui("esc")),
              this.shortcut("user ends", who, this.say.ui("end")),
            ),
          );
          if (is("control", who) === "asked") made.push(ask("ask_control", "grants control", "refuses control", ""));
        }
        return made;
      });
      put("user-title", this.say.ui("desktop"));
      put(
        "user",
        h("div", { class: `screen ${dark}` }, h("p", { class: "wall" }, this.say.ui(dark || "quiet")), ...parts),
      );
      put(
        "experts",
        ...people.map((/** @type {string} */ expert, /** @type {number} */ who) => {
          const [phase, control, paused] = [is("phase", who), is("control", who), is("paused", who)];
          const blank = !this.x.machine.sees(state, who);
          const key =
            phase === "viewing"
              ? paused
                ? "window_paused"
                : dark
                  ? "window_blank"
                  : control === "held"
                    ? "window_control"
                    : control === "asked"
                      ? "window_asked"
                      : "window_viewing"
              : `window_${phase}`;
          /** @type {Record<string, [string, string][]>} */
          const by = {
            idle: [["asks for a ticket", ""]],
            ticketed: [["offers help", ""]],
            offered: [["withdraws", ""]],
            viewing: [
              control === "held"
                ? ["uses control", ""]
                : [control === "asked" ? "takes back control" : "asks for control", ""],
              ...(control === "held" ? [/** @type {[string, string]} */ (["gives back control", ""])] : []),
              ["expert ends", ""],
            ],
            cooling: [],
          };
          return h(
            "section",
            { class: "window", "aria-label": this.say.ui("window", { expert }) },
            h("h3", {}, this.say.ui("window", { expert })),
            h("p", {}, this.say.ui(key)),
            phase === "viewing" &&
              h(
                "div",
                { class: blank ? "mini blank" : control === "held" ? "mini held" : "mini" },
                blank ? "" : this.say.ui("desktop"),
              ),
            h(
              "p",
              { class: "answers" },
              ...by[String(phase)].map(([kind]) => this.shortcut(kind, who, this.texts.acts[kind])),
            ),
          );
        }),
      );
      const port = this.x.machine.lasts(
        state,
        this.x.machine.data.shared.findIndex((each) => each.name === "open port"),
      );
      const lamp = (/** @type {string} */ name, /** @type {boolean} */ open) =>
        h(
          "li",
          {},
          h("span", { class: open ? "sign good" : "sign plain" }, open ? "●" : "○"),
          ` ${this.say.ui(name)}: ${this.say.ui(open ? "open" : "closed")}`,
        );
      put(
        "ports",
        h("h3", {}, this.say.ui("ports")),
        h("ul", { class: "bare" }, lamp("port_135", is("reachable") === true), lamp("port_3389", port)),
      );
    }

    /** Escape takes control back at the user's own computer, as it does in Windows; where nobody has control it does nothing. */
    escape() {
      const who = this.say.people.findIndex(
        (_, expert) => this.x.machine.value(this.x.state(), expert, "control") === "held",
      );
      if (who >= 0) this.x.click(this.x.step([who, "stops control", {}]));
    }

    /** The steps that are offered as buttons: with hostile experts all, else those that people themselves take. */
    offered() {
      const ordinary = (/** @type {EventTable} */ event) =>
        Object.entries(event.carries).every(([name, value]) => !this.texts.carries[`${name}=${value}`]);
      return this.x.machine.steps().filter((step) => {
        const event = this.x.machine.events[step.events[0]];
        return event.kind !== "policy is applied" && (this.x.hostile || ordinary(event));
      });
    }

    drawActs() {
      const groups = new Map();
      const over = this.x.over();
      this.wouldBreak = new Map();
      for (const step of this.offered()) {
        const event = this.x.machine.events[step.events[0]];
        const key =
          event.owner === "expert" ? `expert ${step.expert}` : event.owner === "link" ? "computer" : event.owner;
        const taken = this.x.machine.take(this.x.state(), step);
        const broken = this.x.machine.broken(taken);
        broken.surely.forEach((name) => this.wouldBreak.set(name, "surely"));
        broken.perhaps.forEach((name) => this.wouldBreak.get(name) || this.wouldBreak.set(name, "perhaps"));
        const no = this.say.whyNot(taken, this.places);
        groups.set(key, [
          ...(groups.get(key) || []),
          { step, event, taken, no, broken, off: over || (no !== "" && !taken.lines.length) },
        ]);
      }
      const made = [];
      for (const [key, title] of [
        ["user", this.say.ui("can", { who: this.say.user })],
        ...this.say.people.map((who, at) => [`expert ${at}`, this.say.ui("can", { who })]),
        ["administrator", this.say.ui("administrator")],
        ["computer", this.say.ui("computer")],
      ]) {
        const acts = groups.get(key) || [];
        // What would be turned away stands with what is possible, for it can be tried; what nobody could even hear of is folded.
        const [heard, idle] = [
          acts.filter((/** @type {any} */ each) => !each.off || over),
          acts.filter((/** @type {any} */ each) => each.off && !over),
        ];
        const list = (/** @type {any[]} */ those) =>
          h("ul", { class: "bare" }, ...those.map((each) => this.drawAct(each, key)));
        made.push(
          h(
            "section",
            { class: "party", "aria-label": title },
            h("h3", {}, title),
            key === "administrator" && this.drawPolicy(),
            list(heard),
            idle.length > 0 &&
              h(
                "details",
                {},
                h("summary", { "data-key": `cannot ${key}` }, this.say.ui("cannot", { count: idle.length })),
                list(idle),
              ),
          ),
        );
      }
      put("acts", ...made);
    }

    /** @param {any} act @param {string} key */
    drawAct({ step, event, taken, no, broken, off }, key) {
      const id = Share.packed([step]);
      const about =
        !key.startsWith("expert") && (event.scope === "assistance" || event.scope === "expert")
          ? ` (${this.say.people[step.expert]})`
          : "";
      const words = [
        no,
        broken.surely.length > 0 &&
          this.say.ui("breaks", {
            promises: broken.surely.map((/** @type {string} */ name) => this.texts.promises[name]).join("; "),
          }),
        broken.perhaps.length > 0 &&
          this.say.ui("may_break", {
            promises: broken.perhaps.map((/** @type {string} */ name) => this.texts.promises[name]).join("; "),
          }),
      ].filter(Boolean);
      const look = broken.surely.length ? "act breaks" : no ? "act no" : "act";
      return h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: look,
            "data-key": `act ${id}`,
            "data-step": id,
            "aria-disabled": off ? "true" : null,
            "aria-describedby": words.length ? `why-${id}` : null,
            onclick: () => off || this.x.click(step),
          },
          `${broken.surely.length ? "✗ " : ""}${this.say.act(step)}${about}`,
        ),
        words.length > 0 && h("span", { class: "why", id: `why-${id}` }, words.join(" · ")),
      );
    }

    drawPolicy() {
      const ui = this.texts.ui;
      const tick = (
        /** @type {string} */ key,
        /** @type {string} */ label,
        /** @type {boolean} */ checked,
        /** @type {(on: boolean) => void} */ then,
      ) =>
        h(
          "label",
          { class: "check" },
          h("input", {
            type: "checkbox",
            "data-key": `policy ${key}`,
            checked,
            onchange: (/** @type {any} */ event) => {
              then(event.target.checked);
              this.draw();
            },
          }),
          h("span", {}, label),
        );
      const select = (
        /** @type {string} */ key,
        /** @type {string} */ label,
        /** @type {any[]} */ values,
        /** @type {any} */ chosen,
        /** @type {(value: any) => string} */ words,
        /** @type {(value: any) => void} */ then,
      ) =>
        h(
          "label",
          {},
          h("span", {}, label),
          h(
            "select",
            {
              "data-key": `policy ${key}`,
              onchange: (/** @type {any} */ event) => {
                then(values[event.target.selectedIndex]);
                this.draw();
              },
            },
            ...values.map((value) => h("option", { selected: value === chosen }, words(value))),
          ),
        );
      const choice = (
        /** @type {string} */ name,
        /** @type {string} */ label,
        /** @type {(value: any) => string} */ words,
      ) => {
        const values = [
          ...new Set(
            this.x.machine.events
              .filter((event) => event.kind === "policy is applied")
              .map((event) => event.carries[name]),
          ),
        ];
        if (!values.includes(this.form[name])) this.form[name] = values[0];
        return select(name, label, values, this.form[name], words, (value) => (this.form[name] = value));
      };
      const verdict = this.verdict();
      const steps = this.policySteps(verdict);
      const broken = this.x.machine.broken(this.x.machine.take(this.x.state(), steps[0]));
      const off = this.x.over();
      return h(
        "div",
        { class: "form" },
        choice("new offers", ui.policy_offers, (value) => this.say.value(value)),
        choice("new control", ui.policy_mode, (value) => ui[value ? "policy_control" : "policy_view"]),
        ...this.say.people.map((/** @type {string} */ person, /** @type {number} */ who) =>
          tick(
            `listed ${who}`,
            `${person} ${ui.policy_listed}`,
            this.form.listed[who],
            (on) => (this.form.listed[who] = on),
          ),
        ),
        // With a mistake the firewall's port is left out, and the systems with it.
        !this.x.mistake &&
          select(
            "system",
            ui.system,
            ["", ...Object.keys(this.x.packed.right.systems)],
            this.form.system,
            (value) => value || ui.no_system,
            (value) => (this.form.system = value),
          ),
        !this.form.system && choice("new port 3389", ui.policy_port, (value) => this.say.value(value)),
        ...(verdict
          ? ["offers", "sessmgr", "desktop"].map((name, at) =>
              tick(`tick ${name}`, ui[`tick_${name}`], this.form.ticks[at], (on) => (this.form.ticks[at] = on)),
            )
          : []),
        verdict && h("p", { class: "why", id: "verdict" }, this.says(verdict)),
        h(
          "button",
          {
            type: "button",
            class: broken.surely.length ? "act breaks" : "act",
            "data-key": "policy apply",
            "data-step": Share.packed(steps),
            "aria-disabled": off ? "true" : null,
            onclick: () => off || this.x.click(...steps),
          },
          ui.policy_apply,
        ),
      );
    }

    /** What the chosen system makes of the ticks; null where none is chosen. @returns {Verdict|null} */
    verdict() {
      if (this.x.mistake || !this.form.system) return null;
      return this.x.packed.right.systems[this.form.system][this.form.ticks.map(Number).join("")];
    }

    /** @param {Verdict} verdict */
    says({ offer, port, missing }) {
      const parts = [this.say.ui("system_says", { offer: this.texts.said[offer], port: this.texts.said[port] })];
      if (missing.length) parts.push(this.say.ui("system_missing", { missing: missing.join(", ") }));
      if (offer === "cannot tell" || port === "cannot tell") parts.push(this.say.ui("system_unclear"));
      return parts.join(" ");
    }

    /** The policy as it is filled in, and what its exceptions do to the way of offers where a system is chosen. @param {Verdict|null} verdict @returns {Step[]} */
    policySteps(verdict) {
      const { listed, system, ticks, ...carries } = this.form;
      if (verdict) carries["new port 3389"] = verdict.open;
      const steps = [this.x.step([-1, "policy is applied", carries, listed])];
      if (verdict) {
        const is = this.x.machine.value(this.x.state(), 0, "reachable");
        if (verdict.through !== is)
          steps.push(this.x.step([-1, verdict.through ? "firewall opens" : "firewall closes", {}]));
      }
      return steps;
    }

    drawStory() {
      const first = this.x.opening.length;
      const items = this.x.taken.map((taken, at) => {
        const lost = taken.outcomes
          .flatMap(({ outcome }) => outcome.lost || [])
          .map(([thing, need]) =>
            this.say.ui("lost", {
              thing: this.texts.things[thing] || thing,
              need: this.texts.conditions[need] || need,
            }),
          );
        const rows = [...new Set(taken.outcomes.map(({ outcome }) => outcome.row).filter(Boolean))].join(", ");
        const lines = taken.lines
          .filter(({ line }) => line.event !== "audited" && line.event !== "local_input")
          .map((said) => this.say.line(said));
        return h(
          "li",
          { class: at < first ? "opening" : "" },
          h("strong", {}, this.say.sentence(taken.step)),
          h("span", { class: "soft" }, ` [${rows || this.say.ui("turned_away")}]`),
          lines.length > 0 && h("ul", {}, ...[...new Set(lines)].map((line) => h("li", {}, line))),
          ...[...new Set(lost)].map((line) => h("p", { class: "why" }, line)),
        );
      });
      put(
        "story",
        h("h2", {}, this.say.ui("story")),
        items.length ? h("ol", { tabindex: "0" }, ...items) : h("p", { class: "soft" }, this.say.ui("empty")),
      );
    }

    parties() {
      return [...this.say.people, "computer", this.say.user];
    }

    /** @returns {Message[]} */
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

    /** A picture with the same as a table. @param {string} key @param {SVGElement} picture @param {string[]} heads @param {string[][]} rows */
    pictured(key, picture, heads, rows) {
      return [
        h("h2", {}, this.say.ui(key)),
        h("div", { class: "picture", tabindex: "0", role: "group", "aria-label": this.say.ui(key) }, picture),
        h(
          "details",
          {},
          h("summary", { "data-key": `table ${key}` }, this.say.ui("as_table")),
          h(
            "table",
            {},
            h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
            h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell))))),
          ),
        ),
      ];
    }

    drawPictures() {
      const ui = this.texts.ui;
      /** @type {Record<string, string[]>} */
      const here = {};
      this.say.people.forEach((person, who) => {
        const phase = String(this.x.machine.value(this.x.state(), who, "phase"));
        const control = this.x.machine.value(this.x.state(), who, "control");
        here[phase] = [...(here[phase] || []), control === "free" ? person : `${person}: ${this.say.value(control)}`];
      });
      const fact = this.x.machine.data.facts[this.x.machine.data.busy[0]];
      const arrows = /** @type {Arrow[]} */ (this.x.packed.right.phases);
      put(
        "phases",
        ...this.pictured(
          "phases",
          Draw.states(ui.phases, fact.values.map(String), arrows, here),
          [ui.from, ui.to, ui.row],
          arrows.map((arrow) => [arrow.from, arrow.to, arrow.label.join("; ")]),
        ),
      );
      const messages = this.messages();
      put(
        "sequence",
        ...this.pictured(
          "sequence",
          Draw.sequence(ui.sequence, this.parties(), messages),
          [ui.from, ui.to, ui.message],
          messages.map((each) => [each.from, each.to, each.words]),
        ),
      );
    }

    drawPromises() {
      const { surely, perhaps } = this.x.broken();
      const row = (/** @type {string} */ name) => {
        const asked = this.x.packed.right.asked.includes(name);
        const would = this.wouldBreak.get(name);
        const [look, sign, key] = surely.includes(name)
          ? ["bad", "✗", "is_broken"]
          : would === "surely"
            ? ["bad", "!", "would_break"]
            : perhaps.includes(name) || would
              ? ["unclear", "?", "may_break_short"]
              : asked
                ? ["good", "✓", "kept"]
                : ["plain", "–", "not_looked_at"];
        return {
          asked,
          item: h(
            "li",
            { "data-promise": name, "data-lamp": key },
            h("span", { class: `sign ${look}` }, sign),
            h("span", {}, ` ${this.say.ui(key)}: `, this.texts.promises[name]),
          ),
        };
      };
      const rows = Object.keys(this.texts.promises).map(row);
      put(
        "promises",
        h("h2", {}, this.say.ui("promises")),
        h("p", { class: "soft" }, this.say.ui(this.x.mistake ? "promises_says" : "promises_right")),
        h("ul", { class: "bare lamps" }, ...rows.filter((each) => each.asked).map((each) => each.item)),
        h(
          "details",
          {},
          h("summary", { "data-key": "others" }, this.say.ui("not_looked_at")),
          h("ul", { class: "bare lamps" }, ...rows.filter((each) => !each.asked).map((each) => each.item)),
        ),
      );
    }

    drawFacts() {
      const ui = this.texts.ui;
      const rows = this.x.machine.data.facts.flatMap((fact, at) => {
        const whole = fact.scope === "computer" || fact.scope === "session";
        return (whole ? [0] : [0, 1]).map((who) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, this.texts.facts[fact.name] || fact.name),
            h(
              "td",
              {},
              fact.scope === "computer"
                ? ui.everybody
                : fact.scope === "session"
                  ? this.say.user
                  : this.say.people[who],
            ),
            h("td", {}, this.say.value(fact.values[this.x.state()[who][at]])),
          ),
        );
      });
      put(
        "facts",
        h("h2", {}, ui.facts),
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              h("th", { scope: "col" }, ui.fact),
              h("th", { scope: "col" }, ui.whose),
              h("th", { scope: "col" }, ui.value),
            ),
          ),
          h("tbody", {}, ...rows),
        ),
      );
    }

    // ---- out and in --------------------------------------------------------------------------------------------

    async copy() {
      let done = true;
      try {
        await navigator.clipboard.writeText(location.href);
      } catch {
        done = false;
      }
      this.x.notice = this.say.ui(done ? "copied" : "not_copied");
      this.draw();
    }

    /** The way in one of its forms. @param {string} kind */
    form_of(kind) {
      const steps = [...this.x.opening, ...this.x.way];
      const title = this.x.lesson
        ? this.texts.lessons[this.x.lesson.name][0]
        : this.x.mistake
          ? `${this.x.mistake.name}: ${this.texts.mistakes[this.x.mistake.name]}`
          : this.say.ui("title");
      const text = Share.scenario(steps, this.x.machine, this.say, title.replace(/[^\w ,.:()'äöüÄÖÜß-]/g, ""));
      if (kind === "scenario") return { name: "explored.yaml", text };
      if (kind === "pytest") return { name: "test_explored.py", text: Share.pytest(text, title.replace(/["\\]/g, "")) };
      if (kind === "mermaid") return { name: "explored.mmd", text: Share.mermaid(this.parties(), this.messages()) };
      return { name: "explored.svg", text: Draw.text(Draw.sequence(title, this.parties(), this.messages())) };
    }

    /** @param {string} kind */
    save(kind) {
      const { name, text } = this.form_of(kind);
      const link = h("a", {
        href: URL.createObjectURL(new Blob([text], { type: "application/octet-stream" })),
        download: name,
      });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }

    /** @param {File} file */
    async read(file) {
      if (file) this.follow(await file.text(), file.name);
    }

    /** Follow a trace. @param {string} text @param {string} name */
    follow(text, name) {
      this.x.choose(this.x.mistake && !this.x.lesson ? this.x.mistake.name : "", "");
      this.x.opening = [];
      this.x.ahead = [];
      let notice;
      try {
        const trace = Share.lines(text);
        const { steps, whole, stopped } = Share.followed(this.x.machine, trace);
        this.x.begin(steps);
        notice = whole
          ? this.say.ui("imported", { count: trace.length, name, steps: steps.length })
          : this.say.ui("not_imported", {
              name,
              line: stopped + 1,
              event: trace[stopped] ? trace[stopped].event : "?",
            });
      } catch (error) {
        this.x.begin([]);
        notice = this.say.ui("no_trace", { name, why: error instanceof Error ? error.message : String(error) });
      }
      history.pushState(null, "", this.x.address());
      this.x.notice = notice;
      this.draw();
    }
  }

  /** @param {string} id */
  const data = (id) => JSON.parse($(id).textContent || "null");

  const start = async () => {
    const bytes = Uint8Array.from(atob(($("tables").textContent || "").trim()), (letter) => letter.charCodeAt(0));
    const packed = await new Response(
      new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate")),
    ).json();
    const given = /** @type {Given} */ (data("given"));
    const explorer = new Explorer(packed, data("texts"), given);
    const shown = new Shown(explorer);
    explorer.open(location.hash);
    if (given.trace && !/[#&][pmg]=/.test(location.hash))
      shown.follow(given.trace.map((line) => JSON.stringify(line)).join("\n"), given.name || "");
    addEventListener("popstate", () => explorer.open(location.hash));
    addEventListener("hashchange", () => location.hash === explorer.address() || explorer.open(location.hash));
    addEventListener("keydown", (event) => {
      if (
        event.altKey ||
        event.ctrlKey ||
        event.metaKey ||
        (event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName))
      )
        return;
      if (event.key === "ArrowLeft") explorer.back();
      else if (event.key === "ArrowRight") explorer.forward();
      else if (event.key === "Escape") shown.escape();
      else return;
      event.preventDefault();
    });
    document.documentElement.dataset.ready = "yes";
    return explorer;
  };

  return { start };
})();

/** @type {any} */ (window).rasim = Page.start();
