"""The promises are proved for any number of experts and sessions; mistakes in the table are not."""

import random

import pytest
from attrs import evolve

from rasim.engines.proof import Proof, invariant, prove
from rasim.engines.smt import Printer, quoted, spelt
from rasim.errors import UsageError
from rasim.protocol.choices import Choices
from rasim.protocol.rules import CONTROL, RULES, table
from rasim.protocol.step import Event
from rasim.protocol.terms import Row, Set, Table
from rasim.protocol.vocabulary import further
from rasim.verify import explore
from rasim.verify.claims import APART, NO_CLAIM, claims, seen
from rasim.verify.model import Surroundings, pair_model, sized_model

z3 = pytest.importorskip("z3", reason="the proof needs z3")
ASKED = {claim.promise for claim in claims()} | {APART[0], "words_of_the_expert_change_no_need"}


def verdicts(proof: Proof) -> dict[str, str]:
    """Return the verdict of each promise."""
    return {each.promise: each.verdict for each in proof.promises}


def test_every_promise_with_a_claim_is_proved() -> None:
    """Of the strict table each promise that has a claim is proved, with and without a further capability; the rest is not asked."""
    wide = (CONTROL, further("chat"))
    for proof in (prove(RULES), prove(table(capabilities=wide), wide)):
        assert proof.whole
        assert {"proved"} == {verdict for name, verdict in verdicts(proof).items() if name in ASKED}
        assert {"not asked"} == {verdict for name, verdict in verdicts(proof).items() if name not in ASKED}
        assert set(verdicts(proof)) - ASKED <= set(NO_CLAIM)


def test_without_the_strengthening_nothing_is_proved() -> None:
    """What is claimed alone is not inductive, and the solver shows a situation that nobody has said can come about."""
    proof = prove(RULES, strengthened=False)
    missing = [each for each in proof.promises if each.verdict == "not inductive"]

    assert not proof.whole
    assert missing
    assert all(each.counterexample is not None and each.counterexample.before for each in missing)
    assert () == proof.strengthening


def changed(row_id: str, *, drop: str = "", then: tuple[Set, ...] | None = None) -> Table:
    """Return the table with a condition of a row dropped, or with other changes."""

    def other(row: Row) -> Row:
        if row.id != row_id:
            return row
        return evolve(
            row,
            provided=tuple(c for c in row.provided if c.name != drop),
            then=row.then if then is None else then,
        )

    assert any(row.id == row_id for row in RULES.rows)
    return evolve(RULES, rows=tuple(map(other, RULES.rows)))


def unneeded(thing: str, need: str) -> Table:
    """Return the table with a need of a thing dropped."""
    things = tuple(
        evolve(each, needs=tuple(n for n in each.needs if n.name != need)) if each.name == thing else each
        for each in RULES.things
    )
    return evolve(RULES, things=things)


@pytest.mark.parametrize(
    ("mistaken", "promise"),
    [
        (changed("O3", drop="local"), "nothing_shown_before_acceptance"),
        (changed("C3", drop="control asked"), "control_needs_its_own_click"),
        (changed("C3", drop="local"), "only_the_sessions_own_user_consents"),
        (changed("V1", drop="not paused"), "a_pause_hides_everything"),
        (changed("C8", drop="control"), "acceptance_gives_view_only"),
        (
            changed("O6", then=(Set("phase", "idle"), Set("control permitted", to=True))),
            "words_of_the_expert_change_no_need",
        ),
        (
            changed("O3", then=(Set("phase", "viewing"), Set("agreed", to=True))),
            "a_looser_policy_gives_nothing_to_the_running",
        ),
        (changed("W4", then=(Set("admitted", to=True),)), ""),
        (unneeded("view", "offers"), "a_tighter_policy_bites_at_once"),
        (unneeded("admission", "listed"), "unlisted_expert_never_reaches_the_user"),
        (unneeded("control held", "control permitted"), "view_only_policy_never_yields_control"),
        (unneeded("control held", "unlocked"), "control_is_taken_back_at_once"),
        (unneeded("question", "unlocked"), "a_session_out_of_sight_answers_nothing"),
    ],
)
def test_a_mistake_is_not_proved(mistaken: Table, promise: str) -> None:
    """Of a table with a mistake the promise is not proved that the explorer says is broken; a mistake that breaks none is proved."""
    proof = prove(mistaken)
    broken = explore(sized_model(1, 1, mistaken), sometimes=(), digest=False).broken

    if promise:
        assert verdicts(proof)[promise] != "proved"
        assert promise in broken
    for name in broken:
        assert verdicts(proof).get(name) != "proved"
    assert bool(promise) != proof.whole


