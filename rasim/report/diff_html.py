"""A comparison as one HTML file: the verdict, what is newly possible and what no longer, each with why and its scenario, what was changed."""

from collections.abc import Iterator
from typing import Final

from rasim.analysis.difference_scenarios import Scenarios, Sides
from rasim.analysis.walkthrough import played
from rasim.document import html, sequence_html
from rasim.document.blocks import Tone
from rasim.document.html import Html, Report, Section
from rasim.report.diff import (
    ALL_LIMITS,
    NO_SCENARIO,
    TITLES,
    Group,
    changes_in_words,
    groups_of,
    headline,
)
from rasim.report.explain import at, unclear
from rasim.scenario import read_scenario
from rasim.verify.policies.compare import Compared

_TONES: Final[dict[str, Tone]] = {"equal": "good", "stricter": "good", "looser": "bad", "incomparable": "bad"}
DRAWN: Final = 8  # scenarios drawn on a page; the others stand there as text


def as_html(compared: Compared, sides: Sides, expected: str | None = None) -> str:
    """Return the page."""
    return html.page_of(report(compared, sides, expected))


def report(compared: Compared, sides: Sides, expected: str | None = None) -> Report:
    """Return the report."""
    wanted = "" if expected is None else f" Expected: {expected}."
    summary = f"Before: {sides.before}. After: {sides.after}.{wanted}"
    tone = _TONES[compared.verdict] if compared.certain else "unclear"
    return Report("rasim diff", headline(compared), tone, summary, tuple(_sections(compared, sides)))


def _sections(compared: Compared, sides: Sides) -> Iterator[Section]:
    shown = Scenarios(compared, sides)
    for newly in (True, False):
        groups = groups_of(compared, shown, newly=newly)
        if groups:
            cards = (_card(group, compared, newly=newly, draws=at < DRAWN) for at, group in enumerate(groups))
            yield Section(TITLES[newly].capitalize(), tuple(cards), TITLES[newly].replace(" ", "-"))
    lines = changes_in_words(compared)
    changed = html.items(map(html.code, lines)) if lines else html.para("Nothing that rasim reads.")
    yield Section("Changed", (changed,), "changed")
    yield Section("What was compared", (html.items(_compared(compared)), html.items(ALL_LIMITS)), "limits")


def _compared(compared: Compared) -> Iterator[str]:
    yield f"{len(compared.experts)} experts: everybody whom either policy can tell apart, and one whom neither names"
    yield f"{len(compared.systems)} operating systems: {', '.join(compared.systems)}"
    yield "every trace: what an expert can get was found by exploring every state"


def _card(group: Group, compared: Compared, *, newly: bool, draws: bool) -> Html:
    """Return one difference: for whom, where, the reasons of both sides, and how it comes about."""
    tone: Tone = "bad" if newly else "plain"
    rows = [
        (side, html.code(reason.rule), reason.says, html.words(at(reason.where)))
        for side, reasons in (("before", group.before), ("after", group.after))
        for reason in reasons
    ]
    blocks = [
        html.pairs((("for", group.who), ("on", group.where(compared.systems)))),
        *map(html.markup, map(unclear, group.unclear)),
        html.table(f"Why: {group.what}", ("side", "rule", "says", "where"), rows),
        *_shown(group, draws=draws),
    ]
    mark = html.badge(TITLES[newly], tone) if group.certain else html.badge("UNCLEAR", "unclear")
    return html.card(group.what, *blocks, tone=tone if group.certain else "unclear", mark=mark)


def _shown(group: Group, *, draws: bool) -> Iterator[Html]:
    if group.scenario is None:
        yield html.para(NO_SCENARIO)
        return
    if draws:
        scenario = read_scenario(group.scenario)
        title = f"How it comes about: {group.what} for {group.who}"
        yield from sequence_html.diagram(title, *played(scenario), head=scenario.name)
    yield html.details("the shortest scenario", html.pre(group.scenario.rstrip()))
