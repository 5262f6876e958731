"""Why an expert may or may not: the reasons down to the value in the file, and the smallest changes that would change the answer.

`explain` decides with the policy package and adds nothing of its own. Each reason is followed to the bottom: the rule, the
needs and rows of the table that ask for it, the setting, the group policy that decides it and what that overrode, the file and
the byte or line. Changes are found by trying: each is made (`what_if`) and decided again, one at a time first, then several
together, so that every change that is named is known to suffice and none that is larger is named. The firewall's verdict is
apart (R30). `rasim.report.explain` makes a document of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import combinations
from typing import Any, Final, Literal

from attrs import evolve, field, frozen

from rasim.analysis.grounds import Ground, grounds
from rasim.analysis.limits import OF_EXPLAIN
from rasim.doors import door
from rasim.errors import Exit, UsageError, Where
from rasim.policy import (
    SYSTEMS,
    Decision,
    HelperList,
    Membership,
    Policy,
    Reach,
    Reason,
    RoadState,
    Unclear,
    may_control,
    may_offer,
    parse_account,
    printable,
    reach,
    roads_of,
    what_if,
)
from rasim.policy.decision import missing
from rasim.policy.exceptions import parse_address
from rasim.policy.settings import OFFER_HELPERS, OFFER_MODE, OFFER_STATE, SOLICITED_STATE
from rasim.policy.who_won import Won
from rasim.words import listed, place_in_file, placed

Asked = Literal["offer", "view", "control"]
_Answer = Literal["allow", "deny", "unclear"]

CLICKS: Final = {
    "offer": "the user is asked about each offer, and may deny it or say nothing",
    "view": "the expert sees nothing before the user accepts, and acceptance gives the view only",
    "control": "after accepting, the user has to grant control by a click of its own, each time it is asked for",
}
_VERBS: Final = {
    "offer": "offer help",
    "view": "view, once the user accepts",
    "control": "control, once the user grants it",
}
_IN_VAIN: Final = {
    "offer": _VERBS["offer"],
    "view": "view, even if the user would accept",
    "control": "control, even if the user would grant it",
}


@frozen
class Change:
    """Settings that would change the answer if they were so, together; `options` are those of the command line that try it."""

    settings: tuple[str, ...]
    says: str
    options: tuple[str, ...] = ()


@frozen
class BySystem:
    """The answer on systems that have the same one: the policy's, and the firewall's."""

    systems: tuple[str, ...]
    answer: _Answer
    firewall: Reach


@frozen
class Explained:
    """The answer for one capability, with its reasons, the firewall's verdict if a system was named, and what would change it.

    `asked` is the system that was named, `systems` the answers on all of them if none was. `what_if` is what was changed before
    asking, `as_it_is` the answer without that. `asks` are groups of which has to be known whether the expert is in them.
    """

    expert: str
    capability: Asked
    decision: Decision
    would_change: tuple[Change, ...]
    firewall: Reach | None = None
    firewall_would_change: tuple[Change, ...] = ()
    systems: tuple[BySystem, ...] = ()
    won: Mapping[Where, Won] = field(factory=dict, repr=False, eq=False)
    what_if: str = ""
    as_it_is: _Answer | None = None
    roads: tuple[RoadState, ...] = field(default=(), repr=False)
    asks: tuple[str, ...] = ()

    @property
    def answer(self) -> _Answer:
        """Return *allow*, *deny*, or *unclear* where it can be read otherwise: a refusal, or all with a policy missing."""
        return answer_of(self.decision)

    @property
    def verdict(self) -> str:
        """Return the answer in a sentence, or the question that would settle it."""
        denied = self.answer == "deny" and not self.asks
        return self.verdict_with((_IN_VAIN if denied else _VERBS)[self.capability])

    def verdict_with(self, asked: str) -> str:
        """Return the answer in a sentence about what is asked, in words."""
        if self.asks:
            groups = " or ".join(self.asks)
            near = _like(self.expert, self.asks)
            typed = f"no entry is called so, the closest is {near}; if {groups} is a group, " if near else ""
            return f"cannot tell whether {self.expert} may {asked}: {typed}is {self.expert if near else 'it'} in {'it' if near else groups}?"
        may = "may" if self.decision.allowed else "may not"
        if self.answer == "unclear":
            return f"cannot tell whether {self.expert} may {asked}: as rasim reads it, {may}"
        return f"{self.expert} {may} {asked}"

    def exit_code(self, expected: str | None) -> Exit:
        """Return 3 for what is unclear, 1 for another answer than expected, else 0."""
        if self.answer == "unclear":
            return Exit.INCONCLUSIVE
        return Exit.FAILED if expected not in (None, self.answer) else Exit.OK

    def grounds(self, reason: Reason) -> tuple[Ground, ...]:
        """Return the needs of the table that ask for what a reason is about."""
        return grounds(reason.setting, self.capability)

    def decided_by(self, reason: Reason) -> Won | None:
        """Return which group policy decides the setting of a reason and what it overrode, if that is known."""
        return self.won.get(reason.where) if reason.where is not None else None


def _like(account: str, entries: Sequence[str]) -> str:
    """Return the entry that an account may be a misspelling of, its domain left out; nothing where none is near."""
    names = {entry.rpartition("\\")[2].casefold(): entry for entry in entries}
    near = get_close_matches(account.rpartition("\\")[2].casefold(), names, n=1, cutoff=0.7)
    return names[near[0]] if near else ""


def verdicts_of(answers: Sequence[Explained]) -> tuple[str, ...]:
    """Return the answers for one expert in sentences, in one where the same question would settle all of them."""
    if len({each.asks for each in answers}) == 1 and answers[0].asks:
        return (answers[0].verdict_with(" or ".join(_VERBS[each.capability] for each in answers)),)
    return tuple(each.verdict for each in answers)


def answer_of(decision: Decision) -> _Answer:
    """Return a decision in a word."""
    if decision.unclear:
        return "unclear"
    return "allow" if decision.allowed else "deny"


Decide = Callable[[Policy], Decision]


@door
def explain(
    policy: Policy,
    expert: str,
    capability: Asked = "offer",
    membership: Membership | None = None,
    *,
    os: str | None = None,
    address: str | None = None,
    won: Iterable[Won] = (),
) -> Explained:
    r"""Say why an expert may offer help, view or control under a policy.

    Whether an expert may ever view is decided by what decides the offer: the rest is the user's. `won` is what a merge says of
    who decides each setting (`Merged.won`).

    Raises:
        UsageError: `expert` is not of the form DOMAIN\name, no system has the name `os`, or `address` is no IPv4 address.

    """
    members = membership or Membership()
    if capability not in CLICKS:
        raise UsageError(f"{printable(str(capability))!r} is no capability; known: {', '.join(CLICKS)}")
    if address is not None:
        parse_address(address)

    def decide(changed: Policy, system: str | None = os) -> Decision:
        return (may_control if capability == "control" else may_offer)(changed, expert, members, os=system)

    decision = decide(policy)
    firewall = None if os is None else reach(policy.firewall, os, address=address)
    helpers, account = HelperList(policy, members), parse_account(expert)
    asks = helpers.asked(account) if decision.unclear and not helpers.ways(account) else ()
    return Explained(
        expert,
        capability,
        decision,
        tuple(_turning(policy, list(_edits(policy, expert, capability, members, allowed=decision.allowed)), decide)),
        firewall,
        () if firewall is None else tuple(_letting_in(policy, firewall, address)),
        _by_system(policy, decide, address) if os is None else (),
        {each.by.where: each for each in won if each.by.where is not None},
        roads=roads_of(policy),
        asks=tuple(map(str, asks)),
    )


@door
def explain_what_if(before: Explained, after: Explained, words: str) -> Explained:
    """Return the explanation of a changed policy that says what was changed, and what the answer was before."""
    return evolve(after, what_if=words, as_it_is=before.answer)


def _by_system(
    policy: Policy, decide: Callable[[Policy, str | None], Decision], address: str | None
) -> tuple[BySystem, ...]:
    """Return the answers on all systems, those with the same one together."""
    found: dict[tuple[object, ...], BySystem] = {}
    for name in SYSTEMS:
        answer, firewall = answer_of(decide(policy, name)), reach(policy.firewall, name, address=address)
        key = (answer, firewall.offer, firewall.port_3389, firewall.missing)
        known = found.get(key, BySystem((), answer, firewall))
        found[key] = evolve(known, systems=(*known.systems, name))
    return tuple(found.values())


# ---- what would change it --------------------------------------------------------------------------------------


@frozen
class _Edit:
    """One change that may turn an answer: the setting, the sentence, the options that try it, and the change itself."""

    setting: str
    says: str
    options: tuple[str, ...]
    change: Callable[[Policy], Policy]

    @property
    def parts(self) -> frozenset[tuple[str, str]]:
        """Return each option with its value."""
        return frozenset(zip(self.options[::2], self.options[1::2], strict=True))


def _setting(policy_setting: object, name: str, word: str, says: str) -> _Edit:
    return _Edit(str(policy_setting), says, ("--set", f"{name}={word}"), lambda policy: what_if(policy, {name: word}))


def _edits(policy: Policy, expert: str, capability: Asked, members: Membership, *, allowed: bool) -> Iterator[_Edit]:
    """Yield the single changes that can turn an answer."""
    everybody = [helper.text for helper in policy.offer.helpers]
    helpers = HelperList(policy, members)
    having = [helper.text for helper, _ in helpers.ways(parse_account(expert))]
    others = [
        *(helper for helper, _ in helpers.perhaps(parse_account(expert))),
        *helpers.asked(parse_account(expert)).values(),
    ]
    perhaps = [helper.text for helper in others if helper.text not in having]

    def places(names: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(helper.group for helper in policy.offer.helpers if helper.text in set(names)))

    def out_of(names: Iterable[str]) -> str:
        return listed(f"out of the local group {each}" if each else "off the list" for each in places(names))

    if allowed:
        yield _setting(OFFER_STATE, "offer", "disabled", "disable offers")
        if 0 < len(having) < len(everybody):
            yield _off_the_list(f"take {listed(map(printable, having))} {out_of(having)}", having)
        both = list(dict.fromkeys((*having, *perhaps)))
        if len(having) < len(both) < len(everybody):
            yield _off_the_list(f"take {listed(map(printable, both))} {out_of(both)}", both)
        lists = (f"the local group {each}" if each else "the helper list" for each in places(everybody))
        yield _off_the_list(f"empty {listed(lists)}", everybody)
        yield _setting(SOLICITED_STATE, "solicited", "disabled", "disable solicited help, which blocks offers here too")
        if capability == "control":
            yield _setting(OFFER_MODE, "mode", "view", "let helpers only view")
        return
    yield _setting(OFFER_STATE, "offer", "enabled", "enable offers")
    yield _Edit(
        str(OFFER_HELPERS),
        f"list {expert}, or a group that holds it",
        ("--add-helper", expert),
        lambda policy: what_if(policy, add_helpers=[expert]),
    )
    yield _setting(SOLICITED_STATE, "solicited", "not configured", "leave solicited help not configured, or enable it")
    if capability == "control":
        yield _setting(OFFER_MODE, "mode", "control", "let helpers control")


def _off_the_list(says: str, texts: Sequence[str]) -> _Edit:
    options = tuple(option for text in texts for option in ("--remove-helper", text))
    return _Edit(str(OFFER_HELPERS), says, options, lambda policy: what_if(policy, remove_helpers=dict.fromkeys(texts)))


def _turning(policy: Policy, edits: Sequence[_Edit], decide: Decide) -> Iterator[Change]:
    """Yield every smallest set of changes after which the answer is the other one, and clear; each was tried."""
    wanted: _Answer = "deny" if decide(policy).allowed else "allow"

    def turned(changed: Policy) -> bool:
        decision = decide(changed)
        clear = set(decision.unclear) <= set(missing(policy))
        return clear and decision.allowed is (wanted == "allow")

    yield from _smallest(policy, edits, turned)


def _smallest(policy: Policy, edits: Sequence[_Edit], turned: Callable[[Policy], bool]) -> Iterator[Change]:
    """Yield the sets of edits that turn it and of which no smaller one does; an edit may hold what another one changes."""
    found: list[frozenset[tuple[str, str]]] = []
    for size in range(1, len(edits) + 1):
        for picked in combinations(edits, size):
            parts = frozenset(part for edit in picked for part in edit.parts)
            if any(known <= parts for known in found):
                continue
            changed = policy
            for edit in picked:
                changed = edit.change(changed)
            if turned(changed):
                found.append(parts)
                settings = tuple(edit.setting for edit in picked)
                options = tuple(option for edit in picked for option in edit.options)
                yield Change(settings, " and ".join(edit.says for edit in picked), options)


_ALLOWING: Final = {"135 tcp": "open", "remote desktop": "enabled"}


def _letting_in(policy: Policy, found: Reach, address: str | None) -> Iterator[Change]:
    """Yield the smallest sets of exceptions after which the firewall lets offers in, or no longer does where it did."""
    system = SYSTEMS[found.system]
    if not system.managed_firewall:
        return
    names = [name for group in system.needs for name in group]
    if found.offer == "gets through":
        changes = [(name, "not configured" if name == "remote desktop" else "disabled") for name in names]
        wanted = "blocked"
    else:
        changes = [(name, _ALLOWING.get(name, "allowed")) for name in names]
        changes.append(("exceptions", "allowed"))
        wanted = "gets through"
    edits = [_setting("Windows Firewall", name, word, f"{name}: {word}") for name, word in changes]

    def turned(changed: Policy) -> bool:
        return reach(changed.firewall, found.system, address=address).offer == wanted

    yield from _smallest(policy, edits, turned)


# ---- for programs --------------------------------------------------------------------------------------------


@door
def as_json(explained: Explained) -> dict[str, Any]:
    """Return the answer as the JSON object of the command line contract."""
    firewall = explained.firewall
    return {
        "expert": printable(explained.expert),
        "decision": explained.answer,
        "capability": explained.capability,
        "what_if": explained.what_if or None,
        "as_it_is": explained.as_it_is,
        "because": [_followed(explained, reason) for reason in explained.decision.because],
        "unclear": [
            {**as_reason(Reason("", u.says, u.setting, u.where)), "readings": list(u.readings)}
            for u in explained.decision.unclear
        ],
        "asks": [{"says": f"is {printable(explained.expert)} in {group}?", "group": group} for group in explained.asks],
        "would_change": [_change(change) for change in explained.would_change],
        "user": CLICKS[explained.capability],
        "firewall": None
        if firewall is None
        else {
            "system": firewall.system,
            "offer": firewall.offer,
            "port 3389": firewall.port_3389,
            "missing": list(firewall.missing),
            "superfluous": list(firewall.superfluous),
            "because": [as_reason(reason) for reason in firewall.because],
            "would_change": [_change(change) for change in explained.firewall_would_change],
        },
        "systems": [
            {
                "systems": list(each.systems),
                "decision": each.answer,
                "offer": each.firewall.offer,
                "port 3389": each.firewall.port_3389,
                "missing": list(each.firewall.missing),
            }
            for each in explained.systems
        ],
        "roads": [as_road(road) for road in explained.roads],
        "limits": list(OF_EXPLAIN),
    }


def as_road(road: RoadState) -> dict[str, Any]:
    """Return a road as JSON: whether it is open, asks the user, what it gives to whom, and why."""
    return {
        "road": road.road,
        "open": road.open,
        "asks the user": road.asks,
        "gives": road.gives,
        "who": list(road.who),
        "because": [as_reason(reason) for reason in road.because],
    }


def _change(change: Change) -> dict[str, Any]:
    return {"settings": list(change.settings), "says": printable(change.says), "options": list(change.options)}


def _followed(explained: Explained, reason: Reason) -> dict[str, Any]:
    """Return a reason with what it rests on: the needs of the table, and the group policy that decides it."""
    won = explained.decided_by(reason)
    return {
        **as_reason(reason),
        "table": [
            {"thing": ground.thing, "need": ground.need, "says": ground.says, "rows": list(ground.rows)}
            for ground in explained.grounds(reason)
        ],
        "gpo": printable(won.by.gpo) if won is not None and won.by.gpo else None,
        "over": []
        if won is None
        else [
            {"gpo": printable(o.gpo) or None, "says": o.says, "where": placed(o.where) or None} for o in won.overrode
        ],
    }


def as_doubt(doubt: Unclear) -> dict[str, Any]:
    """Return a doubt as JSON, without its place."""
    return {"setting": doubt.setting, "says": doubt.says, "readings": list(doubt.readings)}


def as_reason(reason: Reason) -> dict[str, Any]:
    """Return a reason as JSON: rule, setting, file, place in it, and what it says."""
    known = reason.where if reason.where is not None and reason.where.known else None
    return {
        "rule": reason.rule,
        "setting": reason.setting,
        "file": printable(known.file) if known else None,
        "where": place_in_file(known) or None,
        "says": reason.says,
    }
