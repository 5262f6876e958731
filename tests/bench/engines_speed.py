"""rasim's engines against Spin, on rasim's own models: same states, same transitions, in one run on this machine.

    python tests/bench/engines_speed.py                  the models up to some millions of states; some minutes
    python tests/bench/engines_speed.py --big            and one of 132,589,914 states, by Spin too: an hour, 17 GiB for Spin
    python tests/bench/engines_speed.py --plot FILE      the curves as SVG, from what was measured

Needs numpy, numba and Spin. Every engine runs in a process of its own: from the prompt to the count, imports, tables, printing and
compiling included. *search* is the search alone. Bytes are the most memory that the process held, divided by the states. Spin explores
without assertions and optimized, the way it is fastest; rasim asks its promises elsewhere (docs/decisions/0012-engines.md).
"""

import json
import subprocess
import sys
from collections.abc import Callable
from math import log10
from pathlib import Path
from time import perf_counter
from typing import Any

from attrs import evolve

from rasim.engines.provers.spin import ask
from rasim.verify.states.model import Model, sized_model, wide_model

ALL = frozenset({"comes back"})


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def models() -> dict[str, Callable[[], Model]]:
    """Return the models by their names, the smallest first."""
    return {
        "2 x 2": lambda: sized_model(2, 2),
        "2 x 2, all session facts": lambda: evolve(sized_model(2, 2), without=ALL),
        "3 x 2": lambda: sized_model(3, 2),
        "2 x 2, all facts and chat": lambda: wide_model(2, 2),
        "2 x 3": lambda: sized_model(2, 3),
        "2 x 3, all session facts": lambda: evolve(sized_model(2, 3), without=ALL),
    }


BIG = "2 x 3, all session facts"


def one(engine: str, name: str) -> dict[str, Any]:
    """Explore a model by one engine; in a process of its own."""
    import gc
    import resource

    gc.disable()
    model = models()[name]()
    if engine.startswith("Spin"):
        order = "breadth" if engine.endswith("breadth") else "depth"
        said = ask(model, order, asserted=None, expected=1 << 27 if name == BIG else 1 << 22, memory=21_000,
                   depths=(133_000_000,) if name == BIG else (3_000_000,))  # fmt: skip
        found = {"states": said.states, "transitions": said.transitions, "complete": said.complete, "search": said.ran}
        return found | {"memory": said.memory * (1 << 20), "why": said.why}
    from rasim.engines.state_space import explore_numbers
    from rasim.engines.tables import tabulate

    kind, _, threads = engine.partition(" ")
    reached = explore_numbers(tabulate(model), kind, threads=int(threads or 1))  # type: ignore[arg-type]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"states": reached.states, "transitions": reached.transitions, "complete": reached.complete,
            "search": reached.seconds, "memory": memory, "why": reached.why}  # fmt: skip


def measured(engine: str, name: str) -> dict[str, Any]:
    """Run an engine in a process of its own, and time the whole of it."""
    begun = perf_counter()
    done = subprocess.run([sys.executable, __file__, "--one", engine, name], capture_output=True, text=True, check=True)  # noqa: S603  (this file)
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"engine": engine, "model": name, "whole": perf_counter() - begun}


def main(*arguments: str) -> None:
    """Measure, print, and draw."""
    rows = []
    engines = ["numpy", "numba 1", "numba 2", "Spin"]
    measured("numba 1", "2 x 2")  # compiled once and kept, as on every machine after the first time
    say(
        f"{'model':<28}{'engine':<9}{'states':>13}{'transitions':>15}{'search':>9}{'whole':>8}{'states/s':>12}{'trans./s':>14}{'bytes':>7}"
    )
    for name in models():
        if name == BIG and "--big" not in arguments:
            continue
        for engine in engines:
            got = measured(engine, name)
            rows.append(got)
            done = "" if got["complete"] else f"  NOT COMPLETE: {got['why']}"
            say(
                f"{name:<28}{engine:<9}{got['states']:>13,}{got['transitions']:>15,}{got['search']:>8.1f}s{got['whole']:>7.1f}s"
                f"{got['states'] / got['search']:>12,.0f}{got['transitions'] / got['search']:>14,.0f}"
                f"{got['memory'] / got['states']:>7.0f}{done}",
            )
        spin = rows[-1]
        for got in rows[-len(engines) : -1]:
            counts = _compared((got["states"], got["transitions"]), (spin["states"], spin["transitions"]))
            times = got["states"] / got["search"] / (spin["states"] / spin["search"])
            say(
                f"{'':<28}{got['engine']:<9}{times:>6.1f} times Spin's states/s; "
                f"whole command {spin['whole'] / got['whole']:.1f} times as fast; {counts}"
            )
    if "--plot" in arguments:
        Path(arguments[arguments.index("--plot") + 1]).write_text(plot(rows), encoding="utf-8")


def plot(rows: list[dict[str, Any]]) -> str:
    """Return whole time against states as SVG, both axes logarithmic; each curve with a mark and a dash of its own."""
    width, height, left, top = 640, 380, 70, 30
    low, high = 4.0, 8.5
    early, late = -0.5, 4.0

    def place(row: dict[str, Any]) -> tuple[float, float]:
        x = left + (log10(row["states"]) - low) / (high - low) * (width - left - 120)
        y = top + (late - log10(row["whole"])) / (late - early) * (height - top - 50)
        return x, y

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             "<title>Whole time of a command against the states of the model</title>",
             f'<rect width="{width}" height="{height}" fill="#fff"/>']  # fmt: skip
    for power in range(4, 9):
        x, _ = place({"states": 10**power, "whole": 1})
        parts.append(
            f'<path d="M{x:.0f} {top}V{height - 50}" stroke="#ddd"/><text x="{x:.0f}" y="{height - 34}" text-anchor="middle">10^{power}</text>'
        )
    for power in range(5):
        _, y = place({"states": 10**4, "whole": 10**power})
        parts.append(
            f'<path d="M{left} {y:.0f}H{width - 120}" stroke="#ddd"/><text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{10**power} s</text>'
        )
    parts.append(f'<text x="{(left + width - 120) / 2:.0f}" y="{height - 12}" text-anchor="middle">states</text>')
    looks = {
        "Spin": ("#b00020", "2 4"),
        "numpy": ("#00429d", "8 4"),
        "numba 1": ("#2a7a2a", "none"),
        "numba 2": ("#555", "1 3"),
    }
    for engine, (colour, dash) in looks.items():
        points = [place(row) for row in sorted((r for r in rows if r["engine"] == engine), key=lambda r: r["states"])]
        if points:
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(
                f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
            )
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
            x, y = points[-1]
            parts.append(
                f'<text x="{x + 8:.0f}" y="{y + (4 if engine != "numba 2" else 16):.0f}" fill="{colour}">{engine}</text>'
            )
    return "\n".join([*parts, "</svg>", ""])


def _compared(ours: tuple[int, int], spins: tuple[int, int]) -> str:
    """Return how counts compare: Spin prints large ones rounded to eight digits, and more cannot be said of those."""
    if ours == spins:
        return "the same counts"
    rounded = [tuple(f"{count:.7e}" for count in counts) for counts in (ours, spins)]
    return "counts equal to eight digits" if rounded[0] == rounded[1] else "OTHER COUNTS"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        say(json.dumps(one(sys.argv[2], sys.argv[3])))
    else:
        main(*sys.argv[1:])
