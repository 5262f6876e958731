"""A trace as the page follows it: for each line what each side sees then, as far as the lines tell, and what the judge says of it.

It is read by the memory that promises share (`rasim.verify.promises.evidence`) and judged by the judge of `rasim judge`; nothing is
looked up in the table, so anybody's trace can be followed, one that breaks every rule too. What was not recorded is not made up.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from rasim.errors import UsageError
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.lines import PRESUMED, Line, Recorded
from rasim.verify.promises.evidence import Evidence, learn
from rasim.verify.promises.judge import Judge, JudgedTrace

LONGEST_FOLLOWED: Final = 5000
"""Lines of a trace that a page holds: more than anybody goes through by hand."""


def followed(trace: Iterable[tuple[int, Recorded]], name: str, choices: Choices = STRICT) -> dict[str, Any]:
    """Return a trace, each line with its place in the file, as the page follows it; `name` is what it is called there.

    Raises:
        UsageError: it has no line, or more than a page holds.

    """
    judge, seen = Judge(choices), Evidence(records=PRESUMED)
    pictures: frozenset[str] = frozenset()  # connections of which a frame was shown
    lines: list[dict[str, Any]] = []
    told: dict[str, Any] = {}
    for number, recorded in trace:
        if len(lines) == LONGEST_FOLLOWED:
            raise UsageError(
                f"{name}: a page follows {LONGEST_FOLLOWED:,} lines of a trace at most; rasim judge takes any"
            )
        judge.take(recorded, number)
        line, before = recorded.line, seen
        seen = learn(seen, line)
        if line.event == "frame_shown":
            pictures |= {str(line["connection"])}
        pictures &= {view.connection for view in seen.views} | {str(line["connection"])}
        about = next(((s, e) for s, e in (_about(line, seen), _about(line, before)) if s or e), ("", ""))
        now = {"sessions": list(_sessions(seen)), "assistances": list(_assistances(seen, pictures))}
        lines.append({"number": number, "line": recorded.as_json(), "about": list(about), **_new(told, now)})
        told = now
    if not lines:
        raise UsageError(f"{name}: there is no line to follow")
    judged = judge.close()
    return {"name": name, "records": sorted(seen.records), "lines": lines, "judged": _judged(judged)}


def _new(told: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """Return what has changed: most lines change little of what each side sees."""
    return {key: value for key, value in now.items() if told.get(key) != value}


def _sessions(seen: Evidence) -> Iterator[dict[str, Any]]:
    """Yield every session that the lines so far tell of, with who is logged on there and what hides it."""
    sessions = {s for s, _ in (*seen.owners, *seen.hidden)} | seen.sessions()
    for session in sorted(sessions):
        hidden = sorted(why for s, why in seen.hidden if s == session)
        yield {"session": session, "owner": seen.owner(session), "hidden": hidden}


def _assistances(seen: Evidence, pictures: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Yield what goes on between an expert and a session: how far it is, and what the expert has."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for expert, session, capability in sorted(seen.cooling):
        if capability == "view":
            found[session, expert] = {"phase": "cooling"}
    for ticket in sorted(seen.tickets, key=str):
        found[ticket.session, ticket.expert] = {"phase": "ticketed"}
    asked = {prompt.about for prompt in seen.prompts if prompt.of == "offer"}
    for offer in sorted(seen.received, key=str):
        if (offer.session, offer.expert) not in found or found[offer.session, offer.expert]["phase"] != "offered":
            phase = (
                "offered"
                if offer.offer in asked
                else "accepted"
                if seen.was_accepted(offer.offer)
                else "gone"
                if offer.asked
                else "offering"
            )
            found[offer.session, offer.expert] = {"phase": phase}
    questions = {prompt.about for prompt in seen.prompts if prompt.of == "request"}
    for view in sorted(seen.views, key=str):
        has = sorted(capability for connection, capability in seen.held if connection == view.connection)
        wants = sorted(
            request.capability
            for request in seen.requests
            if request.connection == view.connection and request.request in questions
        )
        found[view.session, view.expert] = {
            "phase": "viewing",
            "has": has,
            "asked": wants,
            "paused": view.paused,
            "picture": view.connection in pictures,
        }
    for (session, expert), what in sorted(found.items()):
        yield {"session": session, "expert": expert, **what}


def _about(line: Line, seen: Evidence) -> tuple[str, str]:
    """Return the session and the expert that a line is about, as far as it or what it names tells; else empty."""
    request = seen.request(line["request"])
    view = seen.view(line["connection"] or (request.connection if request else ""))
    offer = seen.offer(line["offer"] or (view.offer if view else ""))
    ticket = next((each for each in seen.tickets if each.ticket == line["ticket"]), None)
    known = [each for each in (view, offer, ticket) if each is not None]
    session = line["session"] or next((each.session for each in known if each.session), "")
    expert = line["expert"] or next((each.expert for each in known if each.expert), "")
    return str(session), str(expert)


def _judged(judged: JudgedTrace) -> dict[str, Any]:
    """Return what the judge says, as `rasim judge --format json` has it, and what was kept and not asked by name."""
    return {
        "verdict": judged.verdict,
        "broken": [{"promise": each.promise, "number": each.number, "because": each.because} for each in judged.broken],
        "cannot_tell": [{"promise": each.promise, "needs": each.needs} for each in judged.cannot_tell],
        "kept": list(judged.kept),
        "not_asked": [{"promise": each.promise, "needs": each.needs} for each in judged.not_asked],
    }
