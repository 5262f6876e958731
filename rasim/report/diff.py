"""The report of `rasim diff`, for people and for programs: the verdict, each difference with why and its scenario, what was changed.

People read groups: experts for whom the same differs for the same reasons stand together. Programs get every difference. The first screen
has at most three of them, what is certain and what is newly possible before the rest, and one scenario.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import frozen

from rasim.analysis.difference_scenarios import Scenarios, Sides
from rasim.analysis.explain import as_doubt, as_reason
from rasim.analysis.limits import OF_DIFF
from rasim.analysis.walkthrough import played
from rasim.document import blocks as doc
from rasim.errors import Exit
from rasim.policy import Reason, StatedChange, Unclear, printable
from rasim.policy.systems import in_short
from rasim.protocol.vocabulary import SHOWN_BY
from rasim.report.explain import at, unclear
from rasim.report.outputs import Answer, limits_section, not_said
from rasim.scenario import Scenario, write_scenario
from rasim.verify.policies.compare import Compared, Difference
from rasim.words import placed, plural, some

_SHOWN: Final = 6  # experts named in one line
_AT_FIRST: Final = 3  # differences on the first screen


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
                "was_at": placed(change.was_at) or None,
                "is_at": placed(change.is_at) or None,
            }
            for change in compared.changes
        ],
        "experts": [printable(expert) for expert in compared.experts],
        "systems": list(compared.systems),
        "limits": list(OF_DIFF),
    }


def _item(difference: Difference, shown: Scenarios, *, newly: bool) -> dict[str, Any]:
    scenario = shown.of(difference, newly=newly)
    return {
        "expert": None if difference.expert is None else printable(difference.expert),
        "named": difference.named,
        "capability": difference.capability,
        "road": difference.road,
        "who": list(difference.who),
        "os": difference.systems[0],
        "systems": list(difference.systems),
        "address": difference.address,
        "certain": difference.certain,
        "because": {
            "before": [as_reason(reason) for reason in difference.before],
            "after": [as_reason(reason) for reason in difference.after],
        },
        "unclear": [{**as_doubt(doubt), "where": placed(doubt.where) or None} for doubt in difference.unclear],
        "scenario": None if scenario is None else write_scenario(scenario),
    }


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
    scenario: Scenario | None
    road: str = "offer"
    people: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """Return the capabilities in a line."""
        return ", ".join(self.capabilities) + ("" if self.road == "offer" else f" by {self.road}")

    @property
    def who(self) -> str:
        """Return the experts in a line, the first of many by name."""
        if self.road != "offer":
            return ", ".join(self.people) or "whomever it lets in"
        if not self.experts:
            return "everybody whom the firewall's scope lets in"
        return some(self.experts, _SHOWN)

    def where(self, asked: Sequence[str]) -> str:
        """Return the systems in a line, all of those asked for in a word, and the address."""
        from_address = f", from {self.address} for example" if self.address else ""
        return f"{_in_words(self.systems, asked)}{from_address}"


def _in_words(systems: Sequence[str], asked: Sequence[str]) -> str:
    """Return systems in a line: all that were asked for in a word."""
    if len(asked) > 1 and set(systems) == set(asked):
        return "every system asked for"
    return in_short(systems) if len(systems) > 1 else systems[0]


def groups_of(compared: Compared, shown: Scenarios, *, newly: bool) -> tuple[Group, ...]:
    """Return the differences of one sign, experts with equal ones together, in the order they came."""
    differences = compared.newly_possible if newly else compared.no_longer_possible
    by_expert: dict[tuple[object, ...], list[Difference]] = {}
    for each in differences:
        key = (each.expert, each.systems, each.address, each.certain, each.expert or each.capability, each.road)
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
            first.road,
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
    greatest = max(first, key=lambda d: [*SHOWN_BY].index(d.capability) if d.capability in SHOWN_BY else 0)
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
        first[0].road,
        first[0].who,
    )


def headline(compared: Compared) -> str:
    """Return the verdict in a line, what is unclear before it, then what is possible now and what no longer, and for whom."""
    other = " or ".join(compared.or_else)
    verdict = f"UNCLEAR, {compared.verdict} in the worst reading, or else {other}" if other else compared.verdict
    sides = ((True, compared.newly_possible), (False, compared.no_longer_possible))
    told = [_told(TITLES[newly], differences) for newly, differences in sides if differences]
    return (
        "; ".join((verdict, *told)) if told else f"{verdict}: nothing is possible under one that is not under the other"
    )


def _told(title: str, differences: Sequence[Difference]) -> str:
    """Return differences of one sign in words, the certain ones if there are any: what, and whose it is."""
    certain = [each for each in differences if each.certain]
    gets: dict[str, list[str]] = {}
    for each in certain or differences:
        who = each.expert or ", ".join(each.who)
        what = each.capability if each.road == "offer" else f"{each.capability} by {each.road}"
        gets.setdefault(who, []).append(what)
    alike: dict[str, list[str]] = {}
    for who, whats in gets.items():
        alike.setdefault(", ".join(dict.fromkeys(whats)), []).append(who)
    told = (f"{what}{' for ' if any(who) else ''}{some(who, 2)}" for what, who in alike.items())
    more = ", and perhaps more" if certain and len(certain) < len(differences) else ""
    return f"{'' if certain else 'perhaps '}{title}: {', and '.join(told)}{more}"


TITLES: Final = {True: "newly possible", False: "no longer possible"}
OTHER_ROAD: Final = "no scenario: another road than offers, which scenarios do not play"
NO_SCENARIO: Final = "no scenario: only an invitation could use it, and scenarios play offers"
_DRAWN: Final = 8  # scenarios drawn on a page; the others stand there as text
_TONES: Final[dict[str, doc.Tone]] = {"equal": "good", "stricter": "good", "looser": "bad", "incomparable": "bad"}


def answer(compared: Compared, sides: Sides, expected: str | None = None) -> Answer:
    """Return a comparison as what the command shows."""
    return Answer(lambda: document(compared, sides, expected), lambda: as_json(compared, sides, expected))


def document(compared: Compared, sides: Sides, expected: str | None = None) -> doc.Document:
    """Return the document of a comparison: what is newly possible and what no longer, why, how, and what was changed."""
    met = expected is None or compared.meets(expected)
    not_met = "" if met else f"; {expected} was expected{'' if met is False else ', and readings differ'}"
    summary = f"Before: {sides.before}. After: {sides.after}.{'' if expected is None else f' Expected: {expected}.'}"
    tone = _TONES[compared.verdict] if compared.certain else "unclear"
    verdict = headline(compared) + not_met
    return doc.Document("rasim diff", verdict, tone, summary, _sections(compared, sides), _first(compared, sides))


def _first(compared: Compared, sides: Sides) -> Iterator[tuple[doc.Wording, doc.Wording]]:
    """Yield what is read under the verdict: which two, what stands otherwise in them, and of whom and what it was asked."""
    yield "before", doc.code(sides.before)
    yield "after", doc.code(sides.after)
    settings = dict.fromkeys(printable(change.setting) for change in compared.changes)
    yield "changed", some(settings) or "nothing that rasim reads"
    systems = plural(len(compared.systems), "system")
    yield "asked", f"{plural(len(compared.experts), 'expert')} whom the policies tell apart, {systems}, every state"
    yield not_said(OF_DIFF, "diff")


def _sections(compared: Compared, sides: Sides) -> Iterator[doc.Section]:
    shown = Scenarios(compared, sides)
    by_sign = {newly: groups_of(compared, shown, newly=newly) for newly in (True, False)}
    first = _shown_first(by_sign)
    many = f"{plural(sum(map(len, by_sign.values())), 'difference')} with their scenarios"
    scenario = next((group for group in first if group.scenario is not None), None)
    for newly, groups in by_sign.items():
        if groups:
            drawn = [(group, at < _DRAWN) for at, group in enumerate(groups)]
            cards = [_card(group, compared, newly=newly, draws=draws) for group, draws in drawn]
            few = [
                _card(group, compared, newly=newly, draws=draws, scenario=group is scenario or group.scenario is None)
                for group, draws in drawn
                if group in first
            ]
            left = len(groups) - len(few)
            rest = (doc.Para(f"and {plural(left, 'difference')} more"),) if left else ()
            yield doc.Section(
                TITLES[newly].capitalize(), cards, TITLES[newly].replace(" ", "-"), briefly=(*few, *rest), more=many
            )
    changed = doc.Items(map(_change, compared.changes)) if compared.changes else doc.Para("Nothing that rasim reads.")
    where = "where each setting stands" if compared.changes else ""
    yield doc.Section("Changed", (changed,), "changed", more=where or "what was compared")
    yield limits_section("What was compared", doc.Items(_compared(compared)), doc.Items(OF_DIFF))


def _shown_first(by_sign: dict[bool, tuple[Group, ...]]) -> list[Group]:
    """Return the differences of the first screen: of each sign one, if there is one, and of what is certain before what is not."""
    each = [sorted(groups, key=lambda group: not group.certain) for groups in by_sign.values()]
    one_of_each = [groups[0] for groups in each if groups]
    others = [group for groups in each for group in groups[1:]]
    return [*one_of_each, *others][:_AT_FIRST]


def _compared(compared: Compared) -> Iterator[str]:
    experts = plural(len(compared.experts), "expert")
    yield f"{experts}: everybody whom either policy can tell apart, and one whom neither names"
    yield f"{plural(len(compared.systems), 'operating system')}: {in_short(compared.systems)}"
    yield "every trace: what an expert can get was found by exploring every state"


def _card(group: Group, compared: Compared, *, newly: bool, draws: bool = False, scenario: bool = True) -> doc.Card:
    """Return one difference: for whom, where, the reasons of both sides, and how it comes about if its `scenario` is wanted."""
    tone: doc.Tone = "unclear" if not group.certain else "bad" if newly else "plain"
    why = (
        (side, (doc.code(reason.rule), f" {reason.says}", at(reason.where)))
        for side, reasons in (("before", group.before), ("after", group.after))
        for reason in reasons
    )
    blocks = (
        doc.Pairs((("on", group.where(compared.systems)), *why)),
        *map(unclear, group.unclear),
        *(_shown(group, draws=draws) if scenario else ()),
    )
    return doc.Card((f"{group.what} for ", doc.code(group.who)), blocks, tone, "" if group.certain else "UNCLEAR")


def _shown(group: Group, *, draws: bool) -> Iterator[doc.Block]:
    if group.scenario is None:
        yield doc.Para(NO_SCENARIO if group.road == "offer" else OTHER_ROAD)
        return
    if draws:
        title = f"How it comes about: {group.what} for {group.who}"
        yield doc.SequenceDiagram(title, *played(group.scenario), head=group.scenario.name)
    yield doc.Part("The shortest scenario", (doc.Code(write_scenario(group.scenario)),))


def _change(change: StatedChange) -> doc.Wording:
    was, now = doc.code(change.before or ""), doc.code(change.after or "")
    if change.before is not None and change.after is not None:
        return (f"{change.setting}: ", was, at(change.was_at), " -> ", now, at(change.is_at))
    if change.before is None:
        return (f"{change.setting}: + ", now, at(change.is_at))
    return (f"{change.setting}: - ", was, at(change.was_at))
