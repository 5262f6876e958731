"""The first line of an audit: what is so under these policies, then what was found; never a count alone.

An administrator who reads nothing else has to know from it whom to think of: who was not read, where offers are enabled and for
whom, which road needs no yes, and the ids of what was found.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rasim.analysis.audit import Audit
from rasim.analysis.file_audit import FileAudit
from rasim.analysis.findings import Severity
from rasim.analysis.many_files import SameContent
from rasim.policy import Policy, State, names_everybody, printable
from rasim.policy.decision import is_enabled, missing, permits_control
from rasim.report import roads
from rasim.words import plural, some

_ALONE = {
    State.NOT_CONFIGURED: "offers are not configured, which forbids them",
    State.DISABLED: "offers are disabled",
    State.UNKNOWN: "whether offers are enabled cannot be told",
}


def first_line(report: Audit, fail_on: Severity) -> str:
    """Return the line; parts are divided by semicolons."""
    if not report.files:
        return "nothing to read"
    read = [(each, each.first.policy) for each in report.files.alike if each.first.policy is not None]
    unread = [each for each in report.files.alike if each.first.policy is None]
    offers = of_offers(read[0][1]) if _many([each for each, _ in read]) == 1 else _of_many(read, report)
    needs_no_yes = roads.without_a_yes(road for _, policy in read for road in policy.roads)
    not_read = f"NOT READ: {_names(unread, report, by_path=True)}" if unread else ""
    return "; ".join(part for part in (not_read, *offers, needs_no_yes, *_found(report, fail_on)) if part)


def of_offers(policy: Policy) -> Iterator[str]:
    """Yield whether offers are enabled under one policy and for whom, and what helpers may."""
    offer, doubted = policy.offer, bool(is_enabled(policy).unclear or missing(policy))
    usable = [str(helper) for helper in offer.helpers if not helper.flaw or names_everybody(helper.text)]
    if offer.state is not State.ENABLED:
        read = "" if offer.state is State.UNKNOWN else f": {_ALONE[offer.state]} in what was read"
        yield f"{_ALONE[State.UNKNOWN]}{read}" if doubted else _ALONE[offer.state]
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
    for says in (says for says in sorted(modes) if says != "helpers may view only"):
        yield f"{says} in {modes[says]}"
    if unknown:
        yield f"cannot be told in {_many(unknown)}: {_names(unknown, report)}"


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
    found = Counter[str]()
    failing: dict[str, bool] = {}
    doubts = Counter[str]()
    for each, many in report.counted:
        for finding in each.findings:
            found[finding.kind.id] += many
            failing[finding.kind.id] = finding.kind.severity >= fail_on
        for doubt in each.policy.unclear if each.policy else ():
            doubts[printable(doubt.setting)] += many
    worst = [name for name in found if failing[name]]
    if found:
        shown, where = (worst, "at or above") if worst else (list(found), "below")
        yield f"{plural(sum(found[name] for name in shown), 'finding')} {where} {fail_on}: {some(shown)}"
    elif report.complete:
        yield "no finding"
    if doubts:
        yield f"{sum(doubts.values())} unclear: {some(doubts)}"
