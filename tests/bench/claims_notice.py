"""How much less is a claim than its promise? `python tests/bench/claims_notice.py`: some minutes, with z3.

Each mistake of `rasim check --mutants` that is in a table (the interpreter is not printed) is explored, and proved. Of those that break a
promise which has a claim it counts how many the proof notices, and names the rest: docs/explanation/any-number.md quotes that.
"""

import gc
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from rasim.engines.provers.claims import APART, claims
from rasim.engines.provers.proof import prove
from rasim.protocol.rules import CONTROL
from rasim.protocol.step import Rules
from rasim.protocol.vocabulary import further
from rasim.verify.mutants.mutants import Mutant, model_for, mutants
from rasim.verify.states.explore import explore

CLAIMED = {claim.promise for claim in claims()} | {APART[0], "words_of_the_expert_change_no_need"}


def tried(mutant: Mutant) -> tuple[str, list[str], bool, bool]:
    """Return a mistake's name, the promises with a claim that it breaks, whether the proof is whole, and whether it misses one of them."""
    gc.disable()
    broken = set(explore(model_for(mutant), sometimes=(), digest=False).broken) & CLAIMED
    names = [fact.name for fact in mutant.table.facts if fact.scope == "assistance" and "asked" in fact.values]
    proof = prove(mutant.table, tuple(CONTROL if name == "control" else further(name) for name in names))
    proved = {each.promise for each in proof.promises if each.verdict == "proved"}
    return mutant.name, sorted(broken), proof.whole, bool(broken & proved)


def main() -> None:
    """Try all of them and say what came of it."""
    all_ = [mutant for mutant in mutants() if mutant.interpreter is Rules]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(tried, all_, chunksize=4))
    breaking = [each for each in found if each[1]]
    unseen = [each for each in breaking if each[2]]
    for name, broken, _, _ in unseen:
        sys.stdout.write(f"not noticed: {name}  ({', '.join(broken)})\n")
    vacuous = [each for each in breaking if not each[2] and each[3]]
    sys.stdout.write(
        f"{len(all_)} tables with a mistake, {len(breaking)} break a promise that has a claim: the proof of {len(unseen)} is whole, "
        f"of {len(vacuous)} it is not but calls a promise proved that is broken\n"
    )


if __name__ == "__main__":
    main()
