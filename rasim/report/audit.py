"""What policy files mean, for people and for programs: the report of `rasim audit`.

`audit` judges files that were opened elsewhere; `as_json` and `as_text` are two views of the same `Audit`. A file that
could not be read stays in the report with its error and makes it incomplete; it never looks like an empty policy.
The JSON is a contract: keys are added, never renamed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import evolve, field, frozen

from rasim.errors import Exit, PolicyFileError, Where, worst
from rasim.formats import Remark, read
from rasim.policy import (
    SYSTEMS,
    Flaw,
    Helper,
    Mode,
    Policy,
    Preference,
    Registry,
    State,
    Stated,
    Unclear,
    names_everybody,
    printable,
    reach,
    read_policy,
)
from rasim.report.findings import Finding, Severity, findings_of

LIMITS: Final = (
    (
        "the firewall is that of the domain profile as these files state it: the computer's own exceptions, rules of Windows"
        " Vista and later, other firewalls and routers are not seen here"
    ),
    (
        "local Administrators, direct members of the local group Offer Remote Assistance Helpers, preferences and"
        " restricted groups are outside a policy file and are not seen here"
    ),
    "a policy file is one of several: another of higher precedence can change every value above",
    "who is a member of a listed group is not looked up",
)
LIMIT_OF_POL: Final = "a Registry.pol does not say which half it is: it is read as the computer's, not a user's"


@frozen
class FileAudit:
    """One file, or several as one: how it was read and what it means; `error` instead if it could not be read."""

    path: str
    format: str | None = None
    entries: int | None = None
    error: PolicyFileError | None = None
    policy: Policy | None = None
    findings: tuple[Finding, ...] = ()
    paths: tuple[str, ...] = ()


@frozen
class Audit:
    """The whole report; `complete` is whether every file given was read, `address` the expert's if it was told."""

    files: tuple[FileAudit, ...]
    address: str | None = None
    complete: bool = field(init=False)

    @complete.default
    def _complete(self) -> bool:
        return all(each.error is None for each in self.files)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, file by file."""
        return tuple(finding for each in self.files for finding in each.findings)

    @property
    def unclear(self) -> tuple[Unclear, ...]:
        """All that has two readings, file by file."""
        return tuple(doubt for each in self.files if each.policy for doubt in each.policy.unclear)

    @property
    def limits(self) -> tuple[str, ...]:
        """What the report cannot know; printed always."""
        pol = any("Registry.pol" in (each.format or "") for each in self.files)
        return (*LIMITS, LIMIT_OF_POL) if pol else LIMITS

    def exit_code(self, fail_on: Severity) -> Exit:
        """Return the exit code: unreadable 2, a finding at or above `fail_on` 1, unclear 3, else 0."""
        failed = any(finding.kind.severity >= fail_on for finding in self.findings)
        return worst(
            Exit.OK if self.complete else Exit.USAGE,
            Exit.FAILED if failed else Exit.OK,
            Exit.INCONCLUSIVE if self.unclear else Exit.OK,
        )


def audit(
    files: Iterable[tuple[str, bytes | PolicyFileError]],
    *,
    as_one: bool = False,
    strict: bool = False,
    address: str | None = None,
) -> Audit:
    """Judge files given as (path, bytes), or (path, error) for one that could not be opened; none is held for long.

    With `as_one` the readable files are applied in the order given, lowest precedence first, and judged once; those
    that cannot be read are listed after it, and their absence makes the result unclear. `strict` forgives no blanks in
    exceptions of the firewall (A2); `address` is the expert's, for exceptions that let in some addresses only.

    Raises:
        UsageError: `address` is no IPv4 address.

    """
    return Audit(
        _as_one(files, strict=strict) if as_one else tuple(_judge(path, data, strict=strict) for path, data in files),
        address,
    )


def _judge(path: str, data: bytes | PolicyFileError, *, strict: bool) -> FileAudit:
    if isinstance(data, PolicyFileError):
        return FileAudit(path, error=data)
    try:
        done = read(data, path)
    except PolicyFileError as error:
        return FileAudit(path, error=error)
    policy = read_policy(done.registry, strict=strict)
    return FileAudit(path, done.format.name, done.entries, None, policy, findings_of(policy, done.remarks), (path,))


def _as_one(files: Iterable[tuple[str, bytes | PolicyFileError]], *, strict: bool) -> tuple[FileAudit, ...]:
    registry, remarks, formats = Registry(), list[Remark](), list[str]()
    paths, unread = list[str](), list[FileAudit]()
    for path, data in files:
        if isinstance(data, PolicyFileError):
            unread.append(FileAudit(path, error=data))
            continue
        try:
            done = read(data, path, registry)
        except PolicyFileError as error:
            unread.append(FileAudit(path, error=error))
            continue
        registry = done.registry
        remarks += done.remarks
        formats += [done.format.name] if done.format.name not in formats else []
        paths.append(path)
    if not paths:
        return tuple(unread)
    policy = read_policy(registry, strict=strict)
    merged = FileAudit(
        " + ".join(paths),
        " + ".join(formats),
        registry.applied,
        None,
        evolve(policy, unclear=(*policy.unclear, *(_missing(each.path) for each in unread))),
        findings_of(policy, remarks),
        tuple(paths),
    )
    return (merged, *unread)


def _missing(path: str) -> Unclear:
    return Unclear(
        printable(path),
        "could not be read and is missing from the result",
        ("the result is what the other files say", "this file changes the result"),
    )


# ---- for programs ------------------------------------------------------------


def as_json(report: Audit) -> dict[str, Any]:
    """Return the report as the JSON contract has it; names are printable (`<U+200B>` for what cannot be seen)."""
    return {
        "files": [_file_json(each, report.address) for each in report.files],
        "findings": [
            {
                "rule": finding.kind.id,
                "severity": str(finding.kind.severity),
                "message": finding.message,
                "file": finding.where.file if finding.where else each.path,
                "where": _place(finding.where),
                "remedy": finding.kind.remedy,
            }
            for each in report.files
            for finding in each.findings
        ],
        "complete": report.complete,
        "limits": list(report.limits),
    }


def _file_json(each: FileAudit, address: str | None) -> dict[str, Any]:
    return {
        "path": each.path,
        "paths": list(each.paths or (each.path,)),
        "format": each.format,
        "entries": each.entries,
        "error": None if each.error is None else _error_json(each.error),
        "policy": None if each.policy is None else _policy_json(each.policy),
        "firewall": {} if each.policy is None else {os: reach_json(each.policy, os, address) for os in SYSTEMS},
    }


def reach_json(policy: Policy, os: str, address: str | None) -> dict[str, Any]:
    """Return the firewall's verdict for one system as JSON."""
    verdict = reach(policy.firewall, os, address=address)
    return {
        "offer": verdict.offer,
        "missing": list(verdict.missing),
        "superfluous": list(verdict.superfluous),
        "port 3389": verdict.port_3389,
        "because": [f"{r.rule}: {r.says}{_at(r.where, merged=True)}" for r in verdict.because],
    }


