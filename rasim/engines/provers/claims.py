"""The safety promises once more, in the words of the table: for provers that know facts and effects and no trace lines.

An *observer* of one assistance remembers a few things (`SEEN`), from effects alone: what was shown, opened, given, and not yet
over. A *claim* says what must be so when the computer does something (`at`), or at every moment (no `at`): an expression
over what was seen before, the facts of the world, and what the event carries; `event` is the kind of the event. All claims
are about one assistance; `APART` is about two experts in one session.

What is seen is not what is: that a question is on show *because* the phase is offered is nothing a claim may presume. A prover that
needs such links (`links`) has to prove them too. Promises without a claim are in `NO_CLAIM`, with the reason.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from rasim.protocol.choices import Choices
from rasim.protocol.rules import CONTROL
from rasim.protocol.step import Outcome, Situation
from rasim.protocol.terms import And, Effect, Expression, Is, Not, Or, Table, Value, compiled
from rasim.protocol.vocabulary import (
    ASKED,
    COOLING,
    FREE,
    HELD,
    OFFERED,
    RESTING,
    TICKETED,
    VIEWING,
    Capability,
    line,
    unasked,
)
from rasim.verify.promises.catalogue import ALWAYS
from rasim.verify.promises.kinds import presumes_another


@frozen
class Seen:
    """What an observer knows of an assistance: so `since` an effect (if `provided`), until one of `until`.

    Its name is that of a fact; no fact of the table has it. Where an event has effects of both kinds the last one counts.
    """

    name: str
    says: str
    since: tuple[Effect, ...]
    until: tuple[Effect, ...]
    provided: Expression | None = None


@frozen
class Claim:
    """What a promise asks `at` an effect (none: after every event): `so` holds of what was before it."""

    promise: str
    says: str
    at: tuple[Effect, ...]
    so: Expression


# ---- what is seen --------------------------------------------------------------------------------------------

ENDED: Final = line("ended")
GONE: Final = (line("logged_off"), line("restarted", side="computer"))


def seen(capabilities: Sequence[Capability] = (CONTROL,)) -> tuple[Seen, ...]:
    """Return what is remembered of an assistance in which these capabilities can be had."""
    opened = line("connection_opened")
    of_view = (
        Seen("seen ticket", "a ticket is live", (line("ticket_issued"),), (line("ticket_expired"), line("prompt_shown"))),
        Seen("seen asked", "the user is asked about the offer", (line("prompt_shown"),),
             (line("prompt_hidden"), line("offer_refused"), line("offer_cancelled"))),
        Seen("seen connected", "the connection is open", (opened,), (ENDED,)),
        Seen("seen lit", "the indicator is on", (line("indicator_on"),), (line("indicator_off"),)),
        Seen("seen paused", "the view is paused", (line("paused"),), (line("resumed"), ENDED)),
        Seen("seen agreed", "helpers might control at acceptance", (opened,), (ENDED,), Is("control permitted", True)),
        Seen("seen resting", "the user refused or said nothing a moment ago", (line("denied"), line("offer_expired")),
             (line("cooldown_over"), *GONE)),
    )  # fmt: skip
    return of_view + tuple(each for c in capabilities for each in _of_capability(c))


def _of_capability(c: Capability) -> tuple[Seen, ...]:
    rested = (line("cooldown_over", capability=c.name), ENDED)
    return (
        Seen(
            f"seen {c.name} asked",
            f"the user is asked for {c.name}",
            (c.shown,),
            (c.hidden, c.withdrawn, unasked(c, "timer")),
        ),
        Seen(f"seen {c.name} held", f"the expert holds {c.name}", (c.granted,), (c.stopped, c.released, ENDED)),
        Seen(f"seen {c.name} resting", f"{c.name} was refused a moment ago", (c.refused, unasked(c, "timer")), rested),
    )


def links(capabilities: Sequence[Capability] = (CONTROL,)) -> Mapping[str, Expression]:
    """Return for what is seen the facts it goes with, always: what is claimed besides to make the claims inductive."""
    of_view = {
        "seen ticket": Is("phase", TICKETED),
        "seen asked": Is("phase", OFFERED),
        "seen connected": Is("phase", VIEWING),
        "seen lit": Is("phase", VIEWING),
        "seen paused": Is("paused", True),
        "seen agreed": Is("agreed", True),
        "seen resting": Is("phase", COOLING),
    }
    return of_view | {
        f"seen {c.name} {word}": Is(c.name, state)
        for c in capabilities
        for word, state in (("asked", ASKED), ("held", HELD), ("resting", RESTING))
    }


# ---- the claims ----------------------------------------------------------------------------------------------


def _is(*facts: str) -> Expression:
    return And(tuple(Is(fact, True) for fact in facts))


def _not(*facts: str) -> Expression:
    return And(tuple(Not(Is(fact, True)) for fact in facts))


def _if(one: Expression, then: Expression) -> Expression:
    return Or((Not(one), then))


BY_HAND: Final = And((Is("origin", "local"), Is("prompt", "on show")))
IN_SIGHT: Final = _not("locked", "away", "secure desktop")
_REACHES: Final = tuple(
    map(line, ("ticket_issued", "sessions_disclosed", "prompt_shown", "connection_opened", "frame_shown"))
)
GOES_ON: Final = Or((Is("seen ticket", True), Is("seen asked", True), Is("seen connected", True)))
SERVED: Final = Or((Is("seen asked", True), Is("seen connected", True)))

APART: Final = ("one_expert_at_a_time", "no two experts are asked about or served in one session", SERVED)
"""The promise about two assistances of one session: not both of them are so."""


def claims(capabilities: Sequence[Capability] = (CONTROL,)) -> tuple[Claim, ...]:
    """Return what is claimed of an assistance in which these capabilities can be had."""
    return (*_of_view(), *(each for c in capabilities for each in _of(c)), *_together(capabilities))


def promised(choices: Choices, capabilities: Sequence[Capability] = (CONTROL,)) -> tuple[tuple[Claim, ...], bool]:
    """Return the claims of the promises that are promised under these choices, and whether `APART` is among them."""
    dropped = {promise.name for promise in ALWAYS if presumes_another(promise, choices)}
    return tuple(claim for claim in claims(capabilities) if claim.promise not in dropped), APART[0] not in dropped


def _of_view() -> Iterator[Claim]:
    prompt, opened, frame = line("prompt_shown"), line("connection_opened"), line("frame_shown")
    answers = (line("accepted"), line("denied"))
    yield Claim("never_connected_unannounced", "a connection opens when the user accepts, being asked", (opened,),
                And((Is("event", "accepts"), Is("seen asked", True))))  # fmt: skip
    yield Claim("nothing_shown_before_acceptance", "a connection opens by a click on the prompt", (opened,), BY_HAND)
    yield Claim(
        "nothing_shown_before_acceptance", "a frame is shown through a connection", (frame,), _is("seen connected")
    )
    yield Claim(
        "nobody_is_asked_unasked", "the user is asked because an expert offers", (prompt,), Is("event", "offers help")
    )
    yield Claim("unlisted_expert_never_reaches_the_user", "who reaches anything is listed", _REACHES, _is("listed"))
    yield Claim(
        "no_policy_no_offer", "policy enables offers when anything is reached", _REACHES, Is("offers", "enabled")
    )
    yield Claim("nobody_logged_on_nobody_connected", "somebody is logged on then", _REACHES, _is("logged on"))
    yield Claim(
        "a_closed_firewall_ends_what_it_carried", "the firewall lets offers through then", _REACHES, _is("reachable")
    )
    yield Claim("silence_refuses", "no timer accepts", (line("accepted"),), Not(Is("origin", "timer")))
    yield Claim("only_the_sessions_own_user_consents", "the owner's own hand answers", answers, Is("origin", "local"))
    yield Claim("consent_is_used_once", "a live ticket of one's own opens the question", (prompt,),
                And((Is("seen ticket", True), Is("ticket", "own"))))  # fmt: skip
    yield Claim("consent_is_used_once", "an answer is to the question on show", answers,
                And((Is("seen asked", True), Is("prompt", "on show"))))  # fmt: skip
    yield Claim("a_ticket_is_issued_only_when_asked_for", "the expert asked for the ticket",
                (line("ticket_issued"), line("sessions_disclosed")), Is("event", "asks for a ticket"))  # fmt: skip
    yield Claim("ended_means_ended", "a frame is shown through an open connection", (frame,), _is("seen connected"))
    yield Claim("a_tighter_policy_bites_at_once", "what goes on is allowed by policy", (),
                _if(GOES_ON, And((Is("offers", "enabled"), Is("listed", True)))))  # fmt: skip
    yield Claim("a_logoff_ends_everything", "what goes on has its user", (), _if(GOES_ON, _is("logged on")))
    yield Claim(
        "a_closed_firewall_ends_what_it_carried", "what goes on gets through", (), _if(GOES_ON, _is("reachable"))
    )
    yield Claim("a_refusal_rests", "nobody is asked again a moment after a refusal", (prompt,), _not("seen resting"))
    yield Claim("a_session_out_of_sight_answers_nothing", "what is asked, answered, shown is in sight",
                (prompt, frame, *answers), IN_SIGHT)  # fmt: skip
    yield Claim("a_session_out_of_sight_answers_nothing", "no question hides", (), _if(_is("seen asked"), IN_SIGHT))
    yield Claim("a_pause_hides_everything", "nothing is shown while paused", (frame,), _not("seen paused"))
    yield Claim("a_pause_hides_everything", "the user's own hand pauses and resumes", (line("paused"), line("resumed")),
                Is("origin", "local"))  # fmt: skip
    yield Claim("a_view_is_never_without_its_indicator", "the indicator is on", (frame,), _is("seen lit"))


def _of(c: Capability) -> Iterator[Claim]:
    asked, held = f"seen {c.name} asked", f"seen {c.name} held"
    yield Claim("acceptance_gives_view_only", f"what is used of {c.name} was granted", (c.used,), _is(held))
    yield Claim(
        "acceptance_gives_view_only", f"a connection opens without {c.name}", (line("connection_opened"),), _not(held)
    )
    yield Claim("control_needs_its_own_click", f"{c.name} is granted by a click on its own question", (c.granted,),
                And((Is("event", f"grants {c.name}"), BY_HAND, _is(asked, "seen connected"))))  # fmt: skip
    yield Claim("nobody_is_asked_unasked", f"the user is asked for {c.name} because the expert asks", (c.shown,),
                Is("event", f"asks for {c.name}"))  # fmt: skip
    yield Claim("silence_refuses", f"no timer grants {c.name}", (c.granted,), Not(Is("origin", "timer")))
    yield Claim("only_the_sessions_own_user_consents", f"the owner's own hand answers about {c.name}",
                (c.granted, c.refused), Is("origin", "local"))  # fmt: skip
    yield Claim("ended_means_ended", f"{c.name} is asked for, given and used in a view", (c.shown, c.granted, c.used),
                _is("seen connected"))  # fmt: skip
    yield Claim("control_is_taken_back_at_once", f"{c.name} is held in sight, unpaused, in a view", (),
                _if(_is(held), And((IN_SIGHT, _not("seen paused"), _is("seen connected")))))  # fmt: skip
    yield Claim("control_is_taken_back_at_once", f"nobody is asked for {c.name} while paused", (),
                _if(_is(asked), _not("seen paused")))  # fmt: skip
    yield Claim("a_refusal_rests", f"nobody is asked for {c.name} a moment after a refusal", (c.shown,),
                _not(f"seen {c.name} resting"))  # fmt: skip
    yield Claim("a_session_out_of_sight_answers_nothing", f"{c.name} is asked for, given and used in sight",
                (c.shown, c.granted, c.used), IN_SIGHT)  # fmt: skip
    yield Claim(
        "a_session_out_of_sight_answers_nothing", f"no question about {c.name} hides", (), _if(_is(asked), IN_SIGHT)
    )
    yield Claim("a_pause_hides_everything", f"no {c.name} while paused", (c.granted, c.used), _not("seen paused"))
    yield Claim(
        "a_view_is_never_without_its_indicator", f"{c.name} is used under the indicator", (c.used,), _is("seen lit")
    )
    if c.by_policy:
        powers = (c.shown, c.granted, c.used)
        yield Claim(
            "view_only_policy_never_yields_control", "policy lets helpers control", powers, _is("control permitted")
        )
        yield Claim(
            "a_looser_policy_gives_nothing_to_the_running", "policy did at acceptance", powers, _is("seen agreed")
        )
        yield Claim("a_tighter_policy_bites_at_once", f"{c.name} is held while policy lets helpers control", (),
                    _if(_is(held), _is("control permitted")))  # fmt: skip
        yield Claim("a_request_has_one_answer", "forbidden is said when policy forbids", (c.forbidden,),
                    Not(_is("control permitted", "agreed")))  # fmt: skip


def _together(capabilities: Sequence[Capability]) -> Iterator[Claim]:
    for at, one in enumerate(capabilities):
        for other in capabilities[at + 1 :]:
            yield Claim("one_expert_at_a_time", f"not both {one.name} and {other.name} are asked for", (),
                        Not(_is(f"seen {one.name} asked", f"seen {other.name} asked")))  # fmt: skip
    free = And(tuple(Is(c.name, FREE) for c in capabilities))
    yield Claim("nothing_outlives_its_view", "outside a view there is no pause, agreement or capability", (),
                Or((Is("phase", VIEWING), And((_not("agreed", "paused"), free)))))  # fmt: skip


NO_CLAIM: Final[Mapping[str, str]] = {
    "port_3389_is_open_only_as_stated": "the port is shared by all sessions",
    "busy_is_told_to_tickets_only": "it is about the reason of a refusal",
    "nobody_is_busy_for_nothing": "it is about the reason of a refusal",
    "a_refusal_says_why": "it is about the reason of a refusal",
    "a_stranger_learns_nothing": "it is about the reason of a refusal",
    "the_question_names_the_expert": "names are in lines and not in facts",
    "every_view_is_on_record": "records are in lines and not in facts",
    "the_record_tells_what_happened": "records are in lines and not in facts",
    "words_of_the_expert_change_no_need": "a prover shows it as the frame: what is aimed at one assistance changes no other fact",
}
"""The promises of the kind *always* that no claim speaks of, and why."""


# ---- what provers need of a table ----------------------------------------------------------------------------


def alike(effect: Effect, pattern: Effect) -> bool:
    """Tell whether an effect is the one that is meant: the same, whatever its reason, whoever it is by."""
    plain = tuple(each for each in effect.fields if each[0] not in ("reason", "by"))
    return effect.name == pattern.name and plain == pattern.fields


def needs_hold(table: Table) -> Iterator[tuple[str, Expression]]:
    """Yield for each thing with needs: while it lasts, they hold. What rule G sees to."""
    for thing in table.things:
        if thing.needs:
            yield f"{thing.name} has what it needs", _if(thing.lasts, And(tuple(need.holds for need in thing.needs)))


class Observer:
    """The claims asked of outcomes, one after the other: for tests and for everything that has outcomes at hand."""

    def __init__(self, capabilities: Sequence[Capability], facts: Iterable[str]) -> None:
        self.seen, self.claims = seen(capabilities), claims(capabilities)
        names = (*facts, *(s.name for s in self.seen), "event", "origin", "prompt", "ticket")
        places = {name: at for at, name in enumerate(names)}
        self._so = [compiled(claim.so, places) for claim in self.claims]
        self._read: dict[tuple[Effect, ...], tuple[list[int], list[tuple[int, bool]]]] = {}
        self._standing: dict[tuple[frozenset[str], tuple[Value, ...]], list[Claim]] = {}
        self._provided = [None if s.provided is None else compiled(s.provided, places) for s in self.seen]

    def look(self, known: frozenset[str], outcome: Outcome) -> tuple[frozenset[str], list[Claim]]:
        """Return what is known after an outcome, and the claims that it breaks."""
        asked, changes = self._read.get(outcome.effects) or self._reading(outcome.effects)
        broken: list[Claim] = []
        if asked or changes:
            before = self._values(known, outcome, outcome.before)
            broken = [self.claims[at] for at in asked if not self._so[at](before)]
            for at, so in changes:
                provided = self._provided[at]
                if not so:
                    known -= {self.seen[at].name}
                elif provided is None or provided(before):
                    known |= {self.seen[at].name}
        key = (known, outcome.after.values)
        if key not in self._standing:
            after = self._values(known, outcome, outcome.after)
            self._standing[key] = [c for c, so in zip(self.claims, self._so, strict=True) if not c.at and not so(after)]
        return known, broken + self._standing[key]

    def _reading(self, effects: tuple[Effect, ...]) -> tuple[list[int], list[tuple[int, bool]]]:
        """Return which claims these effects have to be asked about, and what is seen by them, in their order."""
        asked = [
            at for at, c in enumerate(self.claims) if any(alike(effect, one) for effect in effects for one in c.at)
        ]
        changes = [
            (at, not any(alike(effect, one) for one in each.until))
            for effect in effects
            for at, each in enumerate(self.seen)
            if any(alike(effect, one) for one in (*each.until, *each.since))
        ]
        self._read[effects] = (asked, changes)
        return asked, changes

    def _values(self, known: frozenset[str], outcome: Outcome, situation: Situation) -> tuple[Value, ...]:
        carried: Mapping[str, Value] = {
            "origin": "local", "prompt": "on show", "ticket": "own", **dict(outcome.event.carries), "event": outcome.kind.name,
        }  # fmt: skip
        seen_ = tuple(each.name in known for each in self.seen)
        return (*situation.values, *seen_, *(carried[name] for name in ("event", "origin", "prompt", "ticket")))
