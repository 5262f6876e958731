// The page's side of the worker: what it is given, what it is asked, and that it can be ended and begun again.

/** @typedef {{code: number, out: string, err: string, written: string, body: string, style: string}} Answer  of a command */
/** @typedef {{version: string, python: string, lock: object}} MadeWith  what the page was made with */

class Python {
  /** @param {MadeWith} packed */
  constructor(packed) {
    this.packed = packed;
    this.asked = 0;
    this.waiting = /** @type {Map<number, {good: (told: any) => void, bad: (fault: Error) => void}>} */ (new Map());
    this.parts = this.#unpacked();
    this.worker = /** @type {Worker|null} */ (null);
    this.begun = this.begin();
  }

  /** Begin Python; what it was asked before is not answered. @returns {Promise<void>} */
  async begin() {
    this.worker?.terminate();
    this.worker = null;
    for (const { bad } of this.waiting.values()) bad(new Error("ended"));
    this.waiting.clear();
    const { worker, ...parts } = await this.parts;
    const address = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
    this.worker = new Worker(address);
    URL.revokeObjectURL(address);
    this.worker.onmessage = ({ data: { id, told, fault } }) => {
      const asked = this.waiting.get(id);
      this.waiting.delete(id);
      if (fault) asked?.bad(new Error(fault));
      else asked?.good(told);
    };
    this.worker.onerror = (event) => {
      for (const { bad } of this.waiting.values()) bad(new Error(event.message || "the worker does not begin"));
      this.waiting.clear();
    };
    await this.#post({ parts: { ...parts, lock: this.packed.lock } });
  }

  /** Hold these things and no others; tells what each is. @param {Thing[]} things @returns {Promise<{says: string, role: string}[]>} */
  hold(things) {
    return this.#post({ dropped: things.map(({ path, files }) => ({ path, files })) });
  }

  /** Run a command line that writes a file. @param {string[]} line @param {string} written @returns {Promise<Answer>} */
  run(line, written) {
    return this.#post({ line, written });
  }

  /** @param {object} what @returns {Promise<any>} */
  #post(what) {
    this.asked += 1;
    const id = this.asked;
    return new Promise((good, bad) => {
      this.waiting.set(id, { good, bad });
      /** @type {Worker} */ (this.worker).postMessage({ id, ...what });
    });
  }

  async #unpacked() {
    const names = ["worker", "wasm", "library", "packages"];
    const parts = await Promise.all(names.map((name) => Python.#inflated(name)));
    return /** @type {Record<string, Uint8Array<ArrayBuffer>>} */ (
      Object.fromEntries(names.map((name, at) => [name, parts[at]]))
    );
  }

  /** A part of the page as it was before it was packed. @param {string} id */
  static async #inflated(id) {
    const held = /** @type {HTMLElement} */ (document.getElementById(id));
    const text = (held.textContent || "").trim();
    held.remove(); // so that it is not held twice
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at); // a function for each would take a second
    const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(inflated).arrayBuffer());
  }
}
