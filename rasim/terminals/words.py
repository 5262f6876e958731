"""What the two bars say and which keys they offer: from what is so, without a terminal or a loop.

A question is answered with another key for each thing that may be given, so that a second press of the first key gives nothing more.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from attrs import evolve, frozen

from rasim.protocol.lines import Line
from rasim.protocol.vocabulary import ASKED, COOLING, HELD, OFFERED, TICKETED, VIEWING
from rasim.verify.promises.audit_trail import Interval
from rasim.words import plural, printable

BarTone = Literal["calm", "asked", "seen", "held"]
READY_AFTER: Final = 0.5
"""Seconds that a question is on show before it takes a yes: who types when it comes has not read it."""


@frozen
class Bar:
    """What stands below the picture: a sentence, what was last told, and the keys with what they do."""

    tone: BarTone
    says: str
    keys: tuple[tuple[str, str], ...]
    told: str = ""
    flow: str = ""  # a word for the line above it


@frozen
class Shared:
    """What is so at the computer: how far the assistance is, and for how long something has been so, in seconds."""

    phase: str = "idle"
    expert: str = ""
    control: str = "free"
    paused: bool = False
    asked_for: float | None = None  # how long the question has been on show
    time: float = 60.0  # how long it may be
    since: str = ""  # when the view began, as a clock shows it
    held_since: str = ""
    told: str = ""

    @property
    def ready(self) -> bool:
        """Return whether the question takes a yes."""
        return self.asked_for is not None and self.asked_for >= READY_AFTER

    @property
    def asks(self) -> Literal["", "look", "control"]:
        """Return what the user is asked for."""
        if self.asked_for is None:
            return ""
        return "look" if self.phase == OFFERED else "control" if self.control == ASKED else ""


def running_down(asked_for: float, time: float) -> str:
    """Return the time that is left of a question, rounded up: at 0 it is over."""
    left = max(0, -int(-(time - asked_for) // 1))
    return f"{left} s" if left < 100 else f"{-(-left // 60)} min"


def since(clock: str) -> str:
    """Return since when, where that has been noticed already."""
    return f", since {clock}" if clock else ""


def host_bar(now: Shared) -> Bar:
    """Return the bar of the computer's side."""
    who = printable(now.expert)
    always = (("F8", "record"), ("F10", "quit"))
    no = ("F3", "no")
    if now.asks == "look" and now.asked_for is not None:
        left = running_down(now.asked_for, now.time)
        yes = (("F2", "let look"),) if now.ready else ()
        return Bar(
            "asked",
            f"{who} offers help and asks to see this terminal.",
            (*yes, no),
            now.told,
            f"no answer in {left}: no",
        )
    if now.phase != VIEWING:
        return Bar("calm", "Nobody looks on.", always, now.told)
    view = (("F4", "go on" if now.paused else "pause"), ("F9", "end the view"), *always)
    seen = f"{who} sees this terminal{since(now.since)}."
    if now.asks == "control" and now.asked_for is not None:
        left = running_down(now.asked_for, now.time)
        yes = (("F6", "let type"),) if now.ready else ()
        says = f"{who} sees this terminal and asks to TYPE in it."
        return Bar("asked", says, (*yes, no, ("F9", "end the view")), now.told, f"no answer in {left}: no")
    if now.control == HELD:
        says = f"{who} TYPES here{since(now.held_since)}."
        return Bar("held", says, (("Esc", "take it back"), *view), now.told, "Esc takes it back")
    if now.paused:
        return Bar("calm", f"You paused the view: {who} sees nothing.", view, now.told)
    return Bar("seen", seen, view, now.told)


# ---- the expert's side ---------------------------------------------------------------------------------------

