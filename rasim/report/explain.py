"""An explanation as a document: the answer, why, what would change it; then the systems, the firewall and the limits."""

from collections.abc import Iterator, Sequence
from typing import Final

from rasim import words
from rasim.analysis.explain import (
    CLICKS,
    BySystem,
    Change,
    Explained,
    answer_of,
    as_json,
    explain,
    explain_what_if,
    verdicts_of,
)
from rasim.analysis.limits import OF_EXPLAIN
from rasim.document import blocks as doc
from rasim.errors import Where
from rasim.policy import Decision, Reason, Unclear
from rasim.policy.systems import in_ranges, in_short
from rasim.policy.who_won import Won
from rasim.report import roads
from rasim.report.outputs import limits_section, not_said
from rasim.words import as_typed

# What programs find here: the analysis stands in a room of its own since 0.2.
__all__ = ["BySystem", "Change", "Explained", "as_json", "document", "explain", "explain_what_if", "of_decision"]

_ANSWERS: Final = {
    "allow": "allowed by policy",
    "deny": "not allowed by policy",
    "unclear": "UNCLEAR: it can be read otherwise, and is not allowed",
}
_VIEW: Final = {  # of what is answered about the offer: no setting is about the view alone
    "allow": "after the user's yes to an offer; no setting is about it alone",
    "deny": "no: without an offer there is nothing to accept",
    "unclear": "cannot be told either: it comes after the user's yes to an offer",
}
_NOTHING: Final = "Nothing in the offer policy would change it for certain."


def document(answers: Sequence[Explained], of: str = "", course: doc.SequenceDiagram | None = None) -> doc.Document:
    """Return the document for answers about one expert, `of` which policy; `course` is how far the expert gets."""
    what_if = f"What if {answers[0].what_if} (no file was changed). " if answers[0].what_if else ""
    known = answers[0].roads
    doubtful = any(each.answer == "unclear" for each in answers) or any(road.perhaps_unasked for road in known)
    tone: doc.Tone = "bad" if any(road.unasked for road in known) else "unclear" if doubtful else "plain"
    return doc.Document(
        "rasim explain",
        "; ".join(filter(None, (*verdicts_of(answers), roads.without_a_yes(known)))),
        tone,
        what_if + of,
        _sections(answers, course),
        _first(answers, of),
    )


def _first(answers: Sequence[Explained], of: str) -> Iterator[tuple[doc.Wording, doc.Wording]]:
    """Yield what is read under the answer: of which policy it is, and whether an offer gets through to be asked about at all."""
    if of:
        yield "policy", doc.code(of.removeprefix("Policy: "))
    if answers[0].what_if:
        yield "what if", f"{answers[0].what_if} (no file was changed)"
    if len(answers) > 1:
        yield "view", _VIEW[answers[0].answer]
    if systems := answers[0].systems:
        reach: dict[str, list[str]] = {}
        for each in systems:
            reach.setdefault(each.firewall.offer, []).extend(each.systems)
        yield "firewall", f"for an offer: {'; '.join(f'{word} on {in_ranges(on)}' for word, on in reach.items())}"
    yield not_said(OF_EXPLAIN, "explain")


def of_decision(decision: Decision) -> doc.Document:
    """Return the document for a decision alone: the answer and its reasons."""
    answer = answer_of(decision)
    rows = ((doc.code(r.rule), r.says, doc.code(r.setting), at(r.where)) for r in decision.because)
    why = doc.Table("The reasons, in the order they were asked", ("rule", "says", "setting", "where"), rows)
    section = doc.Section("Why", (*map(unclear, decision.unclear), why), "why")
    tone: doc.Tone = "unclear" if answer == "unclear" else "plain"
    return doc.Document("decision", _ANSWERS[answer], tone, "What a user does is left to the user.", (section,))


def at(where: Where | None) -> doc.Span:
    """Return where something stands, file and place; nothing where that is not known."""
    return doc.place(words.placed(where))


def unclear(doubt: Unclear) -> doc.Card:
    """Return a doubt with both readings."""
    readings = doc.Pairs((("rasim", doubt.readings[0]), ("or else", doubt.readings[1])))
    return doc.Card(doc.code(doubt.setting), (doc.Para((doubt.says, at(doubt.where))), readings), "unclear", "UNCLEAR")


