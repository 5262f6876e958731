// Words that are explained where they are met: `[[ticket]]` in a text becomes a button that shows what it means.

const Terms = (() => {
  let made = 0;

  /** A text with its marked words as buttons. @param {View} view @param {string} text */
  const marked = (view, text) => {
    const parts = text.split(/\[\[([^\]]+)\]\]/);
    return h("span", {}, ...parts.map((part, at) => (at % 2 ? explained(view, part) : part)));
  };

  /** One word: as it stands in the text, `|`, and under which name it is explained where that differs. @param {View} view @param {string} word */
  const explained = (view, word) => {
    const [said, name = said] = word.split("|");
    const id = `term-${(made += 1)}`;
    return h(
      "span",
      { class: "term" },
      h("button", { type: "button", popovertarget: id, "data-key": `term ${name}` }, said),
      h("span", { popover: "auto", id, class: "note" }, h("strong", {}, said), ` – ${view.texts.terms[name]}`),
    );
  };

  return { marked };
})();
