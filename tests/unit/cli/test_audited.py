"""Audits of many files: each content is judged once, perhaps by another process, and nobody can tell from the answer."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from rasim.analysis.audit import Audit, How, audit
from rasim.analysis.findings import Severity
from rasim.cli import audited as module
from rasim.cli.audit import audit as command
from rasim.cli.audited import audited
from rasim.cli.options.policy_files import gather
from rasim.formats import lgpo_text, reg_text, registry_pol
from rasim.interop import github, junit, sarif
from rasim.policy import Firewall, Policy, policy_to_entries
from rasim.report.audit_json import as_json, json_text
from tests import reports

DATA = Path(__file__).parents[2] / "data"
TEMPLATE = '[Unicode]\r\nUnicode=yes\r\n[Version]\r\nsignature="$CHICAGO$"\r\nRevision=1\r\n[Service General Setting]\r\nx,2,""\r\n'
NAMES = ("a", "b c", 'ü"q', "d\u200be")  # the last cannot be printed as it is


def contents() -> dict[str, bytes]:
    """Return one content of each format, and of each fault."""
    policy = Policy.of(
        offer="enabled",
        mode="control",
        helpers=["CORP\\Helpdesk", "Everyone"],
        firewall=Firewall.of(ports=["135:TCP:*:enabled:rpc"]),
    )
    entries = list(policy_to_entries(policy))
    pol = registry_pol.render(entries)
    other = {path.name: path.read_bytes() for path in sorted((DATA / "policies").glob("*.*"))}
    return other | {
        "good.pol": pol,
        "cut.pol": pol[:-3],
        "empty.pol": b"",
        "claims.reg": b"nothing of the kind",
        "good.reg": reg_text.render(entries),
        "good.txt": lgpo_text.render(entries),
        "good.xml": reports.report(reports.nodes(policy)),
        "results.xml": reports.results("", computer=False),
        "template.inf": TEMPLATE.encode("utf-16"),
        "exceptions.lst": b"135:TCP:*:enabled:rpc\r\n",
        "note.txt": b"nothing of the kind",
        "table.csv": b"a,b,c,d\r\n1,2,3,4\r\n",
        "empty.txt": b"",
    }


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Write every content under each name, folders of group policies, a link, and name a file that is not there."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        folder = tmp_path / "fleet" / name
        folder.mkdir(parents=True)
        for ending, data in contents().items():
            (folder / f"pc-{ending}").write_bytes(data)
        policy = folder / "{11111111-2222-3333-4444-555555555555}"
        (policy / "Machine").mkdir(parents=True)
        (policy / "GPT.INI").write_bytes(b"[General]\r\nVersion=1\r\n")
        (policy / "Machine" / "Registry.pol").write_bytes(contents()["good.pol"])
        if hasattr(os, "symlink"):
            (folder / "link.pol").symlink_to("pc-good.pol")
    return "fleet", "fleet/a/pc-note.txt", "fleet/a/pc-cut.pol", "missing.pol", "gone.pol"


@pytest.fixture(params=[1, 2])
def both(
    request: pytest.FixtureRequest, fleet: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> tuple[Audit, Audit]:
    """Judge every file for itself, and each content once: here, and in two processes from the fourth content on."""
    monkeypatch.setattr(module, "_BEFORE", 3)
    monkeypatch.setattr(module, "_AHEAD", 2)
    return audit(gather(fleet)), audited(fleet, How(), request.param)


def test_the_answer_for_programs_is_the_same_byte_for_byte(both: tuple[Audit, Audit]) -> None:
    """JSON, SARIF, JUnit and annotations of contents that were judged once are those of files that were judged one by one."""
    alone, once = both
    assert len(once.files.alike) < 0.6 * len(once.files)
    assert "".join(json_text(once)) == json.dumps(as_json(alone), indent=2) == json.dumps(as_json(once), indent=2)
    assert "".join(sarif.pieces(once)) == sarif.render(alone) == sarif.render(once)
    assert "".join(junit.of_audit(once, Severity.HIGH)) == "".join(junit.of_audit(alone, Severity.HIGH))
    assert github.render(once) == github.render(alone)
    assert once.exit_code(Severity.HIGH) == alone.exit_code(Severity.HIGH)


@pytest.mark.usefixtures("fleet")
def test_an_error_names_its_own_file() -> None:
    """Of files with one fault each is told under its own name."""
    files = [f"fleet/{name}/pc-cut.pol" for name in sorted(NAMES)]
    result = CliRunner().invoke(command, [*files, "fleet/a/pc-cut.pol", "--jobs", "1"])
    told = result.stderr.splitlines()
    assert [line.split(": ")[1] for line in told] == [
        *(f"fleet/{name}/pc-cut.pol" for name in ("a", "b c", "d<U+200B>e", 'ü"q')),
        "fleet/a/pc-cut.pol",
    ]
    assert result.exit_code == 2


def test_files_that_cannot_be_read_do_not_bury_the_answer(tmp_path: Path) -> None:
    """The first five have a line on standard error, the others are counted; the JSON names each, and the exit code is the same."""
    for number in range(8):
        (tmp_path / f"{number}.pol").write_bytes(contents()["cut.pol"])
    result = CliRunner().invoke(command, [str(tmp_path), "--format", "json"])

    *told, last = result.stderr.splitlines()
    assert [f"{number}.pol" in line for number, line in enumerate(told)] == [True] * 5
    assert last == "rasim: and 3 more: --format json has each"
    assert [each["error"] is not None for each in json.loads(result.stdout)["files"]] == [True] * 8
    assert result.exit_code == 2


def test_what_is_merged_is_read_in_order(fleet: tuple[str, ...]) -> None:
    """With --as-one the answer is that of the files one after the other."""
    how = How(as_one=True)
    assert as_json(audited(fleet, how, 2)) == as_json(audit(gather(fleet), how))


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize("asked", [["--at", "corp.example/Clients"], ["--groups", "groups.yaml"]])
def test_how_many_processes_judge_makes_no_difference(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is told who is in which group, or what is linked where, the JSON of two processes is that of one."""
    monkeypatch.setattr(module, "_BEFORE", 3)
    Path("groups.yaml").write_text("{'CORP\\Helpdesk': ['CORP\\anna']}\n", "utf-8")
    one, two = (
        CliRunner().invoke(command, ["fleet/a", "fleet/b c", *asked, "--format", "json", "--jobs", jobs])
        for jobs in ("1", "2")
    )
    assert one.stdout.startswith("{")
    assert (one.stdout, one.exit_code) == (two.stdout, two.exit_code)


def test_a_file_that_changed_meanwhile_is_judged_as_it_was_read(tmp_path: Path) -> None:
    """A file of one name that is met twice with two contents is two answers."""
    path = tmp_path / "one.pol"
    path.write_bytes(contents()["good.pol"])
    first = audited((str(path),), How())
    path.write_bytes(contents()["cut.pol"])
    assert first.complete
    assert not audited((str(path),), How()).complete


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_a_report_is_what_is_printed(fleet: tuple[str, ...], form: str) -> None:
    """A file that is written a piece at a time holds the same bytes as standard output."""
    result = CliRunner().invoke(command, [*fleet, "--jobs", "1", "--format", form, "--report", f"{form}=report"])
    assert Path("report").read_bytes().rstrip() == result.stdout.encode("utf-8", "backslashreplace").rstrip()
