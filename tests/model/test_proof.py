"""The promises are proved for any number of experts and sessions; mistakes in the table are not."""

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from attrs import evolve
from mistaken import changed, unneeded

from rasim.engines.provers.claims import APART, NO_CLAIM, Observer, claims, seen
from rasim.engines.provers.proof import Proof, invariant, prove, way_to
from rasim.engines.provers.smt import Printer, quoted, spelt
from rasim.errors import UsageError
from rasim.protocol.choices import Choices
from rasim.protocol.rules import CONTROL, RULES, table
from rasim.protocol.step import Event, Situation, rules_of
from rasim.protocol.terms import Effect, Set, Table
from rasim.protocol.vocabulary import Capability, further
from rasim.verify import explore
from rasim.verify.promises.catalogue import ALWAYS
from rasim.verify.states.model import pair_model, sized_model
from rasim.verify.states.surroundings import Surroundings

z3 = pytest.importorskip("z3", reason="the proof needs z3")
ASKED = {claim.promise for claim in claims()} | {APART[0], "words_of_the_expert_change_no_need"}


# Several tests ask of one table; a proof is a value.
proof_of = cache(prove)


def verdicts(proof: Proof) -> dict[str, str]:
    """Return the verdict of each promise."""
    return {each.promise: each.verdict for each in proof.promises}


@pytest.mark.parametrize("capabilities", [(CONTROL,), (CONTROL, further("chat"))], ids=["control", "chat"])
def test_every_promise_with_a_claim_is_proved(capabilities: tuple[Capability, ...]) -> None:
    """Of the strict table each promise that has a claim is proved, with and without a further capability, and it is said what it takes."""
    rules = table(capabilities=capabilities)
    proof = prove(rules, capabilities)

    assert proof.whole
    assert () == proof.failed
    assert {"proved"} == {verdict for name, verdict in verdicts(proof).items() if name in ASKED}
    assert {"not asked"} == {verdict for name, verdict in verdicts(proof).items() if name not in ASKED}
    assert set(verdicts(proof)) - ASKED <= set(NO_CLAIM)
    assert {"seen asked goes with what is so", "view has what it needs"} < set(proof.strengthening)
    assert [each.says for each in invariant(rules, capabilities) if not each.promise] == list(proof.strengthening)
    assert len(proof.strengthening) == len(set(proof.strengthening))


def test_without_the_strengthening_nothing_is_proved() -> None:
    """What is claimed alone is not inductive, and the solver shows a situation that nobody has said can come about."""
    proof = prove(RULES, strengthened=False)
    missing = [each for each in proof.promises if each.verdict == "not inductive"]

    assert not proof.whole
    assert missing
    assert all(each.counterexample is not None and each.counterexample.before for each in missing)
    assert () == proof.strengthening


BY_ANYBODY = changed("O3", drop="local")


@pytest.mark.parametrize(
    ("mistaken", "promise"),
    [
        (BY_ANYBODY, "nothing_shown_before_acceptance"),
        (changed("C3", drop="control asked"), "control_needs_its_own_click"),
        (changed("V1", drop="not paused"), "a_pause_hides_everything"),
        (
            changed("O6", then=(Set("phase", "idle"), Set("control permitted", to=True))),
            "words_of_the_expert_change_no_need",
        ),
        (
            changed("O3", then=(Set("phase", "viewing"), Set("agreed", to=True))),
            "a_looser_policy_gives_nothing_to_the_running",
        ),
        (changed("W4", then=(Set("admitted", to=True),)), ""),
        pytest.param(unneeded("view", "offers"), "a_tighter_policy_bites_at_once", marks=pytest.mark.exhaustive),
        (unneeded("admission", "listed"), "unlisted_expert_never_reaches_the_user"),
        (unneeded("control held", "control permitted"), "view_only_policy_never_yields_control"),
        pytest.param(
            unneeded("control held", "unlocked"), "control_is_taken_back_at_once", marks=pytest.mark.exhaustive
        ),
        pytest.param(
            unneeded("question", "unlocked"), "a_session_out_of_sight_answers_nothing", marks=pytest.mark.exhaustive
        ),
    ],
)
def test_a_mistake_is_not_proved(mistaken: Table, promise: str) -> None:
    """Of a table with a mistake the promise is not proved that the explorer says is broken; a mistake that breaks none is proved."""
    proof = proof_of(mistaken)
    broken = explore(sized_model(1, 1, mistaken), sometimes=(), digest=False).broken

    if promise:
        assert verdicts(proof)[promise] != "proved"
        assert promise in broken
    for name in broken:
        assert verdicts(proof).get(name) != "proved"
    assert bool(promise) != proof.whole


def test_what_can_never_happen_is_vacuous() -> None:
    """Where no row ever shows a frame, what is claimed of frames is vacuous and not proved."""
    rows = tuple(row for row in RULES.rows if row.id != "V1")

    assert "vacuous" == verdicts(prove(evolve(RULES, rows=rows)))["a_view_is_never_without_its_indicator"]


def test_a_claim_trusts_the_facts_of_the_world() -> None:
    """Of a table in which a new policy leaves the helper list as it was everything is proved, and the explorer sees what no claim does."""
    then = tuple(each for each in RULES.row("W1").then if each.fact != "listed")
    stale = changed("W1", then=then)

    assert prove(stale).whole
    assert (
        "unlisted_expert_never_reaches_the_user" in explore(sized_model(1, 1, stale), sometimes=(), digest=False).broken
    )


