import pytest

from rasim.errors import UsageError
from rasim.policy import Account, Flaw, flaw_of, fold, names_everybody, parse_account, printable

FLAWED = {
    "": Flaw.EMPTY,
    "  ": Flaw.BLANK,
    "*": Flaw.WILDCARD,
    r"CORP\a?na": Flaw.WILDCARD,
    "anna": Flaw.BARE,
    "anna@corp.example": Flaw.UPN,
    "S-1-5-21-1-2-3-1104": Flaw.SID,
    "s-1-1-0": Flaw.SID,
    r"CORP\Tier\anna": Flaw.BACKSLASHES,
    r"\anna": Flaw.HALF,
    "CORP\\": Flaw.HALF,
    r".\anna": Flaw.HALF,
    r" CORP\anna": Flaw.EDGES,
    r"CORP\ anna": Flaw.EDGES,
    "CORP\\an\u200bna": Flaw.INVISIBLE,
    "CORP\\\ud800": Flaw.INVISIBLE,
    "CORP\\an\nna": Flaw.INVISIBLE,
}


@pytest.mark.parametrize("text", [r"CORP\anna", r"corp.example.com\Domain Users", r"BUILTIN\Users", r"CORP\Jürgen"])
def test_two_forms_of_an_account(text: str) -> None:
    r"""DOMAIN\name and dns.domain\name are accounts, printed as they were written (R26, A1)."""
    assert text == str(parse_account(text))


@pytest.mark.parametrize("text", FLAWED)
def test_other_forms_have_a_flaw(text: str) -> None:
    """An entry of another form is named for what it is (R26, S10)."""
    assert FLAWED[text] == flaw_of(text)


@pytest.mark.parametrize("text", FLAWED)
def test_other_forms_are_no_account(text: str) -> None:
    """A text of another form is refused as an account."""
    with pytest.raises(UsageError):
        parse_account(text)


def test_case_does_not_matter() -> None:
    """Accounts that differ in case are the same account, also in a set."""
    assert {Account("CORP", "anna")} == {Account("corp", "ANNA"), Account("Corp", "Anna")}


@pytest.mark.parametrize("stranger", ["CORP\\Anıta", "CORP\\ſam", "CORP\\Strasse"])
def test_letters_that_share_a_capital_are_different(stranger: str) -> None:
    """A letter equals only itself and its own capital: a likeness is not an identity (fail closed)."""
    known = {Account("CORP", name) for name in ("ANITA", "SAM", "STRAßE")}

    assert parse_account(stranger) not in known


def test_folding_keeps_the_length() -> None:
    """Folding goes letter by letter, so that prefixes can be cut off a folded text."""
    text = "ßﬁıſİµÜ"

    assert len(text) == len(fold(text))


def test_what_cannot_be_seen_is_spelt_out() -> None:
    """A control character, half a surrogate pair and an invisible mark are printed by number."""
    assert "a<U+001B>b<U+D800>c<U+202E>d" == printable("a\x1bb\ud800c\u202ed")


@pytest.mark.parametrize(
    "text", ["Everyone", "everyone", r"CORP\Domain Users", r"NT AUTHORITY\Authenticated Users", "S-1-1-0", "Jeder"]
)
def test_groups_of_everybody_are_known(text: str) -> None:
    """A group that holds everybody is recognised in any form and case."""
    assert names_everybody(text)


def test_an_ordinary_group_is_not_everybody() -> None:
    """A group whose name merely contains such a word is not taken for it."""
    assert not names_everybody(r"CORP\Domain Users Helpdesk")
