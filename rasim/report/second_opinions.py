"""What `rasim check` was asked for besides: large models by numbers, Spin's opinion, the proof for any number. In words and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from rasim.analysis.counterexample import written
from rasim.engines.provers.proof import Counterexample, Proof
from rasim.engines.provers.spin import Opinion
from rasim.engines.results import Alike, Reached
from rasim.engines.swarm import Swarm
from rasim.errors import Exit
from rasim.report import swarm as of_swarm
from rasim.report.axis import as_text as axis_text
from rasim.verify.policies.axis import Axis
from rasim.verify.states.model import Step

Found = Reached | Alike


@frozen
class Large:
    """A large model as it was found, the name of the model in which the promises were asked, and what every way can lead to."""

    found: Found
    asked_in: str
    root: str = ""


@frozen
class Compared:
    """Spin's opinion of a model, and where it differs from rasim's: in words."""

    opinion: Opinion
    differences: tuple[str, ...]


@frozen
class Shown:
    """The proof, and by promise the ways to counterexamples to it that can come about."""

    proof: Proof
    ways: Mapping[str, tuple[Step, ...]]


@frozen
class Further:
    """All of it; nothing where nothing was asked."""

    large: tuple[Large, ...] = ()
    opinions: tuple[Compared, ...] = ()
    shown: Shown | None = None
    axis: Axis | None = None
    swarm: Swarm | None = None

    @property
    def codes(self) -> list[Exit]:
        """Return the exit codes that follow: what cannot be told is 3, what differs or can never happen is 1."""
        codes = [Exit.INCONCLUSIVE for each in self.large if not each.found.complete]
        codes += [Exit.FAILED for each in self.large if isinstance(each.found, Reached) and each.found.trapped]
        for each in self.opinions:
            if each.differences:
                codes.append(Exit.FAILED if each.opinion.complete or each.opinion.broken else Exit.INCONCLUSIVE)
        if self.shown is not None and not self.shown.proof.whole:
            codes.append(Exit.INCONCLUSIVE)
        return [*codes, *(() if self.swarm is None else of_swarm.codes(self.swarm))]

    @property
    def interrupted(self) -> bool:
        """Return whether somebody interrupted it."""
        searched = self.swarm is not None and self.swarm.interrupted
        return searched or any(each.found.why == "interrupted" for each in self.large)


# ---- JSON ----------------------------------------------------------------------------------------------------


def models_json(further: Further) -> list[dict[str, Any]]:
    """Return the large models as entries of the models of a check."""
    return [
        {
            "name": each.found.model.name,
            "states": each.found.states,
            "transitions": each.found.transitions,
            "depth": each.found.depth,
            "digest": "",
            "complete": each.found.complete,
            "leaves_out": each.found.model.leaves_out,
            "engine": engine_of(each.found),
            "why": each.found.why,
            "seconds": round(each.found.seconds, 3),
            "asked_in": each.asked_in,
            "kept": each.found.kept if isinstance(each.found, Alike) else each.found.states,
            "trapped": each.found.trapped if isinstance(each.found, Reached) else None,
        }
        for each in further.large
    ]


def spin_json(further: Further) -> list[dict[str, Any]]:
    """Return Spin's opinions."""
    return [
        {
            "name": each.opinion.model,
            "version": each.opinion.version,
            "order": each.opinion.order,
            "asserted": each.opinion.asserted,
            "complete": each.opinion.complete,
            "why": each.opinion.why,
            "states": each.opinion.states,
            "transitions": each.opinion.transitions,
            "depth": each.opinion.depth,
            "broken": list(each.opinion.broken),
            "differences": list(each.differences),
            "seconds": round(each.opinion.seconds, 3),
        }
        for each in further.opinions
    ]


def proof_json(shown: Shown) -> dict[str, Any]:
    """Return the proof."""
    proof = shown.proof
    return {
        "solver": proof.solver,
        "queries": proof.queries,
        "seconds": round(proof.seconds, 3),
        "strengthening": list(proof.strengthening),
        "promises": [
            {
                "name": each.promise,
                "verdict": each.verdict,
                "because": each.because,
                "counterexample": _example_json(each.counterexample, shown.ways.get(each.promise)),
            }
            for each in proof.promises
        ],
    }


