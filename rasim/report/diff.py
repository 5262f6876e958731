"""The report of `rasim diff`, for people and for programs: the verdict, each difference with why and its scenario, what was changed.

People read groups: experts for whom the same differs for the same reasons stand together. Programs get every difference.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import frozen

from rasim.analysis.difference_scenarios import Scenarios, Sides
from rasim.analysis.explain import LIMITS, as_reason, place_in_words
from rasim.document.markdown import code_span as code
from rasim.errors import Exit
from rasim.policy import Change, Reason, Unclear, printable
from rasim.policy.systems import in_short
from rasim.verify.policies.compare import CAPABILITIES, Compared, Difference
from rasim.words import place, plural

LIMIT_OF_ENTRIES: Final = (
    "an entry whose members were not told stands for itself and for whoever is in it and in no other entry"
)
LIMIT_OF_OTHERS: Final = (
    "what is compared is offers and the firewall's ports: invitations, logging and anything else in the files are not"
)
ALL_LIMITS: Final = (*LIMITS, LIMIT_OF_ENTRIES, LIMIT_OF_OTHERS)
_SHOWN: Final = 6  # experts named in one line
_MEANS: Final = {
    "equal": "nothing is possible under one that is not under the other",
    "stricter": "nothing is newly possible, something no longer",
    "looser": "something is newly possible",
    "incomparable": "something is newly possible, something no longer",
}


def exit_code(compared: Compared, expected: str | None) -> Exit:
    """Return 1 where the verdict is certainly not as expected, 3 where readings differ, else 0."""
    if expected is None:
        return Exit.OK if compared.clear else Exit.INCONCLUSIVE
    met = compared.meets(expected)
    return Exit.INCONCLUSIVE if met is None else Exit.OK if met else Exit.FAILED


# ---- for programs --------------------------------------------------------------------------------------------


def as_json(compared: Compared, sides: Sides, expected: str | None = None) -> dict[str, Any]:
    """Return the comparison as the JSON object of the command line contract."""
    shown = Scenarios(compared, sides)
    return {
        "before": printable(sides.before),
        "after": printable(sides.after),
        "verdict": compared.verdict,
        "certain": compared.certain,
        "or_else": list(compared.or_else),
        "expected": expected,
        "newly_possible": [_item(each, shown, newly=True) for each in compared.newly_possible],
        "no_longer_possible": [_item(each, shown, newly=False) for each in compared.no_longer_possible],
        "changes": [
            {
                "setting": change.setting,
                "before": change.before,
                "after": change.after,
                "was_at": place(change.was_at) or None,
                "is_at": place(change.is_at) or None,
            }
            for change in compared.changes
        ],
        "experts": [printable(expert) for expert in compared.experts],
        "systems": list(compared.systems),
        "limits": list(ALL_LIMITS),
    }


def _item(difference: Difference, shown: Scenarios, *, newly: bool) -> dict[str, Any]:
    return {
        "expert": None if difference.expert is None else printable(difference.expert),
        "named": difference.named,
        "capability": difference.capability,
        "os": difference.systems[0],
        "systems": list(difference.systems),
        "address": difference.address,
        "certain": difference.certain,
        "because": {
            "before": [as_reason(reason) for reason in difference.before],
            "after": [as_reason(reason) for reason in difference.after],
        },
        "unclear": [
            {
                "setting": doubt.setting,
                "says": doubt.says,
                "readings": list(doubt.readings),
                "where": place(doubt.where) or None,
            }
            for doubt in difference.unclear
        ],
        "scenario": shown.of(difference, newly=newly),
    }


def as_json_text(compared: Compared, sides: Sides, expected: str | None = None) -> str:
    """Return the JSON as text."""
    return json.dumps(as_json(compared, sides, expected), indent=2)


# ---- groups, for people --------------------------------------------------------------------------------------


@frozen
class Group:
    """Experts (or none: everybody) for whom the same differs in the same way: what, where, why, and the scenario of the greatest."""

    capabilities: tuple[str, ...]
    experts: tuple[str, ...]
    systems: tuple[str, ...]
    address: str | None
    certain: bool
    before: tuple[Reason, ...]
    after: tuple[Reason, ...]
    unclear: tuple[Unclear, ...]
    scenario: str | None

    @property
    def what(self) -> str:
        """Return the capabilities in a line."""
        return ", ".join(self.capabilities)

    @property
    def who(self) -> str:
        """Return the experts in a line, the first of many by name."""
        if not self.experts:
            return "everybody whom the firewall's scope lets in"
        named = ", ".join(printable(each) for each in self.experts[:_SHOWN])
        more = len(self.experts) - _SHOWN
        return named if more <= 0 else f"{named} and {more} more"

    def where(self, asked: Sequence[str]) -> str:
        """Return the systems in a line, all of those asked for in a word, and the address."""
        from_address = f", from {self.address} for example" if self.address else ""
        return f"{in_words(self.systems, asked)}{from_address}"


def in_words(systems: Sequence[str], asked: Sequence[str]) -> str:
    """Return systems in a line: all that were asked for in a word."""
    if len(asked) > 1 and set(systems) == set(asked):
        return "every system asked for"
    return in_short(systems) if len(systems) > 1 else systems[0]


def groups_of(compared: Compared, shown: Scenarios, *, newly: bool) -> tuple[Group, ...]:
    """Return the differences of one sign, experts with equal ones together, in the order they came."""
    differences = compared.newly_possible if newly else compared.no_longer_possible
    by_expert: dict[tuple[object, ...], list[Difference]] = {}
    for each in differences:
        key = (each.expert, each.systems, each.address, each.certain, each.expert or each.capability)
        by_expert.setdefault(key, []).append(each)
    together: dict[tuple[object, ...], list[list[Difference]]] = {}
    for several in by_expert.values():
        first = several[0]
        ports = first.capability if first.expert is None else first.named
        alike = (
            tuple(d.capability for d in several),
            ports,
            first.systems,
            first.address,
            first.certain,
            _rules(several),
        )
        together.setdefault(alike, []).append(several)
    return tuple(_group(alike, shown, newly=newly) for alike in together.values())


def _rules(several: Iterable[Difference]) -> tuple[object, ...]:
    """Return what the reasons say without the expert's own name: those alike stand together."""
    doubts = tuple(doubt.says for each in several for doubt in each.unclear)
    return doubts, tuple(
        (reason.rule, reason.setting, "" if reason.rule in {"R4", "R5"} else reason.says)
        for each in several
        for reason in (*each.before, *each.after)
    )