IN_PLAIN_WORDS: Final[Mapping[str, str]] = {
    "not configured": "policy there says nothing of offers, so there are none",
    "disabled": "policy there turns offers off",
    "not in list": "you are not on the list of helpers there",
    "no user": "nobody is logged on there to be asked",
    "no prompt": "the question cannot be shown there",
    "locked": "the session there is locked",
    "denied": "the user said no",
    "timeout": "nobody answered in time, which is a no",
    "cancelled": "the offer was taken back",
    "expired": "the ticket is too old",
    "policy changed": "policy there has changed",
    "helper removed": "you were taken off the list of helpers there",
    "firewall": "the firewall there lets no offers through",
    "transport": "the connection is lost",
    "busy": "another expert is asked about or served there",
    "user": "the user ended it",
    "expert": "you ended it",
    "limit": "an assistance may last no longer",
    "forbidden": "policy there lets helpers only look on",
}
BECAUSE: Final[Mapping[str, str]] = {
    "no row": "there is nothing now that it would be about",
    "control": "you do not hold control",
    "control free": "control is asked for, held, or was refused a moment ago",
    "control cooling": "control was refused a moment ago",
    "control forbidden": IN_PLAIN_WORDS["forbidden"],
    "control permitted": IN_PLAIN_WORDS["forbidden"],
    "agreed": "policy let helpers only look on when the user accepted",
    "no question": "another question is on show there",
    "not paused": "the user paused the view",
    "unlocked": IN_PLAIN_WORDS["locked"],
    "present": "the session there is not in front",
    "uncovered": "the secure desktop covers the session there",
    "ticket": "the ticket is not yours, or was used",
    "alone": IN_PLAIN_WORDS["busy"],
    "offers": "policy there does not enable offers",
    "helper": IN_PLAIN_WORDS["not in list"],
    "listed": IN_PLAIN_WORDS["not in list"],
    "logged on": IN_PLAIN_WORDS["no user"],
    "firewall": IN_PLAIN_WORDS["firewall"],
}
_ACTS: Final[Mapping[str, str]] = {
    "asks for a ticket": "No offer",
    "asks for control": "No control",
    "uses control": "Nothing was typed there",
}


def refused(act: str, verdict: str, because: tuple[str, ...], phase: str = "") -> str:
    """Return why an act did nothing, in plain words; nothing if it did something."""
    if verdict == "done":
        return ""
    why = next((BECAUSE[each] for each in because if each in BECAUSE), ", ".join(map(printable, because)) or verdict)
    if phase == COOLING and act == "asks for a ticket":
        why = "you have to wait after a no"
    return f"{_ACTS.get(act, 'Not done')}: {why}."


@frozen
class OtherSide:
    """What an expert knows of the other side, from the lines that it may observe."""

    computer: str = ""
    phase: str = "idle"
    control: str = "free"
    paused: bool = False
    offer: str = ""
    request: str = ""
    connection: str = ""
    told: str = ""

    @property
    def looks_on(self) -> bool:
        """Return whether the last picture may be shown: while the view goes on and nothing holds it back."""
        return self.phase == VIEWING and not self.paused

    def telling(self, told: str) -> "OtherSide":
        """Return the same with something else to tell."""
        return evolve(self, told=told)

    def after(self, line: Line) -> "OtherSide":  # noqa: C901, PLR0911, PLR0912  (one case a line)
        """Return what is known after a line; one about something else changes nothing."""
        told = IN_PLAIN_WORDS.get(str(line["reason"]), "") if line["reason"] else ""
        match line.event:
            case "ticket_issued":
                return evolve(self, phase=TICKETED, told="")
            case "ticket_refused":
                return evolve(self, phase="idle", told=_sentence("No offer", told))
            case "ticket_expired" if self.phase == TICKETED:
                return evolve(self, phase="idle", told=_sentence("No offer", told))
            case "prompt_shown":
                return evolve(self, phase=OFFERED, offer=line["offer"], told="")
            case "offer_refused" | "offer_cancelled" if line["offer"] == self.offer and self.phase == OFFERED:
                return evolve(self, phase=COOLING, told=_sentence("No view", told))
            case "offer_refused":
                return evolve(self, phase="idle", told=_sentence("No offer", told))
            case "connection_opened" if line["offer"] == self.offer:
                return evolve(self, phase=VIEWING, connection=line["connection"], control="free", paused=False, told="")
            case "cooldown_over" if not line["capability"] and self.phase == COOLING:
                return evolve(self, phase="idle", told="")
            case _ if self.phase != VIEWING:
                return self
            case "ended" if line["connection"] == self.connection:
                return evolve(self, phase="idle", control="free", told=_sentence("The view is over", told))
            case "paused" | "frame_withheld":
                return evolve(self, paused=True)
            case "resumed" | "frame_shown":
                return evolve(self, paused=False)
            case "control_prompt_shown":
                return evolve(self, control=ASKED, request=line["request"], told="")
            case "control_granted":
                return evolve(self, control=HELD, told="")
            case "control_refused" if line["request"] == self.request or line["reply"] == "forbidden":
                says = BECAUSE["control forbidden"] if line["reply"] == "forbidden" else _NO[line["origin"]]
                return evolve(self, control="free", told=_sentence("No control", says))
            case "control_withdrawn":
                return evolve(self, control="free", told="")
            case "control_stopped":
                return evolve(
                    self, control="free", told="Control was taken back: nothing you type reaches the computer."
                )
            case "control_released":
                return evolve(self, control="free", told="You gave control back.")
            case _:
                return self


