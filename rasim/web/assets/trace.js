// A trace that is followed: anybody's, line by line, with what each side saw then and what the judge says. Python read and judged it; here it is only shown.

/**
 * @typedef {{session: string, owner: string|null, hidden: string[]}} Sitting
 * @typedef {{session: string, expert: string, phase: string, has?: string[], asked?: string[], paused?: boolean, picture?: boolean}} Assistance
 * @typedef {{number: number, line: Line, about: [string, string], sessions?: Sitting[], assistances?: Assistance[]}} FollowedLine
 * @typedef {{promise: string, needs: string}} Open
 * @typedef {{verdict: string, broken: {promise: string, number: number, because: string}[], cannot_tell: Open[], kept: string[], not_asked: Open[]}} Judged
 * @typedef {{name: string, records: string[], lines: FollowedLine[], judged: Judged|null}} Trace  `judged` is null where rasim has not seen it
 */

class TraceView extends View {
  /** @param {Explorer} explorer @param {Trace} trace */
  constructor(explorer, trace) {
    super(explorer);
    this.trace = trace;
    this.at = explorer.at;
    const so_far = trace.lines.slice(0, this.at);
    const last = (/** @type {"sessions"|"assistances"} */ key) => so_far.findLast((each) => each[key]);
    /** @type {Sitting[]} */
    this.sessions = (last("sessions") || {}).sessions || [];
    /** @type {Assistance[]} */
    this.assistances = (last("assistances") || {}).assistances || [];
    const about = (/** @type {0|1} */ part) =>
      (
        so_far.findLast((each) => each.about[part]) ||
        trace.lines.find((each) => each.about[part]) || { about: ["", ""] }
      ).about[part];
    this.session = about(0);
    const sitting = this.sessions.find((each) => each.session === this.session);
    this.sitting = sitting || { session: this.session, owner: null, hidden: [] };
    this.experts = [...new Set(trace.lines.map((each) => each.about[1]).filter(Boolean))];
    if (!this.experts.length) this.experts = [""];
    this.front = Math.max(0, this.experts.indexOf(explorer.chosen || about(1)));
    const shorts = this.experts.map((each) => Say.short(each) || this.ui("somebody"));
    this.say.people = shorts.map((each, at) => (shorts.indexOf(each) === at ? each : this.experts[at]));
    this.say.user = this.sitting.owner ? Say.short(this.sitting.owner) : this.ui("the_user");
  }

  /** The line that was reached. @returns {FollowedLine|undefined} */
  line() {
    return this.trace.lines[this.at - 1];
  }

  /** What the judge says is broken at a line. @param {FollowedLine|undefined} line */
  brokenAt(line) {
    const { judged } = this.trace;
    return line && judged ? judged.broken.filter(({ number }) => number === line.number) : [];
  }

  /** @param {number} who @returns {Assistance} */
  assistance(who) {
    const found = this.assistances.find(
      ({ session, expert }) => expert === this.experts[who] && (session === this.session || !session),
    );
    return found || { session: this.session, expert: this.experts[who], phase: "idle" };
  }

  /** What a fact is now, as far as the lines tell. @param {string} name @param {number} expert @returns {any} */
  is(name, expert = 0) {
    const { phase, has = [], asked = [], paused = false } = this.assistance(expert);
    if (name === "phase") return phase;
    if (name === "paused") return paused;
    if (name === "control") return has.includes("control") ? "held" : asked.includes("control") ? "asked" : "free";
    if (name === "logged on") return this.sitting.owner !== null || !this.trace.records.includes("sessions");
    return this.sitting.hidden.includes(name);
  }

  /** @param {number} who */
  sees(who) {
    return !!this.assistance(who).picture && !this.is("paused", who) && !this.sitting.hidden.length;
  }

  over() {
    return this.brokenAt(this.line()).length > 0;
  }

  /** @param {"mouse"|"eye"} by @param {number} who */
  broke(by, who) {
    const line = this.line();
    const promises = this.brokenAt(line).map(({ promise }) => promise);
    return (
      View.shows(by, promises) &&
      !!line &&
      line.about[1] === this.experts[who] &&
      View.LINES[by].includes(line.line.event)
    );
  }

  /** There is nothing to click in what has happened. @returns {any} */
  shortcut() {
    return null;
  }

  lines() {
    return this.trace.lines
      .slice(0, this.at)
      .map(({ line, about }) => ({ line, expert: this.experts.indexOf(about[1]) }));
  }

  latest() {
    return this.at - 1;
  }

  /** A line in words; what it does not say is left out. @param {FollowedLine} each */
  words({ line, about }) {
    const plain = Array.isArray(line.records) ? { ...line, records: line.records.join(", ") } : line;
    const said = { line: plain, expert: this.experts.indexOf(about[1]) };
    return this.say
      .line(said)
      .replaceAll("_", " ")
      .replace(/:? ?\(?\{\w+\}\)?/g, "");
  }

  told() {
    const { sent } = this.x.packed.right;
    return this.trace.lines.slice(0, this.at).flatMap((each, step) => {
      if (each.line.event === "audited") return [];
      const who = this.say.people[this.experts.indexOf(each.about[1])] || this.say.people[0];
      const way = this.way(String(sent[each.line.event]), who);
      return [
        {
          from: way[0],
          to: way[1],
          words: this.words(each),
          plain: each.line.event.replaceAll("_", " "),
          step,
          broken: this.brokenAt(each).length > 0,
        },
      ];
    });
  }
}

