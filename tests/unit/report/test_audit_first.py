"""The first screen of an audit: short, each thing once, and nothing that is not good is behind an option."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from rasim.cli.audit import audit
from rasim.formats import registry_pol
from rasim.policy import Policy, policy_to_entries

CONTROL = registry_pol.render(policy_to_entries(Policy.of(offer="enabled", mode="control", helpers=[r"CORP\anna"])))
VIEW = registry_pol.render(policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=[r"CORP\anna"])))
PERHAPS = (
    b"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services]\r\n"
    b'"fAllowUnsolicited"="1"\r\n'
)
Said = Callable[..., tuple[int, str]]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Said:
    """Return what an audit of files prints, and its exit code; blanks and line ends are one blank."""
    monkeypatch.chdir(tmp_path)

    def call(*options: str, **files: bytes) -> tuple[int, str]:
        for name, data in files.items():
            (tmp_path / f"{name}.pol").write_bytes(data)
        done = CliRunner().invoke(audit, [*options, *(f"{name}.pol" for name in files)])
        return done.exit_code, " ".join(done.stdout.split())

    return call


def test_a_finding_is_told_once_with_three_places_and_how_many_more(said: Said) -> None:
    """Of five files of one content three places are named, and the count is of files."""
    _, text = said(a=CONTROL, b=CONTROL, c=CONTROL, d=CONTROL, e=CONTROL)

    assert 1 == text.count("medium RA001")
    assert "(a.pol, offset 182, b.pol, offset 182, c.pol, offset 182 and 2 more)" in text
    assert r"5 files say the same, as a.pol: offers are enabled for CORP\anna; helpers may control; RA001" in text


def test_what_is_bad_is_never_behind_an_option(said: Said) -> None:
    """What was not read and what is unclear stands on the first screen, among any number of good files."""
    code, text = said(a=VIEW, b=VIEW, c=b"no policy", d=PERHAPS)

    assert 2 == code
    assert "NOT READ c.pol" in text
    assert "UNCLEAR fAllowUnsolicited REG_SZ" in text
    assert text.index("NOT READ: c.pol") == 0


def test_what_cannot_be_told_is_not_called_empty(said: Said) -> None:
    """Where offers are perhaps enabled nobody reads that they are not; where nothing is stated no mode is named."""
    _, perhaps = said(a=PERHAPS)
    _, nothing = said(b=registry_pol.render([]))

    assert "stated offers unknown (line 4); no valid mode; no helper" in perhaps
    assert "stated offers not configured other roads" in nothing


def test_a_summary_is_a_row_for_all_that_mean_the_same(said: Said) -> None:
    """`--summary` counts files of one meaning, names one of them, and still says what was not read."""
    _, text = said("--summary", a=VIEW, b=VIEW, c=CONTROL, d=b"no policy")

    assert "NOT READ d.pol" in text
    assert "1 enabled control" in text
    assert "2 enabled view" in text


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github"])
def test_a_summary_is_for_people(said: Said, form: str) -> None:
    """A format for programs has every file, so a summary in it is refused and not passed over."""
    code, text = said("--summary", "--format", form, a=VIEW)

    assert (1, "") == (code, text)  # a UsageError, which the command line shows
