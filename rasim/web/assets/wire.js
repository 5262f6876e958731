// Between the two desktops: who told whom so far, the last at the bottom; the last event in words; and what each expert may do now.

const Wire = (() => {
  /** In which of the three lanes somebody stands. @param {View} view @param {string} party */
  const lane = (view, party) => (party === view.say.user ? 1 : party === "computer" ? 2 : 3);

  /** @param {View} view */
  const heads = (view) =>
    [view.say.user, view.ui("computer_short"), view.ui("experts")].map((name) => h("b", {}, name));

  /** The lines so far, each from lane to lane. @param {View} view */
  const said = (view) => {
    const found = view.told();
    const last = view.latest();
    return found.length
      ? found.map(({ from, to, words, step, broken }) => {
          const [a, b] = [lane(view, from), lane(view, to)];
          const look = a === b ? "self" : a < b ? "right" : "left";
          return h(
            "li",
            { class: `${look} lane-${Math.min(a, b)}${step === last ? " new" : ""}${broken ? " broken" : ""}` },
            h("span", {}, words),
          );
        })
      : [h("li", { class: "self lane-2" }, h("span", {}, view.ui("empty")))];
  };

  /** What the last step was and what came of it. @param {View} view */
  const last = (view) => {
    const { taken, opening } = view.x;
    if (taken.length <= opening.length) return [view.ui("begin")];
    const latest = taken[taken.length - 1];
    const no = view.say.whyNot(latest, view.places);
    const words = [...new Set(view.loud(latest).map((line) => view.say.line(line)))];
    return [
      h("strong", {}, `${view.say.sentence(latest.step)}.`),
      " ",
      no ? h("span", { class: "unclear" }, `✗ ${no}`) : words.join("; ") || view.ui("nothing"),
    ];
  };

  // ---- who may do what now -------------------------------------------------------------------------------------

  /** What stands between an expert and something now: nothing, a click of somebody, or a no. @typedef {{look: "yes"|"click"|"no", says: string}} Power */

  /** Whether an expert looks on, or what stands before it: asked of the rules, by trying. @param {View} view @param {number} who @returns {Power} */
  const look = (view, who) => {
    if (view.sees(who)) return { look: "yes", says: view.ui("may_now") };
    const phase = view.is("phase", who);
    if (phase === "viewing") return { look: "no", says: view.ui(view.is("paused", who) ? "no_paused" : "no_hidden") };
    if (phase === "offered") return { look: "click", says: view.ui("first_click") };
    const no = view.refusal(phase === "ticketed" ? ["offers help"] : ["asks for a ticket", "offers help"], who);
    return no ? { look: "no", says: no } : { look: "click", says: view.ui("offer_and_click") };
  };

  /** The same of control. @param {View} view @param {number} who @returns {Power} */
  const control = (view, who) => {
    if (!view.refusal(["uses control"], who)) return { look: "yes", says: view.ui("may_now") };
    if (view.is("control", who) === "asked") return { look: "click", says: view.ui("second_click") };
    const no = view.refusal([view.is("control", who) === "held" ? "uses control" : "asks for control"], who);
    return no ? { look: "no", says: no } : { look: "click", says: view.ui("ask_and_click") };
  };

  /** @param {View} view */
  const powers = (view) =>
    view.say.people.map((person, who) =>
      h(
        "p",
        { class: "power" },
        h("b", {}, person),
        ...[
          /** @type {const} */ (["look_on", look(view, who)]),
          /** @type {const} */ (["control", control(view, who)]),
        ].map(([key, power]) =>
          h(
            "span",
            { class: `chip ${power.look}`, "data-power": `${key} ${who}`, "data-look": power.look },
            h("b", {}, `${{ yes: "✓", click: "…", no: "✗" }[power.look]} ${view.ui(key)}`),
            ` ${power.says}`,
          ),
        ),
      ),
    );

  return { heads, said, last, powers };
})();
