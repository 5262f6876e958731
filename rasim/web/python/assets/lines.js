// The command lines that the page asks, as a person would type them, from what was dropped and what was filled in.

/** @typedef {"audit"|"explain"|"explorer"|"judge"} Question */
/** @typedef {{expert: string, groups: string, system: string, asOne: boolean}} Filled */

const Lines = (() => {
  const REPORT = "/report.html";

  /** @param {Thing[]} things @param {string} role */
  const paths = (things, role) => things.filter((each) => each.role === role).map(({ path }) => path);

  /** @param {string} option @param {string[]} values */
  const each = (option, values) => values.flatMap((value) => [option, value]);

  /** What a command is about: policies; where there are none, everything, and the command says what is wrong with it.
   * @param {Thing[]} things */
  const about = (things) => {
    const policies = paths(things, "policy");
    return policies.length ? policies : things.map(({ path }) => path);
  };

  /** Options that files bring; with no policy there they are no options. @param {Thing[]} things @param {boolean} groups */
  const beside = (things, groups) =>
    paths(things, "policy").length
      ? [
          ...(groups ? each("--groups", paths(things, "groups")) : []),
          ...each("--adml", paths(things, "texts")),
          ...each("--links", paths(things, "links")),
        ]
      : [];

  /** Names are no options, also where they begin like one. @param {string[]} names */
  const named = (names) => (names.some((name) => name.startsWith("-")) ? ["--", ...names] : names);

  /** Whether there is anything that a question is about. @param {Question} question @param {Thing[]} things */
  const can = (question, things) => (question === "judge" ? paths(things, "trace").length > 0 : things.length > 0);

  /** The words of a command line. @param {Question} question @param {Thing[]} things @param {Filled} filled @returns {string[]} */
  const typed = (question, things, filled) => {
    const groups = filled.groups.split(/[,;]/).flatMap((name) => name.trim() || []);
    switch (question) {
      case "audit":
        return ["audit", ...(filled.asOne ? ["--as-one"] : []), ...beside(things, true), ...named(about(things))];
      case "explain":
        return [
          "explain",
          ...["--expert", filled.expert],
          ...each("--member-of", groups),
          ...(filled.system ? ["--os", filled.system] : []),
          ...beside(things, true),
          ...named(about(things)),
        ];
      case "judge":
        return ["judge", ...named(paths(things, "trace"))];
      case "explorer": {
        const stories = [...paths(things, "scenario"), ...paths(things, "trace")];
        const one = !paths(things, "policy").length && stories.length ? stories.slice(0, 1) : about(things);
        return ["explore", ...beside(things, false), "-o", "explorer.html", ...named(one)];
      }
    }
  };

  /** The line as it is run here: JSON on standard output, and the report of people into a file. @param {Question} question @param {string[]} words */
  const run = (question, words) => {
    const [command, ...rest] = words;
    if (question === "explorer")
      return { line: words.map((word) => (word === "explorer.html" ? REPORT : word)), written: REPORT };
    const jobs = question === "explain" ? [] : ["--jobs", "1"];
    return { line: [command, ...jobs, "--format", "json", "--report", `html=${REPORT}`, ...rest], written: REPORT };
  };

  /** The line as it is shown, to be typed again. @param {string[]} words */
  const shown = (words) =>
    ["rasim", ...words].map((word) => (/^[\w.,:/=-]+$/.test(word) ? word : `"${word.replace(/"/g, '\\"')}"`)).join(" ");

  return { can, typed, run, shown };
})();
