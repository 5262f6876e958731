// Pictures: who told whom, and how far it is. Made of SVG elements with attributes only, so that they can be saved as they are.

/**
 * @typedef {{from: string, to: string, words: string}} Message
 * @typedef {{from: string, to: string, label: string[], dashed: boolean}} Arrow
 */

const Draw = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  /** @param {string} name @param {Record<string, string|number>} attributes @param {(Node|string)[]} children @returns {SVGElement} */
  const s = (name, attributes = {}, ...children) => {
    const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    made.append(...children);
    return made;
  };

  /** @param {string} title @param {number} width @param {number} height @param {SVGElement[]} parts */
  const picture = (title, width, height, parts) =>
    s(
      "svg",
      {
        xmlns: SVG,
        viewBox: `0 0 ${width} ${height}`,
        width,
        height,
        role: "img",
        "aria-label": title,
        "font-family": "system-ui, sans-serif",
        "font-size": 12,
        fill: "currentColor",
      },
      s("title", {}, title),
      ...parts,
    );

  /** An arrow's head at a point. @param {number} x @param {number} y @param {number} to  1 to the right, -1 to the left */
  const head = (x, y, to) => s("path", { d: `M${x} ${y}l${-8 * to} -4v8z` });

  /** @param {string} title @param {string[]} parties @param {Message[]} messages */
  const sequence = (title, parties, messages) => {
    const [apart, step, top] = [170, 26, 34];
    const x = (/** @type {string} */ party) => 70 + apart * parties.indexOf(party);
    const height = top + 20 + step * (messages.length + 1);
    const parts = parties.flatMap((party) => [
      s("path", {
        d: `M${x(party)} ${top}V${height - 6}`,
        stroke: "currentColor",
        "stroke-opacity": 0.35,
        "stroke-dasharray": "4 4",
        fill: "none",
      }),
      s("rect", { x: x(party) - 56, y: top - 26, width: 112, height: 26, rx: 6, fill: "none", stroke: "currentColor" }),
      s("text", { x: x(party), y: top - 9, "text-anchor": "middle", "font-weight": 600 }, party),
    ]);
    messages.forEach((message, at) => {
      const y = top + 26 + step * at;
      const [from, to] = [x(message.from), x(message.to)];
      if (from === to) {
        parts.push(s("circle", { cx: from, cy: y - 4, r: 3.5 }), s("text", { x: from + 9, y }, message.words));
        return;
      }
      parts.push(
        s("path", { d: `M${from} ${y}H${to}`, stroke: "currentColor", fill: "none" }),
        head(to, y, to > from ? 1 : -1),
      );
      parts.push(s("text", { x: (from + to) / 2, y: y - 4, "text-anchor": "middle" }, message.words));
    });
    return picture(title, 140 + apart * (parties.length - 1) + 110, height, parts);
  };

  /** The phases in a row, arrows to the right above them and to the left below; `here` says who is where.
   * @param {string} title @param {string[]} states @param {Arrow[]} arrows @param {Record<string, string[]>} here */
  const states = (title, states, arrows, here) => {
    const [apart, wide, middle] = [150, 112, 120];
    const x = (/** @type {string} */ state) => 70 + apart * states.indexOf(state);
    const parts = arrows.map((arrow) => {
      const [from, to] = [x(arrow.from), x(arrow.to)];
      const side = to > from ? -1 : 1;
      const far = 18 + 22 * Math.abs(states.indexOf(arrow.to) - states.indexOf(arrow.from));
      const [start, end, y] = [from - 12 * side, to + 12 * side, middle + 20 * side];
      return s(
        "g",
        {},
        s("title", {}, arrow.label.join("\n")),
        s("path", {
          d: `M${start} ${y}C${start} ${y + far * side} ${end} ${y + far * side} ${end} ${y + 6 * side}`,
          stroke: "currentColor",
          "stroke-opacity": 0.6,
          fill: "none",
          ...(arrow.dashed ? { "stroke-dasharray": "5 4" } : {}),
        }),
        s("path", { d: `M${end} ${y}l-4 ${8 * side}h8z`, "fill-opacity": 0.7 }),
      );
    });
    for (const state of states) {
      const people = here[state] || [];
      parts.push(
        s("rect", {
          x: x(state) - wide / 2,
          y: middle - 20,
          width: wide,
          height: 40,
          rx: 8,
          fill: "currentColor",
          "fill-opacity": people.length ? 0.16 : 0.03,
          stroke: "currentColor",
          "stroke-width": people.length ? 3 : 1,
        }),
      );
      parts.push(
        s(
          "text",
          {
            x: x(state),
            y: people.length ? middle - 2 : middle + 4,
            "text-anchor": "middle",
            "font-weight": people.length ? 700 : 400,
          },
          state,
        ),
      );
      if (people.length)
        parts.push(
          s("text", { x: x(state), y: middle + 14, "text-anchor": "middle", "font-size": 11 }, people.join(", ")),
        );
    }
    return picture(title, 140 + apart * (states.length - 1), 2 * middle, parts);
  };

  /** The pointer of a mouse. */
  const pointer = () =>
    s(
      "svg",
      { viewBox: "0 0 12 18", width: "1em", height: "1.5em" },
      s("path", { d: "M1 1v13l3.2-3 2.3 5.6 2.4-1-2.3-5.4H11z" }),
    );

  /** A picture as the text of a file. @param {SVGElement} made */
  const text = (made) => {
    const copy = /** @type {SVGElement} */ (made.cloneNode(true));
    copy.setAttribute("color", "#1b2026");
    return `${new XMLSerializer().serializeToString(copy)}\n`;
  };

  return { sequence, states, pointer, text };
})();
