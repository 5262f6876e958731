// What is to be done: a lesson with its goal, a mistake with the ways to what it breaks, and what has to be said first.

const Task = (() => {
  /** @param {View} view @param {Lesson} lesson */
  const taught = (view, lesson) => {
    const [title, text] = view.texts.lessons[lesson.name];
    const next = LESSONS[LESSONS.indexOf(lesson) + 1];
    const { x } = view;
    return h(
      "div",
      { class: x.solved ? "lesson good" : "lesson", id: "goal" },
      h("h2", {}, `${view.ui("goal")}: ${title}`),
      h("p", {}, text),
      x.solved
        ? h(
            "p",
            { role: "status" },
            h("strong", { id: "solved" }, `✓ ${view.ui("solved")} `),
            next && button("next", view.ui("next"), () => x.turn(() => x.choose("", next.name))),
          )
        : button("show me", view.ui("show_me"), () => x.play(lesson.way.map((act) => x.step(act)))),
    );
  };

  /** @param {View} view @param {Mistake} mistake */
  const mistaken = (view, { name, cases, by, ways }) =>
    h(
      "div",
      { class: "lesson" },
      h("h2", {}, view.ui("with_mistake", { name, says: view.texts.mistakes[name] })),
      h("p", {}, view.ui("mistake_says", { cases: cases.join(", ") })),
      ...Object.entries(ways).map(([promise, steps]) =>
        h(
          "p",
          {},
          button(`shortest ${promise}`, view.ui("shortest", { promise: view.promises([promise]) }), () =>
            view.x.play(steps.map(([expert, ...events]) => ({ expert, events }))),
          ),
        ),
      ),
      !Object.keys(ways).length && h("p", {}, view.ui("no_way", { promises: view.promises(by) })),
    );

  /** @param {View} view */
  const all = (view) => {
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
      lesson ? taught(view, lesson) : mistake && mistaken(view, mistake),
    ];
  };

  return { all };
})();
