"""What a swarm of searches found and what it covered, in words and as JSON."""

from collections.abc import Iterator
from typing import Any

from rasim.engines.swarm import Swarm
from rasim.protocol.lines import Recorded
from rasim.verify.promises.catalogue import CHECKED
from rasim.verify.promises.kinds import Always


def as_json(swarm: Swarm) -> dict[str, Any]:
    """Return a swarm as JSON."""
    return {
        "name": swarm.model.name,
        "seed": swarm.seed,
        "searches": swarm.searches,
        "why": swarm.why,
        "taken": swarm.taken,
        "tried": swarm.tried,
        "depth": swarm.depth,
        "states": swarm.states,
        "seen_once": swarm.once,
        "situations": swarm.situations,
        "possible_situations": swarm.possible,
        "unused_rows": list(swarm.unused_rows),
        "asked": list(swarm.asked),
        "broken": [
            {
                "name": name,
                "because": finding.because,
                "trace": [
                    Recorded(n + 1, line).as_json()
                    for n, line in enumerate([*finding.opening, *(line for step in finding.lines for line in step)])
                ],
            }
            for name, finding in sorted(swarm.broken.items())
        ],
    }


def as_text(swarm: Swarm) -> Iterator[str]:
    """Yield a swarm in words: how far it came, what it covered, and the way to what it found broken."""
    rows = len(swarm.model.table.rows)
    unused = f"; never: {', '.join(swarm.unused_rows)}" if swarm.unused_rows else ""
    yield f"{swarm.model.name}, by a swarm of {swarm.searches} searches from seed {swarm.seed}"
    yield f"  every event in each of {swarm.taken:,} states: {swarm.tried:,} that did something, depth {swarm.depth}"
    yield f"  {swarm.states:,} states seen, {_percent(swarm.once, swarm.states)} of them by one search only: {_unseen(swarm)}"
    yield f"  {swarm.situations:,} of at most {swarm.possible:,} situations of one assistance"
    yield f"  {rows - len(swarm.unused_rows)} of {rows} rows{unused}"
    yield f"  {len(swarm.asked)} promises were asked at every line: {_verdict(swarm)}"
    yield f"  not asked: the {sum(not isinstance(p, Always) for p in CHECKED)} about what ends, what stays within reach, and single steps"
    yield f"  NOT COMPLETE: {swarm.why}"
    for name in sorted(swarm.broken):
        yield from _shown(name, swarm)
    yield ""


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


def _unseen(swarm: Swarm) -> str:
    """Say what that means: two searches that see different states have seen few of all."""
    if swarm.searches < 2:
        return "one search tells nothing of how many there are"
    return "most states were not seen" if swarm.once * 2 > swarm.states else "there may be more"


def _verdict(swarm: Swarm) -> str:
    return f"{len(swarm.broken)} BROKEN" if swarm.broken else "none is broken as far as they came"


def _shown(name: str, swarm: Swarm) -> Iterator[str]:
    from rasim.analysis.counterexample import as_scenario  # noqa: PLC0415
    from rasim.interop.exports import changes  # noqa: PLC0415  (scenarios are only needed where something is shown)

    finding = swarm.broken[name]
    yield f"  {name}: {finding.because}"
    yield f"  as a scenario ({len(finding.steps)} steps, none of which can be left out)"
    yield from (f"    {line}" for line in as_scenario(finding, swarm.model, tries=True).splitlines())
    yield "  what each step changed"
    yield from (f"    {line}" for line in changes(finding, swarm.model))
