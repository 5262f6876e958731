// The expert's desktop: one window on it, with what the expert sees and the buttons that the expert has. Who of them is shown is chosen above.

const Expert = (() => {
  /** The acts that a window has buttons for. @param {View} view @param {number} who @returns {string[]} */
  const acts = (view, who) => {
    const control = view.is("control", who);
    return {
      idle: ["asks for a ticket"],
      ticketed: ["offers help"],
      offering: [],
      accepted: [],
      gone: [],
      offered: ["withdraws"],
      viewing: [
        ...(control === "asked" ? ["takes back control"] : control === "held" ? [] : ["asks for control"]),
        "uses control",
        ...(control === "held" ? ["gives back control"] : []),
        "expert ends",
      ],
      cooling: ["asks for a ticket"],
    }[
      /** @type {"idle"|"ticketed"|"offering"|"accepted"|"gone"|"offered"|"viewing"|"cooling"} */ (
        view.is("phase", who)
      )
    ];
  };

  /** What a window says. @param {View} view @param {number} who */
  const says = (view, who) => {
    if (view.is("phase", who) !== "viewing") return `window_${view.is("phase", who)}`;
    if (view.is("paused", who)) return "window_paused";
    if (Scene.hidden(view)) return "window_blank";
    return { held: "window_control", asked: "window_asked", free: "window_viewing", cooling: "window_rests" }[
      /** @type {"held"|"asked"|"free"|"cooling"} */ (view.is("control", who))
    ];
  };

  /** The picture of the user's screen, as far as there is one. @param {View} view @param {number} who */
  const picture = (view, who) =>
    view.sees(who)
      ? h(
          "div",
          { class: "picture-of", role: "img", "aria-label": view.ui("picture_of") },
          Scene.drawn(view, view.is("control", who) === "held" ? "mini held" : "mini"),
        )
      : h("div", { class: "picture-of none" }, view.ui(view.is("phase", who) === "viewing" ? "dark" : "nothing_yet"));

  /** Whose desktop is shown. @param {View} view */
  const heads = (view) =>
    h(
      "div",
      { class: "switch", role: "group", "aria-label": view.ui("whose_desktop") },
      ...view.say.people.map((person, who) =>
        button(`front ${who}`, view.ui("desktop_of", { who: person }), () => view.x.show(who), {
          "aria-pressed": String(view.front === who),
        }),
      ),
    );

  /** @param {View} view */
  const desktop = (view) => {
    const who = view.front;
    const keys = acts(view, who).map((kind) => `desktop ${kind} ${who}`);
    const gone =
      view.x.refused &&
      !view.x.trace &&
      !keys.includes(view.x.refused.key) &&
      view.x.refused.key.startsWith("desktop") &&
      view.x.refused.who === who;
    const expert = view.say.people[who];
    return h(
      "div",
      { class: "monitor other" },
      h(
        "div",
        { class: "screen large" },
        h(
          "section",
          { class: "window", "aria-label": view.ui("window", { expert }) },
          h("p", { class: "caption", "aria-hidden": "true" }, view.ui("assistance_of")),
          picture(view, who),
          h("p", { class: "says" }, Terms.marked(view, view.ui(says(view, who)))),
          gone && view.turned(view.x.refused ? view.x.refused.key : ""),
          h(
            "p",
            { class: "answers" },
            ...acts(view, who).map((kind) => view.shortcut(kind, who, view.texts.acts[kind])),
          ),
        ),
      ),
      h("p", { class: "taskbar" }, h("span", {}, expert), h("span", {}, view.ui("expert"))),
    );
  };

  return { heads, desktop };
})();