def test_two_at_once_are_not_proved_apart() -> None:
    """Where nobody looks whether the user is busy, that one expert is served at a time is not inductive."""
    proof = prove(changed("O1", drop="alone"))

    assert "not inductive" == verdicts(proof)[APART[0]]
    assert not proof.whole


def test_what_can_never_happen_is_vacuous() -> None:
    """Where no row ever shows a frame, what is claimed of frames is vacuous and not proved."""
    rows = tuple(row for row in RULES.rows if row.id != "V1")

    assert "vacuous" == verdicts(prove(evolve(RULES, rows=rows)))["a_view_is_never_without_its_indicator"]


@pytest.mark.parametrize(
    "choices",
    [
        Choices(unasked_control="possible"),
        Choices(hidden_question="waits"),
        Choices(withdrawn_question="rests"),
    ],
    ids=["unasked control", "hidden question", "withdrawn question"],
)
def test_under_another_choice_what_is_promised_is_proved(choices: Choices) -> None:
    """Under another choice promises that presume it are not promised, and all others are proved all the same."""
    said = verdicts(prove(table(choices), choices=choices))

    assert {"proved", "not asked", "not promised"} >= set(said.values())


def test_the_printed_step_is_the_step() -> None:
    """For situations and events drawn from the pair model the printed step has the situation after, the row and the effects of `step`."""
    surroundings = Surroundings(pair_model())
    rules, drawn = surroundings.rules, random.Random(7)  # noqa: S311  (a seed, no secret)
    capabilities = (CONTROL, further("chat"))
    printer = Printer(rules.table, seen(capabilities))
    known, waiting = {surroundings.first}, [surroundings.first]
    while waiting:
        for target in surroundings.targets(waiting.pop()):
            if target not in known:
                known.add(target)
                waiting.append(target)
    states = sorted(known, key=repr)
    compared = 0
    for kind in rules.table.kinds:
        step = printer.step(kind)
        lines = [*printer.sorts.lines(), *printer.constants(), *printer.carries(kind), *step.text]
        solver = z3.Solver()
        for n, state in enumerate(drawn.sample(states, 12)):
            situation = surroundings.computer.situation(state, (0, 0)).so(busy=drawn.random() < 0.5)
            carried = tuple(sorted((fact.name, drawn.choice(fact.values)) for fact in kind.carries))
            outcome = rules.step(situation, Event(kind.name, carried))
            is_so = [
                f"(= {quoted(name)} {printer.sorts.value(name, value)})"
                for name, value in (*situation.as_dict().items(), *carried)
            ]
            then = [
                f"(= {step.after[name]} {printer.sorts.value(name, value)})"
                for name, value in outcome.after.as_dict().items()
            ]
            then.append(step.taken if outcome.row else f"(not {step.taken})")
            effects = {
                spelt(evolve(e, fields=tuple(f for f in e.fields if f[0] not in ("reason", "by"))))
                for e in outcome.effects
            }
            for effect, symbol in step.fires.items():
                plain = spelt(evolve(effect, fields=tuple(f for f in effect.fields if f[0] not in ("reason", "by"))))
                others = [
                    s
                    for e, s in step.fires.items()
                    if spelt(evolve(e, fields=tuple(f for f in e.fields if f[0] not in ("reason", "by")))) == plain
                ]
                if outcome.row is not None:
                    then.append(f"(= (or false {' '.join(others)}) {str(plain in effects).lower()})")
                else:
                    then.append(f"(not {symbol})")
            lines.append(f"(declare-const ask{n} Bool)")
            lines.append(f"(assert (=> ask{n} (and {' '.join(is_so)} (not (and {' '.join(then)})))))")
            compared += 1
        solver.from_string("\n".join(lines))
        assert [z3.unsat] * 12 == [solver.check(z3.Bool(f"ask{n}")) for n in range(12)], kind.name
    assert compared == 12 * len(rules.table.kinds)


def test_the_proof_says_what_it_rests_on() -> None:
    """The clauses that are needed besides the claims are said in words, each once."""
    proof = prove(RULES)

    assert "seen asked goes with what is so" in proof.strengthening
    assert "view has what it needs" in proof.strengthening
    assert len(proof.strengthening) == len(set(proof.strengthening))
    assert len(invariant(RULES)) > len(proof.strengthening)


def test_without_z3_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where z3 is not installed that is one sentence that names the extra."""
    import sys

    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(UsageError, match=r"pip install 'rasim\[smt\]'"):
        prove(RULES)
