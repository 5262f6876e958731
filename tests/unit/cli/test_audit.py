import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from reports import nodes, results
from reports import report as gpo_report

from rasim.cli import audit as audit_command
from rasim.formats import registry_pol
from rasim.policy import SYSTEMS, Action, Kind, Policy, RegistryEntry, policy_to_entries
from rasim.policy.settings import HELPERS_KEY, POLICY_KEY

ONE = (1).to_bytes(4, "little")
REG = "Windows Registry Editor Version 5.00\r\n\r\n"


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(audit_command.audit, [str(arg) for arg in args], catch_exceptions=False)


def report(*args: str | Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run("--format", "json", *args).stdout)
    return answer


def offer(*args: str | Path) -> dict[str, Any]:
    policy: dict[str, Any] = report(*args)["files"][0]["policy"]["offer"]
    return policy


def helper(name: str, data: str | None = None) -> RegistryEntry:
    words = name if data is None else data
    return RegistryEntry(HELPERS_KEY, name, Kind.SZ, f"{words}\0".encode("utf-16-le", "surrogatepass"))


def value(name: str, data: bytes = ONE, kind: int = Kind.DWORD, *, key: str = POLICY_KEY) -> RegistryEntry:
    return RegistryEntry(key, name, kind, data)


ENABLED, CONTROL, VIEW = (
    value("fAllowUnsolicited"),
    value("fAllowUnsolicitedFullControl"),
    value("fAllowUnsolicitedFullControl", bytes(4)),
)
WIPE = RegistryEntry(HELPERS_KEY, "", Kind.SZ, " \0".encode("utf-16-le"), action=Action.DELETE_ALL_VALUES)
OFF_AGAIN = RegistryEntry(POLICY_KEY, "fAllowUnsolicited", Kind.SZ, b"", action=Action.DELETE_VALUE)

# Enabled policies made by us, one for each trait: no real file that could be found has offers enabled.
# name -> (entries, state, mode, helpers, settings that are unclear, ids of findings, exit code)
OURS: dict[str, tuple[list[RegistryEntry], str, str | None, list[str], list[str], list[str], int]] = {
    "helpers": (
        [ENABLED, CONTROL, WIPE, helper(r"CORP\Helpdesk"), helper(r"CORP\anna")],
        *("enabled", "control", [r"CORP\Helpdesk", r"CORP\anna"], [], ["RA001"], 0),
    ),
    "view only": ([ENABLED, VIEW, helper(r"CORP\a")], "enabled", "view", [r"CORP\a"], [], ["RA002"], 0),
    "empty list": ([ENABLED, VIEW, WIPE], "enabled", "view", [], [], ["RA002", "RA003"], 0),
    "absent mode": (
        [ENABLED, helper(r"CORP\a")],
        *("enabled", None, [r"CORP\a"], ["fAllowUnsolicitedFullControl"], ["RA007", "RA002"], 3),
    ),
    "text 1": (
        [value("fAllowUnsolicited", "1\0".encode("utf-16-le"), Kind.SZ), VIEW, helper(r"CORP\a")],
        *("unknown", "view", [r"CORP\a"], ["fAllowUnsolicited"], ["RA008"], 3),
    ),
    "name unlike data": (
        [ENABLED, VIEW, helper(r"CORP\a", r"CORP\b")],
        *("enabled", "view", [r"CORP\a"], ["RAUnsolicit"], ["RA006", "RA002"], 3),
    ),
    "list wiped after": ([ENABLED, VIEW, helper(r"CORP\a"), WIPE], "enabled", "view", [], [], ["RA002", "RA003"], 0),
    "case": (
        [
            value("FALLOWUNSOLICITED", key=POLICY_KEY.upper()),
            value("fallowunsolicitedfullcontrol", key=POLICY_KEY.lower()),
            RegistryEntry(HELPERS_KEY.upper(), r"CORP\a", Kind.SZ, b""),
        ],
        *("enabled", "control", [r"CORP\a"], [], ["RA001"], 0),
    ),
    "deleted again": ([ENABLED, VIEW, OFF_AGAIN], "not configured", "view", [], [], ["RA009"], 0),
    "everybody": (
        [ENABLED, VIEW, helper("Everyone"), helper(r"CORP\Domain Users")],
        *("enabled", "view", ["Everyone", r"CORP\Domain Users"], [], ["RA004", "RA004", "RA002"], 1),
    ),
    "wrong forms": (
        [ENABLED, VIEW, helper("anna"), helper("a@b"), helper("*"), helper("CORP\\\ud800")],
        *("enabled", "view", ["anna", "a@b", "*", r"CORP\<U+D800>"], [], ["RA004"] + ["RA005"] * 3 + ["RA002"], 1),
    ),
}


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    for name, (entries, *_) in OURS.items():
        (tmp_path / f"{name}.pol").write_bytes(registry_pol.render(entries))
    return tmp_path


