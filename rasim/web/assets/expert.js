// The experts' windows: what each of them sees, and what their own buttons do.

const Expert = (() => {
  /** The acts that a window has buttons for. @param {View} view @param {number} who @returns {string[]} */
  const acts = (view, who) => {
    const control = view.is("control", who);
    return {
      idle: ["asks for a ticket"],
      ticketed: ["offers help"],
      offered: ["withdraws"],
      viewing: [
        control === "held" ? "uses control" : control === "asked" ? "takes back control" : "asks for control",
        ...(control === "held" ? ["gives back control"] : []),
        "expert ends",
      ],
      cooling: [],
    }[/** @type {"idle"|"ticketed"|"offered"|"viewing"|"cooling"} */ (view.is("phase", who))];
  };

  /** What a window says. @param {View} view @param {number} who */
  const says = (view, who) => {
    if (view.is("phase", who) !== "viewing") return `window_${view.is("phase", who)}`;
    if (view.is("paused", who)) return "window_paused";
    if (User.hidden(view)) return "window_blank";
    return { held: "window_control", asked: "window_asked", free: "window_viewing" }[
      /** @type {"held"|"asked"|"free"} */ (view.is("control", who))
    ];
  };

  /** The picture of the user's screen, as far as there is one. @param {View} view @param {number} who */
  const picture = (view, who) => {
    const blank = !view.x.machine.sees(view.state, who);
    const look = blank ? "mini blank" : view.is("control", who) === "held" ? "mini held" : "mini";
    return h("div", { class: look }, blank ? "" : view.ui("desktop"));
  };

  /** @param {View} view */
  const windows = (view) =>
    view.say.people.map((expert, who) =>
      h(
        "section",
        { class: "window", "aria-label": view.ui("window", { expert }) },
        h("h3", {}, view.ui("window", { expert })),
        h("p", {}, view.ui(says(view, who))),
        view.is("phase", who) === "viewing" && picture(view, who),
        h("p", { class: "answers" }, ...acts(view, who).map((kind) => view.shortcut(kind, who, view.texts.acts[kind]))),
      ),
    );

  return { windows };
})();
