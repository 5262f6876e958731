"""Traces that were judged as a document and as JSON: the verdict, each trace that is not kept with its evidence, then those that are.

*Kept* means as far as it was asked, and the document says how far that was: what cannot be told stands with what it needs, and what
was not asked too. The first screen tells what is found once, with how many traces have it and where first; one trace has its evidence.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from attrs import asdict

from rasim.analysis.judged_files import JudgedFile
from rasim.analysis.limits import OF_JUDGE, OF_JUDGE_BY_THE_TABLE
from rasim.document import blocks as doc
from rasim.document.diagrams import parties_of
from rasim.document.excerpt import fields, lines_table
from rasim.interop.mapping import UNDECIDED
from rasim.protocol.trace_text import WRONG_LINES
from rasim.report.outputs import limits_section, not_said
from rasim.scenario import broken_promise as broken_promise  # noqa: PLC0414  (in 0.1 it stood here: tests made then import it)
from rasim.verify.behaviours.explained import ExplainedTrace
from rasim.verify.promises.audit_trail import Interval
from rasim.verify.promises.judge import MOST_DOUBTS, Broken, JudgedTrace, Untold
from rasim.words import by_verdict, plural, printable, some

_FEW: Final = 3  # of a kind, which are named where others are counted
NO_TRACE: Final = "not a trace; for other logs use --mapping FILE"
_NOT_JSON: Final = "not JSON"
SHOWN: Final = 100  # traces that are shown with their evidence; others stand in the table
_DRAWN: Final = 30  # traces that are drawn, those that are not kept first
_TONES: Final[dict[str, doc.Tone]] = {"broken": "bad", "not read": "bad", "cannot tell": "unclear", "kept": "good"}
_STRANGE: Final[dict[str, doc.Tone]] = {"not explained": "bad", "cannot tell if explained": "unclear"}
_WORDS: Final = {"broken": "BROKEN", "not read": "NOT READ", "cannot tell": "CANNOT TELL", "kept": "kept"}


# ---- as a document -------------------------------------------------------------------------------------------


def document(judged: Sequence[JudgedFile], *, verbose: bool = False, listed: bool = True) -> doc.Document:
    """Return the document: what is broken or was not read before what cannot be told, and that before what is kept.

    With `verbose` a terminal is told which promises are kept and which were not asked; unless `listed` no table has all traces.
    """
    counts: Counter[str] = Counter(each.verdict for each in judged)
    others = [verdict for verdict in ("broken", "not read", "cannot tell") if counts[verdict]]
    strange = {word: [_unexplained(one) for one in judged if one.unexplained == word] for word in _STRANGE}
    kept = plural(counts["kept"], "trace kept, as far as it was asked", "traces kept, as far as they were asked")
    if not others:
        kept = "no trace was found" if not judged else "kept, as far as it was asked" if len(judged) == 1 else kept
    blamed = {_WORDS[each]: [_blamed(one) for one in judged if one.verdict == each] for each in others}
    blamed |= {word.upper(): names for word, names in strange.items() if names}
    verdict = by_verdict(blamed, kept if counts["kept"] or not others else "")
    if len(judged) == 1 and judged[0].verdict == "cannot tell":
        verdict = f"{_held(judged[0])}{verdict}"
    tones = [_TONES[each] for each in others] + [_STRANGE[word] for word, names in strange.items() if names]
    tone: doc.Tone = "bad" if "bad" in tones else "unclear" if tones or not judged else "good"
    asked = _promises([each.trace for each in judged if each.trace is not None], " promises")
    summary = f"{plural(len(judged), 'trace')} with {_lines(judged)}.{asked and f' {asked}.'}"
    sections = _sections(judged, verbose=verbose, listed=listed)
    return doc.Document("rasim judge", verdict, tone, summary, sections, _first(judged))


# ---- the first screen ------------------------------------------------------------------------------------------


def _first(judged: Sequence[JudgedFile]) -> Iterator[tuple[doc.Wording, doc.Wording]]:
    """Yield what is read under the verdict: which traces, how far they were asked and why no further."""
    traces = [each.trace for each in judged if each.trace is not None]
    of = Counter(_WORDS[each.verdict] for each in judged)
    counts = ", ".join(f"{of[word]} {word}" for word in _WORDS.values() if of[word])
    if len(judged) == 1:
        yield "log" if judged[0].log else "trace", (doc.code(judged[0].file), f", {_lines(judged)}")
    else:
        yield "traces", f"{counts}; {_lines(judged)}" if judged else "none"
    if traces:
        yield "promises", _promises(traces)
        (reason, _), *others = Counter(each.needs for trace in traces for each in trace.not_asked).most_common() or [
            ("", 0)
        ]
        more = f", and {plural(len(others), 'more reason')}" if others else ""
        if reason:
            yield "not asked", f"{reason}{more}"
    if recording := "; ".join(_recordings(traces)):
        yield "recording", recording
    explained = [each for each in judged if each.explained is not None]
    if explained:
        well = sum(not each.unexplained for each in explained)
        alone = "by the table: one of its behaviours leaves exactly these lines" if well else "not by the table"
        yield "explained", alone if len(judged) == 1 else f"{well} of {plural(len(explained), 'trace')} by the table"
    yield not_said(_limits(judged), "judge")


def _recordings(traces: Sequence[JudgedTrace]) -> Iterator[str]:
    """Yield what recordings lack: an end, without which some promises are not asked, and a line that tells what was recorded."""
    cut = [trace.unended for trace in traces if not trace.ended]
    if cut:
        asked_not, untold = (max(each) for each in zip(*cut, strict=True))
        most = "" if len(traces) == 1 else "up to "
        why = [f"{most}{plural(asked_not, 'promise')} not asked"] if asked_not else []
        why += [f"{most}{untold} cannot be told"] if untold else []
        of = "has no end" if len(traces) == 1 else f"{len(cut)} {'has' if len(cut) == 1 else 'have'} no end"
        yield f"{of}{': ' if why else ''}{', '.join(why)}"
    if silent := sum(not trace.recorder for trace in traces):
        where = "" if len(traces) == 1 else f"in {plural(silent, 'trace')} "
        yield f"{where}no line tells what was recorded: what is usual was presumed"


def _lines(judged: Sequence[JudgedFile]) -> str:
    """Return how many lines were read; of logs of other products their own, and what came of them."""
    events = sum(each.trace.lines for each in judged if each.trace is not None)
    if not any(each.log is not None for each in judged):
        return plural(events, "line")
    own = sum(each.log.lines for each in judged if each.log is not None)
    return f"{plural(own, 'line')}, read as {plural(events, 'event')}"


def _promises(traces: Sequence[JudgedTrace], noun: str = "") -> str:
    """Return how many promises came out how, of each trace, so that they add up to all; nothing where no trace was read."""
    each = {
        "broken": [len(trace.broken) for trace in traces],
        "kept": [len(trace.kept) for trace in traces],
        "cannot be told": [len(trace.cannot_tell) for trace in traces],
        "not asked": [len(trace.not_asked) for trace in traces],
    }
    if not traces:
        return ""
    said = ", ".join(f"{_range(numbers)} {word}" for word, numbers in each.items() if any(numbers))
    of = "" if len(traces) == 1 else " of each trace"
    return f"{_range([sum(numbers) for numbers in zip(*each.values(), strict=True)])}{noun}{of}: {said}"


def _range(numbers: Sequence[int]) -> str:
    least, most = min(numbers), max(numbers)
    return f"{most}" if least == most else f"{least} to {most}"


def _held(judged: JudgedFile) -> str:
    """Return what a trace kept, where something else cannot be told."""
    kept = judged.trace.kept if judged.trace is not None else ()
    if not kept:
        return ""
    return f"kept: {some(kept)}; " if len(kept) <= _FEW else f"{plural(len(kept), 'promise')} kept; "


def _findings_once(judged: Sequence[JudgedFile]) -> Iterator[doc.Block]:
    """Yield of many traces each thing that was found once: in how many, where first, and why there."""
    unread: dict[str, list[str]] = {}
    broken: dict[str, list[tuple[JudgedFile, Broken]]] = {}
    untold: dict[str, tuple[dict[str, None], dict[str, None]]] = {}  # by what is needed: the promises, the traces
    for each in judged:
        file = printable(each.file)
        if each.trace is None:
            unread.setdefault(_why(each), []).append(file)
            continue
        for found in each.trace.broken:
            broken.setdefault(found.promise, []).append((each, found))
        for open_ in each.trace.cannot_tell:
            promises, files = untold.setdefault(_needs(each, open_), ({}, {}))
            promises[open_.promise] = files[file] = None
    for why, files_ in unread.items():
        yield doc.Card(why or "it was not read", (_within(files_),), "bad", "NOT READ")
    for promise, places in sorted(broken.items(), key=lambda found: -len(found[1])):
        where = [f"{printable(each.file)} ({_places(found, 1)})" for each, found in places]
        why = _because(*places[0])
        yield doc.Card(
            doc.code(promise), (_within(where, ("because", why), *_untold_by(places[0][0])),), "bad", "BROKEN"
        )
    for word in _STRANGE:
        if strange := [each for each in judged if each.unexplained == word]:
            why = strange[0].explained.because if strange[0].explained is not None else ""
            yield doc.Card(
                "The table",
                (_within(list(map(_unexplained, strange)), ("because", why)),),
                _STRANGE[word],
                word.upper(),
            )
    for need, (promises, files) in untold.items():
        yield doc.Card(some(promises), (_within(tuple(files), ("needs", need)),), "unclear", "CANNOT TELL")


def _within(places: Sequence[str], *more: tuple[str, str]) -> doc.Pairs:
    return doc.Pairs((("in", f"{plural(len(places), 'trace')}: {some(places)}"), *more))


def _in_short(block: doc.Block, judged: JudgedFile) -> Iterator[doc.Block]:
    """Yield what the first screen shows of the evidence of one trace: all but what is folded; for one reason many promises at once."""
    trace = judged.trace
    if isinstance(block, doc.Table) and trace is not None and trace.cannot_tell:
        if trace.kept:
            yield doc.Card(some(trace.kept), (), "good", "kept")
        needs: dict[str, list[str]] = {}
        for each in trace.cannot_tell:
            needs.setdefault(_needs(judged, each), []).append(each.promise)
        for need, promises in needs.items():
            yield doc.Card(some(promises), (doc.Pairs([("needs", need)]),), "unclear", "CANNOT TELL")
    elif not isinstance(block, doc.Details | doc.SequenceDiagram):
        yield block


def _needs(judged: JudgedFile, untold: Untold) -> str:
    """Return what a promise that cannot be told needs; of what a log never decides no more than that."""
    decides = judged.log.decides if judged.log is not None else None
    return UNDECIDED if decides is not None and untold.promise not in decides else untold.needs


def _at(number: int, seq: int) -> str:
    """Return where in a trace: the line of the file, or where there is none its `seq`."""
    return f"line {number}" if number else f"seq {seq}"


def _blamed(judged: JudgedFile) -> str:
    """Return a trace that is not kept, and by what first."""
    trace, file = judged.trace, printable(judged.file)
    if trace is None:
        return f"{file}{f' ({why})' if (why := _why(judged)) else ''}"
    if not trace.broken:
        open_ = trace.cannot_tell
        return f"{file} ({open_[0].promise if len(open_) == 1 else plural(len(open_), 'promise')})"
    first = min(trace.broken, key=lambda broken: broken.at)
    of = f", first of {len(first.again) + 1}" if first.again else ""
    return f"{file} by {first.promise} ({_at(first.number, first.at)}{of})"


def _why(judged: JudgedFile) -> str:
    """Return why a file was not read, in a few words: the first of its mistakes, or that it is another kind of file."""
    return "" if judged.error is None else NO_TRACE if _is_no_trace(judged) else judged.error.message


def _is_no_trace(judged: JudgedFile) -> bool:
    """Tell whether a file is something else from its first line on, and not a trace with a mistake in it."""
    problems = judged.error.problems if judged.error is not None and judged.log is None else ()
    strange = [problem for problem in problems if problem.message.startswith(_NOT_JSON)]
    return len(strange) == len(problems) > 0 and (problems[0].where.line == 1 or len(problems) >= _FEW)


def mistakes_of(judged: JudgedFile) -> Iterator[str]:
    """Yield the mistakes of a file that was not read, three of a kind and how many more like these; and what else it may be."""
    problems = judged.error.problems if judged.error is not None else ()
    kinds = Counter[str]()
    for problem in problems:
        kind = _NOT_JSON if problem.message.startswith(_NOT_JSON) else problem.message
        kinds[kind] += 1
        if kinds[kind] <= _FEW:
            yield str(problem)
    for kind, many in kinds.items():
        if many > _FEW:
            rest = ", and the lines after that were not read" if len(problems) >= WRONG_LINES else ""
            yield f"{judged.file}: {plural(many - _FEW, 'more line')} like these ({kind}){rest}"
    if _is_no_trace(judged):
        yield f"{judged.file}: {NO_TRACE}"


def _places(broken: Broken, most: int, *, seq: bool = False) -> str:
    """Return where a promise is broken: at which line first, and at which again."""
    first = _at(broken.number, broken.at) + (f", seq {broken.at}" if seq and broken.number else "")
    if broken.again is None:
        return f"{first}; judged to its first break"
    return f"{first}; again at {some([_at(*each) for each in broken.again], most)}" if broken.again else first


def _because(judged: JudgedFile, broken: Broken) -> str:
    """Return why a promise is broken; of a log of another product no more than that it is so as far as the log tells."""
    return broken.because if judged.log is None else f"as far as this log tells, {broken.because}"


def _untold_by(judged: JudgedFile) -> tuple[tuple[str, str], ...]:
    """Return what a log of another product does not tell, by its mapping."""
    log = judged.log
    return () if log is None or not log.does_not_tell else (("not told", ", ".join(log.does_not_tell)),)


def _unexplained(judged: JudgedFile) -> str:
    """Return a trace that the table does not explain, and from where on."""
    at, file = judged.explained, printable(judged.file)
    if at is None or at.at is None:
        return file
    return f"{file} ({_at(at.number or 0, at.at)})"


def line_of_trace(judged: JudgedFile) -> str:
    """Return one trace as a line of a list: its verdict, its file, and how far it was asked."""
    trace, file = judged.trace, printable(judged.file)
    if trace is None:
        return f"{judged.verdict:<12} {file}"
    asked = _promises([trace], " promises")
    if (table := judged.explained) is not None:
        asked += f"; {judged.unexplained or 'explained'}{f' at line {table.number}' if table.number else ''}"
    return f"{judged.verdict:<12} {file}  ({_lines([judged])}{'' if trace.recorder else ', no recorder'}; {asked})"


def _many(trace: JudgedTrace) -> int:
    return len(trace.kept) + len(trace.broken) + len(trace.cannot_tell)


def _sections(judged: Sequence[JudgedFile], *, verbose: bool, listed: bool) -> Iterator[doc.Section]:
    order = sorted(judged, key=_calm)  # kept ones last, else as they came
    shown = order[:SHOWN] if listed else order
    if len(judged) > 1 and listed:
        head = ("trace", "verdict", "broken", "cannot tell", "kept", "not asked", "lines")
        table = doc.Table("All that were judged", head, map(_row, judged))
        note = (doc.Para(f"{len(order) - SHOWN} of them stand in this table only."),) if len(order) > SHOWN else ()
        found = _findings_once(judged)
        yield doc.Section("Traces", (table, *note), "traces", briefly=found, more="each trace alone")
    for at, each in enumerate(shown, 1):
        if not _calm(each) or len(judged) == 1:
            evidence = tuple(_evidence(each, drawn=at <= _DRAWN, verbose=verbose))
            brief = _evidence(each, drawn=False, verbose=False, most=_FEW) if len(judged) == 1 else ()
            told = tuple(short for block in brief for short in _in_short(block, each))
            few = (
                ()
                if each.trace is None
                else told
                if len(judged) == 1 and (not _calm(each) or each.record is not None)
                else ()
            )
            alone = len(judged) == 1 and each.trace is None
            more = f"{_what_more(each)}" if len(judged) == 1 else "each trace alone"
            yield doc.Section(
                each.file, (doc.Para(_badge(each)), *evidence), f"trace-{at}", always=alone, briefly=few, more=more
            )
    kept = [(at, each) for at, each in enumerate(shown, 1) if _calm(each)]
    if kept and len(judged) > 1:
        parts = (
            doc.Part(
                doc.join(_badge(each), " ", doc.code(each.file)), _evidence(each, drawn=at <= _DRAWN, verbose=verbose)
            )
            for at, each in kept
        )
        folded = doc.Details(f"{plural(len(kept), 'trace')} kept", parts, verbose=verbose)
        yield doc.Section("Kept", (folded,), "kept", more="each trace alone")
    yield limits_section("What this does not say", doc.Items(_limits(judged)))


def _what_more(judged: JudgedFile) -> str:
    """Return what is told of one trace where all is."""
    trace = judged.trace
    return "the trace" if trace is None else f"the {plural(_many(trace) + len(trace.not_asked), 'promise')} by name"


def _calm(judged: JudgedFile) -> bool:
    return judged.verdict == "kept" and not judged.unexplained


def _limits(judged: Sequence[JudgedFile]) -> tuple[str, ...]:
    return OF_JUDGE + (OF_JUDGE_BY_THE_TABLE if any(each.explained is not None for each in judged) else ())


def _badge(judged: JudgedFile) -> doc.Wording:
    return doc.badge(_WORDS[judged.verdict], _TONES[judged.verdict])


def _row(judged: JudgedFile) -> tuple[doc.Wording, ...]:
    trace = judged.trace
    if trace is None:
        return doc.code(judged.file), _badge(judged), "", "", "", "", ""
    each = (trace.broken, trace.cannot_tell, trace.kept, trace.not_asked)
    return doc.code(judged.file), _badge(judged), *(str(len(one)) for one in each), f"{trace.lines:,}"


def _evidence(judged: JudgedFile, *, drawn: bool, verbose: bool, most: int = MOST_DOUBTS) -> Iterator[doc.Block]:
    trace = judged.trace
    if trace is None:
        problems = tuple(mistakes_of(judged))
        if len(problems) > 1:
            yield doc.Items(problems)
        said = "It is no trace" if len(problems) > 1 else str(judged.error or "it was not read")
        yield doc.Para(f"{said}. Nothing of it was judged.")
        return
    yield from (_broken(each, judged, most) for each in trace.broken)
    if told_not := _untold_by(judged):
        yield doc.Pairs([("this log does not tell", words) for _, words in told_not])
    if judged.explained is not None:
        yield _by_the_table(judged.explained, judged)
    if trace.cannot_tell:
        yield doc.Table("What cannot be told", ("promise", "what it needs"), _untold(trace.cannot_tell))
    if judged.record is not None:
        record = doc.Items(map(_in_words, judged.record)) if judged.record else doc.Para("Of no view.")
        yield doc.Part("What the audit record tells", (record,))
    yield from _course(judged, trace, drawn=drawn)
    if trace.kept:
        yield doc.Details(
            f"{plural(len(trace.kept), 'promise')} kept", (doc.Para(doc.names(trace.kept)),), verbose=verbose
        )
    if trace.not_asked:
        table = doc.Table("", ("promise", "why it was not asked"), _untold(trace.not_asked))
        yield doc.Details(f"{plural(len(trace.not_asked), 'promise')} not asked", (table,), verbose=verbose)
    if not trace.recorder:
        yield doc.Para("No line told what was recorded; what is usual was presumed.", soft=True)


def _by_the_table(table: ExplainedTrace, judged: JudgedFile) -> doc.Block:
    """Return whether the table explains a trace, and if not from which line on, and what could have stood there."""
    if table.explained:
        return doc.Para("Explained by the table: one of its behaviours leaves exactly these lines.")
    seq = f", seq {table.at}" if judged.log is None else ""
    where = f"line {table.number}{seq}" if table.number else f"seq {table.at}"
    said: list[doc.Block] = [doc.Para((table.because, doc.place(where)))]
    around = judged.excerpt.around(table.number) if judged.excerpt is not None and table.number else ()
    if around and table.at is not None:
        said.append(
            lines_table("The lines around it", around, {table.at}, "not explained", numbered=judged.log is None)
        )
    if table.possible:
        said.append(doc.Part("What could have stood there", (doc.Items(map(doc.code, table.possible)),)))
    word = judged.unexplained
    return doc.Card("The table", said, _STRANGE[word] if word else "good", word.upper())


def _untold(each: Sequence[Untold]) -> Iterator[tuple[doc.Wording, ...]]:
    return ((doc.code(one.promise), one.needs) for one in each)


def _broken(broken: Broken, judged: JudgedFile, most: int) -> doc.Block:
    """Return a promise that is broken: where, why, and the lines around."""
    around = judged.excerpt.around(broken.number) if judged.excerpt is not None else ()
    shown: doc.Block = doc.Pairs([(doc.code(broken.line.event), fields(broken.line))])
    if around:
        shown = lines_table("The lines around it", around, {broken.at}, "broken here", numbered=judged.log is None)
    why, place = _because(judged, broken), doc.place(_places(broken, most, seq=judged.log is None))
    text, says = ("", "") if judged.log is None else judged.log.spoken.get(broken.number, ("", ""))
    if text:  # the line that stands in the log says more than what was made of it
        said = doc.Pairs([(f"line {broken.number}", doc.code(text)), *([("so", why)] if says else [])])
        blocks: tuple[doc.Block, ...] = (said, shown) if around else (said,)
    else:
        blocks = (shown,)
    return doc.Card(doc.code(broken.promise), (doc.Para((says or why, place)), *blocks), "bad", "BROKEN")


def _course(judged: JudgedFile, trace: JudgedTrace, *, drawn: bool) -> Iterator[doc.Block]:
    """Yield what went from whom to whom: in the whole trace if it is short, else around what broke."""
    excerpt = judged.excerpt
    if excerpt is None:
        return
    if excerpt.whole or trace.broken:
        title = "Who told whom what" if excerpt.whole else "Who told whom what, around what broke"
        yield doc.SequenceDiagram(title, parties_of(excerpt.messages), excerpt.messages, drawn=drawn)
    else:
        yield doc.Para(f"With {trace.lines:,} lines it is too long to be drawn.", soft=True)


def _in_words(each: Interval) -> str:
    """Return who saw or held what, from which line to which, and by whose yes."""
    what = "view" if each.request is None else f"{each.request}, in the view"
    until = f"to {each.until}" if each.until is not None else "and goes on"
    by = f"yes of {each.by}" if each.by is not None else "whose yes it rests on is not told with it"
    return (
        f"{what} of {each.session or '?'} by {each.expert or '?'} ({each.connection}), seq {each.since} {until}: {by}"
    )


# ---- JSON ----------------------------------------------------------------------------------------------------


def as_json(judged: Sequence[JudgedFile]) -> dict[str, Any]:
    """Return the JSON object of the command line contract."""
    return {
        "traces": [_json(one) for one in judged],
        "complete": all(one.trace is not None for one in judged),
        "limits": list(_limits(judged)),
    }


def _json(judged: JudgedFile) -> dict[str, Any]:
    if judged.trace is None:
        error = judged.error
        told = [{"message": p.message, "line": p.where.line} for p in (error.problems if error else ())]
        said: Any = {**told[0], **({"more": told[1:]} if told[1:] else {})} if told else None
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
        "cannot_tell": [asdict(each) for each in trace.cannot_tell],
        "kept": list(trace.kept),
        "not_asked": [asdict(each) for each in trace.not_asked],
        **({} if judged.record is None else {"record": [asdict(each) for each in judged.record]}),
        **({} if judged.explained is None else {"explained": _explained_json(judged.explained)}),
    }


def _explained_json(table: ExplainedTrace) -> dict[str, Any]:
    where = {"at": table.at, "line": table.number, "because": table.because or None}
    return {"explained": table.explained, **where, "possible": list(table.possible)}