@pytest.mark.parametrize("name", OURS)
def test_what_our_enabled_files_mean(ours: Path, name: str) -> None:
    """A file made by us with one trait has its state, mode, helpers, doubts, findings and exit code."""
    path = ours / f"{name}.pol"
    answer = report(path)
    read = answer["files"][0]["policy"]["offer"]

    assert OURS[name][1:] == (
        read["state"],
        read["mode"],
        read["helpers"],
        [doubt["setting"] for doubt in read["unclear"]],
        [finding["rule"] for finding in answer["findings"]],
        run(path).exit_code,
    )


@pytest.mark.parametrize("name", [name for name, made in OURS.items() if made[4]])
def test_both_readings_are_shown(ours: Path, name: str) -> None:
    """What is unclear is shown with its place and both readings, in text and in JSON."""
    path = ours / f"{name}.pol"
    doubt = offer(path)["unclear"][0]
    text = run(path).stdout

    assert 2 == len(doubt["readings"])
    assert all(words in text for words in (*doubt["readings"], doubt["where"], "UNCLEAR"))


def test_the_json_contract(ours: Path) -> None:
    """The JSON has the keys of the contract, at least."""
    answer = report(ours / "helpers.pol")
    (file,) = answer["files"]

    assert {"files", "findings", "complete"} <= set(answer)
    assert {"path", "format", "entries", "error", "policy", "firewall"} <= set(file)
    assert {"offer", "solicited", "logging", "local"} <= set(file["policy"])
    assert {"rule", "severity", "message", "file", "where"} <= set(answer["findings"][0])
    assert (("Registry.pol", 5, None, set(SYSTEMS)), True) == (
        (file["format"], file["entries"], file["error"], set(file["firewall"])),
        answer["complete"],
    )
    assert ({"state": "not configured", "mode": None}, "not configured", {"solicited": "absent"}) == (
        file["policy"]["solicited"],
        file["policy"]["logging"],
        file["policy"]["local"],
    )


def test_every_value_has_its_place(ours: Path) -> None:
    """Each setting that stands in the file is told with the offset where it stands."""
    path = ours / "helpers.pol"
    stated = report(path)["files"][0]["policy"]["stated"]

    assert {
        ("fAllowUnsolicited", "REG_DWORD 1", str(path), "offset 8"),
        ("fAllowUnsolicitedFullControl", "REG_DWORD 1", str(path), "offset 182"),
    } <= {(each["setting"], each["says"], each["file"], each["where"]) for each in stated}


@pytest.mark.parametrize(("level", "code"), [("low", 1), ("medium", 1), ("high", 0)])
def test_fail_on(ours: Path, level: str, code: int) -> None:
    """A medium finding fails the run at its own level and below."""
    assert code == run("--fail-on", level, ours / "helpers.pol").exit_code


def test_a_finding_outweighs_a_doubt(ours: Path) -> None:
    """With a finding that fails and something unclear, the exit code is that of the finding."""
    assert 1 == run("--fail-on", "medium", ours / "absent mode.pol").exit_code


def test_limits_are_always_printed(ours: Path) -> None:
    """Every report says what it cannot know, the firewall first of all; its first screen says how much that is."""
    text = " ".join(run("--all", ours / "helpers.pol").stdout.split())

    assert all(
        words in text for words in ("the computer's own exceptions", "local Administrators", "restricted groups")
    )
    assert "5 of 11 things that this does not tell: rasim show limits audit" in run(ours / "helpers.pol").stdout


