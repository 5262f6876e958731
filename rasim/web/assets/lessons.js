// The course: where each lesson starts, when it is solved, and one way to solve it; and where free play starts. Their words stand with the other texts.

/**
 * @typedef {[number, string, Record<string, string|boolean>?, boolean[]?]} Act  whom it is aimed at (-1: everybody), the kind, what it carries, who is listed
 * @typedef {{facts?: [number, string, string|boolean][], row?: string, refused?: string, lost?: [string, string], broken?: string}} Goal
 * @typedef {{name: string, mistake: string, start: Act[], goal: Goal, way: Act[]}} Lesson
 */

const { LESSONS, READY } = (() => {
  const policy = (/** @type {boolean} */ control, listed = [true, false]) =>
    /** @type {Act} */ ([
      -1,
      "policy is applied",
      { "new offers": "enabled", "new control": control, "new port 3389": "closed" },
      listed,
    ]);
  const act = (/** @type {string} */ kind, expert = 0, carries = {}) => /** @type {Act} */ ([expert, kind, carries]);
  const [checks, logon] = [act("refresh task runs", -1), act("logs on", -1)];
  const ready = (control = true, listed = [true, false]) => [policy(control, listed), checks, logon];
  const asked = (control = true, listed = [true, false]) => [
    ...ready(control, listed),
    act("asks for a ticket"),
    act("offers help"),
  ];
  const viewing = (control = true, listed = [true, false]) => [...asked(control, listed), act("accepts")];
  const controlling = [...viewing(), act("asks for control"), act("grants control")];

  const lessons = /** @type {Lesson[]} */ ([
    {
      name: "two_clicks",
      mistake: "",
      start: asked(),
      goal: { facts: [[0, "control", "held"]] },
      way: [act("accepts"), act("asks for control"), act("grants control")],
    },
    {
      name: "view",
      mistake: "",
      start: [policy(true), logon],
      goal: { facts: [[0, "phase", "viewing"]] },
      way: [checks, act("asks for a ticket"), act("offers help"), act("accepts")],
    },
    {
      name: "stop",
      mistake: "",
      start: controlling,
      goal: {
        facts: [
          [0, "control", "free"],
          [0, "phase", "viewing"],
        ],
      },
      way: [act("stops control")],
    },
    { name: "view_only", mistake: "", start: viewing(false), goal: { row: "C2" }, way: [act("asks for control")] },
    { name: "unlisted", mistake: "", start: ready(), goal: { refused: "helper" }, way: [act("asks for a ticket", 1)] },
    {
      name: "lock",
      mistake: "",
      start: asked(),
      goal: { lost: ["question", "unlocked"] },
      way: [act("is locked", -1)],
    },
    {
      name: "busy",
      mistake: "",
      start: [...viewing(true, [true, true]), act("asks for a ticket", 1)],
      goal: { row: "O2" },
      way: [act("offers help", 1)],
    },
    {
      name: "policy",
      mistake: "",
      start: controlling,
      goal: { lost: ["control held", "control permitted"] },
      way: [policy(false)],
    },
    {
      name: "silence",
      mistake: "",
      start: asked(),
      goal: { facts: [[0, "phase", "cooling"]] },
      way: [act("consent time passes")],
    },
    {
      name: "injected",
      mistake: "M22",
      start: asked(),
      goal: { broken: "only_the_sessions_own_user_consents" },
      way: [act("accepts", 0, { origin: "injected", prompt: "on show" })],
    },
    {
      name: "second_click",
      mistake: "M13",
      start: viewing(),
      goal: { broken: "acceptance_gives_view_only" },
      way: [act("uses control")],
    },
    {
      name: "timer",
      mistake: "M01",
      start: asked(),
      goal: { broken: "silence_refuses" },
      way: [act("consent time passes")],
    },
  ]);

  return { LESSONS: lessons, READY: ready() };
})();
