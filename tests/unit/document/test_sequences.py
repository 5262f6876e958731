"""Sequence diagrams: one set of messages, told the same in every form, and nothing in them read as anything but words."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_reader import Page

from rasim.document import diagrams, html
from rasim.document.blocks import SequenceDiagram
from rasim.document.diagrams import Message
from rasim.document.excerpt import fields, lines_table
from rasim.protocol.lines import Recorded
from rasim.protocol.trace_text import read_trace

ANNA, BOB = "CORP\\anna", "CORP\\bob"
MESSAGES = (
    Message("anna", "computer", "offer received"),
    Message("computer", "bob", "prompt shown"),
    Message("computer", "computer", "firewall changed, 3389, open"),
)
PARTIES = ["anna", "computer", "bob"]


def recorded(*lines: dict[str, object]) -> list[Recorded]:
    text = [json.dumps({"seq": number, **each}) for number, each in enumerate(lines, 1)]
    return [each for _, each in read_trace(text)]


OFFER = (
    {"event": "offer_received", "offer": "o1", "session": "s1", "expert": ANNA},
    {"event": "accepted", "offer": "o1", "session": "s1", "origin": "local", "by": BOB},
    {"event": "connection_opened", "connection": "c1", "offer": "o1"},
)


# ---- PlantUML ------------------------------------------------------------------------------------------------


def test_plantuml_has_every_party_and_message() -> None:
    """The PlantUML form begins and ends as PlantUML does, and has each party and each message on a line of its own."""
    assert [
        "@startuml",
        'participant "anna" as p1',
        'participant "computer" as p2',
        'participant "bob" as p3',
        "p1 -> p2 : offer received",
        "p2 -> p3 : prompt shown",
        "note over p2 : firewall changed, 3389, open",
        "@enduml",
    ] == diagrams.sequence_plantuml(PARTIES, MESSAGES).split("\n")


@pytest.mark.parametrize(
    "words", ["%date()", "$x", "**b**", "<b>", "[[u]]", "\\n", '"q"', "a\n@enduml", "!include x", "/' c '/", "<U+0041>"]
)
def test_plantuml_reads_words_as_words(words: str) -> None:
    """Functions, variables, markup, links, escapes and directives of PlantUML stand in it by number."""
    text = diagrams.sequence_plantuml([words, "computer"], [Message(words, "computer", words)])

    assert words not in text
    assert 4 == text.count("\n")
    assert re.fullmatch(r"p1 -> p2 : (?:[\w ,.]|<U\+[0-9A-F]{4,6}>)+", text.split("\n")[3])


@given(st.text(min_size=1))
def test_plantuml_takes_any_name(name: str) -> None:
    """Whatever a party is called, its line has but letters, digits, commas, full stops and numbers of signs between the quotes."""
    text = diagrams.sequence_plantuml([name], []).split("\n")
    called = re.sub(r"<U\+[0-9A-F]{4,6}>", "", text[1].removeprefix('participant "').removesuffix('" as p1'))

    assert ["@startuml", "@enduml"] == [text[0], *text[2:]]
    assert all(letter.isalnum() or letter in " ,." for letter in called)


def test_all_forms_tell_the_same() -> None:
    """The words of every message stand in the Mermaid, the PlantUML and the SVG form, in the same order."""
    forms = (
        diagrams.sequence_mermaid(PARTIES, MESSAGES),
        diagrams.sequence_plantuml(PARTIES, MESSAGES),
        diagrams.sequence_svg("t", PARTIES, MESSAGES),
    )
    for form in forms:
        assert sorted((each.words for each in MESSAGES), key=form.index) == [each.words for each in MESSAGES]


# ---- who is who ----------------------------------------------------------------------------------------------


def test_without_names_people_are_called_as_in_the_trace() -> None:
    """Without names an expert is called by the account, a user by the session, and later lines find both by their ids."""
    messages = diagrams.messages_of(recorded(*OFFER))

    assert [(ANNA, "computer"), ("session s1", "computer"), ("computer", ANNA)] == [
        (each.source, each.target) for each in messages
    ]
    assert [ANNA, "computer", "session s1"] == diagrams.parties_of(messages)


@pytest.mark.parametrize("account", ["computer", "session s1", "expert x"])
def test_nobody_is_taken_for_another(account: str) -> None:
    """An account that is called like the computer or a session is told apart from it."""
    messages = diagrams.messages_of(recorded({**OFFER[0], "expert": account}, OFFER[1]))

    assert [f"expert {account}", "computer", "session s1"] == diagrams.parties_of(messages)


def test_long_names_do_not_overlap() -> None:
    """Boxes of parties are as wide as the longest name, and stand apart."""
    drawing = diagrams.sequence_svg("t", ["CORP\\" + "a" * 60, "computer"], [Message("computer", "computer", "x")])
    boxes = [(float(x), float(w)) for x, w in re.findall(r'class="box" x="([\d.]+)" y="[\d.]+" width="(\d+)"', drawing)]

    assert boxes[0][0] + boxes[0][1] < boxes[1][0]
    assert boxes[0][1] > 60 * diagrams.CHARACTER


# ---- blocks --------------------------------------------------------------------------------------------------


def test_beside_a_picture_stands_plantuml() -> None:
    """A diagram on a page is a picture with PlantUML folded below it, and where it is not drawn a sentence says so."""
    drawn, told = (html.markup(SequenceDiagram("t", PARTIES, MESSAGES, drawn=drawn)) for drawn in (True, False))

    assert (1, 0) == (drawn.count("<svg"), told.count("<svg"))
    assert html.NOT_DRAWN in told
    assert all("@startuml" in Page(each).text for each in (drawn, told))


def test_where_nothing_was_said_nothing_is_drawn() -> None:
    """Without messages there is neither a picture nor a text of one."""
    assert not html.markup(SequenceDiagram("t", PARTIES, []))


def test_lines_say_all_their_fields() -> None:
    """A line in a table has its event, its fields in words, and a badge where it is marked."""
    trace = recorded({"event": "policy_applied", "version": "1", "offers": "enabled", "helpers": [ANNA, BOB]}, OFFER[0])
    read = Page(html.markup(lines_table("c", trace, {2}, "broken here"))).text

    assert f"helpers: {ANNA} + {BOB}" in read
    assert "2offer_received ✗broken hereoffer: o1, session: s1" in read


def test_many_helpers_are_counted() -> None:
    """Of a long list the first are named, and of the others it is said how many they are."""
    trace = recorded({"event": "policy_applied", "version": "1", "offers": "enabled", "helpers": ["x"] * 20})

    assert fields(trace[0].line).endswith("x + x and 8 more")
