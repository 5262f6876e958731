"""What traces showed, in words, as JSON and as JUnit's XML."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attrs import asdict, frozen

from rasim.document.excerpt import Excerpt
from rasim.errors import Exit, TraceError, worst
from rasim.interop import junit
from rasim.protocol.lines import KINDS, Line, Recorded
from rasim.scenario.model import Do, Scenario, Together
from rasim.verify.promises.audit_trail import Interval
from rasim.verify.promises.judge import Judge, JudgedTrace, Untold
from rasim.words import plural, printable

LIMITS = (
    "promises speak of what was recorded: a recorder that leaves lines out, or makes them up, is believed",
    "what was not recorded is not asked; `not_asked` says what, and a kept trace is kept as far as it was asked",
    "a trace without a recorder line is presumed to have its prompts, answers, frames, input, sessions and policy recorded",
)


@frozen
class JudgedFile:
    """A file with what its trace shows, or why it cannot be read; `excerpt` where a report is to show lines of it."""

    file: str
    trace: JudgedTrace | None = None
    error: TraceError | None = None
    record: tuple[Interval, ...] | None = None
    excerpt: Excerpt | None = None


def exit_code(judged: Sequence[JudgedFile]) -> Exit:
    """Return the exit code: unreadable 2, broken 1, cannot tell 3, no trace at all 4."""
    codes = {"kept": Exit.OK, "broken": Exit.FAILED, "cannot tell": Exit.INCONCLUSIVE}
    each = (Exit.USAGE if one.trace is None else codes[one.trace.verdict] for one in judged)
    return worst(*each) if judged else Exit.NOTHING


def whole(scenario: Scenario, trace: Sequence[Recorded]) -> Iterator[Recorded]:
    """Yield the trace of a scenario between the lines that say what was recorded and that nothing was cut off.

    All was recorded; but where the scenario itself lets a time pass ahead of the clock nothing can be asked of times.
    """
    steps = [each for step in scenario.steps for each in (step.steps if isinstance(step, Together) else (step,))]
    ahead = any(isinstance(s, Do) and s.spoken is not None and s.spoken.kind.endswith("passes") for s in steps)
    records = tuple(name for name in KINDS if name != "time" or not ahead)
    yield Recorded(0, Line("recorder", (("records", records),)), trace[0].at if trace else 0)
    yield from trace
    last = trace[-1] if trace else Recorded(0, Line("recorder"), 0)
    yield Recorded(last.seq + 1, Line("recording_ended"), last.at)


def broken_promise(scenario: Scenario) -> Callable[[Sequence[Recorded]], str | None]:
    """Return what says which promise the trace of a scenario breaks."""

    def look(trace: Sequence[Recorded]) -> str | None:
        judge = Judge(scenario.choices)
        for recorded in whole(scenario, trace):
            judge.take(recorded)
        broken = judge.close().broken
        return f"{broken[0].promise} is broken (seq {broken[0].at}): {broken[0].because}" if broken else None

    return look


def as_text(judged: JudgedFile, *, verbose: bool = False) -> str:
    """Return what one trace shows: a line for a kept one, for others each promise with its line and reason."""
    return "\n".join(_lines(judged, verbose=verbose))


def _lines(judged: JudgedFile, *, verbose: bool) -> Iterator[str]:
    file = printable(judged.file)
    if judged.trace is None:
        yield f"not read     {file}"
        return
    trace = judged.trace
    beyond = f"; {len(trace.not_asked)} not asked" if trace.not_asked else ""
    asked = len(trace.kept) + len(trace.broken) + len(trace.cannot_tell)
    lines = f"{plural(trace.lines, 'line')}{'' if trace.recorder else ', no recorder'}"
    yield f"{trace.verdict:<12} {file}  ({lines}; {plural(asked, 'promise')} asked{beyond})"
    for broken in trace.broken:
        where = f"line {broken.number}, seq {broken.at}" if broken.number else f"seq {broken.at}"
        yield f"  broken       {broken.promise}"
        yield f"    {where}: {printable(broken.because)}"
        yield f"    {printable(_line(broken.at, broken.line))}"
    for untold in trace.cannot_tell:
        yield f"  cannot tell  {untold.promise}"
        yield f"    needs {printable(untold.needs)}"
    for each in judged.record or ():
        yield f"  on record    {interval_in_words(each)}"
    if verbose:
        yield from (f"  kept         {name}" for name in trace.kept)
        yield from (f"  not asked    {untold.promise} ({untold.needs})" for untold in trace.not_asked)


def _line(seq: int, line: Any) -> str:
    import json  # noqa: PLC0415  (only where something is broken)

    return json.dumps(Recorded(seq, line).as_json(), ensure_ascii=False)


def interval_in_words(each: Interval) -> str:
    """Return who saw or held what, from which line to which, and by whose yes."""
    what = "view" if each.request is None else f"{each.request}, in the view"
    until = f"to {each.until}" if each.until is not None else "and goes on"
    by = f"yes of {each.by}" if each.by is not None else "whose yes it rests on is not told with it"
    text = (
        f"{what} of {each.session or '?'} by {each.expert or '?'} ({each.connection}), seq {each.since} {until}: {by}"
    )
    return printable(text)


def last_line(judged: Sequence[JudgedFile]) -> str:
    """Return the counts of all verdicts."""
    counts = [("cannot be read", sum(one.trace is None for one in judged))]
    counts += [
        (verdict, sum(one.trace is not None and one.trace.verdict == verdict for one in judged))
        for verdict in ("broken", "cannot tell", "kept")
    ]
    said = ", ".join(f"{number} {verdict}" for verdict, number in counts if number or verdict == "kept")
    return f"{plural(len(judged), 'trace')}: {said}"


def as_json(judged: Sequence[JudgedFile]) -> dict[str, Any]:
    """Return the JSON object of the command line contract."""
    return {
        "traces": [_json(one) for one in judged],
        "complete": all(one.trace is not None for one in judged),
        "limits": list(LIMITS),
    }


def _json(judged: JudgedFile) -> dict[str, Any]:
    if judged.trace is None:
        error = judged.error
        said = None if error is None else {"message": error.message, "line": error.where.line}
        empty: dict[str, list[str]] = {name: [] for name in ("broken", "cannot_tell", "kept", "not_asked")}
        return {"file": judged.file, "verdict": None, "error": said, "lines": 0, **empty}
    trace = judged.trace
    return {
        "file": judged.file,
        "verdict": trace.verdict,
        "error": None,
        "lines": trace.lines,
        "broken": [
            {"promise": b.promise, "at": b.at, "because": b.because, "line": b.number or None} for b in trace.broken
        ],
        "cannot_tell": _untold(trace.cannot_tell),
        "kept": list(trace.kept),
        "not_asked": _untold(trace.not_asked),
        **({} if judged.record is None else {"record": [asdict(each) for each in judged.record]}),
    }


def _untold(all_: Sequence[Untold]) -> list[dict[str, str]]:
    return [{"promise": each.promise, "needs": each.needs} for each in all_]


def as_junit(judged: Sequence[JudgedFile]) -> str:
    """Return a suite for each trace and a case for each promise that was asked; what cannot be told is an error, never green."""
    return junit.render("rasim judge", (junit.Suite(one.file, tuple(_cases(one))) for one in judged))


def _cases(judged: JudgedFile) -> Iterator[junit.Case]:
    if judged.trace is None:
        yield junit.Case("is read", "error", "not read", str(judged.error), str(judged.error))
        return
    not_asked = "".join(f"not asked: {each.promise} ({each.needs})\n" for each in judged.trace.not_asked)
    yield junit.Case("is read", details=not_asked)
    for broken in judged.trace.broken:
        details = f"line {broken.number}, seq {broken.at}: {broken.because}\n{_line(broken.at, broken.line)}"
        yield junit.Case(broken.promise, "failed", "broken", broken.because, details)
    for untold in judged.trace.cannot_tell:
        yield junit.Case(untold.promise, "error", "cannot tell", f"needs {untold.needs}")
    yield from map(junit.Case, judged.trace.kept)
