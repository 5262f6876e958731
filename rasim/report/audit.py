"""What policy files mean, for people and for programs: the report of `rasim audit`.

`audit` judges files that were opened elsewhere; `as_json` and `as_text` are two views of the same `Audit`. A file that
could not be read stays in the report with its error and makes it incomplete; it never looks like an empty policy.
The JSON is a contract: keys are added, never renamed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen

from rasim.directory.sources import (
    GPO_FOLDER,
    Given,
    Merged,
    Source,
    Step,
    merge_at,
    merge_by_links,
    merge_in_order,
    passes_over,
    read_alone,
)
from rasim.errors import Exit, PolicyFileError, Where, worst
from rasim.formats import IN_ENGLISH, RESULTS, Remark, Words
from rasim.policy import (
    SYSTEMS,
    Flaw,
    Helper,
    Membership,
    Mode,
    Policy,
    Preference,
    RegistryEntry,
    State,
    Stated,
    Unclear,
    names_everybody,
    printable,
    reach,
    read_policy,
)
from rasim.policy.firewall_rules import TRAFFIC, match
from rasim.policy.merge import Said, Won, won
from rasim.policy.precedence import Container, Gpo
from rasim.report.findings import Finding, Severity, by_severity, findings_of
from rasim.report.people import findings_about, who

LIMITS: Final = (
    (
        "the firewall is that of the domain profile as these files state it: the computer's own exceptions and rules that are"
        " in no file given, other firewalls and routers are not seen here"
    ),
    (
        "local Administrators, direct members of the local group Offer Remote Assistance Helpers, preferences and"
        " restricted groups are outside a policy file and are not seen here"
    ),
    "a policy file is one of several: another of higher precedence can change every value above",
    "who is a member of a listed group is not looked up",
)
LIMIT_OF_TOLD: Final = "who is in which group is what was told, never looked up"
LIMITS_OF: Final = {  # by format
    "Registry.pol": "a Registry.pol does not say which half it is: it is read as the computer's, not a user's",
    "GPO report": "a report tells settings in words; what the editor does not show it does not tell",
    "gpresult": "gpresult tells what was last applied to one computer, not what will be",
    "PolicyRules": "a PolicyRules file tells no order among the group policies in it",
    "GPO folder": "whom a group policy is filtered to (security, WMI), and in SYSVOL whether a half of it is switched off,"
    " stands in the directory and is not seen here",
}


@frozen
class FileAudit:
    """One file or folder, or several as one: how it was read and what it means; `error` instead if it could not be read.

    Of several as one `steps` says in which order they were applied, and `won` who decided what.
    """

    path: str
    format: str | None = None
    entries: int | None = None
    error: PolicyFileError | None = None
    policy: Policy | None = None
    findings: tuple[Finding, ...] = ()
    paths: tuple[str, ...] = ()
    gpo: Gpo | None = None
    steps: tuple[Step, ...] = ()
    won: tuple[Won, ...] = ()


@frozen
class Audit:
    """The whole report; `complete` is whether every file given was read, `address` the expert's if it was told.

    `passed_over` are files met in folders that are no policy files and do not claim to be: each with what it is.
    """

    files: tuple[FileAudit, ...]
    address: str | None = None
    passed_over: tuple[tuple[str, str], ...] = ()
    membership: Membership | None = None
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
        formats = {form for each in self.files for form in (each.format or "").split(" + ")}
        limits = LIMITS if self.membership is None else (*LIMITS[:-1], LIMIT_OF_TOLD)
        return (*limits, *(limit for form, limit in LIMITS_OF.items() if form in formats))

    def exit_code(self, fail_on: Severity) -> Exit:
        """Return the exit code: unreadable 2, a finding at or above `fail_on` 1, unclear 3, nothing at all 4, else 0."""
        failed = any(finding.kind.severity >= fail_on for finding in self.findings)
        return worst(
            Exit.OK if self.complete else Exit.USAGE,
            Exit.FAILED if failed else Exit.OK,
            Exit.INCONCLUSIVE if self.unclear else Exit.OK,
            Exit.OK if self.files else Exit.NOTHING,
        )


@frozen
class How:
    """How an audit goes about it.

    With `as_one` what is given is applied in the order given, lowest precedence first, and judged once; with `containers`
    or `at` (the path of a computer) in the order of their links. `strict` forgives no blanks in exceptions of the firewall
    (A2); `address` is the expert's, for exceptions that let in some addresses only; `words` are those in which reports may
    be written; `membership` is who is in which group, if that was told.
    """

    as_one: bool = False
    containers: tuple[Container, ...] | None = None
    at: str | None = None
    strict: bool = False
    address: str | None = None
    words: Words = IN_ENGLISH
    membership: Membership | None = None


def audit(files: Iterable[Given | tuple[str, bytes | PolicyFileError]], how: How = How()) -> Audit:
    """Judge what is given, as (path, bytes), (path, error) for what could not be opened, or `Given`; none is held for long.

    Of several as one, those that cannot be read are listed after them, and their absence makes the result unclear.

    Raises:
        UsageError: `address` is no IPv4 address; a link names something that two of the files are called.

    """
    passed: list[tuple[str, str]] = []
    given = _not_passed((each if isinstance(each, Given) else Given(*each) for each in files), passed)
    judged = tuple(_as_one(given, how) if _merges(how) else (_judge(each, how) for each in given))
    return Audit(judged, how.address, tuple(passed), how.membership)


def _merges(how: How) -> bool:
    return how.as_one or how.containers is not None or how.at is not None


def _not_passed(given: Iterable[Given], passed: list[tuple[str, str]]) -> Iterator[Given]:
    """Yield what is to be judged, and note the rest."""
    for each in given:
        why = passes_over(each)
        if why is None:
            yield each
        else:
            passed.append((each.path, why))


def _judge(given: Given, how: How) -> FileAudit:
    source = read_alone(given, how.words)
    if source.registry is None:
        return FileAudit(source.path, error=source.error)
    policy = read_policy(source.registry, strict=how.strict)
    decided = won(source.registry)
    return FileAudit(
        source.path,
        source.format,
        source.entries,
        None,
        policy,
        _findings(policy, source.remarks, source.registry.repeated, how, whole=source.format == RESULTS.name),
        (source.path,),
        source.gpo,
        (),
        decided if any(each.overrode for each in decided) else (),
    )


def _findings(
    policy: Policy, remarks: Iterable[Remark], repeated: Iterable[RegistryEntry], how: How, *, whole: bool
) -> tuple[Finding, ...]:
    found = findings_of(policy, remarks, repeated, whole=whole)
    if how.membership is None or policy.offer.state is not State.ENABLED:
        return found
    return by_severity((*found, *findings_about(policy, how.membership)))


def _as_one(given: Iterable[Given], how: How) -> Iterator[FileAudit]:
    if how.containers is not None:
        merged = merge_by_links(given, how.containers, how.words)
    elif how.at is not None:
        merged = merge_at(given, how.at, how.words)
    else:
        merged = merge_in_order(given, how.words)
    good = [source for source in merged.sources if source.error is None]
    if good or not merged.sources:
        yield from _merged_audit(merged, good, how)
    for source in merged.sources:
        if source.error is not None:
            yield FileAudit(source.path, error=source.error)


def _merged_audit(merged: Merged, good: list[Source], how: How) -> Iterator[FileAudit]:
    if not good:
        return
    applied = [step.path for step in merged.steps if not step.why_not]
    policy = read_policy(merged.registry, strict=how.strict)
    policy = evolve(policy, unclear=(*policy.unclear, *merged.missing))
    remarks = [remark for source in good if source.path in applied for remark in source.remarks]
    yield FileAudit(
        " + ".join(dict.fromkeys(applied)) or "nothing",
        " + ".join(dict.fromkeys(source.format or "" for source in good if source.path in applied)) or None,
        merged.registry.applied,
        None,
        policy,
        _findings(policy, remarks, merged.registry.repeated, how, whole=True),
        tuple(dict.fromkeys(applied)),
        None,
        merged.steps,
        merged.won,
    )


# ---- for programs ------------------------------------------------------------


def as_json(report: Audit) -> dict[str, Any]:
    """Return the report as the JSON contract has it; names are printable (`<U+200B>` for what cannot be seen)."""
    return {
        "files": [_file_json(each, report) for each in report.files],
        "findings": [
            {
                "rule": finding.kind.id,
                "severity": str(finding.kind.severity),
                "message": finding.message,
                "file": file_of(each, finding.where),
                "where": place_of(finding.where),
                "remedy": finding.kind.remedy,
                "guidance": [
                    {"guide": each.guide, "id": each.id, "asks": each.asks, "mark": each.mark}
                    for each in finding.kind.guidance
                ],
            }
            for each in report.files
            for finding in each.findings
        ],
        "complete": report.complete,
        "limits": list(report.limits),
        "passed_over": [{"path": path, "message": why} for path, why in report.passed_over],
    }


def _file_json(each: FileAudit, report: Audit) -> dict[str, Any]:
    address = report.address
    return {
        "path": each.path,
        "paths": list(each.paths or (each.path,)),
        "format": each.format,
        "entries": each.entries,
        "error": None if each.error is None else _error_json(each.error),
        "policy": None if each.policy is None else _policy_json(each.policy, report.membership),
        "firewall": {} if each.policy is None else {os: reach_json(each.policy, os, address) for os in SYSTEMS},
        "gpo": None if each.gpo is None else {"name": each.gpo.name, "id": each.gpo.id, "domain": each.gpo.domain},
        "steps": [
            {"gpo": step.name, "path": step.path, "how": step.how, "applied": not step.why_not, "why": step.why_not}
            for step in each.steps
        ],
        "won": [
            {"setting": one.setting, **_said_json(one.by), "overrode": [_said_json(said) for said in one.overrode]}
            for one in each.won
        ],
    }


def _said_json(said: Said) -> dict[str, Any]:
    return {"says": said.says, "gpo": said.gpo, **_where_json(said.where)}


def reach_json(policy: Policy, os: str, address: str | None) -> dict[str, Any]:
    """Return the firewall's verdict for one system as JSON."""
    verdict = reach(policy.firewall, os, address=address)
    return {
        "offer": verdict.offer,
        "missing": list(verdict.missing),
        "superfluous": list(verdict.superfluous),
        "port 3389": verdict.port_3389,
        "because": [f"{r.rule}: {r.says}{_at(r.where, None)}" for r in verdict.because],
    }


