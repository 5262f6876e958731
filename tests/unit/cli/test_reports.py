"""`--format` and `--report` of the audit: files written whole, mistakes named, exit codes never moved."""

import json
import os
import sys
from itertools import product
from pathlib import Path

import click
import junitparser
import pytest
from click.testing import CliRunner, Result

from rasim.cli.audit import audit
from rasim.cli.judge import judge
from rasim.cli.options import report_files
from rasim.cli.options.report_files import FORMATS
from rasim.cli.run import run as play
from rasim.errors import UsageError
from rasim.formats import registry_pol
from rasim.policy import Policy, policy_to_entries

ENABLED = registry_pol.render(policy_to_entries(Policy.of(offer="enabled", mode="control", helpers=["Everyone"])))
DISABLED = registry_pol.render(policy_to_entries(Policy.of(offer="disabled", solicited="disabled")))
UNCLEAR = registry_pol.render(policy_to_entries(Policy.of(offer="unknown")))
FILES = {"good.pol": DISABLED, "loose.pol": ENABLED, "unclear.pol": UNCLEAR, "bad.pol": b"PReg"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(audit, args, catch_exceptions=False)


@pytest.mark.parametrize(("file", "code"), [("good.pol", 0), ("loose.pol", 1), ("unclear.pol", 3), ("bad.pol", 2)])
def test_no_output_moves_an_exit_code(here: Path, file: str, code: int) -> None:
    """Whatever format is printed and whatever reports are written, the exit code stays."""
    assert here
    for form, report in product(FORMATS, ("junit=j.xml,sarif=s.json", "markdown=m.md", None)):
        asked = () if report is None else ("--report", report)

        assert code == run(file, "--format", form, *asked).exit_code


def test_several_reports_at_once(here: Path) -> None:
    """Several reports are written beside the answer, each in its own form, and nothing is left beside them."""
    said = run(
        "loose.pol", "--report", "junit=j.xml,sarif=s.json", "--report", "markdown=m.md,json=a.json,html=h.html,github"
    )

    assert said.stdout.split("\n")[0] == "offers are enabled for Everyone; helpers may control; 2 findings (1 high, 1"
    assert "::error file=loose.pol" in said.stdout
    assert (here / "j.xml").read_text().startswith("<?xml")
    assert "2.1.0" == json.loads((here / "s.json").read_text())["version"]
    assert json.loads((here / "a.json").read_text())["findings"]
    assert (here / "h.html").read_text().startswith("<!DOCTYPE html>")
    assert {"j.xml", "s.json", "m.md", "a.json", "h.html", *FILES} == {path.name for path in here.iterdir()}


def refused(*args: str) -> str:
    with pytest.raises(UsageError) as caught:
        run(*args)
    return str(caught.value)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("sarf=x", "did you mean `sarif`?"),
        ("nonsense", "known: text, json"),
        ("junit", "needs a file"),
        ("junit=", "names no file"),
        ("html", "needs a file"),
        ("junit=x,nope=y", "known: text"),
        ("sarif=good.pol", "would overwrite"),
        ("sarif=./good.pol", "would overwrite"),
        ("sarif=x,junit=x", "would overwrite"),
    ],
)
def test_what_is_no_report(here: Path, asked: str, words: str) -> None:
    """A kind that is none, a file that is missing or would be overwritten is named, and nothing is written."""
    assert words in refused("good.pol", "--report", asked)
    assert FILES.keys() == {path.name for path in here.iterdir()}


@pytest.mark.parametrize("command", [play, judge])
def test_a_command_refuses_kinds_that_it_has_not(here: Path, command: click.Command) -> None:
    """A command without a kind of report refuses it by name, with those it has, and writes nothing."""
    (here / "x.yaml").write_text("rasim: 1\n")

    with pytest.raises(UsageError, match="no report is called 'sarif'; known: junit, text, json, markdown, html"):
        CliRunner().invoke(command, ["x.yaml", "--report", "sarif=x"], catch_exceptions=False)
    assert {"x.yaml", *FILES} == {path.name for path in here.iterdir()}


