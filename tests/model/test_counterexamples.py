"""What the explorer finds is a scenario file: it is read back, plays, and goes the same way."""

from collections.abc import Callable
from functools import cache

import pytest
from attrs import evolve

from rasim.analysis.counterexample import scenario_of
from rasim.protocol import CONTROL, RULES, Recorded, further, table
from rasim.protocol.terms import Table
from rasim.scenario import Played, play, read_scenario, write_scenario
from rasim.verify import ALWAYS, SOMETIMES, Discovery, check, explore, promise, standard_models
from rasim.verify.promises.evidence import Evidence, learn
from rasim.verify.promises.kinds import Always
from rasim.verify.states.model import Model, pair_model


@cache
def witnesses() -> dict[str, tuple[Discovery, Model]]:
    """Return how each witness is shown, and in which model."""
    judged = check(standard_models()).judged
    return {j.promise.name: (j.finding, j.model) for j in judged if j.finding and j.model}


def played(finding: Discovery, model: Model) -> Played:
    """Print a finding as a scenario, read that back and play it."""
    return play(read_scenario(write_scenario(scenario_of(finding, model)), "finding.yaml"))


@pytest.mark.parametrize("name", [one.name for one in SOMETIMES])
def test_a_witness_plays_as_it_was_found(name: str) -> None:
    """A witness prints as a scenario that passes, and the rows it was found with take its steps in their order."""
    finding, model = witnesses()[name]
    went = played(finding, model)
    used = [outcome.row.id for outcome in went.outcomes if outcome.row]
    wanted = [next(iter(rows)) for rows in finding.taken if rows != ("-",)]
    rest = iter(used)

    assert ("passed", ()) == (went.verdict, went.problems)
    assert [] == [row for row in wanted if row not in rest]


@pytest.mark.parametrize("name", [one.name for one in SOMETIMES])
def test_a_witness_is_seen_again(name: str) -> None:
    """The trace of a witness that was played shows the lines of the witness in their order."""
    finding, model = witnesses()[name]
    witness = next(one for one in SOMETIMES if one.name == name)
    got = 0
    for recorded in played(finding, model).trace:
        got = witness.next(got, recorded.line)

    assert len(witness.path) == got


def test_a_scenario_is_written_to_be_read() -> None:
    """The first witness is these lines: names of people, the policy at the start, one step a line."""
    finding, model = witnesses()["an_offer_can_be_made"]
    text = write_scenario(scenario_of(finding, model))

    assert [
        "rasim: 1",
        "scenario: 'an offer can be made'",
        "policy: {offer: not configured}",
        "people:",
        r"  anna: {account: 'CORP\anna'}",
        r"  bob: {account: 'CORP\bob', uses: s1}",
        "steps:",
    ] == text.splitlines()[:7]
    assert {
        r"- administrator: {applies policy: {offer: enabled, mode: view, helpers: ['CORP\anna']}}",
        "- computer: runs the refresh task",
        "- bob: logs on",
        "- anna: asks for a ticket to help bob",
        "- anna: offers help to bob",
    } == set(text.splitlines()[7:])


# ---- tables with a mistake -------------------------------------------------------------------------------------


def without(row_id: str, *names: str) -> Callable[[Table], Table]:
    """Return what drops conditions from a row."""

    def change(rules: Table) -> Table:
        row = rules.row(row_id)
        less = evolve(row, provided=tuple(c for c in row.provided if c.name not in names))
        return evolve(rules, rows=tuple(less if r is row else r for r in rules.rows))

    return change


def needless(thing: str, *names: str) -> Callable[[Table], Table]:
    """Return what drops needs from a thing."""

    def change(rules: Table) -> Table:
        things = (
            evolve(t, needs=tuple(n for n in t.needs if n.name not in names)) if t.name == thing else t
            for t in rules.things
        )
        return evolve(rules, things=tuple(things))

    return change


def straight_to_viewing(rules: Table) -> Table:
    """Let an offer connect the expert at once, as if nobody had to be asked."""
    row = rules.row("O1")
    direct = evolve(row, then=rules.row("O3").then)
    return evolve(rules, rows=tuple(direct if r is row else r for r in rules.rows))


MISTAKES = {
    "anybody's click accepts": (without("O3", "local"), "only_the_sessions_own_user_consents", "local"),
    "any prompt accepts": (without("O3", "on show"), "consent_is_used_once", "on show"),
    "anybody's click grants": (without("C3", "local"), "only_the_sessions_own_user_consents", "local"),
    "control while the session is locked": (
        needless("control held", "unlocked"),
        "control_is_taken_back_at_once",
        None,
    ),
    "control against policy": (needless("control held", "control permitted"), "a_tighter_policy_bites_at_once", None),
    "nobody is asked": (straight_to_viewing, "never_connected_unannounced", None),
}


def shown(rules: Table, name: str) -> Discovery:
    """Return the shortest way on which a wrong table breaks a promise."""
    return explore(pair_model(rules), [promise(name)], (), stop_at_first=True).broken[name]


def broken(trace: tuple[Recorded, ...]) -> set[str]:
    """Return the promises that a trace breaks."""
    seen, names = Evidence(), set()
    for line in (recorded.line for recorded in trace):
        names |= {p.name for p in ALWAYS if isinstance(p, Always) and line.event in p.reads and p.breaks(seen, line)}
        seen = learn(seen, line)
    return names


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_counterexample_harms_the_wrong_table_only(mistake: str) -> None:
    """The shortest way to break a wrong table prints as a scenario that can be read; played on the right table it breaks nothing."""
    change, name, _ = MISTAKES[mistake]
    went = played(shown(change(RULES), name), pair_model(RULES))

    assert set() == broken(went.trace)
    assert went.verdict in ("passed", "failed")


@pytest.mark.parametrize("mistake", [mistake for mistake, (*_, condition) in MISTAKES.items() if condition])
def test_the_decisive_step_is_refused(mistake: str) -> None:
    """On the right table the last step of a counterexample is refused by the very condition that the wrong table lacks."""
    change, name, condition = MISTAKES[mistake]
    finding = shown(change(RULES), name)
    went = played(finding, pair_model(RULES))
    last = went.outcomes[-1]

    assert ("failed", "refused", False) == (went.verdict, last.verdict, last.changed)
    assert (finding.steps[-1].kind, (condition,)) == (last.event.kind, last.refusal.because if last.refusal else None)


def test_a_counterexample_is_the_shortest() -> None:
    """Nothing shorter than policy, refresh, logon, ticket and offer leads to the first false acceptance."""
    finding = shown(without("O3", "local")(RULES), "only_the_sessions_own_user_consents")

    assert [
        "accepts",
        "asks for a ticket",
        "logs on",
        "offers help",
        "policy is applied",
        "refresh task runs",
    ] == sorted(step.kind for step in finding.steps)


def test_a_finding_about_a_further_capability_reads_back() -> None:
    """A mistake in a further capability prints as a scenario that names it, reads back, and fails on the right table."""
    rules = table(capabilities=(CONTROL, further("chat")))
    row = rules.row("C3 chat")
    wrong = evolve(rules, rows=tuple(evolve(r, provided=r.provided[:1]) if r is row else r for r in rules.rows))
    finding = shown(wrong, "only_the_sessions_own_user_consents")

    assert ("grants chat", "failed") == (finding.steps[-1].kind, played(finding, pair_model(wrong)).verdict)
