"""What an administrator should look at: findings, each of a kind with a stable id.

`KINDS` is the list; ids are never renumbered, and the words of a kind say what is wrong in general and what to do.
`findings_of` finds them in one policy. How severe a kind is follows one thought: *high* lets strangers in, *medium*
gives more than is needed or makes the outcome uncertain, *low* is a surprise for people and changes no decision.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Final

from attrs import frozen

from rasim.analysis.guidance import OFFER_GUIDANCE, SOLICITED_GUIDANCE, Guidance
from rasim.errors import Where
from rasim.formats import Remark
from rasim.policy import (
    NAMED,
    SYSTEMS,
    Blocks,
    Firewall,
    Flaw,
    Helper,
    Mode,
    Policy,
    Preference,
    RegistryEntry,
    State,
    names_everybody,
    printable,
)
from rasim.policy.firewall_rules import OFFER_NEEDS, match, unlike_predefined
from rasim.policy.names import fold
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
    """A kind of finding: its id, severity, what is found in general, what to do about it, and who asks for that."""

    id: str
    severity: Severity
    says: str
    remedy: str
    guidance: tuple[Guidance, ...] = ()


@frozen
class Finding:
    """One finding: what was found, and the entry that shows it."""

    kind: Kind
    message: str
    where: Where | None


CONTROL: Final = Kind(
    "RA001",
    Severity.MEDIUM,
    "offers are enabled and helpers may control",
    "choose view only unless helpers need control (control is where the editor starts)",
    OFFER_GUIDANCE,
)
OFFERS: Final = Kind(
    "RA002",
    Severity.LOW,
    "offers are enabled, view only",
    "disable offers unless they are needed; STIG and CIS ask for disabled",
    OFFER_GUIDANCE,
)
EMPTY_LIST: Final = Kind(
    "RA003",
    Severity.LOW,
    "offers are enabled and nobody is listed",
    "list the helpers, or disable offers",
)
EVERYBODY: Final = Kind(
    "RA004",
    Severity.HIGH,
    "an entry stands for everybody, or for every account of a domain",
    "list a group that holds only those who are to help",
)
FORM: Final = Kind(
    "RA005",
    Severity.MEDIUM,
    "an entry has a form that matches nobody",
    "write each entry as DOMAIN\\name, one user or group an entry",
)
DATA: Final = Kind(
    "RA006",
    Severity.MEDIUM,
    "an entry's name and data differ, or it is not stored as text",
    "write the entry anew as text, with the same name and data",
)
NO_MODE: Final = Kind(
    "RA007",
    Severity.MEDIUM,
    "offers are enabled and no mode is stated",
    "state the mode: fAllowUnsolicitedFullControl as DWORD 0 or 1",
)
NO_DWORD: Final = Kind(
    "RA008",
    Severity.MEDIUM,
    "a switch is not a plain DWORD of 0 or 1",
    "store the value as DWORD 0 or 1, or set the policy in the editor",
)
LEFTOVER: Final = Kind(
    "RA009",
    Severity.LOW,
    "mode or helpers are stored although offers are not enabled",
    "remove mode and helpers, or they come to life when offers are enabled",
)
PREFERENCE: Final = Kind(
    "RA010",
    Severity.LOW,
    "invitations are governed by the local switch only",
    "set the policy too if this is meant to bind; the user can undo it",
)
MISPLACED: Final = Kind(
    "RA011",
    Severity.LOW,
    "a value stands at a key where it does nothing",
    "use the policy key; Windows does not look here for this policy",
)
SOLICITED: Final = Kind(
    "RA012",
    Severity.MEDIUM,
    "invitations are enabled",
    "disable solicited help unless it is needed; STIG asks for disabled",
    SOLICITED_GUIDANCE,
)
AS_READ: Final = Kind(
    "RA013",
    Severity.LOW,
    "the file was read in spite of something",
    "write the file as regedit exports it",
)
INSTRUCTION: Final = Kind(
    "RA014",
    Severity.MEDIUM,
    "an instruction is not known or cannot be carried out",
    "remove the instruction, or find out what it does",
)
ALWAYS_OPEN: Final = Kind(
    "RA015",
    Severity.MEDIUM,
    "port 3389 is open all the time",
    "on Windows XP except Sessmgr.exe instead; elsewhere narrow the scope to the helpers' addresses",
)
RPC: Final = Kind(
    "RA016",
    Severity.LOW,
    "port 135 is open, which lets in other remote procedure calls than offers too",
    "narrow the scope to the helpers' addresses",
)
NO_EXCEPTION: Final = Kind(
    "RA017",
    Severity.MEDIUM,
    "a string in a list of exceptions is none",
    "write it as PORT:TCP:SCOPE:STATUS:NAME or PATH:SCOPE:STATUS:NAME",
)
BLANKS: Final = Kind(
    "RA018",
    Severity.LOW,
    "blanks beside the colons of exceptions were read over; told once for a file",
    "write the exceptions without blanks around the colons",
)
CONFLICT: Final = Kind(
    "RA019",
    Severity.MEDIUM,
    "a port or program has enabled entries and a disabled one, which overrides them",
    "keep one of the entries: a disabled one overrides all that are enabled",
)
OFF: Final = Kind(
    "RA020",
    Severity.MEDIUM,
    "the firewall is switched off by policy",
    "switch the firewall on and state the exceptions that are needed",
)
OTHER_PROFILE: Final = Kind(
    "RA021",
    Severity.LOW,
    "exceptions stand in the standard profile only",
    "state them in the domain profile, in which offers arrive",
)
DISABLED_BESIDE: Final = Kind(
    "RA022",
    Severity.LOW,
    "the Remote Desktop exception is disabled beside Sessmgr.exe, which may open port 3389 nevertheless",
    "leave the Remote Desktop exception not configured, or drop Sessmgr.exe",
)
UNTOLD: Final = Kind(
    "RA023",
    Severity.MEDIUM,
    "what a setting is cannot be told from the file: a report in unknown words, or made without the right",
    "give the Registry.pol, or the ADML texts of the report's language (--adml); run gpresult elevated",
)
HALF_OFF: Final = Kind(
    "RA024",
    Severity.LOW,
    "the computer's half of a group policy is switched off, so nothing of it applies",
    "switch the computer's half of the group policy on if it is to apply",
)
DISAGREE: Final = Kind(
    "RA025",
    Severity.MEDIUM,
    "the report in a group policy's folder says otherwise than its Registry.pol",
    "find out which of the two is stale, and make the backup anew",
)
UNREADABLE: Final = Kind(
    "RA026",
    Severity.MEDIUM,
    "a file, or a policy that is linked, is missing from a merge; or the order of links is not known and matters",
    "find the file and give it anew: what it says is missing from the result",
)
REPEATED: Final = Kind(
    "RA027",
    Severity.LOW,
    "an entry stands twice in one list, in different letters",
    "keep one of the entries: letters' case makes no difference",
)
OLD_BLOCK: Final = Kind(
    "RA028",
    Severity.LOW,
    "invitations are disabled beside enabled offers, which blocks offers on systems before Windows XP SP2",
    "leave invitations not configured for such systems, or disable offers too",
)
BLOCKED: Final = Kind(
    "RA030",
    Severity.MEDIUM,
    "offers are enabled and a rule of Windows Vista and later blocks them",
    "remove the block rule, or disable offers: nobody can be helped like this",
)
UNLIKE: Final = Kind(
    "RA031",
    Severity.MEDIUM,
    "a rule has the name of one of Windows' own Remote Assistance rules and says something else",
    "restore Windows' own rule, or give yours a name of its own",
)
OUTSIDE: Final = Kind(
    "RA032",
    Severity.MEDIUM,
    "a rule lets offers in outside the domain profile",
    "restrict the rule to the domain profile, in which offers arrive",
)
NO_RULE: Final = Kind(
    "RA033",
    Severity.MEDIUM,
    "a string among the rules is none",
    "write the rule anew in the policy editor",
)
NOBODY: Final = Kind(
    "RA040",
    Severity.MEDIUM,
    "a helper is neither a group nor an account in what was told about members",
    "correct the name, or tell the members of its group",
)
CYCLE: Final = Kind(
    "RA041", Severity.LOW, "a group is in itself, directly or through others", "take the group out of itself"
)
NOT_TOLD: Final = Kind(
    "RA042",
    Severity.LOW,
    "the members of a group in the list were not told: who may offer cannot be told",
    "tell its members with --groups",
)
TWICE: Final = Kind(
    "RA043", Severity.LOW, "two entries are one account, in the two names of its domain", "keep one of the entries"
)
OFFERS_ABSENT: Final = Kind(
    "RA050",
    Severity.LOW,
    "offers are not configured, which forbids them, and hardening guides ask for *disabled*",
    "disable offers in so many words, so that no policy of lower precedence enables them",
    OFFER_GUIDANCE,
)
SOLICITED_ABSENT: Final = Kind(
    "RA051",
    Severity.LOW,
    "invitations are not configured, which leaves them to the user, and hardening guides ask for *disabled*",
    "disable solicited help unless it is needed",
    SOLICITED_GUIDANCE,
)

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
    ALWAYS_OPEN,
    RPC,
    NO_EXCEPTION,
    BLANKS,
    CONFLICT,
    OFF,
    OTHER_PROFILE,
    DISABLED_BESIDE,
    UNTOLD,
    HALF_OFF,
    DISAGREE,
    UNREADABLE,
    REPEATED,
    OLD_BLOCK,
    BLOCKED,
    UNLIKE,
    OUTSIDE,
    NO_RULE,
    NOBODY,
    CYCLE,
    NOT_TOLD,
    TWICE,
    OFFERS_ABSENT,
    SOLICITED_ABSENT,
)


_BY_TOPIC: Final = {"as read": AS_READ, "half off": HALF_OFF, "disagree": DISAGREE}


def findings_of(
    policy: Policy, remarks: Iterable[Remark] = (), repeated: Iterable[RegistryEntry] = (), *, whole: bool = False
) -> tuple[Finding, ...]:
    """Return what is to be looked at in a policy and in how its files were read, the most severe first.

    `repeated` are entries of lists that one source wrote twice in different letters. What is absent is told only of what is
    the `whole` policy of a computer: one file of several says nothing by its silence.
    """
    found = [*_about_offers(policy), *_about_others(policy), *_about_doubts(policy), *_about_firewall(policy)]
    found += _about_guidance(policy) if whole else ()
    found += [Finding(_BY_TOPIC[remark.topic], remark.message, remark.where) for remark in remarks]
    for entry in repeated:
        found.append(Finding(REPEATED, f'"{printable(entry.name)}" stands twice in its list', entry.where))
    return by_severity(found)


def by_severity(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the most severe first, those of one kind in their order."""
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
    if policy.solicited.state is State.DISABLED:
        old = ", ".join(name for name, system in SYSTEMS.items() if system.solicited_blocks_offers is Blocks.YES)
        yield Finding(
            OLD_BLOCK, f"solicited help is disabled, which blocks offers on {old} (R9)", policy.solicited.stated.where
        )
    if not offer.helpers and not (offer.stated.untold and offer.helpers_stated.where is None):
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


