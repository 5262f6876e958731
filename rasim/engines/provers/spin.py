"""A second opinion: Spin explores the model that `promela.py` prints, and its numbers are compared with rasim's.

A search that was cut short never counts as complete, whatever Spin says at its end: a depth or memory limit that was reached, a
warning that the search is not completed, a summary that is missing, each is a reason, and it is said. A depth that was too small is
tried again with a larger one.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import Final, Literal

from attrs import asdict, frozen

from rasim.engines.provers.promela import promela
from rasim.errors import UsageError
from rasim.protocol.choices import STRICT, Choices
from rasim.verify.states.explore import Exploration
from rasim.verify.states.model import Model

_Order = Literal["depth", "breadth"]
ORDERS: Final[tuple[_Order, ...]] = ("depth", "breadth")
DEPTHS: Final = (1_000_000, 10_000_000, 100_000_000)  # of a search in depth: one after the other, if one was too small
# Spin counts the step from nothing to the first state.
FIRST: Final = 1
ROUNDED: Final = 1e-7  # Spin prints numbers from a hundred million on with eight digits

CUT_SHORT: Final = (
    ("max search depth too small", "the search was deeper than it may be"),
    ("reached -DMEMLIM bound", "more memory than it may take"),
    ("out of memory", "out of memory"),
    ("VECTORSZ", "a state is larger than it may be"),
    ("hash-table is full", "its table is full"),
    ("Search not completed", "the search was not completed"),
)


@frozen
class Figures:
    """What Spin's verifier said at its end, and whether that is the whole of it."""

    complete: bool
    why: str
    states: int
    transitions: int
    depth: int
    vector: int
    memory: float
    broken: tuple[str, ...]


@frozen
class Opinion(Figures):
    """What Spin says of a model. `broken` are the promises of which a claim failed; then the search stopped there."""

    model: str
    order: _Order
    asserted: bool
    version: str
    generated: float
    compiled: float
    ran: float

    @property
    def seconds(self) -> float:
        """Return the time from the model to the verdict."""
        return self.generated + self.compiled + self.ran


@frozen
class SpinCompared:
    """Spin's opinion of a model, and where it differs from rasim's: in words."""

    opinion: Opinion
    differences: tuple[str, ...]


