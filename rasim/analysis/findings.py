"""What an administrator should look at: findings, each of a kind with a stable id.

`FINDINGS` is the list; ids are never renumbered, and a row has all words: what is wrong in general, here, and what to do.
`findings_of` finds them in one policy. How severe a kind is follows one thought: *high* lets strangers in, *medium*
gives more than is needed or makes the outcome uncertain, *low* is a surprise for people and changes no decision.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import Final, assert_never, get_args

from attrs import frozen

from rasim.analysis.guidance import OFFER_GUIDANCE, SOLICITED_GUIDANCE, Guidance
from rasim.errors import Where
from rasim.formats import Remark
from rasim.formats.reader_remarks import Topic
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
from rasim.policy.firewall import OWN_PORTS, OWN_PROGRAMS, SVCHOST
from rasim.policy.firewall_rules import OFFER_NEEDS, match, unlike_predefined
from rasim.policy.names import fold
from rasim.policy.reach import is_about_offers
from rasim.policy.registry import ONLY_IF
from rasim.policy.roads import QUESTIONS_FOR_ELEVATION
from rasim.policy.settings import OFFER_HELPERS


class Severity(IntEnum):
    """How much a finding matters, in ascending order."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    def __str__(self) -> str:
        return self.name.lower()


LOW, MEDIUM, HIGH = Severity


@frozen
class FindingKind:
    """A kind of finding: its id, severity, what is found in general, what to do about it, who asks for that.

    `message` is what one finding says, with names of facts in braces; without one it says what `says` does.
    """

    id: str
    severity: Severity
    says: str
    message: str
    remedy: str
    guidance: tuple[Guidance, ...] = ()

    def at(self, where: Where | None, **facts: object) -> "Finding":
        """Return that it was found at a place; `facts` fill the message."""
        return Finding(self, (self.message or self.says).format(**facts), where)


@frozen
class Finding:
    """One finding: what was found, and the entry that shows it."""

    kind: FindingKind
    message: str
    where: Where | None


