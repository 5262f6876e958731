"""Promela is printed from the rows: expressions, constants, widths, and one option for each way a row can take a step."""

import pytest

from rasim.engines.provers.expressions import FALSE, TRUE, simplified
from rasim.engines.provers.promela import printed, promela
from rasim.protocol.choices import STRICT
from rasim.protocol.terms import And, Copy, Expression, In, Is, Not, Or
from rasim.verify.states.model import sized_model

VIEW, LOCKED = Is("phase", "viewing"), Is("locked", True)


@pytest.mark.parametrize(
    ("expression", "known", "left"),
    [
        (VIEW, {"phase": "viewing"}, TRUE),
        (VIEW, {"phase": "idle"}, FALSE),
        (And((VIEW, LOCKED)), {"phase": "viewing"}, LOCKED),
        (And((VIEW, LOCKED)), {"phase": "idle"}, FALSE),
        (Or((VIEW, LOCKED)), {"phase": "viewing"}, TRUE),
        (Or((VIEW, LOCKED)), {"phase": "idle"}, LOCKED),
        (Not(Not(VIEW)), {}, VIEW),
        (Not(LOCKED), {}, Is("locked", False)),
        (Not(VIEW), {"phase": "idle"}, TRUE),
        (Is("agreed", True), {"agreed": Copy("control permitted")}, Is("control permitted", True)),
        (In("phase", ("idle", "viewing")), {"phase": "viewing"}, TRUE),
        (In("phase", ("idle", "viewing")), {}, Or((Is("phase", "idle"), VIEW))),
        (And((LOCKED, LOCKED)), {}, And((LOCKED,))),
    ],
)
def test_what_is_settled_is_left_out(expression: Expression, known: dict[str, object], left: Expression) -> None:
    """What an assignment settles of an expression is left out of it."""
    assert left == simplified(expression, known)  # type: ignore[arg-type]


def test_expressions_are_printed() -> None:
    """Facts are printed by the names of their variables, values by the names of their constants."""
    names = {"phase": "a11_phase", "locked": "s1_locked"}
    expression = And((VIEW, Not(Or((LOCKED, Is("phase", "idle"))))))

    assert "((a11_phase == phase_is_viewing) && !((s1_locked || (a11_phase == phase_is_idle))))" == printed(
        expression, names
    )
    assert ("true", "false") == (printed(TRUE, names), printed(FALSE, names))


def test_the_whole_of_a_small_model() -> None:
    """A model has a variable for each fact, wide enough, and an option that says which row it is and why."""
    text = promela(sized_model(1, 1))

    assert "unsigned a11_phase : 3 = phase_is_idle;" in text
    assert "bit s1_locked = 0;" in text
    assert "/* O3: the user accepts (origin: local, prompt: on show) */" in text
    option = text.split("/* O3: the user accepts (origin: local, prompt: on show) */")[1].split("/*")[0]
    assert option.strip().startswith(
        ":: d_step { ((a11_phase == phase_is_offered) && (reachable && (offers == offers_is_enabled) && e1_admitted && s1_logged_on))"
        " -> a11_phase = phase_is_viewing; a11_agreed = control_permitted; do "
    )
    assert "origin: injected, prompt: on show) */" not in text.split("O3")[1].split("O5")[0]


def test_assertions_name_their_promise() -> None:
    """With assertions each ends in the name of the promise it is of, and nothing is asserted without."""
    model = sized_model(2, 1)

    assert "|| one_expert_at_a_time)" in promela(model, asserted=STRICT)
    assert "|| control_needs_its_own_click)" in promela(model, asserted=STRICT)
    assert "assert" not in promela(model)
