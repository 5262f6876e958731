r"""Accounts: who an expert is, and what an entry of the helper list can name.

An account is `DOMAIN\name` or `dns.domain\name` and nothing else (R26, A1). Entries of other forms are kept as
they are typed and carry a `Flaw`: they are shown and reported, and match nobody (S10).
"""

import re
from enum import Enum
from typing import Final

from attrs import field, frozen

from rasim.errors import UsageError
from rasim.policy.names import fold
from rasim.words import printable


@frozen
class Account:
    r"""A user or a group, `DOMAIN\name`; equal whatever the case, printed as it was written."""

    domain: str = field(eq=fold)
    name: str = field(eq=fold)

    def __str__(self) -> str:
        return printable(f"{self.domain}\\{self.name}")


class Flaw(Enum):
    r"""Why an entry of the helper list matches nobody; the value completes "this entry ..."."""

    EMPTY = "is empty"
    BLANK = "is blank"
    EDGES = "begins or ends with a blank"
    INVISIBLE = "holds a character that cannot be seen"
    WILDCARD = "holds a wildcard (* or ?)"
    SID = "is a security identifier, not a name"
    UPN = "has the form name@domain"
    BARE = "has no domain"
    BACKSLASHES = "holds more than one backslash"
    HALF = "lacks the domain or the name beside the backslash"
    UNLIKE_DATA = "has a value name and data that differ"
    NOT_TEXT = "is not stored as text"


_SID: Final = re.compile(r"S-1-\d+(-\d+)*", re.IGNORECASE)

# Well-known groups that hold everybody, or every account of a domain, in the languages the editor is most used in.
# Known from use of Windows, from no document: the list can only add warnings and doubts, never an allowance.
_EVERYBODY: Final = frozenset(
    map(
        fold,
        (
            "Everyone",
            "Authenticated Users",
            "Users",
            "Domain Users",
            "Interactive",
            "Network",
            "Guests",
            "Domain Guests",
            "Anonymous Logon",
            "Jeder",
            "Authentifizierte Benutzer",
            "Benutzer",
            "Domänen-Benutzer",
            "Tout le monde",
            "Utilisateurs authentifiés",
            "Utilisateurs",
            "Utilisateurs du domaine",
            "Todos",
            "Usuarios autentificados",
            "Usuarios",
            "Usuarios del dominio",
        ),
    )
)
_EVERYBODY_SIDS: Final = frozenset({"S-1-1-0", "S-1-5-11", "S-1-5-32-545", "S-1-5-4", "S-1-5-2", "S-1-5-7"})


def flaw_of(text: str) -> Flaw | None:
    r"""Return why `text` names no account, or None if it has the form `DOMAIN\name` (R26).

    The order is that of the questions a person would ask: is there anything, can it be seen, what form has it.
    """
    domain, backslash, name = text.partition("\\")
    questions = (
        (Flaw.EMPTY, not text),
        (Flaw.BLANK, not text.strip()),
        (Flaw.INVISIBLE, not text.isprintable()),
        (Flaw.WILDCARD, "*" in text or "?" in text),
        (Flaw.EDGES, text != text.strip()),
        (Flaw.SID, _SID.fullmatch(text) is not None),
        (Flaw.UPN, not backslash and "@" in text),
        (Flaw.BARE, not backslash),
        (Flaw.BACKSLASHES, "\\" in name),
        # A dot alone is this computer, not a domain: nothing could be compared with it.
        (Flaw.HALF, not domain.strip() or not name.strip() or domain == "."),
        (Flaw.EDGES, domain != domain.strip() or name != name.strip()),
    )
    return next((flaw for flaw, applies in questions if applies), None)


def parse_account(text: str) -> Account:
    r"""Return the account that `text` names.

    Raises:
        UsageError: `text` is not of the form `DOMAIN\name` (R26).

    """
    if (flaw := flaw_of(text)) is not None:
        raise UsageError(f"{printable(text)!r} is no account: it {flaw.value}; write DOMAIN\\name")
    domain, _, name = text.partition("\\")
    return Account(domain, name)


def names_everybody(text: str) -> bool:
    r"""Tell whether an entry names a group that holds everybody (`Everyone`, `CORP\Domain Users`, their SIDs)."""
    return fold(text).strip() in _EVERYBODY_SIDS or fold(text.rpartition("\\")[2].strip()) in _EVERYBODY


def plainly(text: str) -> Account | None:
    """Return the account that an entry of wrong form is but for blanks, what cannot be seen, and doubled backslashes; else None."""
    plain = "\\".join(part.strip() for part in _seen(text).split("\\"))
    return parse_account(plain) if flaw_of(plain) is None else None


def might_mean(text: str, account: Account) -> bool:
    """Tell whether Windows, which knows the directory, might resolve `text` to `account` although rasim cannot.

    A bare name, a name@domain, a security identifier, the same name in a domain written in the other of its two forms (short
    and DNS), or the account itself but for blanks, what cannot be seen, and doubled backslashes. Such an
    entry allows nothing; it makes a refusal *unclear* instead of certain.
    """
    if _SID.fullmatch(_seen(text).strip()):
        return True
    plain = plainly(text)
    if plain is not None:
        other_form = fold(plain.name) == fold(account.name) and ("." in plain.domain) != ("." in account.domain)
        return plain == account or other_form
    domain, _, name = (part.strip() for part in _seen(text).rpartition("\\"))
    return domain in {"", "."} and fold(name.partition("@")[0].strip()) == fold(account.name)


def _seen(text: str) -> str:
    """Return a text without what cannot be seen, doubled backslashes as one."""
    return re.sub(r"\\+", r"\\", "".join(letter for letter in text if letter.isprintable()))