# fmt: off
FINDINGS: Final = (
    # id, severity, what is found in general, what one finding says, what to do about it, who asks for that
    CONTROL := FindingKind("RA001", MEDIUM, "offers are enabled and helpers may control", "",
        "choose view only unless helpers need control (control is where the editor starts)", OFFER_GUIDANCE),
    OFFERS := FindingKind("RA002", LOW, "offers are enabled, view only", "offers are enabled",
        "disable offers unless they are needed; STIG and CIS ask for disabled", OFFER_GUIDANCE),
    EMPTY_LIST := FindingKind("RA003", LOW, "offers are enabled and nobody is listed", "no helpers are listed: nobody may offer",
        "list the helpers, or disable offers"),
    EVERYBODY := FindingKind("RA004", HIGH, "an entry stands for everybody, or for every account of a domain",
        'the helper "{helper}" stands for everybody, or every account of a domain',
        "list a group that holds only those who are to help"),
    FORM := FindingKind("RA005", MEDIUM, "an entry has a form that matches nobody", 'the helper "{helper}" {flaw}',
        "write each entry as DOMAIN\\name, one user or group an entry"),
    DATA := FindingKind("RA006", MEDIUM, "an entry's name and data differ, or it is not stored as text", 'the helper "{helper}" {flaw}',
        "write the entry anew as text, with the same name and data"),
    NO_MODE := FindingKind("RA007", MEDIUM, "offers are enabled and no mode is stated", "offers are {enabled} and no mode is stated ({setting})",
        "state the mode: fAllowUnsolicitedFullControl as DWORD 0 or 1"),
    NO_DWORD := FindingKind("RA008", MEDIUM, "a switch is not a plain DWORD of 0 or 1", "{setting} ({says}) is not a plain DWORD 0 or 1",
        "store the value as DWORD 0 or 1, or set the policy in the editor"),
    LEFTOVER := FindingKind("RA009", LOW, "mode or helpers are stored although offers are not enabled",
        "a mode or helpers are stored although offers are {state}",
        "remove mode and helpers, or they come to life when offers are enabled"),
    PREFERENCE := FindingKind("RA010", LOW, "invitations are governed by the local switch only", "{what}",
        "set the policy too if this is meant to bind; the user can undo it"),
    MISPLACED := FindingKind("RA011", LOW, "a value stands at a key where it does nothing", "{setting} ({says}) stands at a key without effect",
        "use the policy key; Windows does not look here for this policy"),
    SOLICITED := FindingKind("RA012", MEDIUM, "invitations are enabled", "solicited help is enabled{control}",
        "disable solicited help unless it is needed; STIG asks for disabled", SOLICITED_GUIDANCE),
    AS_READ := FindingKind("RA013", LOW, "the file was read in spite of something", "{remark}",
        "write the file as regedit exports it"),
    INSTRUCTION := FindingKind("RA014", MEDIUM, "an instruction is not known or cannot be carried out", "{setting} is {says}",
        "remove the instruction, or find out what it does"),
    ALWAYS_OPEN := FindingKind("RA015", MEDIUM, "port 3389 is open all the time", "{what} keeps port 3389 open, from {whom}",
        "on Windows XP except Sessmgr.exe instead; elsewhere narrow the scope to the helpers' addresses"),
    RPC := FindingKind("RA016", LOW, "port 135 is open, which lets in other remote procedure calls than offers too",
        "port 135 is open from {whom}: it lets in other remote procedure calls than offers too",
        "narrow the scope to the helpers' addresses"),
    NO_EXCEPTION := FindingKind("RA017", MEDIUM, "a string in a list of exceptions is none", '"{text}" is no exception: {why}',
        "write it as PORT:TCP:SCOPE:STATUS:NAME or PATH:SCOPE:STATUS:NAME"),
    BLANKS := FindingKind("RA018", LOW, "blanks beside the colons of exceptions were read over; told once for a file",
        'blanks beside colons were read over in "{text}"{more}; Windows may not accept them',
        "write the exceptions without blanks around the colons"),
    CONFLICT := FindingKind("RA019", MEDIUM, "a port or program has enabled entries and a disabled one, which overrides them",
        "{name} has entries that are enabled and one that is disabled",
        "keep one of the entries: a disabled one overrides all that are enabled"),
    OFF := FindingKind("RA020", MEDIUM, "the firewall is switched off by policy", "the firewall of the domain profile is switched off by {whom}",
        "switch the firewall on and state the exceptions that are needed"),
    OTHER_PROFILE := FindingKind("RA021", LOW, "exceptions stand in the standard profile only", "{names}: stated in the standard profile only",
        "state them in the domain profile, in which offers arrive"),
    DISABLED_BESIDE := FindingKind("RA022", LOW,
        "the Remote Desktop exception is disabled beside Sessmgr.exe, which may open port 3389 nevertheless",
        "Sessmgr.exe may open port 3389 although the Remote Desktop exception is disabled{desktop}",
        "leave the Remote Desktop exception not configured, or drop Sessmgr.exe"),
    UNTOLD := FindingKind("RA023", MEDIUM,
        "what a setting is cannot be told from the file: a report in unknown words, or made without the right", "{settings} {says}",
        "give the Registry.pol, or the ADML texts of the report's language (--adml); run gpresult elevated"),
    HALF_OFF := FindingKind("RA024", LOW, "the computer's half of a group policy is switched off, so nothing of it applies", "{remark}",
        "switch the computer's half of the group policy on if it is to apply"),
    DISAGREE := FindingKind("RA025", MEDIUM, "the report in a group policy's folder says otherwise than its Registry.pol", "{remark}",
        "find out which of the two is stale, and make the backup anew"),
    UNREADABLE := FindingKind("RA026", MEDIUM,
        "a file, or a policy that is linked, is missing from a merge; or the order of links is not known and matters", "{what} {says}",
        "find the file and give it anew: what it says is missing from the result"),
    REPEATED := FindingKind("RA027", LOW, "an entry stands twice in one list, in different letters", '"{name}" stands twice in its list',
        "keep one of the entries: letters' case makes no difference"),
    OLD_BLOCK := FindingKind("RA028", LOW,
        "invitations are disabled beside enabled offers, which blocks offers on systems before Windows XP SP2",
        "solicited help is disabled, which blocks offers on {old} (R9)",
        "leave invitations not configured for such systems, or disable offers too"),
    BLOCKED := FindingKind("RA030", MEDIUM, "offers are enabled and a rule of Windows Vista and later blocks them",
        "offers are enabled and a rule blocks {needs}: {rule}",
        "remove the block rule, or disable offers"),
    UNLIKE := FindingKind("RA031", MEDIUM, "a rule has the name of one of Windows' own Remote Assistance rules and says something else",
        "{name} is the name of one of Windows' own rules, and its {what} is another",
        "restore Windows' own rule, or give yours a name of its own"),
    OUTSIDE := FindingKind("RA032", MEDIUM, "a rule lets offers in outside the domain profile",
        "offers are let in outside the domain profile: {rule}",
        "restrict the rule to the domain profile, in which offers arrive"),
    NO_RULE := FindingKind("RA033", MEDIUM, "a string among the rules is none", '"{text}" is no rule: {why}',
        "write the rule anew in the policy editor"),
    ADMINISTRATION := FindingKind("RA034", MEDIUM,
        "the remote administration exception opens ports 135 and 445, and what svchost.exe and lsass.exe listen on",
        "the remote administration exception, from {whom}, opens ports 135 and 445, and what svchost.exe and lsass.exe listen on",
        "leave it not configured, or narrow the scope to who administers these computers"),
    DCOM := FindingKind("RA035", MEDIUM, "a limit on DCOM may keep an offer out although the firewall lets it in",
        "{what} may keep an offer out although the firewall lets it in (KB884910)",
        "let the helpers through this limit too, or leave it not configured"),
    BYPASS := FindingKind("RA036", MEDIUM, "who proves who they are passes by whatever the firewall blocks",
        "{what} lets whoever proves who they are pass by whatever the firewall blocks",
        "find out whom it lets pass, and whether they are to"),
    HOST := FindingKind("RA037", MEDIUM, "svchost.exe is excepted as a program, and may open whatever its services listen on",
        "svchost.exe is excepted from {whom}: it may open whatever its services listen on, ports 135 and 3389 among it",
        "except the ports that are needed instead"),
    OWN_LISTS := FindingKind("RA038", LOW, "policy lets the computer's own exceptions count, and they are in no file",
        "policy lets the computer's own {kinds} count, and they are in no file",
        "disable *allow local exceptions*, or look at the computer"),
    NO_SWITCH := FindingKind("RA039", MEDIUM, "a list of exceptions has no switch of its own that says that it counts",
        "a list of {kind} is stated, and its own switch is not enabled by a plain DWORD of 1",
        "enable *define exceptions* in the editor, which writes both"),
    NOBODY := FindingKind("RA040", MEDIUM, "a helper is neither a group nor an account in what was told about members",
        'the helper "{helper}" is {what}',
        "correct the name, or tell the members of its group"),
    CYCLE := FindingKind("RA041", LOW, "a group is in itself, directly or through others",
        'in the entry "{helper}" a group is in itself: {groups}',
        "take the group out of itself"),
    NOT_TOLD := FindingKind("RA042", LOW, "the members of a group in the list were not told: who may offer cannot be told",
        'who may offer by the entry "{helper}" depends on {groups}',
        "tell its members with --groups"),
    TWICE := FindingKind("RA043", LOW, "two entries are one account, in the two names of its domain", '"{one}" and "{other}" are one account',
        "keep one of the entries"),
    UNASKED := FindingKind("RA060", HIGH, "somebody can see or control the screen without the user being asked",
        "{road} asks nobody and gives {gives}, to {who}: {why}",
        "close this road, or have it ask the user: an offer of Remote Assistance always does"),
    PERHAPS_UNASKED := FindingKind("RA061", MEDIUM, "a road to the screen is open, and whether the user is asked first cannot be told",
        "{road} may ask nobody and gives {gives}, to {who}: {why}",
        "state what decides it, or close this road"),
    ELEVATION := FindingKind("RA062", LOW, "who is let in sees and answers questions for elevation", "{why}",
        "disable EnableUIADesktopToggle and leave PromptOnSecureDesktop enabled, unless helpers are to elevate"),
    OFFERS_ABSENT := FindingKind("RA050", LOW,
        "offers are not configured, which forbids them, and hardening guides ask for *disabled*",
        "offers are not configured: forbidden, and not disabled explicitly",
        "disable offers explicitly, so that no policy of lower precedence enables them", OFFER_GUIDANCE),
    SOLICITED_ABSENT := FindingKind("RA051", LOW,
        "invitations are not configured, which leaves them to the user, and hardening guides ask for *disabled*",
        "invitations are not configured: left to the user",
        "disable solicited help unless it is needed", SOLICITED_GUIDANCE),
    PERHAPS := FindingKind("RA070", MEDIUM,
        "a value counts only if Windows takes its key for the policy's, nothing stands there yet, or a script's line lets it",
        "{settings} {says}", "write the value as the policy editor does: without **soft., at the key without hive or drive, \\ once"),
    UNREAD := FindingKind("RA071", MEDIUM, "something beside a policy was found and is not read: it may let somebody in",
        "{what} {says}", "look at it yourself: what it sets is missing from the result"),
    IN_GROUP := FindingKind("RA072", MEDIUM, "somebody may offer as a member of a local group, beside the policy's list",
        'the helper "{helper}" is in the local group {group}', "name helpers in the policy's list alone, where everybody looks for them"),
    PLANNED := FindingKind("RA073", LOW, "a resulting set is a plan: it says what would be applied, not what was", "{remark}",
        "run gpresult /x on the computer for what was applied"),
)
# fmt: on
"""All kinds, in the order of their ids, which are never given anew."""


