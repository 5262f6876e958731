// How elements of the page are made, and what has a label: a button, a choice, a tick.
//
// What has a `data-key` is found by it again after the page was drawn anew: focus stays where it was.

/** @typedef {Node|string|null|false|undefined} Child  null, false and undefined put nothing */

/** @param {Child[]} children */
const those = (children) =>
  /** @type {(Node|string)[]} */ (children.filter((child) => child !== null && child !== false && child !== undefined));

/** An element. @param {string} name @param {Record<string, any>} attributes @param {Child[]} children @returns {any} */
const h = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, String(value));
  }
  made.append(...those(children));
  return made;
};

/** Put other contents into a part of the page. @param {string} id @param {Child[]} children */
const put = (id, ...children) =>
  /** @type {HTMLElement} */ (document.getElementById(id)).replaceChildren(...those(children));

/** A button; one that is `off` can be reached and read, and does nothing.
 * @param {string} key @param {string} text @param {() => void} then @param {Record<string, any>} more  attributes, and `off` */
const button = (key, text, then, { off = false, ...more } = {}) =>
  h(
    "button",
    { type: "button", "data-key": key, "aria-disabled": off ? "true" : null, onclick: () => off || then(), ...more },
    text,
  );

/** One of several values. @param {string} key @param {string} label @param {[any, string][]} options  values with their words
 * @param {any} chosen @param {(value: any) => void} then */
const choice = (key, label, options, chosen, then) =>
  h(
    "label",
    {},
    h("span", {}, label),
    h(
      "select",
      {
        "data-key": key,
        onchange: (/** @type {any} */ event) => then(options[event.target.selectedIndex][0]),
      },
      ...options.map(([value, words]) => h("option", { value: String(value), selected: value === chosen }, words)),
    ),
  );

/** Something that is so or not. @param {string} key @param {string} label @param {boolean} checked @param {(on: boolean) => void} then @param {string|null} title */
const tick = (key, label, checked, then, title = null) =>
  h(
    "label",
    { class: "check", title },
    h("input", {
      type: "checkbox",
      "data-key": key,
      checked,
      onchange: (/** @type {any} */ event) => then(event.target.checked),
    }),
    h("span", {}, label),
  );

/** A table with its heads above. @param {string[]} heads @param {Child[][]} rows @param {boolean} named  whether the first cell of a row names it */
const table = (heads, rows, named = false) =>
  h(
    "table",
    {},
    h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
    h(
      "tbody",
      {},
      ...rows.map((row) =>
        h("tr", {}, ...row.map((cell, at) => (named && !at ? h("th", { scope: "row" }, cell) : h("td", {}, cell)))),
      ),
    ),
  );