_NO: Final[Mapping[object, str]] = {
    "local": IN_PLAIN_WORDS["denied"],
    "timer": IN_PLAIN_WORDS["timeout"],
    "policy": "the question could not stay on show",
    "injected": "no",
    "unknown": "no",
}


def _sentence(what: str, why: str) -> str:
    return f"{what}: {why}." if why else f"{what}."


def expert_bar(seen: OtherSide, waited: float | None = None, time: float = 0.0) -> Bar:
    """Return the bar of the expert's side; `waited` is how long a question has been on show there, `time` how long it may be."""
    who = printable(seen.computer)
    leave = ("F10", "leave")
    flow = "" if waited is None else f"{running_down(waited, time)} left" if time else f"{int(waited)} s"
    if seen.phase == OFFERED:
        return Bar(
            "asked",
            f"The user of {who} is asked whether you may look on.",
            (("F3", "take it back"), leave),
            seen.told,
            flow,
        )
    if seen.phase != VIEWING:
        says = f"You see nothing of {who}."
        return Bar("calm", says, (("F2", "offer help"), leave), seen.told)
    ends = (("F9", "end the view"), leave)
    if seen.control == HELD:
        keys = (("F6", "give control back"), *ends)
        return Bar("held", f"What you type reaches {who}.", keys, seen.told)
    if seen.control == ASKED:
        says = f"You look on. The user of {who} is asked whether you may type."
        return Bar("asked", says, (("F6", "take it back"), *ends), seen.told, flow)
    says = (
        f"The user of {who} paused the view: you see nothing." if seen.paused else f"You look on at {who}, and no more."
    )
    return Bar("seen", says, (("F6", "ask for control"), *ends), seen.told)


# ---- who saw what --------------------------------------------------------------------------------------------


def record_lines(
    told: Sequence[Interval], times: Mapping[int, int], refusals: int, clock: Callable[[int], str]
) -> list[str]:
    """Return the page of who saw and held what, from when to when and by whose yes, as the audit record alone tells it."""
    rows = [("who", "could", "from", "to", "by the yes of")]
    for each in told:
        until = "goes on" if each.until is None else clock(times[each.until])
        what = "see" if each.request is None else "type"
        rows.append((printable(each.expert or "?"), what, clock(times[each.since]), until, printable(each.by or "?")))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows]
    said = ["  Nobody has seen anything."] if len(rows) == 1 else [f"  {row}" for row in table]
    return ["", "  Who saw what", "", *said, "", f"  {plural(refusals, 'refusal')} on record."]
