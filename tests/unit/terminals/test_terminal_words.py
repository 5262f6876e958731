"""What the bars say, and which keys they offer."""

import pytest
from prompt_toolkit.utils import get_cwidth

from rasim.protocol.lines import Line
from rasim.terminals.looks import bar_text
from rasim.terminals.words import Bar, OtherSide, Shared, expert_bar, host_bar, record_lines, refused, running_down
from rasim.verify.promises.audit_trail import Interval

ANNA = r"CORP\anna"


def line(event: str, **fields: object) -> Line:
    """Return a trace line."""
    return Line(event, tuple(sorted(fields.items())))  # type: ignore[arg-type]


def after(*lines: Line) -> OtherSide:
    """Return what an expert knows after these lines."""
    known = OtherSide("pc1")
    for each in lines:
        known = known.after(each)
    return known


VIEW = (
    line("ticket_issued", ticket="t"),
    line("prompt_shown", offer="o", session="s1"),
    line("connection_opened", offer="o", connection="c"),
)


def keys(bar: Bar) -> list[str]:
    """Return the keys that a bar offers."""
    return [key for key, _ in bar.keys]


def test_a_question_takes_its_yes_by_a_key_of_its_own() -> None:
    """The two questions have different keys for yes, so that one press is one answer, and neither is offered at once."""
    look = Shared("offered", ANNA, asked_for=1.0)
    control = Shared("viewing", ANNA, "asked", asked_for=1.0)
    early = Shared("offered", ANNA, asked_for=0.1)

    assert keys(host_bar(look)) == ["F2", "F3"]
    assert keys(host_bar(control)) == ["F6", "F3", "F9"]
    assert keys(host_bar(early)) == ["F3"]


def test_the_time_runs_down() -> None:
    """The time that is left is rounded up, and never below nothing."""
    assert [running_down(*each) for each in ((0, 60), (0.2, 60), (59.9, 60), (61, 60), (0, 600))] == [
        "60 s", "60 s", "1 s", "0 s", "10 min",
    ]  # fmt: skip
    assert "48 s" in host_bar(Shared("offered", ANNA, asked_for=12.0)).flow
    assert "18 s" in expert_bar(after(*VIEW[:2]), 12.0, 30.0).flow


@pytest.mark.parametrize(
    ("now", "tone", "says"),
    [
        (Shared(), "calm", "Nobody looks on."),
        (Shared("ticketed", ANNA), "calm", "Nobody looks on."),
        (Shared("viewing", ANNA, since="10:00"), "seen", rf"{ANNA} sees this terminal, since 10:00."),
        (Shared("viewing", ANNA, paused=True), "calm", rf"You paused the view: {ANNA} sees nothing."),
        (Shared("viewing", ANNA, "held", held_since="10:01"), "held", rf"{ANNA} TYPES here, since 10:01."),
    ],
)
def test_what_the_computers_bar_says(now: Shared, tone: str, says: str) -> None:
    """The bar says who sees and who types, and its colour says it too."""
    assert (tone, says) == (host_bar(now).tone, host_bar(now).says)


def test_a_name_is_shown_as_it_is() -> None:
    """A name with letters that hide or turn text is shown with their numbers."""
    assert "<U+202E>" in host_bar(Shared("offered", "CORP\\\u202eanna", asked_for=1.0)).says


def test_what_an_expert_knows() -> None:
    """An offer, a view, control and their ends are known from the lines that the expert may observe."""
    view = after(*VIEW)
    held = view.after(line("control_prompt_shown", request="r", session="s1")).after(
        line("control_granted", connection="c", session="s1", origin="local")
    )

    assert view.looks_on
    assert expert_bar(view).tone == "seen"
    assert expert_bar(held).tone == "held"
    assert not held.after(line("paused", connection="c", by="b")).looks_on
    assert not view.after(line("frame_withheld", connection="c", session="s1")).looks_on
    assert held.after(line("control_stopped", connection="c", by="b")).control == "free"
    assert "taken back" in held.after(line("control_stopped", connection="c", by="b")).told
    assert held.after(line("ended", connection="c", reason="user")) == OtherSide(
        "pc1", offer="o", request="r", connection="c", told="The view is over: the user ended it."
    )
    assert after(*VIEW[:2], line("offer_refused", offer="o", reason="denied")).told == "No view: the user said no."


def test_lines_about_something_else_change_nothing() -> None:
    """The end of another connection, another offer's view and grants before any view change nothing."""
    view = after(*VIEW)

    assert view == view.after(line("ended", connection="another", reason="user"))
    assert not after(*VIEW[:2], line("connection_opened", offer="another", connection="c")).looks_on
    assert after(line("control_granted", connection="c", session="s1", origin="local")).control == "free"


def test_refusals_in_plain_words() -> None:
    """A refusal says what did not happen and why; what was done says nothing, and an unknown reason is shown as it came."""
    assert not refused("uses control", "done", ())
    assert refused("uses control", "refused", ("control",)) == "Nothing was typed there: you do not hold control."
    assert refused("asks for a ticket", "ignored", ("no row",), "cooling") == "No offer: you have to wait after a no."
    assert refused("asks for control", "refused", ("too many\x1b acts",)) == "No control: too many<U+001B> acts."


def test_the_page_of_who_saw_what() -> None:
    """The page has each interval with its times and whose yes it rests on, and says what goes on."""
    view = Interval("c", "s1", ANNA, "o", None, r"CORP\bob", 3, None)
    held = Interval("c", "s1", ANNA, "o", "r", r"CORP\bob", 5, 7)
    page = record_lines([view, held], {3: 30, 5: 50, 7: 70}, 1, str)

    assert [each.split() for each in page if ANNA in each] == [
        [ANNA, "see", "30", "goes", "on", r"CORP\bob"],
        [ANNA, "type", "50", "70", r"CORP\bob"],
    ]
    assert "  1 refusal on record." in page
    assert "  Nobody has seen anything." in record_lines([], {}, 0, str)


@pytest.mark.parametrize("letter", ["a", "\u6f22"])
def test_the_bar_fits_its_terminal(letter: str) -> None:
    """However long or wide a name is, the time that runs down stays in sight, and no row is longer than the terminal."""
    bar = host_bar(Shared("offered", "CORP\\" + letter * 200, asked_for=12.0, told=letter * 200))
    rows = "".join(part[1] for part in bar_text(bar, 80)).split("\n")

    assert rows[0].endswith("no answer in 48 s: no ")
    assert [80, 80] == [get_cwidth(row) for row in rows[:2]]


@pytest.mark.parametrize("letter", ["a", "\u4e2d"])
def test_a_long_name_hides_nothing_of_what_is_asked(letter: str) -> None:
    """However long an account is, its question says for what it is, and how long it stands there."""
    bar = host_bar(Shared(phase="viewing", expert="CORP\\" + letter * 200, control="asked", asked_for=1.0))
    says = bar_text(bar, 80)[0][1]

    assert says.startswith(" CORP\\")
    assert "asks to TYPE in it." in says
    assert "59 s" in says
