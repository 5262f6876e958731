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
    '"CORP\\anna"': Flaw.QUOTES,
    "'CORP\\anna'": Flaw.QUOTES,
    r"CORP\'anna'": Flaw.QUOTES,
    "\u201cCORP\\anna\u201d": Flaw.QUOTES,
    r"CORP\anna;CORP\bob": Flaw.CHARACTER,
    r"CORP\a[1]": Flaw.CHARACTER,
    "CORP/anna": Flaw.CHARACTER,
    r"CORP\...": Flaw.HALF,
    r"\anna": Flaw.HALF,
    "CORP\\": Flaw.HALF,
    r".\anna": Flaw.HALF,
    r" CORP\anna": Flaw.EDGES,
    r"CORP\ anna": Flaw.EDGES,
    "CORP\\an\u200bna": Flaw.INVISIBLE,
    "CORP\\\ud800": Flaw.INVISIBLE,
    "CORP\\an\nna": Flaw.INVISIBLE,
}


@pytest.mark.parametrize(
    "text",
    [
        r"CORP\anna",
        r"corp.example.com\Domain Users",
        r"BUILTIN\Users",
        r"CORP\Jürgen",
        r"CORP\O'Brien",
        r"CORP\a (b) & c",
    ],
)
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


EVERYBODY = (
    *(
        "Everyone",
        "everyone",
        r"CORP\Domain Users",
        r"NT AUTHORITY\Authenticated Users",
        "Jeder",
        "Tutti",
        "Все",
        "Alla",
        "Kaikki",
    ),
    *(
        "Domain Users@corp.example",
        r"CORP\Domain Guests",
        r"CORP\Domain Computers",
        r"BUILTIN\Guests",
        r".\Users",
        "corp/Domain Users",
    ),
    *(
        "NT AUTHORITY\\INTERACTIVE",
        r"NT-AUTORITÄT\Netzwerk",
        "Network",
        "AUTORITE NT\\Réseau",
        '"Everyone"',
        "'CORP\\Domain Users'",
    ),
    *(
        r"CORP\Utilisa. du domaine",
        r"CORP\Użytkownicy domeny",
        r"CORP\Gebruikers van domein",
        r"CORP\ПОЛЬЗОВАТЕЛИ ДОМЕНА",
    ),
    *("CN=Domain Users,CN=Users,DC=corp,DC=example", "*", "CORP\\*", "*@corp.example", "*S-1-1-0", "CORP\\S-1-5-11"),
    *(
        "S-1-1-0",
        "s-1-5-11",
        "S-1-5-32-545",
        "S-1-5-32-546",
        "S-1-5-32-554",
        "S-1-5-2",
        "S-1-5-4",
        "S-1-5-7",
        "S-1-5-15",
        "S-1-5-113",
    ),
    *("S-1-5-21-1-2-3-513", "S-1-5-21-1-2-3-514", "S-1-5-21-1-2-3-515", "S-1-18-1", "S-1-5-21-0-0-0-497"),
)
SOME = (
    *(
        r"CORP\Domain Users Helpdesk",
        r"CORP\Domain Admins",
        r"CORP\Network",
        r"CORP\Red",
        r"CORP\anna",
        r"BUILTIN\Administrators",
    ),
    *(
        "S-1-5-21-1-2-3-512",
        "S-1-5-21-1-2-3-1513",
        "S-1-5-32-544",
        "S-1-5-18",
        "S-1-5-12",
        "",
        " ",
        '"',
        "anna@corp.example",
        "a*",
    ),
    *("CN=anna,CN=Users,DC=corp,DC=example", "CORP\\", r"CORP\Domain Controllers"),
)


@pytest.mark.parametrize("text", EVERYBODY)
def test_groups_of_everybody_are_known(text: str) -> None:
    """A group that holds everybody is recognised in any form, language and case."""
    assert names_everybody(text)


@pytest.mark.parametrize("text", SOME)
def test_an_ordinary_group_is_not_everybody(text: str) -> None:
    """A group whose name merely contains such a word, or means it elsewhere, is not taken for it."""
    assert not names_everybody(text)


def test_a_domain_is_not_the_world() -> None:
    """All accounts of a domain are everybody, and not whoever there is."""
    assert [True, False, False] == [
        names_everybody(text, world=True) for text in ("Everyone", r"CORP\Domain Users", "S-1-5-21-1-2-3-513")
    ]
