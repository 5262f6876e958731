"""A product's machine, learned by asking: acts are done to fresh products until one machine explains all that they answered.

`learned(adapter)` gives what `rasim learn` shows. What proposes a machine is AALpy's KV; what tries it is here: the Wp-method (a word to
each state, each act there, up to so many further acts, and words that tell the states apart), of the proposed machine and of the table's,
whose situations a product ought to have, and then drawn walks. The table's own machine is not learned: it is made of every situation in
reach, with the lines that a computer of the table leaves.
"""

import random
import time
import warnings
from collections.abc import Iterable, Iterator
from itertools import pairwise
from itertools import product as words_of_acts
from typing import Any, Final

from attrs import define, field

from rasim.analysis.learned import ActWord, Departure, Learned, Lines, Mealy, Unsteady, reduced, seen_difference
from rasim.engines.results import PartsDone, Watch
from rasim.errors import RasimError, UsageError
from rasim.inputs import lacks
from rasim.protocol.computer import ComputerState
from rasim.protocol.lines import LINES, PRESUMED, Recorded
from rasim.testing.adapter import Adapter
from rasim.testing.conform import WALKS, AdapterFailed, Cannot, tell
from rasim.testing.judging import recorded_of
from rasim.testing.recorder import KINDS_OF
from rasim.testing.steering import FIRST_SCENE, Steering, Story, steering_of
from rasim.testing.table_adapter import TheTable
from rasim.verify.states.model import Step
from rasim.words import not_called

MAX_QUERIES: Final = 100_000
_LONG: Final = 12  # acts of a walk
_FRAME: Final = {"recorder", "recording_ended"}


class _Stopped(Exception):  # noqa: N818  (an answer)
    """No machine is learned: the product answered in two ways, or a bound was reached."""

    def __init__(self, why: str, unsteady: Unsteady | None = None) -> None:
        super().__init__(why)
        self.unsteady = unsteady


@define
class _Product:
    """The product as AALpy asks it: a word of acts in, what each of them left out. Nothing is asked twice but to see whether it is so again."""

    adapter: type[Adapter]
    steering: Steering
    letters: dict[str, Step]
    max_queries: int
    until: float | None
    only: frozenset[str]
    progress: Watch | None = None
    counts: frozenset[str] = frozenset()
    seen: dict[ActWord, Lines] = field(factory=dict)
    num_queries: int = 0
    num_steps: int = 0
    num_cached_queries: int = 0

    def begin(self) -> None:
        """Start a product once, to learn which lines it records.

        Raises:
            UsageError: it never records a line that was asked for.

        """
        first = next((line for each in self._told(()) for line in each if line.line.event == "recorder"), None)
        records = PRESUMED if first is None else frozenset(first.line["records"])
        recorded = {event for event, kinds in KINDS_OF.items() if not kinds or not records.isdisjoint(kinds)} - _FRAME
        for name in sorted(self.only - recorded):
            raise UsageError(f"the adapter does not say that it records {name}; then nothing can be learned of it")
        self.counts = frozenset(self.only or recorded)

    def query(self, word: ActWord) -> tuple[Lines, ...]:
        """Return what each act of a word left."""
        if word not in self.seen:
            self.ask(word)
        return tuple(self.seen[word[: at + 1]] for at in range(len(word)))

    def ask(self, word: ActWord) -> None:
        """Do a word to a fresh product."""
        told = self._told(word)
        for at, (before, after) in enumerate(pairwise(told), 1):
            if after[: len(before)] != before:
                raise AdapterFailed(word[at - 1], UsageError("its trace is not what it was with lines added"))
            lines = self.lines(after[len(before) :])
            if (once := self.seen.setdefault(word[:at], lines)) != lines:
                raise _Stopped("the same acts were answered in two ways", Unsteady(word[:at], once, lines))

    def lines(self, recorded: Iterable[Recorded]) -> Lines:
        """Return the lines that count, without their names."""
        return tuple(reduced(each.line) for each in recorded if each.line.event in self.counts)

    def _told(self, word: ActWord) -> list[list[Recorded]]:
        """Do a word to a fresh product; return its trace before the first act and after each."""
        if self.num_queries >= self.max_queries:
            raise _Stopped(f"{self.max_queries:,} stories were told; --max-queries sets the bound")
        if self.until is not None and time.monotonic() > self.until:
            raise _Stopped("the time is over that --max-seconds gives")
        self.num_queries += 1
        self.num_steps += len(word)
        if self.progress is not None:
            self.progress("stories", PartsDone(self.num_queries, None))
        traces: list[list[Any]] = []
        steps = tuple(self.letters[act] for act in word)
        story = Story(self.steering.scene, steps, (False,) * len(steps))
        tell(self.adapter, self.steering, story, lambda product: traces.append(list(product.trace())))
        try:
            whole = [recorded_of(trace) for trace in traces]
        except RasimError as error:
            raise AdapterFailed("its trace", error) from error
        return [[each for each in trace if each.line.event != "recording_ended"] for trace in whole]


