"""An audit as one HTML file, for whoever asks what a policy lets helpers do: the verdict, then what counts, then the evidence.

Colour is for the verdict only: what makes the exit code 1 or 2 is *bad*, what has two readings is *unclear*, and how severe a
finding is stands in a word and a sign.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from rasim.analysis.audit import Audit, FileAudit, file_of
from rasim.analysis.findings import Finding, Kind, Severity
from rasim.analysis.guidance import Guidance
from rasim.analysis.walkthrough import course
from rasim.document import html
from rasim.document.html import Html, Section, Tone
from rasim.policy import SYSTEMS, Membership, Policy, Reason, State, printable, reach
from rasim.policy.who_won import Said, Won
from rasim.report.audit_words import (
    HALF_OFF,
    NO_FINDINGS,
    NOTHING_STATED,
    SAYS_NOTHING,
    Point,
    by_severity,
    group_policy,
    let_in,
    listed,
    place_in,
    place_of_error,
    points,
    read_as,
    says_nothing,
    source_of,
    summary,
    switches,
    together,
    verdict,
)
from rasim.words import place_in_file, plural

_SIGNS: Final = {Severity.HIGH: "▲", Severity.MEDIUM: "◆", Severity.LOW: "▽"}
_REACH: Final = {"gets through": "✓", "blocked": "✗", "cannot tell": "?", "not governed": "–"}


def render(report: Audit, fail_on: Severity) -> str:
    """Return the report; its head says whether it is good, bad, incomplete or unclear."""
    says = verdict(report, fail_on)
    return html.page("rasim audit", says, _tone(report, fail_on), summary(report), _sections(report, fail_on))


def _tone(report: Audit, fail_on: Severity) -> Tone:
    if not report.complete or any(finding.kind.severity >= fail_on for finding in report.findings):
        return "bad"
    return "unclear" if report.unclear or not report.files else "good"


def _sections(report: Audit, fail_on: Severity) -> Iterator[Section]:
    unread = [each for each in report.files if each.policy is None]
    several = len(report.files) > 1
    spoken = [each for each in report.files if each not in unread and not (several and says_nothing(each))]
    names = {id(each): f"file-{number}" for number, each in enumerate(spoken, 1)}
    if unread:
        yield Section("Not read", tuple(map(_not_read, unread)), "not-read")
    if several:
        yield Section("Files", (_files(report, names),), "files")
    yield Section("Findings", tuple(_findings(report, fail_on)), "findings")
    for each in spoken:
        if each.policy is not None:
            yield Section(_title(each), tuple(_file(each, each.policy, report)), names[id(each)])
    if report.passed_over:
        passed = html.items(html.join(html.code(path), ": ", why) for path, why in report.passed_over)
        yield Section("Passed over", (passed,), "passed-over")
    yield Section("What no policy file shows", (html.items(report.limits),), "limits")


def _title(each: FileAudit) -> Html:
    return html.text(f"{len(each.paths)} files as one") if len(each.paths) > 2 else html.code(each.path)


def _not_read(each: FileAudit) -> Html:
    error = each.error
    said = (error.message, place_of_error(error)) if error else ("", "")
    return html.card(
        html.code(each.path),
        html.para(said[0], " ", html.place(said[1])),
        tone="bad",
        mark=html.badge("NOT READ", "bad"),
    )


# ---- all files at a glance -----------------------------------------------------------------------------------


def _files(report: Audit, names: dict[int, str]) -> Html:
    head = ("file", "offers", "mode", "helpers", "does an offer get through", "findings", "unclear")
    return html.table("What each file says", head, (_glance(each, report, names) for each in report.files))


def _glance(each: FileAudit, report: Audit, names: dict[int, str]) -> tuple[str, ...]:
    title = _title(each)
    if each.policy is None:
        return (title, html.badge("NOT READ", "bad"), "", "", "", "", "")
    silent = id(each) not in names
    below = html.element("div", f"{read_as(each)}; {SAYS_NOTHING}" if silent else read_as(each), class_="below")
    offer, firewall = each.policy.offer, each.policy.firewall
    arrives = Counter(reach(firewall, os, address=report.address).offer for os in SYSTEMS)
    stated = firewall.speaks or firewall.speaks_in_rules
    doubts = len(each.policy.unclear)
    return (
        html.join(title if silent else html.link(title, names[id(each)]), below),
        offer.state.value,
        offer.mode.value if offer.mode else "",
        str(len(offer.helpers)) if offer.helpers or offer.state is State.ENABLED else "",
        ", ".join(f"{words} ({count})" for words, count in arrives.items()) if stated else "nothing is stated",
        by_severity(finding.kind.severity for finding in each.findings) or "none",
        html.badge(f"{doubts} unclear", "unclear") if doubts else "",
    )


# ---- findings ------------------------------------------------------------------------------------------------


def _findings(report: Audit, fail_on: Severity) -> Iterator[Html]:
    """Yield a card for each kind of finding, the most severe first: where it was found, and what to do about it."""
    kinds: dict[Kind, list[tuple[FileAudit, Finding]]] = {}
    for each in report.files:
        for finding in each.findings:
            kinds.setdefault(finding.kind, []).append((each, finding))
    if not kinds:
        yield html.para(NO_FINDINGS)
    alone = len(report.files) == 1 and len(report.files[0].paths) == 1
    for kind in sorted(kinds, key=lambda kind: (-kind.severity, kind.id)):
        tone: Tone = "bad" if kind.severity >= fail_on else "plain"
        found = (("found", _found(each, finding, alone=alone)) for each, finding in kinds[kind])
        yield html.card(
            html.join(html.code(kind.id), " ", kind.says),
            html.pairs((*found, ("what to do", kind.remedy))),
            *([_guidance(kind.guidance)] if kind.guidance else []),
            tone=tone,
            mark=html.badge(str(kind.severity), tone, _SIGNS[kind.severity]),
        )


def _found(each: FileAudit, finding: Finding, *, alone: bool) -> Html:
    """Return the words and the place of a finding; words that are its kind's are in the heading already."""
    at = place_in_file(finding.where)
    file = printable(file_of(each, finding.where))
    where = at if alone else f"{file}, {at}" if at else file
    if finding.message == finding.kind.says and where:
        return html.place(where)
    return html.join(finding.message, " " if where else "", html.place(where))


