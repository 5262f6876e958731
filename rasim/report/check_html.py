"""A check as one HTML file: the verdict, what is broken and the shortest way to it, then models, policy and every promise.

Read `report` first. The head never comforts: what was not explored whole, cannot be shown or can be read in two ways stands
there, before everything else, and takes the colour of a success away. How long it took is left out.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from rasim.analysis.counterexample import as_scenario
from rasim.document import html, sequence_html
from rasim.document.blocks import Tone
from rasim.document.html import Html, Report, Section
from rasim.engines.plan import CheckAnswer
from rasim.errors import Exit
from rasim.interop import exports
from rasim.policy import printable
from rasim.report import check
from rasim.report.explain import unclear
from rasim.report.second_opinions import as_text as second_opinions_text
from rasim.verify.check import Judged
from rasim.verify.mutants.mutants import Killed
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.states.explore import Exploration, Finding
from rasim.verify.states.model import Model
from rasim.words import plural

DRAWN: Final = 20  # courses drawn on a page
_TONES: Final[dict[str, Tone]] = {"broken": "bad", "holds": "good", "witnessed": "good", "holds to bound": "unclear"}
_CODES: Final[dict[Exit, Tone]] = {Exit.OK: "good", Exit.FAILED: "bad"}
_DEAD: Final[tuple[tuple[str, str, Tone], ...]] = (  # which mutants, and what is said of those that nothing noticed
    ("survived", "NOTHING", "bad"),
    ("equivalent", "nothing: its edges are those of the table", "plain"),
)


def render(answer: CheckAnswer, *, witnesses: bool = False) -> str:
    """Return the page."""
    return html.page_of(report(answer, witnesses=witnesses))


def report(answer: CheckAnswer, *, witnesses: bool = False) -> Report:
    """Return the report."""
    verdict = ", ".join(_wrong(answer)) or "nothing is broken in any reachable state"
    tone = _CODES.get(answer.exit_code, "unclear")
    of = "Under one policy, which stays" if answer.one_policy else "Over all policies, which change at any moment"
    if answer.plan.profile is not None:
        profile = PROFILES[answer.plan.profile]
        of = f"Of another kind of product, here to be shown broken: {profile.says} ({profile.cases})"
    summary = f"{of}; nobody is honest. {check.counts(answer)}."
    return Report("rasim check", verdict, tone, summary, tuple(_sections(answer, witnesses=witnesses)))


def _wrong(answer: CheckAnswer) -> Iterator[str]:
    """Yield what keeps the answer from being good, what is broken first.

    What cannot be shown and what was never used is an answer under one policy, and follows from what is broken under a profile.
    """
    checked, policy, swarm = answer.checked, answer.plan.policy, answer.swarm
    verdicts = [judged.verdict for judged in checked.judged]
    every = not answer.one_policy and answer.plan.profile is None
    broken = verdicts.count("broken") + (len(swarm.broken) if swarm else 0)
    missing = (verdicts.count("vacuous") + verdicts.count("unreachable")) * every
    unused = len(checked.unused_rows) * every
    survived = len(answer.survived)
    doubts = len(policy.unclear) if policy is not None else 0
    found: tuple[tuple[object, str], ...] = (
        (broken, f"{plural(broken, 'promise')} BROKEN"),
        (missing, f"{missing} cannot be shown"),
        (checked.overlaps, "rows overlap"),
        (unused, f"{plural(unused, 'row')} never used"),
        (survived, f"{plural(survived, 'mutant')} survived"),
        (answer.trapped, "there is a TRAP"),
        (any(each.differences for each in answer.spin), "Spin says otherwise"),
        (answer.proof is not None and not answer.proof.proof.whole, "the proof is not whole"),
        (not answer.complete, "NOT COMPLETE"),
        (answer.interrupted, "INTERRUPTED: this is a part"),
        (doubts, f"{doubts} UNCLEAR in the policy"),
    )
    yield from (words for is_so, words in found if is_so)


def _sections(answer: CheckAnswer, *, witnesses: bool) -> Iterator[Section]:
    checked, policy = answer.checked, answer.plan.policy
    broken = tuple(_broken(answer))
    if broken:
        yield Section("Broken", broken, "broken")
    if policy is not None:
        said = html.pre("\n".join(check.policy_in_words(policy)))
        yield Section("The policy", (said, *map(html.markup, map(unclear, policy.unclear))), "policy")
    yield Section("What was explored", tuple(_models(checked.explorations)), "models", "models")
    second = "\n".join(second_opinions_text(answer)).rstrip()
    if second:
        yield Section("Asked besides", (html.pre(second),), "besides")
    for title, kind in check.KINDS:
        judged = [each for each in checked.judged if each.promise.kind == kind]
        yield Section(title.capitalize(), (_promises(title, judged, answer),), kind, title.partition(": ")[2])
    if checked.overlaps:
        rows = html.items(", ".join(each) for each in checked.overlaps)
        yield Section("Rows that would take one and the same event", (rows,), "overlaps")
    if not answer.one_policy and answer.plan.profile is None and checked.unused_rows:
        yield Section("Rows that nothing ever used", (html.items(checked.unused_rows),), "unused")
    shown = [each for each in checked.judged if witnesses and each.verdict == "witnessed"]
    if shown:
        yield Section("How it can be done", tuple(map(_witness, shown)), "witnesses-shown", "how")
    if answer.killed is not None:
        yield Section("Mutants", (_mutants(answer.killed),), "mutants")
    limits = check.LIMITS + check.LIMITS_OF_FILES if answer.one_policy else check.LIMITS
    yield Section("What this does not say", (html.items(limits),), "limits", "limits")


# ---- what is broken ------------------------------------------------------------------------------------------


def _broken(answer: CheckAnswer) -> Iterator[Html]:
    """Yield a card for each promise that is broken: in a model first, then by the swarm."""
    for at, judged in enumerate(answer.broken):
        why = "what the swarm found" if answer.swarm and judged.model is answer.swarm.model else _meant(judged, answer)
        of = (judged.finding, judged.model)
        yield _card(judged.promise.name, judged.promise.says, *of, why=why, draws=at < DRAWN)


def _meant(judged: Judged, answer: CheckAnswer) -> str:
    if answer.plan.profile is None:
        return ""
    own = judged.promise.name in PROFILES[answer.plan.profile].by
    return "what it is there to break" if own else "what else it breaks"


def _card(name: str, says: str, finding: Finding | None, model: Model | None, *, why: str, draws: bool) -> Html:
    blocks = [html.pairs([("promised", says), *([("this is", why)] if why else [])])]
    if finding is not None:
        blocks.append(html.para(f"Broken: {finding.because}."))
    # A promise about steps shows no way: the sentence names the step.
    if finding is not None and finding.steps and model is not None:
        blocks.append(html.para(f"In {model.name} ({model.says}), in {plural(len(finding.steps), 'step')}:"))
        blocks += _way(finding, model, draws=draws)
    return html.card(html.code(name), *blocks, tone="bad", mark=html.badge("BROKEN", "bad"))


def _way(finding: Finding, model: Model, *, draws: bool) -> Iterator[Html]:
    """Yield a way through a model: as a scenario, as a picture, what each step changed, and its lines."""
    yield html.pre(as_scenario(finding, model).rstrip())
    yield from sequence_html.diagram(finding.promise, *exports.sequence_of(finding, model), draws=draws)
    yield html.heading("What each step changed")
    yield html.items(exports.changes(finding, model))
    lines = sequence_html.lines("The lines of it", exports.trace_of(finding))
    yield html.details("the trace, line by line", lines)


def _witness(judged: Judged) -> Html:
    if judged.finding is None or judged.model is None:
        return Html()
    title = html.join(html.badge("witnessed", "good"), " ", html.code(judged.promise.name), ": ", judged.promise.says)
    return html.details(title, *_way(judged.finding, judged.model, draws=False))


# ---- what was asked ------------------------------------------------------------------------------------------


def _models(explorations: Sequence[Exploration]) -> Iterator[Html]:
    rows = (
        (
            html.join(e.model.name, html.element("div", e.model.says, class_="below")),
            html.badge("complete", "good") if e.complete else html.badge("NOT COMPLETE", "unclear"),
            f"{e.states:,} ({e.memories:,} with memory)",
            f"{e.transitions:,}",
            str(e.depth),
            e.model.leaves_out,
        )
        for e in explorations
    )
    yield html.table("The models", ("model", "explored", "states", "transitions", "depth", "what it leaves out"), rows)
    yield from (
        html.para(f"{name}: {states:,} states, as what each session can be in each world; nothing is explored again.")
        for name, states in check.products(explorations)
    )


def _promises(title: str, judged: Sequence[Judged], answer: CheckAnswer) -> Html:
    rows = (
        (html.code(j.promise.name), html.badge(j.verdict, _tone(j, answer)), printable(check.sentence(j, _why(answer))))
        for j in judged
    )
    return html.table(title.partition(": ")[2].capitalize(), ("promise", "verdict", "what it says"), rows)


def _why(answer: CheckAnswer) -> str:
    """Return the setting by which a policy makes things unreachable, nothing without a policy."""
    if answer.plan.policy is not None:
        return f"not under this policy [{check.forbidding(answer.plan.policy)}]"
    return "not under this policy" if answer.one_policy else ""


def _tone(judged: Judged, answer: CheckAnswer) -> Tone:
    """Return the tone of a verdict; what cannot be shown is bad over all policies, and an answer under one."""
    if judged.verdict in {"vacuous", "unreachable"} and not answer.one_policy:
        return "bad"
    return _TONES.get(judged.verdict, "plain")


def _mutants(killed: Sequence[Killed]) -> Html:
    nothing = {how: html.badge(words, tone) for how, words, tone in _DEAD}
    rows = (
        (html.code(k.name), k.how, html.text(k.by) if k.by else nothing.get(k.how, nothing["survived"])) for k in killed
    )
    return html.table("The table with one mistake, and what noticed it", ("mistake", "how", "noticed by"), rows)