@define
class _Tests:
    """What a proposed machine is tried by: where it leaves the table's, the Wp-method of both, and drawn walks."""

    product: _Product
    table: Mealy
    extra_states: int
    walks: tuple[ActWord, ...]
    sul: Any = None  # the names that AALpy reads
    num_queries: int = 0
    num_steps: int = 0

    def find_cex(self, proposed: Any) -> ActWord | None:
        """Return a word that the product answers otherwise than the machine that is proposed; None if none was found."""
        machine = _machine(self.table.acts, proposed)
        for word in self._words(machine):
            answers = zip(machine.answers(word), self.product.query(word), strict=True)
            for at, (expected, actual) in enumerate(answers, 1):
                if expected != actual:
                    return word[:at]
        return None

    def _words(self, machine: Mealy) -> Iterator[ActWord]:
        if (word := machine.difference(self.table)) is not None:
            yield word
        yield from _suite(machine, self.extra_states)
        yield from _suite(self.table, 0)
        yield from self.walks


def _suite(machine: Mealy, extra_states: int) -> Iterator[ActWord]:
    """Yield the words of the Wp-method: a product of up to so many states more that answers them as this machine does, does all as it does."""
    all_ends = machine.telling_apart() or [()]
    ends_of = [machine.telling(state, all_ends) for state in range(len(machine.rows))]
    for more in range(extra_states + 2):
        for way in machine.ways():
            for middle in words_of_acts(machine.acts, repeat=more):
                word = (*way, *middle)
                ends = all_ends if more <= extra_states else ends_of[machine.after(word)]
                yield from ((*word, *end) for end in ends)


def _machine(acts: tuple[str, ...], proposed: Any) -> Mealy:
    return Mealy.explored(acts, proposed.initial_state, lambda at, act: (at.transitions[act], at.output_fun[act]))


def table_machine(steering: Steering, letters: dict[str, Step], product: _Product) -> Mealy:
    """Return what the table does, in as few states as do it: each act in each situation, done to a computer of its own."""
    ways: dict[ComputerState, tuple[Step, ...]] = {steering.start: ()}

    def does(state: ComputerState, act: str) -> tuple[ComputerState, Lines]:
        steps, target = steering.led(state, letters[act]), state
        for step in steps:
            target, _ = steering.after(target, step)
        ways.setdefault(target, (*ways[state], *steps))
        it = TheTable()
        it.capabilities = steering.capabilities
        it.start(steering.scene)
        records = [it.host.receive(steering.act(step)) for step in (*ways[state], *steps)]
        return target, product.lines(records[-1].lines)

    return Mealy.explored(tuple(letters), steering.start, does).minimised()


def learner() -> Any:
    """Return what proposes machines. UsageError if AALpy is not installed."""
    try:
        with warnings.catch_warnings(
            action="ignore"
        ):  # it has escapes that Python warns of where it was not compiled before
            from aalpy import run_KV  # type: ignore[import-untyped]  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError:
        raise lacks("learn", "learning needs AALpy") from None
    return run_KV