@pytest.mark.parametrize(
    ("content", "message", "offset"),
    [
        (b"", "the file is empty", 0),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer, not a policy file", 0),
        (b"PReg\1\0\0\0[\0", "the file ends inside a key", 10),
    ],
)
def test_a_bad_file_among_good_ones(ours: Path, content: bytes, message: str, offset: int) -> None:
    """A file that cannot be read is named with its error; the others are still reported, and the exit code is 2."""
    (ours / "bad.pol").write_bytes(content)
    answer = report(ours / "bad.pol", ours / "helpers.pol")
    bad, good = answer["files"]

    assert (None, None, False) == (bad["policy"], bad["format"], answer["complete"])
    assert (True, offset) == (message in bad["error"]["message"], bad["error"]["offset"])
    assert "enabled" == good["policy"]["offer"]["state"]
    assert 2 == run(ours / "bad.pol", ours / "everybody.pol").exit_code


def test_a_bad_line_is_named_by_number(tmp_path: Path) -> None:
    """The error of a .reg has line and column."""
    (tmp_path / "bad.reg").write_text(REG + "nonsense\n", newline="")
    error = report(tmp_path / "bad.reg")["files"][0]["error"]

    assert (3, 1) == (error["line"], error["column"])


def test_what_is_not_there(tmp_path: Path) -> None:
    """A file that is missing is refused by name, exit 2, without a stack trace."""
    result = run(tmp_path / "missing.pol")

    assert (2, True, False) == (
        result.exit_code,
        "there is no such file" in result.stderr,
        "Traceback" in result.stderr,
    )


def test_nothing_given() -> None:
    """Without a file the command is used wrongly: exit 2."""
    assert 2 == run().exit_code


def test_errors_go_to_stderr(ours: Path) -> None:
    """Standard output is JSON alone, also when a file could not be read."""
    result = run("--format", "json", ours / "helpers.pol", ours / "missing.pol")

    assert (False, True) == (json.loads(result.stdout)["complete"], "missing.pol" in result.stderr)


@pytest.mark.parametrize(
    ("order", "state", "helpers"),
    [
        (("helpers.pol", "empty list.pol"), "enabled", []),
        (("empty list.pol", "helpers.pol"), "enabled", [r"CORP\Helpdesk", r"CORP\anna"]),
        (("helpers.pol", "case.pol"), "enabled", [r"CORP\Helpdesk", r"CORP\anna", r"CORP\a"]),
    ],
)
def test_as_one(ours: Path, order: tuple[str, str], state: str, helpers: list[str]) -> None:
    """Merged files are one result: a list that is wiped first replaces, one that is not adds (R29)."""
    answer = report("--as-one", *(ours / name for name in order))
    (merged,) = answer["files"]

    assert (state, helpers) == (merged["policy"]["offer"]["state"], merged["policy"]["offer"]["helpers"])


def test_as_one_fills_gaps(ours: Path) -> None:
    """A mode that one file leaves out and another states is not unclear when they are merged."""
    assert [] == offer("--as-one", ours / "view only.pol", ours / "absent mode.pol")["unclear"]


def test_as_one_names_the_file_of_each_value(ours: Path) -> None:
    """In a merged result each value is told with the file it comes from."""
    paths = ours / "view only.pol", ours / "absent mode.pol"
    stated = report("--as-one", *paths)["files"][0]["policy"]["stated"]

    assert {"fAllowUnsolicited": str(paths[1]), "fAllowUnsolicitedFullControl": str(paths[0])}.items() <= {
        each["setting"]: each["file"] for each in stated
    }.items()


def test_as_one_with_a_missing_file(ours: Path) -> None:
    """A merged result without one of its files is incomplete, unclear and exit 2."""
    paths = ours / "helpers.pol", ours / "missing.pol"
    merged, missing = report("--as-one", *paths)["files"]

    assert ([str(paths[1])], "there is no such file") == (
        [doubt["setting"] for doubt in merged["policy"]["offer"]["unclear"]],
        missing["error"]["message"],
    )
    assert 2 == run("--as-one", *paths).exit_code


def test_entries_of_a_reg(tmp_path: Path) -> None:
    """The entries of a .reg are the values set and the values and keys deleted."""
    (tmp_path / "x.reg").write_text(
        REG + '[HKEY_LOCAL_MACHINE\\K]\n"a"="x"\n"b"=-\n[HKEY_LOCAL_MACHINE\\L]\n[-HKEY_LOCAL_MACHINE\\M]\n', newline=""
    )
    (file,) = report(tmp_path / "x.reg")["files"]

    assert (".reg", 3) == (file["format"], file["entries"])


