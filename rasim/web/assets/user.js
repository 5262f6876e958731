// The user's desktop: what is in front there, the questions that wait for an answer, and who is looking.

const User = (() => {
  /** A question with its two answers. @param {View} view @param {number} who @param {string} key @param {string} yes @param {string} no @param {string} beside */
  const question = (view, who, key, yes, no, beside) => {
    const expert = view.say.people[who];
    return h(
      "div",
      { class: "dialog", role: "group", "aria-label": view.ui(key, { expert }) },
      h("p", { class: "caption", "aria-hidden": "true" }, view.ui("assistance")),
      h("p", {}, h("strong", {}, view.ui(key, { expert }))),
      h("p", { class: "small" }, view.ui(beside, { expert })),
      h("p", { class: "answers" }, view.shortcut(yes, who, view.ui("yes")), view.shortcut(no, who, view.ui("no"))),
    );
  };

  /** That somebody is looking, with what ends it. @param {View} view @param {number} who */
  const banner = (view, who) => {
    const [held, paused] = [view.is("control", who) === "held", view.is("paused", who)];
    const says = paused ? "paused" : held ? "controls" : "views";
    return h(
      "div",
      { class: held ? "banner held" : "banner" },
      h("span", {}, h("i", { class: "eye", "aria-hidden": "true" }), view.ui(says, { expert: view.say.people[who] })),
      h(
        "span",
        { class: "answers" },
        held && view.shortcut("stops control", who, view.ui("esc")),
        view.shortcut(paused ? "resumes" : "pauses", who, view.ui(paused ? "resume" : "pause")),
        view.shortcut("user ends", who, view.ui("end")),
      ),
    );
  };

  /** What a broken promise looks like from here: where the screen itself shows it. @param {View} view */
  const stranger = (view) => {
    if (!view.over()) return null;
    const seen = view.say.people.findIndex((_, who) => view.broke("mouse", who) || view.broke("eye", who));
    if (seen < 0) return null;
    const key = view.broke("mouse", seen) ? "stranger_moves" : "stranger_looks";
    return h("p", { class: "stranger" }, view.ui(key, { expert: view.say.people[seen] }));
  };

  /** @param {View} view */
  const screen = (view) => {
    const parts = view.say.people.flatMap((_, who) => [
      view.is("phase", who) === "viewing" && banner(view, who),
      view.is("phase", who) === "offered" && question(view, who, "ask_view", "accepts", "denies", "ask_view_small"),
      view.is("phase", who) === "viewing" &&
        view.is("control", who) === "asked" &&
        question(view, who, "ask_control", "grants control", "refuses control", "ask_control_small"),
    ]);
    const bar = h(
      "p",
      { class: "taskbar" },
      h("span", {}, view.say.user),
      h("span", {}, view.ui(Scene.hidden(view) ? "nobody_sits" : "sits")),
    );
    return h(
      "div",
      { class: view.over() ? "monitor broken" : "monitor" },
      Scene.drawn(view, "large", stranger(view), ...parts),
      bar,
    );
  };

  /** Escape takes control back at the user's own computer, as it does in Windows; where nobody has control it does nothing. @param {View} view */
  const escape = (view) => {
    const who = view.say.people.findIndex((_, expert) => view.is("control", expert) === "held");
    if (who >= 0) view.x.click("escape", view.x.step([who, "stops control", {}]));
  };

  return { screen, escape };
})();
