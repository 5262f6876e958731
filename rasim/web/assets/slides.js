// The slides of a lesson: one is shown, keys and buttons turn them, the place stands in the address, and a clock says how it goes.

const Slides = (() => {
  const slides = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".slide")]);
  const id = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.getElementById(name));
  const [place, clock, overview] = [id("place"), id("clock"), /** @type {HTMLDialogElement} */ (id("overview"))];
  const root = document.documentElement;
  let here = 0;
  /** When the clock was started, and what it had run before; it stands where it was never started. @type {{since: number, before: number}} */
  const time = { since: 0, before: 0 };
  let ticking = 0;

  const shown = (/** @type {number} */ seconds) =>
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const ran = () => time.before + (time.since ? (performance.now() - time.since) / 1000 : 0);

  const tick = () => {
    const { minutes, until } = slides[here].dataset;
    const late = ran() - Number(until) * 60;
    const behind = late > 0 ? `, ${Math.ceil(late / 60)} min late` : "";
    clock.textContent = `${minutes} min, done by ${until}:00 · ${shown(ran())}${behind}`;
    clock.classList.toggle("bad", late > 0);
    id("start").textContent = time.since ? "Stop" : "Start";
  };

  const start = () => {
    if (time.since) {
      time.before = ran();
      time.since = 0;
      clearInterval(ticking);
    } else {
      time.since = performance.now();
      ticking = setInterval(tick, 1000);
    }
    tick();
  };

  /** @param {number} to @param {boolean} [told] */
  const go = (to, told = true) => {
    here = Math.max(0, Math.min(slides.length - 1, to));
    slides.forEach((slide, at) => slide.classList.toggle("here", at === here));
    place.textContent = `${here + 1} of ${slides.length}`;
    id("back").toggleAttribute("disabled", here === 0);
    id("on").toggleAttribute("disabled", here === slides.length - 1);
    if (told) history.replaceState(null, "", `#${here + 1}`);
    scrollTo(0, 0);
    tick();
  };

  const asked = () => (Number.parseInt(location.hash.slice(1), 10) || 1) - 1;
  const notes = () => {
    const on = root.classList.toggle("with-notes");
    id("notes").setAttribute("aria-pressed", String(on));
  };
  const all = () => (overview.open ? overview.close() : overview.showModal());

  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowRight: () => go(here + 1),
    ArrowDown: () => go(here + 1),
    PageDown: () => go(here + 1),
    " ": () => go(here + 1),
    ArrowLeft: () => go(here - 1),
    ArrowUp: () => go(here - 1),
    PageUp: () => go(here - 1),
    Home: () => go(0),
    End: () => go(slides.length - 1),
    n: notes,
    o: all,
    t: start,
  };

  addEventListener("keydown", (event) => {
    const at = /** @type {HTMLElement} */ (event.target);
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    if (overview.open && event.key !== "o") return;
    // A space presses a button; arrows move in what scrolls.
    if (event.key === " " && at.closest("button, a")) return;
    const scrolls = at.closest("pre, .scroll");
    if (
      scrolls &&
      event.key.startsWith("Arrow") &&
      (scrolls.scrollWidth > scrolls.clientWidth || scrolls.scrollHeight > scrolls.clientHeight)
    )
      return;
    event.preventDefault();
    act();
  });
  addEventListener("hashchange", () => go(asked(), false));
  id("back").addEventListener("click", () => go(here - 1));
  id("on").addEventListener("click", () => go(here + 1));
  id("notes").addEventListener("click", notes);
  id("all").addEventListener("click", all);
  id("start").addEventListener("click", start);
  overview.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest("a");
    if (link || event.target === overview) overview.close();
  });
  root.classList.add("js");
  go(asked(), false);
  root.dataset.ready = "yes";
  return { go };
})();
