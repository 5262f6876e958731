"""What comes from outside: files that are opened, and YAML texts as trees of words."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rasim.directory import read_links, read_members
from rasim.errors import InputError, PolicyFileError, Where
from rasim.inputs import ListNode, MapNode, Node, Reading, Word, lacks, not_opened, read_file, reason, text_of
from rasim.scenario import read_scenario
from rasim.words import printable


def plain(node: Node | None) -> object:
    """Return a tree without its places."""
    match node:
        case Word():
            return node.text
        case ListNode():
            return [plain(each) for each in node.nodes]
        case MapNode():
            return {str(plain(key)): plain(value) for key, value in node.pairs}
        case None:
            return None


def test_the_bytes_of_a_file(tmp_path: Path) -> None:
    """A file is read whole, by its name or its path."""
    file = tmp_path / "a"
    file.write_bytes(b"abc")

    assert (b"abc", b"abc") == (read_file(file), read_file(str(file), PolicyFileError, 3))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing", "there is no such file"),
        ("", "a directory, not a file"),
        ("a\0b", "cannot be opened: no file can have this name"),
        ("a", "larger than 0 MiB"),
        ("a/b", "cannot be opened: not a directory"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, says: str) -> None:
    """A file that cannot be read is one sentence, with its name, as the error that the caller has for it."""
    (tmp_path / "a").write_bytes(b"abc")
    path = f"{tmp_path}/{name}"
    with pytest.raises(InputError) as caught:
        read_file(path, most=2)
    with pytest.raises(PolicyFileError) as policy:
        read_file(path, PolicyFileError, most=2)

    assert {f"{printable(path)}: {says}"} == {str(caught.value), str(policy.value)}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes among files here")
def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    """A device and a pipe, which nobody writes into, are refused at once, by their own name or through a link."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(os.devnull)
    for name in (str(tmp_path / "pipe"), str(tmp_path / "link"), os.devnull):
        with pytest.raises(InputError, match="not a regular file"):
            read_file(name)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (EOFError("the end"), "the end"),
        (PermissionError(13, "Permission denied"), "permission denied"),
        (OSError("not a gzipped file"), "not a gzipped file"),
        (OSError(), "for no reason that the system gives"),
        (ValueError("embedded null byte"), "no file can have this name"),
    ],
)
def test_the_system_says_why(error: Exception, says: str) -> None:
    """The reason is the system's own, and there is one where it gives none."""
    assert (says, f"cannot be opened: {says}") == (reason(error), not_opened(error))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_with_and_without_a_mark(encoding: str) -> None:
    """Text is UTF-8 unless a byte-order mark says UTF-16, and the mark is no part of it."""
    assert "é: ü" == text_of("é: ü".encode(encoding))


def test_bytes_that_are_no_text() -> None:
    """Bytes that are no text are refused with the offset of the first that is none."""
    with pytest.raises(InputError) as caught:
        text_of(b"ab\xff", "f")

    assert "f: offset 2: these bytes are no UTF-8 text" == str(caught.value)


def test_words_are_texts() -> None:
    """Every word is a text as it was written, in the order of the file, with its place."""
    root = Reading("b: no\na: [010, 'x', {c: ~}]\n", "f", "test").root()

    assert {"b": "no", "a": ["010", "x", {"c": "~"}]} == plain(root)
    assert isinstance(root, MapNode)
    assert [Where("f", line=1, column=1), Where("f", line=2, column=1)] == [key.where for key, _ in root.pairs]


@pytest.mark.parametrize("read", [read_links, read_members, lambda data: read_scenario(data.decode())])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("links: &a 1\nb: *a\n", "has no anchors"),
        ("links: !!python/name:os.system x\n", "has no tags"),
        ("? " * 61 + "x", "nested deeper than 60"),
        ("[" * 10_000, "nested deeper than 60"),
        ("a: 1\n---\nb: 2\n", "is one document"),
        ("a: [1]\na: [2]\n", "stands twice"),
        ("a: \x07", "U+0007 may not stand in it"),
        ("a: [", "not YAML"),
        ("# nothing\n", "an empty file"),
        ("[a]: b\n", "must be a word"),
    ],
)
def test_every_reader_of_yaml_refuses(read: Callable[[bytes], object], text: str, says: str) -> None:
    """Aliases, tags, depth, several documents and doubled keys are refused by every reader of YAML, with their place."""
    with pytest.raises(InputError) as caught:
        read(text.encode())

    assert [True] == [bool(each.where.line) for each in caught.value.problems if says in each.message][:1]


@pytest.mark.parametrize(
    ("extra", "packages"),
    [("smt", ["z3-solver"]), ("jit", ["numba", "numpy"]), ("terminal", ["cryptography", "prompt"])],
)
def test_what_is_lacking_is_named_by_its_packages(extra: str, packages: list[str]) -> None:
    """Who lacks an extra reads a command that works wherever rasim came from: packages, those of inner extras too, never rasim's name."""
    says = str(lacks(extra, "this needs more"))

    assert says.startswith(f"this needs more (the extra `{extra}`): python -m pip install ")
    assert all(f'"{package}' in says for package in packages)
    assert "rasim" not in says


@pytest.mark.parametrize(
    ("left", "command"),
    [
        ("pipx_metadata.json", "pipx inject rasim"),
        ("uv-receipt.toml", 'uv pip install --python "{prefix}"'),
        ("pyvenv.cfg", "python -m pip install"),
    ],
)
def test_what_is_lacking_is_brought_by_what_installed_rasim(
    left: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pipx or uv installed rasim there is no pip, and the command that is named is theirs."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    (tmp_path / left).touch()

    assert f'): {command.format(prefix=tmp_path)} "z3-solver' in str(lacks("smt", "this needs more"))
