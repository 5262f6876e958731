"""The page with Python in it: how it is packed, what its browser may do, and what is said to who has no Pyodide."""

import json
import re
import socket
import sys
import zipimport
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from rasim.cli.explore import explore
from rasim.cli.in_the_page import asked, dropped_kinds, let_loops_begin
from rasim.cli.main import run_line
from rasim.errors import UsageError
from rasim.web.page import LANGUAGES, page, script, source_hash, style
from rasim.web.python import whole
from rasim.web.python.packed import packages, zipped
from rasim.web.python.pyodide import PYODIDE_FILES, PYODIDES, Pyodide, needed_pyodide, parts_of_pyodide
from rasim.web.python.whole import page_with_python, python_asset, python_texts

ROOT = Path(__file__).parents[3]
POLICY = ROOT / "scenarios" / "who-may-offer" / "branch.pol"
TRACE = ROOT / "tests" / "data" / "cases" / "case-01-caller-joins-while-it-rings.good.jsonl"
PAGE_SCRIPTS = ("desk.js", "shown.js", "lines.js", "dropped.js")
FAKE = {
    **dict.fromkeys(PYODIDE_FILES, b"// nothing"),
    "pyodide-lock.json": b'{"info": {"python": "3.11.3"}}',
    "python_stdlib.zip": zipped([("abc.py", b"ABC = 1\n")]),
}


