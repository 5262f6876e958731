"""The tables of the page: made by `step`, kept in the repository, and still what `step` and the promises say."""

import json
import re
from typing import Any

import pytest
from attrs import evolve

from docs.generate.teaching import pack
from docs.generate.teaching.mistakes import ASKED, SHOWN, breaking, mistake_of
from docs.generate.teaching.tables import Machine, by_answer, mistaken_model, name_of, relevant, teaching_model
from rasim.analysis.counterexample import act
from rasim.engines.provers.certificate import table_digest
from rasim.protocol.rules import table
from rasim.scenario.writer import write_step
from rasim.verify.mutants.product_mistakes import PRODUCT_MISTAKES
from rasim.verify.promises.catalogue import KEPT
from rasim.verify.states.explore import explore
from rasim.verify.states.surroundings import Surroundings
from rasim.web.numbering import numbered
from rasim.web.page import LANGUAGES, asset, page, teaching

PACKED = teaching()
QUICK = "M22"  # several of its events differ, and several of its steps break a promise


def again(made: Any) -> Any:
    """Return what was made as it is read back."""
    return json.loads(json.dumps(made))


def test_the_smaller_machine_is_what_step_says() -> None:
    """Made again, the tables of the smaller machine are those that are kept: python -m docs.generate.teaching.pack."""
    assert again(pack.small_machine()) == PACKED["small"]


def test_what_the_page_says_of_the_rules_is_theirs() -> None:
    """Made again, what stands beside the right machine is what is kept, and its events are those of its model, each as a scenario has it."""
    steps = {step.events[0][1]: step for step in Surroundings(evolve(teaching_model(), experts=1)).steps}
    kept = {name: (event["scenario"], event.get("scenario_ports")) for name, event in PACKED["right"]["events"].items()}

    assert PACKED["right"].items() >= again(pack.around()).items()
    assert kept == {
        name_of(event): (
            write_step(act(step, tries=True)),
            write_step(act(step, tries=True, ports=True)) if step.kind == "policy is applied" else None,
        )
        for event, step in steps.items()
    }


@pytest.mark.exhaustive
def test_the_right_machine_is_what_step_says() -> None:
    """Made again, the tables of the right machine are those that are kept."""
    assert again(pack.right_machine()) == PACKED["right"]


@pytest.mark.parametrize(
    "name", [name if name == QUICK else pytest.param(name, marks=pytest.mark.exhaustive) for name in SHOWN]
)
def test_a_mistake_is_what_exploring_it_says(name: str) -> None:
    """Made again, a mistake's tables, its breaks and its shortest ways are those that are kept."""
    assert again(mistake_of(name, PACKED["small"]["events"])) == PACKED["mistakes"][name]


def test_every_mistake_is_of_the_table_as_it_is() -> None:
    """Each kept mistake is one change of the present table, so a change of the table asks for all of them to be made again."""
    digests = {name: table_digest(mistaken_model(SHOWN[name].change(table())).table) for name in SHOWN}

    assert {name: each["table"] for name, each in PACKED["mistakes"].items()} == digests
    assert set(PACKED["mistakes"]) == {name for name, named in PRODUCT_MISTAKES.items() if not named.capability}


@pytest.mark.exhaustive
def test_by_the_right_rules_nothing_breaks() -> None:
    """Explored as the mistakes are, the rules as they are break nothing: where the page has nothing to look up, there is nothing."""
    model = mistaken_model(table())

    assert breaking(Machine(model), model) == ([], {})


@pytest.mark.exhaustive
def test_a_shortest_way_is_as_short_as_the_explorers() -> None:
    """The way to a broken promise that the page shows has as many steps as the one that exploring finds."""
    model = mistaken_model(SHOWN["M24"].change(table()))
    found = explore(model, ASKED, (), digest=False).broken

    assert {name: len(way) for name, way in PACKED["mistakes"]["M24"]["ways"].items()} == {
        name: len(found[name].steps) for name in SHOWN["M24"].by
    }


def test_what_is_kept_is_laid_out_to_be_compared() -> None:
    """In the repository no line is longer than a line, but where nothing in it can be parted, and each entry begins its own."""
    text = asset("teaching.json")

    assert text == f"{pack.laid_out(PACKED)}\n"
    assert max(map(len, text.splitlines())) < 250
    assert pack.laid_out({"a": ["b" * 80, "c" * 80], "d": []}) == (
        f'{{\n "a": [\n  "{"b" * 80}",\n  "{"c" * 80}"\n ],\n "d": []\n}}'
    )


