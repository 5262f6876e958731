"""Which steps are missing before one that no row admits: what whoever wrote `bob: grants control` forgot is `anna: asks for control`.

It is asked of the table itself: what the people of an assistance may do is tried from the situation in which the step was turned
away, one act, then two, at most five, until the step is admitted. Policy, time and links are not tried: a step that only these
would let through has no such help.
"""

from typing import Final

from rasim.protocol.step import Event, Outcome, Rules, Situation
from rasim.protocol.vocabulary import CAPABILITIES
from rasim.scenario.grammar import PHRASES, Phrase

_MOST: Final = 5  # acts: a ticket, an offer, a yes, a request and a click come before the mouse is moved


def needed_first(rules: Rules, before: Situation, wanted: Event, expert: str, user: str) -> str:
    """Return the fewest acts of an expert and a user after which the table admits what is wanted, in words; nothing if none do."""
    acts = _acts(rules)
    reached: list[tuple[Outcome | None, tuple[tuple[str, Phrase], ...]]] = [(None, ())]
    seen = {before}
    for _ in range(_MOST):
        further: list[tuple[Outcome | None, tuple[tuple[str, Phrase], ...]]] = []
        for last, way in reached:
            here = before if last is None else last.after
            for kind, act in acts.items():
                done = rules.step(here, Event(kind))
                if done.verdict != "done" or done.after in seen or (done.row is not None and done.row.answers_no):
                    continue
                seen.add(done.after)
                if rules.step(done.after, wanted).verdict == "done":
                    return _in_words((*way, (kind, act)), expert, user)
                further.append((done, (*way, (kind, act))))
        reached = further
    return ""


def _acts(rules: Rules) -> dict[str, Phrase]:
    """Return what an expert and a user may do, each kind of event with its first phrase."""
    known = {kind.name for kind in rules.table.kinds}
    found: dict[str, Phrase] = {}
    for phrase in PHRASES:
        for capability in CAPABILITIES if phrase.actor in {"expert", "user"} and not phrase.carries else ():
            kind = phrase.kind.replace("{capability}", capability)
            if kind in known:
                found.setdefault(kind, phrase)
    return found


def _in_words(way: tuple[tuple[str, Phrase], ...], expert: str, user: str) -> str:
    said = []
    for at, (kind, phrase) in enumerate(way):
        following = way[at + 1][0] if at + 1 < len(way) else ""
        if (kind, following) == ("asks for a ticket", "offers help"):
            continue  # who offers help asks for a ticket where there is none
        capability = next((each for each in CAPABILITIES if phrase.kind.replace("{capability}", each) == kind), "")
        names = {"capability": capability} if "{capability}" in phrase.text else {}
        said.append(f"`{expert if phrase.actor == 'expert' else user}: {phrase.written(names)}`")
    return f"{', then '.join(said)} first"
