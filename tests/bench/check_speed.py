"""What `rasim check` takes, beside another state of rasim's own: processor seconds of both, in turn, in one run.

    python tests/bench/check_speed.py OTHER [--rounds N]

OTHER is the `rasim` of another checkout with its own environment, for example that of the version before. Both check the standard
models; then their counts and digests (`--format json`) are compared. What it does not cover: other options, other machines, and how
long one waits, for the one may use more processors than the other.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median


def main() -> None:
    """Run both in turn, and say what each took and whether they found the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    ours = Path(sys.executable).with_name("rasim")
    took: dict[Path, list[float]] = {ours: [], given.other: []}
    for rasim in took:
        run(rasim, "check")  # once for what is compiled
    for _ in range(given.rounds):
        for rasim, seconds in took.items():
            before = spent()
            run(rasim, "check")
            seconds.append(spent() - before)
    for rasim, seconds in took.items():
        print(  # noqa: T201 - a script's answer
            f"{median(seconds):6.2f} s of the processor, least {min(seconds):.2f}  {rasim}"
        )
    ratios = [least(took[ours]) / least(took[given.other]) for least in (median, min)]
    found = [models(run(rasim, "check", "--format", "json")) for rasim in took]
    same = "the same counts and digests" if found[0] == found[1] else f"they differ: {found}"
    print(f"ratio of the medians {ratios[0]:.2f}, of the least {ratios[1]:.2f}; {same}")  # noqa: T201 - as above


def run(rasim: Path, *arguments: str) -> str:
    """Return what a command prints."""
    return subprocess.run([rasim, *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603 - rasim


def spent() -> float:
    """Return the processor seconds of all processes that ended so far."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def models(answer: str) -> object:
    """Return what is said of the models in an answer."""
    return json.loads(answer)["models"]


if __name__ == "__main__":
    main()
