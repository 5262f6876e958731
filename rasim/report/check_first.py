"""The first screen of a check: what is read under its verdict, and what may not be left out of that.

What holds never stands alone: beside it stand what would not have noticed a fault, what one policy puts out of reach, and what was not
asked, each with its number and what it means.
"""

from collections import Counter
from collections.abc import Iterator

from rasim import words
from rasim.analysis.limits import OF_CHECK, OF_CHECK_OF_FILES
from rasim.document import blocks as doc
from rasim.engines.plan import CheckAnswer
from rasim.policy import SYSTEMS, Blocks, Policy, State, printable
from rasim.policy.stated import Stated
from rasim.policy.systems import in_short
from rasim.report import second_opinions
from rasim.report.outputs import not_said
from rasim.verify.check import Judged
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.promises.kinds import Traced


def first_lines(answer: CheckAnswer) -> Iterator[tuple[doc.Wording, doc.Wording]]:
    """Yield what is read under the verdict: how far it was looked, what holds, what is empty or out of reach, what was not asked."""
    if answer.plan.profile is not None:
        other = PROFILES[answer.plan.profile]
        yield "product", f"another one, of which this is expected: {other.says} ({other.cases})"
    under = "this policy" if answer.one_policy else "any policy"
    models = words.plural(len(answer.checked.explorations) + len(answer.large), "model")
    every = "all " if answer.complete else "NOT COMPLETE: "
    old = old_systems(answer.plan.policy) if answer.plan.policy is not None else ""
    apart = f"; of other systems, for disabled invitations block offers on {old} (R9)" if old else ""
    yield (
        "searched",
        f"{every}{words.plural(states_found(answer), 'state')} ({models}) under {under}, experts hostile{apart}",
    )
    yield "holds", _holding(answer)
    if reached := _possible(answer):
        yield "possible", reached
    if opinions := second_opinions.in_a_line(answer):
        yield "also", opinions
    unasked = [each for each in answer.checked.judged if each.verdict in {"not checked", "not promised"}]
    if unasked:
        (lack, many), *others = Counter(_unasked(each, answer) for each in unasked).most_common()
        rest = "".join(f", {number} {other}" for other, number in others)
        yield "not asked", f"{len(unasked)}: {many} need{'s' if many == 1 else ''} {lack}{rest}"
    yield not_said(limits_of(answer))


def _holding(answer: CheckAnswer) -> str:
    """Return how many promises hold, how many are empty, and over all policies how much of what must be possible is."""
    of = Counter(each.verdict for each in answer.checked.judged if each.promise.kind != "sometimes")
    said = [words.plural(of["holds"], "promise")] if of["holds"] or not of["holds to bound"] else []
    said += [f"{words.plural(of['holds to bound'], 'promise')} as far as it was looked"] if of["holds to bound"] else []
    if of["vacuous"]:
        said.append(
            f"{of['vacuous']} more {'is' if of['vacuous'] == 1 else 'are'} vacuous: nothing here could break"
            f" {'it' if of['vacuous'] == 1 else 'them'}"
        )
    if not answer.one_policy:
        must = [each.verdict for each in answer.checked.judged if each.promise.kind == "sometimes"]
        said.append(f"{must.count('witnessed')} of {len(must)} things that should be possible are")
    return "; ".join(said)


def _possible(answer: CheckAnswer) -> str:
    """Return how much is possible under one policy, and by which setting the rest is not; nothing over all policies."""
    if not answer.one_policy:
        return ""
    of = Counter(each.verdict for each in answer.checked.judged if each.promise.kind == "sometimes")
    never = f", {of['unreachable']} cannot" if of["unreachable"] else ""
    if never and answer.plan.policy is not None:
        never += f", by {printable(decisive(answer.plan.policy).setting)}"
    return f"{words.plural(of['witnessed'], 'thing')} can happen{never}"


def _unasked(judged: Judged, answer: CheckAnswer) -> str:
    """Return what it would need to be asked."""
    if judged.verdict == "not promised":
        return "a choice"
    if isinstance(judged.promise, Traced):
        return "a trace"
    if not answer.one_policy:
        return "a longer search"
    return "the firewall" if "3389" in judged.promise.name else "other policies"


def states_found(answer: CheckAnswer) -> int:
    """Return how many states were found, in all models."""
    return sum(e.states for e in (*answer.checked.explorations, *(each.found for each in answer.large)))


def limits_of(answer: CheckAnswer) -> tuple[str, ...]:
    """Return what a check does not say."""
    return OF_CHECK + OF_CHECK_OF_FILES if answer.one_policy else OF_CHECK


def decisive(policy: Policy) -> Stated:
    """Return the setting by which a policy makes something unreachable that some policy makes possible.

    A policy has three parts that matter to an offer: the state, the list, the mode. If offers are enabled and somebody is
    listed, what is out of reach is so by the mode.
    """
    offer = policy.offer
    if offer.state is not State.ENABLED:
        return offer.stated
    return offer.mode_stated if offer.helpers else offer.helpers_stated


def old_systems(policy: Policy) -> str:
    """Return where a policy blocks offers because invitations are disabled, and where perhaps; nothing where it does not."""
    if policy.solicited.state not in {State.DISABLED, State.UNKNOWN}:
        return ""
    blocks = {of: [os for os in SYSTEMS if SYSTEMS[os].solicited_blocks_offers is of] for of in Blocks}
    return f"{in_short(blocks[Blocks.YES])}, and perhaps on {in_short(blocks[Blocks.UNCLEAR])}"
