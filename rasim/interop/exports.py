"""One way through a model in other forms: what each step changed, a sequence diagram, a pytest file, and ITF for trace viewers.

All are made of the same finding as its scenario (`rasim.analysis.counterexample`), so they tell the same steps.
"""

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from rasim.analysis.counterexample import CAST, acts, scenario_of
from rasim.document import diagrams
from rasim.protocol.lines import Recorded
from rasim.protocol.terms import Value
from rasim.scenario.writer import write_scenario, write_step
from rasim.verify.states.explore import Discovery
from rasim.verify.states.model import EXPERTS, SESSIONS, Model, Step
from rasim.verify.states.surroundings import Surroundings

Facts = dict[str, Value]


@frozen
class Moment:
    """A step and the facts after it, each by a name that says whose it is; `step` is None at the start."""

    step: Step | None
    rows: tuple[str, ...]
    facts: Facts


def moments(finding: Discovery, model: Model) -> Iterator[Moment]:
    """Yield the facts at the start and after each step of a finding."""
    surroundings = Surroundings(model)
    state = surroundings.first
    yield Moment(None, (), _facts(surroundings, state))
    for step, rows in zip(finding.steps, finding.taken, strict=True):
        state, _ = surroundings.computer.happen(state, dict(step.events))
        yield Moment(step, rows, _facts(surroundings, state))


def _facts(surroundings: Surroundings, state: Any) -> Facts:
    """Return all facts of a state by names that say whose they are: `locked of s1`."""
    found: Facts = {}
    for expert, session in surroundings.computer.pairs:
        situation = surroundings.computer.situation(state, (expert, session))
        for fact in surroundings.rules.facts:
            whose = {
                "computer": "",
                "session": f" of {SESSIONS[session]}",
                "expert": f" of {EXPERTS[expert]}",
                "assistance": f" of {EXPERTS[expert]} in {SESSIONS[session]}",
            }.get(fact.scope)
            if whose is not None:
                found[f"{fact.name}{whose}"] = situation[fact.name]
    return found


def rows_and_changes(finding: Discovery, model: Model) -> Iterator[tuple[str, str, str]]:
    """Yield each step with the rows that took it and what it changed, and nothing else."""
    one = model.experts == model.sessions == 1
    before: Facts = {}
    lines = map(write_step, acts(finding))
    for moment in moments(finding, model):
        if moment.step is not None:
            moved = [
                f"{name.split(' of ')[0] if one else name}: {_said(before[name])} -> {_said(value)}"
                for name, value in moment.facts.items()
                if before[name] != value
            ]
            rows = ", ".join(row for row in moment.rows if row != "-") or "turned away"
            yield next(lines), rows, "; ".join(moved) or "nothing"
        before = moment.facts


def _said(value: Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def sequence_of_finding(finding: Discovery, model: Model) -> tuple[list[str], tuple[diagrams.Message, ...]]:
    """Return the parties of a finding, the computer between experts and users, and what went between them."""
    names = {EXPERTS[e]: CAST.experts[e] for e in range(model.experts)}
    names |= {SESSIONS[s]: CAST.users[s] for s in range(model.sessions)}
    messages = diagrams.messages_of(trace_of(finding), names)
    return [*CAST.experts[: model.experts], "computer", *CAST.users[: model.sessions]], messages


def trace_of(finding: Discovery) -> list[Recorded]:
    """Return the lines of a finding, numbered from one."""
    said = [line for lines in (finding.opening, *finding.lines) for line in lines]
    return [Recorded(number, line) for number, line in enumerate(said, 1)]


def as_mermaid(finding: Discovery, model: Model) -> str:
    """Return the sequence diagram of a finding, as Mermaid text."""
    return f"{diagrams.sequence_mermaid(*sequence_of_finding(finding, model))}\n"


def as_pytest(finding: Discovery, model: Model) -> str:
    """Return a test file that stands alone: it plays the steps, and passes once no promise is broken on the way."""
    name, because = finding.promise, _in_quotes(finding.because)
    steps = _in_quotes(write_scenario(scenario_of(finding, model, tries=True)))
    return f'''"""{name}: {because}. Found by rasim check; none shorter breaks it."""

from rasim.scenario import broken_promise, play, read_scenario

STEPS = """\\
{steps}"""


def test_{name}():
    """What broke {name} is turned away."""
    scenario = read_scenario(STEPS, "{name}.yaml")
    played = play(scenario, look=broken_promise(scenario))
    assert played.verdict == "passed", [problem.message for problem in played.problems]
'''


def _in_quotes(text: str) -> str:
    """Return a text as it stands between three quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def as_itf(finding: Discovery, model: Model) -> dict[str, Any]:
    """Return a finding in the Informal Trace Format, which viewers of traces of other checkers open."""
    told = list(moments(finding, model))
    lines = ["start", *map(write_step, acts(finding))]
    variables = ["step", "rows", *told[0].facts]
    return {
        "#meta": {
            "format": "ITF",
            "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
            "description": f"{finding.promise}: {finding.because}" if finding.because else finding.promise,
            "source": f"rasim, {model.name}",
        },
        "vars": variables,
        "states": [
            {"#meta": {"index": at}, "step": line, "rows": list(moment.rows), **moment.facts}
            for at, (line, moment) in enumerate(zip(lines, told, strict=True))
        ],
    }