def test_annotations_would_spoil_json(here: Path) -> None:
    """Annotations on standard output are refused beside a format for machines, and fine with a file of their own."""
    assert "would spoil" in refused("good.pol", "--format", "json", "--report", "github")
    assert 1 == run("loose.pol", "--format", "json", "--report", "github=g.txt").exit_code
    assert (here / "g.txt").read_text().startswith("::")


def test_a_policy_met_in_a_folder_is_not_written_over(here: Path) -> None:
    """A report never overwrites a policy that a folder held, and does overwrite the report of last time."""
    (here / "sub").mkdir()
    (here / "good.pol").rename(here / "sub" / "good.pol")
    for _ in range(2):
        assert 0 == run("sub", "--report", "sarif=sub/s.json").exit_code

    assert "would overwrite a file that was read" in refused("sub", "--report", "sarif=sub/good.pol")
    assert DISABLED == (here / "sub" / "good.pol").read_bytes()


def test_a_report_that_cannot_be_written(here: Path) -> None:
    """A report that cannot be written is an error of usage, before anything is read."""
    assert here
    assert "cannot be written" in refused("good.pol", "--report", "sarif=missing/x.json")


def test_scenarios_as_junit(here: Path) -> None:
    """`run` writes JUnit too: a suite for each file, failed and unreadable ones told apart, the exit code as ever."""
    good = "rasim: 1\nscenario: x\npolicy: {offer: disabled}\npeople:\n  a: {account: 'C\\a'}\n  b: {account: 'C\\b', uses: s1}\nsteps:\n"
    (here / "good.yaml").write_text(good + "- expect: {a: nothing}\n")
    (here / "fails.yaml").write_text(good + "- expect: {a: control}\n")
    (here / "bad.yaml").write_text("rasim: 1\n")
    said = CliRunner().invoke(
        play, [".", "--report", "junit=j.xml,json=a.json", "--seeds", "2"], catch_exceptions=False
    )
    xml = junitparser.JUnitXml.fromfile(str(here / "j.xml"))

    assert (2, 3, 2, 1) == (said.exit_code, len(list(xml)), xml.failures, xml.errors)
    assert {"passed": 2, "failed": 2, "error": 1} == json.loads((here / "a.json").read_text())["summary"]


@pytest.mark.skipif(os.name != "posix", reason="devices are files on POSIX only")
def test_a_device_stays_one(here: Path) -> None:
    """A report to a device is written into it, and nothing takes its place."""
    (here / "null").symlink_to(os.devnull)
    run("good.pol", "--report", "json=null")

    assert (here / "null").is_char_device()


@pytest.mark.parametrize(
    ("environment", "in_a_pipe", "on_a_terminal"),
    [
        ({}, False, True),
        ({"NO_COLOR": ""}, False, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"CLICOLOR": "0"}, False, False),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"CLICOLOR_FORCE": "1"}, True, True),
        ({"CLICOLOR_FORCE": "0"}, False, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ({"FORCE_COLOR": "1", "CLICOLOR": "0"}, True, True),
    ],
)
def test_colours_are_where_somebody_wants_them(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], in_a_pipe: bool, on_a_terminal: bool
) -> None:
    """On a terminal there are colours, elsewhere none; NO_COLOR takes them away whatever forces them, and a dumb terminal has none."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    found = []
    for terminal in (False, True):
        monkeypatch.setattr(sys.stdout, "isatty", lambda terminal=terminal: terminal)
        found.append(report_files._coloured())

    assert [in_a_pipe, on_a_terminal] == found


def test_no_file_that_is_written_has_colours(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where colours are forced text that is printed has them, and no report of it that is written, nor JSON."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    printed = CliRunner().invoke(audit, ["good.pol", "--report", "text=t.txt"], color=True)
    as_json = CliRunner().invoke(audit, ["good.pol", "--format", "json"], color=True)

    assert "\x1b[" in printed.stdout
    assert "\x1b" not in (here / "t.txt").read_text("utf-8") + as_json.stdout
