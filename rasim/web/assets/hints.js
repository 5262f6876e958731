// What would be a next step towards a goal, from wherever somebody stands: a search through the tables, nearest first.

const Hints = (() => {
  /** The kinds that lessons are about: others lead away from every goal, or in circles. */
  const KINDS = new Set(LESSONS.flatMap(({ start, way }) => [...start, ...way].map((act) => act[1])));
  const FAR = 6;

  /** The shortest way to a goal, null if there is none that is short. @param {Explorer} x @param {Lesson} lesson @returns {Step[]|null} */
  const way = (x, lesson) => {
    const { machine } = x;
    // What the lesson's own way carries besides the ordinary counts too: a mistake is found by what no honest click does.
    const own = lesson.way.map((act) => x.step(act));
    const known = new Set(own.map((step) => Share.packed([step])));
    const steps = [
      ...own,
      ...machine.steps().filter((step) => {
        const event = machine.events[step.events[0]];
        const plain = Object.entries(event.carries).every(([, value]) =>
          ["local", "on show", "own"].includes(String(value)),
        );
        return KINDS.has(event.kind) && plain && !known.has(Share.packed([step]));
      }),
    ];
    const seen = new Set([JSON.stringify(x.state())]);
    /** @type {{state: State, steps: Step[]}[]} */
    let edge = [{ state: x.state(), steps: [] }];
    for (let far = 0; far < FAR && edge.length; far += 1) {
      /** @type {typeof edge} */
      const further = [];
      for (const { state, steps: before } of edge)
        for (const step of steps) {
          const taken = machine.take(state, step);
          if (x.reached(lesson.goal, taken, machine.broken(taken).surely)) return [...before, step];
          const name = JSON.stringify(taken.after);
          if (seen.has(name)) continue;
          seen.add(name);
          further.push({ state: taken.after, steps: [...before, step] });
        }
      edge = further;
    }
    return null;
  };

  return { way };
})();
