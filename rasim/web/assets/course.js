// The course: its lessons in a row, what is to be done now, hints in steps, and why it is so once it is done.

const Course = (() => {
  /** All lessons by number; what is solved has a tick. @param {View} view */
  const row = (view) => {
    const { x, texts } = view;
    const here = x.lesson && !x.trace ? LESSONS.indexOf(x.lesson) : -1;
    const { trace } = x.given;
    return [
      h(
        "span",
        { class: "soft" },
        here >= 0 ? view.ui("lesson_of", { at: here + 1, of: LESSONS.length }) : view.ui("course"),
      ),
      h(
        "ol",
        { class: "bare dots" },
        ...LESSONS.map(({ name }, at) =>
          h(
            "li",
            {},
            button(`lesson ${name}`, x.done.has(name) ? "✓" : String(at + 1), () => x.turn(() => x.choose("", name)), {
              class: x.done.has(name) ? "dot done" : "dot",
              "aria-current": at === here ? "step" : null,
              "aria-label": `${at + 1}. ${texts.lessons[name][0]}${x.done.has(name) ? ` (${view.ui("solved")})` : ""}`,
              title: `${at + 1}. ${texts.lessons[name][0]}`,
            }),
          ),
        ),
      ),
      button("free", view.ui("no_lesson"), () => x.turn(() => x.choose("", "")), {
        "aria-current": !x.lesson && !x.mistake && !x.trace ? "step" : null,
        class: "plain-button",
      }),
      trace &&
        button(
          "trace",
          trace.name,
          () =>
            x.turn(() => {
              x.trace = trace;
              x.at = 0;
            }),
          { "aria-current": x.trace ? "step" : null, class: "plain-button" },
        ),
    ];
  };

  /** The hints so far: whose turn it is, what sort of thing, and the button itself. @param {View} view */
  const hints = (view) => {
    const { x } = view;
    const way = x.hint ? x.wayOn() : null;
    if (x.hint && !way) return h("p", { class: "hint" }, view.ui("hint_lost"));
    if (!way || !way.length) return null;
    const [step] = way;
    const event = x.machine.events[step.events[0]];
    const who = /** @type {Record<string, string>} */ ({
      expert: view.say.people[step.expert],
      user: view.say.user,
      administrator: view.ui("administrator"),
    })[event.owner];
    return h(
      "ul",
      { class: "hint", role: "status" },
      h("li", {}, who ? view.ui("hint_who", { who }) : view.ui("hint_computer")),
      x.hint > 1 && h("li", {}, view.ui("hint_what", { what: view.texts.sorts[event.kind] || view.say.act(step) })),
      x.hint > 2 && h("li", {}, view.ui("hint_click", { act: view.say.act(step) })),
    );
  };

  /** @param {View} view @param {Lesson} lesson */
  const taught = (view, lesson) => {
    const [title, text, why] = view.texts.lessons[lesson.name];
    const { x } = view;
    const next = LESSONS[LESSONS.indexOf(lesson) + 1];
    return h(
      "div",
      { class: x.solved ? "lesson good" : "lesson", id: "goal" },
      h(
        "div",
        {},
        h("h2", {}, title),
        h("p", {}, Terms.marked(view, text)),
        x.solved
          ? h(
              "p",
              { role: "status", id: "why" },
              h("strong", { id: "solved" }, `✓ ${view.ui("solved")}`),
              " ",
              Terms.marked(view, why),
            )
          : hints(view),
      ),
      h(
        "p",
        { class: "answers" },
        x.solved
          ? next
            ? button("next", `${view.ui("next")} →`, () => x.turn(() => x.choose("", next.name)), { class: "forth" })
            : h("span", {}, view.ui("course_over"))
          : x.hint < 3
            ? button("hint", view.ui("hint", { at: x.hint + 1 }), () => x.ask())
            : button("show me", view.ui("show_me"), () => x.play(x.wayOn() || [], true)),
      ),
    );
  };

  /** @param {View} view @param {Mistake} mistake */
  const mistaken = (view, { name, cases, by, ways }) =>
    h(
      "div",
      { class: "lesson" },
      h(
        "div",
        {},
        h("h2", {}, view.ui("with_mistake", { name, says: view.texts.mistakes[name] })),
        h("p", {}, view.ui("mistake_says", { cases: cases.join(", ") })),
        view.x.over() && h("p", { role: "status" }, h("strong", {}, `✓ ${view.ui("found")}`)),
        tick("marks", view.ui("marks"), view.x.marks, (on) => {
          view.x.marks = on;
          view.x.changed();
        }),
        !Object.keys(ways).length && h("p", {}, view.ui("no_way", { promises: view.promises(by) })),
        h(
          "details",
          {},
          h("summary", { "data-key": "ways" }, view.ui("ways", { count: Object.keys(ways).length })),
          ...Object.entries(ways).map(([promise, steps]) =>
            h(
              "p",
              {},
              button(`shortest ${promise}`, view.ui("shortest", { promise: view.promises([promise]) }), () =>
                view.x.shortest(steps.map(([expert, ...events]) => ({ expert, events }))),
              ),
            ),
          ),
        ),
      ),
    );

  /** @param {View} view */
  const task = (view) => {
    const { notice, given, mistake, lesson } = view.x;
    const { policy } = given;
    return [
      notice && h("p", { class: "notice", role: "status" }, notice),
      policy &&
        Object.keys(view.places).length > 0 &&
        h("p", { class: "soft" }, view.ui("policy_file", { name: policy.name })),
      ...(policy && !mistake && !lesson
        ? policy.unclear.map((text) => h("p", { class: "notice unclear" }, `? ${text}`))
        : []),
      lesson
        ? taught(view, lesson)
        : mistake
          ? mistaken(view, mistake)
          : !policy && h("p", { class: "soft" }, view.ui("free_says")),
    ];
  };

  return { row, task };
})();
