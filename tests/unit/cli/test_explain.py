import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rasim.cli.main import rasim
from rasim.errors import InputError, UsageError
from rasim.formats.registry_pol import render
from rasim.policy import NAMED, SYSTEMS, Firewall, Policy, policy_to_entries

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
        ((), "unclear", [["RAUnsolicit"]]),
        (("--not-member-of", "CORP\\Helpdesk"), "deny", [["RAUnsolicit"]]),
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
        ("- a\n", "1:1", "must be a mapping"),
        ("'CORP\\x': CORP\\y\n", "1:11", "the members of CORP\\x must be a list"),
        ("'CORP\\x': [[a]]\n", "1:12", "the members of CORP\\x must be a word"),
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

    assert isinstance(error, InputError)
    assert (f"groups.yaml:{where}" in str(error), message in str(error)) == (True, True)


def test_the_firewall_is_a_verdict_of_its_own(helpdesk: Path) -> None:
    """With a system the firewall is asked too: an offer that is allowed may still be blocked."""
    found = answer(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk", "--os", "windows-xp-sp2")
    text = run(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk", "--os", "windows-xp-sp2", "--all").stdout

    assert ("allow", "gets through", "while in use") == (
        found["decision"],
        found["firewall"]["offer"],
        found["firewall"]["port 3389"],
    )
    assert "The firewall on windows-xp-sp2\n  offer      gets through\n  port 3389  while in use\n" in text
    assert 1 == text.count("What no policy file shows\n")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--expect", "allow"), 3),
        (("--expect", "deny"), 3),
        ((), 3),
        (("--not-member-of", "CORP\\Helpdesk", "--expect", "allow"), 1),
        (("--not-member-of", "CORP\\Helpdesk", "--expect", "deny"), 0),
        (("--member-of", "CORP\\Helpdesk", "--expect", "allow"), 0),
        (("--member-of", "CORP\\Helpdesk", "--expect", "deny"), 1),
    ],
)
def test_the_exit_code_is_what_was_expected(helpdesk: Path, options: tuple[str, ...], code: int) -> None:
    """Denied is an answer like any other, and only another than expected a failure; who is in a group has to be told."""
    assert code == run(helpdesk, "--expert", ANNA, *options).exit_code


def test_what_is_unclear_is_said_with_both_readings(tmp_path: Path) -> None:
    """Where Windows may read it otherwise the answer is unclear, with both readings and exit code 3."""
    path = tmp_path / "everyone.pol"
    path.write_bytes(render(policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=["Everyone"]))))
    result = run(path, "--expert", ANNA)

    assert 3 == result.exit_code
    assert result.stdout.startswith("cannot tell whether CORP\\anna may offer help: as rasim reads it, may not")
    assert ("    rasim    " in result.stdout, "    or else  " in result.stdout) == (True, True)


@pytest.mark.parametrize("options", [("--expert", "anna"), ("--expert", ANNA, "--os", "windows-95")])
def test_names_that_are_none_are_usage_errors(helpdesk: Path, options: tuple[str, ...]) -> None:
    """An expert without a domain and a system that is not known are errors, not answers."""
    assert isinstance(run(helpdesk, *options).exception, UsageError)


