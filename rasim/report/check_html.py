"""A check as one HTML file: the verdict, what is broken and the shortest way to it, then models, policy and every promise.

Read `report` first. The head never comforts: what was not explored whole, cannot be shown or can be read in two ways stands
there, before everything else, and takes the colour of a success away. How long it took is left out.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from rasim.analysis.counterexample import as_scenario
from rasim.document import html, sequence_html
from rasim.document.html import Html, Report, Section, Tone
from rasim.errors import Exit, worst
from rasim.interop import exports
from rasim.policy import Policy, printable
from rasim.report import check
from rasim.report.explain_html import unclear
from rasim.report.second_opinions import Further
from rasim.report.second_opinions import as_text as further_text
from rasim.verify.check import Checked, Judged
from rasim.verify.mutants.mutants import Killed
from rasim.verify.mutants.product_mistakes import Named
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


@frozen
class Asked:
    """What was checked, and what was asked besides: of which policy or profile, the mutants, whether to show every witness."""

    checked: Checked
    policy: Policy | None = None
    killed: Sequence[Killed] | None = None
    further: Further = Further()  # noqa: RUF009  (a frozen value)
    profile: Named | None = None
    witnesses: bool = False

    @property
    def why(self) -> str:
        """Return the setting by which a policy makes things unreachable, nothing without a policy."""
        if self.policy is not None:
            return f"not under this policy [{check.forbidding(self.policy)}]"
        return "not under this policy" if self.fixed else ""

    @property
    def fixed(self) -> bool:
        """Return whether one policy was checked, which stays, also where only the models tell that."""
        return all(e.model.policy is not None for e in self.checked.explorations)

    @property
    def codes(self) -> tuple[Exit, ...]:
        """Return the exit codes that follow."""
        doubts = () if self.policy is None else self.policy.unclear
        return check.exit_code(self.checked, self.killed, doubts), *self.further.codes


def render(asked: Asked) -> str:
    """Return the page."""
    return html.page_of(report(asked))


def report(asked: Asked) -> Report:
    """Return the report."""
    wrong = tuple(_wrong(asked))
    verdict = ", ".join(wrong) or "nothing is broken in any reachable state"
    tone = _CODES.get(worst(*asked.codes), "unclear")
    of = "Under one policy, which stays" if asked.fixed else "Over all policies, which change at any moment"
    if asked.profile is not None:
        of = f"Of another kind of product, here to be shown broken: {asked.profile.says} ({asked.profile.cases})"
    summary = f"{of}; nobody is honest. {check.counts(asked.checked, asked.killed, asked.further)}."
    return Report("rasim check", verdict, tone, summary, tuple(_sections(asked)))


def _wrong(asked: Asked) -> Iterator[str]:
    """Yield what keeps the answer from being good, what is broken first.

    What cannot be shown and what was never used is an answer under one policy, and follows from what is broken under a profile.
    """
    checked, more, killed = asked.checked, asked.further, asked.killed or ()
    verdicts = [judged.verdict for judged in checked.judged]
    every = not asked.fixed and asked.profile is None
    broken = verdicts.count("broken") + (len(more.swarm.broken) if more.swarm else 0)
    missing = (verdicts.count("vacuous") + verdicts.count("unreachable")) * every
    unused = len(checked.unused_rows) * every
    survived = sum(k.by is None and k.how != "equivalent" for k in killed)
    whole = checked.complete and all(each.found.complete for each in more.large) and more.swarm is None
    doubts = len(asked.policy.unclear) if asked.policy is not None else 0
    found: tuple[tuple[object, str], ...] = (
        (broken, f"{plural(broken, 'promise')} BROKEN"),
        (missing, f"{missing} cannot be shown"),
        (checked.overlaps, "rows overlap"),
        (unused, f"{plural(unused, 'row')} never used"),
        (survived, f"{plural(survived, 'mutant')} survived"),
        (any(getattr(each.found, "trapped", None) for each in more.large), "there is a TRAP"),
        (any(each.differences for each in more.opinions), "Spin says otherwise"),
        (more.shown is not None and not more.shown.proof.whole, "the proof is not whole"),
        (not whole, "NOT COMPLETE"),
        (checked.interrupted or more.interrupted, "INTERRUPTED: this is a part"),
        (doubts, f"{doubts} UNCLEAR in the policy"),
    )
    yield from (words for is_so, words in found if is_so)


def _sections(asked: Asked) -> Iterator[Section]:
    checked, more = asked.checked, asked.further
    broken = tuple(_broken(asked))
    if broken:
        yield Section("Broken", broken, "broken")
    if asked.policy is not None:
        said = html.pre("\n".join(check.policy_in_words(asked.policy)))
        yield Section("The policy", (said, *unclear(asked.policy.unclear)), "policy")
    yield Section("What was explored", tuple(_models(checked.explorations)), "models", "models")
    if more != Further():
        yield Section("Asked besides", (html.pre("\n".join(further_text(more)).rstrip()),), "besides")
    for title, kind in check.KINDS:
        judged = [each for each in checked.judged if each.promise.kind == kind]
        yield Section(title.capitalize(), (_promises(title, judged, asked),), kind, title.partition(": ")[2])
    if checked.overlaps:
        rows = html.items(", ".join(each) for each in checked.overlaps)
        yield Section("Rows that would take one and the same event", (rows,), "overlaps")
    if not asked.fixed and asked.profile is None and checked.unused_rows:
        yield Section("Rows that nothing ever used", (html.items(checked.unused_rows),), "unused")
    shown = [each for each in checked.judged if asked.witnesses and each.verdict == "witnessed"]
    if shown:
        yield Section("How it can be done", tuple(map(_witness, shown)), "witnesses-shown", "how")
    if asked.killed is not None:
        yield Section("Mutants", (_mutants(asked.killed),), "mutants")
    limits = check.LIMITS + check.LIMITS_OF_FILES if asked.fixed else check.LIMITS
    yield Section("What this does not say", (html.items(limits),), "limits", "limits")


# ---- what is broken ------------------------------------------------------------------------------------------


def _broken(asked: Asked) -> Iterator[Html]:
    """Yield a card for each promise that is broken: in a model first, then by the swarm."""
    at = 0
    for judged in asked.checked.judged:
        if judged.verdict == "broken":
            name, of = judged.promise.name, (judged.finding, judged.model)
            yield _card(name, judged.promise.says, *of, why=_meant(name, asked), draws=at < DRAWN)
            at += 1
    swarm = asked.further.swarm
    for name, finding in sorted(swarm.broken.items()) if swarm is not None else ():
        says = next((each.promise.says for each in asked.checked.judged if each.promise.name == name), "")
        yield _card(
            name,
            says,
            finding,
            swarm.model if swarm else None,
            why="what the swarm found",
            draws=at < DRAWN,
        )
        at += 1


def _meant(name: str, asked: Asked) -> str:
    if asked.profile is None:
        return ""
    return "what it is there to break" if name in asked.profile.by else "what else it breaks"


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


def _promises(title: str, judged: Sequence[Judged], asked: Asked) -> Html:
    rows = (
        (html.code(j.promise.name), html.badge(j.verdict, _tone(j, asked)), printable(check.sentence(j, asked.why)))
        for j in judged
    )
    return html.table(title.partition(": ")[2].capitalize(), ("promise", "verdict", "what it says"), rows)


def _tone(judged: Judged, asked: Asked) -> Tone:
    """Return the tone of a verdict; what cannot be shown is bad over all policies, and an answer under one."""
    if judged.verdict in {"vacuous", "unreachable"} and not asked.fixed:
        return "bad"
    return _TONES.get(judged.verdict, "plain")


def _mutants(killed: Sequence[Killed]) -> Html:
    nothing = {how: html.badge(words, tone) for how, words, tone in _DEAD}
    rows = (
        (html.code(k.name), k.how, html.text(k.by) if k.by else nothing.get(k.how, nothing["survived"])) for k in killed
    )
    return html.table("The table with one mistake, and what noticed it", ("mistake", "how", "noticed by"), rows)
