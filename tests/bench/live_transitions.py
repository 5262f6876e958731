"""How many transitions of the standard models were taken in a live meeting? `python tests/bench/live_transitions.py [MODEL...]`: minutes.

Each model whole, or those that are named: pair, "two experts", "two sessions", ports (`tests/model/live_tour.py` says how).
"""

import gc
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "model"))

from live_tour import toured

from rasim.verify.states.model import standard_models


def main(names: list[str]) -> int:
    """Say it of each model; the exit code is 1 if a transition was not taken, or did something else."""
    gc.disable()
    failed = False
    for model in standard_models():
        if names and model.name not in names:
            continue
        tour = toured(model)
        timed, by_clock = tour.by_clock()
        sys.stdout.write(
            f"{model.name}: {tour.taken:,} of {tour.transitions:,} transitions; {by_clock:,} of {timed:,} timers by the clock; "
            f"{tour.events:,} events in {tour.meetings} meetings; {sum(tour.wrong.values())} did something else\n"
        )
        sys.stdout.flush()
        for differs, count in tour.wrong.most_common(20):
            sys.stdout.write(f"  {count} x {differs}\n")
        failed |= bool(tour.wrong) or tour.taken < tour.transitions
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
