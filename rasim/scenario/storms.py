"""Storms: a scenario whose steps meet faults, drawn from a tape; what fails is shrunk to a scenario of few steps.

A storm is a scenario: the steps of another, each of which may be turned away, with faults and waits among them. Then the faults stop, time
passes until everything that may last must be over, and nobody may be left with anything. What the other scenario expected is not asked where
anything was drawn; the promises are, all of them, and whether the table explains what went on.

    storm = storm_of(scenario, Tape.drawn(7))
    played = blown(storm, Tape.drawn(7))
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from attrs import evolve, field, frozen

from rasim.protocol.choices import microseconds, parse_time
from rasim.runtime.links import KEEP_ALIVE
from rasim.runtime.meeting import Meeting
from rasim.runtime.tape import Tape
from rasim.scenario.faults import is_fault
from rasim.scenario.grammar import FAULTS, Actor, hear
from rasim.scenario.judged import broken_promise
from rasim.scenario.model import Do, Expect, Expectation, Scenario, ScenarioStep, Together, Wait
from rasim.scenario.play import Played, play

RARITY: Final = 4  # before one step in so many something is drawn
TIMES: Final = ("1 us", "2 s", "9999999 us", "10 s", "31 s", "1 min")
SPEEDS: Final = ("50", "99", "101", "300")
FRAME_TIME: Final = timedelta(minutes=10)  # a view that lasts to its maximum is looked at a few times, and not hundreds
_TRIALS: Final = 600  # runs that are spent on shrinking a failure

Plays = Callable[[Scenario, Tape | None], Played]


@frozen
class Stormy:
    """Storms over one scenario: how many passed, with how many faults; and the first that failed, shrunk, with the tape of its run."""

    storms: int = 0
    faults: int = 0
    failed: Played | None = None
    tape: str = field(default="", kw_only=True)
    unfollowed: str = ""  # why it was not asked of the first of them, to its end, whether the table explains it


def blown(storm: Scenario, tape: Tape | None, made: type[Meeting] | None = None) -> Played:
    """Play a storm, judged by every promise, and whatever its steps expect."""
    return play(storm, tape=tape, look=broken_promise(storm), made=made)


def storms_over(scenario: Scenario, seeds: Sequence[int], plays: Plays = blown) -> Stormy:
    """Play a storm for each seed, until one fails."""
    faults, unfollowed = 0, ""
    for number, seed in enumerate(seeds):
        storm, tape = storm_of(scenario, Tape.drawn(seed)), Tape.drawn(seed)
        played = plays(storm, tape)
        if played.verdict == "error":
            return Stormy(number, faults, played)
        if played.verdict == "failed":
            small, how = shrunk(scenario, storm, tape.text, played, plays)
            return Stormy(number, faults, evolve(small, seed=seed), tape=how)
        faults += sum(map(is_fault, storm.steps))
        unfollowed = unfollowed or played.unfollowed
    return Stormy(len(seeds), faults, unfollowed=unfollowed)


# ---- drawing -------------------------------------------------------------------------------------------------


def storm_of(scenario: Scenario, tape: Tape) -> Scenario:
    """Return a storm over a scenario; the scenario itself, in one order, where nothing is drawn."""
    ordered = tuple(_ordered(scenario.steps, tape))
    steps: list[ScenarioStep] = []
    for step in ordered:
        while tape.choose(RARITY) == 1:
            steps += _drawn(scenario, tape)
        steps.append(step)
    if len(steps) == len(ordered):
        return evolve(scenario, steps=ordered)
    return _storm(scenario, [_tried(step) for step in steps if not isinstance(step, Expect)])


def _storm(scenario: Scenario, steps: Sequence[ScenarioStep]) -> Scenario:
    """Return the storm of these steps: with what ends their faults, and what must be so when all that lasts is over."""
    choices = evolve(scenario.choices, frame_time=max(scenario.choices.frame_time, FRAME_TIME))
    around = (*_is_there(scenario, steps), *steps, *_calm(scenario, steps), *_nobody_waits(scenario))
    return evolve(scenario, steps=around, choices=choices)


def _ordered(steps: Sequence[ScenarioStep], tape: Tape) -> Iterator[ScenarioStep]:
    for step in steps:
        left = list(step.steps) if isinstance(step, Together) else [step]
        while left:
            yield left.pop(tape.choose(len(left)))


def _tried(step: ScenarioStep) -> ScenarioStep:
    """Return a step that may be turned away."""
    if isinstance(step, Do) and step.spoken is not None and not is_fault(step):
        return evolve(step, spoken=evolve(step.spoken, tries=True))
    return step


def _drawn(scenario: Scenario, tape: Tape) -> Iterator[ScenarioStep]:
    """Yield a fault, or time that passes; after a computer that comes back to life its users log on again."""

    def one_of(items: Sequence[str]) -> str:
        return items[tape.choose(len(items))]

    time, which = one_of(TIMES), tape.choose(len(FAULTS) + 3)
    experts, users = tuple(scenario.experts), tuple(scenario.users)
    if which >= len(FAULTS) or not experts or not users:
        yield Wait(microseconds(parse_time(time)))
        return
    phrase = FAULTS[which]
    names = {"expert": one_of(experts), "user": one_of(users), "time": time, "percent": one_of(SPEEDS)}
    yield Do(names.get(phrase.actor, phrase.actor), phrase.spoken(names, tries=False))
    if (phrase.actor, phrase.kind) == ("computer", "revive"):
        yield from (_says(user, "user", "tries to log on") for user in users)


def _says(who: str, actor: Actor, text: str) -> Do:
    return Do(who, hear(actor, text))


# ---- the faults stop -----------------------------------------------------------------------------------------


def _is_there(scenario: Scenario, steps: Sequence[ScenarioStep]) -> Iterator[Do]:
    """Yield a first act of each user who was there at the start, and whose first act would be to log on again."""
    for user in scenario.users:
        own = next((s for s in steps if isinstance(s, Do) and s.actor == user), None)
        was = next((s for s in scenario.steps if isinstance(s, Do) and s.actor == user), None)
        if own is not None and _logs_on(own) and not (was is not None and _logs_on(was)):
            yield _says(user, "user", "tries to unlock the session")


def _logs_on(step: Do) -> bool:
    return step.spoken is not None and step.spoken.kind == "logs on"


def _calm(scenario: Scenario, steps: Sequence[ScenarioStep]) -> Iterator[Do]:
    """Yield what ends the faults of these steps."""
    ends: dict[tuple[str, str], Do] = {}
    for step in steps:
        if not isinstance(step, Do) or step.spoken is None or not is_fault(step):
            continue
        name = step.spoken.slot("expert") or step.spoken.slot("user") or ""
        for text in CALMED_BY.get(step.spoken.kind, ()):
            ends[step.actor, text] = _says(step.actor, step.spoken.phrase.actor, text.format(name))
            if "{}" in text:
                ends[step.actor, text + name] = ends.pop((step.actor, text))
    alive = [key for key in ends if key[1] == ALIVE]
    yield from (ends[key] for key in alive)
    if ("computer", ALIVE) in ends:
        yield from (_says(user, "user", "tries to log on") for user in scenario.users)
    yield from (end for key, end in ends.items() if key not in alive)


ALIVE: Final = "comes back to life"
CALMED_BY: Final = {
    "cut": ("heals {}",),
    "hold back of": ("delivers what it held back of {}",),
    "hold back to": ("delivers what it held back to {}",),
    "delay of": ("delays messages of {} by 0 s",),
    "delay to": ("delays messages to {} by 0 s",),
    "pace of": ("carries a message of {} every 0 s",),
    "pace to": ("carries a message to {} every 0 s",),
    "hear late": ("hears {} 0 s late",),
    "crash": (ALIVE,),
    "clock speed": ("runs the clock at 100 %",),
}
"""What ends each fault that lasts, `{}` whose link or hand it is."""


def _nobody_waits(scenario: Scenario) -> Iterator[ScenarioStep]:
    """Yield so much time that everything that may last is over, and what must then be so."""
    choices = scenario.choices
    lasts = (
        choices.maximum_time,
        choices.consent_time,
        choices.control_time,
        choices.ticket_time,
        2 * choices.cool_down,
    )
    yield Wait(microseconds(sum(lasts, timedelta(minutes=2))) + KEEP_ALIVE)
    subjects = {**dict.fromkeys(scenario.experts, ("nothing",)), **dict.fromkeys(scenario.users, ("not asked",))}
    yield Expect(tuple(Expectation(subject, words) for subject, words in subjects.items()))
    if scenario.users:
        yield Expect(tuple(Expectation(user, ("not viewed",)) for user in scenario.users))


# ---- shrinking -----------------------------------------------------------------------------------------------


def shrunk(scenario: Scenario, storm: Scenario, tape: str, played: Played, plays: Plays = blown) -> tuple[Played, str]:
    """Return a failure with as few steps as can be found, as it was played, with the tape of its run; it fails as it did before.

    Where somebody has something left in the end, the end stays: that all faults stop, and time passes.
    """
    fails, spent = played.problems[0].message.split()[0], 0
    best, how = played, tape

    def also(made: Callable[[Sequence[ScenarioStep]], Scenario], steps: Sequence[ScenarioStep]) -> bool:
        """Tell whether these steps fail too, with the first of every choice or with those that were taken; keep how."""
        nonlocal best, how, spent
        for given in dict.fromkeys(("", how)):
            spent += 1
            taken = Tape.read(given) if given else None
            found = plays(made(steps), taken)  # a tape that does not fit is an error, and no failure
            if found.verdict == "failed" and found.problems[0].message.split()[0] == fails:
                best, how = found, "" if taken is None else taken.text
                return True
        return False

    def as_they_are(steps: Sequence[ScenarioStep]) -> Scenario:
        return evolve(storm, steps=tuple(steps))

    def with_its_end(steps: Sequence[ScenarioStep]) -> Scenario:
        return _storm(scenario, steps)

    steps = [step for step in storm.steps if not isinstance(step, Expect)]
    drawn = [step for step in storm.steps[: -len(tuple(_nobody_waits(scenario)))] if not isinstance(step, Expect)]
    made = as_they_are
    if not also(as_they_are, steps):
        made, steps = with_its_end, drawn
        if not also(with_its_end, steps):
            return best, how
    _fewest(steps, lambda fewer: spent < _TRIALS and also(made, fewer))
    return best, how


def _fewest(steps: Sequence[ScenarioStep], fails: Callable[[Sequence[ScenarioStep]], bool]) -> None:
    """Leave out halves, quarters and so on to single steps, for as long as what is left `fails`."""
    steps, size = list(steps), len(steps) // 2
    while size:
        at, before = 0, len(steps)
        while at < len(steps):
            fewer = steps[:at] + steps[at + size :]
            if fewer and fails(fewer):
                steps = fewer
            else:
                at += size
        size = 1 if size == 1 and len(steps) < before else size // 2