@pytest.fixture
def small_page(monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a page of next to nothing: what is packed is not what is asked here."""
    monkeypatch.setattr(whole, "packages", lambda: iter([("rasim/__init__.py", b"A = {'b', 'a'}\n")]))
    return page_with_python(FAKE)


def policy_of_page(text: str) -> dict[str, list[str]]:
    """Return the directives of a page's policy."""
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert found is not None
    return {name: sources for name, *sources in map(str.split, found[1].split(";"))}


def test_the_policy_has_no_way_out(small_page: str) -> None:
    """Nothing may be asked for; scripts are the page's and the explorer's by their hashes, and only WebAssembly is compiled."""
    policy = policy_of_page(small_page)

    assert policy["default-src"] == ["'none'"]
    assert policy.keys() == {
        *("default-src", "script-src", "style-src", "worker-src", "frame-src", "img-src", "base-uri", "form-action")
    }
    assert policy["script-src"][1:] == [f"'{source_hash(script())}'", "'wasm-unsafe-eval'"]
    assert policy["style-src"][1:] == [f"'{source_hash(style())}'"]
    assert policy["worker-src"] == policy["frame-src"] == ["blob:"]
    assert policy["img-src"] == ["data:", "blob:"]


def test_the_script_and_the_style_are_those_that_the_policy_names(small_page: str) -> None:
    """The hashes are of what stands in the page; the explorer's too are those that its own page names."""
    policy, own = policy_of_page(small_page), policy_of_page(page({"version": "0"}))
    [code] = re.findall(r"<script>(.*?)</script>", small_page, re.DOTALL)
    [look] = re.findall(r"<style>(.*?)</style>", small_page, re.DOTALL)

    assert policy["script-src"][0] == f"'{source_hash(code)}'"
    assert policy["style-src"][0] == f"'{source_hash(look)}'"
    assert set(own["script-src"]) <= set(policy["script-src"])
    assert set(own["style-src"]) <= set(policy["style-src"])


def test_it_names_no_address(small_page: str) -> None:
    """Nothing in the page is loaded from anywhere."""
    assert re.findall(r'(?:src|href)="(?!data:|#)', small_page) == []


def test_the_same_input_gives_the_same_page(small_page: str) -> None:
    """Made again it is the same text."""
    assert page_with_python(FAKE) == small_page


def test_an_archive_is_the_same_in_any_order() -> None:
    """What is packed has no time and no order of its own, and code in it hangs on nothing but its source."""
    held = [("a/__init__.py", b"X = {'one', 'two', 'three'}\nassert 'x' in {'x', 'y'}\n"), ("a/data.json", b"{}")]

    assert zipped(held) == zipped(reversed(held))


def test_python_imports_from_an_archive(tmp_path: Path) -> None:
    """What was compiled is imported without its source."""
    archive = tmp_path / "a.zip"
    archive.write_bytes(zipped([("packed_for_a_test.py", b'"""Doc."""\nVALUE = (1, "two", 3.0, None)\n')]))
    module = ModuleType("packed_for_a_test")
    exec(zipimport.zipimporter(str(archive)).get_code("packed_for_a_test"), module.__dict__)  # noqa: S102  (what stands above)

    assert (module.__doc__, module.VALUE) == ("Doc.", (1, "two", 3.0, None))


def test_what_is_packed_is_pure_and_needed() -> None:
    """Rasim with its data is there, and what it imports; nothing compiled for this machine, no page, nothing of tests."""
    names = {name for name, _ in packages()}

    assert {
        "attr/__init__.py",
        "attrs/__init__.py",
        "click/core.py",
        "yaml/loader.py",
        "rasim/cli/audit.py",
        "rasim/web/assets/teaching.json",
        "rasim/document/page.css",
    } <= names
    assert [n for n in names if n.endswith((".so", ".pyc", ".pyd", ".pyi")) or "__pycache__" in n] == []
    assert [n for n in names if n.startswith(("rasim/testing/", "rasim/terminals/", "rasim/web/python/assets/"))] == []


def said_to(*arguments: str) -> tuple[int, str]:
    """Return the exit code of a command and what it said of an error."""
    result = CliRunner().invoke(explore, arguments)
    return getattr(result.exception, "exit_code", result.exit_code), str(result.exception)


def test_who_has_no_pyodide_is_told_how_to_get_it(tmp_path: Path) -> None:
    """Where it is not there the exit code is 2, and one sentence has the place and the command that brings the version it takes."""
    code, said = said_to("--with-python", "--pyodide", str(tmp_path / "none"), "-o", str(tmp_path / "page.html"))

    assert code == 2
    assert said.startswith(f"{tmp_path / 'none' / PYODIDE_FILES[0]}: there is no such file: npm install pyodide@")
    assert needed_pyodide().version in said
    assert not (tmp_path / "page.html").exists()


def test_other_files_than_those_that_are_known_are_not_taken(tmp_path: Path) -> None:
    """Another version, or files that somebody changed, is refused by its digest."""
    for name in PYODIDE_FILES:
        (tmp_path / name).write_bytes(b"other")
    with pytest.raises(UsageError, match=r"these are not the files of Pyodide 0\.25\.1: npm install pyodide@0\.25\.1"):
        parts_of_pyodide(str(tmp_path), PYODIDES[3, 11])


def test_the_files_that_are_known_are_read(tmp_path: Path) -> None:
    """Of a version whose digest agrees each file is given by its name."""
    for name in PYODIDE_FILES:
        (tmp_path / name).write_bytes(b"x")
    digest = sha256(b"x" * len(PYODIDE_FILES)).hexdigest()
    found = parts_of_pyodide(str(tmp_path), Pyodide("1", digest))

    assert found == dict.fromkeys(PYODIDE_FILES, b"x")


def test_for_a_python_that_none_is_known_for_it_says_so() -> None:
    """What is compiled by one minor version is read by the same alone: without a Pyodide of this one there is no page."""
    with pytest.raises(UsageError, match=r"no Pyodide is known to work with Python 3\.99: .*3\.11, 3\.12, 3\.13"):
        needed_pyodide((3, 99))
    assert needed_pyodide((3, 13)) == PYODIDES[3, 13]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--with-python", "-o", "-", str(POLICY)), "takes its files when it is open"),
        (("--with-python", "--serve"), "takes its files when it is open"),
        (("--pyodide", "there", "-o", "-"), "--pyodide is where --with-python finds Pyodide"),
    ],
)
def test_what_does_not_go_together_is_said(arguments: tuple[str, ...], says: str) -> None:
    """The page takes no file when it is made, and Pyodide is looked for by this page alone."""
    code, said = said_to(*arguments)

    assert code == 2
    assert says in said


