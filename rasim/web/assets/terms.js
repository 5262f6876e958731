// Words that are explained where they are met: `[[ticket]]` in a text becomes a button that shows what it means.

const Terms = (() => {
  let made = 0;

  /** A text with its marked words as buttons. @param {View} view @param {string} text */
  const marked = (view, text) => {
    const parts = text.split(/\[\[([^\]]+)\]\]/);
    return h("span", {}, ...parts.map((part, at) => (at % 2 ? explained(view, part) : part)));
  };

  /** Put the note below its word. @param {any} event */
  const beside = ({ currentTarget }) => {
    const { left, bottom } = currentTarget.getBoundingClientRect();
    const note = currentTarget.nextElementSibling;
    note.style.inset = "auto";
    note.style.left = `${Math.max(8, Math.min(left, innerWidth - 370))}px`;
    note.style.top = `${bottom + 6}px`;
  };

  /** One word: as it stands in the text, `|`, and under which name it is explained where that differs. @param {View} view @param {string} word */
  const explained = (view, word) => {
    const [said, name = said] = word.split("|");
    const id = `term-${(made += 1)}`;
    return h(
      "span",
      { class: "term" },
      h("button", { type: "button", popovertarget: id, "data-key": `term ${name}`, onclick: beside }, said),
      h("span", { popover: "auto", id, class: "note" }, h("strong", {}, said), ` – ${view.texts.terms[name]}`),
    );
  };

  return { marked };
})();
