"""The list of promises: each with a name, a sentence, what it covers, and a witness that keeps it from being empty."""

import pytest
from attrs import fields

from rasim.protocol import LINES, Choices
from rasim.protocol.lines import EVERYTHING
from rasim.verify import ALWAYS, KEPT, PROMISES, SOMETIMES, WITHIN, promise
from rasim.verify.promises.catalogue import TRACED
from rasim.verify.promises.kinds import Always, AnyKept, Kept, Traced, Within


def test_names_are_unique() -> None:
    """Every promise has a name of its own, and is found by it."""
    assert [one.name for one in PROMISES] == [promise(name).name for name in dict.fromkeys(p.name for p in PROMISES)]


def test_an_unknown_name_is_an_error() -> None:
    """A promise that does not exist is a KeyError."""
    with pytest.raises(KeyError, match="never_asked"):
        promise("never_asked")


@pytest.mark.parametrize(
    "name",
    [
        "never_connected_unannounced",
        "nothing_shown_before_acceptance",
        "acceptance_gives_view_only",
        "control_needs_its_own_click",
        "view_only_policy_never_yields_control",
        "unlisted_expert_never_reaches_the_user",
        "no_policy_no_offer",
        "nobody_logged_on_nobody_connected",
        "silence_refuses",
        "only_the_sessions_own_user_consents",
        "consent_is_used_once",
        "a_ticket_is_issued_only_when_asked_for",
        "ended_means_ended",
        "control_is_taken_back_at_once",
        "a_tighter_policy_bites_at_once",
        "a_looser_policy_gives_nothing_to_the_running",
        "words_of_the_expert_change_no_need",
    ],
)
def test_the_first_promises_are_there(name: str) -> None:
    """The promises that the design names first, as far as the rows of view and control reach them, are all there."""
    assert "always" == promise(name).kind


@pytest.mark.parametrize("kept", KEPT, ids=lambda p: p.name)
def test_every_promise_travels_with_a_witness(kept: AnyKept) -> None:
    """Each promise to be kept has a sentence, covers something, and names witnesses that exist."""
    assert kept.says
    assert kept.covers
    assert kept.witnesses
    assert set(kept.witnesses) <= {one.name for one in SOMETIMES}


@pytest.mark.parametrize("kept", KEPT, ids=lambda p: p.name)
def test_presumed_choices_are_strict(kept: AnyKept) -> None:
    """What a promise presumes is the default of a choice, but for the one about questions that rest after they were taken back."""
    presumed = {"withdrawn question": "rests"} if kept.name == "a_withdrawn_question_rests" else {}

    assert kept.presumes.items() <= {**Choices().values(), **presumed}.items()


def test_promises_need_kinds_of_lines_that_there_are() -> None:
    """What has to be recorded for a promise is a kind of lines that a recorder can say it records."""
    assert frozenset() == frozenset().union(*(kept.needs for kept in KEPT)) - EVERYTHING


def test_the_promises_of_each_kind() -> None:
    """Promises are kept always, within a time, or by what only traces show; all of them, the comparison and the witnesses are listed."""
    assert [*ALWAYS, *WITHIN, *TRACED, promise("narrower_policy_never_allows_more")] == list(KEPT)
    assert [*KEPT, *SOMETIMES] == list(PROMISES)
    assert ({Traced}, True) == ({type(p) for p in TRACED}, all(isinstance(p, Kept) for p in KEPT))


@pytest.mark.parametrize("within", [p for p in WITHIN if isinstance(p, Within)], ids=lambda p: p.name)
def test_every_deadline_is_a_choice(within: Within) -> None:
    """What begins must be over at once or in a time that is a choice."""
    times = {a.name.replace("_", " ") for a in fields(Choices) if a.name.endswith("time")}

    assert ("within", True) == (within.kind, within.bound in {"at once", *times})


@pytest.mark.parametrize("within", [p for p in WITHIN if isinstance(p, Within)], ids=lambda p: p.name)
def test_what_is_not_due_at_once_needs_times(within: Within) -> None:
    """A deadline is asked of a recording without times if it is due at once, and else not."""
    assert ("at once" == within.bound) is ("time" not in within.needs)


def test_promises_read_lines_of_the_contract() -> None:
    """Promises and witnesses speak of lines and fields that the contract has."""
    for always in (p for p in ALWAYS if isinstance(p, Always)):
        assert always.reads <= set(LINES)
        assert (always.breaks is None) == (not always.reads)
        assert always.breaks or always.fails
    for pattern in (pattern for one in SOMETIMES for pattern in (*one.path, *one.never)):
        contract = LINES[pattern.event]
        assert {name for name, _ in pattern.fields} <= {*contract.required, *contract.optional}
