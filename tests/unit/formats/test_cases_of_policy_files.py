"""Files that were once read wrongly, and what is right of each: what they say, or why they are refused."""

from pathlib import Path

import pytest

from rasim.errors import PolicyFileError
from rasim.formats import read
from rasim.policy import State, read_policy

CASES = Path(__file__).parents[2] / "data" / "policies"


@pytest.mark.parametrize(
    ("name", "state", "unclear"),
    [
        ("r-dblslash.reg", State.UNKNOWN, "fAllowUnsolicited"),
        ("baselinemanagement-64-hklm-drive.pol", State.UNKNOWN, "fAllowUnsolicited"),
        ("multi-line-string.reg", State.ENABLED, "fAllowUnsolicitedFullControl"),
        ("soft-disabled.pol", State.UNKNOWN, "fAllowUnsolicited"),
        ("soft-off.pol", State.UNKNOWN, "fAllowUnsolicited"),
        ("p-two-delvals.PolicyRules", State.UNKNOWN, "fAllowUnsolicited"),
        ("gpreport-short-explanation.xml", State.NOT_CONFIGURED, None),
        ("other/reg-add.bat", State.ENABLED, "fAllowUnsolicitedFullControl"),
        ("other/syncml.xml", State.ENABLED, None),
    ],
)
def test_what_a_case_says(name: str, state: State, unclear: str | None) -> None:
    """Each file says of offers what Windows may make of it, and names what cannot be told."""
    policy = read_policy(read((CASES / name).read_bytes(), name).registry)

    assert (state, unclear) == (policy.offer.state, next((doubt.setting for doubt in policy.unclear), None))


@pytest.mark.parametrize(
    ("name", "words", "line"),
    [
        ("r-leadblank-off.reg", "a key does not begin with a blank", 10),
        ("r-cont-comment.reg", "this goes on to line 13", 11),
        ("saved-as-utf8.pol", "a Registry.pol that was opened as text and saved again", None),
        ("other/gpresult.html", "a web page", None),
        ("other/reg-query.txt", "what reg query shows", None),
    ],
)
def test_why_a_case_is_refused(name: str, words: str, line: int | None) -> None:
    """Each file is refused with what happened to it, or what it is, and its place."""
    with pytest.raises(PolicyFileError) as caught:
        read((CASES / name).read_bytes(), name)

    assert words in caught.value.message
    assert (name, line) == (caught.value.where.file, caught.value.where.line)
