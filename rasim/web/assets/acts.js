// What each side can do now: a button for every step there is, with what it would break and why it would be turned away.

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

  /** @param {View} view @param {Offered} act @param {boolean} about  whether it has to be said whom it is about */
  const item = (view, { step, event, no, broken, off }, about) => {
    const id = Share.packed([step]);
    const whom = about && Tables.aimed(event) ? ` (${view.say.people[step.expert]})` : "";
    const words = [
      no,
      broken.surely.length > 0 && view.ui("breaks", { promises: view.promises(broken.surely) }),
      broken.perhaps.length > 0 && view.ui("may_break", { promises: view.promises(broken.perhaps) }),
    ].filter(Boolean);
    const breaks = broken.surely.length > 0;
    return h(
      "li",
      {},
      button(`act ${id}`, `${breaks ? "✗ " : ""}${view.say.act(step)}${whom}`, () => view.x.click(step), {
        off: off || view.x.over(),
        class: breaks ? "act breaks" : no ? "act no" : "act",
        "data-step": id,
        "aria-describedby": words.length ? `why-${id}` : null,
      }),
      words.length > 0 && h("span", { class: "why", id: `why-${id}` }, words.join(" · ")),
    );
  };

  /** All sides, each with its acts; `form` is the administrator's policy. @param {View} view @param {Offered[]} acts @param {Node} form */
  const parties = (view, acts, form) => {
    /** @type {[string, string, (act: Offered) => boolean][]} */
    const sides = [
      ["user", view.ui("can", { who: view.say.user }), ({ event }) => event.owner === "user"],
      ...view.say.people.map(
        (who, at) =>
          /** @type {[string, string, (act: Offered) => boolean]} */ ([
            `expert ${at}`,
            view.ui("can", { who }),
            ({ event, step }) => event.owner === "expert" && step.expert === at,
          ]),
      ),
      ["administrator", view.ui("administrator"), ({ event }) => event.owner === "administrator"],
      ["computer", view.ui("computer"), ({ event }) => event.owner === "computer" || event.owner === "link"],
    ];
    return sides.map(([key, title, own]) => {
      const list = (/** @type {Offered[]} */ those) =>
        h("ul", { class: "bare" }, ...those.map((act) => item(view, act, !key.startsWith("expert"))));
      // What would be turned away stands with what is possible, for it can be tried; what nobody could even hear of is folded.
      const folded = (/** @type {Offered} */ act) => act.off && !view.x.over();
      const mine = acts.filter(own);
      const idle = mine.filter(folded);
      return h(
        "section",
        { class: "party", "aria-label": title },
        h("h3", {}, title),
        key === "administrator" && form,
        list(mine.filter((act) => !folded(act))),
        idle.length > 0 &&
          h(
            "details",
            {},
            h("summary", { "data-key": `cannot ${key}` }, view.ui("cannot", { count: idle.length })),
            list(idle),
          ),
      );
    });
  };

  return { offered, breaking, parties };
})();