def _about_guidance(policy: Policy) -> Iterator[Finding]:
    """Yield what hardening guides ask for and the policy leaves out."""
    offer, solicited = policy.offer.state, policy.solicited.state
    if offer is State.NOT_CONFIGURED:
        yield Finding(OFFERS_ABSENT, "offers are not configured: forbidden, and not disabled in so many words", None)
    if solicited is State.NOT_CONFIGURED:
        yield Finding(SOLICITED_ABSENT, "invitations are not configured: left to the user", None)


def _about_doubts(policy: Policy) -> Iterator[Finding]:
    yield from _about_untold(policy)
    for doubt in policy.unclear:
        if doubt.topic in {"untold", "firewall"} or OFFER_HELPERS.field in doubt.parts:
            continue  # told together, with the firewall, with the helper
        if doubt.topic == "missing":
            yield Finding(UNREADABLE, f"{doubt.setting} {doubt.says}", doubt.where)
        elif doubt.topic == "instruction":
            yield Finding(INSTRUCTION, f"{doubt.setting} is {doubt.says}", doubt.where)
        elif doubt.topic == "no mode":
            perhaps = "" if policy.offer.state is State.ENABLED else "perhaps "
            yield Finding(NO_MODE, f"offers are {perhaps}enabled and no mode is stated ({doubt.setting})", doubt.where)
        elif doubt.topic == "control sets":
            yield Finding(PREFERENCE, f"the local preference {doubt.setting} {doubt.says}", doubt.where)
        else:
            yield Finding(NO_DWORD, f"{doubt.setting} ({doubt.says}) is not a plain DWORD 0 or 1", doubt.where)