def _group(alike: list[list[Difference]], shown: Scenarios, *, newly: bool) -> Group:
    first = alike[0]
    greatest = max(first, key=lambda d: CAPABILITIES.index(d.capability) if d.capability in CAPABILITIES else 0)
    return Group(
        tuple(each.capability for each in first),
        tuple(several[0].expert for several in alike if several[0].expert is not None),
        first[0].systems,
        first[0].address,
        first[0].certain,
        tuple(dict.fromkeys(reason for each in first for reason in each.before)),
        tuple(dict.fromkeys(reason for each in first for reason in each.after)),
        tuple(dict.fromkeys(doubt for each in first for doubt in each.unclear)),
        shown.of(greatest, newly=newly),
    )


def headline(compared: Compared) -> str:
    """Return the verdict in a line; what is unclear comes before it."""
    verdict, other = compared.verdict, " or ".join(compared.or_else)
    unclear = f"UNCLEAR, {verdict} in the worst reading, or else {other}: " if other else f"{verdict}: "
    return f"{unclear}{_MEANS[verdict]}"


TITLES: Final = {True: "newly possible", False: "no longer possible"}
NO_SCENARIO: Final = "no scenario: only an invitation could use it, and scenarios play offers"


def as_text(compared: Compared, sides: Sides) -> str:
    """Return the comparison as text for a terminal."""
    return "\n".join(_lines(compared, sides))


def _lines(compared: Compared, sides: Sides) -> Iterator[str]:
    yield headline(compared)
    yield f"  before  {printable(sides.before)}"
    yield f"  after   {printable(sides.after)}"
    shown = Scenarios(compared, sides)
    for newly in (True, False):
        groups = groups_of(compared, shown, newly=newly)
        if groups:
            yield from ("", TITLES[newly])
        for group in groups:
            yield from _group_lines(group, compared)
    yield ""
    if compared.changes:
        yield "changed"
        yield from (f"  {line}" for change in compared.changes for line in _change(change))
    else:
        yield "changed: nothing that rasim reads"
    yield ""
    yield f"compared: {plural(len(compared.experts), 'expert')}, {plural(len(compared.systems), 'system')}, every trace"
    yield from ("limits", *(f"  - {limit}" for limit in ALL_LIMITS))


