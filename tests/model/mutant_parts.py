"""What the six files about mutants share: each takes every sixth mistake, so that two processes can do the work."""

from functools import cache

import pytest

from docs.generate.noticed import noticed
from rasim.verify import Exploration
from rasim.verify.mutants.mutants import Mutant, baselines, kill, mutants

PARTS = 6
# Mistakes that change nothing: the question has the same needs and is over before control is held without them; *view* and
# *agreed* do not change while the view lasts, and with it control ends anyway. Their edges are those of the table (one digest).
EQUIVALENT = {
    "control asked does not need `view`",
    "control asked needs `view` on arrival only",
    "control asked needs `agreed` on arrival only",
    "control held does not need `view`",
    "control held needs `view` on arrival only",
    "control held does not need `agreed`",
    "control held needs `agreed` on arrival only",
}

# One mistake of each kind, for the routine: what all of them show takes many minutes.
ROUTINE = {
    "T1 deleted",
    "O3 without `local`",
    "C3 with `control asked` turned round",
    "C3 with its conditions read as or",
    "W2 sets listed to false",
    "O2 does not say offer_refused",
    "view does not need `helper`",
    "ticket needs `offers` on arrival only",
    "question with its needs read as or",
    "control asked does not need `view`",
    "view ends without ended",
    "open port lasts while port 3389 is always open or port 3389 is while in use",
    "`pauses` leaves no paused",
    "the interpreter: needs are not tested on arrival",
    "M21: a lock is noticed late",
}


@cache
def _baselines() -> dict[str, Exploration]:
    return baselines()


def part(number: int) -> pytest.MarkDecorator:
    """Return the mark that gives a test each of the mutants of one part; the routine makes those of `ROUTINE`, all of them in part 0.

    The mistakes of one kind are made by the same lines of code, so that one of them shows whether these lines work.
    """
    assert ROUTINE <= {mutant.name for mutant in mutants()}
    others = [mutant for mutant in mutants() if mutant.name not in ROUTINE]
    mine = [pytest.param(each, marks=pytest.mark.exhaustive, id=each.name) for each in others[number::PARTS]]
    first = [pytest.param(each, id=each.name) for each in mutants() if each.name in ROUTINE and number == 0]
    return pytest.mark.parametrize("mutant", [*first, *mine])


def verdict(mutant: Mutant) -> tuple[str, str]:
    """Return how a mutant should end and how it does: noticed, equivalent, or what else."""
    killed = kill(mutant, _baselines()[mutant.size])
    assert killed.by == noticed()["mistakes"].get(mutant.name), "python -m docs.generate.noticed"
    actual = "noticed" if killed.by is not None else killed.how
    return "equivalent" if mutant.name in EQUIVALENT else "noticed", actual
