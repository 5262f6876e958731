import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import frozen
from reports import GERMAN, nodes, report, results

from rasim.cli import main as command_line
from rasim.errors import Where
from rasim.formats import FileRead, lgpo_text, read, reg_text, registry_pol
from rasim.formats.instructions import entry_of
from rasim.policy import Action, Kind, Policy, RegistryEntry, policy_to_entries, read_policy
from rasim.policy.settings import HELPERS_KEY, POLICY_KEY

POLICY = Policy.of(
    offer="enabled", mode="view", helpers=[r"CORP\Helpdesk", r"CORP\anna"], solicited="disabled", logging="enabled"
)
HEAD = "Windows Registry Editor Version 5.00\r\n\r\n"


FORMS = {
    "in.txt": lgpo_text.render(policy_to_entries(POLICY)),
    "in.xml": report(nodes(POLICY)),
    "in.rsop": results(nodes(POLICY)),
}


@frozen
class Answer:
    """What the command answered."""

    code: int
    out: str
    err: str


Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command, which runs in a folder that holds `in.pol` and `in.reg` of one policy."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RASIM_DEBUG", raising=False)
    (tmp_path / "in.pol").write_bytes(registry_pol.render(policy_to_entries(POLICY)))
    (tmp_path / "in.reg").write_bytes(reg_text.render(policy_to_entries(POLICY)))

    def call(*args: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["rasim", "convert", *args])
        with pytest.raises(SystemExit) as left:
            command_line.main()
        captured = capsys.readouterr()
        return Answer(int(left.value.code or 0), captured.out, captured.err)

    return call


def there(path: str | Path) -> FileRead:
    return read(Path(path).read_bytes(), str(path))


def make(*entries: RegistryEntry) -> None:
    """Write `made.pol` with these entries."""
    Path("made.pol").write_bytes(registry_pol.render(entries))


def instruction(name: str, data: str = " \0") -> RegistryEntry:
    return entry_of(POLICY_KEY, name, Kind.SZ, data.encode("utf-16-le"), Where())


@pytest.mark.parametrize("source", ["in.pol", "in.reg", "in.txt", "in.xml", "in.rsop"])
@pytest.mark.parametrize(
    ("target", "form"), [("out.pol", "Registry.pol"), ("out.REG", ".reg"), ("out.txt", "LGPO text")]
)
def test_a_policy_keeps_its_meaning(run: Run, source: str, target: str, form: str) -> None:
    """A policy is written in the format that the name of OUT ends with, and means the same."""
    if source in FORMS:
        Path(source).write_bytes(FORMS[source])
    answer = run(source, target)

    assert (0, True) == (answer.code, answer.out.startswith(f"{target}: {form} with "))
    assert (form, POLICY) == (there(target).format.name, read_policy(there(target).registry))


def test_there_and_back(run: Run) -> None:
    """A Registry.pol of values and deleted values is the same bytes after a .reg and back."""
    Path("plain.pol").write_bytes(registry_pol.render(policy_to_entries(Policy.of(solicited="disabled"))))
    run("plain.pol", "middle.reg")
    run("middle.reg", "back.pol")

    assert Path("plain.pol").read_bytes() == Path("back.pol").read_bytes()


def test_the_option_outweighs_the_name(run: Run) -> None:
    """With --to the name of OUT does not matter."""
    assert 0 == run("in.pol", "out.pol", "--to", "reg").code
    assert ".reg" == there("out.pol").format.name


@pytest.mark.parametrize("name", ["out", "out.xml", "out.polish", ".pol"])
def test_a_name_that_says_no_format(run: Run, name: str) -> None:
    """Without --to and with another ending nothing is written, and the message says what helps."""
    answer = run("in.pol", name)

    assert (2, "", False) == (answer.code, answer.out, Path(name).exists())
    assert "--to pol, --to reg or --to lgpo" in answer.err


def test_the_format_of_in_is_told_by_content(run: Run) -> None:
    """A .reg with the name of a Registry.pol is read as what it is."""
    Path("in.reg").rename("named.pol")

    assert 0 == run("named.pol", "out.pol").code
    assert POLICY == read_policy(there("out.pol").registry)


def test_what_exists_is_not_replaced(run: Run) -> None:
    """OUT that exists is left alone and refused, unless --force is given."""
    Path("out.reg").write_bytes(b"mine")
    refused = run("in.pol", "out.reg")

    assert (2, "", True) == (refused.code, refused.out, "--force" in refused.err)
    assert b"mine" == Path("out.reg").read_bytes()
    assert 0 == run("in.pol", "out.reg", "--force").code
    assert ".reg" == there("out.reg").format.name


def test_in_can_be_out(run: Run) -> None:
    """With --force a file can take the place of the one it was made from."""
    assert 0 == run("in.pol", "in.pol", "--to", "reg", "--force").code
    assert ".reg" == there("in.pol").format.name


