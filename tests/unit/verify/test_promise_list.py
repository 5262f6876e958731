"""The list of promises: each with a name, a sentence, what it covers, and a witness that keeps it from being empty."""

import pytest

from rasim.protocol import LINES, Choices
from rasim.verify import ALWAYS, PROMISES, SOMETIMES, promise
from rasim.verify.promises import Always


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


@pytest.mark.parametrize("always", ALWAYS, ids=lambda p: p.name)
def test_every_always_travels_with_a_witness(always: Always) -> None:
    """Each *always* has a sentence, covers something, and names witnesses that exist."""
    assert always.says
    assert always.covers
    assert always.witnesses
    assert set(always.witnesses) <= {one.name for one in SOMETIMES}


@pytest.mark.parametrize("always", ALWAYS, ids=lambda p: p.name)
def test_presumed_choices_are_strict(always: Always) -> None:
    """What a promise presumes is the default of a choice, so that by default everything is promised."""
    assert always.presumes.items() <= Choices().values().items()


def test_promises_read_lines_of_the_contract() -> None:
    """Promises and witnesses speak of lines and fields that the contract has."""
    for always in (p for p in ALWAYS if isinstance(p, Always)):
        assert always.reads <= set(LINES)
    for pattern in (pattern for one in SOMETIMES for pattern in (*one.path, *one.never)):
        contract = LINES[pattern.event]
        assert {name for name, _ in pattern.fields} <= {*contract.required, *contract.optional}
