"""Other roads to the screen in the answers: audit, explain, diff, check and the assertions say which need no yes of the user."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rasim.cli.main import rasim
from rasim.testing import assert_never_connected_unannounced

TS = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
OFF = '"fAllowUnsolicited"=dword:00000000\n"fAllowToGetHelp"=dword:00000000\n'

Asked = Callable[..., Result]


@pytest.fixture
def policy(tmp_path: Path) -> Callable[[str], str]:
    """Return a function that writes a .reg in which offers are off, with more lines, and returns its path."""

    def write(more: str = "") -> str:
        path = tmp_path / f"p{len(list(tmp_path.iterdir()))}.reg"
        path.write_text(f"Windows Registry Editor Version 5.00\n\n[{TS}]\n{OFF}{more}", "utf-8")
        return str(path)

    return write


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rasim, arguments, catch_exceptions=False)


def answer(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--format", "json").stdout)


SHADOW = {"road": "session shadowing", "open": "yes", "asks the user": "no", "who": ["the computer's administrators"]}


def road(roads: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(each for each in roads if each["road"] == name)


@pytest.mark.parametrize(("number", "gives"), [(2, "control"), (4, "view")])
def test_an_unasked_road_is_high(policy: Callable[[str], str], number: int, gives: str) -> None:
    """Offers are off and a session may be shadowed without asking: a finding that is high, and the first line names the road."""
    path = policy(f'"Shadow"=dword:0000000{number}\n')
    report = answer("audit", path)

    assert 1 == run("audit", path).exit_code
    assert "session shadowing asks nobody" in run("audit", path).stdout.splitlines()[0]
    assert [("RA060", "high")] == [(f["rule"], f["severity"]) for f in report["findings"]]
    found = road(report["files"][0]["roads"], "session shadowing")
    assert {**SHADOW, "gives": gives} == {name: found[name] for name in (*SHADOW, "gives")}


def test_every_road_is_told_in_one_order(policy: Callable[[str], str]) -> None:
    """Whatever a file states, audit and explain tell every road, in the same order."""
    path = policy("")
    audited = answer("audit", path)["files"][0]["roads"]

    assert audited == answer("explain", path, "--expert", "CORP\\anna")["roads"]
    assert ["offer", "invitation", "session shadowing", "remote desktop"] == [each["road"] for each in audited][:4]
    assert ["no", "no", *["not stated"] * 8] == [each["open"] for each in audited]


def test_a_road_that_may_ask_nobody_is_medium(policy: Callable[[str], str]) -> None:
    """Where it cannot be told whether a road asks, that is a finding that is medium, and the first line says so."""
    path = policy('"fDenyTSConnections"=dword:00000000\n')

    assert ["RA061"] == [finding["rule"] for finding in answer("audit", path)["findings"]]
    assert "remote desktop may ask nobody" in run("audit", path).stdout.splitlines()[0]


def test_elevation_is_a_finding_of_its_own(policy: Callable[[str], str]) -> None:
    """Who sees questions for elevation is a finding, and no way in."""
    key = r"HKEY_LOCAL_MACHINE\Software\Microsoft\Windows\CurrentVersion\Policies\System"
    path = policy(f'\n[{key}]\n"EnableUIADesktopToggle"=dword:00000001\n')

    assert ["RA062"] == [finding["rule"] for finding in answer("audit", path)["findings"]]
    assert "asks nobody" not in run("audit", path).stdout.splitlines()[0]


def test_explain_and_check_name_it_first(policy: Callable[[str], str]) -> None:
    """The first lines of explain and of check under a policy name the road that asks nobody: their own subject is offers."""
    path = policy('"Shadow"=dword:00000002\n')

    assert "session shadowing asks nobody" in " ".join(
        run("explain", path, "--expert", "CORP\\anna").stdout.split()[:25]
    )
    assert "session shadowing asks nobody" in " ".join(run("check", path).stdout.split()[:25])


@pytest.mark.parametrize(
    ("before", "after", "verdict", "newly", "no_longer"),
    [
        ("", "2", "looser", [("control without asking", True)], []),
        ("0", "1", "looser", [("control", True)], []),
        ("1", "2", "looser", [("control without asking", True)], []),
        ("3", "1", "looser", [("control", True)], []),
        ("2", "1", "stricter", [], [("control without asking", True)]),
        ("2", "3", "stricter", [], [("control without asking", True)]),
        ("2", "", "stricter", [], [("control without asking", False)]),
        ("4", "1", "incomparable", [("control", True)], [("view without asking", True)]),
        ("0", "7", "looser", [("control without asking", False)], []),
        ("2", "2", "equal", [], []),
        ("7", "7", "equal", [], []),
        ("0", "", "equal", [], []),
    ],
)
def test_a_road_is_compared(
    policy: Callable[[str], str],
    before: str,
    after: str,
    verdict: str,
    newly: list[tuple[str, bool]],
    no_longer: list[tuple[str, bool]],
) -> None:
    """What a road newly gives is looser, what it no longer gives is stricter, and what is no longer stated is not certain."""
    sides = [policy(f'"Shadow"=dword:0000000{number}\n' if number else "") for number in (before, after)]
    compared = answer("diff", *sides)
    ways = [
        [(each["capability"], each["certain"]) for each in compared[name]]
        for name in ("newly_possible", "no_longer_possible")
    ]

    assert (verdict, [newly, no_longer]) == (compared["verdict"], ways)
    assert all(
        (each["road"], each["scenario"], each["expert"]) == ("session shadowing", None, None)
        for name in ("newly_possible", "no_longer_possible")
        for each in compared[name]
    )


def test_the_text_of_a_difference_names_the_road(policy: Callable[[str], str]) -> None:
    """A difference by another road says by which, for whom, and that no scenario plays it."""
    told = " ".join(run("diff", policy(""), policy('"Shadow"=dword:00000002\n')).stdout.split())

    assert "control without asking by session shadowing" in told
    assert "the computer's administrators" in told
    assert "no scenario: another road than offers" in told


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('"Shadow"=dword:00000002\n', "session shadowing asks nobody and gives control"),
        ('"fDenyTSConnections"=dword:00000000\n', "remote desktop may ask nobody"),
    ],
)
def test_the_assertion_names_the_road(policy: Callable[[str], str], line: str, says: str) -> None:
    """That nobody is connected unannounced is not so under a policy with a road that asks nobody, or may."""
    with pytest.raises(AssertionError, match=says):
        assert_never_connected_unannounced(policy(line))


def test_the_assertion_passes_where_every_road_is_closed_or_asks(policy: Callable[[str], str]) -> None:
    """A policy whose roads are closed, ask the user or are not stated passes."""
    assert_never_connected_unannounced(policy('"Shadow"=dword:00000001\n"fDenyTSConnections"=dword:00000001\n'))


def test_several_roads_are_said_in_one_sentence(policy: Callable[[str], str]) -> None:
    """Several roads that ask nobody are named together in the first line."""
    meeting = r"[HKEY_LOCAL_MACHINE\Software\Policies\Microsoft\Conferencing]"
    path = policy(f'"Shadow"=dword:00000002\n\n{meeting}\n"NoRDS"=dword:00000000\n')

    said = " ".join(run("audit", path).stdout.split()[:25])
    assert "session shadowing and NetMeeting desktop sharing ask nobody" in said


LGPO = "Computer\nSoftware\\Policies\\Microsoft\\Windows NT\\Terminal Services\n"


def test_text_and_json_say_the_same_where_a_part_is_unclear(tmp_path: Path) -> None:
    """Where an instruction was not carried out a road that the file closes is *cannot tell* in text, in JSON and in diff."""
    closed, strange = tmp_path / "closed.txt", tmp_path / "strange.txt"
    closed.write_text(f"{LGPO}Shadow\nDWORD:0\n", "utf-8")
    strange.write_text(f"{LGPO}Shadow\nDWORD:0\n\n{LGPO}**xyz\nSZ:a\n", "utf-8")
    text = " ".join(run("audit", str(strange)).stdout.split())

    assert "cannot tell" == road(answer("audit", str(strange))["files"][0]["roads"], "session shadowing")["open"]
    assert "session shadowing no" not in text
    newly = [each for each in answer("diff", str(closed), str(strange))["newly_possible"] if each["road"] != "offer"]
    assert ("session shadowing", False) in [(each["road"], each["certain"]) for each in newly]
    assert "by session shadowing for whomever it lets in" in " ".join(
        run("diff", str(closed), str(strange), "--all").stdout.split()
    )
