// The page put together: each room draws its part anew after each click; the focus stays where it was, and what was unfolded stays open.

const Page = (() => {
  /** @param {View} view @param {Form} form */
  const draw = (view, form) => {
    document.documentElement.lang = view.x.language;
    document.title = view.ui("title");
    document.body.dataset.tab = view.x.tab;
    put("title", view.ui("title"));
    put("lead", view.ui("lead"));
    put("moves", ...Bar.all(view));
    put("course", ...Course.row(view));
    document.body.dataset.follows = view instanceof TraceView ? "yes" : "no";
    if (view instanceof TraceView) follow(view);
    else explore(view, form);
    const said = /** @type {HTMLElement} */ (document.getElementById("said"));
    said.scrollTop = said.scrollHeight;
  };

  /** What is so on both desktops, and between them. @param {View} view */
  const desktops = (view) => {
    put("user-title", view.ui("desktop_of", { who: view.say.user }));
    put("user", User.screen(view));
    put("expert-title", Expert.heads(view));
    put("experts", Expert.desktop(view));
    put("wire-title", view.ui("sequence"));
    put("heads", ...Wire.heads(view));
    put("said", ...Wire.said(view));
    put("tabs", ...tabs(view));
    put("can-title", view.ui(view instanceof TraceView ? "who_has" : "who_may"));
  };

  /** A trace that is followed. @param {TraceView} view */
  const follow = (view) => {
    put("task", Following.task(view));
    if (view.trace.judged) desktops(view);
    put("alert", ...Following.alarm(view));
    put("last", ...Following.last(view));
    put("powers", ...Following.powers(view));
    for (const part of ["user-hands", "expert-hands", "administrator", "computer", "ports"]) put(part);
    put("more", Following.lines(view), Following.judged(view));
    put("made", view.ui("made_trace", { version: view.x.given.version }));
  };

  /** The rules stepped through: what each side can do stands below. @param {View} view @param {Form} form */
  const explore = (view, form) => {
    const acts = Acts.offered(view);
    put("task", ...Course.task(view));
    desktops(view);
    put("alert", ...Story.alarm(view));
    put("last", ...Wire.last(view));
    put("powers", ...Wire.powers(view));
    const shown = new Set(
      [...document.querySelectorAll("#user [data-step], #experts [data-step]")].map(
        (each) => each.getAttribute("data-step") || "",
      ),
    );
    put("user-hands", Acts.party(view, acts, "user", shown));
    put("expert-hands", Acts.party(view, acts, "expert", shown));
    put("administrator", Acts.party(view, acts, "administrator", shown, Policy.filled(view, form)));
    put("computer", Acts.party(view, acts, "computer", shown));
    put("ports", ...Policy.ports(view));
    put("more", Acts.drawer(view, acts), ...Story.all(view, acts));
    put("made", view.ui("made", { version: view.x.given.version, leaves_out: view.ui("leaves_out") }));
  };

  /** On a phone one part at a time stands under the desktop. @param {View} view */
  const tabs = (view) => {
    const waits = view.say.people.some(
      (_, who) => view.is("phase", who) === "offered" || view.is("control", who) === "asked",
    );
    return /** @type {[Explorer["tab"], string][]} */ ([
      ["user", waits && view.x.tab !== "user" ? `${view.say.user} ●` : view.say.user],
      ["expert", view.say.people[view.front]],
      ["story", view.ui("story_tab")],
    ]).map(([tab, words]) =>
      button(`tab ${tab}`, words, () => view.x.turnTo(tab), { "aria-pressed": String(view.x.tab === tab) }),
    );
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
    const active = document.activeElement instanceof HTMLElement ? document.activeElement.dataset : {};
    const [focus, step] = [active.key, active.step];
    change();
    for (const each of summaries()) details(each).open = open.has(each.dataset.key);
    const again =
      (focus && document.querySelector(`[data-key="${CSS.escape(focus)}"]`)) ||
      (step && document.querySelector(`[data-step="${CSS.escape(step)}"]`));
    // What was clicked is most often gone, for it is done: then the focus is where its side goes on.
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
    else if (focus) /** @type {HTMLElement} */ (document.getElementById("hands")).focus({ preventScroll: true });
  };

  /** What a part of the page holds. @param {string} id */
  const held = (id) => /** @type {HTMLElement} */ (document.getElementById(id)).textContent || "";

  const start = async () => {
    const bytes = Uint8Array.from(atob(held("tables").trim()), (letter) => letter.charCodeAt(0));
    const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const given = /** @type {Given} */ (JSON.parse(held("given")));
    const explorer = new Explorer(await new Response(inflated).json(), JSON.parse(held("texts")), given);
    const form = Policy.blank();
    explorer.changed = () =>
      keeping(() => draw(explorer.trace ? new TraceView(explorer, explorer.trace) : new View(explorer), form));
    explorer.open(location.hash);
    addEventListener("popstate", () => explorer.open(location.hash));
    addEventListener("hashchange", () => location.hash === explorer.address() || explorer.open(location.hash));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && document.querySelector(".menu[open]")) return Bar.fold();
      const typing = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.altKey || event.ctrlKey || event.metaKey || typing) return;
      if (event.key === "ArrowLeft") explorer.back();
      else if (event.key === "ArrowRight") explorer.forward();
      else if (event.key === "Escape" && !explorer.trace && !document.querySelector(":popover-open"))
        User.escape(new View(explorer));
      else return;
      event.preventDefault();
    });
    addEventListener("pointerdown", (event) => {
      if (event.target instanceof Element && !event.target.closest(".menu")) Bar.fold();
    });
    document.documentElement.dataset.ready = "yes";
    return explorer;
  };

  return { start };
})();

/** @type {any} */ (window).rasim = Page.start();