def learned(  # noqa: PLR0913  (one keyword for each thing that can be chosen)
    adapter: type[Adapter],
    *,
    scene: str = FIRST_SCENE,
    acts: Iterable[str] = (),
    all_acts: bool = False,
    lines: Iterable[str] = (),
    extra_states: int = 1,
    walks: int = WALKS,
    seed: int = 0,
    max_queries: int = MAX_QUERIES,
    max_seconds: float | None = None,
    progress: Watch | None = None,
) -> Learned:
    """Learn the machine of a product in one scene, and compare it with the table's.

    `acts` are the kinds of acts that are done, all that the adapter has unless named; with `all_acts` also as nobody honest does them.
    `lines` are the events that count, all that the product records unless named. A machine with up to `extra_states` states more than the
    learned one would have been noticed; so may more be by the drawn walks. After `max_queries` stories or `max_seconds` no machine is given.
    `progress` is told how many stories there were.

    Raises:
        UsageError: AALpy is missing; the adapter has no act, or a public method that is none; no scene, act or event is called so.

    """
    run_kv = learner()
    steering = steering_of(adapter, scene)
    letters = _letters(steering, frozenset(acts), all_acts=all_acts)
    only = frozenset(lines)
    for name in sorted(only - LINES.keys()):
        raise UsageError(not_called("no event", name, LINES))
    until = None if max_seconds is None else time.monotonic() + max_seconds
    product = _Product(adapter, steering, letters, max_queries, until, only, progress)
    table = machine = difference = None
    said: dict[str, Any] = {}
    try:
        product.begin()
        table = table_machine(steering, letters, product)
        tests = _Tests(product, table, extra_states, _walks(tuple(letters), walks, seed))
        proposed = run_kv([*letters], product, tests, "mealy", cache_and_non_det_check=False, print_level=0)
        machine = _machine(table.acts, proposed).minimised()
        if (word := machine.difference(table)) is not None:
            product.ask(word)  # a difference is one only if it is there again
            difference = _difference(product, table, word)
    except _Stopped as stopped:
        machine = None
        said = {"why": str(stopped), "unsteady": stopped.unsteady}
        if stopped.unsteady is None and table is not None:
            found = seen_difference(product.seen, product.query, table)
            difference = None if found is None else _difference(product, table, found)
    except (AdapterFailed, Cannot) as failed:
        at = failed.at if isinstance(failed, AdapterFailed) else f"{failed.what}, which it cannot do"
        said = {"why": f"{at}: {failed}", "failed": True}
    return Learned(
        adapter=f"{adapter.__module__}:{adapter.__qualname__}",
        scene=scene,
        machine=machine,
        table=table or Mealy((), ()),
        difference=difference,
        queries=product.num_queries,
        acts=product.num_steps,
        extra_states=extra_states,
        walks=walks,
        seed=seed,
        events=tuple(sorted(only)) or None,
        **said,
    )


def _walks(acts: ActWord, walks: int, seed: int) -> tuple[ActWord, ...]:
    draw = random.Random(seed)  # noqa: S311  (a seed repeats it)
    return tuple(tuple(draw.choices(acts, k=_LONG)) for _ in range(walks))


def _letters(steering: Steering, acts: frozenset[str], *, all_acts: bool) -> dict[str, Step]:
    """Return the acts that are done, by their names."""
    for name in sorted(acts - steering.methods.keys()):
        raise UsageError(not_called("no act of the adapter", name, steering.methods))
    letters: dict[str, Step] = {}
    for step in steering.steps:
        name = steering.words(step)
        if (not acts or step.kind in acts) and (all_acts or "(" not in name):
            letters[name] = step
    if not letters:
        raise UsageError("no act is left to be done; --all-acts also does them as nobody honest does")
    return letters


def _difference(product: _Product, table: Mealy, word: ActWord) -> Departure:
    story = product.steering.story([product.letters[act] for act in word])
    scenario = story.scenario("where product and table differ")
    return Departure(word, product.query(word), table.answers(word), scenario)