_OF_REMARKS: Final = dict(zip(get_args(Topic), (AS_READ, HALF_OFF, DISAGREE, PLANNED), strict=True))


def findings_of(
    policy: Policy, remarks: Iterable[Remark] = (), repeated: Iterable[RegistryEntry] = (), *, whole: bool = False
) -> tuple[Finding, ...]:
    """Return what is to be looked at in a policy and in how its files were read, the most severe first.

    `repeated` are entries of lists that one source wrote twice in different letters. What is absent is told only of what is
    the `whole` policy of a computer: one file of several says nothing by its silence.
    """
    found = [
        *_about_offers(policy),
        *_about_others(policy),
        *_about_roads(policy),
        *_about_doubts(policy),
        *_about_firewall(policy),
    ]
    found += _about_guidance(policy) if whole else ()
    found += [_OF_REMARKS[remark.topic].at(remark.where, remark=remark.message) for remark in remarks]
    found += [REPEATED.at(entry.where, name=printable(entry.name)) for entry in repeated]
    return most_severe_first(found)


def most_severe_first(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the most severe first, those of one kind in their order."""
    return tuple(sorted(found, key=lambda finding: (-finding.kind.severity, finding.kind.id)))


def _about_offers(policy: Policy) -> Iterator[Finding]:
    offer = policy.offer
    if offer.state not in {State.ENABLED, State.UNKNOWN}:
        if offer.mode is not None or offer.listed:
            where = offer.listed[0].where if offer.listed else offer.mode_stated.where
            yield LEFTOVER.at(where, state=offer.state.value)
        return
    if offer.state is State.ENABLED:
        yield CONTROL.at(offer.mode_stated.where) if offer.mode is Mode.CONTROL else OFFERS.at(offer.stated.where)
    if policy.solicited.state is State.DISABLED:
        old = ", ".join(name for name, system in SYSTEMS.items() if system.solicited_blocks_offers is Blocks.YES)
        yield OLD_BLOCK.at(policy.solicited.stated.where, old=old)
    if not offer.helpers and not (offer.stated.untold and offer.helpers_stated.where is None):
        yield EMPTY_LIST.at(offer.helpers_stated.where or offer.stated.where)
    yield from _about_helpers(offer.helpers)


def _about_helpers(helpers: Iterable[Helper]) -> Iterator[Finding]:
    for helper in helpers:
        if helper.group:
            yield IN_GROUP.at(helper.where, helper=helper, group=helper.group)
        if names_everybody(helper.text):
            yield EVERYBODY.at(helper.where, helper=helper)
        elif ONLY_IF in helper.stored:
            yield PERHAPS.at(helper.where, settings=f'the helper "{helper}"', says=helper.stored)
        elif helper.flaw is not None and not (helper.group and helper.flaw in {Flaw.SID, Flaw.BARE, Flaw.UPN}):
            kind = DATA if helper.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT} else FORM
            yield kind.at(helper.where, helper=helper, flaw=helper.flaw.value)


def _about_others(policy: Policy) -> Iterator[Finding]:
    solicited, local = policy.solicited, policy.local
    if solicited.state is State.ENABLED:
        control = " and those invited may control" if solicited.mode is Mode.CONTROL else ""
        yield SOLICITED.at(solicited.stated.where, control=control)
    if local.solicited is not Preference.ABSENT and solicited.state is State.NOT_CONFIGURED:
        how = (
            "governed by a local preference"
            if local.solicited is Preference.UNKNOWN
            else f"switched {local.solicited.value} by local preference"
        )
        what = f"invitations are {how} only: that is no policy, and it says nothing about offers"
        yield PREFERENCE.at(local.stated.where, what=what)
    for stated in policy.misplaced:
        yield MISPLACED.at(stated.where, setting=stated.setting, says=stated.says)


def _about_roads(policy: Policy) -> Iterator[Finding]:
    """Yield the roads that ask nobody, or may; offers and invitations always ask."""
    for road in policy.roads:
        why, where = "; ".join(reason.says for reason in road.because), road.because[0].where if road.because else None
        if road.unasked or road.perhaps_unasked:
            kind = UNASKED if road.unasked else PERHAPS_UNASKED
            yield kind.at(where, road=road.road, gives=road.given, who=", ".join(road.who), why=why)
        elif road.road == QUESTIONS_FOR_ELEVATION and road.open == "yes":
            yield ELEVATION.at(where, why=why)


def _about_guidance(policy: Policy) -> Iterator[Finding]:
    """Yield what hardening guides ask for and the policy leaves out."""
    if policy.offer.state is State.NOT_CONFIGURED:
        yield OFFERS_ABSENT.at(None)
    if policy.solicited.state is State.NOT_CONFIGURED:
        yield SOLICITED_ABSENT.at(None)


def _about_doubts(policy: Policy) -> Iterator[Finding]:
    yield from _about_untold(policy)
    for doubt in policy.unclear:
        setting, says, where = doubt.setting, doubt.says, doubt.where
        if OFFER_HELPERS.field in doubt.parts:
            continue  # told with the helper
        match doubt.topic:
            case "untold" | "firewall":
                pass  # told together, and with the firewall
            case "missing" | "unread":
                yield (UNREAD if doubt.topic == "unread" else UNREADABLE).at(where, what=setting, says=says)
            case "instruction":
                yield INSTRUCTION.at(where, setting=setting, says=says)
            case "no mode":
                perhaps = "" if policy.offer.state is State.ENABLED else "perhaps "
                yield NO_MODE.at(where, enabled=f"{perhaps}enabled", setting=setting)
            case "control sets":
                yield PREFERENCE.at(where, what=f"the local preference {setting} {says}")
            case "value":
                yield NO_DWORD.at(where, setting=setting, says=says)
            case _:
                assert_never(doubt.topic)


def _about_untold(policy: Policy) -> Iterator[Finding]:
    """Yield what cannot be told, settings of one reason and place together."""
    together: dict[tuple[str, Where | None], list[str]] = {}
    for doubt in policy.unclear:
        if doubt.topic == "untold" and OFFER_HELPERS.field not in doubt.parts:
            together.setdefault((doubt.says, doubt.where), []).append(doubt.setting)
    for (says, where), settings in together.items():
        yield (PERHAPS if ONLY_IF in says else UNTOLD).at(where, settings=", ".join(settings), says=says)


def _about_firewall(policy: Policy) -> Iterator[Finding]:
    firewall = policy.firewall
    yield from _about_ports(firewall)
    yield from _about_strings(firewall)
    yield from _about_rules(policy)
    yield from _passing(firewall)
    yield from _beside_the_lists(policy)
    if not firewall.exceptions and (other := [n for n in NAMED if policy.standard.entries_for(n)]):
        yield OTHER_PROFILE.at(policy.standard.entries_for(other[0])[0].where, names=", ".join(other))


def _about_ports(firewall: Firewall) -> Iterator[Finding]:
    """Yield what stands open: everything, port 3389 all the time, port 135 for more than offers."""
    desktop = firewall.remote_desktop
    if firewall.protection.state == "disabled":
        yield OFF.at(firewall.protection.where, whom="the computer itself" if firewall.protection.local else "policy")
    if desktop.state == "enabled":
        whom = firewall.remote_desktop_scope or "a scope that cannot be read"
        yield ALWAYS_OPEN.at(desktop.where, what="the Remote Desktop exception", whom=whom)
    for each in firewall.entries_for("3389 tcp"):
        if each.enabled:
            yield ALWAYS_OPEN.at(each.where, what="a port exception", whom=each.scope)
    for each in firewall.entries_for("135 tcp"):
        if each.enabled:
            yield RPC.at(each.where, whom=each.scope)
    sessmgr = firewall.entries_for("sessmgr")
    if desktop.state == "disabled" and any(each.enabled for each in sessmgr):
        yield DISABLED_BESIDE.at(sessmgr[0].where, desktop=f" ({desktop.where})" if desktop.where else "")


def _passing(firewall: Firewall) -> Iterator[Finding]:
    """Yield what opens more than its name says, and what passes by the firewall."""
    admin = firewall.remote_admin
    if admin.state in {"enabled", "unknown"}:
        yield ADMINISTRATION.at(admin.where, whom=firewall.remote_admin_scope or "a scope that cannot be read")
    yield from (HOST.at(each.where, whom=each.scope) for each in firewall.entries_for(SVCHOST) if each.enabled)
    if firewall.bypass.state == "enabled":
        yield BYPASS.at(firewall.bypass.where, what=firewall.bypass.says)
    for rule in firewall.rules:
        if rule.bypasses and is_about_offers(rule):
            yield BYPASS.at(rule.where, what=rule.shown)


def _beside_the_lists(policy: Policy) -> Iterator[Finding]:
    """Yield what may keep an offer out beside the firewall, and what leaves open which lists count."""
    firewall = policy.firewall
    if policy.offer.state in {State.ENABLED, State.UNKNOWN}:
        yield from (DCOM.at(limit.where, what=limit.says) for limit in firewall.limits)
    if firewall.own_count:
        where = next((of.where for of in (firewall.ports_merge, firewall.programs_merge) if of.where), None)
        yield OWN_LISTS.at(where, kinds=" and ".join(sorted(firewall.own_count)))
    for kind, listed in ((OWN_PORTS, firewall.ports), (OWN_PROGRAMS, firewall.programs)):
        unsure = [each for each in listed if not each.local and not firewall.counts(each)]
        if unsure:
            yield NO_SWITCH.at(unsure[0].where, kind=kind)


def _about_rules(policy: Policy) -> Iterator[Finding]:
    """Yield what is to be looked at among the rules of Windows Vista and later."""
    firewall = policy.firewall
    matters = policy.offer.state in {State.ENABLED, State.UNKNOWN} and firewall.protection.state != "disabled"
    passed = firewall.bypass.state == "enabled" or any(r.bypasses and is_about_offers(r) for r in firewall.rules)
    for broken in policy.firewall.broken_rules:
        yield NO_RULE.at(broken.where, text=printable(broken.text[:80]), why=broken.why)
    for rule in policy.firewall.rules:
        if (what := unlike_predefined(rule)) is not None:
            yield UNLIKE.at(rule.where, name=printable(rule.name), what=what)
        elsewhere = any(match(rule, "raserver", None, profile) != "no" for profile in ("PUBLIC", "PRIVATE"))
        if rule.action == "allow" and elsewhere and "RASERVER" in fold(rule.one("APP")):
            yield OUTSIDE.at(rule.where, rule=rule.shown)
        stops = [need for need in OFFER_NEEDS if rule.action == "block" and match(rule, need) == "surely"]
        if stops and matters and not passed:
            yield BLOCKED.at(rule.where, needs=", ".join(stops), rule=rule.shown)


def _about_strings(firewall: Firewall) -> Iterator[Finding]:
    """Yield what is wrong with the exceptions as they are written."""
    for broken in firewall.unreadable:
        yield NO_EXCEPTION.at(broken.where, text=printable(broken.text), why=broken.why)
    if loose := firewall.loose:
        more = f", and {len(loose) - 1} more" if len(loose) > 1 else ""
        yield BLANKS.at(loose[0].where, text=printable(loose[0].raw), more=more)
    for name in (*NAMED, "3389 tcp"):
        entries = firewall.entries_for(name)
        if len({each.enabled for each in entries}) > 1:
            yield CONFLICT.at(next(each.where for each in entries if not each.enabled), name=name)
