"""Pages of `run`, `check` and `judge`: closed like all reports, the verdict first, and all that the answer has behind it."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise

import pytest
from attrs import evolve
from page_reader import Page, faults

from rasim.analysis.judged_files import JudgedFile
from rasim.document.excerpt import Keeper
from rasim.document.html import NOT_DRAWN, render
from rasim.engines.plan import CheckAnswer, Plan
from rasim.errors import Problem, TraceError, Where
from rasim.policy import Policy
from rasim.protocol import table
from rasim.protocol.lines import Line, Recorded
from rasim.protocol.world import PolicyFacts
from rasim.report import check, judge, run
from rasim.report.run import Run
from rasim.scenario import Played, play, read_scenario
from rasim.verify import policy_models
from rasim.verify.check import Checked
from rasim.verify.check import check as check_all
from rasim.verify.mutants.mutants import Killed
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.promises.judge import Judge
from rasim.verify.states.model import pair_model

# ---- what is reported ----------------------------------------------------------------------------------------

SCENARIO = """rasim: 1
scenario: '{name}'
policy: {{offer: enabled, mode: control, helpers: ['CORP\\anna']}}
people:
  anna: {{account: 'CORP\\anna'}}
  bob: {{account: 'CORP\\bob', uses: s1}}
steps:
- anna: offers help to bob
# a word about it
- bob: accepts
- expect: {{anna: {ends}}}
"""


def played(name: str, ends: str) -> Played:
    return play(read_scenario(SCENARIO.format(name=name, ends=ends), f"{name}.yaml"))


PASSED, FAILED = played("<b>it goes</b>", "view only"), played("<i>it does not</i>", "control")
ERROR = Played("bad", "bad.yaml", "error", 0, 0, (Problem(Where("bad.yaml", line=3), "<u>no step</u>", "- x", "help"),))
MISSING = Problem(Where("nowhere"), "there is no such file or folder")
RUNS = {
    "nothing": Run(()),
    "passed": Run((PASSED,)),
    "failed": Run((PASSED, FAILED), policy="other.pol"),
    "error": Run((ERROR, PASSED), told=True),
    "missing": Run((PASSED,), (MISSING,)),
}

VIEW = Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"])
DOUBTFUL = Policy.of(offer="unknown")


@cache
def under(policy: Policy) -> Checked:
    facts = PolicyFacts.of(policy)
    return check_all(policy_models(facts.offers, control=facts.control, anybody_listed=any(facts.listed)))


SILENCE = PROFILES["silence accepts"]
SURVIVED = (Killed("W1 without a need", None, "edges only"), Killed("O3 reversed", "silence_refuses", "promise"))


@cache
def foreign() -> Checked:
    return check_all([pair_model(SILENCE.change(table()))])


@cache
def bound() -> Checked:
    return check_all([pair_model()], enough=lambda found: found > 10)


def interrupted() -> Checked:
    return evolve(bound(), explorations=tuple(evolve(e, interrupted=True) for e in bound().explorations))


# Explored when a test asks for it, each once.
CHECKS: dict[str, Callable[[], CheckAnswer]] = {
    "policy": lambda: CheckAnswer(Plan(policy=VIEW), under(VIEW)),
    "unclear": lambda: CheckAnswer(Plan(policy=DOUBTFUL), under(DOUBTFUL)),
    "profile": lambda: CheckAnswer(Plan(profile="silence accepts"), foreign()),
    "broken": lambda: CheckAnswer(Plan(), foreign()),
    "bound": lambda: CheckAnswer(Plan(), bound()),
    "survived": lambda: CheckAnswer(Plan(policy=VIEW), under(VIEW), killed=SURVIVED),
    "interrupted": lambda: CheckAnswer(Plan(), interrupted()),
}

BEGIN = (
    Line(
        "policy_applied", (("version", "1"), ("offers", "enabled"), ("mode", "control"), ("helpers", ("CORP\\anna",)))
    ),
    Line("logged_on", (("session", "s1"), ("by", "CORP\\bob"))),
    Line("offer_received", (("offer", "o1"), ("session", "s1"), ("expert", "CORP\\anna"))),
    Line("prompt_shown", (("offer", "o1"), ("session", "s1"))),
    Line("accepted", (("offer", "o1"), ("session", "s1"), ("origin", "local"), ("by", "CORP\\bob"))),
    Line("connection_opened", (("connection", "c1"), ("offer", "o1"))),
)
FRAME = Line("frame_shown", (("connection", "c1"), ("session", "s1")))
INPUT = Line("input_applied", (("connection", "c1"), ("session", "s1")))
GROUP = evolve(BEGIN[0], fields=(*BEGIN[0].fields[:3], ("helpers", ("CORP\\Helpdesk",))))


def judged(file: str, *lines: Line) -> JudgedFile:
    judge, keeper = Judge(), Keeper()
    for number, line in enumerate(lines, 1):
        noted = judge.noted
        judge.take(Recorded(number, line), number)
        keeper.take(number, Recorded(number, line), matters=judge.noted > noted)
    trace = judge.close()
    return JudgedFile(file, trace, excerpt=keeper.excerpt([broken.number for broken in trace.broken]))


KEPT = judged("<b>kept</b>.jsonl", *BEGIN, FRAME)
BROKEN = judged("broken.jsonl", *BEGIN, FRAME, INPUT)
UNTOLD = judged("untold.jsonl", GROUP, *BEGIN[1:], FRAME)
UNREAD = JudgedFile("bad.jsonl", error=TraceError("<u>no line</u>", Where("bad.jsonl", line=2)))
TRACES = {
    "nothing": (),
    "kept": (KEPT,),
    "broken": (BROKEN,),
    "untold": (UNTOLD,),
    "unread": (UNREAD,),
    "all": (KEPT, UNREAD, UNTOLD, BROKEN),
}

PAGES: dict[str, Callable[[], str]] = {
    **{f"run {name}": (lambda all_=all_: render(run.document(all_))) for name, all_ in RUNS.items()},  # type: ignore[misc]
    **{f"check {name}": (lambda asked=asked: render(check.document(asked()))) for name, asked in CHECKS.items()},  # type: ignore[misc]
    "check witnesses": lambda: render(check.document(CHECKS["policy"](), verbose=True)),
    **{f"judge {name}": (lambda all_=all_: render(judge.document(all_))) for name, all_ in TRACES.items()},  # type: ignore[misc]
}
EACH = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)


# ---- one file, closed ----------------------------------------------------------------------------------------


@EACH
def test_every_page_is_closed(page: Callable[[], str]) -> None:
    """Every page is well-formed, runs and fetches nothing, has the one style that its policy names, and shows every letter."""
    assert [] == faults(page())


@EACH
def test_every_page_is_the_same_bytes(page: Callable[[], str]) -> None:
    """The same answer gives the same bytes."""
    assert page().encode() == page().encode()


@EACH
def test_names_are_words(page: Callable[[], str]) -> None:
    """Markup in the names of scenarios, files and messages is words."""
    assert {"b", "i", "u"} & {tag for tag, _ in Page(page()).met} == set()


@pytest.mark.parametrize(
    ("name", "tone", "words"),
    [
        ("run nothing", "unclear", "? nothing was played"),
        ("run passed", "good", "✓ all 1 passed"),
        ("run failed", "bad", "✗ FAILED: <i>it does not</i>.yaml (line 11); 1 passed"),
        ("run error", "bad", "✗ CANNOT BE PLAYED: bad.yaml (line 3); 1 passed"),
        ("run missing", "bad", "✗ NOT READ: nowhere; 1 passed"),
        ("check policy", "good", "✓ nothing is broken in any reachable state"),
        ("check unclear", "unclear", "? UNCLEAR in the policy: "),
        ("check profile", "bad", "✗ BROKEN: "),
        ("check broken", "bad", "✗ BROKEN: "),
        ("check bound", "unclear", "? NOT COMPLETE: nothing is broken in the "),
        ("check survived", "bad", "✗ 1 mutant survived"),
        ("check interrupted", "unclear", "? NOT COMPLETE: nothing is broken in the "),
        ("judge nothing", "unclear", "? no trace was found"),
        ("judge kept", "good", "✓ kept, as far as it was asked"),
        ("judge broken", "bad", "✗ BROKEN: broken.jsonl by acceptance_gives_view_only (line 8)"),
        ("judge untold", "unclear", "? 25 promises kept; CANNOT TELL: untold.jsonl (2 promises)"),
        ("judge unread", "bad", "✗ NOT READ: bad.jsonl (<u>no line</u>)"),
        (
            "judge all",
            "bad",
            "✗ BROKEN: broken.jsonl by acceptance_gives_view_only (line 8); NOT READ: bad.jsonl (<u>no line</u>); ",
        ),
    ],
)
def test_the_head_says_it_all(name: str, tone: str, words: str) -> None:
    """The head has the verdict in words, a sign and a tone, and what is not complete or not clear takes a success away."""
    page = PAGES[name]()
    command = f"rasim {name.split(maxsplit=1)[0]}"

    assert f'<header class="head {tone}">' in page
    assert Page(page).text.split(command, 2)[2].startswith(words)


def test_one_drawing_may_stand_there_twice() -> None:
    """A drawing that stands in a page again has names of its own."""
    page = render(run.document(Run([PASSED, PASSED])))

    assert [] == faults(page)
    assert 2 == page.count("<marker")


# ---- run -----------------------------------------------------------------------------------------------------


def test_what_failed_stands_open() -> None:
    """A failed scenario has its message, its steps with the one that failed, a picture, PlantUML and the trace, unfolded."""
    page = render(run.document(RUNS["failed"]))
    card = f"{page[page.index('<article') : page.index('</article>')]}</article>"
    read = Page(card).text

    assert "expected anna: control; it is: view only" in read
    assert "3expect: {anna: control}✗failed here" in read
    assert "a word about it" not in read
    assert (1, 1) == (card.count("<svg"), card.count("<details"))
    assert "participant" in read
    assert all(each.line.event in read for each in FAILED.trace)


def test_what_passed_is_folded() -> None:
    """A scenario that passed is folded, and stands after those that did not."""
    page = render(run.document(RUNS["failed"]))
    read = Page(page).text

    assert read.index("<i>it does not</i>") < read.index("<b>it goes</b>")
    assert (
        page.index("<article")
        < page.index('<section id="passed">\n')
        < page.index("<details", page.index('id="passed"'))
    )


def test_another_policy_is_said() -> None:
    """A run under another policy names it in the head."""
    read = Page(render(run.document(RUNS["failed"]))).text

    assert "another policy than their own: other.pol" in read.partition("Not passed")[0]


def test_what_cannot_be_played_says_why() -> None:
    """What cannot be played has its message, its place, its line and the help."""
    read = Page(render(run.document(RUNS["error"]))).text

    assert all(words in read for words in ("CANNOT BE PLAYED", "<u>no step</u>", "bad.yaml:3", "- x", "help: help"))
    assert "rows used: 0 of " in read


def test_a_page_draws_so_many() -> None:
    """Of many scenarios the first are drawn, and of each other one it is said that it is not."""
    page = render(run.document(Run([PASSED] * (run.DRAWN + 3))))

    assert (run.DRAWN, 3) == (page.count("<svg"), page.count(NOT_DRAWN))


# ---- check ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", CHECKS.values(), ids=CHECKS)
def test_every_promise_has_its_verdict(asked: Callable[[], CheckAnswer]) -> None:
    """Every promise stands in the page with its verdict, and every model with its counts and whether it is complete."""
    read = Page(render(check.document(asked()))).text

    for each in asked().checked.judged:
        assert any(f"{each.promise.name}{sign}{each.verdict}" in read for sign in "✓✗?•")
    for e in asked().checked.explorations:
        explored = "✓complete" if e.complete else "?NOT COMPLETE"
        assert f"{e.model.name}{explored}{e.states:,}{e.memories:,}{e.transitions:,}{e.depth}" in read


def test_what_is_broken_has_its_way() -> None:
    """A broken promise has why, its way as a scenario that can be read and a picture, and which row changed what; one way is shown once."""
    page = render(check.document(CHECKS["profile"]()))
    cards = page.split("<article")[1:]
    read = Page("<article" + cards[0].partition("</article>")[0] + "</article>").text

    assert 4 == len(cards)
    assert "Broken: time passing is taken for a yes." in read
    assert all(
        words in read
        for words in ("rasim: 1\n", "steps:\n", "What each step changed", "@startuml", "O5phase: offered -> viewing")
    )
    assert [1, 0, 0, 0] == [each.count("<svg") for each in cards]
    assert all("The way to it is that of <code>silence_refuses</code>." in each for each in cards[1:])


def test_a_profile_says_what_it_is_for() -> None:
    """Under a profile the head says that violations are expected, and each card whether the product is known for it; that comes first."""
    read = Page(render(check.document(CHECKS["profile"]()))).text

    assert "Of another product, whose violations are expected" in read.partition("Broken")[0]
    assert (1, 3) == (read.count("expectedthe product is known for it"), read.count("expectedit comes along with"))
    assert read.index("expectedthe product is known for it") < read.index("expectedit comes along with")


def test_a_policy_is_told_with_its_doubts() -> None:
    """A check of one policy tells it setting by setting, what can be read in two ways, and what files do not show."""
    read = Page(render(check.document(CHECKS["unclear"]()))).text

    assert "fAllowUnsolicited" in read
    assert all(reading in read for doubt in DOUBTFUL.unclear for reading in doubt.readings)
    assert "whom no file given puts there is not seen here" in read


def test_witnesses_are_shown_where_they_are_asked_for() -> None:
    """Every witness stands as a scenario in the page where that was asked for, and else none does."""
    witnessed = [j.promise.name for j in under(VIEW).judged if j.verdict == "witnessed"]
    pages = [Page(render(check.document(CHECKS["policy"](), verbose=asked))).text for asked in (False, True)]

    assert [0, len(witnessed)] == [read.count("rasim: 1\n") for read in pages]


def test_mutants_say_what_noticed_them() -> None:
    """Every mutant stands in the page with what noticed it, or that nothing did."""
    read = Page(render(check.document(CHECKS["survived"]()))).text

    assert "W1 without a neededges only✗NOTHING" in read
    assert "O3 reversedpromisesilence_refuses" in read


# ---- judge ---------------------------------------------------------------------------------------------------


def test_a_broken_promise_has_its_lines() -> None:
    """Each broken promise has its place, why, and the lines around with the one that broke it marked."""
    page = render(judge.document(TRACES["broken"]))
    read = Page(page).text

    assert BROKEN.trace is not None
    for each in BROKEN.trace.broken:
        assert f"BROKEN{each.promise}{each.because} line {each.number}, seq {each.at}" in read
    assert read.count("input_applied ✗broken here") == len(BROKEN.trace.broken)
    assert (1, 1) == (page.count("<svg"), read.count("@startuml"))


def test_what_cannot_be_told_says_what_it_needs() -> None:
    """Each promise that cannot be told stands with what it needs, and what was not asked with why."""
    read = Page(render(judge.document(TRACES["untold"]))).text

    assert UNTOLD.trace is not None
    assert UNTOLD.trace.cannot_tell
    for each in (*UNTOLD.trace.cannot_tell, *UNTOLD.trace.not_asked):
        assert f"{each.promise}{each.needs}" in read


def test_what_is_kept_comes_last() -> None:
    """Of several traces all stand in a table, those that are not kept with their evidence before those that are."""
    read = Page(render(judge.document(TRACES["all"]))).text.partition("All that were judged")[2]
    places = [read.rindex(each.file) for each in (UNREAD, UNTOLD, BROKEN, KEPT)]

    assert all(a < b for a, b in pairwise(places))
    assert "bad.jsonl:2: <u>no line</u>. Nothing of it was judged." in read


def test_a_kept_trace_says_how_far_it_was_asked() -> None:
    """A trace that is kept says how many promises were asked and how many were not, in the head."""
    read = Page(render(judge.document(TRACES["kept"]))).text

    assert KEPT.trace is not None
    assert f"promises: {len(KEPT.trace.kept)} kept, {len(KEPT.trace.not_asked)} not asked." in read
    assert "what is usual was presumed" in read


def test_of_a_long_trace_what_broke_is_shown() -> None:
    """Of a trace too long to be drawn the lines around what broke a promise stand in the page, and those between do not."""
    long = judged("-", *BEGIN, *[FRAME] * 300, INPUT)
    read = Page(render(judge.document([long]))).text

    assert "input_applied ✗broken here" in read
    assert "The lines around it" in read
    assert 20 > read.count("frame_shown")


def test_of_many_traces_so_many_are_shown() -> None:
    """Of very many traces the first are shown with their evidence, and it is said how many stand in the table only."""
    read = Page(render(judge.document([BROKEN] * (judge.SHOWN + 5)))).text

    assert "5 of them stand in this table only." in read
    assert judge.SHOWN == read.count("Who told whom what") // 2 + read.count(NOT_DRAWN)
