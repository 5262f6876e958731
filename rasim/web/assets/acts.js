// What each side can do now besides what stands on its desktop: a button for every step there is; and the drawer of what cannot happen now.

/**
 * A step that has a button: what it would do, why it would be turned away (empty if not), what it breaks, and whether it does nothing at all.
 * @typedef {{step: Step, event: EventTable, no: string, broken: Broken, off: boolean}} Offered
 */

const Acts = (() => {
  /** The steps that have buttons: with hostile experts all, else those that people themselves take. @param {View} view @returns {Offered[]} */
  const offered = (view) => {
    const { machine, hostile } = view.x;
    const ordinary = (/** @type {EventTable} */ event) =>
      Object.entries(event.carries).every(([name, value]) => !view.texts.carries[`${name}=${value}`]);
    return machine
      .steps()
      .map((step) => ({ step, event: machine.events[step.events[0]] }))
      .filter(({ event }) => event.kind !== "policy is applied" && (hostile || ordinary(event)))
      .map(({ step, event }) => {
        const taken = machine.take(view.state, step);
        const no = view.say.whyNot(taken, view.places);
        return { step, event, no, broken: machine.broken(taken), off: no !== "" && !taken.lines.length };
      });
  };

  /** Which promises some button would break now: surely, or perhaps. @param {Offered[]} acts */
  const breaking = (acts) => ({
    surely: new Set(acts.flatMap(({ broken }) => broken.surely)),
    perhaps: new Set(acts.flatMap(({ broken }) => broken.perhaps)),
  });

  /** @param {View} view @param {Offered} act @param {boolean} about  whether it has to be said whom it is about @param {boolean} told  whether the reason stands beside it */
  const item = (view, { step, event, no, broken, off }, about, told) => {
    const id = Share.packed([step]);
    const key = `act ${id}`;
    const whom = about && Tables.aimed(event) ? ` (${view.say.people[step.expert]})` : "";
    const breaks = view.x.marks && broken.surely.length > 0;
    const words = [
      told && no,
      breaks && view.ui("breaks", { promises: view.promises(broken.surely) }),
      view.x.marks && broken.perhaps.length > 0 && view.ui("may_break", { promises: view.promises(broken.perhaps) }),
    ].filter(Boolean);
    const look = ["act", breaks && "breaks", no && "no", view.next === id && "next"].filter(Boolean).join(" ");
    const term = { "refresh task runs": "refresh task", "ticket time passes": "ticket" }[event.kind];
    return h(
      "li",
      {},
      button(key, `${breaks ? "✗ " : ""}${view.say.act(step)}${whom}`, () => view.x.click(key, step), {
        off: off || view.x.over(),
        class: look,
        "data-step": id,
        "aria-describedby": words.length ? `why-${id}` : null,
      }),
      term && Terms.marked(view, ` [[?|${term}]]`),
      view.turned(key),
      words.length > 0 && h("span", { class: "why", id: `why-${id}` }, words.join(" · ")),
    );
  };

  /** The sides: key, title, whose acts, and whether it has to be said whom they are about.
   * @param {View} view @returns {[string, string, (act: Offered) => boolean, boolean][]} */
  const sides = (view) => {
    const { say, x } = view;
    return [
      ["user", view.ui("can", { who: say.user }), ({ event }) => event.owner === "user", true],
      [
        "expert",
        view.ui("can", { who: say.people[x.front] }),
        ({ event, step }) => event.owner === "expert" && step.expert === x.front,
        false,
      ],
      ["administrator", view.ui("administrator"), ({ event }) => event.owner === "administrator", true],
      ["computer", view.ui("computer"), ({ event }) => event.owner === "computer" || event.owner === "link", true],
    ];
  };

  /** What a side can do that does not stand on its desktop, and below what would be turned away. Once a promise is broken: nothing.
   * @param {View} view @param {Offered[]} acts @param {string} side @param {Set<string>} shown  the steps on the desktops @param {Node|null} form */
  const party = (view, acts, side, shown, form = null) => {
    const [key, title, own, about] = /** @type {ReturnType<typeof sides>[number]} */ (
      sides(view).find(([name]) => name === side)
    );
    const mine = acts.filter((act) => own(act) && !act.off && !shown.has(Share.packed([act.step])));
    const list = (/** @type {Offered[]} */ those) =>
      h("ul", { class: "bare hand" }, ...those.map((act) => item(view, act, about, false)));
    const [good, vain] = [mine.filter(({ no }) => !no), mine.filter(({ no }) => no)];
    return h(
      "section",
      { class: "party", "aria-label": title },
      h("h3", {}, title),
      form,
      !view.x.over() && list(good),
      !view.x.over() &&
        vain.length > 0 &&
        h(
          "details",
          {},
          h("summary", { "data-key": `vain ${key}` }, view.ui("vain", { count: vain.length })),
          list(vain),
        ),
    );
  };

  /** What nobody could even hear of, with the reason: one drawer. @param {View} view @param {Offered[]} acts */
  const drawer = (view, acts) => {
    const dead = acts.filter(({ off }) => off);
    if (view.x.over()) return null;
    return h(
      "details",
      { id: "drawer" },
      h("summary", { "data-key": "drawer" }, view.ui("cannot", { count: dead.length })),
      h(
        "div",
        { class: "columns" },
        ...sides(view).map(([, title, own, about]) =>
          h(
            "section",
            { "aria-label": title },
            h("h3", {}, title),
            h("ul", { class: "bare" }, ...dead.filter(own).map((act) => item(view, act, about, true))),
          ),
        ),
      ),
    );
  };

  return { offered, breaking, party, drawer };
})();
