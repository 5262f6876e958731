"""`rasim diff`: verdicts, exit codes, JSON, reports, the files it writes, and what it says to what makes no sense."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rasim.cli.main import rasim
from rasim.errors import PolicyFileError, UsageError
from rasim.formats.registry_pol import render
from rasim.policy import NAMED, Firewall, Policy, policy_to_entries

HELPDESK, CAROL = "CORP\\Helpdesk", "CORP\\carol"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    firewall = Firewall.of(ports=[NAMED["135 tcp"]])
    policies = {
        "view": Policy.of(offer="enabled", mode="view", helpers=[HELPDESK]),
        "control": Policy.of(offer="enabled", mode="control", helpers=[HELPDESK]),
        "more": Policy.of(offer="enabled", mode="view", helpers=[HELPDESK, CAROL]),
        "other": Policy.of(offer="enabled", mode="view", helpers=[CAROL]),
        "unclear": Policy.of(offer="unknown", mode="view", helpers=[HELPDESK]),
        "off": Policy.of(offer="disabled"),
        "ports": Policy.of(offer="disabled", firewall=firewall),
    }
    made = {name: tmp_path / f"{name}.pol" for name in policies}
    for name, path in made.items():
        path.write_bytes(render(policy_to_entries(policies[name])))
    return {name: str(path) for name, path in made.items()}


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(rasim, ["diff", *map(str, args)])


def answer(*args: str | Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(run("--format", "json", *args).stdout)
    return result


@pytest.mark.parametrize(
    ("before", "after", "verdict", "code", "stricter", "equal"),
    [
        ("view", "view", "equal", 0, 0, 0),
        ("view", "control", "looser", 0, 1, 1),
        ("control", "view", "stricter", 0, 0, 1),
        ("view", "other", "incomparable", 3, 3, 3),
        ("off", "unclear", "looser", 3, 3, 3),
        ("unclear", "off", "stricter", 3, 0, 3),
        ("unclear", "unclear", "equal", 0, 0, 0),
    ],
)
def test_verdicts_and_exit_codes(
    files: dict[str, str], before: str, after: str, verdict: str, code: int, stricter: int, equal: int
) -> None:
    """The verdict is an answer; an expectation that is certainly not met is 1, one that hangs on a reading 3."""
    both = (files[before], files[after])

    assert verdict == answer(*both)["verdict"]
    assert (code, stricter, equal) == (
        run(*both).exit_code,
        run(*both, "--expect", "stricter").exit_code,
        run(*both, "--expect", "equal").exit_code,
    )


def test_the_json_contract(files: dict[str, str]) -> None:
    """The JSON has the verdict and for each difference expert, capability, system and a scenario, beside what rasim adds."""
    found = answer(files["view"], files["more"], "--os", "windows-10")
    first = found["newly_possible"][0]

    assert {"verdict", "newly_possible", "no_longer_possible"} <= set(found)
    assert (CAROL, "offer", "windows-10", ["windows-10"]) == tuple(
        first[k] for k in ("expert", "capability", "os", "systems")
    )
    assert ["offer", "view"] == [each["capability"] for each in found["newly_possible"]]
    assert first["scenario"].startswith("# possible under ")


def test_a_scenario_passes_on_one_side_and_fails_on_the_other(files: dict[str, str], tmp_path: Path) -> None:
    """What --write writes is played by `rasim run --policy`: it passes under the policy that allows, and fails under the other."""
    folder = tmp_path / "shown"
    assert 0 == run(files["view"], files["control"], "--write", folder).exit_code
    (written,) = folder.iterdir()
    codes = [
        CliRunner().invoke(rasim, ["run", str(written), "--save", "", *more]).exit_code
        for more in ((), ("--policy", files["control"]), ("--policy", files["view"]))
    ]

    assert "newly-possible-1-control.yaml" == written.name
    assert [0, 0, 1] == codes


def test_what_if_is_compared_with_what_is(files: dict[str, str]) -> None:
    """With --set one file is enough: what it would be is compared with what it is."""
    found = answer(files["view"], "--set", "mode=control", "--add-helper", CAROL)

    assert ("looser", f"{files['view']} with mode=control, + {CAROL}") == (found["verdict"], found["after"])
    assert {(HELPDESK, "control"), (CAROL, "control")} < {
        (e["expert"], e["capability"]) for e in found["newly_possible"]
    }
    assert "stricter" == answer(files["more"], "--remove-helper", CAROL)["verdict"]


def test_groups_are_followed(files: dict[str, str], tmp_path: Path) -> None:
    """Where members are told a difference is about the people, not about the groups."""
    groups = tmp_path / "groups.yaml"
    groups.write_text("'CORP\\Helpdesk': ['CORP\\anna', 'CORP\\carol']\n", "utf-8")
    found = answer(files["more"], files["view"], "--groups", groups)

    assert ("equal", []) == (found["verdict"], found["no_longer_possible"])
    assert ["CORP\\ANNA", "CORP\\CAROL"] == [each.upper() for each in found["experts"][:-1]]


def test_ports_belong_to_nobody(files: dict[str, str]) -> None:
    """An exception that opens port 135 is a difference although offers are disabled on both sides."""
    found = answer(files["off"], files["ports"], "--os", "windows-xp-sp2")
    ports = [each for each in found["newly_possible"] if each["capability"] == "port 135"]

    assert ("incomparable", False) == (found["verdict"], found["certain"])  # nothing stated could also be wide open
    assert (None, False) == (ports[0]["expert"], ports[0]["certain"])
    assert 3 == run(files["off"], files["ports"]).exit_code


def test_people_read_groups(files: dict[str, str]) -> None:
    """Experts for whom the same differs stand in one line, and what is unclear is said before the verdict."""
    more = [f"CORP\\u{number}" for number in range(9)]
    text = run(
        files["off"],
        "--set",
        "offer=enabled",
        "--set",
        "mode=view",
        *(option for each in more for option in ("--add-helper", each)),
    ).stdout
    unclear = " ".join(run(files["off"], files["unclear"]).stdout.split())

    assert text.startswith("looser; newly possible: offer, view for CORP\\u0, CORP\\u1 and 7 more\n")
    assert 1 == text.partition("Newly possible")[2].count("offer, view for ")
    assert "CORP\\u0, CORP\\u1, CORP\\u2, CORP\\u3, CORP\\u4, CORP\\u5 and 3 more" in " ".join(text.split())
    assert unclear.startswith("UNCLEAR, looser in the worst reading, or else equal; perhaps newly possible: ")
    assert " or else " in unclear.partition("Newly possible")[2]


@pytest.mark.parametrize("kind", ["json", "markdown", "html"])
def test_reports_are_the_same_as_the_format(files: dict[str, str], tmp_path: Path, kind: str) -> None:
    """What --report writes is what --format prints."""
    report = tmp_path / "report"
    run(files["view"], files["control"], "--report", f"{kind}={report}")

    assert run(files["view"], files["control"], "--format", kind).stdout == report.read_text("utf-8")


def test_markdown_cannot_be_broken_out_of(files: dict[str, str]) -> None:
    """A name that holds marks of Markdown stands in a code span."""
    said = run(files["view"], "--add-helper", "CORP\\a|b`c", "--format", "markdown").stdout

    assert "`CORP\\a\\|b'c`" in said


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("{view}",), UsageError),
        (("{view}", "{control}", "{more}"), UsageError),
        (("{view}", "nowhere.pol"), PolicyFileError),
        (("{view}", "{control}", "--os", "windows-95"), UsageError),
        (("{view}", "{control}", "--from", "here"), UsageError),
        (("{view}", "--set", "mode"), UsageError),
        (("{view}", "--set", "mode=both"), UsageError),
        (("{view}", "--set", "colour=red"), UsageError),
        (("{view}", "--set", "mode=view", "--set", "mode=control"), UsageError),
        (("{view}", "--remove-helper", "CORP\\nobody"), UsageError),
        (("{view}", "{control}", "--report", "html={view}"), UsageError),
    ],
)
def test_what_makes_no_sense(files: dict[str, str], args: tuple[str, ...], error: type[Exception]) -> None:
    """What cannot be compared is an error with a sentence, and no verdict."""
    result = run(*(each.format(**files) for each in args))

    assert isinstance(result.exception, error), result.output
    assert "" == result.stdout