const Following = (() => {
  /** The verdict on the whole, and how to go through it. @param {TraceView} view */
  const task = (view) => {
    const { x, trace, at } = view;
    const { judged, lines } = trace;
    const first =
      judged && judged.broken.length ? lines.findIndex(({ number }) => number === judged.broken[0].number) : -1;
    const look = !judged ? "unclear" : { broken: "bad", "cannot tell": "unclear", kept: "good" }[judged.verdict];
    const counts = judged && {
      broken: judged.broken.length,
      open: judged.cannot_tell.length,
      kept: judged.kept.length,
      rest: judged.not_asked.length,
    };
    return h(
      "div",
      { class: "lesson", id: "verdict-on" },
      h(
        "div",
        {},
        h(
          "h2",
          { class: look },
          judged
            ? view.ui(`trace_${judged.verdict.replace(" ", "_")}`, { name: trace.name })
            : view.ui("trace_unjudged", { name: trace.name }),
        ),
        h("p", {}, counts ? view.ui("trace_counts", counts) : view.ui("trace_unjudged_says")),
      ),
      h(
        "p",
        { class: "answers" },
        first >= 0 &&
          button("first broken", view.ui("first_broken", { line: judged ? judged.broken[0].number : 0 }), () =>
            x.goTo(first + 1),
          ),
        at < lines.length && button("line on", `${view.ui("line_on")} →`, () => x.goTo(at + 1), { class: "forth" }),
      ),
    );
  };

  /** The line reached, in words, and what the judge says there. @param {TraceView} view */
  const last = (view) => {
    const line = view.line();
    if (!line) return [view.ui("trace_begin", { count: view.trace.lines.length })];
    return [
      h("strong", {}, view.ui("trace_line", { number: line.number, count: view.trace.lines.length })),
      ` ${view.words(line)}. `,
      view.trace.judged && !view.over() && h("span", { class: "soft" }, view.ui("judge_nothing")),
    ];
  };

  /** @param {TraceView} view */
  const alarm = (view) =>
    view
      .brokenAt(view.line())
      .map(({ promise, because }) =>
        h(
          "p",
          { class: "bad" },
          h("strong", {}, `✗ ${view.ui("broken", { promise: view.promises([promise]) })}`),
          ` ${because}`,
        ),
      );

  /** What each expert has, as far as the lines tell. @param {TraceView} view */
  const powers = (view) =>
    view.say.people.map((person, who) => {
      const { phase, has = [], asked = [] } = view.assistance(who);
      const sees = view.sees(who);
      const over = view.lines().some(({ line, expert }) => expert === who && line.event === "ended");
      const unseen = phase === "viewing" && !view.trace.records.includes("frames");
      const chip = (/** @type {string} */ look, /** @type {string} */ key, /** @type {string} */ says) =>
        h(
          "span",
          { class: `chip ${look}` },
          h("b", {}, `${/** @type {any} */ ({ yes: "✓", click: "…", no: "✗" })[look]} ${view.ui(key)}`),
          ` ${says}`,
        );
      return h(
        "p",
        { class: "power" },
        h("b", {}, person),
        chip(
          sees ? "yes" : unseen || phase === "offered" ? "click" : "no",
          "look_on",
          view.ui(
            sees
              ? "may_now"
              : unseen
                ? "not_recorded"
                : phase === "offered"
                  ? "first_click"
                  : over
                    ? "no_longer"
                    : "not_so_far",
          ),
        ),
        chip(
          has.length ? "yes" : asked.length ? "click" : "no",
          has.length ? "holds" : "control",
          has.join(", ") || (asked.length ? view.ui("second_click") : view.ui(over ? "no_longer" : "not_so_far")),
        ),
      );
    });

  /** All lines, to go to. @param {TraceView} view */
  const lines = (view) =>
    h(
      "details",
      { id: "lines", class: "fold" },
      h("summary", { "data-key": "lines" }, h("h2", {}, view.ui("all_lines", { count: view.trace.lines.length }))),
      h(
        "ol",
        { class: "bare" },
        ...view.trace.lines.map((each, at) =>
          h(
            "li",
            {},
            button(
              `line ${at + 1}`,
              `${each.number}  ${view.brokenAt(each).length ? "✗ " : ""}${view.words(each)}`,
              () => view.x.goTo(at + 1),
              {
                class: view.brokenAt(each).length ? "plain-button breaks" : "plain-button",
                "aria-current": at + 1 === view.at ? "step" : null,
              },
            ),
          ),
        ),
      ),
    );

  /** All that the judge says, by promise. @param {TraceView} view */
  const judged = (view) => {
    const found = view.trace.judged;
    if (!found) return null;
    const named = (/** @type {string} */ name) => view.promises([name]);
    const list = (/** @type {string} */ key, /** @type {string[]} */ items) =>
      items.length > 0 &&
      h(
        "section",
        { "data-judged": key },
        h("h3", {}, view.ui(`judged_${key}`, { count: items.length })),
        h("ul", {}, ...items.map((each) => h("li", {}, each))),
      );
    return h(
      "details",
      { id: "judged", class: "fold" },
      h("summary", { "data-key": "judged" }, h("h2", {}, view.ui("judged"))),
      list(
        "broken",
        found.broken.map(({ promise, number, because }) => `${named(promise)} (${number}: ${because})`),
      ),
      list(
        "cannot_tell",
        found.cannot_tell.map(({ promise, needs }) => `${named(promise)} (${view.ui("needs", { needs })})`),
      ),
      list("kept", found.kept.map(named)),
      list(
        "not_asked",
        found.not_asked.map(({ promise, needs }) => `${named(promise)} (${needs})`),
      ),
    );
  };

  return { task, last, alarm, powers, lines, judged };
})();