def test_words_become_numbers() -> None:
    """Facts, values, events, lines and outcomes are known by their places; what is said twice has one number."""
    line = {"event": "locked"}
    facts = [{"name": "phase", "values": ["idle", "busy"]}, {"name": "locked", "values": [False, True]}]
    knocks = {
        "kind": "knocks",
        "sets": {},
        "on": ["locked"],
        "by": [{"when": [[True]], "lines": [line], "why": []}, {"when": [[False]], "sets": {"phase": "busy"}}],
    }
    machine = {
        "facts": facts,
        "start": ["idle", True],
        "busy": ["busy"],
        "shared": [{"name": "lamp", "on": ["phase"], "when": [["busy"]], "begins": [line], "ends": []}],
        "events": {
            "knocks": knocks,
            "locks": {"kind": "locks", "sets": {"locked": True}, "on": [], "by": [{"when": [[]]}]},
        },
    }
    mistake = {
        "cases": [],
        "by": [],
        "without": ["locks"],
        "events": {"locks (twice)": {"kind": "locks", "sets": {}, "on": [], "by": [{"when": [[]]}]}},
        "breaks": [
            {
                "step": ["locks (twice)"],
                "on": ["phase", "other's locked"],
                "by": [{"when": [["busy", True]], "surely": ["a promise"], "perhaps": []}],
            }
        ],
        "ways": {"a promise": [[1, "knocks"], [0, "locks (twice)"]]},
    }
    found = numbered({"right": machine, "small": machine, "mistakes": {"M": mistake}})

    assert found["right"]["start"] == [0, 1]
    assert found["right"]["busy"] == [0, [1]]
    assert found["right"]["shared"] == [{"name": "lamp", "on": [0], "when": [[1]], "begins": [0], "ends": []}]
    assert found["right"]["lines"] == [line]
    assert found["right"]["outcomes"] == [{"lines": [0], "why": []}, {"sets": [[0, 1]]}, {}]
    assert [event["by"] for event in found["right"]["events"]] == [[[[0], 1], [[1], 0]], [[[], 2]]]
    assert found["mistakes"][0]["events"][0] == 0
    assert found["mistakes"][0]["events"][1]["by"] == [[[], 2]]
    assert found["mistakes"][0]["breaks"] == [{"events": [1], "on": [0, 3], "by": [[[1, 1], ["a promise"], []]]}]
    assert found["mistakes"][0]["ways"] == {"a promise": [[1, 0], [0, 1]]}


def test_only_what_matters_is_kept() -> None:
    """Of a table of two facts, one of which decides, only that one is left; where both do, both are."""
    assert relevant({(0, 0): 7, (0, 1): 7, (1, 0): 8, (1, 1): 8}, 2) == ((0,), {(0,): 7, (1,): 8})
    assert relevant({(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}, 2)[0] == (0, 1)
    assert relevant({(0, 0): 5, (1, 1): 5}, 2) == ((), {(): 5})
    assert by_answer({(0, 0): "x", (0, 1): "x", (1, 0): "y", (1, 1): "y"}) == ((0,), [("x", [(0,)]), ("y", [(1,)])])


def test_the_texts_say_what_the_table_says() -> None:
    """The English of conditions, promises and mistakes is that of the table, word for word, and the model's omissions too."""
    texts, rules = json.loads(asset("texts.en.json")), teaching_model().table
    conditions = (*(n for thing in rules.things for n in thing.needs), *(c for row in rules.rows for c in row.provided))

    assert texts["conditions"] == {condition.name: condition.says for condition in conditions}
    assert texts["promises"] == {promise.name: promise.says for promise in KEPT}
    assert texts["mistakes"] == {name: named.says for name, named in SHOWN.items()}
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
    machines = [PACKED["right"], PACKED["small"], *PACKED["mistakes"].values()]
    events = [event for machine in machines for event in machine["events"].values()]
    lines = [line for event in events for outcome in event["by"] for line in outcome.get("lines", [])]
    facts = [fact for machine in machines for fact in machine.get("facts", [])]

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_marked_word_is_explained(language: str) -> None:
    """Every word that a text marks has its explanation, and every explanation a word."""
    text = asset(f"texts.{language}.json")
    marked = {word.rpartition("|")[2] for word in re.findall(r"\[\[([^\]]+)\]\]", text)}

    assert marked == set(json.loads(text)["terms"])
