"""Templates against what Hypothesis can draw: what one writes it reads back, and it reads what a regular expression would.

How it attacks: literals and values are drawn of few letters, so that they overlap and repeat.
"""

import re

from hypothesis import given
from hypothesis import strategies as st

from rasim.interop.templates import Template, template

LITERALS = st.text("ab {}", max_size=3)
VALUES = st.text("abc", min_size=1, max_size=4)


@st.composite
def templates(draw: st.DrawFn) -> Template:
    between = [draw(LITERALS.filter(bool)) for _ in range(draw(st.integers(0, 3)))]
    literals = [draw(LITERALS), *between, draw(LITERALS)]
    return Template(tuple(literals), tuple("xyzw"[: len(literals) - 1]))


def written(one: Template, wide: str = "") -> str:
    escaped = [each.replace("{", "{{").replace("}", "}}") for each in one.literals]
    names = [f"{{{name}{wide}}}" for name in one.names]
    return "".join(f"{a}{b}" for a, b in zip(escaped, [*names, ""], strict=True))


@given(templates())
def test_a_template_is_read_as_it_is_written(one: Template) -> None:
    """A template's text comes to the same template, with braces doubled."""
    assert one == template(written(one), to_find=True)


@given(templates(), st.lists(VALUES, min_size=4, max_size=4))
def test_what_a_template_writes_fits_it(one: Template, values: list[str]) -> None:
    """What was written by a template is found in its text, in such a way that it writes the same text again."""
    text = one.filled(dict(zip("xyzw", values, strict=True)).__getitem__)
    found = one.found_in(text)

    assert found is not None
    assert text == one.filled(found.__getitem__)


@given(templates(), st.text("ab c", max_size=14))
def test_a_template_finds_what_a_regular_expression_would(one: Template, text: str) -> None:
    """The shortest way is found if there is any, without trying twice: of words, and of wide names."""
    for name, wide in ((r"(\S+?)", ""), (r"(.+?)", "...")):
        literals = map(re.escape, one.literals)
        match = re.fullmatch(name.join(literals), text)
        found = template(written(one, wide), to_find=True).found_in(text)

        assert (None if match is None else list(match.groups())) == (None if found is None else list(found.values()))