def _error_json(error: PolicyFileError) -> dict[str, Any]:
    where = error.where
    if where.line is not None:
        return {"message": error.message, "line": where.line, "column": where.column}
    return {"message": error.message, "offset": where.offset}


def _policy_json(policy: Policy) -> dict[str, Any]:
    offer = policy.offer
    return {
        "offer": {
            "state": offer.state.value,
            "mode": offer.mode.value if offer.mode else None,
            "helpers": [str(helper) for helper in offer.helpers],
            "unclear": [
                {
                    "setting": doubt.setting,
                    "says": doubt.says,
                    "readings": list(doubt.readings),
                    **_where_json(doubt.where),
                }
                for doubt in policy.unclear
            ],
        },
        "solicited": {
            "state": policy.solicited.state.value,
            "mode": policy.solicited.mode.value if policy.solicited.mode else None,
        },
        "logging": policy.logging.state.value,
        "local": {"solicited": policy.local.solicited.value},
        "stated": [
            {"setting": stated.setting, "says": stated.says, **_where_json(stated.where)}
            for stated in _all_stated(policy)
            if stated.where is not None
        ],
    }


def _where_json(where: Where | None) -> dict[str, Any]:
    return {"file": where.file if where else None, "where": _place(where)}


def _all_stated(policy: Policy) -> Iterator[Stated]:
    yield policy.offer.stated
    yield policy.offer.mode_stated
    for helper in policy.offer.helpers:
        yield Stated("RAUnsolicit", str(helper), helper.where)
    yield policy.solicited.stated
    yield policy.solicited.mode_stated
    yield policy.logging.stated
    yield policy.local.stated
    yield from policy.misplaced