def _guidance(asked: tuple[Guidance, ...]) -> Html:
    """Return who asks for it: the guides of one requirement together, and whether anybody looked their ids up."""
    asks: dict[str, list[Guidance]] = {}
    for each in asked:
        asks.setdefault(each.asks, []).append(each)
    lists = (
        html.join(html.soft(words), html.reasons((html.join(g.guide, ": ", html.code(g.id)), g.mark) for g in guides))
        for words, guides in asks.items()
    )
    return html.details(f"{plural(len(asked), 'guide asks', 'guides ask')} for this", *lists)


# ---- one file ------------------------------------------------------------------------------------------------


def _file(each: FileAudit, policy: Policy, report: Audit) -> Iterator[Html]:
    """Yield what a file means: what is unclear, what policy says, what was applied and who won, the firewall."""
    yield from _unclear(policy, each)
    yield html.pairs((*_about(each), *map(_pair, points(policy, each, report.membership))))
    if each.steps:
        yield html.table("Applied, lowest precedence first", ("order", "policy", "by", "result"), _steps(each))
    if contested := [one for one in each.won if one.overrode]:
        yield html.table("Who wins", ("setting", "decided by", "over"), map(_won, contested))
    yield from _course(policy, report)
    yield html.heading("Firewall")
    yield from _firewall(policy, report.address, each)


def _course(policy: Policy, report: Audit) -> Iterator[Html]:
    """Yield how far the first helper gets, as a picture, in the report of one policy; the firewall is not asked."""
    helper = next((each for each in policy.offer.helpers if each.flaw is None), None)
    if helper is None or policy.offer.state is not State.ENABLED or len(report.files) != 1:
        return
    title = f"How far {helper} gets, or anybody in it, where the user agrees to everything"
    yield html.heading(title)
    yield html.svg(title, course(policy, helper.text, Membership(), None))


