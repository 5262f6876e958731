// What goes out and comes in: the way in the address, as a scenario, a test, Mermaid; and a trace, followed step by step.

const Share = (() => {
  /** A way as text for an address. @param {Step[]} steps */
  const packed = (steps) =>
    steps.map((step) => [step.expert, ...step.events].map((number) => number.toString(36)).join(".")).join("-");

  /** A way from such a text: as far as its steps exist, and the place of the first that does not. @param {string} text @param {Machine} machine */
  const unpacked = (text, machine) => {
    /** @type {Step[]} */
    const steps = [];
    for (const token of text ? text.split("-") : []) {
      const [expert, ...events] = token
        .split(".")
        .map((digits) => (/^[0-9a-z]+$/.test(digits) ? Number.parseInt(digits, 36) : -1));
      const step = { expert, events };
      if (!machine.knows(step)) return { steps, bad: steps.length + 1 };
      steps.push(step);
    }
    return { steps, bad: 0 };
  };

  /** Which of a few things are so, as text for an address. @param {number[]} those */
  const mask = (those) => (those.length ? those.reduce((sum, at) => sum + 2 ** at, 0).toString(36) : "");

  /** What such a text says. @param {string} text */
  const unmasked = (text) => {
    const sum = /^[0-9a-z]{1,10}$/.test(text) ? Number.parseInt(text, 36) : 0;
    return [...Array(50).keys()].filter((at) => Math.floor(sum / 2 ** at) % 2);
  };

  /** A step as a line of a scenario. @param {Step} step @param {Machine} machine @param {Speaker} speaker @param {boolean} ports */
  const written = (step, machine, speaker, ports) => {
    const event = /** @type {any} */ (machine.events[step.events[0]]);
    const text = ports && event.scenario_ports ? event.scenario_ports : event.scenario;
    if (event.kind === "policy is applied") {
      const listed = machine.data.experts
        .filter((_, who) => machine.events[step.events[who]].carries["new listed"])
        .map((name) => `'${name}'`);
      return text.replace(/helpers: \[[^\]]*\]/, `helpers: [${listed.join(", ")}]`);
    }
    return text.replaceAll(speaker.people[0], speaker.people[step.expert]);
  };

  /** The way as a scenario file. @param {Step[]} steps @param {Machine} machine @param {Speaker} speaker @param {string} title */
  const scenario = (steps, machine, speaker, title) => {
    const ports = steps.some(
      (step) => (machine.events[step.events[0]].carries["new port 3389"] || "closed") !== "closed",
    );
    return [
      "rasim: 1",
      `scenario: '${title.replaceAll("'", "''")}'`,
      "policy: {offer: not configured}",
      "people:",
      ...machine.data.experts.map((account) => `  ${Say.short(account)}: {account: '${account}'}`),
      `  ${speaker.user}: {account: '${machine.data.owner}', uses: ${machine.data.session}}`,
      ...(ports ? ["computer: {os: windows-xp-sp2}"] : []),
      "steps:",
      ...steps.map((step) => `- ${written(step, machine, speaker, ports)}`),
      "",
    ].join("\n");
  };

  /** The way as a test that stands alone. @param {string} text  the scenario @param {string} title */
  const pytest = (text, title) =>
    [
      `"""${title}: a way through the explorer, every step tried."""`,
      "",
      "from rasim.scenario import broken_promise, play, read_scenario",
      "",
      'STEPS = """\\',
      `${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"""`,
      "",
      "",
      "def test_this_way_breaks_no_promise():",
      '    """Whatever of it is turned away, no promise is broken on this way."""',
      '    scenario = read_scenario(STEPS, "explored.yaml")',
      "    played = play(scenario, look=broken_promise(scenario))",
      '    assert played.verdict == "passed", [problem.message for problem in played.problems]',
      "",
    ].join("\n");

  /** @param {string[]} parties @param {Message[]} messages */
  const mermaid = (parties, messages) =>
    [
      "sequenceDiagram",
      ...parties.map((party) => `    participant ${party}`),
      ...messages.map(({ from, to, words }) =>
        from === to ? `    Note over ${from}: ${words}` : `    ${from}->>${to}: ${words}`,
      ),
      "",
    ].join("\n");

  /** The lines of a trace: JSON lines, or what `check` or `run` print as JSON. @param {string} text @returns {Line[]} */
  const lines = (text) => {
    const objects = (/** @type {any} */ found) => {
      if (Array.isArray(found)) return found;
      if (found && Array.isArray(found.promises))
        return (
          found.promises.find((/** @type {any} */ each) => each.verdict === "broken" && each.trace.length) ||
          found.promises.find((/** @type {any} */ each) => each.trace.length) || { trace: [] }
        ).trace;
      if (found && Array.isArray(found.scenarios)) return found.scenarios[0] ? found.scenarios[0].trace : [];
      return [found];
    };
    let found;
    try {
      found = objects(JSON.parse(text));
    } catch {
      found = text
        .split("\n")
        .filter((line) => line.trim())
        .map((line) => JSON.parse(line));
    }
    if (!found.length || !found.every((/** @type {any} */ each) => each && typeof each.event === "string"))
      throw new Error("no line of a trace");
    return found;
  };

  // What a line is recognized by: ids, clocks and numbers of lines differ from recorder to recorder.
  const READ = ["reason", "origin", "capability", "state", "port", "offers", "mode", "kind", "reply", "side"];

  /** Follow a trace: the steps that leave these lines, as far as there are such. @param {Machine} machine @param {Line[]} trace */
  const followed = (machine, trace) => {
    const experts = [
      ...new Set(
        trace.flatMap((line) =>
          typeof line.expert === "string" && line.expert
            ? [line.expert.toLowerCase()]
            : line.event === "policy_applied"
              ? []
              : [],
        ),
      ),
    ];
    const who = (/** @type {any} */ name) => (typeof name === "string" ? experts.indexOf(name.toLowerCase()) : -1);
    // Who is on the list of a policy, by name or in a group whose members it tells.
    const helpers = (/** @type {Line} */ line, /** @type {(name: any) => number} */ number) => {
      const groups = new Map(
        Object.entries(line.members || {}).map(([group, all]) => [group.toLowerCase(), /** @type {string[]} */ (all)]),
      );
      const listed = new Set();
      const waiting = Array.isArray(line.helpers) ? [...line.helpers] : [];
      for (const name of waiting) {
        if (listed.has(name.toLowerCase())) continue;
        listed.add(name.toLowerCase());
        waiting.push(...(groups.get(name.toLowerCase()) || []));
      }
      return [...new Set([...listed].map(number).filter((at) => at >= 0))].sort().join();
    };
    const own = (/** @type {any} */ name) =>
      machine.data.experts.findIndex((each) => each.toLowerCase() === String(name).toLowerCase());
    const passed = new Set(["audited", "recorder", "recording_ended"]);
    const wanted = trace.map((line, at) => ({ line, at })).filter(({ line }) => !passed.has(line.event));
    const alike = (/** @type {Line} */ mine, /** @type {Line} */ theirs) =>
      mine.event === theirs.event &&
      READ.every(
        (field) => mine[field] === undefined || theirs[field] === undefined || mine[field] === theirs[field],
      ) &&
      (mine.expert === undefined || theirs.expert === undefined || own(mine.expert) === who(theirs.expert)) &&
      (mine.event !== "policy_applied" || helpers(mine, own) === helpers(theirs, who));
    const all = machine.steps();
    let [deepest, best] = [0, /** @type {Step[]} */ ([])];
    let tries = 0;
    /** @param {State} state @param {number} from @param {Step[]} steps @returns {boolean} */
    const go = (state, from, steps) => {
      if (from > deepest || (from === deepest && !best.length)) [deepest, best] = [from, [...steps]];
      if (from === wanted.length) return true;
      tries += 1;
      if (tries > 5000) return false;
      for (const step of all) {
        const taken = machine.take(state, step);
        const said = taken.lines.map(({ line }) => line).filter((line) => !passed.has(line.event));
        if (!said.length || said.length > wanted.length - from) continue;
        if (
          said.every((line, at) => alike(line, wanted[from + at].line)) &&
          go(taken.after, from + said.length, [...steps, step])
        )
          return true;
      }
      return false;
    };
    const whole = experts.length <= machine.data.experts.length && go(machine.start(), 0, []);
    return { steps: best, whole, stopped: whole ? -1 : (wanted[deepest] || { at: 0 }).at };
  };

  return { packed, unpacked, mask, unmasked, scenario, pytest, mermaid, lines, followed };
})();
