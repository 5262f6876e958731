"""Lines are written by their contract: the fields it lists, in its order, nothing that is required missing."""

import pytest

from rasim.protocol import LINES, Line, Recorded
from rasim.protocol.lines import line_from

KNOWN = {
    "offer": "offer-1",
    "session": "s1",
    "origin": "local",
    "by": r"CORP\bob",
    "prompt": "prompt-1",
    "ticket": "ticket-1",
    "connection": None,
}


def test_a_line_has_the_fields_of_its_contract_only() -> None:
    """Of all that is known a line has what the contract lists for it, required before optional, and no more."""
    assert Line(
        "accepted",
        (("offer", "offer-1"), ("session", "s1"), ("origin", "local"), ("by", r"CORP\bob"), ("prompt", "prompt-1")),
    ) == line_from("accepted", KNOWN)


@pytest.mark.parametrize("name", ["connection_opened", "frame_shown"])
def test_a_missing_required_field_is_an_error(name: str) -> None:
    """A line whose required field is not known is refused, and the error names line and field."""
    with pytest.raises(ValueError, match=f"{name} needs connection"):
        line_from(name, KNOWN)


def test_all_missing_fields_are_named_at_once() -> None:
    """An error about missing fields names all of them."""
    with pytest.raises(ValueError, match="accepted needs offer, session, origin"):
        line_from("accepted", {})


def test_an_unknown_line_is_an_error() -> None:
    """A line that the contract does not have is a KeyError."""
    with pytest.raises(KeyError, match="accepted_tacitly"):
        line_from("accepted_tacitly", KNOWN)


def test_an_absent_field_reads_as_none() -> None:
    """A field that a line does not have reads as None."""
    assert None is line_from("logged_off", KNOWN)["by"]


def test_extra_fields_stand_last() -> None:
    """What a recorder adds for itself stands behind the fields of the contract."""
    assert {"event": "locked", "session": "s1", "x_row": "W9"} == line_from(
        "locked", KNOWN, [("x_row", "W9")]
    ).as_json()


def test_lists_and_members_are_plain_json() -> None:
    """Lists are JSON lists, and the members of groups a JSON object of lists."""
    known = {
        "version": "1",
        "offers": "enabled",
        "helpers": (r"CORP\Helpdesk",),
        "members": ((r"CORP\Helpdesk", (r"CORP\anna", r"CORP\carol")),),
    }

    assert {
        "event": "policy_applied",
        "version": "1",
        "offers": "enabled",
        "helpers": [r"CORP\Helpdesk"],
        "members": {r"CORP\Helpdesk": [r"CORP\anna", r"CORP\carol"]},
    } == line_from("policy_applied", known).as_json()


@pytest.mark.parametrize(("at", "told"), [(None, {}), (0, {"t": 0.0}), (1_000_001, {"t": 1.000001})])
def test_a_recorded_line_has_its_place(at: int | None, told: dict[str, float]) -> None:
    """A recorded line has its number and, where there is a clock, the time in seconds to the microsecond."""
    assert {"seq": 7, **told, "event": "locked", "session": "s1"} == Recorded(
        7, line_from("locked", KNOWN), at
    ).as_json()


def test_the_vocabulary() -> None:
    """The lines are those of the contract, each with its required and optional fields."""
    assert (74, ("offer", "session", "origin"), ("by", "prompt", "reply")) == (
        len(LINES),
        LINES["accepted"].required,
        LINES["accepted"].optional,
    )
    assert ((), ("group", "account")) == (LINES["member_added"].required, LINES["member_added"].optional)
