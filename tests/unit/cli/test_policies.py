"""Files, folders, links and members on the command line of every command that asks about a policy."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from reports import GERMAN, nodes, report

from rasim.cli.main import rasim
from rasim.errors import InputError, PolicyFileError, UsageError
from rasim.formats import registry_pol
from rasim.policy import Policy, policy_to_entries

ON = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\Helpdesk"])
LINKS = "links: 1\ncontainers:\n- {domain: x, gpos: [low.pol]}\n- {ou: y, gpos: [high.pol]}\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two policies, the links of a computer, and the members of a group."""
    monkeypatch.chdir(tmp_path)
    for name, policy in (("low.pol", Policy.of(offer="disabled")), ("high.pol", ON)):
        (tmp_path / name).write_bytes(registry_pol.render(policy_to_entries(policy)))
    (tmp_path / "links.yaml").write_text(LINKS)
    (tmp_path / "m.csv").write_text('SamAccountName,distinguishedName\nanna,"CN=A,DC=corp,DC=example"\n')
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(rasim, args)


def test_links_decide_for_every_command(here: Path) -> None:
    """With links the order on the command line does not matter, for audit, explain and check alike."""
    assert here
    given = ("high.pol", "low.pol", "--links", "links.yaml")
    asked = ("--expert", r"CORP\anna", "--member-of", r"CORP\Helpdesk")

    assert (
        "enabled" == json.loads(run("audit", *given, "--format", "json").stdout)["files"][0]["policy"]["offer"]["state"]
    )
    assert "allow" == json.loads(run("explain", *given, *asked, "--format", "json").stdout)["decision"]
    assert "\n  offers   enabled; " in run("check", *given, "--all").stdout
    assert "deny" == json.loads(run("explain", *given[:2], *asked, "--format", "json").stdout)["decision"]


def test_a_folder_for_every_command(here: Path) -> None:
    """A folder is walked for explain and check as for audit; what is no policy file in it is passed over."""
    (here / "low.pol").unlink()

    out = ("--not-member-of", r"CORP\Helpdesk")
    assert 0 == run("explain", ".", "--expert", r"CORP\anna", "--expect", "deny", *out).exit_code
    assert "\n  helpers  CORP" in run("check", ".", "--all").stdout


def test_members_for_both_commands(here: Path) -> None:
    """An export of members with its group, and the two names of a domain, are taken by audit and explain."""
    assert here
    people = ("--groups", r"CORP\Helpdesk=m.csv", "--domain", "CORP=corp.example")
    answer = json.loads(run("audit", "high.pol", *people, "--format", "json").stdout)

    assert [("group", 1)] == [(each["what"], each["people"]) for each in answer["files"][0]["policy"]["offer"]["who"]]
    assert 0 == run("explain", "high.pol", "--expert", r"CORP\anna", *people, "--expect", "allow").exit_code
    assert 3 == run("explain", "high.pol", "--expert", r"CORP\anna", *people[:2]).exit_code


def test_reports_in_other_words(here: Path) -> None:
    """A report in another language is unclear for explain too, and never a certain no."""
    (here / "german.xml").write_bytes(report(nodes(ON, GERMAN), GERMAN))

    assert 3 == run("explain", "german.xml", "--expert", r"CORP\anna").exit_code


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("--links", "links.yaml", "--at", "x"), UsageError),
        (("--links", "missing.yaml"), InputError),
        (("--links", "m.csv"), InputError),
        (("--adml", "m.csv"), PolicyFileError),
        (("--groups", "missing.csv"), InputError),
        (("--groups", "m.csv"), InputError),
        (("--domain", "corp"), UsageError),
        (("--domain", "corp.example=CORP"), UsageError),
    ],
)
def test_what_is_told_wrong(here: Path, args: tuple[str, ...], error: type[Exception]) -> None:
    """An option that names what cannot be read is an error of its own kind, for audit and explain."""
    assert here
    for command in (("audit",), ("explain", "--expert", r"CORP\anna")):
        assert error is type(run(*command, "high.pol", *args).exception)


def test_an_unreadable_policy_is_no_answer(here: Path) -> None:
    """Explain gives no answer about a policy of which one file cannot be read, in a folder or named."""
    (here / "bad.pol").write_bytes(b"PReg")
    for given in ("bad.pol", "."):
        assert PolicyFileError is type(run("explain", "high.pol", given, "--expert", r"CORP\anna").exception)


def test_a_folder_without_a_policy(here: Path) -> None:
    """A folder in which nothing is a policy file is no policy."""
    empty = here / "empty"
    empty.mkdir()

    assert UsageError is type(run("explain", "empty", "--expert", r"CORP\anna").exception)
