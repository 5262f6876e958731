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
    QUOTES = "stands in quotation marks"
    CHARACTER = "holds a character that no account name can hold"
    SID = "is a security identifier, not a name"
    UPN = "has the form name@domain"
    BARE = "has no domain"
    BACKSLASHES = "holds more than one backslash"
    HALF = "lacks the domain or the name beside the backslash"
    UNLIKE_DATA = "has a value name and data that differ"
    NOT_TEXT = "is not stored as text"


_SID: Final = re.compile(r"S-1-\d+(-\d+)*", re.IGNORECASE)
_QUOTES: Final = "'\"`\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e"
_DISTINGUISHED: Final = re.compile(r"(?:LDAP://)?(?:CN|OU|DC)\s*=", re.IGNORECASE)
_SEVERAL: Final = re.compile(r"[;,|\n]")
_NEVER: Final = re.compile(r'["/\[\]:;|=,+<>]')  # in a logon name or the name of a group (docs/reference/sources.md)

# Who holds everybody, or every account of a domain, in the languages of Windows; docs/reference/policy-files.md says what was read and
# what is remembered. It only adds warnings and doubts. Whoever administers a computer, or may join one, can act as its account.
_WORLD: Final = """Everyone|Authenticated Users|Users|Anonymous Logon|Guests|Pre-Windows 2000 Compatible Access
This Organization|Other Organization|Console Logon|Remote Interactive Logon|Local account|NTLM Authentication
Jeder|Authentifizierte Benutzer|Benutzer|Anonymous-Anmeldung|Gäste|Prä-Windows 2000 kompatibler Zugriff
Tout le monde|Utilisateurs authentifiés|Utilisateurs|Invités|Todos|Usuarios autentificados|Usuarios|Invitados
Usuários autenticados|Utilizadores autenticados|Usuários|Utilizadores|Convidados|Tutti|Utenti autenticati|Utenti
Iedereen|Geverifieerde gebruikers|Gebruikers|Gasten|Alla|Autentiserade användare|Användare|Gäster
Alle|Godkendte brugere|Brugere|Godkjente brukere|Brukere|Gæster|Gjester|Kaikki|Todennetut käyttäjät|Käyttäjät|Vieraat
Wszyscy|Użytkownicy uwierzytelnieni|Użytkownicy|Goście|Все|Прошедшие проверку|Пользователи|Гости
Mindenki|Hitelesített felhasználók|Felhasználók|Vendégek|Všichni|Uživatelé|Hosté
Herkes|Kimliği Doğrulanmış Kullanıcılar|Kullanıcılar|Konuklar"""
_LOGONS: Final = """Interactive|Network|Local|Interaktiv|Netzwerk|Interactif|Réseau|Interactivo|Red|Interativo|Rede
Interattivo|Rete|Interactief|Netwerk|Nätverk|Netværk|Nettverk|Verkko|Interaktywna|Sieć|Интерактивные|Сеть"""  # of NT AUTHORITY alone
_DOMAIN: Final = """Domain Users|Domain Guests|Domain Computers|Domänen-Benutzer|Domänen-Gäste|Domänencomputer|Domänen-Computer
Utilisateurs du domaine|Utilisa. du domaine|Invités du domaine|Ordinateurs du domaine|Usuarios del dominio|Invitados del dominio
Equipos del dominio|Usuários do domínio|Utilizadores do domínio|Convidados do domínio|Computadores do domínio|Utenti del dominio
Utenti dominio|Domeingebruikers|Gebruikers van domein|Toimialueen käyttäjät|Domänanvändare|Domænebrugere|Domenebrukere
Użytkownicy domeny|Goście domeny|Komputery domeny|Пользователи домена|Гости домена|Компьютеры домена|Tartományfelhasználók
Tartományi felhasználók|Uživatelé domény|Etki Alanı Kullanıcıları"""
_WORLD_NAMES, _LOGON_NAMES, _DOMAIN_NAMES = (
    frozenset(map(fold, re.split(r"[|\n]", names))) for names in (_WORLD, _LOGONS, _DOMAIN)
)
_WORLD_SIDS: Final = re.compile(
    r"S-1-(1-0|2-[01]|5-([1-467]|1[13-57]|1000|11[34]|64-\d+|32-(545|546|554))|15-2-[12]|18-[12])", re.IGNORECASE
)
_DOMAIN_SIDS: Final = re.compile(r"S-1-5-21-(.+-)?(51[345]|49[67])", re.IGNORECASE)


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
        (Flaw.QUOTES, text[:1] in _QUOTES or name[:1] in tuple(_QUOTES) or text[-1:] in _QUOTES.replace("'", "")),
        (Flaw.EDGES, text != text.strip()),
        (Flaw.SID, _SID.fullmatch(text) is not None),
        (Flaw.CHARACTER, _NEVER.search(text) is not None),
        (Flaw.UPN, not backslash and "@" in text),
        (Flaw.BARE, not backslash),
        (Flaw.BACKSLASHES, "\\" in name),
        # A dot alone is this computer, not a domain: nothing could be compared with it.
        (Flaw.HALF, not domain.strip() or not name.strip(" .") or domain == "."),
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


