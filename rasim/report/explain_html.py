"""An explanation as one HTML file: the answer, how far the expert gets as a picture, why, what would turn it, the systems."""

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Final

from rasim import words
from rasim.analysis.explain import CLICKS, LIMITS, Change, Explained, answer_of
from rasim.document import html
from rasim.document.html import Html, Report, Section, Tone
from rasim.policy import Decision, Reason, Unclear
from rasim.report.audit_words import listed
from rasim.report.explain_text import grounds_in_words, verdict_in_words, won_in_words

_ANSWERS: Final = {
    "allow": "allowed by policy",
    "deny": "not allowed by policy",
    "unclear": "UNCLEAR: it can be read otherwise, and is not allowed",
}


def render(answers: Sequence[Explained], picture: str, files: str) -> str:
    """Return the page for answers about one expert; `picture` is how far the expert gets, as SVG."""
    return html.page_of(report(answers, picture, f"Policy: {files}"))


def report(answers: Sequence[Explained], picture: str = "", of: str = "") -> Report:
    """Return the report for answers about one expert; without a picture it draws none."""
    verdicts = "; ".join(map(verdict_in_words, answers))
    tone: Tone = "unclear" if any(each.answer == "unclear" for each in answers) else "plain"
    what_if = f"What if {answers[0].what_if} (no file was changed). " if answers[0].what_if else ""
    return Report("rasim explain", verdicts, tone, f"{what_if}{of}", tuple(_sections(answers, picture)))


def of_decision(decision: Decision) -> Report:
    """Return the report of a decision alone: the answer and its reasons."""
    answer = answer_of(decision)
    rows = ((html.code(r.rule), r.says, html.code(r.setting), place(r)) for r in decision.because)
    table = html.table("The reasons, in the order they were asked", ("rule", "says", "setting", "where"), rows)
    section = Section("Why", (*unclear(decision.unclear), table), "why")
    tone: Tone = "unclear" if answer == "unclear" else "plain"
    return Report("decision", _ANSWERS[answer], tone, "What a user does is left to the user.", (section,))


def _sections(answers: Sequence[Explained], picture: str) -> Iterator[Section]:
    first = answers[0]
    for each in answers:
        yield Section(verdict_in_words(each), tuple(_answer(each)), each.capability, each.capability)
    if picture:
        drawing = (html.svg(f"How far {first.expert} gets", picture),)
        yield Section("How far the expert gets", drawing, "course", "how far")
    if first.systems:
        yield Section("By operating system", (_systems(first),), "systems", "systems")
    if first.firewall is not None:
        yield Section(f"The firewall on {first.firewall.system}", tuple(_firewall(first)), "firewall", "firewall")
    yield Section("What no policy file shows", (html.items(LIMITS),), "limits", "limits")


def _answer(explained: Explained) -> Iterator[Html]:
    if explained.as_it_is is not None:
        yield html.para(f"As the policy is: {explained.as_it_is}. So changed: {explained.answer}.")
    yield from unclear(explained.decision.unclear)
    rows = []
    for reason in explained.decision.because:
        won = explained.decided_by(reason)
        decided = won_in_words(won) if won is not None and (won.by.gpo or won.overrode) else ""
        rows.append((html.code(reason.rule), reason.says, html.code(reason.setting), place(reason), decided))
    yield html.table("Why", ("rule", "says", "setting", "where", "decided by"), rows)
    needed = grounds_in_words(explained)
    if needed:
        yield html.details("what in the table asks for it", html.items(needed))
    if explained.decision.allowed:
        yield html.para(f"But {CLICKS[explained.capability]}.")
    yield from _turning(explained.would_change, "Nothing in the offer policy would turn it for certain.")


def place(reason: Reason) -> Html:
    """Return where a reason's setting stands."""
    return html.place(words.place(reason.where))


def unclear(doubts: Sequence[Unclear]) -> Iterator[Html]:
    """Yield a card for each doubt, with both readings."""
    for doubt in doubts:
        says = html.para(doubt.says, " ", html.place(words.place(doubt.where)))
        readings = html.pairs((("rasim", doubt.readings[0]), ("or else", doubt.readings[1])))
        yield html.card(html.code(doubt.setting), says, readings, tone="unclear", mark=html.badge("UNCLEAR", "unclear"))


def _turning(changes: Sequence[Change], none: str) -> Iterator[Html]:
    if not changes:
        yield html.para(none)
        return
    rows = ((change.says, html.code(" ".join(map(quoted_option, change.options)))) for change in changes)
    yield html.table("What would turn it, each tried", ("change", "to try it"), rows)


def quoted_option(option: str) -> str:
    """Return an option as it is typed: in quotes where a shell would read it otherwise, so that no name can do anything."""
    return option if option.startswith("--") else quote(option)


def _systems(explained: Explained) -> Html:
    rows = (
        (listed(e.systems), e.answer, e.firewall.offer, e.firewall.port_3389, ", ".join(e.firewall.missing))
        for e in explained.systems
    )
    head = ("system", "policy", "the firewall, for an offer", "port 3389", "missing or not stated")
    return html.table("The answer on each system", head, rows)


def _firewall(explained: Explained) -> Iterator[Html]:
    found = explained.firewall
    if found is None:
        return
    yield html.pairs((("offer", found.offer), ("port 3389", found.port_3389)))
    rows = ((html.code(reason.rule), reason.says, place(reason)) for reason in found.because)
    yield html.table("Why", ("rule", "says", "where"), rows)
    yield from _turning(explained.firewall_would_change, "No exception would turn it.")
