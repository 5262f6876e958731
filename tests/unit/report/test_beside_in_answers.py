"""What stands beside a policy, and what is not read, in every answer: audit, explain, diff and assertions never comfort by it."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from evidence import GROUPS_XML, OFFER_GROUP, REGISTRY_XML, group, groups_xml, registry_xml, targeted, template, value

from rasim.cli import main as command_line
from rasim.formats import registry_pol
from rasim.policy import Policy, policy_to_entries
from rasim.testing import assert_may_not_offer, assert_never_connected_unannounced

ON = registry_pol.render(policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=[r"CORP\anna"])))
OFF = registry_pol.render(policy_to_entries(Policy.of(offer="disabled")))
POL, SCRIPTS = "Machine/Registry.pol", "Machine/Scripts/scripts.ini"


def folder(top: Path, name: str, files: Mapping[str, bytes]) -> str:
    for path, data in {"GPT.INI": b"", **files}.items():
        (top / name / path).parent.mkdir(parents=True, exist_ok=True)
        (top / name / path).write_bytes(data)
    return str(top / name)


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line: its exit code, and what it printed with blanks and line ends as one blank."""

    def call(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["rasim", *arguments])
        with pytest.raises(SystemExit) as left:
            command_line.main()
        return int(left.value.code or 0), " ".join(capsys.readouterr().out.split())

    return call


@pytest.fixture
def asked(run: Run) -> Callable[..., tuple[int, Any]]:
    """Return the command line asked for JSON."""

    def call(*arguments: str) -> tuple[int, Any]:
        code, out = run(*arguments, "--format", "json")
        return code, json.loads(out) if out else None

    return call


Asked = Callable[..., tuple[int, Any]]


def test_an_audit_of_what_is_not_read(tmp_path: Path, run: Run, asked: Asked) -> None:
    """An audit lists what it did not read, says in its first line that nobody can tell, and leaves with 3."""
    path = folder(tmp_path, "g", {POL: OFF, SCRIPTS: b"[Startup]"})
    code, found = asked("audit", path)
    _, text = run("audit", "--all", path)

    assert (3, ["RA071"]) == (code, [each["rule"] for each in found["findings"]])
    [unread] = found["files"][0]["policy"]["unread"]
    assert (os.path.join(path, SCRIPTS), False) == (unread["what"], unread["certain"])  # noqa: PTH118
    assert text.startswith("whether offers are enabled cannot be told: offers are disabled in what was read; ")
    assert "disabled in what was read; whether anybody may offer cannot be told" in text
    assert f"not read {path}" in text


def test_an_audit_of_several(tmp_path: Path, run: Run) -> None:
    """Of several policies the first line says in how many it cannot be told."""
    one = folder(tmp_path, "one", {POL: OFF, SCRIPTS: b""})
    _, text = run("audit", one, folder(tmp_path, "two", {POL: OFF}))

    assert "offers are enabled in none of 2; cannot be told in 1: one" in text


def test_members_of_groups_in_an_audit(tmp_path: Path, run: Run, asked: Asked) -> None:
    """A member of a local group is a helper, named with the group in text and JSON; everybody in it is high."""
    files = {POL: ON, GROUPS_XML: groups_xml(group(r"CORP\eve", r"CORP\Domain Users"))}
    code, found = asked("audit", path := folder(tmp_path, "g", files))
    offer, (_, text) = found["files"][0]["policy"]["offer"], run("audit", "--all", path)

    assert 1 == code
    assert [r"CORP\anna", r"CORP\eve", r"CORP\Domain Users"] == offer["helpers"]
    assert [r"CORP\eve", r"CORP\Domain Users"] == [each["helper"] for each in offer["in_groups"]]
    assert {"RA004", "RA072"} < {each["rule"] for each in found["findings"]}
    assert 4 == text.count("in the local group Offer Remote Assistance Helpers (Machine/")  # as helper and as finding


def test_what_would_change_it_names_the_group(tmp_path: Path, asked: Asked) -> None:
    """Who may offer as a member of a local group is to be taken out of it: emptying the policy's list alone would change nothing."""
    path = folder(tmp_path, "g", {POL: ON, GROUPS_XML: groups_xml(group(r"CORP\eve"))})
    changes = asked("explain", path, "--expert", r"CORP\eve", "--not-member-of", r"CORP\anna")[1]["would_change"]
    says = [each["says"] for each in changes]

    assert ["disable offers", rf"take CORP\eve out of the local group {OFFER_GROUP}"] == says[:2]
    both = asked("explain", path, "--expert", r"CORP\eve")[1]["would_change"]
    assert f"empty the helper list and the local group {OFFER_GROUP}" in [each["says"] for each in both]


def test_a_finding_in_a_folder_names_its_file(tmp_path: Path, run: Run) -> None:
    """In the folder of one group policy a finding names the file below it: a line alone could be in any of them."""
    path = folder(tmp_path, "gpo", {REGISTRY_XML: registry_xml(value())})

    assert (
        f"offers are enabled and no mode is stated (fAllowUnsolicitedFullControl) ({REGISTRY_XML}, line 2)"
        in run("audit", path)[1]
    )


