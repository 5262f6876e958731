"""The sentences of an audit, for whatever prints them: what a file says as points, its doubts, its firewall, the verdict.

Read `points` first: a `Point` is one thing that a policy says, with what stands in the file for it and the place. Printers
choose how that looks, and none of them has a sentence about a policy of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import frozen

from rasim.analysis.audit import Audit, FileAudit
from rasim.analysis.findings import Severity
from rasim.analysis.helper_findings import who
from rasim.directory.merging import GPO_FOLDER
from rasim.errors import PolicyFileError, Where
from rasim.policy import (
    SYSTEMS,
    Firewall,
    Flaw,
    Helper,
    Membership,
    Mode,
    Policy,
    Preference,
    State,
    Stated,
    Unclear,
    names_everybody,
    printable,
)
from rasim.policy.firewall_rules import TRAFFIC, match
from rasim.policy.who_won import Said
from rasim.words import place_in_file, plural

OFFERS: Final = {
    State.NOT_CONFIGURED: "not configured: nobody may offer help",
    State.DISABLED: "disabled: nobody may offer help",
    State.ENABLED: "enabled: helpers may offer help; the user must still accept",
    State.UNKNOWN: "unknown: rasim takes it as not enabled, Windows may not",
}
MODES: Final = {
    Mode.VIEW: "view only",
    Mode.CONTROL: "control: after accepting, the user may grant control too",
    None: "no valid mode: rasim takes it as view only, Windows may not",
}
PREFERENCES: Final = {
    Preference.ABSENT: "absent",
    Preference.ON: "invitations on (the user's own switch, no policy)",
    Preference.OFF: "invitations off (the user's own switch, no policy)",
    Preference.UNKNOWN: "unknown (the user's own switch, no policy)",
}
HALF_OFF: Final = "its computer half is switched off: nothing of it applies"
NOTHING_STATED: Final = "nothing is stated: the computer's own settings decide whether an offer gets through"
SAY_NOTHING: Final = "say nothing about Remote Assistance or its firewall"
SAYS_NOTHING: Final = SAY_NOTHING.replace("say", "says", 1)
NO_FINDINGS: Final = "none in what was read"


@frozen
class Point:
    """One thing that a policy says: its title and the words; what stands in the file for it, and where; remarks.

    With `verbatim` the words are from the file. `note` is about the people behind a helper, if members were told.
    """

    title: str
    words: str
    stated: str = ""
    place: str = ""
    remark: str = ""
    note: str = ""
    verbatim: bool = False


# ---- what a file says ----------------------------------------------------------------------------------------


def points(policy: Policy, file: FileAudit, membership: Membership | None) -> Iterator[Point]:
    """Yield what a policy says about offers, their mode and helpers, invitations, logging and the local switch."""
    offer, solicited, logging, local = policy.offer, policy.solicited, policy.logging, policy.local
    yield Point("offer", OFFERS[offer.state], *_evidence(offer.stated, file))
    yield from _mode_and_helpers(policy, file, membership)
    mode = f", {'view only' if solicited.mode is Mode.VIEW else 'control'}" if solicited.mode else ""
    for title, words, stated in (
        ("solicited", solicited.state.value + mode, solicited.stated),
        ("logging", logging.state.value, logging.stated),
        ("local switch", PREFERENCES[local.solicited], local.stated),
    ):
        yield Point(title, words, *(("", "") if stated.where is None else _evidence(stated, file)))


def _mode_and_helpers(policy: Policy, file: FileAudit, membership: Membership | None) -> Iterator[Point]:
    offer = policy.offer
    matters = offer.state in {State.ENABLED, State.UNKNOWN}
    leftover = "" if matters else " (without effect: offers are not enabled)"
    if offer.stated.untold and offer.mode_stated.where is None and not offer.helpers:
        yield Point("mode, helpers", "cannot be told either")
        return
    if matters or offer.mode:
        yield Point("mode", MODES[offer.mode], *_evidence(offer.mode_stated, file), remark=leftover)
    if matters and not offer.helpers:
        nobody = "none: the list is empty, so nobody may offer"
        yield Point("helpers", nobody, *_evidence(offer.helpers_stated, file))
    for number, helper in enumerate(offer.helpers):
        note = str(who(policy, membership)[number]) if membership is not None and helper.flaw is None else ""
        place, remark = place_in(helper.where, file), _remark(helper) + leftover
        yield Point("helpers", str(helper) or "(empty)", "", place, remark, note, verbatim=True)


def _remark(helper: Helper) -> str:
    if names_everybody(helper.text):
        return "; stands for everybody, or every account of a domain"
    remark = f"; rasim matches nobody, since it {helper.flaw.value}" if helper.flaw else ""
    perhaps = "; Windows may find an account in it" if helper.flaw in {Flaw.BARE, Flaw.UPN, Flaw.SID} else ""
    return remark + perhaps


def _evidence(stated: Stated, file: FileAudit) -> tuple[str, str]:
    """Return what stands in the file for a setting, and where."""
    if stated.where is None and file.gpo is not None and not file.gpo.computer:
        return f"{stated.setting} does not apply, whatever stands there", ""
    if stated.where is None:
        return f"{stated.setting} is not in {'any of these files' if _several(file) else 'this file'}", ""
    verb = "is" if stated.says in {"deleted", "emptied"} else "="
    return f"{stated.setting} {verb} {stated.says}", place_in(stated.where, file)


def says_nothing(each: FileAudit) -> bool:
    """Tell whether a file was read and is not about anything that is asked here."""
    return each.policy == Policy() and not each.findings and not each.policy.misplaced


def read_as(each: FileAudit) -> str:
    """Return the format that a file was read as, and how many entries it has."""
    return f"{each.format}, {plural(each.entries or 0, 'entry', 'entries')}" if each.format else "nothing was applied"


def group_policy(each: FileAudit) -> str:
    """Return name, id and domain of the group policy that a file or folder is, if that is known."""
    gpo = each.gpo
    return "" if gpo is None else " ".join(filter(None, map(printable, (gpo.name, gpo.id, gpo.domain))))


def together(policy: Policy) -> Iterator[tuple[str, Unclear, str]]:
    """Yield what has two readings as (settings, the doubt, the strict reading).

    Settings of which one thing says why they cannot be told come together.
    """
    groups: dict[tuple[str, Where | None], list[Unclear]] = {}
    for number, doubt in enumerate(policy.unclear):
        says = doubt.says if doubt.topic == "untold" else f"{number}"
        groups.setdefault((says, doubt.where), []).append(doubt)
    for doubts in groups.values():
        strict = doubts[0].readings[0] if len(doubts) == 1 else "nothing is allowed by any of them"
        yield ", ".join(each.setting for each in doubts), doubts[0], strict


def source_of(said: Said) -> str:
    """Return the name of the group policy or file that says something."""
    return printable(said.gpo or (said.where.file if said.where else "") or "an unnamed source")


# ---- the firewall --------------------------------------------------------------------------------------------


def switches(firewall: Firewall) -> str:
    """Return the profile of a firewall and what its switches are set to."""
    words_of = (
        (firewall.protection, {"enabled": "on", "disabled": "switched off"}),
        (firewall.no_exceptions, {"enabled": "no exceptions allowed", "disabled": "exceptions allowed"}),
        (firewall.remote_desktop, {state: f"Remote Desktop exception {state}" for state in ("enabled", "disabled")}),
        (
            firewall.default_inbound,
            {"disabled": "what no rule blocks is let in", "enabled": "what no rule allows is blocked"},
        ),
        (firewall.rules_merge, {"disabled": "the computer's own rules do not count", "enabled": "its own rules count"}),
    )
    said = [words.get(s.state, f"unclear ({s.says})") for s, words in words_of if s.state != "not configured"]
    return ", ".join(["domain profile", *said])


def let_in(firewall: Firewall, address: str | None) -> Iterator[tuple[str, str, Where | None]]:
    """Yield the exceptions and the rules that are about offers or port 3389, as (whose rule, what stands there, place)."""
    for each in firewall.exceptions:
        yield "", printable(str(each)), each.where
    for rule in firewall.rules:
        if any(match(rule, need, address) != "no" for need in TRAFFIC):
            yield "the computer's own rule " if rule.local else "rule ", rule.shown, rule.where


def listed(systems: Sequence[str]) -> str:
    """Return systems by name, those of one kind of firewall in a word."""
    later = [os for os in SYSTEMS if SYSTEMS[os].by_rules]
    rest = [os for os in systems if os not in later] if set(later) <= set(systems) else systems
    names = [os.removeprefix("windows-") for os in rest]
    return ", ".join([*names, "vista and later"] if len(rest) < len(systems) else names)


# ---- places --------------------------------------------------------------------------------------------------


def place_in(where: Where | None, file: FileAudit) -> str:
    """Return a place, with the name of its policy or file where there are several; nothing where there is none."""
    place = place_in_file(where)
    if where is None or not place:
        return ""
    if not _several(file) and where.file in {file.path, *file.paths}:
        return place
    below = (step.name for step in file.steps if _slashes(where.file).startswith(f"{_slashes(step.path)}/"))
    name = next(below, "") or _below(where.file, file)
    return f"{printable(name)}, {place}"


def place_of_error(error: PolicyFileError) -> str:
    """Return where a file could not be read on, its column included; nothing where that is not known."""
    place = place_in_file(error.where)
    column = f", column {error.where.column}" if error.where.column else ""
    return f"at {place}{column}" if place else ""


def _several(file: FileAudit) -> bool:
    return len(file.paths) > 1 or file.format == GPO_FOLDER


def _slashes(path: str) -> str:
    return path.replace("\\", "/")


def _below(path: str, file: FileAudit) -> str:
    """Return a path without the folder of a group policy that is reported alone."""
    folder = f"{file.path}/" if file.format == GPO_FOLDER else ""
    return path.removeprefix(folder)


# ---- the whole -----------------------------------------------------------------------------------------------


def verdict(report: Audit, fail_on: Severity) -> str:
    """Return what decides the exit code: not read, at or above `fail_on`, unclear; only then that there is nothing."""
    failed = sum(finding.kind.severity >= fail_on for finding in report.findings)
    said = (
        *(["incomplete, a file could not be read"] if not report.complete else []),
        *([f"{failed} at or above {fail_on}"] if failed else []),
        *([f"{len(report.unclear)} unclear"] if report.unclear else []),
    )
    return ", ".join(said) or (f"nothing at or above {fail_on}" if report.files else "nothing to read")


def summary(report: Audit) -> str:
    """Return the report in one line."""
    good = [each for each in report.files if each.policy is not None]
    bad = len(report.files) - len(good)
    counts = by_severity(finding.kind.severity for finding in report.findings)
    states = Counter(each.policy.offer.state.value for each in good if each.policy)
    offers = ", ".join(f"{count} {state}" for state, count in states.items())
    read = plural(sum(len(each.paths) for each in good), "file") + " read"
    return "; ".join(
        (
            read + (f", {len(report.passed_over)} passed over" if report.passed_over else ""),
            *([f"{bad} NOT READ: this report is incomplete"] if bad else []),
            *([f"offers: {offers}"] if offers else []),
            plural(len(report.findings), "finding") + (f" ({counts})" if counts else ""),
            *([f"{len(report.unclear)} UNCLEAR"] if report.unclear else []),
        )
    )


def by_severity(severities: Iterable[Severity]) -> str:
    """Return how many there are of each severity, the most severe first: `1 medium, 2 low`."""
    counts = Counter(severities)
    return ", ".join(f"{counts[severity]} {severity}" for severity in reversed(Severity) if counts[severity])