def _about_untold(policy: Policy) -> Iterator[Finding]:
    """Yield what cannot be told, settings of one reason and place together."""
    together: dict[tuple[str, Where | None], list[str]] = {}
    for doubt in policy.unclear:
        if doubt.topic == "untold" and OFFER_HELPERS.field not in doubt.parts:
            together.setdefault((doubt.says, doubt.where), []).append(doubt.setting)
    for (says, where), settings in together.items():
        yield Finding(UNTOLD, f"{', '.join(settings)} {says}", where)


def _about_firewall(policy: Policy) -> Iterator[Finding]:
    firewall = policy.firewall
    yield from _about_ports(firewall)
    yield from _about_strings(firewall)
    yield from _about_rules(policy)
    if not firewall.exceptions and (other := [n for n in NAMED if policy.standard.entries_for(n)]):
        where = policy.standard.entries_for(other[0])[0].where
        yield Finding(OTHER_PROFILE, f"{', '.join(other)}: stated in the standard profile only", where)


def _about_ports(firewall: Firewall) -> Iterator[Finding]:
    """Yield what stands open: everything, port 3389 all the time, port 135 for more than offers."""
    desktop = firewall.remote_desktop
    if firewall.protection.state == "disabled":
        yield Finding(OFF, "the firewall of the domain profile is switched off by policy", firewall.protection.where)
    always = [each for each in firewall.entries_for("3389 tcp") if each.enabled]
    if desktop.state == "enabled":
        whom = firewall.remote_desktop_scope or "a scope that cannot be read"
        yield Finding(ALWAYS_OPEN, f"the Remote Desktop exception keeps port 3389 open, from {whom}", desktop.where)
    for each in always:
        yield Finding(ALWAYS_OPEN, f"a port exception keeps port 3389 open, from {each.scope}", each.where)
    for each in firewall.entries_for("135 tcp"):
        if each.enabled:
            message = f"port 135 is open from {each.scope}: it lets in other remote procedure calls than offers too"
            yield Finding(RPC, message, each.where)
    if desktop.state == "disabled" and any(each.enabled for each in firewall.entries_for("sessmgr")):
        where = firewall.entries_for("sessmgr")[0].where
        message = "Sessmgr.exe may open port 3389 although the Remote Desktop exception is disabled"
        yield Finding(DISABLED_BESIDE, f"{message}{f' ({desktop.where})' if desktop.where else ''}", where)