def keys_said() -> Iterator[str]:
    """Yield the texts that the scripts name."""
    for name in PAGE_SCRIPTS:
        yield from re.findall(r'\bsay\("(\w+)"', python_asset(name))


def test_every_text_is_there_in_both_languages() -> None:
    """The languages have the same texts, with the same places to be filled, and the scripts name no other."""
    english, german = map(python_texts, LANGUAGES)

    assert english.keys() == german.keys()
    for key, text in english.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", german[key])), key
    assert set(keys_said()) <= english.keys()


def test_what_is_asked_in_the_page_is_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The answer has what the command prints and its exit code; its report has a style of its own, and is gone from where it was written."""
    written = tmp_path / "report.html"
    line = ["audit", "--jobs", "1", "--format", "json"]
    answer = asked([*line, "--report", f"html={written}", str(POLICY)], str(written))
    code = run_line([*line, str(POLICY)])

    assert (answer["code"], answer["out"], answer["err"]) == (code, *capsys.readouterr())
    assert answer["written"].startswith("<!DOCTYPE html>")
    assert answer["body"].startswith('<div class="rasim-report">')
    assert ".rasim-report h1{" in answer["style"]
    assert "<main" not in answer["body"]
    assert not written.exists()


def test_an_error_is_answered_as_it_is_printed(tmp_path: Path) -> None:
    """What cannot be read is an answer with an exit code and the sentence, and no report where none was written."""
    answer = asked(["explain", "--expert", "no account", str(POLICY)], str(tmp_path / "none"))

    assert answer["code"] == 2
    assert answer["err"].startswith("rasim: ")
    assert (answer["written"], answer["body"], answer["style"]) == ("", "", "")


def test_what_was_dropped_is_known_by_its_content(tmp_path: Path) -> None:
    """Each thing is told by what is in it; what nothing else is meant as is meant as a policy, so that the audit says what is wrong."""
    (members := tmp_path / "members").write_text("CORP\\Helpdesk: [CORP\\anna]\n", encoding="utf-8")
    (wrong := tmp_path / "wrong").write_bytes(b"\x00\x01")

    assert [
        each["role"] for each in dropped_kinds([str(POLICY), str(TRACE), str(members), str(wrong), str(tmp_path)])
    ] == [*("policy", "trace", "groups", "policy", "policy")]


def test_a_scenario_is_played_where_there_are_no_sockets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A loop begins with a pipe in the place of its sockets, as it has to in a browser: an explanation plays what it tells."""
    monkeypatch.setattr(socket, "socketpair", None)
    let_loops_begin()
    report = tmp_path / "report.html"
    answer = asked(["explain", "--expert", "CORP\\anna", "--report", f"html={report}", str(POLICY)], str(report))

    assert (answer["code"], answer["err"]) == (3, "")  # who is in the group of the list was not told
    assert "explain" in answer["body"]


def test_the_page_is_made_by_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With its files at hand the command writes the page."""
    monkeypatch.setattr(
        "rasim.web.python.pyodide.parts_of_pyodide", lambda folder, needed: {**FAKE, "f": (folder, needed)}
    )
    monkeypatch.setattr(whole, "packages", lambda: iter(()))
    written = tmp_path / "page.html"

    assert CliRunner().invoke(explore, ["--with-python", "-o", str(written)]).exit_code == 0
    assert json.loads(re.findall(r'id="given">(.*?)</script>', written.read_text("utf-8"))[0])["python"] == "3.11.3"


def test_each_python_that_rasim_names_has_a_pyodide() -> None:
    """For every Python of the classifiers there is a version that is known to work."""
    named = re.findall(r'Python :: 3\.(\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))

    assert {(3, int(minor)) for minor in named} == PYODIDES.keys()
    assert sys.version_info[:2] >= min(PYODIDES)