def _example_json(example: Counterexample | None, way: Sequence[Step] | None) -> dict[str, Any] | None:
    if example is None:
        return None
    steps = None if way is None else [written(step, tries=True) for step in way]
    return {
        "event": example.event,
        "carries": dict(example.carries),
        "before": dict(example.before),
        "steps": steps,
    }


def engine_of(found: Found) -> str:
    """Return the name of the engine that found it."""
    return found.engine if isinstance(found, Reached) else "numpy, symmetry"


# ---- text ----------------------------------------------------------------------------------------------------


def as_text(further: Further) -> list[str]:
    """Return all of it in words; no line where nothing was asked."""
    return [
        *([] if further.axis is None else axis_text(further.axis)),
        *_large(further.large),
        *(() if further.swarm is None else of_swarm.as_text(further.swarm)),
        *_opinions(further.opinions),
        *(() if further.shown is None else _proof(further.shown)),
    ]


def _large(large: Sequence[Large]) -> Iterator[str]:
    for each in large:
        found = each.found
        done = "complete" if found.complete else f"NOT COMPLETE: {found.why}"
        yield f"{found.model.name}, by {engine_of(found)}"
        yield f"  {found.states:,} states, {found.transitions:,} transitions, depth {found.depth}: {done}"
        if found.seconds and found.states:
            per = (
                f"{found.states / found.seconds:,.0f} states/s, {found.transitions / found.seconds:,.0f} transitions/s"
            )
            yield f"  {found.seconds:.1f} s: {per}"
        if isinstance(found, Alike):
            yield f"  {found.kept:,} of them were kept; experts and sessions may change places, and the others are like these"
        elif not found.complete:
            yield f"  covered: {found.seen:,} states were seen of at most {found.places:,}; nothing is said of the rest"
        elif found.trapped == 0:
            yield f"  no trap: from every state there is a way to {each.root}"
        elif found.trapped:
            yield f"  TRAP: from {found.trapped:,} states there is no way to {each.root}"
        yield f"  the promises were asked in {each.asked_in}: each session of each of these states is in one of those"
        yield ""


def _opinions(opinions: Sequence[Compared]) -> Iterator[str]:
    if opinions:
        yield f"a second opinion: {opinions[0].opinion.version}, of the same rows, printed as Promela"
    width = max((len(each.opinion.model) for each in opinions), default=0)
    for each in opinions:
        said = each.opinion
        counts = f"{said.states:,} states, {said.transitions:,} transitions, depth {said.depth}, {said.seconds:.1f} s"
        words = "; ".join(each.differences) or "as rasim says"
        how = "claims" if said.asserted else f"in {said.order}"
        yield f"  {said.model:<{width}}  {how:<10} {counts}: {words}"
    if opinions:
        yield ""


def _proof(shown: Shown) -> Iterator[str]:
    proof = shown.proof
    yield f"for any number of experts and sessions: {proof.solver}, {proof.queries:,} questions, {proof.seconds:.1f} s"
    width = max(len(each.promise) for each in proof.promises)
    for each in proof.promises:
        yield f"  {each.verdict:<13} {each.promise:<{width}}  {each.because}".rstrip()
        if each.counterexample is not None:
            yield from _example(each.counterexample, shown.ways.get(each.promise))
    yield f"  proved together with {len(proof.strengthening)} clauses: things have what they need, what is seen goes with what is so"
    yield "  see docs/explanation/any-number.md"
    yield ""


def _example(example: Counterexample, way: Sequence[Step] | None) -> Iterator[str]:
    """Say a counterexample to induction; it is no way to break anything, and it says so."""
    carried = ", ".join(f"{name}: {value}" for name, value in example.carries.items())
    told = [
        name if value == "True" else f"{name}: {value}" for name, value in example.before.items() if value != "False"
    ]
    known = "and it can come about" if way is not None else "nobody has said that this situation can come about"
    yield f"    the induction fails here; {known}:"
    yield f"      {', '.join(told)}"
    yield f"      then {example.event}{f' ({carried})' if carried else ''}, and not: {example.says}"
    for step in way or ():
        yield f"      - {written(step, tries=True)}"
