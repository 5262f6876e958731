// What a person drops or picks: files and folders, as the paths under which a command will find them.

/** @typedef {{path: string, data: File}} DroppedFile */
/** @typedef {{path: string, folder: boolean, files: DroppedFile[], says: string, role: string}} Thing  what was dropped as one */

const Dropped = (() => {
  const MOST_FILES = 20000;
  const MOST_BYTES = 256 * 2 ** 20;

  /** The things of a drop. @param {DataTransfer} transfer @returns {Promise<Thing[]>} */
  const ofDrop = async (transfer) => {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
    const plain = [...transfer.files]; // both are gone after the first pause
    if (entries.some((entry) => entry === null)) return ofFiles(plain);
    return Promise.all(/** @type {FileSystemEntry[]} */ (entries).map(ofEntry));
  };

  /** @param {FileSystemEntry} entry @returns {Promise<Thing>} */
  const ofEntry = async (entry) => {
    const files = /** @type {DroppedFile[]} */ ([]);
    await collect(entry, entry.name, files);
    return thing(entry.name, entry.isDirectory, files);
  };

  /** @param {FileSystemEntry} entry @param {string} path @param {DroppedFile[]} files */
  const collect = async (entry, path, files) => {
    if (entry.isFile) {
      const opened = /** @type {FileSystemFileEntry} */ (entry);
      files.push({ path, data: await new Promise((good, bad) => opened.file(good, bad)) });
      return;
    }
    const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
    for (;;) {
      const some = await new Promise((good, bad) => reader.readEntries(good, bad)); // a hundred at a time
      if (!some.length) return;
      for (const each of some) {
        if (files.length > MOST_FILES) return;
        await collect(each, `${path}/${each.name}`, files);
      }
    }
  };

  /** The things that were picked: each file, or the one folder in which all of them stand. @param {File[]} picked @returns {Thing[]} */
  const ofFiles = (picked) => {
    const folders = /** @type {Map<string, DroppedFile[]>} */ (new Map());
    const things = [];
    for (const data of picked) {
      const [top, ...below] = data.webkitRelativePath.split("/");
      if (!below.length) things.push(thing(data.name, false, [{ path: data.name, data }]));
      else folders.set(top, [...(folders.get(top) || []), { path: data.webkitRelativePath, data }]);
    }
    return [...things, ...[...folders].map(([top, files]) => thing(top, true, files))];
  };

  /** @param {string} path @param {boolean} folder @param {DroppedFile[]} files @returns {Thing} */
  const thing = (path, folder, files) => ({ path, folder, files, says: "", role: "policy" });

  /** What is there already and what comes; of two with one name the later stands in a folder of its own.
   * @param {Thing[]} there @param {Thing[]} come @returns {Thing[]} */
  const together = (there, come) => {
    const all = [...there];
    for (const each of come) {
      let path = each.path;
      for (let at = 2; all.some((other) => other.path === path); at += 1) path = `${at}/${each.path}`;
      const files = each.files.map((file) => ({ ...file, path: path + file.path.slice(each.path.length) }));
      all.push({ ...each, path, files });
    }
    return all;
  };

  /** Whether it is more than a page holds. @param {Thing[]} things */
  const tooMuch = (things) => {
    const files = things.flatMap((each) => each.files);
    return files.length > MOST_FILES || files.reduce((sum, { data }) => sum + data.size, 0) > MOST_BYTES;
  };

  return { ofDrop, ofFiles, together, tooMuch, MOST_FILES, MOST_BYTES };
})();