def _sections(answers: Sequence[Explained], course: doc.SequenceDiagram | None) -> Iterator[doc.Section]:
    first = answers[0]
    for each in answers:
        title, answer = f"{each.capability.capitalize()}: {each.answer}", tuple(_answer(each))
        # The table of the model comes behind what was asked.
        short = [block for block in answer if not isinstance(block, doc.Part)]
        more = "what in the table asks for it"
        yield doc.Section(title, answer, each.capability, each.capability, briefly=short, more=more)
    others = [road for road in first.roads[1:] if road.open != "not stated"]
    if others:
        unasked = any(road.unasked or road.perhaps_unasked for road in others)
        yield doc.Section("Other roads to the screen", roads.stated(others, at), "roads", "other roads", always=unasked)
    if course is not None:
        yield doc.Section("How far the expert gets", (course,), "course", "how far")
    if first.systems:
        yield doc.Section("By operating system", (_systems(first),), "systems", "systems", more="each system")
    if first.firewall is not None:
        title = f"The firewall on {first.firewall.system}"
        yield doc.Section(title, _firewall(first), "firewall", "firewall", always=True)
    yield limits_section("What no policy file shows", doc.Items(OF_EXPLAIN))


def _answer(explained: Explained) -> Iterator[doc.Block]:
    if explained.as_it_is is not None:
        yield doc.Para(f"As the policy is: {explained.as_it_is}. So changed: {explained.answer}.")
    yield from map(unclear, explained.decision.unclear)
    if explained.asks:
        group = as_typed(explained.asks[0])
        yield doc.Para(
            f"Answer it with --member-of {group} or --not-member-of {group}, or say with --groups who is in which group."
        )
    rows = (
        (doc.code(r.rule), r.says, doc.code(r.setting), at(r.where), _decided(explained, r))
        for r in explained.decision.because
    )
    yield doc.Table("Why", ("rule", "says", "setting", "where", "decided by"), rows)
    if needed := _needed(explained):
        yield doc.Part("What in the table asks for it", (doc.Items(needed),))
    if explained.decision.allowed:
        yield doc.Para(f"But {CLICKS[explained.capability]}.")
    yield _changes(explained.would_change, _NOTHING)


def _changes(changes: Sequence[Change], none: str) -> doc.Block:
    rows = (
        (each.says, doc.code(" ".join(map(as_typed, each.options))), ", ".join(dict.fromkeys(each.settings)))
        for each in changes
    )
    return (
        doc.Table("What would change it, each tried", ("change", "to try it", "setting"), rows)
        if changes
        else doc.Para(none)
    )


def _systems(explained: Explained) -> doc.Table:
    rows = (
        (in_short(e.systems), e.answer, e.firewall.offer, e.firewall.port_3389, ", ".join(e.firewall.missing))
        for e in explained.systems
    )
    head = ("system", "policy", "the firewall, for an offer", "port 3389", "missing or not stated")
    return doc.Table("The answer on each system (--os NAME for one, with its reasons)", head, rows)


def _firewall(explained: Explained) -> Iterator[doc.Block]:
    if explained.firewall is None:
        return
    yield doc.Pairs((("offer", explained.firewall.offer), ("port 3389", explained.firewall.port_3389)))
    rows = ((doc.code(reason.rule), reason.says, at(reason.where)) for reason in explained.firewall.because)
    yield doc.Table("Why", ("rule", "says", "where"), rows)
    yield _changes(explained.firewall_would_change, "No exception would change it.")


def _decided(explained: Explained, reason: Reason) -> str:
    won = explained.decided_by(reason)
    return _won(won) if won is not None and (won.by.gpo or won.overrode) else ""


def _won(won: Won) -> str:
    """Return which group policy decides, and over what."""
    over = ", ".join(f"{said.source} ({said.says})" for said in won.overrode)
    return f"{won.by.source} ({won.by.says})" + (f", over {over}" if over else "")


def _needed(explained: Explained) -> list[str]:
    """Return the needs behind all reasons, things with the same one together: `view (O3): policy enables offers`."""
    found: dict[str, list[str]] = {}
    for reason in explained.decision.because:
        for ground in explained.grounds(reason):
            things = found.setdefault(ground.says, [])
            said = f"{ground.thing} ({', '.join(ground.rows)})"
            things += [] if said in things else [said]
    return [f"{', '.join(things)}: {says}" for says, things in found.items()]
