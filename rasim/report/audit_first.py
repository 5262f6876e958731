"""The first screen of an audit, and files by what they mean: whoever reads nothing else knows what is so, in how many, and what is not.

What was not read, what is unclear and what was found stand there always, each kind once with how many have it and three places. Files
that mean the same are one group; the worst groups come first, then the largest. `--summary` is the groups alone, as a table.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import Final

from rasim.analysis.audit import Audit
from rasim.analysis.file_audit import FileAudit
from rasim.analysis.many_files import SameContent
from rasim.analysis.same_meaning import SameMeaning, same_meaning
from rasim.document import blocks as doc
from rasim.errors import PolicyFileError, Where
from rasim.policy import Policy, State, Unclear, printable, roads_of
from rasim.policy.decision import missing
from rasim.policy.reach import OfferVerdict
from rasim.policy.systems import in_ranges
from rasim.report import roads
from rasim.report.audit_findings import in_files
from rasim.report.audit_headline import OTHERS_CAN, of_offers
from rasim.report.outputs import not_said
from rasim.words import place_in_file, plural, some

SWITCHED_OFF: Final = "its computer half is switched off: nothing of it applies"
_REACHES: Final[dict[OfferVerdict, str]] = {
    "gets through": "gets through",
    "blocked": "is blocked",
    "not governed": "is not governed",
    "cannot tell": "cannot be told",
}
_OPEN: Final = {State.NOT_CONFIGURED.value: f" ({OTHERS_CAN})"}
MOST_GROUPS: Final = 8  # groups on the first screen; all are in --summary


def first(report: Audit) -> Iterator[tuple[doc.Wording, doc.Wording]]:
    """Yield the lines under the verdict."""
    read = [(each, each.policy) for each in report.contents if each.policy is not None]
    skipped = _skipped(report.passed_over)
    if len(report.files) == 1 and read:
        each, policy = read[0]
        called = {step.path: step.name for step in each.steps if step.name}
        names = some(printable(called.get(path, path)) for path in each.paths or (each.path,))
        yield (
            "read",
            (
                f"{plural(len(each.paths), 'file')} as one: {names}" if len(each.paths) > 1 else names,
                f"; {_as(each)}",
                skipped,
            ),
        )
        yield "stated", _stated(each, policy)
        yield from _roads(policy)
        yield "firewall", _firewall(each, policy)
    else:
        unread = sum(many for each, many in report.counted if each.policy is None)
        not_read = f"; {unread:,} NOT READ" if unread else ""
        contents = f" of {plural(len(read), 'content')}" if len(read) != len(report.files) - unread else ""
        yield (
            "read",
            f"{plural(len(report.files) - unread, 'file')}{contents}{not_read}{skipped}",
        )
        states: Counter[str] = Counter()
        for each, many in report.counted:
            if each.policy is not None:
                states[each.policy.offer.state.value] += many
        if states:
            yield (
                "offers",
                ", ".join(f"{state} in {many:,}{_OPEN.get(state, '')}" for state, many in states.most_common()),
            )
    yield not_said(report.limits, "audit")


def _as(each: FileAudit) -> str:
    read = f"{each.format}, {plural(each.entries or 0, 'entry', 'entries')}" if each.format else "nothing was applied"
    return read if each.gpo is None or each.gpo.computer else f"{read}; {SWITCHED_OFF}"


def _skipped(passed_over: Sequence[tuple[str, str]]) -> str:
    """Return how many files were skipped, by the ends of their names."""
    if not passed_over:
        return ""
    ends = Counter(PurePath(path).suffix.lower() or "without an end" for path, _ in passed_over).most_common()
    return f"; {len(passed_over):,} skipped ({some(f'{many:,} {printable(end)}' for end, many in ends)})"


def _stated(each: FileAudit, policy: Policy) -> doc.Wording:
    """Return what is stated of offers, their mode and their helpers, and where; what cannot be told is not called empty."""
    offer = policy.offer
    said = [(f"offers {offer.state.value}", offer.stated.where)]
    if offer.stated.untold and offer.mode_stated.where is None and not offer.helpers:
        said.append(("mode and helpers cannot be told either", None))
    elif offer.state in {State.ENABLED, State.UNKNOWN} or offer.mode or offer.helpers:
        where = next((helper.where for helper in offer.helpers if helper.where), offer.helpers_stated.where)
        said.append((f"mode {offer.mode.value}" if offer.mode else "no valid mode", offer.mode_stated.where))
        said.append((plural(len(offer.helpers), "helper") if offer.helpers else "no helper", where))
    if missing(policy) and offer.state not in {State.ENABLED, State.UNKNOWN}:
        said.append(("what is missing or was not read may state otherwise", None))
    return doc.join(*(part for words, where in said for part in ("; ", words, doc.place(each.place_in(where)))))[1:]


def _roads(policy: Policy) -> Iterator[tuple[doc.Wording, doc.Wording]]:
    """Yield what is stated of roads to the screen beside offers: invitations, shadowing and the rest."""
    others = [road for road in roads_of(policy)[1:] if road.open not in {"not stated", "no"}]
    shut = sum(road.open == "no" for road in roads_of(policy)[1:])
    says = [f"{road.road} {'is open' if road.open == 'yes' else 'cannot be told'}" for road in others]
    says += [f"{shut} shut"] if shut else []
    if silent := [road.road for road in roads_of(policy)[1:] if road.open == "not stated"]:
        says.append(f"{len(silent)} not stated, and so left to the computer ({some(silent)})")
    yield (
        "other roads",
        doc.join("to the screen: ", "; ".join(filter(None, (", ".join(says), roads.without_a_yes(policy.roads))))),
    )


def _firewall(each: FileAudit, policy: Policy) -> str:
    if not (policy.firewall.speaks or policy.firewall.speaks_in_rules):
        return "nothing is stated: the computer decides whether an offer gets through"
    on = {verdict: [found.system for found in each.reach if found.offer == verdict] for verdict in _REACHES}
    return f"an offer {'; '.join(f'{words} on {in_ranges(on[verdict])}' for verdict, words in _REACHES.items() if on[verdict])}"


# ---- what is never hidden --------------------------------------------------------------------------------------


def not_read(report: Audit) -> Iterator[doc.Card]:
    """Yield each reason for which files were not read once, with the first of them."""
    reasons: dict[str, list[str]] = {}
    for alike, path in report.files.each:
        if (error := alike.first.error) is not None:
            reasons.setdefault(error.message, []).append(f"{printable(path)}{_at(error)}")
    for reason, places in reasons.items():
        yield doc.Card(doc.code(some(places)), (doc.Para(reason),), "bad", "NOT READ")


def _at(error: PolicyFileError) -> str:
    place = place_in_file(error.where)
    return f" ({place})" if place else ""


def doubts_once(report: Audit) -> Iterator[doc.Card]:
    """Yield each doubt once: three places and how many more, what is taken and what it may be instead."""
    doubts: dict[Unclear, list[tuple[SameContent, int]]] = {}
    for content in report.files.alike:
        policy = content.first.policy
        for number, doubt in enumerate(policy.unclear if policy else ()):
            doubts.setdefault(doubt, []).append((content, number))
    for doubt, those in doubts.items():
        where = in_files([(content, _doubted(number)) for content, number in those], alone=len(report.files) == 1)
        readings = doc.Pairs((("rasim", doubt.readings[0]), ("or else", doubt.readings[1])))
        said = doc.Para((doubt.says, doc.place(where)))
        yield doc.Card(doc.code(doubt.setting), (said, readings), "unclear", "UNCLEAR")


def _doubted(number: int) -> Callable[[FileAudit], Where | None]:
    """Return what gives the place of a doubt by its number."""
    return lambda file: file.policy.unclear[number].where if file.policy else None


# ---- files by what they mean -------------------------------------------------------------------------------------


def by_meaning(report: Audit) -> list[SameMeaning]:
    """Return the files by what they mean: what lets somebody in unasked or is unclear first, then the most severe, then the largest."""
    return sorted(same_meaning(report.files.alike), key=_weight)


def _weight(group: SameMeaning) -> tuple[bool, bool, int, int]:
    severity = max((int(finding.kind.severity) for finding in group.first.findings), default=0)
    return not roads.without_a_yes(group.policy.roads), not group.policy.unclear, -severity, -group.many


def grouped(report: Audit) -> Iterator[doc.Block]:
    """Yield the groups in a line each, as many as the first screen has room for."""
    groups = by_meaning(report)
    yield doc.Items(map(_line, groups[:MOST_GROUPS]))
    if left := groups[MOST_GROUPS:]:
        more = plural(sum(each.many for each in left), "more file")
        yield doc.Para((f"{more} in {plural(len(left), 'group')}: ", doc.code("--summary"), " has all groups"))


def _line(group: SameMeaning) -> doc.Wording:
    others = f"{plural(group.many, 'file says', 'files say')} the same, as " if group.many > 1 else ""
    found = ", ".join(dict.fromkeys(finding.kind.id for finding in group.first.findings))
    says = [*of_offers(group.policy), roads.without_a_yes(group.policy.roads), found]
    doubts = [doc.badge(f"; {len(group.policy.unclear)} UNCLEAR", "unclear")] if group.policy.unclear else []
    return (others, doc.code(group.first.path), f": {'; '.join(filter(None, says))}", *doubts)


def summary(report: Audit) -> doc.Table:
    """Return the table of all groups."""
    head = ("files", "offers", "mode", "helpers", "asks nobody", "findings", "unclear", "such as")
    return doc.Table("", head, map(_row, by_meaning(report)))


def _row(group: SameMeaning) -> Iterable[doc.Wording]:
    policy, offer = group.policy, group.policy.offer
    unasked = [road.road for road in policy.roads if road.unasked or road.perhaps_unasked]
    yield f"{group.many:,}"
    yield offer.state.value
    yield offer.mode.value if offer.mode and offer.state is State.ENABLED else ""
    yield some(str(helper) for helper in offer.helpers)
    yield ", ".join(unasked)
    yield ", ".join(dict.fromkeys(finding.kind.id for finding in group.first.findings))
    yield doc.badge(f"{len(policy.unclear)} UNCLEAR", "unclear") if policy.unclear else ""
    yield doc.code(group.first.path)
