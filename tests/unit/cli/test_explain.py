import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rasim.cli.main import rasim
from rasim.errors import ScenarioError, UsageError
from rasim.formats.registry_pol import render
from rasim.policy import NAMED, Firewall, Policy, policy_to_entries

ANNA = "CORP\\anna"


@pytest.fixture
def helpdesk(tmp_path: Path) -> Path:
    firewall = Firewall.of(
        ports=[NAMED["135 tcp"]], programs=[NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")]
    )
    policy = Policy.of(offer="enabled", mode="view", helpers=["CORP\\Helpdesk"], firewall=firewall)
    path = tmp_path / "helpdesk.pol"
    path.write_bytes(render(policy_to_entries(policy)))
    return path


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(rasim, ["explain", *map(str, args)])


def answer(*args: str | Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(run("--format", "json", *args).stdout)
    return result


def test_the_json_contract(helpdesk: Path) -> None:
    """The JSON has the keys of the contract, and each reason its rule, setting, file, place and sentence."""
    found = answer(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk")

    assert {"decision", "capability", "because", "would_change"} <= set(found)
    assert ("allow", "offer") == (found["decision"], found["capability"])
    assert {"rule", "setting", "file", "where", "says"} <= set(found["because"][0])
    assert [("R1", "offset 8"), ("R4", "offset 562")] == [(r["rule"], r["where"]) for r in found["because"]]


def test_every_place_holds_what_it_says(helpdesk: Path) -> None:
    """The offset of each reason is where the record of its setting begins in the file."""
    data = helpdesk.read_bytes()
    found = answer(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk", "--capability", "control")

    for reason in found["because"]:
        at = int(reason["where"].removeprefix("offset "))
        assert reason["setting"].encode("utf-16-le") in data[at : at + 400]


@pytest.mark.parametrize(
    ("options", "decision", "settings"),
    [
        ((), "deny", [["RAUnsolicit"]]),
        (("--capability", "control"), "deny", [["RAUnsolicit", "fAllowUnsolicitedFullControl"]]),
        (
            ("--member-of", "CORP\\Helpdesk", "--capability", "control"),
            "deny",
            [["fAllowUnsolicitedFullControl"]],
        ),
        (("--member-of", "CORP\\Helpdesk"), "allow", [["fAllowUnsolicited"], ["RAUnsolicit"]]),
    ],
)
def test_what_would_turn_it(helpdesk: Path, options: tuple[str, ...], decision: str, settings: list[list[str]]) -> None:
    """The smallest changes that would turn an answer are named, all of them and no larger one."""
    found = answer(helpdesk, "--expert", ANNA, *options)

    assert (decision, settings) == (found["decision"], [change["settings"] for change in found["would_change"]])


def test_groups_are_read_from_a_file(helpdesk: Path, tmp_path: Path) -> None:
    """Who is in which group is told by a file of YAML or JSON, nested groups included."""
    nested = {"CORP\\Helpdesk": ["CORP\\Tier1"], "CORP\\Tier1": [ANNA]}
    (tmp_path / "g.json").write_text(json.dumps(nested), "utf-8")
    (tmp_path / "g.yaml").write_text("'CORP\\Helpdesk': ['CORP\\no', 'CORP\\anna']\n", "utf-8")

    for name in ("g.json", "g.yaml"):
        assert "allow" == answer(helpdesk, "--expert", ANNA, "--groups", tmp_path / name)["decision"]


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("- a\n", "1:1", "groups are written as"),
        ("'CORP\\x': CORP\\y\n", "1:1", "a group and the list of its members"),
        ("'CORP\\x': [[a]]\n", "1:12", "a member is an account"),
        ("'CORP\\x': [\n", "2:1", "not YAML"),
        ("'A\\x': []\n'A\\x': []\n", "2:1", "stands twice"),
    ],
)
def test_groups_in_another_shape_are_refused(
    helpdesk: Path, tmp_path: Path, text: str, where: str, message: str
) -> None:
    """A file of groups that is none is refused with line, column and reason."""
    path = tmp_path / "groups.yaml"
    path.write_text(text, "utf-8")
    error = run(helpdesk, "--expert", ANNA, "--groups", path).exception

    assert isinstance(error, ScenarioError)
    assert (f"groups.yaml:{where}" in str(error), message in str(error)) == (True, True)


def test_the_firewall_is_a_verdict_of_its_own(helpdesk: Path) -> None:
    """With a system the firewall is asked too: an offer that is allowed may still be blocked."""
    found = answer(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk", "--os", "windows-xp-sp2")
    text = run(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk", "--os", "windows-xp-sp2").stdout

    assert ("allow", "gets through", "while in use") == (
        found["decision"],
        found["firewall"]["offer"],
        found["firewall"]["port 3389"],
    )
    assert "the firewall on windows-xp-sp2: offer gets through; port 3389 while in use" in text
    assert 1 == text.count("limits\n")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--expect", "allow"), 1),
        (("--expect", "deny"), 0),
        ((), 0),
        (("--member-of", "CORP\\Helpdesk", "--expect", "allow"), 0),
        (("--member-of", "CORP\\Helpdesk", "--expect", "deny"), 1),
    ],
)
def test_the_exit_code_is_what_was_expected(helpdesk: Path, options: tuple[str, ...], code: int) -> None:
    """Denied is an answer like any other; only an answer other than expected is a failure."""
    assert code == run(helpdesk, "--expert", ANNA, *options).exit_code


def test_what_is_unclear_is_said_with_both_readings(tmp_path: Path) -> None:
    """Where Windows may read it otherwise the answer is unclear, with both readings and exit code 3."""
    path = tmp_path / "everyone.pol"
    path.write_bytes(render(policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=["Everyone"]))))
    result = run(path, "--expert", ANNA)

    assert 3 == result.exit_code
    assert "may not, as rasim reads it," in result.stdout
    assert ("rasim:   " in result.stdout, "or else: " in result.stdout) == (True, True)


@pytest.mark.parametrize("options", [("--expert", "anna"), ("--expert", ANNA, "--os", "windows-95")])
def test_names_that_are_none_are_usage_errors(helpdesk: Path, options: tuple[str, ...]) -> None:
    """An expert without a domain and a system that is not known are errors, not answers."""
    assert isinstance(run(helpdesk, *options).exception, UsageError)