def test_a_reason_is_followed_to_the_table(helpdesk: Path) -> None:
    """Each reason names the needs of the table that ask for it, and the rows that need them."""
    found = answer(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk", "--capability", "control")

    assert "R3" == found["because"][0]["rule"]
    assert {("control asked", "control permitted", "C1"), ("control held", "agreed", "C3")} <= {
        (each["thing"], each["need"], row) for each in found["because"][0]["table"] for row in each["rows"]
    }


def test_a_reason_is_followed_to_the_group_policy() -> None:
    """Where several policies speak each reason names the one that decides, and what that overrode."""
    corp = Path(__file__).parents[3] / "docs" / "examples" / "corp"
    found = answer("--links", corp / "links.yaml", corp, "--expert", "CORP\\carol", "--member-of", "CORP\\London IT")
    first = found["because"][0]

    assert ("allow", "London IT") == (found["decision"], first["gpo"])
    assert ["REG_DWORD 0", "REG_DWORD 1"] == [each["says"] for each in first["over"]]


def test_every_way_onto_the_list_is_a_reason(tmp_path: Path) -> None:
    """An account that is listed itself and through groups has a reason for each, and is off the list only without all of them."""
    path = tmp_path / "x.pol"
    policy = Policy.of(offer="enabled", mode="view", helpers=["CORP\\Helpdesk", "CORP\\other", ANNA])
    path.write_bytes(render(policy_to_entries(policy)))
    (tmp_path / "g.yaml").write_text("'CORP\\Helpdesk': ['CORP\\Tier1']\n'CORP\\Tier1': ['CORP\\anna']\n", "utf-8")
    out = ("--not-member-of", "CORP\\other")
    found = answer(path, "--expert", ANNA, "--groups", tmp_path / "g.yaml", *out)
    asked = answer(path, "--expert", ANNA, "--groups", tmp_path / "g.yaml")

    assert [
        "CORP\\anna is a helper as a member of CORP\\Tier1, in CORP\\Helpdesk",
        "CORP\\anna is a helper",
    ] == [each["says"] for each in found["because"] if each["rule"] == "R4"]
    assert "take CORP\\Helpdesk and CORP\\anna off the list" in [each["says"] for each in found["would_change"]]
    assert ["disable offers", "empty the helper list"] == [each["says"] for each in asked["would_change"]]


def test_who_is_in_a_group_is_asked(helpdesk: Path) -> None:
    """Where nobody told who is in a listed group the first line is the question, with the options that answer it and both readings."""
    found, text = answer(helpdesk, "--expert", ANNA), run(helpdesk, "--expert", ANNA).stdout

    assert [{"says": "is CORP\\anna in CORP\\Helpdesk?", "group": "CORP\\Helpdesk"}] == found["asks"]
    assert "cannot tell whether CORP\\anna may offer help: is it in CORP\\Helpdesk?" in " ".join(text.split())
    assert '--not-member-of "CORP\\Helpdesk"' in " ".join(text.split())
    assert [] == answer(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk")["asks"]


@pytest.mark.parametrize(
    "options",
    [
        ("--expert", "'CORP\\anna'"),
        ("--expert", "\u201cCORP\\anna\u201d"),
        ("--expert", ANNA, "--member-of", "'CORP\\Helpdesk'"),
        ("--expert", ANNA, "--not-member-of", "'CORP\\Helpdesk'"),
        ("--expert", ANNA, "--add-helper", "'CORP\\anna'"),
        ("--expert", ANNA, "--domain", "'CORP=corp.example'"),
        ("--expert", ANNA, "--member-of", "CORP\\Tier1", "--not-member-of", "corp\\tier1"),
    ],
)
def test_quotes_that_a_shell_left_and_contradictions_are_refused(helpdesk: Path, options: tuple[str, ...]) -> None:
    """A name that kept its quotation marks, as the Windows command line passes single ones, and a group said both ways are errors."""
    assert isinstance(run(helpdesk, *options).exception, UsageError)


def test_every_change_that_is_named_turns_it(tmp_path: Path) -> None:
    """Tried with its own options each change turns the answer and makes it clear, and no part of it does."""
    path = tmp_path / "x.pol"
    for state, mode, helpers in (
        ("disabled", None, []),
        ("unknown", "view", ["CORP\\other"]),
        ("enabled", None, ["Everyone"]),
        ("enabled", "control", [ANNA, "CORP\\other"]),
    ):
        path.write_bytes(render(policy_to_entries(Policy.of(offer=state, mode=mode, helpers=helpers))))
        asked = (path, "--expert", ANNA, "--capability", "control", "--os", "windows-xp-sp1")
        before = answer(*asked)
        wanted = "deny" if before["decision"] == "allow" else "allow"
        assert before["would_change"], (state, mode)
        for change in before["would_change"]:
            options = change["options"]
            assert (wanted, before["decision"]) == tuple(answer(*asked, *options)[k] for k in ("decision", "as_it_is"))
            for at in range(0, len(options), 2):
                part = [*options[:at], *options[at + 2 :]]
                assert not part or wanted != answer(*asked, *part)["decision"]


def test_exceptions_that_would_let_an_offer_in(tmp_path: Path) -> None:
    """With a system, the smallest sets of exceptions that let offers in are named; each does, tried with its options."""
    path = tmp_path / "x.pol"
    firewall = Firewall.of(ports=[NAMED["135 tcp"]], programs=[NAMED["helpsvc"].replace("Enabled", "Disabled")])
    policy = Policy.of(offer="enabled", mode="view", helpers=[ANNA], firewall=firewall)
    path.write_bytes(render(policy_to_entries(policy)))
    asked = (path, "--expert", ANNA, "--os", "windows-xp-sp2")
    changes = answer(*asked)["firewall"]["would_change"]

    assert [
        "helpsvc: allowed and helpctr: allowed and sessmgr: allowed",
        "helpsvc: allowed and helpctr: allowed and remote desktop: enabled",
    ] == [change["says"] for change in changes]
    assert {"gets through"} == {answer(*asked, *change["options"])["firewall"]["offer"] for change in changes}


def test_without_a_system_all_are_answered(helpdesk: Path) -> None:
    """Without --os systems with the same answer stand together, every system once."""
    found = answer(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk")
    names = [name for each in found["systems"] for name in each["systems"]]

    assert sorted(SYSTEMS) == sorted(names)
    assert ("allow", "gets through", "while in use") == next(
        (each["decision"], each["offer"], each["port 3389"])
        for each in found["systems"]
        if "windows-xp-sp2" in each["systems"]
    )


def test_what_if_says_what_it_was(helpdesk: Path) -> None:
    """What if is said first, with the answer as the policy is; the file is untouched."""
    data = helpdesk.read_bytes()
    text = run(helpdesk, "--expert", ANNA, "--set", "mode=control", "--add-helper", ANNA).stdout

    assert "  what if   mode=control, + CORP\\anna (no file was changed)" == text.split("\n")[2]
    assert "As the policy is: deny. So changed: allow." in text
    assert data == helpdesk.read_bytes()


def test_the_page_of_an_explanation(helpdesk: Path, tmp_path: Path) -> None:
    """The HTML has the answers, each reason with its place, the changes with their options, and how far the expert gets."""
    page = tmp_path / "x.html"
    run(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk", "--report", f"html={page}")
    text = page.read_text("utf-8")

    assert run(helpdesk, "--expert", ANNA, "--member-of", "CORP\\Helpdesk", "--format", "html").stdout == text
    for said in (
        "may not control",
        "offset 182",
        "--set mode=control",
        "<svg",
        "ticket issued",
        "vista and later",
    ):
        assert said in text
    assert "<script" not in text


def test_a_group_that_nothing_names_is_told(tmp_path: Path) -> None:
    """A group of --member-of that neither the policy nor a file names is told on standard error, with the nearest."""
    (tmp_path / "p.pol").write_bytes(
        render(policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=["CORP\\Helpdesk"])))
    )
    asked = ["explain", str(tmp_path / "p.pol"), "--expert", "CORP\\carl", "--member-of"]

    wrong, right = (CliRunner().invoke(rasim, [*asked, f"CORP\\{group}"]) for group in ("Helpdsk", "helpdesk"))

    assert "names this group, so to be in it changes nothing; did you mean `CORP\\Helpdesk`?" in wrong.stderr
    assert "" == right.stderr
