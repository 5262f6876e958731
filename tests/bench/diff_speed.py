"""How long `rasim diff` takes from the prompt for long helper lists, beside starting Python and reading both files alone.

    python tests/bench/diff_speed.py [ENTRIES]

Prints seconds (best of three) for two lists without a name in common, for two of which one lacks a name, and for one compared with
itself; and what `rasim audit` takes for the same two files in the same run, which reads and judges them and compares nothing.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from rasim.formats.registry_pol import render
from rasim.policy import Policy, policy_to_entries


def seconds(*command: str) -> float:
    """Return the best of three runs of a command."""
    best = float("inf")
    for _ in range(3):
        begun = perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)  # noqa: S603
        best = min(best, perf_counter() - begun)
    return best


def main() -> None:
    """Write the files, run, print."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    names = {
        "one": [f"CORP\\helper{number}" for number in range(entries)],
        "other": [f"LAB\\helper{number}" for number in range(entries)],
        "shorter": [f"CORP\\helper{number}" for number in range(entries - 1)],
    }
    rasim = (sys.executable, "-m", "rasim")
    with tempfile.TemporaryDirectory() as folder:
        for name, helpers in names.items():
            policy = Policy.of(offer="enabled", mode="view" if name == "one" else "control", helpers=helpers)
            Path(folder, f"{name}.pol").write_bytes(render(policy_to_entries(policy)))
        files = {name: str(Path(folder, f"{name}.pol")) for name in names}
        audit = seconds(*rasim, "audit", files["one"], files["other"])
        print(f"{entries} entries; rasim audit of two: {audit:.2f} s")  # noqa: T201
        for before, after in (("one", "other"), ("one", "shorter"), ("one", "one")):
            for form in ("text", "json"):
                took = seconds(*rasim, "diff", files[before], files[after], "--format", form)
                print(f"{before} -> {after}, {form}: {took:.2f} s, {took / audit:.1f} times the audit")  # noqa: T201


if __name__ == "__main__":
    main()