def _place(where: Where | None) -> str | None:
    if where is None:
        return None
    if where.offset is not None:
        return f"offset {where.offset}"
    return None if where.line is None else f"line {where.line}"


# ---- for people --------------------------------------------------------------

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
    blocks = ["\n".join(_file_lines(each, report.address)) for each in report.files]
    found = [line for each in report.files for finding in each.findings for line in _finding_lines(each, finding)]
    blocks.append("\n".join(("findings", *found)) if found else "findings        none in what was read")
    blocks.append("\n".join(("limits", *(f"  - {limit}" for limit in report.limits))))
    blocks.append(_summary(report))
    return "\n\n".join(blocks)


def _file_lines(each: FileAudit, address: str | None) -> Iterator[str]:
    yield printable(each.path)
    if each.error is not None or each.policy is None:
        error = each.error
        yield _row("NOT READ", error.message if error else "")
        if error and (place := _place(error.where)):
            yield _row("", f"at {place}" + (f", column {error.where.column}" if error.where.column else ""))
        return
    policy, merged = each.policy, len(each.paths) > 1
    counted = "1 entry" if each.entries == 1 else f"{each.entries} entries"
    yield _row("format", f"{each.format}, {counted}")
    yield _row("offer", _OFFERS[policy.offer.state])
    yield _row("", _evidence(policy.offer.stated, merged))
    yield from _mode_and_helpers(policy, merged)
    yield from _rows("solicited", _with_mode(policy), policy.solicited.stated, merged)
    yield from _rows("logging", policy.logging.state.value, policy.logging.stated, merged)
    yield from _rows("local switch", _PREFERENCES[policy.local.solicited], policy.local.stated, merged)
    yield from _firewall(policy, address, merged)
    for doubt in policy.unclear:
        yield _row("UNCLEAR", f"{doubt.setting}: {doubt.says}{_at(doubt.where, merged)}")
        yield _row("", f"  rasim:   {doubt.readings[0]}")
        yield _row("", f"  or else: {doubt.readings[1]}")


def _firewall(policy: Policy, address: str | None, merged: bool) -> Iterator[str]:
    """Say what the firewall lets through, systems of one verdict together."""
    firewall = policy.firewall
    if not firewall.speaks:
        yield _row("firewall", "nothing is stated: the computer's own settings decide whether an offer gets through")
        return
    switches = (
        (firewall.protection, {"enabled": "on", "disabled": "switched off"}),
        (firewall.no_exceptions, {"enabled": "no exceptions allowed", "disabled": "exceptions allowed"}),
        (firewall.remote_desktop, {state: f"Remote Desktop exception {state}" for state in ("enabled", "disabled")}),
    )
    said = [words.get(s.state, f"unclear ({s.says})") for s, words in switches if s.state != "not configured"]
    yield _row("firewall", ", ".join(["domain profile", *said]))
    for each in firewall.exceptions:
        yield _row("", f"{printable(str(each))}{_at(each.where, merged)}")
    verdicts: dict[str, list[str]] = {}
    for os in SYSTEMS:
        found = reach(firewall, os, address=address)
        wanting = f" (missing: {', '.join(found.missing)})" if found.missing else ""
        verdicts.setdefault(f"offer {found.offer}{wanting}; port 3389 {found.port_3389}", []).append(os)
    for verdict, systems in verdicts.items():
        yield _row("", f"{verdict}: {', '.join(os.removeprefix('windows-') for os in systems)}")


