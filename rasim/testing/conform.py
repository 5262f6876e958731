"""A product behind its adapter, let do every act in every situation and then drawn walks, judged by the promises, shrunk to a short story.

`conformance(adapter)` gives what `rasim conform` shows, `assert_conforms(adapter)` fails with the shortest stories that break a promise, and
`assert_story_kept(adapter, scenario)` is the test that keeps one of them. A story is told to a fresh product each time.
"""

import asyncio
import inspect
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from attrs import Factory, define

from rasim.analysis.conformance import AdapterFailure, Conformance, FailingStory, TriedPromise
from rasim.document.excerpt import Excerpt
from rasim.engines.results import PartsDone, Watch
from rasim.errors import RasimError
from rasim.protocol.choices import STRICT, Choices
from rasim.report.conform import document
from rasim.report.outputs import render
from rasim.runtime import Deadlock, SimulatedLoop, simulate
from rasim.scenario import Scenario, load, write_scenario
from rasim.testing.adapter import METHODS, Adapter, CannotDo
from rasim.testing.judging import judged_with_lines, kept_or_shown
from rasim.testing.steering import SCENES, Steering, Story, steering_of, story_of
from rasim.verify.promises.judge import SURROUNDINGS, JudgedTrace
from rasim.verify.promises.selection import ASKABLE, Selection, choose

WALKS: Final = 200
PATIENCE: Final = 60  # seconds that a coroutine of an adapter may take on a real clock before it counts as failed
TELLINGS: Final = 300  # how often a story is told again to shorten it
_ACTS: Final = 12  # of a walk


class AdapterFailed(Exception):  # noqa: N818  (becomes an AdapterFailure)
    """The adapter, or what is around it, failed: during which act, and how."""

    def __init__(self, at: str, error: BaseException) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.at = at