def test_values_at_other_places_are_findings(tmp_path: Path) -> None:
    """A local preference, a key without effect and a comment before the header are low findings, not policy."""
    (tmp_path / "x.reg").write_text(
        "; mine\r\n"
        + REG
        + '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Remote Assistance]\n"fAllowToGetHelp"=dword:0\n'
        + '[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server]\n"fAllowToGetHelp"=dword:0\n',
        newline="",
    )
    answer = report(tmp_path / "x.reg")
    policy = answer["files"][0]["policy"]

    assert ("not configured", "not configured", "off") == (
        policy["offer"]["state"],
        policy["solicited"]["state"],
        policy["local"]["solicited"],
    )
    assert [("RA010", "low"), ("RA011", "low"), ("RA013", "low")] == [
        (each["rule"], each["severity"]) for each in answer["findings"]
    ]


def test_solicited_enabled_is_a_finding(tmp_path: Path) -> None:
    """Solicited help with control is a finding of its own, and says nothing about offers."""
    path = tmp_path / "x.pol"
    path.write_bytes(registry_pol.render(policy_to_entries(Policy.of(solicited="enabled", solicited_mode="control"))))
    answer = report(path)

    assert (["RA012"], "not configured") == (
        [each["rule"] for each in answer["findings"]],
        answer["files"][0]["policy"]["offer"]["state"],
    )


def test_text_reads_well(ours: Path) -> None:
    """The text of an enabled policy says state, mode and helpers with their values and offsets."""
    lines = [line.rstrip() for line in run("--all", ours / "helpers.pol").stdout.splitlines()]

    assert r"offers are enabled for CORP\Helpdesk, CORP\anna; helpers may control; 1 finding" == lines[0]
    assert "1 file read; offers: 1 enabled; 1 finding (1 medium)" == lines[2]
    begin = lines.index("  read as       Registry.pol, 5 entries")
    assert [
        "  offer         enabled: helpers may offer help; the user must still accept",
        "                fAllowUnsolicited = REG_DWORD 1 (offset 8)",
        "  mode          control: after accepting, the user may grant control too",
        "                fAllowUnsolicitedFullControl = REG_DWORD 1 (offset 182)",
        r"  helpers       CORP\Helpdesk (offset 562)",
        r"                CORP\anna (offset 776)",
        "  solicited     not configured",
        "  logging       not configured",
        "  local switch  absent",
    ] == lines[begin + 1 : begin + 10]


def test_every_file_of_the_corpus(corpus: Path) -> None:
    """Over all real policy files the one that is none is refused, all others are read, and offers are never enabled."""
    paths = sorted(path for path in corpus.iterdir() if path.suffix.lower() in {".pol", ".reg"})
    answer = report(*paths)

    assert ["lfs-pointer-not-a-pol.pol"] == [Path(each["path"]).name for each in answer["files"] if each["error"]]
    assert {"not configured", "disabled"} == {
        each["policy"]["offer"]["state"] for each in answer["files"] if each["policy"]
    }
    assert 2 == run(*paths).exit_code


def test_other_files_of_the_corpus(corpus: Path) -> None:
    """Reports, LGPO text and PolicyRules are read; templates and lists that lie beside them are refused with a reason."""
    paths = sorted(path for path in corpus.iterdir() if path.suffix.lower() not in {".pol", ".reg"})
    files = {Path(each["path"]).name: each for each in report(*paths)["files"]}
    refused = {name for name, each in files.items() if each["error"]}

    assert refused == {name for name in files if name.endswith((".csv", ".admx", ".adml", ".md"))}
    assert 5 == len(files) - len(refused)


def test_help_does_not_load_the_readers() -> None:
    """Importing the command imports neither readers nor reports, so that help stays fast."""
    code = "import sys, rasim.cli.audit; print(*sorted(name for name in sys.modules if name.startswith('rasim.')))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    options = " ".join(
        f"rasim.cli.options.{name}" for name in ("completed", "groups", "helper_groups", "policy_files", "report_files")
    )
    own = "rasim.cli rasim.cli.advised rasim.cli.audit rasim.cli.complaints rasim.cli.files rasim.cli.menu"
    assert f"{own} rasim.cli.options {options} rasim.errors rasim.words" == answer.stdout.strip()