def ask(
    model: Model,
    order: _Order = "breadth",
    *,
    asserted: Choices | None = STRICT,
    expected: int = 1 << 20,
    memory: int = 8_000,
    depths: Sequence[int] = DEPTHS,
) -> Opinion:
    """Let Spin explore a model in this order: how many states, and whether a claim fails of what is promised under the choices `asserted`.

    `expected` is about how many states there will be (how large a table Spin begins with), `memory` in MiB a limit that ends the search.
    Raises UsageError if Spin or a C compiler is missing, or refuses what was printed.
    """
    spin, compiler = spin_and_compiler()
    begun = monotonic()
    text = promela(model, asserted=asserted)
    with tempfile.TemporaryDirectory(prefix="rasim-spin-") as folder:
        Path(folder, "model.pml").write_text(text, encoding="ascii")
        # -o2: else Spin leaves out of a state what is set and never asked for, like a port, and has fewer states.
        _must([spin, "-o2", "-a", "model.pml"], folder, "pan.c")
        generated = monotonic()
        # Assertions make the text ten times as long: compiled without optimizing they are still quicker to have.
        flags = ["-O2" if asserted is None else "-O0", "-w", "-DSAFETY", "-DNOREDUCE", f"-DMEMLIM={memory}"]
        flags += ["-DBFS"] if order == "breadth" else []
        _must([compiler, *flags, "-o", "pan", "pan.c"], folder, "pan")
        compiled = monotonic()
        said, code = "", 0
        for depth in depths:
            table = min(30, max(18, expected.bit_length()))
            done = subprocess.run(  # noqa: S603  (a program that was made here, with numbers)
                [str(Path(folder, "pan")), f"-m{depth}", f"-w{table}"],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            code = done.returncode
            said = f"{done.stdout}\n{done.stderr}"
            if CUT_SHORT[0][0] not in said:
                break
        ran = monotonic()
    figures = asdict(_read(said, code))
    times = (generated - begun, compiled - generated, ran - compiled)
    return Opinion(
        **figures,
        model=model.name,
        order=order,
        asserted=asserted is not None,
        version=_version(spin),
        generated=times[0],
        compiled=times[1],
        ran=times[2],
    )


def spin_and_compiler() -> tuple[str, str]:
    """Return where they are. UsageError if one is not installed."""
    spin = shutil.which("spin")
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if spin is None or compiler is None:
        missing = "Spin (the package spin of Debian, or spinroot.com)" if spin is None else "a C compiler"
        raise UsageError(f"{missing} is not installed: there is no second opinion without it")
    return spin, compiler


def _version(spin: str) -> str:
    said = subprocess.run([spin, "-V"], capture_output=True, text=True, check=False).stdout  # noqa: S603  (found on the path)
    return " ".join(said.split()[:3]) or "Spin"


def _must(command: Sequence[str], folder: str, makes: str) -> None:
    """Run a command that makes a file. UsageError with what it said if it does not."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  (our own files)
    if done.returncode or not Path(folder, makes).exists():
        said = f"{done.stdout}{done.stderr}".strip().splitlines() or ["nothing"]
        raise UsageError(f"{Path(command[0]).name} cannot make {makes}: {said[0]}")


def _read(said: str, code: int) -> Figures:
    """Read what Spin's verifier said; whatever is not there makes it not complete."""

    def number(pattern: str) -> float:
        found = re.search(pattern, said)
        return -1 if found is None else float(found.group(1))

    figure = r"([0-9.e+]+)"
    states, transitions = number(rf"{figure} states, stored"), number(rf"{figure} transitions \(=")
    depth, errors = number(r"depth reached (\d+)"), number(r"errors: (\d+)")
    broken = re.findall(r"assertion violated .*\|\|\s*\(*(\w+)\)", said)
    failed = next((words for sign, words in CUT_SHORT if sign in said), "")
    missing = -1 in (states, transitions, depth, errors)
    why = (
        f"a claim failed: {', '.join(broken)}" if broken
        else failed or ("its summary is missing" if missing else "")
        or (f"it ended with code {code}" if code else "") or (f"it found {errors:.0f} errors" if errors else "")
    )  # fmt: skip
    return Figures(
        why == "", why, int(states), int(transitions) - FIRST, int(depth), int(number(r"State-vector (\d+)")),
        number(rf"{figure}\s+total actual memory"), tuple(broken),
    )  # fmt: skip


def compared(
    explorations: Iterable[Exploration], choices: Choices = STRICT, progress: Callable[[int, int], object] | None = None
) -> Iterator[SpinCompared]:
    """Ask Spin about every model that was explored whole, and compare. UsageError as above.

    In both orders for the counts, and once more for what is claimed: a broken claim ends a search.
    """
    asked: list[tuple[_Order, Choices | None]] = [*((order, None) for order in ORDERS), ("breadth", choices)]
    searches = [
        (e, *each)
        for e in explorations
        for each in (asked if e.complete and not e.broken else asked[-1:] if e.broken else ())
    ]
    for done, (e, order, asserted) in enumerate(searches):
        if progress is not None:
            progress(done, len(searches))
        opinion = ask(e.model, order, asserted=asserted, expected=e.states)
        broken = tuple(e.broken) if asserted is not None else ()
        yield SpinCompared(opinion, tuple(differences(opinion, e.states, e.transitions, e.depth, broken)))


def differences(
    opinion: Opinion, states: int, transitions: int, depth: int, broken: Sequence[str] = ()
) -> Iterator[str]:
    """Yield in words where Spin does not say what rasim says of a model; nothing where it does.

    Of two that stop at a broken promise only that is compared: what they had seen by then is a matter of order. Nor are counts
    where claims were asserted: what was seen is kept in the state, and need not be a function of it under every choice.
    """
    if opinion.broken or (opinion.complete and broken):
        if not set(opinion.broken) & set(broken):
            yield f"Spin says that {', '.join(opinion.broken) or 'nothing'} is broken, rasim {', '.join(broken) or 'nothing'}"
        return
    if not opinion.complete:
        yield f"Spin cannot tell: {opinion.why}"
        return
    if opinion.asserted:
        return
    if abs(opinion.states - states) > states * ROUNDED:
        yield f"Spin has {opinion.states:,} states, rasim {states:,}"
    if abs(opinion.transitions - transitions) > transitions * ROUNDED:
        yield f"Spin has {opinion.transitions:,} transitions, rasim {transitions:,}"
    if opinion.order == "breadth" and opinion.depth != depth:
        yield f"Spin's search has depth {opinion.depth}, rasim's {depth}"