class Cannot(Exception):  # noqa: N818  (an answer)
    """The adapter said that it cannot do something: what, and why."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(why)
        self.what = what


# ---- one story -------------------------------------------------------------------------------------------------


def tell(
    adapter: type[Adapter], steering: Steering, story: Story, look: Callable[[Adapter], None] | None = None
) -> list[Any]:
    """Let a fresh product live through a story; return its trace. `look` sees the product at the beginning and after each act."""
    telling = _telling(adapter, steering, story, look)
    try:
        return simulate(telling) if adapter.clock == "simulated" else asyncio.run(telling)
    except Deadlock as waiting:
        raise AdapterFailed("waiting", waiting) from waiting


async def _telling(
    adapter: type[Adapter], steering: Steering, story: Story, look: Callable[[Adapter], None] | None
) -> list[Any]:
    at = story.scene.name
    try:
        product = adapter()
        try:
            await _over(product.start(story.scene))
            if look is not None:
                look(product)
            for step in story.steps:
                if (method := steering.method(step)) is not None:
                    at = steering.words(step)
                    await _over(getattr(product, method)(steering.act(step)))
                    if look is not None:
                        look(product)
            return list(product.trace())
        finally:
            await _over(product.stop())
    except CannotDo as cannot:
        raise Cannot(at, str(cannot)) from None
    except (Exception, SystemExit) as error:  # whatever it is, it is no word about the product
        raise AdapterFailed(at, error) from error


async def _over(done: Any) -> None:
    """Wait for what an adapter began, and in simulated time until nothing more happens at this instant."""
    loop = asyncio.get_running_loop()
    if isinstance(loop, SimulatedLoop):
        if inspect.isawaitable(done):
            await done
        await loop.calm()
    elif inspect.isawaitable(done):
        await asyncio.wait_for(done, PATIENCE)


# ---- all stories -----------------------------------------------------------------------------------------------


@define
class _Found:
    """The first story in which a promise broke, with what showed it."""

    steering: Steering
    story: Story
    judged: JudgedTrace
    excerpt: Excerpt


@define
class _Trying:
    """What was found so far, and what every story is judged by."""

    adapter: type[Adapter]
    choices: Choices
    selection: Selection
    found: dict[str, _Found] = Factory(dict)
    kept: Counter[str] = Factory(Counter)
    cannot_tell: dict[str, str] = Factory(dict)
    not_asked: dict[str, str] = Factory(dict)
    cannot: dict[str, str] = Factory(dict)
    failures: list[tuple[Story, AdapterFailed]] = Factory(list)
    events: set[str] = Factory(set)
    stories: int = 0
    acts: int = 0
    progress: Watch | None = None

    def judged(self, steering: Steering, story: Story) -> tuple[JudgedTrace, Excerpt, frozenset[str]]:
        """Tell a story and judge its trace."""
        trace = tell(self.adapter, steering, story)
        try:
            return judged_with_lines(trace, self.choices, self.selection, whole=True)
        except RasimError as error:  # what was recorded is no trace
            raise AdapterFailed("its trace", error) from error

    def tries(self, steering: Steering, story: Story) -> bool:
        """Tell a story and note what comes of it; False if the adapter cannot do it."""
        self.stories += 1
        self.acts += len(story.steps)
        if self.progress is not None:
            self.progress("stories", PartsDone(self.stories, None))
        try:
            judged, excerpt, events = self.judged(steering, story)
        except Cannot as cannot:
            self.cannot.setdefault(cannot.what, str(cannot))
            return False
        except AdapterFailed as failed:
            self.failures.append((story, failed))
            return True
        self.events |= events
        for broken in judged.broken:
            self.found.setdefault(broken.promise, _Found(steering, story, judged, excerpt))
        self.kept.update(judged.kept)
        if not events <= SURROUNDINGS:  # else nothing began, so nothing was to be told
            self.cannot_tell |= {each.promise: each.needs for each in judged.cannot_tell}
        self.not_asked |= {each.promise: each.needs for each in judged.not_asked}
        return True

    def shortest(self, promise: str) -> FailingStory:
        """Return the story in which a promise broke, without every act that it breaks without."""
        found, again, told = self.found[promise], False, 0
        steps = [step for step in found.story.steps if found.steering.method(step) is not None]
        size = max(len(steps) // 2, 1)
        shorter = self._breaks(promise, found.steering, steps)
        while shorter is not None and size and told < TELLINGS:
            found, again, at, taken = shorter, True, 0, False
            while at < len(steps) and len(steps) > size and told < TELLINGS:
                told += 1
                if self.progress is not None:
                    self.progress(f"stories to shorten {promise}", PartsDone(told, None))
                fewer = [*steps[:at], *steps[at + size :]]
                if (without := self._breaks(promise, found.steering, fewer)) is not None:
                    steps, shorter, taken = fewer, without, True
                else:
                    at += size
            size = size if taken and size == 1 else size // 2
        found = shorter or found
        (broken,) = (each for each in found.judged.broken if each.promise == promise)
        scenario = found.story.scenario(f"{promise.replace('_', ' ')}: {broken.because}")
        return FailingStory(scenario, broken, found.excerpt, again)

    def _breaks(self, promise: str, steering: Steering, steps: list[Any]) -> _Found | None:
        """Tell these steps to a fresh product; None unless they break the promise."""
        story = steering.story(steps)
        try:
            judged, excerpt, _ = self.judged(steering, story)
        except (Cannot, AdapterFailed):
            return None
        broken = any(each.promise == promise for each in judged.broken)
        return _Found(steering, story, judged, excerpt) if broken else None

    def promises(self) -> Iterator[TriedPromise]:
        """Yield each promise with its verdict over all stories: broken before cannot tell before kept, and kept where it was asked."""
        for name in ASKABLE:
            if name in self.found:
                yield TriedPromise(name, "broken", self.kept[name] + 1, self.shortest(name))
            elif name in self.cannot_tell:
                yield TriedPromise(name, "cannot tell", self.kept[name], needs=self.cannot_tell[name])
            elif self.kept[name]:
                yield TriedPromise(name, "kept", self.kept[name])
            else:
                yield TriedPromise(name, "not asked", 0, needs=self.not_asked.get(name, "no story was judged"))


def conformance(  # noqa: PLR0913  (one keyword for each thing that can be chosen)
    adapter: type[Adapter],
    *,
    scenarios: Iterable[str | Path | Scenario] = (),
    scenes: Iterable[str] = (),
    choices: Choices = STRICT,
    only: Iterable[str] = (),
    without: Mapping[str, str] | None = None,
    walks: int = WALKS,
    seed: int = 0,
    max_seconds: float | None = None,
    first: bool = False,
    progress: Watch | None = None,
) -> Conformance:
    """Try a product behind its adapter: scenarios that apply to it, each act in each situation, drawn walks; judge every trace.

    `scenes` are where stories begin, by name; all, if none is named.
    `only`, `without` and `choices` are those of `judge`. A seed gives the same walks. After `max_seconds`, and with `first` after the first
    story in which a promise breaks, no further story is told, and the answer is not complete. `progress` is told how many stories there were.

    Raises:
        UsageError: the adapter has no act, or a public method that is none; no promise or scene is called so.
        InputError: a scenario cannot be read.

    """
    trying = _Trying(adapter, choices, choose(only, without), progress=progress)
    until = None if max_seconds is None else time.monotonic() + max_seconds
    steerings = [steering_of(adapter, scene) for scene in scenes or SCENES]
    situations: dict[tuple[str, str], list[int]] = {}
    complete = True
    for where, steering, story in _stories(adapter, scenarios, steerings, walks, seed, trying):
        place = situations.setdefault((steering.scene.name, where), [0, 0]) if where else [0, 0]
        if (first and trying.found) or (until is not None and time.monotonic() > until):
            complete = False
        elif steering.scene.name not in trying.cannot and trying.tries(steering, story):
            place[1] += 1
        elif where:
            place[0] -= 1  # what it cannot do is not there to be tried
        place[0] += 1
    return Conformance(
        adapter=f"{adapter.__module__}:{adapter.__qualname__}",
        stories=trying.stories,
        acts=trying.acts,
        complete=complete,
        seed=seed,
        situations={where: (possible, tried) for where, (possible, tried) in situations.items() if possible},
        promises=tuple(trying.promises()),
        failure=_failure(trying),
        cannot=tuple(trying.cannot.items()),
        seen=frozenset(trying.events),
        not_there=tuple(kind for kind in METHODS.values() if kind not in steerings[0].methods),
    )


def _stories(
    adapter: type[Adapter],
    scenarios: Iterable[str | Path | Scenario],
    steerings: list[Steering],
    walks: int,
    seed: int,
    trying: _Trying,
) -> Iterator[tuple[str, Steering, Story]]:
    """Yield all stories, each of an act in a situation with that situation in words."""
    for each in scenarios:
        scenario = each if isinstance(each, Scenario) else load(Path(each))
        try:
            yield "", *story_of(scenario, adapter)
        except CannotDo as cannot:
            trying.cannot.setdefault(f"the scenario {scenario.file or scenario.name}", str(cannot))
    for steering in steerings:
        for where, _, story in steering.each_once():
            yield where, steering, story
    draw = random.Random(seed)  # noqa: S311  (a seed repeats it)
    for _ in range(walks):
        steering = draw.choice(steerings)
        yield "", steering, steering.walk(draw.randint(2, _ACTS), draw.choice)


def _failure(trying: _Trying) -> AdapterFailure | None:
    if not trying.failures:
        return None
    story, failed = min(trying.failures, key=lambda each: len(each[0].steps))
    return AdapterFailure(story.scenario("the adapter failed"), failed.at, str(failed), len(trying.failures))


# ---- as tests --------------------------------------------------------------------------------------------------


def assert_conforms(adapter: type[Adapter], **asked: Any) -> Conformance:
    """Assert that a product keeps every promise in every story; return what was found. The arguments are those of `conformance`.

    Raises AssertionError with each broken promise and its shortest story as a scenario, with what the adapter failed with, or with what
    cannot be told. What the adapter cannot do does not fail it.
    """
    __tracebackhide__ = True
    found = conformance(adapter, **asked)
    if found.exit_code:
        raise AssertionError(render(document(found), "text"))
    return found


def assert_story_kept(
    adapter: type[Adapter],
    story: str | Path | Scenario | Story,
    *,
    choices: Choices = STRICT,
    only: Iterable[str] = (),
    without: Mapping[str, str] | None = None,
) -> JudgedTrace:
    """Assert that a product keeps every promise in one story; return what was judged. The other arguments are those of `judge`.

    A story is a scenario, the file of one, or one that the strategy `stories` drew. Raises AssertionError as `assert_kept`, with the story as a
    scenario; CannotDo where the adapter has no such act; InputError where the scenario cannot be read.
    """
    __tracebackhide__ = True
    if isinstance(story, Story):
        steering = steering_of(adapter, story.scene.name)
    else:
        steering, story = story_of(story if isinstance(story, Scenario) else load(Path(story)), adapter)
    try:
        trace = tell(adapter, steering, story)
    except Cannot as cannot:
        raise CannotDo(f"{cannot.what}: {cannot}") from None
    except AdapterFailed as failed:
        raise failed.__cause__ or failed from None
    judged, excerpt, events = judged_with_lines(trace, choices, choose(only, without), whole=True)
    if not judged.broken and events <= SURROUNDINGS:  # nothing began, so nothing was to be kept
        return judged
    try:
        return kept_or_shown(judged, excerpt)
    except AssertionError as broken:
        broken.add_note(write_scenario(story.scenario("a story that breaks a promise")))
        raise
