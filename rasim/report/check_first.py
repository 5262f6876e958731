"""The first screen of a check: what is read under its verdict, and what may not be left out of that.

What holds never stands alone: beside it stand what would not have noticed a fault, what one policy puts out of reach, and what was not
asked, each with its number and what it means.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

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

_NOT_ASKED: Final = {"not checked", "not promised"}


def first_lines(answer: CheckAnswer) -> Iterator[tuple[doc.Wording, doc.Wording]]:
    """Yield what is read under the verdict: how far it was looked, what holds, what is empty or out of reach, what was not asked."""
    if answer.plan.profile is not None:
        other = PROFILES[answer.plan.profile]
        cases = words.listed(other.cases.split())
        yield "product", f"another one, of which this is expected: {other.says} ({cases})"
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
    if unasked := [each for each in answer.checked.judged if each.verdict in _NOT_ASKED]:
        yield "not asked", tuple(_named(unasked, answer))
    yield not_said(limits_of(answer), "check")


def _holding(answer: CheckAnswer) -> str:
    """Return how many promises hold, how many are empty, and over all policies how much of what must be possible is."""
    promises, things = promises_and_things(answer)
    of = Counter(each.verdict for each in answer.checked.judged if each.promise.kind != "sometimes")
    said = [f"{of['holds']} of {words.plural(promises, 'promise')}"]
    said += [f"{of['holds to bound']} more as far as it was looked"] if of["holds to bound"] else []
    said += [f"{of['broken']} {'is' if of['broken'] == 1 else 'are'} broken"] if of["broken"] else []
    said += [f"{of['vacuous']} may hold only because nothing works (vacuous)"] if of["vacuous"] else []
    if not answer.one_policy:
        must = [each.verdict for each in answer.checked.judged if each.promise.kind == "sometimes"]
        said.append(f"{must.count('witnessed')} of {words.plural(things, 'thing')} that should be possible are")
    return "; ".join(said)


def _possible(answer: CheckAnswer) -> str:
    """Return how much is possible under one policy, and by which setting the rest is not; nothing over all policies."""
    if not answer.one_policy:
        return ""
    of = Counter(each.verdict for each in answer.checked.judged if each.promise.kind == "sometimes")
    never = f"; {of['unreachable']} cannot" if of["unreachable"] else ""
    if never and answer.plan.policy is not None:
        by = decisive(answer.plan.policy)
        never += f", because {printable(by.setting)} is {printable(by.says.removeprefix('REG_DWORD '))}"
    return f"{of['witnessed']} of {words.plural(promises_and_things(answer)[1], 'thing')} can happen{never}"


def promises_and_things(answer: CheckAnswer) -> tuple[int, int]:
    """Return how many promises there are, and how many things that should be possible: neither is one of the other."""
    things = sum(each.promise.kind == "sometimes" for each in answer.checked.judged)
    return len(answer.checked.judged) - things, things


def _named(unasked: list[Judged], answer: CheckAnswer) -> Iterator[str | doc.Span]:
    """Yield what was not asked and what it would need: promises by name, as one of them may be what a reader came for."""
    of: dict[bool, dict[str, list[str]]] = {False: {}, True: {}}
    for each in unasked:
        of[each.promise.kind == "sometimes"].setdefault(_unasked(each, answer), []).append(each.promise.name)
    for is_thing, needs in of.items():
        if not needs:
            continue
        many = words.plural(sum(map(len, needs.values())), "thing" if is_thing else "promise")
        yield f"{'; ' if is_thing and of[False] else ''}{many}: "
        for at, (need, names) in enumerate(needs.items()):
            yield f"{', ' if at else ''}{words.plural(len(names), 'needs', 'need')} {need}"
            if not is_thing:
                yield from (" (", *doc.join(doc.names(names)), ")")


def _unasked(judged: Judged, answer: CheckAnswer) -> str:
    """Return what it would need to be asked."""
    if judged.verdict == "not promised":
        return "another choice"
    if isinstance(judged.promise, Traced):
        return "a trace, which rasim judge reads"
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
