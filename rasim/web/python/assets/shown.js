// An answer as it stands in the page: the command line, its exit code in words, what it said of errors, and the report or the explorer.

const Shown = (() => {
  /** @typedef {(key: string, fills?: Record<string, any>) => string} Say */

  /** Give a text out as a file. @param {string} name @param {string} text */
  const save = (name, text) => {
    const href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
    h("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  };

  /** The line and what it ended with. @param {Say} say @param {string[]} words @param {Answer} answer */
  const line = (say, words, { code }) => {
    const tone = code === 0 ? "good" : code === 3 || code === 4 ? "unclear" : "bad";
    return h(
      "div",
      { class: "line" },
      h("code", {}, Lines.shown(words)),
      h("span", { class: `code ${tone}` }, say("exit_code", { code, says: say(`exit_${code}`) })),
    );
  };

  /** What can be done with it. @param {Say} say @param {Question} question @param {Answer} answer */
  const taken = (say, question, { out, written }) =>
    h(
      "div",
      { class: "answers" },
      out && button("save-json", say("save_json"), () => save(`${question}.json`, out)),
      written &&
        button("save-page", say(question === "explorer" ? "save_explorer" : "save_report"), () =>
          save(`${question}.html`, written),
        ),
    );

  /** A report, in a room of its own: its style is about nothing else in the page. @param {Say} say @param {Answer} answer */
  const report = (say, { body, style }) => {
    const room = h("section", { class: "report", "aria-label": say("report"), lang: "en" });
    const root = room.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    root.append(...new DOMParser().parseFromString(body, "text/html").body.childNodes);
    root.addEventListener("click", (/** @type {Event} */ event) => {
      const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
      if (!link) return;
      event.preventDefault(); // an address does not lead into a room
      root.getElementById(decodeURIComponent(link.getAttribute("href")?.slice(1) || ""))?.scrollIntoView();
    });
    return room;
  };

  /** The explorer, which runs in a frame as it would alone. @param {Say} say @param {Answer} answer */
  const frame = (say, { written }) => {
    const src = URL.createObjectURL(new Blob([written], { type: "text/html" }));
    return h("iframe", { src, title: say("explorer"), onload: () => URL.revokeObjectURL(src) });
  };

  /** All of an answer. @param {Say} say @param {Question} question @param {string[]} words @param {Answer} answer */
  const all = (say, question, words, answer) => [
    line(say, words, answer),
    answer.err &&
      (question !== "explorer" || !answer.written) && // a written explorer says where it was written, which is nowhere here
      h("pre", { class: "err", tabindex: "0" }, answer.err.trimEnd()),
    taken(say, question, answer),
    question === "explorer" && answer.written && h("p", { class: "soft" }, say("frame_says")),
    question === "explorer" ? answer.written && frame(say, answer) : answer.body && report(say, answer),
    question !== "explorer" &&
      answer.out &&
      h("details", {}, h("summary", {}, say("as_json")), h("pre", { class: "json", tabindex: "0" }, answer.out)),
  ];

  return { all };
})();
