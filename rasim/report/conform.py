"""What was found when a product was tried, as a document and as JSON: what it broke with its story, what failed, how far it was tried."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve

from rasim.analysis.conformance import Conformance, FailingStory, TriedPromise
from rasim.analysis.limits import OF_CONFORM
from rasim.document import blocks as doc
from rasim.document.excerpt import lines_table
from rasim.interop import junit
from rasim.report.outputs import Answer, limits_section, not_said
from rasim.scenario import write_scenario
from rasim.words import by_verdict, plural

_BADGES: Final[dict[str, tuple[str, doc.Tone]]] = {
    "broken": ("BROKEN", "bad"),
    "cannot tell": ("CANNOT TELL", "unclear"),
    "kept": ("kept", "good"),
    "not asked": ("not asked", "plain"),
}


def answer(found: Conformance, *, verbose: bool = False) -> Answer:
    """Return what was found as what the command shows."""
    return Answer(
        lambda: document(found, verbose=verbose), lambda: as_json(found), {"junit": lambda: junit.of_conformance(found)}
    )


def document(found: Conformance, *, verbose: bool = False) -> doc.Document:
    """Return the document; it is good only if everything was kept, and somebody was connected at all."""
    verdict, tone = _verdict(found)
    asked = [each for each in found.promises if each.verdict != "not asked"]
    how_far = (
        f"{found.tried:,} of {plural(found.possible, 'act')} in {plural(len(found.situations), 'situation')} tried"
    )
    told = f"{plural(found.stories, 'story', 'stories')} of {plural(found.acts, 'act')} (seed {found.seed})"
    promises = f"{plural(len(asked), 'promise')} asked, {len(found.promises) - len(asked)} not asked"
    summary = f"{how_far}{'' if found.complete else ', NOT ALL'}; {told}; {promises}."
    first = (
        ("tried", f"{how_far}{'' if found.complete else ', NOT ALL'}"),
        ("told", told),
        ("asked", promises),
        *(
            [("cannot", f"{plural(len(found.cannot), 'thing')} that the adapter says it cannot do")]
            if found.cannot
            else []
        ),
        not_said(OF_CONFORM, "conform"),
    )
    return doc.Document("rasim conform", verdict, tone, summary, _sections(found, verbose=verbose), first)


def _verdict(found: Conformance) -> tuple[str, doc.Tone]:
    open_ = [each.name for each in found.promises if each.verdict == "cannot tell"]
    failed = [f"{found.adapter} ({found.failure.at}: {found.failure.says})"] if found.failure else []
    blamed = {
        f"BROKEN by {found.adapter}": [each.name for each in found.broken],
        "ADAPTER FAILED": failed,
        "CANNOT TELL": open_,
    }
    if found.idle:
        blamed["NOBODY WAS EVER CONNECTED"] = ["no story shows a connection, so nothing that matters was tried"]
    rest = "" if found.verdict != "kept" else f"{found.adapter}: kept, as far as it was tried"
    rest += "" if found.complete or not rest else "; not all was tried"
    tone: doc.Tone = "bad" if found.broken else "unclear" if found.exit_code else "good"
    return by_verdict({word: names for word, names in blamed.items() if names}, rest), tone


def _sections(found: Conformance, *, verbose: bool) -> Iterator[doc.Section]:
    if found.broken:
        broken = [_broken(each) for each in found.broken]
        few = [evolve(card, blocks=card.blocks[:-1]) for card in broken]
        yield doc.Section("What the product broke", broken, "broken", briefly=few, more="what was recorded")
    if found.failure is not None:
        count = plural(found.failure.count, "story", "stories")
        said = (
            f"In {count} the adapter, or what is around it, failed; that is no verdict on the product. The shortest, at"
        )
        blocks = (
            doc.Para((f"{said} {found.failure.at}: ", doc.code(found.failure.says))),
            doc.Code(write_scenario(found.failure.scenario)),
        )
        yield doc.Section("What failed", blocks, "failed", always=True)
    untold = [(doc.code(each.name), each.needs) for each in found.promises if each.verdict == "cannot tell"]
    open_ = (doc.Table("What cannot be told", ("promise", "what it needs"), untold),) if untold else ()
    many = plural(sum(each.verdict != "not asked" for each in found.promises), "promise")
    yield doc.Section("The promises", _promises(found, verbose=verbose), "promises", briefly=open_, more=many)
    yield doc.Section("What was tried", _tried(found, verbose=verbose), "tried", more="what was tried")
    yield limits_section("What this does not say", doc.Items(OF_CONFORM))


def _broken(tried: TriedPromise) -> doc.Card:
    story = tried.story
    assert story is not None  # noqa: S101  (a broken promise has one)
    steps = len(story.scenario.steps)
    why = doc.Para((story.broken.because, doc.place(f"line {story.broken.number} of the trace")))
    again = "" if story.again else " When it was told again it did not break; this is the first telling."
    told = doc.Para(
        f"The shortest story, of {plural(steps, 'step')}.{again} Saved as a file it is a test: `assert_story_kept`."
    )
    around = lines_table(
        "What was recorded", story.excerpt.around(story.broken.number), {story.broken.at}, "broken here"
    )
    return doc.Card(
        doc.code(tried.name), (why, told, doc.Code(write_scenario(story.scenario)), around), "bad", "BROKEN"
    )


def pytest_of(story: FailingStory, adapter: str, file: str) -> str:
    """Return the test that keeps a story, as a file of Python; `file` is where the story is saved beside it."""
    module, _, name = adapter.partition(":")
    return (
        "from pathlib import Path\n\n"
        f"from {module} import {name}\n"
        "from rasim.testing import assert_story_kept\n\n\n"
        f"def test_{story.broken.promise}():\n"
        f"    assert_story_kept({name}, Path(__file__).with_name({file!r}))\n"
    )


def _promises(found: Conformance, *, verbose: bool) -> Iterator[doc.Block]:
    rows = [each for each in found.promises if each.verdict != "not asked"]
    head = ("promise", "verdict", "stories in which it was asked", "what it needs")
    yield doc.Table("", head, ((doc.code(p.name), _badge(p), str(p.stories or ""), p.needs) for p in rows))
    silent = [each for each in found.promises if each.verdict == "not asked"]
    if silent:
        table = doc.Table("", ("promise", "why it was not asked"), ((doc.code(p.name), p.needs) for p in silent))
        yield doc.Details(f"{plural(len(silent), 'promise')} not asked", (table,), verbose=verbose)


def _badge(tried: TriedPromise) -> doc.Span:
    return doc.badge(*_BADGES[tried.verdict])


def _tried(found: Conformance, *, verbose: bool) -> Iterator[doc.Block]:
    if found.cannot:
        yield doc.Table("What the adapter says it cannot do", ("what", "why"), found.cannot)
    if found.not_there:
        yield doc.Details(
            f"{plural(len(found.not_there), 'act')} for which the adapter has no method",
            (doc.Para(doc.names(found.not_there)),),
            verbose=verbose,
        )
    rows = ((*where, str(possible), str(tried)) for where, (possible, tried) in found.situations.items())
    table = doc.Table("", ("scene", "situation", "acts", "tried"), rows)
    yield doc.Details(f"{plural(len(found.situations), 'situation')} with their acts", (table,), verbose=verbose)


def as_json(found: Conformance) -> dict[str, Any]:
    """Return the JSON object of the command line contract."""
    failure = found.failure
    return {
        "adapter": found.adapter,
        "verdict": found.verdict,
        "complete": found.complete,
        "seed": found.seed,
        "stories": found.stories,
        "coverage": {
            "possible": found.possible,
            "tried": found.tried,
            "situations": [
                {"scene": scene, "situation": situation, "possible": possible, "tried": tried}
                for (scene, situation), (possible, tried) in found.situations.items()
            ],
        },
        "connected": not found.idle,
        "promises": [_promise(each) for each in found.promises],
        "failure": None
        if failure is None
        else {
            "at": failure.at,
            "message": failure.says,
            "stories": failure.count,
            "scenario": write_scenario(failure.scenario),
        },
        "cannot": [{"what": what, "why": why} for what, why in found.cannot],
        "not_there": list(found.not_there),
        "limits": list(OF_CONFORM),
    }


def _promise(tried: TriedPromise) -> dict[str, Any]:
    story = tried.story
    said = {"name": tried.name, "verdict": tried.verdict, "stories": tried.stories, "needs": tried.needs or None}
    if story is None:
        return {**said, "scenario": None}
    broken = {"because": story.broken.because, "at": story.broken.at, "again": story.again}
    return {**said, **broken, "scenario": write_scenario(story.scenario)}
