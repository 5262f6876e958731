"""What an administrator should look at: findings, each of a kind with a stable id.

`KINDS` is the list; ids are never renumbered, and the words of a kind say what is wrong in general and what to do.
`findings_of` finds them in one policy. How severe a kind is follows one thought: *high* lets strangers in, *medium*
gives more than is needed or makes the outcome uncertain, *low* is a surprise for people and changes no decision.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Final

from attrs import frozen

from rasim.errors import Where
from rasim.formats import Remark
from rasim.policy import (
    Flaw,
    Helper,
    Mode,
    Policy,
    Preference,
    State,
    names_everybody,
    printable,
)
from rasim.policy.settings import OFFER_HELPERS


class Severity(IntEnum):
    """How much a finding matters, in ascending order."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


@frozen
class Kind:
    """A kind of finding: its id, severity, and what to do about it."""

    id: str
    severity: Severity
    remedy: str


@frozen
class Finding:
    """One finding: what was found, and the entry that shows it."""

    kind: Kind
    message: str
    where: Where | None


CONTROL: Final = Kind(
    "RA001", Severity.MEDIUM, "choose view only unless helpers need control (control is where the editor starts)"
)
OFFERS: Final = Kind("RA002", Severity.LOW, "disable offers unless they are needed; STIG and CIS ask for disabled")
EMPTY_LIST: Final = Kind("RA003", Severity.LOW, "list the helpers, or disable offers")
EVERYBODY: Final = Kind("RA004", Severity.HIGH, "list a group that holds only those who are to help")
FORM: Final = Kind("RA005", Severity.MEDIUM, "write each entry as DOMAIN\\name, one user or group an entry")
DATA: Final = Kind("RA006", Severity.MEDIUM, "write the entry anew as text, with the same name and data")
NO_MODE: Final = Kind("RA007", Severity.MEDIUM, "state the mode: fAllowUnsolicitedFullControl as DWORD 0 or 1")
NO_DWORD: Final = Kind("RA008", Severity.MEDIUM, "store the value as DWORD 0 or 1, or set the policy in the editor")
LEFTOVER: Final = Kind("RA009", Severity.LOW, "remove mode and helpers, or they come to life when offers are enabled")
PREFERENCE: Final = Kind("RA010", Severity.LOW, "set the policy too if this is meant to bind; the user can undo it")
MISPLACED: Final = Kind("RA011", Severity.LOW, "use the policy key; Windows does not look here for this policy")
SOLICITED: Final = Kind("RA012", Severity.MEDIUM, "disable solicited help unless it is needed; STIG asks for disabled")
AS_READ: Final = Kind("RA013", Severity.LOW, "write the file as regedit exports it")
INSTRUCTION: Final = Kind("RA014", Severity.MEDIUM, "remove the instruction, or find out what it does")

KINDS: Final = (
    CONTROL,
    OFFERS,
    EMPTY_LIST,
    EVERYBODY,
    FORM,
    DATA,
    NO_MODE,
    NO_DWORD,
    LEFTOVER,
    PREFERENCE,
    MISPLACED,
    SOLICITED,
    AS_READ,
    INSTRUCTION,
)


def findings_of(policy: Policy, remarks: Iterable[Remark] = ()) -> tuple[Finding, ...]:
    """Return what is to be looked at in a policy and in how its files were read, the most severe first."""
    found = [*_about_offers(policy), *_about_others(policy), *_about_doubts(policy)]
    found += [Finding(AS_READ, remark.message, remark.where) for remark in remarks]
    return tuple(sorted(found, key=lambda finding: (-finding.kind.severity, finding.kind.id)))


def _about_offers(policy: Policy) -> Iterator[Finding]:
    offer = policy.offer
    if offer.state not in {State.ENABLED, State.UNKNOWN}:
        if offer.mode is not None or offer.helpers:
            where = offer.helpers[0].where if offer.helpers else offer.mode_stated.where
            yield Finding(LEFTOVER, f"a mode or helpers are stored although offers are {offer.state.value}", where)
        return
    if offer.state is State.ENABLED and offer.mode is Mode.CONTROL:
        yield Finding(CONTROL, "offers are enabled and helpers may control", offer.mode_stated.where)
    elif offer.state is State.ENABLED:
        yield Finding(OFFERS, "offers are enabled", offer.stated.where)
    if not offer.helpers:
        where = offer.helpers_stated.where or offer.stated.where
        yield Finding(EMPTY_LIST, "no helpers are listed: nobody may offer", where)
    for helper in offer.helpers:
        yield from _about_helper(helper)


def _about_helper(helper: Helper) -> Iterator[Finding]:
    name = f'the helper "{printable(helper.text)}"'
    if names_everybody(helper.text):
        yield Finding(EVERYBODY, f"{name} stands for everybody, or every account of a domain", helper.where)
    elif helper.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT}:
        yield Finding(DATA, f"{name} {helper.flaw.value}", helper.where)
    elif helper.flaw is not None:
        yield Finding(FORM, f"{name} {helper.flaw.value}", helper.where)


def _about_others(policy: Policy) -> Iterator[Finding]:
    solicited, local = policy.solicited, policy.local
    if solicited.state is State.ENABLED:
        control = " and those invited may control" if solicited.mode is Mode.CONTROL else ""
        yield Finding(SOLICITED, f"solicited help is enabled{control}", solicited.stated.where)
    if local.solicited is not Preference.ABSENT and solicited.state is State.NOT_CONFIGURED:
        message = f"invitations are switched {local.solicited.value} by local preference only: that is no policy"
        if local.solicited is Preference.UNKNOWN:
            message = "invitations are governed by a local preference only: that is no policy"
        yield Finding(PREFERENCE, f"{message}, and it says nothing about offers", local.stated.where)
    for stated in policy.misplaced:
        yield Finding(MISPLACED, f"{stated.setting} ({stated.says}) stands at a key without effect", stated.where)


def _about_doubts(policy: Policy) -> Iterator[Finding]:
    for doubt in policy.unclear:
        if doubt.setting == str(OFFER_HELPERS):
            continue  # told with the helper
        if doubt.topic == "instruction":
            yield Finding(INSTRUCTION, f"{doubt.setting} is {doubt.says}", doubt.where)
        elif doubt.topic == "no mode":
            perhaps = "" if policy.offer.state is State.ENABLED else "perhaps "
            yield Finding(NO_MODE, f"offers are {perhaps}enabled and no mode is stated ({doubt.setting})", doubt.where)
        elif doubt.topic == "control sets":
            yield Finding(PREFERENCE, f"the local preference {doubt.setting} {doubt.says}", doubt.where)
        else:
            yield Finding(NO_DWORD, f"{doubt.setting} ({doubt.says}) is not a plain DWORD 0 or 1", doubt.where)
