"""A finding tells the same steps in every form: scenario, what changed, sequence diagram, pytest file, ITF."""

import json
from functools import cache
from typing import Any

import jsonschema
import pytest
from attrs import evolve
from mistaken import changed

from rasim.analysis.counterexample import acts
from rasim.interop import exports
from rasim.scenario.writer import write_step
from rasim.verify import Discovery, explore
from rasim.verify.states.model import Model, sized_model

ITF = {
    "type": "object",
    "required": ["#meta", "vars", "states"],
    "properties": {
        "vars": {"type": "array", "items": {"type": "string"}},
        "states": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["#meta"],
                "properties": {"#meta": {"type": "object", "required": ["index"]}},
            },
        },
    },
}


@cache
def found(row_id: str, condition: str, experts: int, sessions: int) -> list[tuple[Discovery, Model]]:
    """Return how promises are broken that a table with a mistake breaks."""
    model = sized_model(experts, sessions, changed(row_id, drop=condition))
    explored = explore(model, sometimes=(), stop_at_first=True, digest=False)
    return [(finding, model) for finding in explored.broken.values()]


CASES = [("C3", "control asked", 1, 1), ("V1", "not paused", 1, 1), ("O1", "alone", 2, 1), ("O3", "local", 1, 2)]


@pytest.mark.parametrize("case", CASES)
def test_every_form_has_the_same_steps(case: tuple[str, str, int, int]) -> None:
    """ITF and the list of changes have each step of the scenario, once and in its order, for one and two experts and sessions."""
    assert found(*case)
    for finding, model in found(*case):
        steps = list(map(write_step, acts(finding)))
        itf = exports.as_itf(finding, model)

        assert ["start", *steps] == [state["step"] for state in itf["states"]]
        assert steps == [step for step, _, _ in exports.rows_and_changes(finding, model)]


@pytest.mark.parametrize("case", CASES)
def test_itf_is_what_viewers_read(case: tuple[str, str, int, int]) -> None:
    """Each state of an ITF trace has its index and a value for every variable, and the last but one differs from the first."""
    for finding, model in found(*case):
        itf: dict[str, Any] = json.loads(json.dumps(exports.as_itf(finding, model)))
        jsonschema.validate(itf, ITF)

        assert list(range(len(finding.steps) + 1)) == [state["#meta"]["index"] for state in itf["states"]]
        assert all(set(state) == {"#meta", *itf["vars"]} for state in itf["states"])


def test_a_step_shows_only_what_changed() -> None:
    """A ticket that is issued changes the phase, and that is all that is shown of this step."""
    finding, model = found("C3", "control asked", 1, 1)[0]
    told = [each for each in exports.rows_and_changes(finding, model) if "asks for a ticket" in each[0]]

    assert [("anna: asks for a ticket to help bob", "T1", "phase: idle -> ticketed")] == told


def test_with_several_it_is_said_whose() -> None:
    """With two experts each change says whose fact it is."""
    finding, model = found("O1", "alone", 2, 1)[0]

    assert any("phase of CORP\\carol in s1: " in changed for _, _, changed in exports.rows_and_changes(finding, model))


def test_the_sequence_diagram_is_mermaid() -> None:
    """The sequence diagram has the people and the computer, and what went between them."""
    finding, model = found("C3", "control asked", 1, 1)[0]
    lines = exports.as_mermaid(finding, model).splitlines()

    assert ["sequenceDiagram", "    participant anna", "    participant computer", "    participant bob"] == lines[:4]
    assert "    bob->>computer: accepted" in lines


@pytest.mark.parametrize("case", CASES)
def test_the_pytest_file_runs_as_it_is(case: tuple[str, str, int, int]) -> None:
    """The test file passes on the table as it is, where what broke the promise is turned away."""
    for finding, model in found(*case):
        names: dict[str, Any] = {}
        exec(exports.as_pytest(finding, model), names)  # noqa: S102  (what is tested is that it runs)
        names[f"test_{finding.promise}"]()


def test_the_pytest_file_fails_where_the_promise_is_broken() -> None:
    """The test file fails where a promise is broken on the way, and says which."""
    finding, model = found("C3", "control asked", 1, 1)[0]
    text = exports.as_pytest(finding, model)
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102  (as above)
    names["broken_promise"] = lambda _: lambda _trace: "control_needs_its_own_click: no click"
    with pytest.raises(AssertionError, match="no click"):
        names[f"test_{finding.promise}"]()


def test_the_pytest_file_is_python_whatever_is_said() -> None:
    """Accounts, quotes and backslashes in what is said of a promise do not break the test file, nor make it warn."""
    finding, model = found("C3", "control asked", 1, 1)[0]
    odd = evolve(finding, because='CORP\\carol said "no", """and left\\')

    assert compile(exports.as_pytest(odd, model), "test_odd.py", "exec")