def _group_lines(group: Group, compared: Compared) -> Iterator[str]:
    yield f"  {group.what}  for {group.who}" + ("" if group.certain else "  UNCLEAR")
    yield f"    on      {group.where(compared.systems)}"
    for title, reasons in (("before", group.before), ("after", group.after)):
        for number, reason in enumerate(reasons):
            yield f"    {'' if number else title:<8}{reason.rule:<4} {reason.says}{place_in_words(reason.where)}"
    for doubt in group.unclear:
        yield f"    UNCLEAR {doubt.setting}: {doubt.says}{place_in_words(doubt.where)}"
        yield f"            rasim:   {doubt.readings[0]}"
        yield f"            or else: {doubt.readings[1]}"
    if group.scenario is None:
        yield f"    {NO_SCENARIO}"
        return
    for number, step in enumerate(steps_in(group.scenario)):
        yield f"    {'' if number else 'shown':<8}{step}"


def steps_in(scenario: str) -> list[str]:
    """Return the steps of a scenario, one a line."""
    return scenario.partition("steps:\n")[2].splitlines()


def _change(change: Change) -> Iterator[str]:
    was, now = change.before, change.after
    if was is not None and now is not None:
        yield f"{change.setting}: {was}{place_in_words(change.was_at)} -> {now}{place_in_words(change.is_at)}"
    elif was is None:
        yield f"{change.setting}: + {now}{place_in_words(change.is_at)}"
    else:
        yield f"{change.setting}: - {was}{place_in_words(change.was_at)}"


def changes_in_words(compared: Compared) -> list[str]:
    """Return what was changed, a line each."""
    return [line for change in compared.changes for line in _change(change)]


# ---- for a comment in a pull request -------------------------------------------------------------------------


def as_markdown(compared: Compared, sides: Sides, expected: str | None = None) -> str:
    """Return the comparison in Markdown: the verdict, a table of differences, their scenarios folded, what was changed."""
    return "\n".join(_markdown(compared, sides, expected))


def _markdown(compared: Compared, sides: Sides, expected: str | None) -> Iterator[str]:
    wanted = "" if expected is None else f" (expected: {expected})"
    yield f"## rasim diff: {'UNCLEAR, ' if not compared.certain else ''}{compared.verdict}{wanted}"
    yield ""
    yield f"{headline(compared)}. Before: {code(sides.before)}, after: {code(sides.after)}."
    shown = Scenarios(compared, sides)
    for newly in (True, False):
        groups = groups_of(compared, shown, newly=newly)
        if not groups:
            continue
        yield from (
            "",
            f"### {TITLES[newly].capitalize()}",
            "",
            "| what | for | on | before | after |",
            "|---|---|---|---|---|",
        )
        for group in groups:
            cells = (group.what, code(group.who), group.where(compared.systems))
            sides_of = (
                " ".join(code(f"{r.says}{place_in_words(r.where)}") for r in side)
                for side in (group.before, group.after)
            )
            unclear = "" if group.certain else " **unclear**"
            yield f"| {cells[0]}{unclear} | {cells[1]} | {cells[2]} | {' | '.join(sides_of)} |"
        for group in groups:
            if group.scenario is not None:
                yield from ("", f"<details><summary>{group.what}, as a scenario</summary>", "", "```yaml")
                yield from group.scenario.replace("```", "'''").splitlines()
                yield from ("```", "", "</details>")
        for doubt in dict.fromkeys(doubt for group in groups for doubt in group.unclear):
            yield from (
                "",
                f"Unclear: {code(f'{doubt.setting}: {doubt.says}')}: {code(doubt.readings[0])}, or else {code(doubt.readings[1])}.",
            )
    yield from ("", "### Changed", "")
    yield from (
        (f"- {code(line)}" for line in changes_in_words(compared))
        if compared.changes
        else ("Nothing that rasim reads.",)
    )