def test_a_link_stays_a_link(run: Run) -> None:
    """Where OUT is a link the file behind it is replaced."""
    Path("real.reg").write_bytes(b"old")
    Path("out.reg").symlink_to("real.reg")
    run("in.pol", "out.reg", "--force")

    assert (True, ".reg") == (Path("out.reg").is_symlink(), there("real.reg").format.name)


@pytest.mark.parametrize("target", ["folder.reg", "nowhere/out.reg", "x" * 300 + ".reg"])
def test_where_nothing_can_be_written(run: Run, target: str) -> None:
    """A folder, a folder that is not there and a name no file can have are exit 2 without a stack trace."""
    Path("folder.reg").mkdir()
    answer = run("in.pol", target, "--force")

    assert (2, "", False) == (answer.code, answer.out, "Traceback" in answer.err)
    assert {"folder.reg", "in.pol", "in.reg"} == {path.name for path in Path().iterdir()}


def test_nothing_is_left_beside(run: Run) -> None:
    """After writing there is OUT and no other new file."""
    run("in.pol", "out.reg")

    assert {"in.pol", "in.reg", "out.reg"} == {path.name for path in Path().iterdir()}


@pytest.mark.parametrize(("content", "words"), [(b"", "the file is empty"), (b"PReg\1\0\0\0[\0", "offset 10")])
def test_what_cannot_be_read_is_not_written(run: Run, content: bytes, words: str) -> None:
    """A file that cannot be read is exit 2 with its error, and OUT is not made."""
    Path("bad.pol").write_bytes(content)
    answer = run("bad.pol", "out.reg")

    assert (2, True, False) == (answer.code, words in answer.err, Path("out.reg").exists())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[HKEY_CURRENT_USER\\K]\n"n"=""\n', "in.reg:4: "),
        ('[HKEY_LOCAL_MACHINE\\K]\n"a"=""\n[HKEY_USERS\\K]\n', "in.reg:5: "),
        ('[HKEY_LOCAL_MACHINE\\K]\n"**del.x"=""\n', "in.reg:4: "),
        ("[HKEY_LOCAL_MACHINE\\K]\n@=hex(0):\n", "in.reg:4: "),
        ("[-HKEY_LOCAL_MACHINE\\K\\a;b]\n", "in.reg:3: "),
        (f'[HKEY_LOCAL_MACHINE\\K]\n"{"n" * 16_384}"=""\n', "in.reg:4: "),
        (f"[HKEY_LOCAL_MACHINE\\{'K' * 32_768}]\n", "in.reg:3: "),
    ],
)
def test_what_a_registry_pol_cannot_hold(run: Run, text: str, words: str) -> None:
    """Another hive, a name that is an instruction and a name that is too long are refused with their line."""
    Path("in.reg").write_text(HEAD + text, newline="")
    answer = run("in.reg", "out.pol")

    assert (2, "", False) == (answer.code, answer.out, Path("out.pol").exists())
    assert (True, True) == (words in answer.err, "cannot be written" in answer.err)


@pytest.mark.parametrize("name", ["**soft.x", "**odd"])
def test_what_a_reg_cannot_say(run: Run, name: str) -> None:
    """An instruction that a .reg cannot say is refused with its offset."""
    make(instruction(name))
    answer = run("made.pol", "out.reg")

    assert (2, True, False) == (answer.code, "made.pol: offset 8: " in answer.err, Path("out.reg").exists())


def test_remarks_go_to_stderr(run: Run) -> None:
    """What is said otherwise is a remark on stderr with its place, and the exit code stays 0."""
    make(instruction("**SecureKey"), instruction("**delvals."))
    answer = run("made.pol", "out.reg")

    assert (0, 1) == (answer.code, answer.out.count("\n"))
    assert (True, True) == ("made.pol: offset 8: **SecureKey" in answer.err, "subkeys" in answer.err)


def test_empty_keys_are_counted_beside(run: Run) -> None:
    """A key without values, which is no entry of a .reg, is told beside the entries and comes back as a record."""
    make(RegistryEntry("K", "", Kind.NONE, b"", action=Action.CREATE_KEY), *policy_to_entries(POLICY)[:2])

    assert "out.reg: .reg with 2 entries and 1 empty key written\n" == run("made.pol", "out.reg").out
    assert "out.pol: Registry.pol with 3 entries written\n" == run("out.reg", "out.pol").out


def test_a_deletion_looks_like_the_editors(run: Run) -> None:
    """A value that a .reg deletes becomes a record with the data that the policy editor writes."""
    Path("in.reg").write_text(f'{HEAD}[HKEY_LOCAL_MACHINE\\K]\n"n"=-\n', newline="")
    run("in.reg", "out.pol")
    (entry,) = registry_pol.parse(Path("out.pol").read_bytes())

    assert (Action.DELETE_VALUE, "n", Kind.SZ, b" \0\0\0") == (entry.action, entry.name, entry.kind, entry.data)