def test_what_cannot_be_told_is_no_empty_list(tmp_path: Path) -> None:
    """Of a report without the computer's half neither mode nor helpers are told: the list is not called empty."""
    (tmp_path / "x.xml").write_bytes(results("", computer=False))
    said = run("--all", tmp_path / "x.xml")

    assert 3 == said.exit_code
    assert "cannot be told either" in said.stdout
    assert "nobody may offer" not in said.stdout
    assert 1 == said.stdout.count("  UNCLEAR ")
    assert ["RA023"] == [each["rule"] for each in report(tmp_path / "x.xml")["findings"]][:1]


def test_a_half_that_is_off_is_said(tmp_path: Path) -> None:
    """Of a group policy whose computer half is off it is said that nothing applies, not that nothing stands there."""
    (tmp_path / "x.xml").write_bytes(gpo_report(nodes(Policy.of(offer="enabled", mode="view")), enabled="false"))
    said = run(tmp_path / "x.xml").stdout

    assert "its computer half is switched off: nothing of it applies" in said
    assert "is not in this file" not in said


def test_silent_files_are_told_together(tmp_path: Path) -> None:
    """Of several files those that say nothing are listed together; of one alone everything is shown."""
    for name in ("a.pol", "b.pol"):
        (tmp_path / name).write_bytes(registry_pol.render([]))
    (tmp_path / "c.pol").write_bytes(registry_pol.render([ENABLED, VIEW, WIPE]))
    several, alone = run("--all", tmp_path).stdout, run("--all", tmp_path / "a.pol").stdout

    assert "say nothing about Remote Assistance or its firewall\n  " in several
    assert (1, 1) == (several.count("  offer  "), alone.count("  offer  "))


def test_a_folder_is_walked(tmp_path: Path) -> None:
    """A folder's files are read by name, backups as one thing each, links are not followed, the rest is passed over."""
    backup = tmp_path / "{B}" / "DomainSysvol" / "GPO" / "Machine"
    backup.mkdir(parents=True)
    (backup / "registry.pol").write_bytes(registry_pol.render([ENABLED, VIEW, WIPE]))
    (tmp_path / "README.txt").write_text("hello")
    (tmp_path / "bad.pol").write_bytes(b"hello")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "zlink.pol").symlink_to(tmp_path / "bad.pol")
    os.mkfifo(tmp_path / "zpipe.pol")
    answer = report(tmp_path)

    assert ["bad.pol", "{B}"] == [Path(each["path"]).name for each in answer["files"]]
    assert ["GPO folder"] == [each["format"] for each in answer["files"] if each["format"]]
    assert ["README.txt", "loop", "zlink.pol", "zpipe.pol"] == [
        Path(each["path"]).name for each in answer["passed_over"]
    ]
    assert 2 == run(tmp_path).exit_code


def test_an_empty_folder_is_nothing(tmp_path: Path) -> None:
    """A folder without any policy file is not green: exit 4."""
    (tmp_path / "README.txt").write_text("hello")

    assert 4 == run(tmp_path).exit_code


def test_a_linked_part_of_a_policy_refuses_it(tmp_path: Path) -> None:
    """A group policy's folder in which the Registry.pol is a link is refused, not taken for one without settings."""
    machine = tmp_path / "{B}" / "Machine"
    machine.mkdir(parents=True)
    (tmp_path / "elsewhere.pol").write_bytes(registry_pol.render([ENABLED, VIEW, WIPE]))
    (machine / "Registry.pol").symlink_to(tmp_path / "elsewhere.pol")
    (error,) = (each["error"] for each in report(tmp_path / "{B}")["files"])

    assert "a link, which is not followed" in error["message"]


def test_of_a_file_that_is_not_there_nothing_more_is_told(tmp_path: Path) -> None:
    """One line on the other stream says that there is no such file; the answer is nothing, and the exit code 2."""
    answer = run(tmp_path / "nope.pol")

    assert (2, "") == (answer.exit_code, answer.stdout)
    assert answer.stderr.endswith("nope.pol: there is no such file\n")