@pytest.mark.parametrize(
    "choices",
    [
        Choices(removal_bites="at refresh", hidden_question="waits", unasked_control="possible"),
        Choices(running_view="outlives the policy", withdrawn_question="rests"),
    ],
    ids=["what is asked", "what runs"],
)
def test_under_other_choices_what_is_promised_is_proved(choices: Choices) -> None:
    """Under other choices promises that presume them are not promised, and all others are proved all the same."""
    said, values = verdicts(prove(table(choices), choices=choices)), choices.values()
    presuming = {p.name for p in ALWAYS if any(values[name] != value for name, value in p.presumes.items())}

    assert presuming == {name for name, verdict in said.items() if verdict == "not promised"}
    assert {"proved"} == {verdict for name, verdict in said.items() if name in ASKED - presuming}


def plain(effect: Effect) -> str:
    """Return an effect without what `alike` does not look at."""
    return spelt(evolve(effect, fields=tuple(f for f in effect.fields if f[0] not in ("reason", "by"))))


def situations(surroundings: Surroundings, drawn: random.Random, count: int) -> Iterator[Situation]:
    """Yield so many situations that can come about, each followed by one that is any at all."""
    known, waiting = {surroundings.first}, [surroundings.first]
    while waiting:
        new = {edge.target for edge in surroundings.edges(waiting.pop())} - known
        known |= new
        waiting += new
    for state in drawn.sample(sorted(known, key=repr), count):
        yield surroundings.computer.situation(state, (0, 0)).so(busy=drawn.random() < 0.5)
        yield surroundings.rules.start(
            **{fact.name.replace(" ", "_"): drawn.choice(fact.values) for fact in surroundings.rules.facts}
        )


def test_the_printed_step_is_the_step() -> None:
    """For situations of the pair model, and for any at all, the printed step has the situation after, row, effects and sight of `step`."""
    surroundings, drawn = Surroundings(pair_model()), random.Random(7)  # noqa: S311  (a seed, no secret)
    rules, wide = surroundings.rules, (CONTROL, further("chat"))
    printer, observer = Printer(rules.table, seen(wide)), Observer(wide, rules.places)
    situated = tuple(situations(surroundings, drawn, 60))
    verdicts_drawn = Counter[str]()
    for kind in rules.table.kinds:
        step, asked = printer.step(kind), list[str]()
        fires = {name: [s for e, s in step.fires.items() if plain(e) == name] for name in map(plain, step.fires)}
        for situation in drawn.sample(situated, 16):
            carried = tuple(sorted((fact.name, drawn.choice(fact.values)) for fact in kind.carries))
            known = frozenset(each.name for each in observer.seen if drawn.random() < 0.5)
            outcome = rules.step(situation, Event(kind.name, carried))
            effects, (known_after, _) = set(map(plain, outcome.effects)), observer.look(known, outcome)
            verdicts_drawn[outcome.verdict] += 1
            is_so = [
                f"(= {quoted(name)} {printer.sorts.value(name, value)})"
                for name, value in (*situation.as_dict().items(), *carried)
            ]
            is_so += [f"(= {quoted(each.name)} {str(each.name in known).lower()})" for each in observer.seen]
            then = [
                f"(= {step.after[name]} {printer.sorts.value(name, value)})"
                for name, value in outcome.after.as_dict().items()
            ]
            then += [f"(= {step.taken} {str(outcome.row is not None).lower()})", step.settled]
            then += [f"(= (or {' '.join(symbols)}) {str(e in effects).lower()})" for e, symbols in fires.items()]
            then += [
                f"(= {step.after[each.name]} {str(each.name in known_after).lower()})"
                for each in observer.seen
                if not all(
                    effects & set(map(plain, many)) for many in (each.since, each.until)
                )  # the proof asks of that
            ]
            asked.append(f"(and {' '.join(is_so)} (not (and {' '.join(then)})))")
            assert effects <= set(fires), kind.name
        solver = z3.Solver()
        lines = [*printer.sorts.lines(), *printer.constants(), *printer.carries(kind), *step.text]
        solver.from_string("\n".join([*lines, f"(assert (or {' '.join(asked)}))"]))
        assert z3.unsat == solver.check(), kind.name
    assert min(verdicts_drawn[verdict] for verdict in ("done", "refused", "ignored")) > 20


def test_a_way_leads_to_a_counterexample_that_can_come_about() -> None:
    """Where the situation of a counterexample can come about the way to it is told, and its last step breaks what is claimed."""
    mistaken = BY_ANYBODY
    example = next(each.counterexample for each in proof_of(mistaken).promises if each.verdict == "not inductive")
    assert example is not None
    steps = way_to(example, mistaken)
    assert steps is not None

    rules, observer = rules_of(mistaken), Observer((CONTROL,), rules_of(mistaken).places)
    situation, known, broken = rules.start(), frozenset[str](), []
    for step in steps:
        assert not broken
        outcome = rules.step(situation, step.events[0][1])
        situation, (known, broken) = outcome.after, observer.look(known, outcome)
    assert example.says in {claim.says for claim in broken}


def test_no_way_leads_to_two_assistances() -> None:
    """Where nobody looks whether the user is busy the counterexample is about two experts, and one alone finds no way there."""
    mistaken = changed("O1", drop="alone")
    (apart,) = (each for each in prove(mistaken).promises if each.verdict == "not inductive")
    example = apart.counterexample

    assert APART[0] == apart.promise
    assert example is not None
    assert {"phase", "phase of another"} <= set(example.before)
    assert way_to(example, mistaken) is None


def test_without_z3_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where z3 is not installed that is one sentence that names the extra."""
    import sys

    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(UsageError, match=r"\(the extra `smt`\): python -m pip install \"z3-solver"):
        prove(RULES)
