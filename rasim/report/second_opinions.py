"""What `rasim check` was asked for besides: large models by numbers, Spin's opinion, the proof for any number. In words and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from rasim.analysis.counterexample import written
from rasim.engines.plan import CheckAnswer
from rasim.engines.provers.proof import Counterexample
from rasim.engines.provers.spin import SpinCompared
from rasim.engines.results import Alike, LargeModel, Proven, Reached
from rasim.report import swarm as of_swarm
from rasim.report.axis import as_text as axis_text
from rasim.verify.states.model import Step

# ---- JSON ----------------------------------------------------------------------------------------------------


def models_json(answer: CheckAnswer) -> list[dict[str, Any]]:
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
        for each in answer.large
    ]


def spin_json(answer: CheckAnswer) -> list[dict[str, Any]]:
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
        for each in answer.spin
    ]


def proof_json(shown: Proven) -> dict[str, Any]:
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


def engine_of(found: Reached | Alike) -> str:
    """Return the name of the engine that found it."""
    return found.engine if isinstance(found, Reached) else "numpy, symmetry"


# ---- text ----------------------------------------------------------------------------------------------------


def as_text(answer: CheckAnswer) -> list[str]:
    """Return all of it in words; no line where nothing was asked."""
    return [
        *([] if answer.by_policy is None else axis_text(answer.by_policy)),
        *_large(answer.large),
        *(() if answer.swarm is None else of_swarm.as_text(answer.swarm)),
        *_opinions(answer.spin),
        *(() if answer.proof is None else _proof(answer.proof)),
    ]


def _large(large: Sequence[LargeModel]) -> Iterator[str]:
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


def _opinions(opinions: Sequence[SpinCompared]) -> Iterator[str]:
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


def _proof(shown: Proven) -> Iterator[str]:
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