def _about(each: FileAudit) -> Iterator[tuple[str, ...]]:
    yield ("read as", read_as(each))
    if each.gpo is not None:
        yield ("group policy", group_policy(each), *([] if each.gpo.computer else [HALF_OFF]))


def _unclear(policy: Policy, file: FileAudit) -> Iterator[Html]:
    for settings, doubt, strict in together(policy):
        says = html.para(doubt.says, " ", html.place(place_in(doubt.where, file)))
        readings = html.pairs((("rasim", strict), ("or else", doubt.readings[1])))
        yield html.card(html.code(settings), says, readings, tone="unclear", mark=html.badge("UNCLEAR", "unclear"))


def _pair(point: Point) -> tuple[str, ...]:
    """Return a point as its title, its words, and below them what stands in the file for it."""
    words = html.join(html.code(point.words) if point.verbatim else point.words, point.remark)
    at = html.place(point.place)
    if point.stated:
        return point.title, words, html.join(html.code(point.stated), " ", at)
    return (point.title, html.join(words, " ", at), *([point.note] if point.note else []))


def _steps(each: FileAudit) -> Iterator[tuple[str, ...]]:
    applied = [step for step in each.steps if not step.why_not]
    for number, step in enumerate(applied, 1):
        result = "wins" if number == len(applied) > 1 else "applied"
        yield str(number), _named(step.name, step.path), step.how, result
    for step in each.steps:
        if step.why_not:
            yield "–", _named(step.name, step.path), step.how, f"not applied: {step.why_not}"


def _named(name: str, path: str) -> Html:
    return html.code(path) if name == path else html.join(name, html.element("div", html.code(path), class_="below"))


def _won(one: Won) -> tuple[str, ...]:
    return (
        html.code(one.setting),
        _said(one.by),
        html.join(*(html.element("div", _said(each)) for each in one.overrode)),
    )


def _said(said: Said) -> Html:
    return html.join(source_of(said), ": ", html.code(said.says), " ", html.place(place_in_file(said.where)))


# ---- the firewall --------------------------------------------------------------------------------------------


def _firewall(policy: Policy, address: str | None, file: FileAudit) -> Iterator[Html]:
    firewall = policy.firewall
    if not (firewall.speaks or firewall.speaks_in_rules):
        yield html.para(NOTHING_STATED)
        return
    yield html.para(switches(firewall))
    stated = let_in(firewall, address)
    yield html.reasons((html.join(whose, html.code(says)), place_in(where, file)) for whose, says, where in stated)
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for os in SYSTEMS:
        found = reach(firewall, os, address=address)
        wanting = ", ".join(found.missing) + (" (not stated)" if found.missing and found.offer != "blocked" else "")
        verdict_of = (found.offer, found.port_3389, wanting or "none", ", ".join(found.superfluous) or "none")
        groups.setdefault(verdict_of, []).append(os)
    rows = ((listed(systems), html.badge(v[0], "plain", _REACH[v[0]]), *v[1:]) for v, systems in groups.items())
    head = ("system", "offer", "port 3389", "missing", "not needed")
    yield html.table("What the firewall lets through", head, rows)
    because = ((listed(each), html.reasons(_because(policy, each, address, file))) for each in groups.values())
    yield html.details("because", html.pairs(because))


def _because(policy: Policy, systems: Sequence[str], address: str | None, file: FileAudit) -> Iterator[tuple[str, str]]:
    """Yield the reasons of systems of one verdict, each once, with the names of those it is about if not of all."""
    about: dict[tuple[str, str, str], list[str]] = {}
    for os in systems:
        for each in reach(policy.firewall, os, address=address).because:
            about.setdefault((each.rule, _of_any(each, os), place_in(each.where, file)), []).append(os)
    for (rule, says, where), some in about.items():
        yield f"{rule}{'' if len(some) == len(systems) else f', {listed(some)}'}: {says}", where


def _of_any(reason: Reason, os: str) -> str:
    """Return what a reason says without the name of its system, so that those of several are one; words of files stay."""
    if reason.where is not None and reason.rule != "R38":
        return reason.says
    return reason.says.removeprefix(f"{os}: ").replace(os, "it")
