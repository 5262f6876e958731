"""An audit as a document: the verdict, findings, then each file in the words of the policy editor, and what no file shows.

Colour is for the verdict only: what makes the exit code 1 or 2 is *bad*, what has two readings is *unclear*, and how severe a
finding is stands in a word and a sign.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import evolve

from rasim.analysis.audit import Audit
from rasim.analysis.file_audit import FileAudit
from rasim.analysis.findings import Severity
from rasim.analysis.helper_findings import who
from rasim.analysis.walkthrough import course
from rasim.document import blocks as doc
from rasim.errors import PolicyFileError, Where
from rasim.interop import github, junit, sarif
from rasim.policy import (
    Firewall,
    Flaw,
    Helper,
    Membership,
    Mode,
    Policy,
    Preference,
    Reach,
    Reason,
    State,
    Stated,
    Unclear,
    names_everybody,
    printable,
    roads_of,
)
from rasim.policy.decision import missing
from rasim.policy.firewall_rules import TRAFFIC, match
from rasim.policy.systems import in_short
from rasim.policy.who_won import Said, Won
from rasim.report import audit_findings, audit_first, roads
from rasim.report.audit_headline import first_line
from rasim.report.audit_json import as_json, json_text
from rasim.report.outputs import Answer, limits_section
from rasim.words import place_in_file, plural

_OFFERS: Final = {
    State.NOT_CONFIGURED: "not configured: nobody may offer help, unless another policy enables it",
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
_NOTHING_STATED: Final = "nothing is stated: the computer's own settings decide whether an offer gets through"
_SAY_NOTHING: Final = "say nothing about Remote Assistance or its firewall"
_LIMITS: Final = "What no policy file shows"
_FEW: Final = 3  # files not read of which the first screen tells each for itself
_EACH_FILE: Final = "each content by itself"  # as the last line of a first screen names it


_REACH: Final = {"gets through": "✓", "blocked": "✗", "cannot tell": "?", "not governed": "–"}


def answer(report: Audit, fail_on: Severity, *, summary: bool = False) -> Answer:
    """Return an audit as what the command shows; `fail_on` is the severity from which on a finding is a failure.

    With `summary` people are shown the files by what they mean, as a table; programs are told all.
    """
    return Answer(
        lambda: document(report, fail_on, summary=summary),
        lambda: as_json(report),
        {"github": lambda: github.render(report)},
        {
            "json": lambda: json_text(report),
            "junit": lambda: junit.of_audit(report, fail_on),
            "sarif": lambda: sarif.pieces(report),
        },
    )


def document(report: Audit, fail_on: Severity, *, summary: bool = False) -> doc.Document:
    """Return the document of an audit; its head says whether it is good, bad, incomplete or unclear."""
    worst = max((finding.kind.severity for each in report.contents for finding in each.findings), default=Severity.LOW)
    doubted = any(each.policy and each.policy.unclear for each in report.contents)
    tone: doc.Tone = "unclear" if doubted or not report.files or worst > Severity.LOW else "good"
    if not report.complete or (worst >= fail_on and any(each.findings for each in report.contents)):
        tone = "bad"
    verdict = first_line(report, fail_on)
    if summary:
        return doc.Document("rasim audit --summary", verdict, tone, _summary(report), _summarised(report))
    return doc.Document(
        "rasim audit", verdict, tone, _summary(report), _sections(report, fail_on), audit_first.first(report)
    )


def _summarised(report: Audit) -> Iterator[doc.Section]:
    if not report.complete:
        yield doc.Section("Not read", audit_first.not_read(report), "not-read")
    yield doc.Section("Files by what they mean", (audit_first.summary(report),), "groups", "groups")
    yield doc.Section(_LIMITS, (doc.Items(report.limits),), "limits", "limits")


def _sections(report: Audit, fail_on: Severity) -> Iterator[doc.Section]:
    several = len(report.files) > 1
    unread = [alike.named(path) for alike, path in report.files.each if alike.first.policy is None]
    quiet = {id(alike.first) for alike in report.files.alike if several and _says_nothing(alike.first)}
    silent = [alike.named(path) for alike, path in report.files.each if id(alike.first) in quiet]
    kinds = [each for each in report.files.alike if each.first.policy is not None and id(each.first) not in quiet]
    spoken, twins = [each.first for each in kinds], {id(each.first): each.paths[1:] for each in kinds}
    names = {id(each): f"file-{number}" for number, each in enumerate(spoken, 1)}
    if unread:
        cards = tuple(map(_not_read, unread))
        briefly = audit_first.not_read(report) if len(cards) > _FEW else ()
        yield doc.Section("Not read", cards, "not-read", always=True, briefly=briefly)
    if doubts := tuple(audit_first.doubts_once(report)):
        yield doc.Section("Unclear", (), briefly=doubts)  # whole it stands with each file
    if several and spoken:
        yield doc.Section("Files", (_files(spoken, names),), "files", more="a table of files")
    found = tuple(audit_findings.findings_once(report, fail_on))
    yield doc.Section(
        "Findings",
        audit_findings.every_finding(report, fail_on),
        "findings",
        always=bool(found),
        briefly=found,
        more="what to do about findings",
    )
    if several and spoken:
        yield doc.Section("Files by what they mean", (), briefly=audit_first.grouped(report))
    for each in spoken:
        if each.policy is not None:
            blocks = [*_file(each, each.policy, report), *_twins(twins[id(each)])]
            more = "" if len(spoken) == 1 else _EACH_FILE
            yield doc.Section(_title(each), blocks, names[id(each)], more=more or "what the file says")
    if silent:
        items = doc.Items((doc.code(each.path), doc.soft(f" {_read_as(each)}")) for each in silent)
        yield doc.Section(f"Files that {_SAY_NOTHING}", (items,), "silent", "silent")
    if report.passed_over:
        items = doc.Items((doc.code(path), f": {why}") for path, why in report.passed_over)
        yield doc.Section("Skipped: no policy files", (items,), "passed-over", "skipped")
    yield limits_section(_LIMITS, doc.Items(report.limits))


def _twins(paths: Sequence[str]) -> Iterator[doc.Part]:
    """Yield the other files that have the same content, which is told once."""
    if paths:
        title = f"{plural(len(paths), 'more file has', 'more files have')} the same content"
        yield doc.Part(title, (doc.Items(map(doc.code, paths)),))


def _title(each: FileAudit) -> str:
    return f"{len(each.paths)} files as one" if len(each.paths) > 2 else each.path


def _not_read(each: FileAudit) -> doc.Card:
    error = each.error
    said = (error.message, doc.place(_place_of_error(error))) if error else ""
    return doc.Card(doc.code(each.path), (doc.Para(said),), "bad", "NOT READ")


def _place_of_error(error: PolicyFileError) -> str:
    """Return where a file could not be read on, its column included; nothing where that is not known."""
    place = place_in_file(error.where)
    column = f", column {error.where.column}" if error.where.column else ""
    return f"at {place}{column}" if place else ""


def _files(files: Sequence[FileAudit], names: dict[int, str]) -> doc.Table:
    """Return all files at a glance."""
    head = ("file", "offers", "mode", "helpers", "does an offer get through", "findings", "unclear")
    return doc.Table("", head, (_glance(each, each.policy, names) for each in files if each.policy is not None))


def _glance(each: FileAudit, policy: Policy, names: dict[int, str]) -> Iterator[doc.Wording]:
    offer, doubts = policy.offer, len(policy.unclear)
    yield doc.Span(_title(each), "code", to=names[id(each)])
    yield offer.state.value
    yield offer.mode.value if offer.mode else ""
    yield str(len(offer.helpers)) if offer.helpers or offer.state is State.ENABLED else ""
    arrives = Counter(found.offer for found in each.reach)
    stated = policy.firewall.speaks or policy.firewall.speaks_in_rules
    yield ", ".join(f"{words} ({count})" for words, count in arrives.items()) if stated else "nothing is stated"
    yield audit_findings.by_severity(finding.kind.severity for finding in each.findings) or "none"
    yield doc.badge(f"{doubts} unclear", "unclear") if doubts else ""


# ---- one file ------------------------------------------------------------------------------------------------


def _file(each: FileAudit, policy: Policy, report: Audit) -> Iterator[doc.Block]:
    """Yield what a file means: what is unclear, what policy says, what was applied and who won, the firewall."""
    yield from _unclear(policy, each)
    yield doc.Pairs((*_about(each), *_points(policy, each, report.membership)))
    if each.steps:
        yield doc.Table("Applied, lowest precedence first", ("order", "policy", "by", "result"), _steps(each))
    if contested := [one for one in each.won if one.overrode]:
        rows = ((doc.code(one.setting), _said(one.by), _over(one)) for one in contested)
        yield doc.Table("Who wins", ("setting", "decided by", "over"), rows)
    helper = next((helper for helper in policy.offer.helpers if helper.flaw is None), None)
    if helper is not None and policy.offer.state is State.ENABLED and len(report.files) == 1:
        # The firewall is not asked, and the user agrees to everything.
        title = f"How far {helper} gets, or anybody in it, where the user agrees to everything"
        yield evolve(course(policy, helper.text, Membership(), None), title=title)
    yield doc.Part("Other roads to the screen", roads.stated(roads_of(policy)[2:], each.place_in))
    yield doc.Part("Firewall", _firewall(policy, report.address, each))


def _about(each: FileAudit) -> Iterator[tuple[doc.Wording, ...]]:
    if len(each.paths) > 2:
        yield ("files", *map(doc.code, each.paths))
    yield ("read as", _read_as(each))
    if each.gpo is not None:
        named = " ".join(filter(None, (each.gpo.name, each.gpo.id, each.gpo.domain)))
        yield ("group policy", named, *([] if each.gpo.computer else [audit_first.SWITCHED_OFF]))


def _unclear(policy: Policy, file: FileAudit) -> Iterator[doc.Card]:
    """Yield what has two readings; settings of which one thing says why they cannot be told come together."""
    groups: dict[tuple[str, Where | None], list[Unclear]] = {}
    for number, doubt in enumerate(policy.unclear):
        groups.setdefault((doubt.says if doubt.topic == "untold" else f"{number}", doubt.where), []).append(doubt)
    for doubts in groups.values():
        first = doubts[0]
        strict = first.readings[0] if len(doubts) == 1 else "nothing is allowed by any of them"
        readings = doc.Pairs((("rasim", strict), ("or else", first.readings[1])))
        said = doc.Para((first.says, doc.place(file.place_in(first.where))))
        yield doc.Card(doc.code(", ".join(each.setting for each in doubts)), (said, readings), "unclear", "UNCLEAR")


def _steps(each: FileAudit) -> Iterator[tuple[doc.Wording, ...]]:
    applied = [step for step in each.steps if not step.why_not]
    for number, step in enumerate(applied, 1):
        result = "wins" if number == len(applied) > 1 else "applied"
        yield str(number), _named(step.name, step.path), step.how, result
    for step in each.steps:
        if step.why_not:
            yield "–", _named(step.name, step.path), step.how, f"not applied: {step.why_not}"


def _named(name: str, path: str) -> doc.Wording:
    return doc.code(path) if name == path else (name, doc.place(path))


def _said(said: Said) -> doc.Wording:
    return (f"{said.source}: ", doc.code(said.says), doc.place(place_in_file(said.where)))


def _over(one: Won) -> doc.Wording:
    return doc.join(
        *(part for number, said in enumerate(one.overrode) for part in ("; " if number else "", _said(said)))
    )


def _points(policy: Policy, file: FileAudit, membership: Membership | None) -> Iterator[tuple[doc.Wording, ...]]:
    """Yield what a policy says about offers, their mode and helpers, invitations, logging and the local switch."""
    offer, solicited, logging, local = policy.offer, policy.solicited, policy.logging, policy.local
    sure = offer.state in {State.ENABLED, State.UNKNOWN} or not missing(policy)
    words = (
        _OFFERS[offer.state]
        if sure
        else f"{offer.state.value} in what was read; whether anybody may offer cannot be told"
    )
    yield ("offer", words, _evidence(offer.stated, file))
    yield from _mode_and_helpers(policy, file, membership)
    for each in policy.unread:
        yield ("not read", (doc.code(each.what), f": {each.why}"))
    mode = f", {'view only' if solicited.mode is Mode.VIEW else 'control'}" if solicited.mode else ""
    for title, words, stated in (
        ("solicited", solicited.state.value + mode, solicited.stated),
        ("logging", logging.state.value, logging.stated),
        ("local switch", _PREFERENCES[local.solicited], local.stated),
    ):
        yield (title, words, "" if stated.where is None else _evidence(stated, file))


def _mode_and_helpers(
    policy: Policy, file: FileAudit, membership: Membership | None
) -> Iterator[tuple[doc.Wording, ...]]:
    offer = policy.offer
    matters = offer.state in {State.ENABLED, State.UNKNOWN}
    leftover = "" if matters else " (without effect: offers are not enabled)"
    if offer.stated.untold and offer.mode_stated.where is None and not offer.helpers:
        yield ("mode, helpers", "cannot be told either")
        return
    if matters or offer.mode:
        yield ("mode", _MODES[offer.mode] + leftover, _evidence(offer.mode_stated, file))
    if matters and not offer.helpers:
        nobody = "none: the list is empty, so nobody may offer"
        yield ("helpers", nobody, _evidence(offer.helpers_stated, file))
    for number, helper in enumerate(offer.helpers):
        behind = str(who(policy, membership)[number]) if membership is not None and helper.flaw is None else ""
        said = (doc.code(str(helper) or "(empty)"), _remark(helper) + leftover, doc.place(file.place_in(helper.where)))
        yield ("helpers", said, behind)


def _remark(helper: Helper) -> str:
    if names_everybody(helper.text):
        inside = f", in the local group {helper.group}" if helper.group else ""
        return f"; stands for everybody, or every account of a domain{inside}"
    remark = f"; rasim matches nobody, since it {helper.flaw.value}" if helper.flaw else ""
    remark += f"; in the local group {helper.group}" if helper.group else ""
    perhaps = "; Windows may find an account in it" if helper.flaw in {Flaw.BARE, Flaw.UPN, Flaw.SID} else ""
    return remark + perhaps


def _evidence(stated: Stated, file: FileAudit) -> doc.Wording:
    """Return what stands in the file for a setting, and where."""
    if stated.where is None and file.gpo is not None and not file.gpo.computer:
        return doc.code(f"{stated.setting} does not apply, whatever stands there")
    if stated.where is None:
        return doc.code(f"{stated.setting} is not in {'any of these files' if file.several else 'this file'}")
    verb = "is" if stated.gone else "="
    return doc.code(f"{stated.setting} {verb} {stated.says}"), doc.place(file.place_in(stated.where))


def _says_nothing(each: FileAudit) -> bool:
    """Tell whether a file was read and is not about anything that is asked here."""
    return each.policy == Policy() and not each.findings and not each.policy.misplaced


def _read_as(each: FileAudit) -> str:
    """Return the format that a file was read as, and how many entries it has."""
    return f"{each.format}, {plural(each.entries or 0, 'entry', 'entries')}" if each.format else "nothing was applied"


# ---- the firewall --------------------------------------------------------------------------------------------


def _firewall(policy: Policy, address: str | None, file: FileAudit) -> Iterator[doc.Block]:
    firewall = policy.firewall
    if not (firewall.speaks or firewall.speaks_in_rules):
        yield doc.Para(_NOTHING_STATED)
        return
    yield doc.Para(_switches(firewall))
    if stated := list(_let_in(firewall, address)):
        yield doc.Items((whose, doc.code(says), doc.place(file.place_in(where))) for whose, says, where in stated)
    groups: dict[tuple[str, str, str, str], list[Reach]] = {}
    for found in file.reach:
        wanting = ", ".join(found.missing) + (" (not stated)" if found.missing and found.offer != "blocked" else "")
        of = (found.offer, found.port_3389, wanting or "none", ", ".join(found.superfluous) or "none")
        groups.setdefault(of, []).append(found)
    rows = ((_systems(each), doc.badge(of[0], "plain", _REACH[of[0]]), *of[1:]) for of, each in groups.items())
    yield doc.Table("What the firewall lets through", ("system", "offer", "port 3389", "missing", "not needed"), rows)
    yield doc.Details("because", (doc.Pairs((_systems(each), *_because(each, file)) for each in groups.values()),))


def _systems(found: Iterable[Reach]) -> str:
    return in_short([each.system for each in found])


def _because(systems: Sequence[Reach], file: FileAudit) -> Iterator[doc.Wording]:
    """Yield the reasons of systems of one verdict, each once, with the names of those it is about if not of all."""
    about: dict[tuple[str, str, str], list[str]] = {}
    for found in systems:
        for each in found.because:
            key = (each.rule, _of_any(each, found.system), file.place_in(each.where))
            about.setdefault(key, []).append(found.system)
    for (rule, says, where), some in about.items():
        yield f"{rule}{'' if len(some) == len(systems) else f', {in_short(some)}'}: {says}", doc.place(where)


def _of_any(reason: Reason, os: str) -> str:
    """Return what a reason says without the name of its system, so that those of several are one; words of files stay."""
    if reason.where is not None and reason.rule != "R38":
        return reason.says
    return reason.says.removeprefix(f"{os}: ").replace(os, "it")


def _switches(firewall: Firewall) -> str:
    """Return the profile of a firewall and what its switches are set to."""
    words_of = (
        (firewall.protection, {"enabled": "on", "disabled": "switched off"}),
        (firewall.no_exceptions, {"enabled": "no exceptions allowed", "disabled": "exceptions allowed"}),
        (firewall.remote_desktop, {state: f"Remote Desktop exception {state}" for state in ("enabled", "disabled")}),
        (firewall.remote_admin, {each: f"remote administration exception {each}" for each in ("enabled", "disabled")}),
        (
            firewall.default_inbound,
            {"disabled": "what no rule blocks is let in", "enabled": "what no rule allows is blocked"},
        ),
        (firewall.rules_merge, {"disabled": "the computer's own rules do not count", "enabled": "its own rules count"}),
        (firewall.bypass, {"enabled": "who proves by IPsec who they are passes by it"}),
        *((each, {"enabled": f"beside it: {each.says}"}) for each in firewall.limits),
    )
    stated = [(each, words) for each, words in words_of if each.state != "not configured"]
    own = {True: " by the computer itself", False: ""}
    said = [words.get(each.state, f"unclear ({each.says})") + own[each.local] for each, words in stated]
    return ", ".join(["domain profile", *said])


def _let_in(firewall: Firewall, address: str | None) -> Iterator[tuple[str, str, Where | None]]:
    """Yield the exceptions and the rules that are about offers or port 3389, as (whose rule, what stands there, place)."""
    for each in firewall.exceptions:
        yield "", printable(str(each)), each.where
    for rule in firewall.rules:
        if any(match(rule, need, address) != "no" for need in TRAFFIC):
            yield "the computer's own rule " if rule.local else "rule ", rule.shown, rule.where


# ---- the whole -----------------------------------------------------------------------------------------------


def _summary(report: Audit) -> str:
    """Return the report in one line."""
    good = [(each, each.policy, many) for each, many in report.counted if each.policy is not None]
    bad = len(report.files) - sum(many for *_, many in good)
    severities: Counter[Severity] = Counter()
    states: Counter[str] = Counter()
    doubts = 0
    for each, policy, many in good:
        states[policy.offer.state.value] += many
        doubts += len(policy.unclear) * many
        for finding in each.findings:
            severities[finding.kind.severity] += many
    offers = ", ".join(f"{count} {state}" for state, count in states.items())
    read = plural(sum(len(each.paths) * many for each, _, many in good), "file") + " read"
    found = severities.total()
    return "; ".join(
        (
            read + (f", {len(report.passed_over)} skipped" if report.passed_over else ""),
            *([f"{bad} NOT READ: this report is incomplete"] if bad else []),
            *([f"offers: {offers}"] if offers else []),
            plural(found, "finding") + (f" ({audit_findings.by_severity(severities)})" if found else ""),
            *([f"{doubts} UNCLEAR"] if doubts else []),
        )
    )
