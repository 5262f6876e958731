"""An explanation for people: what, why, what would turn it; then the systems, the firewall, which is one for all, and the limits."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rasim.analysis.explain import CLICKS, LIMITS, Change, Explained, place_in_words
from rasim.policy import printable
from rasim.policy.who_won import Won
from rasim.report.audit_words import listed, source_of

VERBS: Final = {
    "offer": "offer help",
    "view": "view, once the user accepts",
    "control": "control, once the user grants it",
}


def as_text(answers: Sequence[Explained]) -> str:
    """Return the answers, one a capability, as text for a terminal."""
    return "\n".join(_lines(answers))


def verdict_in_words(explained: Explained) -> str:
    """Return the answer in a sentence."""
    reading = " as rasim reads it," if explained.answer == "unclear" else ""
    words = f"may{'' if explained.decision.allowed else ' not'}{',' if reading else ''}{reading}"
    return f"{printable(explained.expert)} {words} {VERBS[explained.capability]}"


def _lines(answers: Sequence[Explained]) -> Iterator[str]:
    first = answers[0]
    if first.what_if:
        yield f"what if {first.what_if} (no file was changed)"
        yield ""
    for explained in answers:
        yield from _answer(explained)
        yield ""
    if first.systems:
        yield from _systems(answers)
        yield ""
    if first.firewall is not None:
        yield f"the firewall on {first.firewall.system}: offer {first.firewall.offer}; port 3389 {first.firewall.port_3389}"
        yield from (
            f"  {reason.rule:<4} {reason.says}{place_in_words(reason.where)}" for reason in first.firewall.because
        )
        yield from _would_turn(first.firewall_would_change)
        yield ""
    yield "limits"
    yield from (f"  - {limit}" for limit in LIMITS)


def _answer(explained: Explained) -> Iterator[str]:
    yield verdict_in_words(explained)
    if explained.as_it_is is not None:
        yield f"  as the policy is: {explained.as_it_is}; so changed: {explained.answer}"
    for reason in explained.decision.because:
        yield f"  {reason.rule:<4} {reason.says}{place_in_words(reason.where)}"
        won = explained.decided_by(reason)
        if won is not None and (won.by.gpo or won.overrode):
            yield f"       decided by {won_in_words(won)}"
    yield from (f"       needed by {said}" for said in grounds_in_words(explained))
    for doubt in explained.decision.unclear:
        yield f"  UNCLEAR  {doubt.setting}: {doubt.says}{place_in_words(doubt.where)}"
        yield f"           rasim:   {doubt.readings[0]}"
        yield f"           or else: {doubt.readings[1]}"
    if explained.decision.allowed:
        yield f"  but  {CLICKS[explained.capability]}"
    if explained.would_change:
        yield from _would_turn(explained.would_change)
    else:
        yield "  nothing in the offer policy would turn it for certain"


def _would_turn(changes: Iterable[Change]) -> Iterator[str]:
    for number, change in enumerate(changes):
        if not number:
            yield "  what would turn it:"
        yield f"  - {printable(change.says)} [{', '.join(dict.fromkeys(change.settings))}]"


def grounds_in_words(explained: Explained) -> list[str]:
    """Return the needs behind all reasons, things with the same one together: `view (O3): policy enables offers`."""
    found: dict[str, list[str]] = {}
    for reason in explained.decision.because:
        for ground in explained.grounds(reason):
            things = found.setdefault(ground.says, [])
            said = f"{ground.thing} ({', '.join(ground.rows)})"
            things += [] if said in things else [said]
    return [f"{', '.join(things)}: {says}" for says, things in found.items()]


def won_in_words(won: Won) -> str:
    """Return which group policy decides, and over what."""
    over = ", ".join(f"{source_of(said)} ({said.says})" for said in won.overrode)
    return f"{source_of(won.by)} ({won.by.says})" + (f", over {over}" if over else "")


def _systems(answers: Sequence[Explained]) -> Iterator[str]:
    yield "by operating system (--os NAME for one, with its reasons)"
    for each in answers[0].systems:
        wanting = f" (not stated: {', '.join(each.firewall.missing)})" if each.firewall.missing else ""
        port = f"port 3389 {each.firewall.port_3389}"
        yield f"  policy: {each.answer}; firewall: offer {each.firewall.offer}{wanting}; {port}"
        yield f"    {listed(each.systems)}"
