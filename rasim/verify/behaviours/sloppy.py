"""What any product may say more than the table, and less: lines by which nobody is given anything, and asks that come to nothing.

The table ignores what it has no row for, and leaves no line. Other products write down that they were asked, that they said no, that
something was withheld, that what is over is over. Such a line is explained where it gives nobody anything and takes nothing from anybody;
the reason of a no has to be one that the table could give there.
"""

from collections.abc import Iterator
from typing import Final

from rasim.protocol.computer import ComputerState, Pair
from rasim.protocol.lines import Line
from rasim.protocol.step import Event
from rasim.protocol.vocabulary import ASKED, HELD, IDLE, OFFERED, RESTING, TICKETED, VIEWING
from rasim.verify.behaviours.machine import EVIDENCE, FREELY, Course, Leaves, Machine
from rasim.verify.behaviours.owed import ID_FIELDS
from rasim.verify.promises.evidence import Evidence, capability_of

# What the table has no state for: guards of their own look at these (`explained.py`), or nothing follows from them.
BESIDE: Final = FREELY | frozenset(
    {"recorder", "reconnect_attempted", "reconnect_refused", "end_offered", "end_withheld", "end_asked", "stop_asked"}
    | {"screen_blanked", "screen_unblanked", "input_blocked", "input_unblocked"}
)
ENDS: Final = {
    **dict.fromkeys(("ended", "indicator_off"), ("connection",)),
    **dict.fromkeys(("offer_refused", "offer_cancelled", "offer_expired"), ("offer",)),
    **dict.fromkeys(("prompt_hidden", "prompt_covered", "prompt_changed"), ("offer", "request", "prompt")),
    **dict.fromkeys(("control_prompt_hidden", "capability_prompt_hidden"), ("request",)),
    **dict.fromkeys(("control_requested", "capability_requested"), ("connection",)),
    **dict.fromkeys(("control_withdrawn", "capability_withdrawn"), ("request",)),
    "ticket_expired": ("ticket",),
}
"""Asks and ends, by the ids that say what they are of: of what does not go on they say nothing new."""
ANSWERED_NO: Final = frozenset({"control_refused", "capability_refused"})
STOPS: Final = frozenset({"control_stopped", "control_released", "capability_revoked"})
GENERAL: Final = frozenset({"other", "rate limited"})  # reasons that speak of nothing that the table knows
UNSHOWN: Final = frozenset({"no prompt", "transport"})  # why somebody who would be asked about is not


def harmless(machine: Machine, reading: Course, line: Line, seen: Evidence) -> bool:
    """Tell whether a line gives nobody anything and takes nothing from anybody, so that it changes nothing."""
    event, records = line.event, machine.reader.records
    if event in BESIDE or (event == "restarted" and line["side"] == "expert"):
        return True
    if event == "recording_ended":
        return not any(o.needed for o in reading.owed)
    if (event in EVIDENCE or event.startswith("capability_")) and not machine.reader.shows(event):
        return True
    if event == "firewall_changed":
        untold = seen.stated_port is None or "firewall" not in records
        return line["port"] not in (135, 3389) or (line["port"] == 3389 and untold)
    pairs = machine.pairs(line["expert"], line["session"])
    if event in ("contact_refused", "ticket_refused"):
        reason = line["reason"]
        return reason is None or any(
            allowed is None or reason in allowed for allowed in noes(machine, reading.core, pairs)
        )
    if event == "cooldown_over":
        fact = "phase" if line["capability"] in (None, "view") else line["capability"]
        return not any(machine.situation(reading.core, pair)[fact] == RESTING for pair in pairs)
    return _says_nothing_new(machine, reading, line, pairs)


def _says_nothing_new(machine: Machine, reading: Course, line: Line, pairs: tuple[Pair, ...]) -> bool:
    ids = {value for _, value in reading.bound}
    if line.event in STOPS | ANSWERED_NO:
        # A view is a capability to whoever writes a trace; in the table it is a phase.
        view = capability_of(line) == "view"
        held, asked = (VIEWING, OFFERED) if view else (HELD, ASKED)
        fact = "phase" if view else capability_of(line)
        states = [machine.situation(reading.core, pair)[fact] for pair in _of(machine, reading, line)]
        if line.event in STOPS:
            return held not in states
        return asked not in states and line["request"] not in ids and line["reply"] != "forbidden"
    by = ENDS.get(line.event)
    if by is not None:
        named = [line[name] for name in by if line[name] is not None]
        if named:
            return not ids & {*named}
    if by is None and line.event != "link_lost":
        return False
    if ids & {value for name in ID_FIELDS if (value := line[name]) is not None}:
        return False
    return all(machine.situation(reading.core, pair)["phase"] not in (OFFERED, VIEWING) for pair in pairs)


def _of(machine: Machine, reading: Course, line: Line) -> Iterator[Pair]:
    """Yield the assistances whose connection a line names."""
    bound = dict(reading.bound)
    for pair in machine.pairs(None, None):
        if bound.get(machine.symbol(pair, "connection")) == line["connection"]:
            yield pair


def noes(machine: Machine, core: ComputerState, pairs: tuple[Pair, ...]) -> Iterator[frozenset[str] | None]:
    """Yield the reasons for which the table may turn away an expert who calls or offers; None where it may be any."""
    for pair in pairs:
        for here in machine.unseen(core, (pair,), frozenset()) or ():
            phase = machine.situation(here, pair)["phase"]
            if phase not in (IDLE, TICKETED):
                yield None  # the table hears nothing of it
                return
            if phase == IDLE:
                reason = machine.reason(here, pair, Event("asks for a ticket"))
                if reason is not None:
                    yield GENERAL | {reason}
                    continue
            ticketed = machine.happens(here, Event("asks for a ticket"), pair).core if phase == IDLE else here
            reason = machine.reason(ticketed, pair, Event("offers help"))
            yield GENERAL | (UNSHOWN if reason is None else {reason})


def turned_away(machine: Machine, reading: Course, line: Line) -> Iterator[Leaves]:
    """Yield asks that come to nothing: somebody asked, and was told no by the computer before anything was shown."""
    core = reading.core
    if line.event == "offer_received":
        for pair in machine.pairs(line["expert"], line["session"]):
            for allowed in dict.fromkeys(noes(machine, core, (pair,))):
                offer, session = machine.symbol(pair, "offer", stray=True), machine.sessions[pair[1]]
                expert = machine.experts[pair[0]]
                told: tuple[tuple[str, str | tuple[str, ...]], ...] = (
                    () if allowed is None else (("reason", tuple(sorted(allowed))),)
                )
                received = Line(
                    "offer_received",
                    (("offer", offer), ("session", session), ("expert", expert), ("ticket", "foreign ticket")),
                )
                yield machine.stray(core, pair, received, Line("offer_refused", (("offer", offer), *told)))
    if line.event in ("control_requested", "capability_requested"):
        what, refused = capability_of(line), line.event.replace("requested", "refused")
        for pair in machine.pairs(None, None):
            if machine.situation(core, pair)["phase"] == VIEWING:
                connection = machine.symbol(pair, "connection")
                both = (
                    ("request", machine.symbol(pair, f"request {what}", stray=True)),
                    ("connection", connection),
                    ("capability", what),
                )
                session = machine.sessions[pair[1]]
                no = Line(refused, (*both, ("session", session), ("origin", "policy"), ("reply", "refused")))
                yield machine.stray(core, pair, Line(line.event, both), no)
