// The page put together: each room draws its part anew after each click; the focus stays where it was, and what was unfolded stays open.

const Page = (() => {
  /** @param {View} view @param {Form} form */
  const draw = (view, form) => {
    const acts = Acts.offered(view);
    document.documentElement.lang = view.x.language;
    document.title = view.ui("title");
    put("title", view.ui("title"));
    put("lead", view.ui("lead"));
    put("bar", ...Bar.all(view));
    put("task", ...Task.all(view));
    put("alert", ...Story.alarm(view));
    put("user-title", view.ui("desktop"));
    put("user", User.screen(view));
    put("experts", ...Expert.windows(view));
    put("ports", ...Policy.ports(view));
    put("acts", ...Acts.parties(view, acts, Policy.filled(view, form)));
    put("story", ...Story.steps(view));
    put("phases", ...Story.phases(view));
    put("sequence", ...Story.sequence(view));
    put("promises", ...Story.lamps(view, acts));
    put("facts", ...Story.facts(view));
    put("made", view.ui("made", { version: view.x.given.version, leaves_out: view.ui("leaves_out") }));
  };

  /** Do something to the page, and leave focus and open parts as they were. @param {() => void} change */
  const keeping = (change) => {
    const summaries = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("details > summary")]);
    const details = (/** @type {HTMLElement} */ summary) => /** @type {HTMLDetailsElement} */ (summary.parentElement);
    const open = new Set(
      summaries()
        .filter((each) => details(each).open)
        .map((each) => each.dataset.key),
    );
    const focus = document.activeElement instanceof HTMLElement && document.activeElement.dataset.key;
    change();
    for (const each of summaries()) details(each).open = open.has(each.dataset.key);
    const again = focus && document.querySelector(`[data-key="${CSS.escape(focus)}"]`);
    if (again instanceof HTMLElement) again.focus();
  };

  /** What a part of the page holds. @param {string} id */
  const held = (id) => /** @type {HTMLElement} */ (document.getElementById(id)).textContent || "";

  const start = async () => {
    const bytes = Uint8Array.from(atob(held("tables").trim()), (letter) => letter.charCodeAt(0));
    const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const given = /** @type {Given} */ (JSON.parse(held("given")));
    const explorer = new Explorer(await new Response(inflated).json(), JSON.parse(held("texts")), given);
    const form = Policy.blank();
    explorer.changed = () => keeping(() => draw(new View(explorer), form));
    explorer.open(location.hash);
    if (given.trace && !/[#&][pmg]=/.test(location.hash))
      explorer.follow(given.trace.map((line) => JSON.stringify(line)).join("\n"), given.name || "");
    addEventListener("popstate", () => explorer.open(location.hash));
    addEventListener("hashchange", () => location.hash === explorer.address() || explorer.open(location.hash));
    addEventListener("keydown", (event) => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.altKey || event.ctrlKey || event.metaKey || typing) return;
      if (event.key === "ArrowLeft") explorer.back();
      else if (event.key === "ArrowRight") explorer.forward();
      else if (event.key === "Escape") User.escape(new View(explorer));
      else return;
      event.preventDefault();
    });
    document.documentElement.dataset.ready = "yes";
    return explorer;
  };

  return { start };
})();

/** @type {any} */ (window).rasim = Page.start();
