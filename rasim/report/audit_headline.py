"""The first line of an audit: what is so under these policies, then what was found; never a count alone.

An administrator who reads nothing else has to know from it whom to think of: who was not read, where offers are enabled and for
whom, which road needs no yes, and the ids of what was found.
"""

from collections.abc import Iterator, Sequence

from rasim.analysis.audit import Audit
from rasim.analysis.file_audit import FileAudit
from rasim.analysis.findings import Severity
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
    read = [(each, each.policy) for each in report.files if each.policy is not None]
    unread = some(printable(each.path) for each in report.files if each.policy is None)
    offers = of_offers(read[0][1]) if len(read) == 1 else _of_many(read)
    needs_no_yes = roads.without_a_yes(road for _, policy in read for road in policy.roads)
    return "; ".join(
        part
        for part in (f"NOT READ: {unread}" if unread else "", *offers, needs_no_yes, *_found(report, fail_on))
        if part
    )


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


def _of_many(read: Sequence[tuple[FileAudit, Policy]]) -> Iterator[str]:
    """Yield in which of several policies offers are enabled or may be, with their names, and in how many helpers may control."""
    of = {state: [each for each, policy in read if policy.offer.state is state] for state in State}
    enabled = of[State.ENABLED]
    unknown = [each for each, policy in read if each not in enabled and (each in of[State.UNKNOWN] or missing(policy))]
    modes = [_control(policy) for each, policy in read if each in enabled]
    if enabled or read:
        names = f": {some(map(_name, enabled))}" if 0 < len(enabled) < len(read) else ""
        yield f"offers are enabled in {len(enabled) or 'none'} of {len(read)}{names}"
    for says in (says for says in sorted(set(modes)) if says != "helpers may view only"):
        yield f"{says} in {modes.count(says)}"
    if unknown:
        yield f"cannot be told in {len(unknown)}: {some(map(_name, unknown))}"


def _name(each: FileAudit) -> str:
    """Return what people call a policy: its name in the directory, else the last part of its path."""
    return printable(each.gpo.name if each.gpo and each.gpo.name else each.path.replace("\\", "/").rpartition("/")[2])


def _found(report: Audit, fail_on: Severity) -> Iterator[str]:
    failing = [finding.kind.id for finding in report.findings if finding.kind.severity >= fail_on]
    others = [finding.kind.id for finding in report.findings if finding.kind.severity < fail_on]
    if failing:
        yield f"{plural(len(failing), 'finding')} at or above {fail_on}: {some(dict.fromkeys(failing))}"
    elif others:
        yield f"{plural(len(others), 'finding')} below {fail_on}: {some(dict.fromkeys(others))}"
    elif report.complete:
        yield "no finding"
    if report.unclear:
        settings = dict.fromkeys(printable(doubt.setting) for doubt in report.unclear)
        yield f"{len(report.unclear)} unclear: {some(settings)}"
