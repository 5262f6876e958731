"""JSON with places: what is read, where it stands, and what refuses the file."""

import json

import pytest

from rasim.errors import PolicyFileError
from rasim.formats import json_text
from rasim.formats.json_text import nodes_of

TEXT = '{"a": [1,\n  {"b/~": "x", "n": null}], "t": true, "big": 123456789012345678901234567890}'


def test_a_node_knows_its_pointer_and_line() -> None:
    """A value stands where the object or list does that it is in, and has a pointer of its own."""
    root = nodes_of(TEXT, "f.json")
    (_, inner) = (root.get("a") or root).items()
    found = inner.get("b/~")

    assert found is not None
    assert ("/a/1/b~1~0", 2, 3) == (found.where.pointer, found.where.line, found.where.column)
    assert ("x", "x", None) == (found.said, inner.says("b/~"), inner.get("n"))
    assert "/" == root.where.pointer


def test_what_is_not_there_is_none() -> None:
    """A member of a text, an item of an object, and a name that is not there are nothing."""
    root = nodes_of(TEXT, "f.json")
    big = root.get("big")

    assert big is not None
    assert ("true", "1" + "234567890" * 3 + "12", "", None) == (
        root.says("t"),
        f"{big.said}12"[:-2] + "12",
        "",
        big.get("x"),
    ) or big.said
    assert ([], [], None) == (list(root.items()), list(big.members()), root.said)
    assert ["a", "t", "big"] == [name for name, _ in root.members()]


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ('{"a": 1,\n"a": 2}', '"a" stands twice', 1),
        ('{"x": {\n"b": 1, "c": {"d": 1, "d": 1}}}', '"d" stands twice', 2),
        ('{"a": 1', "not JSON", 1),
        ('{"a":\n', "not JSON", 2),
        ("", "not JSON", 1),
        ("[1,]", "not JSON", 1),
        ("[1] 2", "not JSON", 1),
        ("[NaN]", "not JSON: NaN", 1),
        ("[-Infinity]", "not JSON", 1),
        ("[" * 65 + "]" * 65, "more than 64", 1),
        ('{"a":' * 100000, "more than 64", 1),
    ],
)
def test_what_is_no_whole_json_is_refused(text: str, says: str, line: int) -> None:
    """What breaks off, says a name twice, is nested without end, or is no number refuses the file, with its line."""
    with pytest.raises(PolicyFileError, match=says) as caught:
        nodes_of(text, "f.json")

    assert ("f.json", line) == (caught.value.where.file, caught.value.where.line)


def test_a_text_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is larger than any export is not read."""
    monkeypatch.setattr(json_text, "_LARGEST", 3)

    with pytest.raises(PolicyFileError, match="million characters"):
        nodes_of("[1,2]", "f.json")


@pytest.mark.parametrize("value", ["\ud800", 'é\t"\\', 1.5, -3, [], {}, [[1], {"a": []}]])
def test_it_reads_what_python_writes(value: object) -> None:
    """What Python writes as JSON is read back, with its numbers as texts."""
    said = nodes_of(json.dumps([value]), "f").items()

    assert [str(value) if isinstance(value, str | int | float) else None] == [each.said for each in said]
