"""A document in Markdown."""

import re

import pytest

from rasim.document.blocks import Code, Details, Document, Items, Pairs, Para, Section, Table, code
from rasim.document.markdown import render

HOSTILE = (
    "a|b",
    "`x`",
    "<script>x</script>",
    "[x](http://x)",
    "![x](y)",
    "*x*",
    "# x",
    "a\nb",
    "&lt;",
    "\u202eolleh",
    "~~x~~",
)


def of(*blocks: object) -> Document:
    return Document("rasim x", "the verdict", "bad", "the summary", (Section("A section", blocks, "a"),))  # type: ignore[arg-type]


@pytest.mark.parametrize("said", HOSTILE)
def test_no_word_ends_a_cell(said: str) -> None:
    """A row of a table has as many cells as its head, whatever stands in it."""
    table = Table("", ("first", "second"), ((said, code(said)),))
    rows = [line for line in render(of(table)).split("\n") if line.startswith("|")]

    assert [3, 3, 3] == [len(re.findall(r"(?<!\\)\|", row)) for row in rows]


@pytest.mark.parametrize("said", HOSTILE)
def test_no_word_is_markup(said: str) -> None:
    """No word becomes a link, an image, a tag or a heading, and a line's end is shown by its number."""
    text = render(of(Para(said), Items((said,)), Pairs(((said, said),))))
    outside = re.sub(r"`[^`\n]*`", "", text)

    assert "<script" not in outside
    assert "](" not in outside.replace("\\]", "")
    assert "\n# x" not in text
    assert "a\nb" not in text


def test_no_code_ends_its_fence() -> None:
    """A fence is longer than the longest row of backticks inside it."""
    text = render(of(Code("```\nx\n`````")))

    assert 2 == len(re.findall(r"^``````$", text, re.MULTILINE))


def test_the_heading_has_the_verdict() -> None:
    """The first line is a heading with the command and its verdict."""
    assert "## rasim x: the verdict" == render(of(Para("x"))).split("\n")[0]


@pytest.mark.parametrize("said", ["@everybody", "anna@corp.example", "http://x", "see www.x.example/y"])
def test_no_word_becomes_a_link_by_itself(said: str) -> None:
    """A word that is made a link or a mention where Markdown is shown stands in a code span, in a heading too."""
    text = render(
        Document("t", said, "bad", said, (Section(said, (Para(said), Table(said, (said,), ((said,),))), "a"),))
    )
    outside = re.sub(r"`[^`\n]*`", "", text)

    assert not re.search(r"@|://|www\.", outside)


def test_a_fold_is_named_as_html_reads_it() -> None:
    """The name of a fold is HTML to Markdown: its signs are entities, and no backslash stands in it."""
    text = render(of(Details("[x] <b>_y_</b>", (Para("x"),))))

    assert "<summary>[x] &lt;b&gt;_y_&lt;/b&gt;</summary>" in text