def names_everybody(text: str, *, world: bool = False) -> bool:
    r"""Tell whether an entry names a group that holds everybody (`Everyone`, `CORP\Domain Users`); with `world` not of one domain alone."""
    said = re.sub(r"(?i)^CN=([^,]*).*", r"\1", _seen(text).strip(f" {_QUOTES}"))
    authority, _, name = said.rpartition("\\")
    name = name.partition("@")[0].strip(f" {_QUOTES}")
    sid, folded = name.removeprefix("*"), fold(name)
    if folded in _LOGON_NAMES:
        return authority in {"", "."} or re.search(r"\bNT\b", fold(authority)) is not None
    if folded in _WORLD_NAMES or _WORLD_SIDS.fullmatch(sid) or (name and not sid.strip("*")):
        return True
    return not world and (folded in _DOMAIN_NAMES or _DOMAIN_SIDS.fullmatch(sid) is not None)


def plainly(text: str) -> Account | None:
    """Return the account that an entry of wrong form is but for blanks, quotes, what cannot be seen, and slashes; else None."""
    plain = "\\".join(part.strip(f" {_QUOTES}") for part in _seen(text).split("\\"))
    return parse_account(plain) if flaw_of(plain) is None else None


def might_mean(text: str, account: Account) -> bool:
    """Tell whether Windows, which knows the directory, might find `account` by `text` although rasim cannot.

    A bare name, a name@domain, a distinguished name, a name with a wildcard and a SID may be a group, and anybody in it. Else it is the
    same name in a domain written in the other of its two forms (short and DNS), or the account itself (`plainly`). It allows
    nothing; it makes a refusal *unclear*.
    """
    if "*" in text or "?" in text or _is_distinguished(text):
        return True
    plain = plainly(text)
    if plain is not None:
        other_form = fold(plain.name) == fold(account.name) and ("." in plain.domain) != ("." in account.domain)
        return plain == account or other_form
    domain, _, name = (part.strip(f" {_QUOTES}") for part in _seen(text).rpartition("\\"))
    bare = name.partition("@")[0].removeprefix("*").strip()
    return domain in {"", "."} and flaw_of(f"DOMAIN\\{bare}") is None


def names_in(text: str) -> list[str]:
    r"""Return the names that an entry is written of: one, or each of several (`CORP\anna;CORP\bob`)."""
    several = [text] if _is_distinguished(text) else [each.strip() for each in _SEVERAL.split(text)]
    return several if len(several) > 1 else [text]


def _is_distinguished(text: str) -> bool:
    return _DISTINGUISHED.match(text.strip(f" {_QUOTES}")) is not None


def _seen(text: str) -> str:
    """Return a text without what cannot be seen, slashes and doubled backslashes as one backslash."""
    return re.sub(r"[\\/]+", r"\\", "".join(letter for letter in text if letter.isprintable()))
