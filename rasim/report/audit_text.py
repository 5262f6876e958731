"""The report of an audit for people: each file in the words of the policy editor, then findings, limits, one line of all."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rasim.directory.sources import (
    GPO_FOLDER,
    Step,
)
from rasim.errors import Where
from rasim.policy import (
    SYSTEMS,
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
    reach,
)
from rasim.policy.firewall_rules import TRAFFIC, match
from rasim.policy.merge import Said, Won
from rasim.report.audit import Audit, FileAudit, file_of, place_of
from rasim.report.findings import Finding, Severity
from rasim.report.people import who

_OFFERS: Final = {
    State.NOT_CONFIGURED: "not configured: nobody may offer help",
    State.DISABLED: "disabled: nobody may offer help",
    State.ENABLED: "enabled: helpers may offer help; the user must still accept",
    State.UNKNOWN: "unknown: rasim takes it as not enabled, Windows may not",
}
_MODES: Final = {
    Mode.VIEW: "view only",
    Mode.CONTROL: "control: after accepting, the user may grant control too",
    None: "no valid mode: rasim takes it as view only, Windows may not",
}
_PREFERENCES: Final = {
    Preference.ABSENT: "absent",
    Preference.ON: "invitations on (the user's own switch, no policy)",
    Preference.OFF: "invitations off (the user's own switch, no policy)",
    Preference.UNKNOWN: "unknown (the user's own switch, no policy)",
}
_WIDTH: Final = 16  # of the first column


def as_text(report: Audit) -> str:
    """Return the report as text for a terminal: the files, the findings, the limits, and one line that sums it up."""
    silent = [each for each in report.files if len(report.files) > 1 and _says_nothing(each)]
    blocks = ["\n".join(_file_lines(each, report)) for each in report.files if each not in silent]
    if silent:
        lines = (f"  {printable(each.path)} ({each.format}, {_entries(each)})" for each in silent)
        blocks.append("\n".join(("say nothing about Remote Assistance or its firewall", *lines)))
    found = [line for each in report.files for finding in each.findings for line in _finding_lines(each, finding)]
    blocks.append("\n".join(("findings", *found)) if found else "findings        none in what was read")
    if report.passed_over:
        lines = (f"  {printable(path)}: {printable(why)}" for path, why in report.passed_over)
        blocks.append("\n".join(("passed over", *lines)))
    blocks.append("\n".join(("limits", *(f"  - {limit}" for limit in report.limits))))
    blocks.append(summary(report))
    return "\n\n".join(blocks)


def _says_nothing(each: FileAudit) -> bool:
    """Tell whether a file was read and is not about anything that is asked here."""
    return each.policy == Policy() and not each.findings and not each.policy.misplaced


def _entries(each: FileAudit) -> str:
    return "1 entry" if each.entries == 1 else f"{each.entries} entries"


def _file_lines(each: FileAudit, report: Audit) -> Iterator[str]:
    address = report.address
    if len(each.paths) > 2:
        yield from (f"{printable(path)} +" for path in each.paths[:-1])
        yield printable(each.paths[-1])
    else:
        yield printable(each.path)
    if each.error is not None or each.policy is None:
        error = each.error
        yield _row("NOT READ", error.message if error else "")
        if error and (place := place_of(error.where)):
            yield _row("", f"at {place}" + (f", column {error.where.column}" if error.where.column else ""))
        return
    policy = each.policy
    yield _row("format", f"{each.format}, {_entries(each)}" if each.format else "nothing was applied")
    if each.gpo is not None:
        yield _row(
            "group policy", " ".join(filter(None, map(printable, (each.gpo.name, each.gpo.id, each.gpo.domain))))
        )
    if each.gpo is not None and not each.gpo.computer:
        yield _row("", "its computer half is switched off: nothing of it applies")
    yield from _steps(each.steps)
    yield _row("offer", _OFFERS[policy.offer.state])
    yield _row("", _evidence(policy.offer.stated, each))
    yield from _mode_and_helpers(policy, each, report.membership)
    yield from _rows("solicited", _with_mode(policy), policy.solicited.stated, each)
    yield from _rows("logging", policy.logging.state.value, policy.logging.stated, each)
    yield from _rows("local switch", _PREFERENCES[policy.local.solicited], policy.local.stated, each)
    yield from _firewall(policy, address, each)
    yield from _decided(each.won)
    yield from _unclear(policy, each)


def _unclear(policy: Policy, file: FileAudit) -> Iterator[str]:
    """Say what has two readings; settings of which one thing says why they cannot be told come together."""
    together: dict[tuple[str, Where | None], list[Unclear]] = {}
    for number, doubt in enumerate(policy.unclear):
        says = doubt.says if doubt.topic == "untold" else f"{number}"
        together.setdefault((says, doubt.where), []).append(doubt)
    for doubts in together.values():
        first = doubts[0]
        yield _row("UNCLEAR", f"{', '.join(each.setting for each in doubts)}: {first.says}{_at(first.where, file)}")
        yield _row("", f"  rasim:   {first.readings[0] if len(doubts) == 1 else 'nothing is allowed by any of them'}")
        yield _row("", f"  or else: {first.readings[1]}")


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    """Say what was applied in which order, and what was not."""
    applied = [step for step in steps if not step.why_not]
    for number, step in enumerate(applied, 1):
        title = "applied" if number == 1 else ""
        how = f" ({printable(step.how)})" if step.how else ""
        last = "; wins" if number == len(applied) > 1 else ""
        yield _row(title, f"{number}. {printable(step.name)}{how}{last}")
    left = [step for step in steps if step.why_not]
    for number, step in enumerate(left):
        how = f" ({printable(step.how)})" if step.how else ""
        yield _row("" if number else "not applied", f"{printable(step.name)}{how}: {printable(step.why_not)}")


def _decided(decided: Iterable[Won]) -> Iterator[str]:
    """Say who won what was stated more than once."""
    contested = [one for one in decided if one.overrode]
    for number, one in enumerate(contested):
        by_source: dict[str, list[str]] = {}
        for said in one.overrode:
            by_source.setdefault(_source(said), []).append(said.says)
        over = ", ".join(f"{source} ({', '.join(says)})" for source, says in by_source.items())
        yield _row("" if number else "decided by", f"{one.setting}: {_source(one.by)} ({one.by.says}), over {over}")


def _source(said: Said) -> str:
    return printable(said.gpo or (said.where.file if said.where else "") or "an unnamed source")


def _firewall(policy: Policy, address: str | None, file: FileAudit) -> Iterator[str]:
    """Say what the firewall lets through, systems of one verdict together."""
    firewall = policy.firewall
    if not (firewall.speaks or firewall.speaks_in_rules):
        yield _row("firewall", "nothing is stated: the computer's own settings decide whether an offer gets through")
        return
    switches = (
        (firewall.protection, {"enabled": "on", "disabled": "switched off"}),
        (firewall.no_exceptions, {"enabled": "no exceptions allowed", "disabled": "exceptions allowed"}),
        (firewall.remote_desktop, {state: f"Remote Desktop exception {state}" for state in ("enabled", "disabled")}),
        (
            firewall.default_inbound,
            {"disabled": "what no rule blocks is let in", "enabled": "what no rule allows is blocked"},
        ),
        (firewall.rules_merge, {"disabled": "the computer's own rules do not count", "enabled": "its own rules count"}),
    )
    said = [words.get(s.state, f"unclear ({s.says})") for s, words in switches if s.state != "not configured"]
    yield _row("firewall", ", ".join(["domain profile", *said]))
    for each in firewall.exceptions:
        yield _row("", f"{printable(str(each))}{_at(each.where, file)}")
    for rule in firewall.rules:
        if any(match(rule, need, address) != "no" for need in TRAFFIC):
            own = "the computer's own rule" if rule.local else "rule"
            yield _row("", f"{own} {rule.shown}{_at(rule.where, file)}")
    verdicts: dict[str, list[str]] = {}
    for os in SYSTEMS:
        found = reach(firewall, os, address=address)
        title = "missing" if found.offer == "blocked" else "not stated"
        wanting = f" ({title}: {', '.join(found.missing)})" if found.missing else ""
        verdicts.setdefault(f"offer {found.offer}{wanting}; port 3389 {found.port_3389}", []).append(os)
    for verdict, systems in verdicts.items():
        yield _row("", f"{verdict}: {_listed(systems)}")


def _listed(systems: Sequence[str]) -> str:
    """Return systems by name, those of one kind of firewall in a word."""
    later = [os for os in SYSTEMS if SYSTEMS[os].by_rules]
    rest = [os for os in systems if os not in later] if set(later) <= set(systems) else systems
    names = [os.removeprefix("windows-") for os in rest]
    return ", ".join([*names, "vista and later"] if len(rest) < len(systems) else names)


def _mode_and_helpers(policy: Policy, file: FileAudit, membership: Membership | None) -> Iterator[str]:
    offer = policy.offer
    matters = offer.state in {State.ENABLED, State.UNKNOWN}
    leftover = "" if matters else " (without effect: offers are not enabled)"
    if offer.stated.untold and offer.mode_stated.where is None and not offer.helpers:
        yield _row("mode, helpers", "cannot be told either")
        return
    if matters or offer.mode:
        yield _row("mode", _MODES[offer.mode] + leftover)
        yield _row("", _evidence(offer.mode_stated, file))
    if matters and not offer.helpers:
        yield _row("helpers", "none: the list is empty, so nobody may offer")
        yield _row("", _evidence(offer.helpers_stated, file))
    for number, helper in enumerate(offer.helpers):
        yield _row("" if number else "helpers", _helper(helper, file) + leftover)
        if membership is not None and helper.flaw is None:
            yield _row("", f"  {who(policy, membership)[number]}")


def _helper(helper: Helper, file: FileAudit) -> str:
    remark = f"; rasim matches nobody, since it {helper.flaw.value}" if helper.flaw else ""
    if names_everybody(helper.text):
        remark = "; stands for everybody, or every account of a domain"
    elif helper.flaw in {Flaw.BARE, Flaw.UPN, Flaw.SID}:
        remark += "; Windows may find an account in it"
    return f"{str(helper) or '(empty)'}{_at(helper.where, file)}{remark}"


def _with_mode(policy: Policy) -> str:
    mode = policy.solicited.mode
    return policy.solicited.state.value + (f", {'view only' if mode is Mode.VIEW else 'control'}" if mode else "")


def _rows(title: str, words: str, stated: Stated, file: FileAudit) -> Iterator[str]:
    evidence = "" if stated.where is None else f"; {_evidence(stated, file)}"
    yield _row(title, words + evidence)


def _row(title: str, words: str) -> str:
    return f"  {title:<{_WIDTH - 2}}{words}".rstrip()


def _evidence(stated: Stated, file: FileAudit) -> str:
    if stated.where is None and file.gpo is not None and not file.gpo.computer:
        return f"{stated.setting} does not apply, whatever stands there"
    if stated.where is None:
        return f"{stated.setting} is not in {'any of these files' if _several(file) else 'this file'}"
    if stated.says in {"deleted", "emptied"}:
        return f"{stated.setting} is {stated.says}{_at(stated.where, file)}"
    return f"{stated.setting} = {stated.says}{_at(stated.where, file)}"


def _several(file: FileAudit) -> bool:
    return len(file.paths) > 1 or file.format == GPO_FOLDER


def _at(where: Where | None, file: FileAudit) -> str:
    """Return a place in brackets; with the name of its policy or file where there are several."""
    place = place_of(where)
    if where is None or place is None:
        return ""
    if not _several(file) and where.file in {file.path, *file.paths}:
        return f" ({place})"
    below = (step.name for step in file.steps if _slashes(where.file).startswith(f"{_slashes(step.path)}/"))
    name = next(below, "") or _below(where.file, file)
    return f" ({printable(name)}, {place})"


def _slashes(path: str) -> str:
    return path.replace("\\", "/")


def _below(path: str, file: FileAudit) -> str:
    """Return a path without the folder of a group policy that is reported alone."""
    folder = f"{file.path}/" if file.format == GPO_FOLDER else ""
    return path.removeprefix(folder)


def _finding_lines(each: FileAudit, finding: Finding) -> Iterator[str]:
    place = place_of(finding.where)
    file = printable(file_of(each, finding.where))
    yield f"  {finding.kind.severity!s:<8}{finding.kind.id}  {file}{f', {place}' if place else ''}"
    yield _row("", f"     {finding.message}")
    yield _row("", f"     -> {finding.kind.remedy}")
    known = [each.id for each in finding.kind.guidance if each.mark == "verified"]
    if known:
        yield _row("", f"     asked for by STIG {', '.join(known)}")


def summary(report: Audit) -> str:
    """Return the report in one line."""
    good = [each for each in report.files if each.policy is not None]
    bad = len(report.files) - len(good)
    severities = Counter(finding.kind.severity for finding in report.findings)
    counts = ", ".join(f"{severities[severity]} {severity}" for severity in reversed(Severity) if severities[severity])
    states = Counter(each.policy.offer.state.value for each in good if each.policy)
    offers = ", ".join(f"{count} {state}" for state, count in states.items())
    read = _plural(sum(len(each.paths) for each in good), "file") + " read"
    return "; ".join(
        (
            read + (f", {len(report.passed_over)} passed over" if report.passed_over else ""),
            *([f"{bad} NOT READ: this report is incomplete"] if bad else []),
            *([f"offers: {offers}"] if offers else []),
            _plural(len(report.findings), "finding") + (f" ({counts})" if counts else ""),
            *([f"{len(report.unclear)} UNCLEAR"] if report.unclear else []),
        )
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