def _about_rules(policy: Policy) -> Iterator[Finding]:
    """Yield what is to be looked at among the rules of Windows Vista and later."""
    rules = policy.firewall.rules
    for broken in policy.firewall.broken_rules:
        yield Finding(NO_RULE, f'"{printable(broken.text[:80])}" is no rule: {broken.why}', broken.where)
    for rule in rules:
        if (what := unlike_predefined(rule)) is not None:
            message = f"{printable(rule.name)} is the name of one of Windows' own rules, and its {what} is another"
            yield Finding(UNLIKE, message, rule.where)
        elsewhere = any(match(rule, "raserver", None, profile) != "no" for profile in ("PUBLIC", "PRIVATE"))
        if rule.action == "allow" and elsewhere and "RASERVER" in fold(rule.one("APP")):
            yield Finding(OUTSIDE, f"offers are let in outside the domain profile: {rule.shown}", rule.where)
    if policy.offer.state in {State.ENABLED, State.UNKNOWN}:
        for rule in rules:
            stops = [need for need in OFFER_NEEDS if rule.action == "block" and match(rule, need) == "surely"]
            if stops:
                yield Finding(
                    BLOCKED, f"offers are enabled and a rule blocks {', '.join(stops)}: {rule.shown}", rule.where
                )


def _about_strings(firewall: Firewall) -> Iterator[Finding]:
    """Yield what is wrong with the exceptions as they are written."""
    for broken in firewall.unreadable:
        yield Finding(NO_EXCEPTION, f'"{printable(broken.text)}" is no exception: {broken.why}', broken.where)
    if loose := firewall.loose:
        more = f", and {len(loose) - 1} more" if len(loose) > 1 else ""
        message = (
            f'blanks beside colons were read over in "{printable(loose[0].raw)}"{more}; Windows may not forgive them'
        )
        yield Finding(BLANKS, message, loose[0].where)
    for name in (*NAMED, "3389 tcp"):
        entries = firewall.entries_for(name)
        if len({each.enabled for each in entries}) > 1:
            against = next(each for each in entries if not each.enabled)
            yield Finding(CONFLICT, f"{name} has entries that are enabled and one that is disabled", against.where)
