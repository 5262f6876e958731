"""The first line of an audit: what is so under these policies, then what was found; never a count alone.

An administrator who reads nothing else has to know from it whom to think of: who was not read, where offers are enabled and for
whom, which road needs no yes, and the ids of what was found.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rasim.analysis.audit import Audit
from rasim.analysis.file_audit import FileAudit
from rasim.analysis.findings import FindingKind, Severity
from rasim.analysis.many_files import SameContent
from rasim.policy import Policy, State, names_everybody, printable
from rasim.policy.decision import is_enabled, missing, permits_control
from rasim.report import roads
from rasim.report.audit_findings import by_severity
from rasim.words import plural, some

_ALONE = {
    State.NOT_CONFIGURED: "offers are not configured",
    State.DISABLED: "offers are disabled",
    State.UNKNOWN: "whether offers are enabled cannot be told",
}
OTHERS_CAN: Final = "another policy can still enable them"


def first_line(report: Audit, fail_on: Severity) -> str:
    """Return the line; parts are divided by semicolons."""
    if not report.files:
        return "nothing to read"
    read = [(each, each.first.policy) for each in report.files.alike if each.first.policy is not None]
    unread = [each for each in report.files.alike if each.first.policy is None]
    alone = _many([each for each, _ in read]) == 1
    offers = of_offers(read[0][1], _of_one(report)) if alone else _of_many(read, report)
    needs_no_yes = roads.without_a_yes(road for _, policy in read for road in policy.roads)
    not_read = f"NOT READ: {_names(unread, report, by_path=True)}" if unread else ""
    return "; ".join(part for part in (not_read, *offers, needs_no_yes, *_found(report, fail_on)) if part)


def _of_one(report: Audit) -> str:
    """Return how the one policy that was read is called where what it leaves open is told: what is told is of no other."""
    return "in this file, " if len(report.files[0].paths) <= 1 and len(report.files) == 1 else "in what was read, "


def of_offers(policy: Policy, where: str = "") -> Iterator[str]:
    """Yield whether offers are enabled under one policy and for whom, and what helpers may; `where` says of what that is told."""
    offer, doubted = policy.offer, bool(is_enabled(policy).unclear or missing(policy))
    usable = [str(helper) for helper in offer.helpers if not helper.flaw or names_everybody(helper.text)]
    if offer.state is not State.ENABLED:
        read = "" if offer.state is State.UNKNOWN else f": {_ALONE[offer.state]} in what was read"
        if doubted:
            yield f"{_ALONE[State.UNKNOWN]}{read}"
        elif offer.state is State.NOT_CONFIGURED:
            yield f"{where}{_ALONE[offer.state]}; {OTHERS_CAN}"
        else:
            yield _ALONE[offer.state]
    elif usable:
        yield f"offers are enabled for {some(usable)}"
        yield _control(policy)
    else:
        yield f"offers are enabled, {'no helper is an account in its right form' if offer.helpers else 'the list is empty'}"


def _control(policy: Policy) -> str:
    mode = permits_control(policy)
    if mode.allowed:
        return "helpers may control"
    doubted = mode.unclear or missing(policy)
    return "whether helpers may control cannot be told" if doubted else "helpers may view only"


def _of_many(read: Sequence[tuple[SameContent, Policy]], report: Audit) -> Iterator[str]:
    """Yield in which of several policies offers are enabled or may be, with their names, and in how many helpers may control."""
    enabled = [each for each, policy in read if policy.offer.state is State.ENABLED]
    not_told = [(each, policy) for each, policy in read if policy.offer.state is not State.ENABLED]
    unknown = [each for each, policy in not_told if policy.offer.state is State.UNKNOWN or missing(policy)]
    modes: Counter[str] = Counter()
    for each, policy in read:
        if policy.offer.state is State.ENABLED:
            modes[_control(policy)] += len(each.paths)
    many = _many([each for each, _ in read])
    if read:
        names = f": {_names(enabled, report)}" if 0 < _many(enabled) < many else ""
        yield f"offers are enabled in {_many(enabled) or 'none'} of {many}{names}"
    if read and not enabled and (silent := [each for each, policy in read if _silent(policy)]):
        yield f"not configured in {_many(silent)}, where {OTHERS_CAN}"
    for says in (says for says in sorted(modes) if says != "helpers may view only"):
        yield f"{says} in {modes[says]}"
    if unknown:
        yield f"cannot be told in {_many(unknown)}: {_names(unknown, report)}"


def _silent(policy: Policy) -> bool:
    return policy.offer.state is State.NOT_CONFIGURED and not missing(policy)


def _many(contents: Iterable[SameContent]) -> int:
    """Return how many files have these contents."""
    return sum(len(each.paths) for each in contents)


def _names(contents: Sequence[SameContent], report: Audit, *, by_path: bool = False) -> str:
    """Return what people call the first files of these contents, and how many more there are."""
    wanted = {id(each) for each in contents}
    of = ((alike.first, path) for alike, path in report.files.each if id(alike) in wanted)
    return some((printable(path) if by_path else _name(each, path) for each, path in of), many=_many(contents))


def _name(each: FileAudit, path: str) -> str:
    """Return what people call a policy: its name in the directory, else the last part of its path."""
    return printable(each.gpo.name if each.gpo and each.gpo.name else path.replace("\\", "/").rpartition("/")[2])


def _found(report: Audit, fail_on: Severity) -> Iterator[str]:
    found = Counter[FindingKind]()
    doubts = Counter[str]()
    for each, many in report.counted:
        for finding in each.findings:
            found[finding.kind] += many
        for doubt in each.policy.unclear if each.policy else ():
            doubts[printable(doubt.setting)] += many
    if found:
        kinds = sorted(found, key=lambda kind: (-kind.severity, kind.id))
        severities = by_severity({one: sum(found[kind] for kind in kinds if kind.severity is one) for one in Severity})
        failing = f"{fail_on} fails" if fail_on is max(Severity) else f"{fail_on} and above fail"
        fails = f"; {failing}" if any(kind.severity >= fail_on for kind in kinds) else ""
        yield f"{plural(sum(found.values()), 'finding')} ({severities}{fails}): {some(kind.id for kind in kinds)}"
    elif report.complete:
        yield "no finding"
    if doubts:
        yield f"{sum(doubts.values())} unclear: {some(doubts)}"
