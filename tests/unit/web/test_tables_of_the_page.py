"""The tables of the page: made by `step`, kept in the repository, and still what `step` and the promises say."""

import json
import re
from typing import Any

import pytest

from rasim.engines.provers.certificate import table_digest
from rasim.protocol.rules import table
from rasim.verify import explore
from rasim.verify.mutants.product_mistakes import NAMED
from rasim.web import pack
from rasim.web.mistakes import ALWAYS, MISTAKES, breaking, places_of
from rasim.web.page import LANGUAGES, asset, page
from rasim.web.tables import Machine, mistaken_model, relevant, teaching_model

PACKED = pack.packed()
BY_NAME = {each["name"]: each for each in PACKED["mistakes"]}


def again(made: Any) -> Any:
    """Return what was made as it is read back."""
    return json.loads(json.dumps(made))


@pytest.mark.slow
def test_the_right_machine_is_what_step_says() -> None:
    """Made again, the tables of the right machine are those that are kept: python -m rasim.web.pack."""
    assert again(pack.right_json()) == PACKED["right"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["M01", "M11", "M13", "M17", "M19", "M22"])
def test_a_mistake_is_what_exploring_it_says(name: str) -> None:
    """Made again, a mistake's tables, its breaks and its shortest ways are those that are kept."""
    assert again(pack.mistake_of(name)) == BY_NAME[name]


def test_every_mistake_is_of_the_table_as_it_is() -> None:
    """Each kept mistake is one change of the present table, so a change of the table asks for all of them to be made again."""
    digests = {name: table_digest(mistaken_model(MISTAKES[name].change(table())).table) for name in MISTAKES}

    assert {each["name"]: each["table"] for each in PACKED["mistakes"]} == digests
    assert set(BY_NAME) == {name for name, named in NAMED.items() if not named.capability}


@pytest.mark.slow
def test_by_the_right_rules_nothing_breaks() -> None:
    """Explored as the mistakes are, the rules as they are break nothing: where the page has nothing to look up, there is nothing."""
    model = mistaken_model(table())
    machine = Machine(model)

    assert breaking(machine, model, places_of(machine.events())) == ([], {})


@pytest.mark.slow
def test_a_shortest_way_is_as_short_as_the_explorers() -> None:
    """The way to a broken promise that the page shows has as many steps as the one that exploring finds."""
    model = mistaken_model(MISTAKES["M24"].change(table()))
    found = explore(model, ALWAYS, (), digest=False).broken

    assert {name: len(way) for name, way in BY_NAME["M24"]["ways"].items()} == {
        name: len(found[name].steps) for name in MISTAKES["M24"].by
    }


def test_only_what_matters_is_kept() -> None:
    """Of a table of two facts, one of which decides, only that one is left; where both do, both are."""
    assert relevant({(0, 0): 7, (0, 1): 7, (1, 0): 8, (1, 1): 8}, 2) == ((0,), {(0,): 7, (1,): 8})
    assert relevant({(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}, 2)[0] == (0, 1)
    assert relevant({(0, 0): 5, (1, 1): 5}, 2) == ((), {(): 5})


def test_the_texts_say_what_the_table_says() -> None:
    """The English of conditions, promises and mistakes is that of the table, word for word, and the model's omissions too."""
    texts = json.loads(asset("texts.en.json"))

    assert {name: texts[name] for name in ("conditions", "promises", "mistakes")} == pack.table_texts()
    assert texts["ui"]["leaves_out"] == teaching_model().leaves_out


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_a_translation_is_one_whole_file(language: str) -> None:
    """Every text of the page is in every language, with the same places to be filled."""

    def places(texts: Any, name: str = "") -> dict[str, Any]:
        if isinstance(texts, dict):
            return {key: each for part in texts for key, each in places(texts[part], f"{name}/{part}").items()}
        return {name: sorted(re.findall(r"\{\w+\}", str(texts)))}

    assert places(json.loads(asset(f"texts.{language}.json"))) == places(json.loads(asset("texts.en.json")))


def test_every_event_line_and_fact_has_its_words() -> None:
    """Whatever the tables can lead to has a text: acts, lines, facts, phases, reasons, what comes with an event."""
    texts = json.loads(asset("texts.en.json"))
    machines = [PACKED["right"], PACKED["small"]]
    events = [e for m in machines for e in m["events"]]
    events += [e for m in PACKED["mistakes"] for e in m["events"] if isinstance(e, dict)]
    lines = [line for m in (*machines, *PACKED["mistakes"]) for line in m["lines"]]
    facts = [fact for m in machines for fact in m["facts"]]

    assert {event["kind"] for event in events} <= texts["acts"].keys()
    assert {line["event"] for line in lines} <= texts["lines"].keys()
    assert {line["reason"] for line in lines if "reason" in line} <= texts["reasons"].keys()
    assert {fact["name"] for fact in facts} <= texts["facts"].keys()
    assert {str(value).lower() for fact in facts for value in fact["values"]} <= texts["values"].keys()


def test_what_a_page_is_given_cannot_end_it() -> None:
    """A name that looks like markup stays data: nothing in the page begins or ends with it."""
    text = page({"version": "</script><script>alert(1)</script>{script}"})

    assert "<script>alert" not in text
    assert text.count("</script>") == 4
