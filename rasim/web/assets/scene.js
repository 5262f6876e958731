// A desktop as a picture: its wallpaper, what its user has open, whose pointers are on it, and what hides all of that.
//
// The user's own screen and the expert's picture of it are the same scene, large and small: what one sees is what the other shows.

const Scene = (() => {
  /** What hides the user's own windows, empty where nothing does. @param {View} view */
  const hidden = (view) =>
    !view.is("logged on")
      ? "logon"
      : view.is("locked")
        ? "locked"
        : view.is("away")
          ? "away"
          : view.is("secure desktop")
            ? "secure"
            : "";

  /** A pointer with whose it is. @param {string} look @param {string} name @param {number} at  how often it has moved */
  const pointer = (look, name, at) => {
    const made = h("span", { class: `pointer ${look}`, "aria-hidden": "true" }, Draw.pointer(), h("b", {}, name));
    // Where it is says nothing: it wanders, so that one sees it move.
    made.style.left = `${42 + ((at * 17) % 34)}%`;
    made.style.top = `${38 + ((at * 23) % 40)}%`;
    return made;
  };

  /** How often an expert moved the user's mouse. @param {View} view @param {number} who */
  const moves = (view, who) =>
    view.lines().filter(({ line, expert }) => expert === who && line.event === "input_applied").length;

  /** Whose pointer is on the screen beside its user's: who controls, and who moved the mouse without. @param {View} view */
  const strangers = (view) =>
    view.say.people.flatMap((person, who) => {
      const held = view.is("control", who) === "held";
      const forced = view.over() && view.broke("mouse", who);
      return held || forced ? [pointer(forced ? "forced" : "held", person, moves(view, who))] : [];
    });

  /** What the user has open. @param {View} view */
  const paper = (view) =>
    h(
      "div",
      { class: "paper", "aria-hidden": "true" },
      h("b", {}, view.ui("letter")),
      ...["92%", "78%", "85%", "40%"].map((width) => {
        const line = h("i", {});
        line.style.width = width;
        return line;
      }),
    );

  /** The whole, with what stands in front of it. @param {View} view @param {string} look @param {Child[]} front */
  const drawn = (view, look, ...front) => {
    const dark = hidden(view);
    return h(
      "div",
      { class: `screen ${look} ${dark}` },
      !dark && paper(view),
      dark && h("p", { class: "wall" }, view.ui(dark)),
      ...(dark ? [] : [pointer("own", view.say.user, 0), ...strangers(view)]),
      ...front,
    );
  };

  return { drawn, hidden };
})();