def _mode_and_helpers(policy: Policy, merged: bool) -> Iterator[str]:
    offer = policy.offer
    matters = offer.state in {State.ENABLED, State.UNKNOWN}
    leftover = "" if matters else " (without effect: offers are not enabled)"
    if matters or offer.mode:
        yield _row("mode", _MODES[offer.mode] + leftover)
        yield _row("", _evidence(offer.mode_stated, merged))
    if matters and not offer.helpers:
        yield _row("helpers", "none: the list is empty, so nobody may offer")
        yield _row("", _evidence(offer.helpers_stated, merged))
    for number, helper in enumerate(offer.helpers):
        yield _row("" if number else "helpers", _helper(helper, merged) + leftover)


def _helper(helper: Helper, merged: bool) -> str:
    remark = f"; rasim matches nobody, since it {helper.flaw.value}" if helper.flaw else ""
    if names_everybody(helper.text):
        remark = "; stands for everybody, or every account of a domain"
    elif helper.flaw in {Flaw.BARE, Flaw.UPN, Flaw.SID}:
        remark += "; Windows may find an account in it"
    return f"{str(helper) or '(empty)'}{_at(helper.where, merged)}{remark}"


def _with_mode(policy: Policy) -> str:
    mode = policy.solicited.mode
    return policy.solicited.state.value + (f", {'view only' if mode is Mode.VIEW else 'control'}" if mode else "")


def _rows(title: str, words: str, stated: Stated, merged: bool) -> Iterator[str]:
    evidence = "" if stated.where is None else f"; {_evidence(stated, merged)}"
    yield _row(title, words + evidence)


def _row(title: str, words: str) -> str:
    return f"  {title:<{_WIDTH - 2}}{words}".rstrip()


def _evidence(stated: Stated, merged: bool) -> str:
    if stated.where is None:
        return f"{stated.setting} is not in {'any of these files' if merged else 'this file'}"
    if stated.says in {"deleted", "emptied"}:
        return f"{stated.setting} is {stated.says}{_at(stated.where, merged)}"
    return f"{stated.setting} = {stated.says}{_at(stated.where, merged)}"


def _at(where: Where | None, merged: bool) -> str:
    place = _place(where)
    if where is None or place is None:
        return ""
    return f" ({printable(where.file)}, {place})" if merged else f" ({place})"


def _finding_lines(each: FileAudit, finding: Finding) -> Iterator[str]:
    place = _place(finding.where)
    file = printable(finding.where.file if finding.where else each.path)
    yield f"  {finding.kind.severity!s:<8}{finding.kind.id}  {file}{f', {place}' if place else ''}"
    yield _row("", f"     {finding.message}")
    yield _row("", f"     -> {finding.kind.remedy}")


def _summary(report: Audit) -> str:
    good = [each for each in report.files if each.policy is not None]
    bad = len(report.files) - len(good)
    severities = Counter(finding.kind.severity for finding in report.findings)
    counts = ", ".join(f"{severities[severity]} {severity}" for severity in reversed(Severity) if severities[severity])
    states = Counter(each.policy.offer.state.value for each in good if each.policy)
    offers = ", ".join(f"{count} {state}" for state, count in states.items())
    return "; ".join(
        (
            _plural(sum(len(each.paths) for each in good), "file") + " read",
            *([f"{bad} NOT READ: this report is incomplete"] if bad else []),
            *([f"offers: {offers}"] if offers else []),
            _plural(len(report.findings), "finding") + (f" ({counts})" if counts else ""),
            *([f"{len(report.unclear)} UNCLEAR"] if report.unclear else []),
        )
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
