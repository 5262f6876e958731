import itertools
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from rasim.cli.main import rasim
from rasim.errors import UsageError
from rasim.protocol.rules import RULES
from rasim.scenario.schema import schema

TOP = Path(__file__).parents[3]
SCENARIOS = sorted((TOP / "scenarios").rglob("*.yaml"))
ONE = "scenarios/the-firewall/sessmgr-opens-port-3389-only-while-it-is-used.yaml"
WORDS = ("rules", "matrix", "promises", "choices", "steps")


def show(*args: str) -> str:
    result = CliRunner().invoke(rasim, ["show", *args])
    assert 0 == result.exit_code, result.exception
    return result.stdout


@pytest.mark.parametrize("what", WORDS)
def test_a_reading_has_three_forms(what: str) -> None:
    """Each reading in words is the same as text, Markdown and JSON: every name stands in all three."""
    text, markdown = show(what), show(what, "--format", "markdown")
    grids = json.loads(show(what, "--format", "json"))
    names = [next(iter(row.values())) for rows in grids.values() for row in rows]

    assert names
    assert all(name in text for name in names)
    assert all(name.replace("|", "\\|") in markdown for name in names)


def test_the_rules_are_all_there() -> None:
    """Every row and every thing of the table is shown."""
    grids = json.loads(show("rules", "--format", "json"))

    assert [row.id for row in RULES.rows] == [row["id"] for row in grids["rows"]]
    assert [thing.name for thing in RULES.things] == [row["thing"] for row in grids["things with needs"]]


def test_one_rule_is_shown_with_its_conditions_and_needs() -> None:
    """A row is shown with its conditions, the needs of what it begins, and the settings behind them."""
    text = show("rule", "o1")

    assert "  O1\n" in text
    assert "needs of the question, which it begins" in text
    assert "fAllowUnsolicited" in text


def test_the_matrix_is_that_of_the_table() -> None:
    """In the matrix an accepted offer stands in one cell: by row O3 while offered."""
    (rows,) = json.loads(show("matrix", "--format", "json")).values()
    accepts = next(row for row in rows if row["event"] == "accepts")

    assert {"idle": "", "ticketed": "", "offered": "O3", "viewing": "", "cooling": ""} == {
        phase: accepts[phase] for phase in ("idle", "ticketed", "offered", "viewing", "cooling")
    }


def test_every_row_that_moves_is_in_the_diagram() -> None:
    """Every row that changes the phase or control stands in the diagram, in each of its three forms."""
    moving = [row.id for row in RULES.rows for change in row.then if change.fact in ("phase", "control")]

    for form in ("mermaid", "dot", "svg"):
        text = show("diagram", "--format", form)
        assert [] == [name for name in moving if not re.search(rf"(?:\b|\\n){name}\b", text)]


def test_the_dot_is_balanced() -> None:
    """In the DOT form braces and quotes are balanced, and each line is a statement."""
    text = show("diagram", "--format", "dot")

    assert (text.count("{"), 0) == (text.count("}"), text.replace('\\"', "").count('"') % 2)
    assert all(line.rstrip().endswith((";", "{", "}")) for line in text.splitlines())


@pytest.mark.parametrize("more", [(), ("--of", str(TOP / ONE))], ids=["states", "sequence"])
def test_the_svg_is_well_formed_and_named(more: tuple[str, ...]) -> None:
    """An SVG is well-formed XML with a title for readers, and fetches nothing."""
    text = show("diagram", *more, "--format", "svg")
    root = ET.fromstring(text)  # noqa: S314  (our own)

    assert "{http://www.w3.org/2000/svg}title" == root[0].tag
    assert ["http://www.w3.org/2000/svg"] == re.findall(r"https?://[^\"<]+", text)


def test_no_two_labels_of_the_diagram_overlap() -> None:
    """Of the labels on one side of the states no two stand on the same line."""
    root = ET.fromstring(show("diagram", "--format", "svg"))  # noqa: S314  (our own)
    texts = [t for t in root.iter("{http://www.w3.org/2000/svg}text") if t.get("text-anchor") in ("start", "end")]
    places = sorted((str(t.get("text-anchor")), float(t.get("y", "0"))) for t in texts)

    assert all(b[1] - a[1] >= 14 for a, b in itertools.pairwise(places) if a[0] == b[0])


def test_a_sequence_shows_who_told_whom() -> None:
    """A scenario's sequence shows the offer, the question, the answer and the port in their order."""
    text = show("diagram", "--of", str(TOP / ONE))
    wanted = [
        "anna->>computer: offer received",
        "computer->>bob: prompt shown",
        "bob->>computer: accepted",
        "Note over computer: firewall changed, 3389, open",
    ]

    assert sorted(wanted, key=text.rindex) == wanted


def test_a_sequence_is_had_for_plantuml() -> None:
    """The sequence of a scenario is printed for PlantUML too, every message on its line."""
    text = show("diagram", "--of", str(TOP / ONE), "--format", "plantuml")

    assert ("@startuml", "@enduml") == (text.split("\n")[0], text.rstrip().split("\n")[-1])
    assert "p1 -> p2 : offer received\n" in text


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["rule"], "say which"),
        (["rule", "Z9"], "no rule and no thing is called 'Z9'"),
        (["rules", "--format", "svg"], "it has text, markdown, json"),
        (["diagram", "--format", "text"], "it has mermaid, dot, svg"),
        (["diagram", "--format", "plantuml"], "it has mermaid, dot, svg"),
        (["rules", "--of", "x.yaml"], "--of goes with diagram"),
        (["matrix", "O3"], "is not divided"),
    ],
)
def test_what_makes_no_sense_is_said(args: list[str], message: str) -> None:
    """A reading that is not there, or not in that form, is a usage error that names what there is."""
    error = CliRunner().invoke(rasim, ["show", *args]).exception

    assert isinstance(error, UsageError)
    assert message in str(error)


# ---- the schema ----------------------------------------------------------------------------------------------

VALIDATOR = jsonschema.Draft202012Validator(json.loads(json.dumps(schema())))


def plain(text: str) -> object:
    """Return YAML as an editor's schema sees it, every scalar a text but for the version."""
    found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  (the loader that makes texts only)
    return {**found, "rasim": 1}


def test_the_schema_is_one() -> None:
    """The schema is a valid JSON Schema, and `rasim show schema` prints it."""
    jsonschema.Draft202012Validator.check_schema(schema())

    assert schema() == json.loads(show("schema"))


@pytest.mark.parametrize("path", SCENARIOS, ids=[path.stem for path in SCENARIOS])
def test_the_schema_accepts_every_scenario(path: Path) -> None:
    """Every scenario of the repository is valid by the schema."""
    assert [] == [error.message for error in VALIDATOR.iter_errors(plain(path.read_text("utf-8")))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("offers help to bob", "ofers help to bob"),
        ("computer: {os:", "computer: {system:"),
        ("windows-xp-sp2", "windows-95"),
        ("sessmgr: allowed", "sessmgr: on"),
        ("firewall:", "firewalls:"),
        ("port 3389: closed", "port 3389: shut"),
    ],
)
def test_the_schema_refuses_what_is_unknown(old: str, new: str) -> None:
    """A word that the grammar does not have is refused by the schema too."""
    text = (TOP / ONE).read_text("utf-8")

    assert old in text
    assert not VALIDATOR.is_valid(plain(text.replace(old, new)))
