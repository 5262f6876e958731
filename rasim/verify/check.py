"""All promises over all models: one verdict for each, in words that cannot lie.

*holds*: nothing in the closed set of states breaks it, and its witnesses are shown. *holds to bound*: nothing broke it as far
as the search came. *broken*, *witnessed*: here is how. *unreachable*: nowhere in the closed set. *vacuous*: nothing breaks it,
but a witness that keeps it from being empty cannot be shown (with one policy given: none of them comes about).
*not promised*: it presumes a choice with another value. *not checked*: the models cannot speak of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Literal

from attrs import frozen

from rasim.errors import UsageError
from rasim.protocol.choices import STRICT, Choices
from rasim.verify.policies.reachable import breaks
from rasim.verify.promises.catalogue import CHECKED, KEPT, NARROWER
from rasim.verify.promises.kinds import AnyKept, Promise, Relation, Sometimes, Traced, presumes_another
from rasim.verify.promises.witnesses import SOMETIMES
from rasim.verify.states.explore import Discovery, Exploration, Sofar, explore
from rasim.verify.states.model import Model

Verdict = Literal[
    "holds", "holds to bound", "broken", "witnessed", "unreachable", "vacuous", "not promised", "not checked"
]
BY_POLICY = frozenset({"policy_applied", "helper_added", "helper_removed"})


@frozen
class Judged:
    """A promise with its verdict; `finding` shows how it is broken or witnessed, `model` where."""

    promise: Promise
    verdict: Verdict
    finding: Discovery | None = None
    model: Model | None = None
    missing: tuple[str, ...] = ()


@frozen
class Checked:
    """What a check found: the explorations and a verdict for every promise."""

    explorations: tuple[Exploration, ...]
    judged: tuple[Judged, ...]

    @property
    def complete(self) -> bool:
        """Return whether every model was explored to its end."""
        return all(e.complete for e in self.explorations)

    @property
    def interrupted(self) -> bool:
        """Return whether somebody interrupted it."""
        return any(e.interrupted for e in self.explorations)

    @property
    def unused_rows(self) -> tuple[str, ...]:
        """Return the rows that no model ever used; none is named while the search is not complete."""
        if not self.complete:
            return ()
        rows = {row.id for e in self.explorations for row in e.model.table.rows}
        return tuple(sorted(rows - frozenset().union(*(e.rows for e in self.explorations))))

    @property
    def overlaps(self) -> tuple[tuple[str, ...], ...]:
        """Return the sets of rows that would take one and the same event."""
        return tuple(sorted(frozenset().union(*(e.ambiguous for e in self.explorations))))


def check(
    models: Iterable[Model],
    *,
    choices: Choices = STRICT,
    enough: Callable[[int], bool] | None = None,
    progress: Callable[[str, Sofar], None] | None = None,
    digest: bool = True,
) -> Checked:
    """Explore the models and give every promise its verdict over all of them.

    Each is asked first for the witnesses that it is there to show. Where one is missing, and where there is a bound, so that nothing
    may be done twice, each is asked for all that those before could not show. After an interrupt no further model is explored.
    """
    models = list(models)
    if not models:
        raise UsageError("no model, no verdict")
    exploring = partial(_explored, models, choices=choices, enough=enough, progress=progress, digest=digest)
    explorations = exploring(own=True) if enough is None and any(model.shows for model in models) else ()
    if not explorations or (not explorations[-1].interrupted and _unshown(explorations, choices)):
        explorations = exploring(own=False)
    witnesses = {s.name: _sometimes(s, explorations, choices) for s in SOMETIMES}
    kept = (_kept(p, explorations, witnesses, choices) for p in KEPT)
    return Checked(explorations, (*kept, *witnesses.values()))


def _explored(
    models: Iterable[Model],
    *,
    own: bool,
    choices: Choices,
    enough: Callable[[int], bool] | None,
    progress: Callable[[str, Sofar], None] | None,
    digest: bool,
) -> tuple[Exploration, ...]:
    explorations: list[Exploration] = []
    waiting = list(SOMETIMES)
    for model in models:
        asked = [s for s in waiting if s.name in model.shows] if own else waiting
        told = None if progress is None else partial(progress, model.name)
        explorations.append(explore(model, _promised(choices), asked, enough=enough, progress=told, digest=digest))
        if explorations[-1].interrupted:
            break
        waiting = [s for s in waiting if s.name not in explorations[-1].witnessed]
    return tuple(explorations)


def _unshown(explorations: Iterable[Exploration], choices: Choices) -> list[Sometimes]:
    """Return the witnesses that are promised and that no model showed."""
    shown = frozenset().union(*(e.witnessed for e in explorations))
    return [s for s in SOMETIMES if s.name not in shown and not presumes_another(s, choices)]


def _promised(choices: Choices) -> list[AnyKept]:
    """Return what is promised under these choices: what is not may be broken, and is not asked."""
    return [promise for promise in CHECKED if not presumes_another(promise, choices)]


def _sometimes(promise: Sometimes, explorations: Sequence[Exploration], choices: Choices) -> Judged:
    for e in explorations:
        if promise.name in e.witnessed:
            return Judged(promise, "witnessed", e.witnessed[promise.name], e.model)
    if presumes_another(promise, choices):
        return Judged(promise, "not promised")
    frozen = all(e.model.policy is not None for e in explorations)
    # One policy does not change, and its firewall is not part of the models that explore it.
    if frozen and (BY_POLICY & {p.event for p in promise.path} or about_ports(promise)):
        return Judged(promise, "not checked")
    return Judged(promise, "unreachable" if all(e.complete for e in explorations) else "not checked")


def about_ports(promise: Sometimes) -> bool:
    """Tell whether a witness shows port 3389 open or closed."""
    return any(("port", "3389") in pattern.fields for pattern in promise.path)


def _narrower(explorations: Sequence[Exploration], witnesses: Mapping[str, Judged]) -> Judged:
    """Return the verdict on the promise that compares policies; where one policy is given there is nothing to compare.

    It is asked of the smallest table that was explored: further capabilities are no matter of policy.
    """
    if any(e.model.policy is not None for e in explorations) or not all(e.complete for e in explorations):
        return Judged(NARROWER, "not checked")
    found = breaks(min((e.model.table for e in explorations), key=lambda rules: len(rules.rows)))
    if found is not None:
        return Judged(NARROWER, "broken", *found)
    missing = _missing(NARROWER, witnesses)
    return Judged(NARROWER, "vacuous" if missing else "holds", missing=missing)


def _missing(promise: AnyKept, witnesses: Mapping[str, Judged]) -> tuple[str, ...]:
    return tuple(name for name in promise.witnesses if witnesses[name].verdict not in ("witnessed", "not promised"))


def _kept(
    promise: AnyKept,
    explorations: Sequence[Exploration],
    witnesses: Mapping[str, Judged],
    choices: Choices,
) -> Judged:
    if presumes_another(promise, choices):
        return Judged(promise, "not promised")
    if isinstance(promise, Traced):  # ids and clocks are not in a model
        return Judged(promise, "not checked")
    if isinstance(promise, Relation):
        return _narrower(explorations, witnesses)
    for e in explorations:
        if promise.name in e.broken:
            return Judged(promise, "broken", e.broken[promise.name], e.model)
    # Behind a break nobody looked any further.
    if not all(e.complete and not e.broken for e in explorations):
        return Judged(promise, "holds to bound")
    missing = _missing(promise, witnesses)
    # One policy need not make every good thing possible; but where none of them is, the promise says nothing about it.
    one_policy = all(e.model.policy is not None for e in explorations)
    if one_policy and all(
        isinstance(w := witnesses[name].promise, Sometimes) and about_ports(w) for name in promise.witnesses
    ):
        return Judged(promise, "not checked")
    empty = len(missing) == len(promise.witnesses) if one_policy else bool(missing)
    return Judged(promise, "vacuous" if empty else "holds", missing=missing)