def test_the_json(run: Run) -> None:
    """As JSON it says what was read, what was written, and the remarks with their places."""
    make(instruction("**SecureKey"), *policy_to_entries(POLICY)[:1])
    answer = json.loads(run("made.pol", "out.reg", "--format", "json").out)
    (remark,) = answer["remarks"]

    assert {"path": "made.pol", "format": "Registry.pol", "entries": 2} == answer["read"]
    assert {"path": "out.reg", "format": ".reg", "entries": 1} == answer["wrote"]
    assert ("made.pol", 8, True) == (remark["file"], remark["offset"], "SecureKey" in remark["message"])


def test_another_meaning_is_never_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what would be written means something else, that is a bug and nothing is written."""
    real = reg_text.render
    monkeypatch.setattr(reg_text, "render", lambda entries, remarks: real(list(entries)[:1], remarks))
    answer = run("in.pol", "out.reg")

    assert (70, "", False) == (answer.code, answer.out, Path("out.reg").exists())
    assert "this is a bug" in answer.err


def test_a_failed_writing_leaves_the_old_file(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk fails OUT stays as it was, and nothing is left beside it."""

    def full(path: Path, target: Path) -> Path:
        raise OSError(28, f"No space left for {target} beside {path}")

    Path("out.reg").write_text("mine")
    monkeypatch.setattr(Path, "replace", full)
    answer = run("in.pol", "out.reg", "--force")

    assert (2, True, "mine") == (answer.code, "cannot be written: no space" in answer.err, Path("out.reg").read_text())
    assert {"in.pol", "in.reg", "out.reg"} == {path.name for path in Path().iterdir()}


def test_a_wipe_of_the_list_keeps_its_meaning(run: Run) -> None:
    """A list that is wiped between two helpers keeps the second one only."""
    wipe, first, second = (
        RegistryEntry(HELPERS_KEY, "", Kind.SZ, b" \0\0\0", action=Action.DELETE_ALL_VALUES),
        RegistryEntry(HELPERS_KEY, r"CORP\a", Kind.SZ, b""),
        RegistryEntry(HELPERS_KEY, r"CORP\b", Kind.SZ, b""),
    )
    make(first, wipe, second)
    run("made.pol", "out.reg")

    assert [r"CORP\b"] == [helper.text for helper in read_policy(there("out.reg").registry).offer.helpers]


def test_every_real_registry_pol_is_converted_and_back(run: Run, corpus: Path) -> None:
    """Every real Registry.pol becomes a .reg and a Registry.pol again, and means the same each time."""
    for path in sorted(corpus.glob("*.pol")):
        if path.read_bytes().startswith(b"PReg"):
            assert (0, 0) == (run(str(path), "a.reg", "--force").code, run("a.reg", "b.pol", "--force").code), path
            assert 1 == len({str(read_policy(there(each).registry).offer.state) for each in (path, "a.reg", "b.pol")})


def test_every_real_reg_is_converted_or_refused_by_line(run: Run, corpus: Path) -> None:
    """Every real .reg is rewritten as version 5.00, and becomes a Registry.pol unless it holds a user's values."""
    for path in sorted(corpus.glob("*.reg")):
        assert 0 == run(str(path), "a.reg", "--force").code
        assert there(path).entries == there("a.reg").entries
        answer = run(str(path), "b.pol", "--force")
        assert (0, False) == (answer.code, "holds one hive" in answer.err) or (
            2 == answer.code and f"{path}:" in answer.err and "holds one hive" in answer.err
        )


def test_what_a_report_leaves_out_is_said(run: Run) -> None:
    """Of a report only what rasim knows is written, and a remark says so with the number of its policies."""
    Path("in.xml").write_bytes(FORMS["in.xml"])
    answer = run("in.xml", "out.pol")

    assert (0, True) == (
        answer.code,
        "only those of Remote Assistance and of its firewall are written; it tells 3 policies" in answer.err,
    )


def test_what_cannot_be_told_is_not_written(run: Run) -> None:
    """A report in unknown words is refused: nothing is written in place of what cannot be told."""
    Path("german.xml").write_bytes(report(nodes(POLICY, GERMAN), GERMAN))
    answer = run("german.xml", "out.pol")

    assert (2, False) == (answer.code, Path("out.pol").exists())
    assert "neither English nor those of the ADML files given" in answer.err


def test_texts_of_one_part_do_not_tell_the_other(run: Run) -> None:
    """With the ADML file of its language a report in German is read; the firewall, whose texts were not given, still cannot be told."""
    strings = {**GERMAN, "RA_Unsolicit_Control_View": GERMAN["view"], "RA_Unsolicit_Control_Ctrl": GERMAN["control"]}
    texts = "".join(f'<string id="{key}">{text}</string>' for key, text in strings.items())
    Path("de.adml").write_text(f"<policyDefinitionResources>{texts}</policyDefinitionResources>", "utf-8")
    Path("german.xml").write_bytes(report(nodes(POLICY, GERMAN), GERMAN))
    refused = run("german.xml", "out.pol", "--adml", "de.adml")

    assert (2, True) == (refused.code, "EnableFirewall" in refused.err)
