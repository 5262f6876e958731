"""Other roads to the screen in GPMC's reports: the words of the editor, in both halves."""

import pytest
from reports import drop_down, extension, policy_node, report, results

from rasim.formats import read
from rasim.policy import RoadState, read_policy
from rasim.policy.roads import ROADS

SHADOWING = "Set rules for remote control of Remote Desktop Services user sessions"
CONNECT = "Allow users to connect remotely by using Remote Desktop Services"
UNASKED = "Full Control without user's permission"
NOBODY = "<User><Enabled>true</Enabled></User>"  # fmt: skip


def roads(data: bytes) -> tuple[RoadState, ...]:
    return read_policy(read(data, "x.xml").registry).roads[:2]


def shadowing(name: str, state: str, choice: str = "") -> str:
    return policy_node(name, state, drop_down(choice) if choice else "")


def in_user(inside: str, enabled: str = "true") -> bytes:
    """Return a report whose computer's half says nothing and whose user's half says this."""
    half = f"<User><Enabled>{enabled}</Enabled>{extension(inside)}</User>"
    return report("").decode("utf-16").replace(NOBODY, half).encode("utf-16")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("No remote control allowed", ("no", None, "nothing")),
        ("Full Control with user's permission", ("yes", "yes", "control")),
        (UNASKED, ("yes", "no", "control")),
        ("View Session with user's permission", ("yes", "yes", "view")),
        ("View Session without user's permission", ("yes", "no", "view")),
        ("Voir la session", ("cannot tell", "cannot tell", "cannot tell")),
        ("", ("not stated", None, "cannot tell")),
    ],
)
def test_the_choice_of_shadowing(choice: str, expected: tuple[str, str | None, str]) -> None:
    """Each choice of the policy means its number; one in words that are not known cannot be told."""
    road = roads(report(shadowing(SHADOWING, "Enabled", choice)))[0]

    assert expected == (road.open, road.asks, road.gives)


@pytest.mark.parametrize("name", [SHADOWING, "Sets rules for remote control of Terminal Services user sessions"])
def test_shadowing_that_is_disabled_asks(name: str) -> None:
    """The policy's own text says that disabled leaves control with the user's consent."""
    road = roads(report(shadowing(name, "Disabled")))[0]

    assert ("yes", "yes", "control") == (road.open, road.asks, road.gives)


@pytest.mark.parametrize(("state", "opened"), [("Enabled", "yes"), ("Disabled", "no"), ("Odd", "cannot tell")])
def test_remote_desktop(state: str, opened: str) -> None:
    """That users may connect remotely is written as the contrary of what denies it."""
    assert opened == roads(report(policy_node(CONNECT, state)))[1].open


def test_the_users_half_decides() -> None:
    """Shadowing that the user's half of a report states counts where the computer's says nothing."""
    road = roads(in_user(shadowing(SHADOWING, "Enabled", UNASKED)))[0]

    assert ("yes", "no", "control") == (road.open, road.asks, road.gives)


def test_the_users_half_may_be_off_or_say_other_things() -> None:
    """A user's half that is switched off states nothing, and of other policies there nothing is read."""
    off = in_user(shadowing(SHADOWING, "Enabled", UNASKED), "false")
    other = in_user(policy_node(CONNECT, "Enabled"))

    assert ["not stated"] * 4 == [road.open for data in (off, other) for road in roads(data)]


def test_a_report_without_results_for_the_computer() -> None:
    """Where a resulting set has no results for the computer, roads cannot be told."""
    assert {"cannot tell"} == {road.open for road in roads(results("", computer=False))}


def test_a_foreign_report_cannot_tell() -> None:
    """A report in words that are not known may state a road: it cannot be told, and is not *not stated*."""
    help_ = "Mit dieser Einstellung legen Sie fest, ob Unterstützung angeboten werden darf und wer sie anbietet."
    data = report(policy_node("Fernsteuerung von Sitzungen", "Enabled", help_=help_))

    assert ["cannot tell"] * 2 == [road.open for road in roads(data)]
    assert 8 == len(ROADS)
