"""Second opinions on a check as sections of its document and as JSON: larger models, a swarm, Spin, the proof for any number.

Each says what it covered, and what it leaves open before it says anything good.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rasim.analysis.counterexample import act
from rasim.document import blocks as doc
from rasim.engines.plan import CheckAnswer
from rasim.engines.provers.proof import Counterexample
from rasim.engines.provers.spin import SpinCompared
from rasim.engines.results import Alike, LargeModel, Proven, Reached
from rasim.engines.swarm import Swarm
from rasim.interop.exports import trace_of
from rasim.scenario.writer import write_step
from rasim.verify.policies.reachable import PARTS, Axis, Prerequisite, every_policy
from rasim.verify.promises.catalogue import CHECKED
from rasim.verify.promises.kinds import Always
from rasim.verify.states.model import Step
from rasim.words import plural

LIMITS_OF_POLICIES: Final = (
    "a policy is four facts here; which files and groups make them so, `rasim explain` and `rasim audit` say",
    "local Administrators and direct members of the group Offer Remote Assistance Helpers are outside a policy and not seen here",
)
_TONES: Final[dict[str, doc.Tone]] = {"proved": "good", "not inductive": "unclear"}


def sections(answer: CheckAnswer) -> Iterator[doc.Section]:
    """Yield what was asked beside the standard models, nothing where nothing was."""
    if answer.by_policy is not None:
        yield doc.Section(
            "Which settings enable which capability",
            _by_policy(answer.by_policy),
            "by-policy",
            "by setting",
            briefly=tuple(_by_policy(answer.by_policy))[:1],
            more="what a policy is here",
        )
    for each in answer.large:
        title = f"{each.found.model.name}, by {engine_of(each.found)}"
        yield doc.Section(title, (doc.Items(_large(each)),), "large", "larger model", always=True)
    if answer.swarm is not None:
        title = (
            f"{answer.swarm.model.name}, by a swarm of {answer.swarm.searches} searches from seed {answer.swarm.seed}"
        )
        yield doc.Section(title, (doc.Items(_swarm(answer.swarm)),), "swarm", "swarm", always=True)
    if answer.spin:
        title = f"Second opinion: {answer.spin[0].opinion.version}, on the same rows printed as Promela"
        yield doc.Section(
            title, (_spin(answer.spin),), "spin", "Spin", always=any(each.differences for each in answer.spin)
        )
    if answer.proof is not None:
        whole, title = answer.proof.proof.whole, "Proved for any number of experts and sessions"
        yield doc.Section(title, _proof(answer.proof), "proof", "z3", always=not whole, more="the proof")


def in_a_line(answer: CheckAnswer) -> str:
    """Return in few words what came out of it, for the first screen; nothing where nothing was asked."""
    said = []
    if (killed := answer.killed) is not None:
        dead, survived = sum(each.by is not None for each in killed), len(answer.survived)
        equal = len(killed) - dead - survived
        said.append(f"{plural(len(killed), 'mutant')}: {dead} killed, {equal} equivalent, {survived} survived")
    if answer.spin:
        differ = sum(bool(each.differences) for each in answer.spin)
        many = plural(len(answer.spin), "model")
        said.append(f"Spin says otherwise in {differ} of {many}" if differ else f"Spin says the same of {many}")
    if answer.proof is not None:
        promises = answer.proof.proof.promises
        proved = sum(each.verdict == "proved" for each in promises)
        said.append(f"z3 proves {proved} of {plural(len(promises), 'promise')} for any number")
    return "; ".join(said)


def engine_of(found: Reached | Alike) -> str:
    """Return the name of the engine that found it."""
    return found.engine if isinstance(found, Reached) else "numpy, symmetry"


# ---- which settings enable what ------------------------------------------------------------------------------


def _by_policy(axis: Axis) -> Iterator[doc.Block]:
    rows = (
        (
            capability,
            f"{len(axis.ways[capability])} of {len(every_policy())}",
            "; or ".join(map(_condition, conditions)) or "never",
            ", ".join(dict.fromkeys(PARTS[fact][2] for condition in conditions for fact, _ in condition)),
        )
        for capability, conditions in axis.conditions.items()
    )
    yield doc.Table("Each policy explored whole", ("capability", "policies", "exactly where", "settings"), rows)
    yield doc.Items(LIMITS_OF_POLICIES)


def _condition(condition: Prerequisite) -> str:
    return ", ".join(PARTS[fact][0 if value else 1] for fact, value in condition) or "always"


# ---- larger models, and the swarm ------------------------------------------------------------------------------


def _large(large: LargeModel) -> Iterator[str]:
    found = large.found
    done = "complete" if found.complete else f"NOT COMPLETE: {found.why}"
    yield f"{found.states:,} states, {found.transitions:,} transitions, depth {found.depth}: {done}"
    if isinstance(found, Alike):
        yield f"{found.kept:,} of them were kept; experts and sessions may change places, and the others are like these"
    elif not found.complete:
        yield f"covered: {found.seen:,} states were seen of at most {found.places:,}; nothing is said of the rest"
    elif found.trapped == 0:
        yield f"no livelock: from every state there is a way to {large.root}"
    elif found.trapped:
        yield f"LIVELOCK: from {found.trapped:,} states there is no way to {large.root}"
    yield f"the promises were asked in {large.asked_in}: each session of each of these states is in one of those"


def _swarm(swarm: Swarm) -> Iterator[str]:
    """Yield how far a swarm came and what it covered; what it found broken stands with all that is broken."""
    rows = len(swarm.model.table.rows)
    once = f"{100 * swarm.once / swarm.states:.0f} %" if swarm.states else "none"
    unused = f"; never: {', '.join(swarm.unused_rows)}" if swarm.unused_rows else ""
    broken = f"{len(swarm.broken)} BROKEN" if swarm.broken else "none is broken as far as they came"
    yield f"NOT COMPLETE: {swarm.why}"
    yield f"every event in each of {swarm.taken:,} states: {swarm.tried:,} that did something, depth {swarm.depth}"
    yield f"{swarm.states:,} states seen, {once} of them by one search only: {_unseen(swarm)}"
    yield f"{swarm.situations:,} of at most {swarm.possible:,} situations of one assistance"
    yield f"{rows - len(swarm.unused_rows)} of {rows} rows{unused}"
    yield f"{len(swarm.asked)} promises were asked at every line: {broken}"
    yield f"not asked: the {sum(not isinstance(p, Always) for p in CHECKED)} about what ends, what stays within reach, and single steps"


def _unseen(swarm: Swarm) -> str:
    """Say what that means: two searches that see different states have seen few of all."""
    if swarm.searches < 2:
        return "one search tells nothing of how many there are"
    return "most states were not seen" if swarm.once * 2 > swarm.states else "there may be more"


# ---- Spin and z3 -----------------------------------------------------------------------------------------------


def _spin(opinions: Sequence[SpinCompared]) -> doc.Block:
    rows = (
        (
            said.model,
            "claims" if said.asserted else f"in {said.order}",
            f"{said.states:,}",
            f"{said.transitions:,}",
            str(said.depth),
            "; ".join(each.differences) or doc.badge("as rasim says", "good"),
        )
        for each in opinions
        for said in (each.opinion,)
    )
    return doc.Table("", ("model", "explored", "states", "transitions", "depth", "compared"), rows)


def _proof(proven: Proven) -> Iterator[doc.Block]:
    proof = proven.proof
    yield doc.Para(
        f"{proof.solver}, {proof.queries:,} questions; proved together with {len(proof.strengthening)} clauses: things have what"
        " they need, what is seen goes with what is so. See docs/explanation/any-number.md."
    )
    others = [each for each in proof.promises if each.verdict != "proved"]
    yield from (_counterexample(each.promise, each.counterexample, proven) for each in others if each.counterexample)
    rows = (
        (doc.code(each.promise), doc.badge(each.verdict, _TONES.get(each.verdict, "plain")), each.because)
        for each in others
    )
    if others:
        yield doc.Table("", ("promise", "verdict", "because"), rows)
    if proved := [each.promise for each in proof.promises if each.verdict == "proved"]:
        yield doc.Pairs([(doc.badge("proved", "good"), doc.names(proved))])


def _counterexample(promise: str, example: Counterexample, proven: Proven) -> doc.Block:
    """Return a counterexample to induction; it is no way to break anything, and it says so."""
    way = proven.ways.get(promise)
    carried = ", ".join(f"{name}: {value}" for name, value in example.carries.items())
    so = [name if value == "True" else f"{name}: {value}" for name, value in example.before.items() if value != "False"]
    known = "and it can come about" if way is not None else "nobody has said that this situation can come about"
    blocks: list[doc.Block] = [
        doc.Para(f"The induction fails here; {known}:"),
        doc.Para(", ".join(so)),
        doc.Para(f"then {example.event}{f' ({carried})' if carried else ''}, and not: {example.says}"),
    ]
    if way is not None:
        blocks.append(doc.Code("\n".join(f"- {line}" for line in _steps(way))))
    return doc.Card(doc.code(promise), blocks, "unclear", "NOT INDUCTIVE")


def _steps(way: Sequence[Step]) -> list[str]:
    return [write_step(act(step, tries=True)) for step in way]


# ---- JSON ----------------------------------------------------------------------------------------------------


def as_json(answer: CheckAnswer) -> dict[str, Any]:
    """Return what was asked beside the standard models, as entries of the JSON object of a check."""
    axis, swarm, proof = answer.by_policy, answer.swarm, answer.proof
    return {
        "by_policy": [] if axis is None else [_capability_json(axis, capability) for capability in axis.conditions],
        "spin": [_spin_json(each) for each in answer.spin],
        "swarm": None if swarm is None else _swarm_json(swarm),
        "proof": None if proof is None else _proof_json(proof),
    }


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


def _capability_json(axis: Axis, capability: str) -> dict[str, Any]:
    return {
        "capability": capability,
        "policies": len(axis.ways[capability]),
        "conditions": [
            [{"setting": PARTS[fact][2], "says": PARTS[fact][0 if value else 1]} for fact, value in each]
            for each in axis.conditions[capability]
        ],
    }


def _spin_json(compared: SpinCompared) -> dict[str, Any]:
    said = compared.opinion
    return {
        "name": said.model,
        "version": said.version,
        "order": said.order,
        "asserted": said.asserted,
        "complete": said.complete,
        "why": said.why,
        "states": said.states,
        "transitions": said.transitions,
        "depth": said.depth,
        "broken": list(said.broken),
        "differences": list(compared.differences),
        "seconds": round(said.seconds, 3),
    }


def _swarm_json(swarm: Swarm) -> dict[str, Any]:
    return {
        "name": swarm.model.name,
        "seed": swarm.seed,
        "searches": swarm.searches,
        "why": swarm.why,
        "taken": swarm.taken,
        "tried": swarm.tried,
        "depth": swarm.depth,
        "states": swarm.states,
        "seen_once": swarm.once,
        "situations": swarm.situations,
        "possible_situations": swarm.possible,
        "unused_rows": list(swarm.unused_rows),
        "asked": list(swarm.asked),
        "broken": [
            {"name": name, "because": finding.because, "trace": [each.as_json() for each in trace_of(finding)]}
            for name, finding in sorted(swarm.broken.items())
        ],
    }


def _proof_json(proven: Proven) -> dict[str, Any]:
    proof = proven.proof
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
                "counterexample": _example_json(each.counterexample, proven.ways.get(each.promise)),
            }
            for each in proof.promises
        ],
    }


def _example_json(example: Counterexample | None, way: Sequence[Step] | None) -> dict[str, Any] | None:
    if example is None:
        return None
    return {
        "event": example.event,
        "carries": dict(example.carries),
        "before": dict(example.before),
        "steps": None if way is None else _steps(way),
    }
