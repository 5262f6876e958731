"""A check as a document and as JSON: the verdict, what is broken and the shortest way to it, then models, policy and every promise.

Read `document` first. The head never comforts: what was not explored whole, cannot be shown or can be read in two ways stands
there, before everything else, and takes the colour of a success away. How long it took is left out, so that what was the same is the same.
On the first screen (`check_first`) what holds never stands without what was not asked, and every way to what is broken stands below it.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rasim import words
from rasim.analysis.counterexample import scenario_of
from rasim.analysis.explain import as_doubt
from rasim.analysis.limits import OF_CHECK, OF_CHECK_OF_FILES
from rasim.document import blocks as doc
from rasim.document.excerpt import lines_table
from rasim.engines.plan import CheckAnswer
from rasim.errors import Exit
from rasim.interop.exports import rows_and_changes, sequence_of_finding, trace_of
from rasim.policy import Policy, printable
from rasim.policy.stated import Stated
from rasim.report import roads, second_opinions
from rasim.report.audit_headline import of_offers
from rasim.report.check_first import decisive, first_lines, limits_of, old_systems, promises_and_things, states_found
from rasim.report.explain import unclear
from rasim.report.outputs import limits_section
from rasim.scenario import write_scenario
from rasim.verify.check import Judged, Verdict
from rasim.verify.mutants.mutants import Killed
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.promises.kinds import Traced
from rasim.verify.states.explore import Discovery, Exploration
from rasim.verify.states.model import Model

_PROMISES: Final = (
    ("always", "Safety properties", "safety"),
    ("within", "Deadlines (bounded response)", "deadlines"),
    ("sometimes", "Reachability witnesses", "witnesses"),
)
NEEDS_CHANGE: Final = "it tells of a change of policy, and this one stays as it is"
_DRAWN: Final = 20  # courses drawn in a document
_TONES: Final[dict[str, doc.Tone]] = {
    "broken": "bad",
    "holds": "good",
    "witnessed": "good",
    "holds to bound": "unclear",
}
_CODES: Final[dict[Exit, doc.Tone]] = {Exit.OK: "good", Exit.FAILED: "bad"}
_AS_HOPED: Final = {
    "holds": "hold",
    "holds to bound": "hold to bound",
    "witnessed": "witnessed",
}  # and how many of them say it


def document(answer: CheckAnswer, *, verbose: bool = False) -> doc.Document:
    """Return the document; with `verbose` every witness as a scenario, and on a terminal what each promise says."""
    verdict, policy = ", ".join(_wrong(answer)) or "nothing is broken in any reachable state", answer.plan.policy
    if policy is not None:
        others = roads.without_a_yes(policy.roads)
        verdict = "; ".join((verdict, *of_offers(policy), *([f"outside the model, {others}"] if others else [])))
    of = "Under one policy, which stays" if answer.one_policy else "Over all policies, which change at any moment"
    if answer.plan.profile is not None:
        other = PROFILES[answer.plan.profile]
        of = f"Of another product, whose violations are expected: {other.says} ({other.cases})"
    tone = _CODES.get(answer.exit_code, "unclear")
    summary = f"{of}; every expert is adversarial. {counts(answer)}."
    return doc.Document("rasim check", verdict, tone, summary, _sections(answer, verbose=verbose), first_lines(answer))


def seconds(answer: CheckAnswer) -> str:
    """Return how long it took, and of that each larger model, Spin and the proof."""
    parts = [
        f"{second_opinions.engine_of(found)} {found.seconds:.1f} s ({found.states / found.seconds:,.0f} states/s,"
        f" {found.transitions / found.seconds:,.0f} transitions/s)"
        for found in (each.found for each in answer.large)
        if found.seconds
    ]
    parts += [f"Spin {sum(each.opinion.seconds for each in answer.spin):.1f} s"] if answer.spin else []
    parts += [] if answer.proof is None else [f"z3 {answer.proof.proof.seconds:.1f} s"]
    return f"{answer.seconds:.1f} s{', of which ' if parts else ''}{', '.join(parts)}"


def counts(answer: CheckAnswer) -> str:
    """Return how many promises have which verdict, how many states were found and whether these are all, and the mutants."""
    verdicts = [j.verdict for j in answer.checked.judged]
    said = ", ".join(f"{verdicts.count(kind)} {_AS_HOPED.get(kind, kind)}" for kind in dict.fromkeys(verdicts))
    done = "complete" if answer.complete else "NOT COMPLETE"
    swarm = answer.swarm
    broken = f", {len(swarm.broken)} broken in the swarm" if swarm and swarm.broken else ""
    mutants = ""
    if answer.killed is not None:
        dead, survived = sum(k.by is not None for k in answer.killed), len(answer.survived)
        equal = len(answer.killed) - dead - survived
        mutants = (
            f"; {words.plural(len(answer.killed), 'mutant')}: {dead} killed, {equal} equivalent, {survived} survived"
        )
    return f"{said}{broken}; {words.plural(states_found(answer), 'state')}, {done}{mutants}"


def _wrong(answer: CheckAnswer) -> Iterator[str]:
    """Yield what keeps the answer from being good, what is broken first.

    What cannot be shown and what was never used is an answer under one policy, and follows from what is broken under a profile.
    """
    checked, policy = answer.checked, answer.plan.policy
    every = not answer.one_policy and answer.plan.profile is None
    broken = [judged.promise.name for judged in _in_order(answer)]
    missing = [each.promise.name for each in checked.judged if every and each.verdict in {"vacuous", "unreachable"}]
    unused = checked.unused_rows if every else ()
    doubts = dict.fromkeys(printable(doubt.setting) for doubt in policy.unclear) if policy is not None else ()
    reached = words.plural(states_found(answer), "state")
    found: tuple[tuple[object, str], ...] = (
        (broken, f"BROKEN: {words.some(broken)}"),
        (missing, f"cannot be shown: {words.some(missing)}"),
        (checked.overlaps, "rows overlap"),
        (unused, f"never used: {'row' if len(unused) == 1 else 'rows'} {words.some(unused)}"),
        (answer.survived, f"{words.plural(len(answer.survived), 'mutant')} survived"),
        (answer.trapped, "there is a LIVELOCK"),
        (any(each.differences for each in answer.spin), "Spin says otherwise"),
        (answer.proof is not None and not answer.proof.proof.whole, "the proof is not whole"),
        (
            not answer.complete,
            f"NOT COMPLETE{'' if broken else f': nothing is broken in the {reached} that were reached'}",
        ),
        (answer.interrupted, "INTERRUPTED: this is a part"),
        (doubts, f"UNCLEAR in the policy: {words.some(doubts)}"),
    )
    yield from (words for is_so, words in found if is_so)


def _sections(answer: CheckAnswer, *, verbose: bool) -> Iterator[doc.Section]:
    checked, policy = answer.checked, answer.plan.policy
    if broken := tuple(_broken(answer)):
        brief = _first_broken(answer) if answer.plan.profile is not None else _broken(answer, briefly=True)
        yield doc.Section("Broken", broken, "broken", briefly=brief, more="what each step changed")
    if policy is not None:
        doubts = map(unclear, policy.unclear)
        yield doc.Section("The policy, which stays as it is", _policy(policy), "policy", "the policy", briefly=doubts)
    promises, things = promises_and_things(answer)
    many = f"{words.plural(promises, 'promise')}, {words.plural(things, 'thing')} that should be possible"
    for kind, title, anchor in _PROMISES:
        judged = [each for each in checked.judged if each.promise.kind == kind]
        lacking = () if answer.plan.profile is not None else _lacking(judged, answer)
        yield doc.Section(title, _promises(judged, answer, verbose=verbose), anchor, briefly=lacking, more=many)
    if checked.overlaps:
        rows = doc.Items(", ".join(each) for each in checked.overlaps)
        yield doc.Section("Rows that would take one and the same event", (rows,), "overlaps", "overlaps", always=True)
    if not answer.one_policy and answer.plan.profile is None and checked.unused_rows:
        yield doc.Section(
            "Rows that nothing ever used",
            (doc.Para(doc.names(checked.unused_rows)),),
            "unused",
            "unused rows",
            always=True,
        )
    partly = [each for each in checked.explorations if not each.complete]
    models = _explored(partly) if partly else ()
    number = words.plural(len(checked.explorations), "model")
    explored = tuple(_models(checked.explorations))
    yield doc.Section("What was explored", explored, "models", "models", briefly=models, more=number)
    yield from second_opinions.sections(answer)
    shown = [each for each in checked.judged if verbose and each.verdict == "witnessed"]
    if shown:
        yield doc.Section("How it can be done", map(_witness, shown), "how")
    if answer.killed is not None:
        survived = (_mutants(answer.survived),) if answer.survived else ()
        number = words.plural(len(answer.killed), "mutant")
        yield doc.Section("Mutants", (_mutants(answer.killed),), "mutants", briefly=survived, more=number)
    yield limits_section("What this does not say", doc.Items(limits_of(answer)))


def _lacking(judged: Sequence[Judged], answer: CheckAnswer) -> Iterator[doc.Block]:
    """Yield what cannot be shown over all policies, which no first screen leaves out; what is broken has a section of its own."""
    bad = dict.fromkeys(j.verdict for j in judged if j.verdict != "broken" and _tone(j, answer) == "bad")
    if bad:
        yield doc.Pairs(row for verdict in bad for row in _with_verdict(verdict, judged, answer))


# ---- what is broken, and what is witnessed ---------------------------------------------------------------------


def _broken(answer: CheckAnswer, *, briefly: bool = False) -> Iterator[doc.Block]:
    """Yield a card for each promise that is broken: what another product is known for before what comes along, what a swarm found last.

    One way that breaks several of them is shown once; `briefly` it is a scenario, without what each step changed.
    """
    ways: dict[object, str] = {}
    for at, judged in enumerate(_in_order(answer)):
        swarm = answer.swarm is not None and judged.model is answer.swarm.model
        rows: list[tuple[doc.Wording, ...]] = [("promised", judged.promise.says)]
        if answer.plan.profile is not None:
            known = (
                "the product is known for it"
                if _known(judged, answer)
                else "it comes along with what the product is known for"
            )
            rows.append(("expected", known))
        blocks: list[doc.Block] = [doc.Pairs(rows)]
        if judged.finding is not None:
            blocks.append(doc.Para(f"Broken: {judged.finding.because}."))
            # A promise about steps shows no way: the sentence names the step.
            first = ways.setdefault((judged.model, judged.finding.steps), judged.promise.name)
            if judged.finding.steps and first != judged.promise.name:
                blocks.append(doc.Para(("The way to it is that of ", doc.code(first), ".")))
            elif judged.finding.steps and judged.model is not None:
                way = tuple(_way(judged.finding, judged.model, swarm=swarm, drawn=at < _DRAWN, briefly=briefly))
                blocks += way[:2] if briefly else way
        yield doc.Card(doc.code(judged.promise.name), blocks, "bad", "BROKEN")


def _first_broken(answer: CheckAnswer) -> Iterator[doc.Block]:
    """Yield of another product, whose violations are expected, the first with its story, and the names of what is broken too."""
    first, *others = _broken(answer, briefly=True)
    yield first
    if others:
        told = doc.names(each.promise.name for each in _in_order(answer)[1:])
        yield doc.Para(doc.join("broken too, and told under --all: ", told))


def _in_order(answer: CheckAnswer) -> list[Judged]:
    return sorted(answer.broken, key=lambda each: not _known(each, answer))


def _known(judged: Judged, answer: CheckAnswer) -> bool:
    return answer.plan.profile is not None and judged.promise.name in PROFILES[answer.plan.profile].by


def _way(
    finding: Discovery, model: Model, *, swarm: bool = False, drawn: bool = True, briefly: bool = False
) -> Iterator[doc.Block]:
    """Yield a way through a model: as a scenario, as a picture, what each step changed, and its lines."""
    shortest = "of which none can be left out (by a swarm)" if swarm else "none shorter"
    scenario = write_scenario(scenario_of(finding, model, tries=swarm))
    where = "As" if briefly else f"In {model.name} ({model.says}), as"
    ticket = "; a ticket is what an expert needs for an offer" if briefly and "a ticket" in scenario else ""
    yield doc.Para(f"{where} a scenario; {words.plural(len(finding.steps), 'step')}, {shortest}{ticket}:")
    yield doc.Code(scenario)
    yield doc.SequenceDiagram(finding.promise, *sequence_of_finding(finding, model), drawn=drawn)
    yield doc.Table("What each step changed", ("step", "row", "changed"), rows_and_changes(finding, model))
    yield doc.Details("the trace, line by line", (lines_table("The lines of it", trace_of(finding)),))


def _witness(judged: Judged) -> doc.Block:
    blocks: Iterator[doc.Block] = iter(())
    if judged.finding is not None and judged.model is not None:
        blocks = _way(judged.finding, judged.model, drawn=False)
    title = doc.join(doc.badge("witnessed", "good"), " ", doc.code(judged.promise.name), ": ", judged.promise.says)
    return doc.Details(title, blocks, verbose=True)


# ---- what was asked ------------------------------------------------------------------------------------------


def _policy(policy: Policy) -> Iterator[doc.Block]:
    """Yield which policy was checked, setting by setting, with the place each was read from."""
    offer = policy.offer
    usable = [f"{helper}{f' ({helper.flaw.value})' if helper.flaw else ''}" for helper in offer.helpers]
    rows: tuple[tuple[str, str, Stated], ...] = (
        ("offers", offer.state.value, offer.stated),
        ("mode", "not stated" if offer.mode is None else offer.mode.value, offer.mode_stated),
        ("helpers", ", ".join(usable) or "nobody", offer.helpers_stated),
    )
    if where := old_systems(policy):
        says = (
            f"{policy.solicited.state.value}, which blocks offers on {where} (R9): what follows is of the other systems"
        )
        rows = (*rows, ("invitations", says, policy.solicited.stated))
    yield doc.Pairs(
        (
            name,
            doc.join(said, "; ", doc.code(stated.setting), f": {stated.says}", doc.place(words.placed(stated.where))),
        )
        for name, said, stated in rows
    )
    yield from map(unclear, policy.unclear)
    if policy.unclear:
        yield doc.Para("The first reading was checked.")


def _forbidding(policy: Policy) -> str:
    """Return that setting, what it says, and its place."""
    stated = decisive(policy)
    return f"{stated.setting}: {stated.says}{f', {stated.where}' if stated.where and stated.where.known else ''}"


def _models(explorations: Sequence[Exploration]) -> Iterator[doc.Block]:
    """Yield how far each model was explored, what it is, and what several sessions amount to."""
    yield from _explored(explorations)
    said = doc.Pairs((e.model.name, e.model.says, doc.soft(e.model.leaves_out)) for e in explorations)
    yield doc.Part("What each of them is, and what it leaves out", (said,))
    yield from (
        doc.Para(f"{name}: {states:,} states, as what each session can be in each world; nothing is explored again.")
        for name, states in products(explorations)
    )


def _explored(explorations: Sequence[Exploration]) -> Iterator[doc.Block]:
    rows = (
        (
            e.model.name,
            doc.badge("complete", "good") if e.complete else doc.badge("NOT COMPLETE", "unclear"),
            f"{e.states:,}",
            f"{e.memories:,}",
            f"{e.transitions:,}",
            str(e.depth),
        )
        for e in explorations
    )
    yield doc.Table("", ("model", "explored", "states", "with memory", "transitions", "depth"), rows)


def products(explorations: Sequence[Exploration]) -> Iterator[tuple[str, int]]:
    """Yield what several sessions amount to, for models of several experts and one session."""
    for e in explorations:
        if e.complete and e.model.experts > 1 and e.worlds:
            yield f"{e.model.name}, two sessions", e.lifted(2)


def _promises(judged: Sequence[Judged], answer: CheckAnswer, *, verbose: bool) -> Iterator[doc.Block]:
    """Yield the promises by verdict: those that are not as hoped each with why, of the others the names; then what each says."""
    why = _why(answer)
    if not verbose:
        verdicts = dict.fromkeys(j.verdict for j in sorted(judged, key=lambda each: each.verdict in _AS_HOPED))
        yield doc.Pairs(row for verdict in verdicts for row in _with_verdict(verdict, judged, answer))
    rows = ((doc.code(j.promise.name), doc.badge(j.verdict, _tone(j, answer)), _sentence(j, why)) for j in judged)
    table = doc.Table("", ("promise", "verdict", "what it says"), rows)
    yield doc.Details("what each of them says", (table,), verbose=verbose)


def _with_verdict(verdict: Verdict, judged: Sequence[Judged], answer: CheckAnswer) -> Iterator[tuple[doc.Wording, ...]]:
    """Yield the names of those with a verdict, and why they have it: those for the same reason together."""
    together: dict[str, list[Judged]] = {}
    for each in judged:
        if each.verdict == verdict:
            together.setdefault("" if verdict in _AS_HOPED else _sentence(each, _why(answer)), []).append(each)
    for sentence, those in together.items():
        said = doc.names(each.promise.name for each in those)
        yield doc.badge(verdict, _tone(those[0], answer)), doc.join(said, ": ", sentence) if sentence else said


def _why(answer: CheckAnswer) -> str:
    """Return the setting by which a policy makes things unreachable, nothing without a policy."""
    if answer.plan.policy is not None:
        return f"not under this policy [{_forbidding(answer.plan.policy)}]"
    return "not under this policy" if answer.one_policy else ""


def _sentence(j: Judged, why: str) -> str:
    """Return what is to be said of a promise under its verdict; `why` is the setting of one policy that forbids things."""
    says = j.promise.says if j.verdict != "broken" or j.finding is None else j.finding.because
    if j.missing and j.verdict == "vacuous":
        cannot = "does not come about" if why else "cannot be shown"
        says = f"{says}; but {', '.join(j.missing)} {cannot}"
    if why and j.verdict == "unreachable":
        return why
    if j.verdict == "not promised":
        return f"it presumes {_presumed(j)}"
    if isinstance(j.promise, Traced) and j.verdict == "not checked":
        return f"{says}: `rasim judge` asks it of traces"
    if why and j.verdict == "not checked":
        return "the firewall is not explored here" if "3389" in j.promise.name else NEEDS_CHANGE
    return says


def _presumed(judged: Judged) -> str:
    return "; ".join(f"{name}: {value}" for name, value in getattr(judged.promise, "presumes", {}).items())


def _tone(judged: Judged, answer: CheckAnswer) -> doc.Tone:
    """Return the tone of a verdict; what cannot be shown is bad over all policies, and an answer under one."""
    if judged.verdict in {"vacuous", "unreachable"} and not answer.one_policy:
        return "bad"
    return _TONES.get(judged.verdict, "plain")


def _mutants(killed: Sequence[Killed]) -> doc.Block:
    rows = ((doc.code(k.name), k.how, _noticed(k)) for k in killed)
    return doc.Table("The table with one mistake, and what noticed it", ("mistake", "how", "noticed by"), rows)


def _noticed(killed: Killed) -> doc.Wording:
    if killed.by:
        return killed.by
    equal = killed.how == "equivalent"
    return doc.badge("nothing: its edges are those of the table") if equal else doc.badge("NOTHING", "bad")


# ---- JSON ----------------------------------------------------------------------------------------------------


def as_json(answer: CheckAnswer) -> dict[str, Any]:
    """Return the check as the JSON object of the command line contract."""
    checked, killed, policy = answer.checked, answer.killed, answer.plan.policy
    found = [*checked.explorations, *(each.found for each in answer.large)]
    engines = ["python", *(second_opinions.engine_of(each.found) for each in answer.large)]
    return {
        "complete": answer.complete,
        "states": sum(e.states for e in found),
        "transitions": sum(e.transitions for e in found),
        "depth": max(e.depth for e in found),
        "seconds": round(answer.seconds, 3),
        "engine": ", ".join(dict.fromkeys(engines)),
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
        + second_opinions.models_json(answer),
        "products": [{"name": name, "states": states} for name, states in products(checked.explorations)],
        "promises": [_promise_json(j, policy) for j in checked.judged],
        "mutants": {
            "asked": killed is not None,
            "killed": [{"name": k.name, "by": k.by} for k in killed or () if k.by is not None],
            "survived": [k.name for k in answer.survived],
            "equivalent": [k.name for k in killed or () if k.how == "equivalent"],
        },
        **second_opinions.as_json(answer),
        "limits": [*OF_CHECK, *(OF_CHECK_OF_FILES if policy is not None else ())],
        "unclear": [] if policy is None else list(map(as_doubt, policy.unclear)),
    }


def _promise_json(judged: Judged, policy: Policy | None) -> dict[str, Any]:
    promise = judged.promise
    because = judged.finding.because if judged.finding else ""
    if judged.verdict == "unreachable" and policy is not None:
        because = _forbidding(policy)
    return {
        "name": promise.name,
        "kind": promise.kind,
        "says": promise.says,
        "verdict": judged.verdict,
        "because": because,
        "covers": list(getattr(promise, "covers", ())),
        "presumes": list(filter(None, _presumed(judged).split("; "))),
        "trace": [each.as_json() for each in trace_of(judged.finding)] if judged.finding else [],
    }
