"""Traces that were judged as one HTML file: the verdict, then each trace that is not kept with its evidence, then those that are.

Read `report` first. *Kept* means as far as it was asked, and the page says how far that was: what cannot be told stands with what
it needs, and what was not asked too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from rasim.document import html, sequence_html
from rasim.document.blocks import Tone
from rasim.document.html import Html, Report, Section
from rasim.policy import printable
from rasim.protocol.lines import Recorded
from rasim.report.judge import LIMITS, JudgedFile, interval_in_words
from rasim.verify.promises.judge import Broken, JudgedTrace, Untold
from rasim.words import plural

SHOWN: Final = 100  # traces that are shown with their evidence; others stand in the table
DRAWN: Final = 30  # traces drawn on a page, those that are not kept first
_TONES: Final[dict[str, Tone]] = {"kept": "good", "broken": "bad", "cannot tell": "unclear", "not read": "bad"}
_WORDS: Final = {"kept": "kept", "broken": "BROKEN", "cannot tell": "CANNOT TELL", "not read": "NOT READ"}


def render(judged: Sequence[JudgedFile]) -> str:
    """Return the page."""
    return html.page_of(report(judged))


def report(judged: Sequence[JudgedFile]) -> Report:
    """Return the report; what is broken or was not read comes before what cannot be told, and that before what is kept."""
    counts = Counter(map(_verdict, judged))
    others = [v for v in ("broken", "not read", "cannot tell") if counts[v]]
    kept = f"{counts['kept']} kept, as far as they were asked"
    if len(judged) == 1 and not others:
        kept = "kept, as far as it was asked"
    verdict = ", ".join(f"{counts[v]} {_WORDS[v]}" for v in others)
    verdict = f"{verdict}, {counts['kept']} kept" if others else kept if judged else "no trace was found"
    tone: Tone = _TONES[others[0]] if others else "good" if judged else "unclear"
    lines = sum(each.trace.lines for each in judged if each.trace is not None)
    summary = f"{plural(len(judged), 'trace')} with {plural(lines, 'line')}. {_asked(judged)}"
    return Report("rasim judge", verdict, tone, summary, tuple(_sections(judged)))


def _asked(judged: Sequence[JudgedFile]) -> str:
    """Say how far the traces were asked."""
    if len(judged) == 1 and (trace := judged[0].trace) is not None:
        asked = len(trace.kept) + len(trace.broken) + len(trace.cannot_tell)
        return f"{plural(asked, 'promise')} asked, {len(trace.not_asked)} not asked."
    skipped = sum(each.trace is not None and bool(each.trace.not_asked) for each in judged)
    return f"Not every promise could be asked of {skipped} of them." if skipped else ""


def _verdict(judged: JudgedFile) -> str:
    return "not read" if judged.trace is None else judged.trace.verdict


def _sections(judged: Sequence[JudgedFile]) -> Iterator[Section]:
    order = sorted(
        judged, key=lambda each: list(_WORDS).index(_verdict(each)) == 0
    )  # kept ones last, else as they came
    shown = order[:SHOWN]
    if len(judged) > 1:
        head = ("trace", "verdict", "broken", "cannot tell", "kept", "not asked", "lines")
        note = (html.para(f"{len(order) - SHOWN} of them stand in this table only."),) if len(order) > SHOWN else ()
        yield Section("Traces", (html.table("All that were judged", head, map(_row, judged)), *note), "traces")
    for at, each in enumerate(shown, 1):
        if _verdict(each) != "kept" or len(judged) == 1:
            blocks = tuple(_evidence(each, draws=at <= DRAWN))
            yield Section(html.code(each.file), (_badge(each), *blocks), f"trace-{at}")
    kept = [(at, each) for at, each in enumerate(shown, 1) if _verdict(each) == "kept"]
    if kept and len(judged) > 1:
        yield Section("Kept", tuple(_folded(each, draws=at <= DRAWN) for at, each in kept), "kept")
    yield Section("What this does not say", (html.items(LIMITS),), "limits", "limits")


def one(trace: JudgedTrace) -> Report:
    """Return the report of one trace alone, of which no line but those that broke something is at hand."""
    return report([JudgedFile("a trace", trace)])


def _badge(judged: JudgedFile) -> Html:
    verdict = _verdict(judged)
    return html.para(html.badge(_WORDS[verdict], _TONES[verdict]))


def _row(judged: JudgedFile) -> tuple[str, ...]:
    verdict, trace = _verdict(judged), judged.trace
    mark = html.badge(_WORDS[verdict], _TONES[verdict])
    if trace is None:
        return html.code(judged.file), mark, "", "", "", "", ""
    names = (trace.broken, trace.cannot_tell, trace.kept, trace.not_asked)
    return html.code(judged.file), mark, *(str(len(each)) for each in names), f"{trace.lines:,}"


def _folded(judged: JudgedFile, *, draws: bool) -> Html:
    title = html.join(html.badge("kept", "good"), " ", html.code(judged.file))
    return html.details(title, *_evidence(judged, draws=draws))


# ---- one trace -----------------------------------------------------------------------------------------------


def _evidence(judged: JudgedFile, *, draws: bool) -> Iterator[Html]:
    trace = judged.trace
    if trace is None:
        error = judged.error
        yield html.para(str(error) if error is not None else "it was not read", ". Nothing of it was judged.")
        return
    yield from (_broken(each, judged) for each in trace.broken)
    if trace.cannot_tell:
        yield html.table("What cannot be told", ("promise", "what it needs"), _untold(trace.cannot_tell))
    if judged.record is not None:
        yield html.heading("What the audit record tells")
        yield html.items(map(interval_in_words, judged.record)) if judged.record else html.para("Of no view.")
    yield from _course(judged, trace, draws=draws)
    if trace.kept:
        yield html.details(f"{plural(len(trace.kept), 'promise')} kept", html.items(map(html.code, trace.kept)))
    if trace.not_asked:
        table = html.table("What was not asked", ("promise", "why"), _untold(trace.not_asked))
        yield html.details(f"{plural(len(trace.not_asked), 'promise')} not asked", table)
    if not trace.recorder:
        yield html.soft("No line told what was recorded; what is usual was presumed.")


def _untold(each: Sequence[Untold]) -> Iterator[tuple[str, ...]]:
    return ((html.code(one.promise), printable(one.needs)) for one in each)


def _broken(broken: Broken, judged: JudgedFile) -> Html:
    """Return a promise that is broken: where, why, and the lines around."""
    where = f"line {broken.number}, seq {broken.at}" if broken.number else f"seq {broken.at}"
    around = judged.excerpt.around(broken.number) if judged.excerpt is not None else ()
    lines = around or (Recorded(broken.at, broken.line),)
    marked = {broken.at}
    blocks = (
        html.para(f"{broken.because} ", html.place(where)),
        sequence_html.lines("The lines around it" if around else "The line", lines, marked, "broken here"),
    )
    return html.card(html.code(broken.promise), *blocks, tone="bad", mark=html.badge("BROKEN", "bad"))


def _course(judged: JudgedFile, trace: JudgedTrace, *, draws: bool) -> Iterator[Html]:
    """Yield what went from whom to whom: in the whole trace if it is short, else around what broke."""
    excerpt = judged.excerpt
    if excerpt is None:
        return
    if excerpt.whole or trace.broken:
        title = "Who told whom what" if excerpt.whole else "Who told whom what, around what broke"
        yield from sequence_html.of_trace(title, excerpt.messages, draws=draws)
    else:
        yield html.soft(f"With {trace.lines:,} lines it is too long to be drawn.")