@pytest.mark.parametrize(
    ("files", "decision", "code"),
    [
        ({POL: OFF}, "deny", 0),
        ({POL: OFF, SCRIPTS: b""}, "unclear", 3),
        ({POL: ON, GROUPS_XML: groups_xml(group(r"CORP\eve"))}, "allow", 0),
        ({POL: ON, GROUPS_XML: groups_xml(targeted(group(r"CORP\eve")))}, "unclear", 3),
        ({POL: OFF, REGISTRY_XML: registry_xml(targeted(value()))}, "unclear", 3),
        ({POL: OFF, "Machine/comment.cmtx": b""}, "deny", 0),
    ],
)
def test_an_explanation(tmp_path: Path, asked: Asked, files: Mapping[str, bytes], decision: str, code: int) -> None:
    """Whether somebody may offer cannot be told where something was not read, or counts only perhaps."""
    path = folder(tmp_path, "g", files)

    left, found = asked("explain", path, "--expert", r"CORP\eve")

    assert (code, decision) == (left, found["decision"])


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ({POL: OFF}, {POL: OFF}, 0),
        ({POL: OFF}, {POL: OFF, SCRIPTS: b""}, 3),
        ({POL: OFF, SCRIPTS: b""}, {POL: OFF, SCRIPTS: b"x"}, 3),
        ({POL: OFF}, {POL: OFF, "Machine/comment.cmtx": b""}, 0),
        ({POL: ON}, {POL: ON, GROUPS_XML: groups_xml(group(r"CORP\eve"))}, 1),
    ],
)
def test_a_comparison(
    tmp_path: Path, asked: Asked, before: Mapping[str, bytes], after: Mapping[str, bytes], code: int
) -> None:
    """A policy with something unread is never equal or stricter for certain; one with a member more is looser."""
    one, other = folder(tmp_path, "one", before), folder(tmp_path, "other", after)
    anna = (
        "--groups",
        folder(tmp_path, "told", {"g.json": rb'{"CORP\\staff": ["CORP\\anna", "CORP\\eve"]}'}) + "/g.json",
    )

    assert code == asked("diff", one, other, "--expect", "stricter", *anna)[0]
    assert 0 == asked("diff", other, other, "--expect", "equal", *anna)[0]


def test_assertions_fail_on_what_is_not_read(tmp_path: Path) -> None:
    """An assertion about a file with a section that is not read fails, and names it."""
    file = tmp_path / "GptTmpl.inf"
    file.write_bytes(template("[Strange Things]", "a=b"))

    with pytest.raises(AssertionError, match="was found and is not read"):
        assert_may_not_offer(file, r"CORP\eve")
    with pytest.raises(AssertionError, match="may ask nobody"):
        assert_never_connected_unannounced(file)


@pytest.mark.parametrize("path", [REGISTRY_XML, "Machine/Preferences", "User"])
def test_a_link_in_the_folder_of_a_policy(tmp_path: Path, asked: Asked, path: str) -> None:
    """A link where a file that is read may stand refuses the folder; it is never passed over."""
    top = Path(folder(tmp_path, "g", {POL: OFF}))
    (top / path).parent.mkdir(parents=True, exist_ok=True)
    (top / path).symlink_to(tmp_path)

    assert 2 == asked("audit", str(top))[0]


def test_what_is_no_plain_file_in_the_folder_of_a_policy(tmp_path: Path, asked: Asked) -> None:
    """A folder in the place of a file refuses the policy; a link elsewhere is listed as unread."""
    top = Path(folder(tmp_path, "g", {POL: OFF}))
    (top / "Machine/linked").symlink_to(tmp_path)
    listed = asked("audit", str(top))
    (top / GROUPS_XML).mkdir(parents=True)

    assert (3, [False]) == (listed[0], [each["certain"] for each in listed[1]["files"][0]["policy"]["unread"]])
    assert 2 == asked("audit", str(top))[0]


def test_a_folder_inside_that_cannot_be_listed(tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder inside a policy's folder that cannot be listed refuses the policy: anything may be in it."""
    top = folder(tmp_path, "g", {POL: OFF, SCRIPTS: b""})
    listed = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("Scripts"):
            raise PermissionError(13, "denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", refused)

    assert 2 == asked("audit", top)[0]


def test_a_policy_of_too_many_files(tmp_path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy's folder with more files than the bound is refused."""
    monkeypatch.setattr("rasim.inputs.MOST_FILES", 3)

    assert 2 == asked("audit", folder(tmp_path, "g", {POL: OFF, SCRIPTS: b""}))[0]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xml", registry_xml(value()), 0),
        ("a.xml", registry_xml(value(), value("other", key="SOFTWARE\\Other")), 0),
        ("a.xml", registry_xml(targeted(value())), 2),
        ("a.xml", registry_xml(value(action="C")), 2),
        ("a.xml", groups_xml(group(r"CORP\eve")), 2),
        ("a.inf", template("[Strange Things]"), 2),
    ],
)
def test_converting_what_stands_beside(tmp_path: Path, run: Run, name: str, data: bytes, code: int) -> None:
    """What counts for certain can be written as values; members, what counts perhaps and what was not read cannot."""
    (tmp_path / name).write_bytes(data)

    assert code == run("convert", str(tmp_path / name), str(tmp_path / "o.pol"))[0]
    assert (code == 0) is (tmp_path / "o.pol").exists()
