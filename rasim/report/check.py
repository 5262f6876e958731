"""What a check found, in words and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from rasim.engines.plan import CheckAnswer
from rasim.policy import Policy, State
from rasim.protocol.lines import Recorded
from rasim.report import swarm as of_swarm
from rasim.report.axis import as_json as axis_json
from rasim.report.second_opinions import as_text as second_opinions_text
from rasim.report.second_opinions import engine_of, models_json, proof_json, spin_json
from rasim.verify.check import Judged
from rasim.verify.mutants.mutants import Killed
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.mutants.product_mistakes import Named
from rasim.verify.promises.kinds import Promise, Traced
from rasim.verify.states.explore import Exploration, Finding

LIMITS = (
    "rasim's table is proved, not Windows: docs/explanation/what-is-proved.md says what differs and what is not modelled",
    "time is an event here: a verdict holds for every order of events, and says nothing of how long they take",
    "ids are never reused in a run; in the model one name stands for each live ticket, offer, prompt and connection",
)

KINDS = (
    ("promises: what nobody can do", "always"),
    ("promises: what is over in time", "within"),
    ("witnesses: what can be done", "sometimes"),
)

NEEDS_CHANGE = "it tells of a change of policy, and this one stays as it is"

LIMITS_OF_FILES = (
    (
        "local Administrators, direct members of the local group Offer Remote Assistance Helpers, preferences and"
        " restricted groups are outside a policy file and are not seen here"
    ),
    "what the firewall lets through is not explored for one policy, the way of offers is left open: `rasim audit` answers that",
)


def forbidding(policy: Policy) -> str:
    """Return the setting by which a policy makes something unreachable that some policy makes possible, and its place.

    A policy has three parts that matter to an offer: the state, the list, the mode. If offers are enabled and somebody is
    listed, what is out of reach is so by the mode.
    """
    offer = policy.offer
    if offer.state is not State.ENABLED:
        stated = offer.stated
    elif not offer.helpers:
        stated = offer.helpers_stated
    else:
        stated = offer.mode_stated
    return f"{stated.setting}: {stated.says}{f', {stated.where}' if stated.where and stated.where.known else ''}"


def as_json(answer: CheckAnswer) -> dict[str, Any]:
    """Return the check as the JSON object of the command line contract."""
    checked, killed, policy = answer.checked, answer.killed, answer.plan.policy
    found = [*checked.explorations, *(each.found for each in answer.large)]
    return {
        "complete": answer.complete,
        "states": sum(e.states for e in found),
        "transitions": sum(e.transitions for e in found),
        "depth": max(e.depth for e in found),
        "seconds": round(answer.seconds, 3),
        "engine": ", ".join(dict.fromkeys(["python", *(engine_of(each.found) for each in answer.large)])),
        "models": [
            {
                "name": e.model.name,
                "states": e.states,
                "memories": e.memories,
                "transitions": e.transitions,
                "depth": e.depth,
                "digest": e.digest,
                "complete": e.complete,
                "leaves_out": e.model.leaves_out,
            }
            for e in checked.explorations
        ]
        + models_json(answer),
        "products": [{"name": name, "states": states} for name, states in products(checked.explorations)],
        "promises": [_promise_json(j, policy) for j in checked.judged],
        "mutants": {
            "asked": killed is not None,
            "killed": [{"name": k.name, "by": k.by} for k in killed or () if k.by is not None],
            "survived": [k.name for k in answer.survived],
            "equivalent": [k.name for k in killed or () if k.how == "equivalent"],
        },
        "by_policy": [] if answer.by_policy is None else axis_json(answer.by_policy),
        "spin": spin_json(answer),
        "swarm": None if answer.swarm is None else of_swarm.as_json(answer.swarm),
        "proof": None if answer.proof is None else proof_json(answer.proof),
        "limits": [*LIMITS, *(LIMITS_OF_FILES if policy is not None else ())],
        "unclear": [
            {"setting": u.setting, "says": u.says, "readings": list(u.readings)}
            for u in (() if policy is None else policy.unclear)
        ],
    }


def _promise_json(judged: Judged, policy: Policy | None) -> dict[str, Any]:
    promise = judged.promise
    because = judged.finding.because if judged.finding else ""
    if judged.verdict == "unreachable" and policy is not None:
        because = forbidding(policy)
    return {
        "name": promise.name,
        "kind": promise.kind,
        "says": promise.says,
        "verdict": judged.verdict,
        "because": because,
        "covers": list(getattr(promise, "covers", ())),
        "presumes": list(filter(None, _presumed(promise).split("; "))),
        "trace": _trace(judged.finding) if judged.finding else [],
    }


def _trace(finding: Finding) -> list[dict[str, Any]]:
    lines = [*finding.opening, *(line for step in finding.lines for line in step)]
    return [Recorded(n + 1, line).as_json() for n, line in enumerate(lines)]


def as_text(answer: CheckAnswer, *, verbose: bool = False) -> str:
    """Return the check for people: the models, each promise, how what broke can be seen, the limits, one last line."""
    if answer.plan.profile is not None:
        return _profile_text(answer, PROFILES[answer.plan.profile])
    checked, policy = answer.checked, answer.plan.policy
    lines = [*_models(checked.explorations), ""]
    if policy is not None:
        lines += ["policy, which stays as it is", *(f"  {line}" for line in policy_in_words(policy)), ""]
    why = "" if policy is None else f"not under this policy [{forbidding(policy)}]"
    for title, kind in KINDS:
        lines += list(_verdicts(title, [j for j in checked.judged if j.promise.kind == kind], why))
    for judged in checked.judged:
        # A promise about steps shows no way: the sentence above names the step.
        if judged.finding and judged.finding.steps and judged.model and (judged.verdict == "broken" or verbose):
            lines += list(_shown(judged))
    if checked.overlaps:
        lines += ["rows that would take one and the same event", *(f"  {', '.join(o)}" for o in checked.overlaps), ""]
    if policy is None and checked.unused_rows:
        lines += ["rows that nothing ever used", f"  {', '.join(checked.unused_rows)}", ""]
    if answer.killed is not None:
        lines += list(_mutants(answer.killed))
    lines += second_opinions_text(answer)
    limits = LIMITS if policy is None else LIMITS + LIMITS_OF_FILES
    lines += ["limits", *(f"  {limit}" for limit in limits), "", f"{counts(answer)}; {answer.seconds:.1f} s"]
    return "\n".join(lines)


def _profile_text(answer: CheckAnswer, profile: Named) -> str:
    """Return how a foreign profile breaks what it is there to break, the shortest way as a scenario, and what else it breaks."""
    checked, broken = answer.checked, list(answer.broken)
    own = [j for j in broken if j.promise.name in profile.by]
    rest = [j for j in broken if j.promise.name not in profile.by]
    lines = [*_models(checked.explorations), ""]
    for title, those in (("what it is there to break", own), ("what else it breaks", rest)):
        lines += list(_verdicts(title, those, "")) if those else []
    for judged in own:
        lines += list(_shown(judged)) if judged.finding and judged.finding.steps else []
    states = sum(e.states for e in checked.explorations)
    done = "complete" if checked.complete else "not complete"
    return "\n".join((*lines, f"{len(broken)} broken; {states:,} states, {done}; {answer.seconds:.1f} s"))


def _models(explorations: Sequence[Exploration]) -> Iterator[str]:
    width = max(len(e.model.name) for e in explorations)
    for e in explorations:
        yield f"{e.model.name:<{width}}  {e.model.says}; nobody is honest"
        done = "complete" if e.complete else "NOT COMPLETE"
        counts = f"{e.states:,} states ({e.memories:,} with memory), {e.transitions:,} transitions, depth {e.depth}"
        yield f"{'':<{width}}  {counts}: {done}"
        if e.model.leaves_out:
            yield f"{'':<{width}}  {e.model.leaves_out}"
    for name, states in products(explorations):
        yield f"{'product':<{width}}  {name}: {states:,} states, as what each session can be in each world; nothing is explored again"


def products(explorations: Sequence[Exploration]) -> Iterator[tuple[str, int]]:
    """Yield what several sessions amount to, for models of several experts and one session."""
    for e in explorations:
        if e.complete and e.model.experts > 1 and e.worlds:
            yield f"{e.model.name}, two sessions", e.lifted(2)


def policy_in_words(policy: Policy) -> Iterator[str]:
    """Say which policy was checked, setting by setting, with the place each was read from."""
    offer = policy.offer
    mode = "not stated" if offer.mode is None else offer.mode.value
    usable = [f"{helper}{f' ({helper.flaw.value})' if helper.flaw else ''}" for helper in offer.helpers]
    rows = (
        ("offers", offer.state.value, offer.stated),
        ("mode", mode, offer.mode_stated),
        ("helpers", ", ".join(usable) or "nobody", offer.helpers_stated),
    )
    for name, words, stated in rows:
        where = f", {stated.where}" if stated.where and stated.where.known else ""
        yield f"{name}: {words}  [{stated.setting}: {stated.says}{where}]"
    for unclear in policy.unclear:
        yield f"unclear: {unclear.setting}, {unclear.says}"
        yield from (f"    it may mean: {reading}" for reading in unclear.readings)
        yield "    the first reading was checked"


def _verdicts(title: str, judged: Sequence[Judged], why: str) -> Iterator[str]:
    width = max((len(j.promise.name) for j in judged), default=0)
    yield title
    for j in judged:
        yield f"  {j.verdict:<13} {j.promise.name:<{width}}  {sentence(j, why)}"
    yield ""


def sentence(j: Judged, why: str) -> str:
    """Return what is to be said of a promise under its verdict; `why` is the setting of one policy that forbids things."""
    says = j.promise.says if j.verdict != "broken" or j.finding is None else j.finding.because
    if j.missing and j.verdict == "vacuous":
        cannot = "does not come about" if why else "cannot be shown"
        says = f"{says}; but {', '.join(j.missing)} {cannot}"
    if why and j.verdict == "unreachable":
        return why
    if j.verdict == "not promised":
        return f"it presumes {_presumed(j.promise)}"
    if isinstance(j.promise, Traced) and j.verdict == "not checked":
        return f"{says}: `rasim judge` asks it of traces"
    if why and j.verdict == "not checked":
        ports = "3389" in j.promise.name
        return "the firewall is not explored here" if ports else NEEDS_CHANGE
    return says


def _presumed(promise: Promise) -> str:
    return "; ".join(f"{name}: {value}" for name, value in getattr(promise, "presumes", {}).items())


def _shown(judged: Judged) -> Iterator[str]:
    from rasim.analysis.counterexample import as_scenario  # noqa: PLC0415  (scenarios are only needed where something is shown)
    from rasim.interop.exports import changes  # noqa: PLC0415  (as below)

    finding, model = judged.finding, judged.model
    if finding is None or model is None:
        return
    yield f"{judged.promise.name}, as a scenario ({len(finding.steps)} steps, none shorter)"
    yield from (f"  {line}" for line in as_scenario(finding, model).splitlines())
    yield "  what each step changed"
    yield from (f"  {line}" for line in changes(finding, model))
    yield ""


def _mutants(killed: Sequence[Killed]) -> Iterator[str]:
    width = max(len(k.name) for k in killed)
    yield "mutants: the table with one mistake, and what noticed it"
    for k in killed:
        by = k.by or ("nothing: its edges are those of the table" if k.how == "equivalent" else "NOTHING")
        yield f"  {k.name:<{width}}  {k.how:<10}  {by}"
    yield ""


def counts(answer: CheckAnswer) -> str:
    """Return how many promises have which verdict, how many states were found and whether these are all, and the mutants."""
    verdicts = [j.verdict for j in answer.checked.judged]
    said = ", ".join(f"{verdicts.count(kind)} {kind}" for kind in dict.fromkeys(verdicts))
    states = sum(e.states for e in (*answer.checked.explorations, *(each.found for each in answer.large)))
    done = "complete" if answer.complete else "NOT COMPLETE"
    swarm = answer.swarm
    broken = f", {len(swarm.broken)} broken in the swarm" if swarm and swarm.broken else ""
    mutants = ""
    if answer.killed is not None:
        dead, survived = sum(k.by is not None for k in answer.killed), len(answer.survived)
        equal = len(answer.killed) - dead - survived
        mutants = f"; {len(answer.killed)} mutants: {dead} killed, {equal} equivalent, {survived} survived"
    return f"{said}{broken}; {states:,} states, {done}{mutants}"
