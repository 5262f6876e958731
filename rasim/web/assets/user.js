// The user's desktop: what is in front there, the questions that wait for an answer, and who is looking.

const User = (() => {
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

  /** A question with its two answers. @param {View} view @param {number} who @param {string} key @param {string} yes @param {string} no @param {string} beside */
  const question = (view, who, key, yes, no, beside = "") => {
    const expert = view.say.people[who];
    return h(
      "div",
      { class: "dialog", role: "group", "aria-label": view.ui(key, { expert }) },
      h("p", {}, h("strong", {}, view.ui(key, { expert }))),
      beside && h("p", { class: "soft" }, view.ui(beside, { expert })),
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
      h("span", {}, view.ui(says, { expert: view.say.people[who] })),
      view.shortcut(paused ? "resumes" : "pauses", who, view.ui(paused ? "resume" : "pause")),
      held && view.shortcut("stops control", who, view.ui("esc")),
      view.shortcut("user ends", who, view.ui("end")),
    );
  };

  /** @param {View} view */
  const screen = (view) => {
    const dark = hidden(view);
    const parts = view.say.people.flatMap((_, who) => [
      view.is("phase", who) === "offered" && question(view, who, "ask_view", "accepts", "denies", "ask_view_small"),
      view.is("phase", who) === "viewing" && banner(view, who),
      view.is("phase", who) === "viewing" &&
        view.is("control", who) === "asked" &&
        question(view, who, "ask_control", "grants control", "refuses control"),
    ]);
    return h("div", { class: `screen ${dark}` }, h("p", { class: "wall" }, view.ui(dark || "quiet")), ...parts);
  };

  /** Escape takes control back at the user's own computer, as it does in Windows; where nobody has control it does nothing. @param {View} view */
  const escape = (view) => {
    const who = view.say.people.findIndex((_, expert) => view.is("control", expert) === "held");
    if (who >= 0) view.x.click(view.x.step([who, "stops control", {}]));
  };

  return { screen, hidden, escape };
})();