def _error_json(error: PolicyFileError) -> dict[str, Any]:
    where = error.where
    if where.line is not None:
        return {"message": error.message, "line": where.line, "column": where.column}
    return {"message": error.message, "offset": where.offset}


def _policy_json(policy: Policy, membership: Membership | None) -> dict[str, Any]:
    offer = policy.offer
    return {
        "offer": {
            "state": offer.state.value,
            "mode": offer.mode.value if offer.mode else None,
            "helpers": [str(helper) for helper in offer.helpers],
            "who": [
                {
                    "helper": str(each.helper),
                    "what": each.what,
                    "people": each.people,
                    "untold": [str(group) for group in each.untold],
                }
                for each in (() if membership is None else who(policy, membership))
            ],
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
    return {"file": where.file if where else None, "where": place_of(where)}


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


def file_of(each: FileAudit, where: Where | None) -> str:
    """Return the file that a place is in; of what has no place the last file that was applied, else what was given."""
    return where.file if where is not None and where.file else each.paths[-1] if each.paths else each.path


def place_of(where: Where | None) -> str | None:
    """Return a place in words, without its file: `offset 8`, `line 3`; None where there is none."""
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


def _at(where: Where | None, file: FileAudit | None) -> str:
    """Return a place in brackets; with the name of its policy or file where there are several."""
    place = place_of(where)
    if where is None or place is None:
        return ""
    if file is not None and not _several(file):
        return f" ({place})"
    below = (
        step.name for step in (file.steps if file else ()) if _slashes(where.file).startswith(f"{_slashes(step.path)}/")
    )
    name = next(below, "") or _below(where.file, file)
    return f" ({printable(name)}, {place})"


def _slashes(path: str) -> str:
    return path.replace("\\", "/")


def _below(path: str, file: FileAudit | None) -> str:
    """Return a path without the folder of a group policy that is reported alone."""
    folder = f"{file.path}/" if file is not None and file.format == GPO_FOLDER else ""
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
