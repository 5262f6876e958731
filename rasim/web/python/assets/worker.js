// Python, in a worker of its own so that the page answers while it works. Pyodide's two scripts stand above this one, in the same file.
//
// What Pyodide would fetch it is given from the page; anything else does not exist, and the page's policy has no way out either.

(() => {
  const DROPPED = "/dropped";
  const HERE = "https://in.this.page/"; // no address of anybody: only the name after it is looked at
  const scope = /** @type {any} */ (self);

  /** @param {{wasm: Uint8Array<ArrayBuffer>, library: Uint8Array<ArrayBuffer>, packages: Uint8Array<ArrayBuffer>, lock: object}} parts */
  const begin = async ({ wasm, library, packages, lock }) => {
    const given = new Map([
      ["pyodide.asm.wasm", () => new Response(wasm, { headers: { "content-type": "application/wasm" } })],
      ["python_stdlib.zip", () => new Response(library)],
      ["pyodide-lock.json", () => new Response(JSON.stringify(lock))],
    ]);
    scope.fetch = async (/** @type {any} */ asked) => {
      const made = given.get(String(asked.url || asked).replace(HERE, ""));
      return made ? made() : Response.error();
    };
    const python = await scope.loadPyodide({ indexURL: HERE, stdin: () => null });
    given.clear();
    python.unpackArchive(packages, "zip", { extractDir: "/packages" }); // as a folder: rasim reads files beside its modules
    python.FS.mkdirTree(DROPPED);
    python.FS.chdir(DROPPED);
    python.runPython(`
import os, sys
sys.path.insert(0, "/packages")
os.chdir("${DROPPED}")
import json
from rasim.cli.in_the_page import asked, dropped_kinds, let_loops_begin
let_loops_begin()
asked(["audit", "--jobs", "1", "--format", "json", "--report", "html=/report.html", "none"], "/report.html")  # so that what it imports is there
`);
    return python;
  };

  /** Make the folder hold these files and no others, and tell what each thing that was dropped is.
   * @param {any} python @param {{path: string, files: {path: string, data: Blob}[]}[]} dropped */
  const hold = async (python, dropped) => {
    python.runPython(`
import shutil
os.chdir("/")
shutil.rmtree("${DROPPED}")
os.mkdir("${DROPPED}")
os.chdir("${DROPPED}")
`);
    for (const thing of dropped) {
      for (const { path, data } of thing.files) {
        const parts = path.split("/");
        if (parts.length > 1) python.FS.mkdirTree(`${DROPPED}/${parts.slice(0, -1).join("/")}`);
        python.FS.writeFile(`${DROPPED}/${path}`, new Uint8Array(await data.arrayBuffer()));
      }
      if (!thing.files.length) python.FS.mkdirTree(`${DROPPED}/${thing.path}`);
    }
    return called(
      python,
      "dropped_kinds",
      dropped.map(({ path }) => path),
    );
  };

  /** Call a function with what JSON can say, and return what it returns. @param {any} python @param {string} name @param {any[]} given */
  const called = (python, name, ...given) => {
    python.globals.set("given", JSON.stringify(given));
    return JSON.parse(python.runPython(`json.dumps(${name}(*json.loads(given)))`));
  };

  /** @type {Promise<any>} */
  let python = new Promise(() => {});
  let before = Promise.resolve();

  scope.onmessage = (/** @type {MessageEvent} */ { data: { id, parts, dropped, line, written } }) => {
    if (parts) python = begin(parts);
    const answer = async () => {
      try {
        const ready = await python;
        const told = dropped ? await hold(ready, dropped) : line ? called(ready, "asked", line, written) : null;
        postMessage({ id, told });
      } catch (fault) {
        postMessage({ id, fault: String(fault) });
      }
    };
    before = before.then(answer); // one after the other: there is one folder
  };
})();
