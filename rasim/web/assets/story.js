// What happened and what came of it: the story, the pictures of it, what is broken, the lamps of all promises, and every fact.

const Story = (() => {
  /** What the last step broke. @param {View} view */
  const alarm = (view) => {
    const { surely, perhaps } = view.x.broken();
    const says = (/** @type {string} */ key, /** @type {string} */ name) =>
      view.ui(key, { promise: view.texts.promises[name] });
    return [
      ...surely.map((name) => h("p", { class: "bad" }, h("strong", {}, `✗ ${says("broken", name)}`))),
      ...perhaps.map((name) => h("p", { class: "unclear" }, `? ${says("perhaps_broken", name)}`)),
      surely.length > 0 && h("p", {}, view.ui("broken_says")),
    ];
  };

  /** One step of the story: its rows, its lines and what was lost by it. @param {View} view @param {Taken} taken @param {boolean} opening */
  const told = (view, taken, opening) => {
    const { things, conditions } = view.texts;
    const rows = [...new Set(taken.outcomes.map(({ outcome }) => outcome.row).filter(Boolean))].join(", ");
    const lines = taken.lines.filter(({ line }) => line.event !== "audited" && line.event !== "local_input");
    const lost = taken.outcomes
      .flatMap(({ outcome }) => outcome.lost || [])
      .map(([thing, need]) => view.ui("lost", { thing: things[thing] || thing, need: conditions[need] || need }));
    const said = [...new Set(lines.map((said) => view.say.line(said)))];
    return h(
      "li",
      { class: opening ? "opening" : "" },
      h("strong", {}, view.say.sentence(taken.step)),
      h("span", { class: "soft" }, ` [${rows || view.ui("turned_away")}]`),
      said.length > 0 && h("ul", {}, ...said.map((line) => h("li", {}, line))),
      ...[...new Set(lost)].map((line) => h("p", { class: "why" }, line)),
    );
  };

  /** @param {View} view */
  const steps = (view) => {
    const items = view.x.taken.map((taken, at) => told(view, taken, at < view.x.opening.length));
    return [items.length ? h("ol", {}, ...items) : h("p", { class: "soft" }, view.ui("empty"))];
  };

  /** How far it is: the phases as a picture, and the same as a table. @param {View} view */
  const phases = (view) => {
    /** @type {Record<string, string[]>} */
    const here = {};
    view.say.people.forEach((person, who) => {
      const [phase, control] = [String(view.is("phase", who)), view.is("control", who)];
      here[phase] = [...(here[phase] || []), control === "free" ? person : `${person}: ${view.say.value(control)}`];
    });
    const { data } = view.x.machine;
    const arrows = /** @type {Arrow[]} */ (view.x.packed.right.phases);
    const picture = Draw.states(view.ui("phases"), data.facts[data.busy[0]].values.map(String), arrows, here);
    return [
      h("div", { class: "picture", tabindex: "0", role: "group", "aria-label": view.ui("phases") }, picture),
      h(
        "details",
        {},
        h("summary", { "data-key": "table phases" }, view.ui("as_table")),
        table(
          [view.ui("from"), view.ui("to"), view.ui("row")],
          arrows.map((arrow) => [arrow.from, arrow.to, arrow.label.join("; ")]),
        ),
      ),
    ];
  };

  /** A lamp for every promise: what it says of it now. @param {View} view @param {Offered[]} acts */
  const lamps = (view, acts) => {
    const [{ surely, perhaps }, would] = [view.x.broken(), Acts.breaking(acts)];
    const { asked } = view.x.packed.right;
    const lamp = (/** @type {string} */ name) => {
      const [look, sign, key] = surely.includes(name)
        ? ["bad", "✗", "is_broken"]
        : view.x.marks && would.surely.has(name)
          ? ["bad", "!", "would_break"]
          : perhaps.includes(name) || (view.x.marks && would.perhaps.has(name))
            ? ["unclear", "?", "may_break_short"]
            : asked.includes(name)
              ? ["good", "✓", "kept"]
              : ["plain", "–", "not_looked_at"];
      return h(
        "li",
        { "data-promise": name, "data-lamp": key },
        h("span", { class: `sign ${look}` }, sign),
        h("span", {}, ` ${view.ui(key)}: `, view.texts.promises[name]),
      );
    };
    const list = (/** @type {boolean} */ those) =>
      h(
        "ul",
        { class: "bare lamps" },
        ...Object.keys(view.texts.promises)
          .filter((name) => asked.includes(name) === those)
          .map(lamp),
      );
    return [
      h("p", { class: "soft" }, view.ui(view.x.mistake ? "promises_says" : "promises_right")),
      list(true),
      h("details", {}, h("summary", { "data-key": "others" }, view.ui("not_looked_at")), list(false)),
    ];
  };

  /** Everything that is so. @param {View} view */
  const facts = (view) => {
    const rows = view.x.machine.data.facts.flatMap(({ name, scope, values }, at) => {
      const whose = { computer: [view.ui("everybody")], session: [view.say.user] }[scope] || view.say.people;
      return whose.map((one, who) => [
        view.texts.facts[name] || name,
        one,
        view.say.value(values[view.state[who][at]]),
      ]);
    });
    return [table([view.ui("fact"), view.ui("whose"), view.ui("value")], rows, true)];
  };

  /** All of it, each part in a fold. @param {View} view @param {Offered[]} acts */
  const all = (view, acts) =>
    /** @type {[string, Child[]][]} */ ([
      ["story", steps(view)],
      ["promises", lamps(view, acts)],
      ["phases", phases(view)],
      ["facts", facts(view)],
    ]).map(([key, parts]) =>
      h("details", { id: key, class: "fold" }, h("summary", { "data-key": key }, h("h2", {}, view.ui(key))), ...parts),
    );

  return { alarm, all };
})();
