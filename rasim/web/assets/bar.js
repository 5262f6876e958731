// The bar above all: back and forth on the way, and a menu of what is needed less often: the rules, the language, looks, what goes out and comes in.

const Bar = (() => {
  /** Which rules and language. @param {View} view */
  const choices = (view) => {
    const { x, texts } = view;
    return h(
      "div",
      { class: "group" },
      choice(
        "machine",
        view.ui("machine"),
        [
          ["", view.ui("right")],
          ...x.packed.mistakes.map(({ name }) =>
            named(name, view.ui("with_mistake", { name, says: texts.mistakes[name] })),
          ),
        ],
        x.mistake ? x.mistake.name : "",
        (name) => {
          fold();
          x.turn(() => x.choose(name, ""));
        },
      ),
      choice(
        "language",
        view.ui("language"),
        Object.entries(x.languages).map(([key, each]) => named(key, each.language)),
        x.language,
        (key) => x.turn(() => (x.language = key)),
      ),
      tick("hostile", view.ui("hostile"), x.hostile, (on) => x.turn(() => (x.hostile = on)), view.ui("hostile_says")),
      tick("empty", view.ui("empty_computer"), x.empty, (on) => x.turn(() => x.blank(on)), view.ui("empty_says")),
    );
  };

  /** @param {string} value @param {string} words @returns {[string, string]} */
  const named = (value, words) => [value, words];

  /** How the page looks: the reader's own wishes, which do not go into the link. @param {View} view */
  const looks = (view) => {
    const { dataset } = document.documentElement;
    return h(
      "div",
      { class: "group" },
      choice(
        "theme",
        view.ui("theme"),
        ["", "light", "dark"].map((name) => named(name, view.ui(`theme_${name || "own"}`))),
        dataset.theme || "",
        (name) => (dataset.theme = name),
      ),
      tick("still", view.ui("still"), dataset.still === "yes", (on) => (dataset.still = on ? "yes" : "no")),
    );
  };

  /** Back and forth. @param {View} view */
  const moves = (view) => {
    const { x } = view;
    const [first, last] = x.trace ? [!x.at, x.at === x.trace.lines.length] : [!x.way.length, !x.ahead.length];
    return h(
      "span",
      { class: "group" },
      button("back", `← ${view.ui("back")}`, () => x.back(), { off: first }),
      button("forward", `${view.ui("forward")} →`, () => x.forward(), { off: last }),
      button("restart", view.ui("restart"), () => x.turn(() => x.restart()), { off: first }),
    );
  };

  /** The address copied, and a trace read. @param {View} view */
  const passing = (view) => {
    const copy = async () => {
      let done = "copied";
      try {
        await navigator.clipboard.writeText(location.href);
      } catch {
        done = "not_copied";
      }
      view.x.notice = view.ui(done);
      view.x.changed();
    };
    const read = async (/** @type {File|undefined} */ file) => file && view.x.follow(await file.text(), file.name);
    return h(
      "div",
      { class: "group" },
      button("copy", view.ui("copy"), copy),
      button("replay", view.ui("replay"), () => view.x.play([...view.x.way]), { off: !view.x.way.length }),
      h(
        "label",
        { class: "file" },
        h("span", {}, view.ui("import")),
        h("input", {
          type: "file",
          "data-key": "import",
          title: view.ui("import_says"),
          accept: ".jsonl,.json,.txt",
          onchange: (/** @type {any} */ event) => read(event.target.files[0]),
        }),
      ),
    );
  };

  /** The way in one of its forms. @param {View} view @param {string} kind */
  const form = (view, kind) => {
    const { x, texts } = view;
    const title = x.lesson
      ? texts.lessons[x.lesson.name][0]
      : x.mistake
        ? `${x.mistake.name}: ${texts.mistakes[x.mistake.name]}`
        : view.ui("title");
    if (kind === "svg")
      return { name: "explored.svg", text: Draw.text(Draw.sequence(title, view.parties(), view.messages())) };
    if (kind === "mermaid") return { name: "explored.mmd", text: Share.mermaid(view.parties(), view.messages()) };
    const plain = title.replace(/[^\w ,.:()'äöüÄÖÜß-]/g, "");
    const text = Share.scenario([...x.opening, ...x.way], x.machine, view.say, plain);
    if (kind === "scenario") return { name: "explored.yaml", text };
    return { name: "test_explored.py", text: Share.pytest(text, title.replace(/["\\]/g, "")) };
  };

  /** @param {View} view @param {string} kind */
  const save = (view, kind) => {
    const { name, text } = form(view, kind);
    const href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
    h("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  };

  /** Fold the menu. */
  const fold = () => document.querySelectorAll(".menu").forEach((menu) => menu.removeAttribute("open"));

  /** @param {View} view */
  const all = (view) => [
    moves(view),
    h(
      "details",
      { class: "menu" },
      h("summary", { "data-key": "menu" }, view.ui("menu")),
      h(
        "div",
        { class: "sheet" },
        choices(view),
        looks(view),
        passing(view),
        h(
          "div",
          { class: "group", role: "group", "aria-label": view.ui("export") },
          h("span", {}, view.ui("export")),
          ...["scenario", "pytest", "mermaid", "svg"].map((kind) =>
            button(`export ${kind}`, view.ui(`export_${kind}`), () => save(view, kind)),
          ),
        ),
      ),
    ),
  ];

  return { all, fold };
})();
