"""A scenario that is written is read as the same scenario."""

from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rasim.policy import SYSTEMS
from rasim.policy.firewall import FIREWALL_WORDS
from rasim.protocol.choices import Choices, values_of
from rasim.protocol.vocabulary import CAPABILITIES
from rasim.scenario import load, play, read_scenario, write_scenario
from rasim.scenario.grammar import EVERY_PHRASE, EXPERT_WORDS, LAST_WORDS, PORT_WORDS, REASONS, Phrase
from rasim.scenario.model import (
    Do,
    Expect,
    Expectation,
    FirewallText,
    Person,
    PolicyText,
    Replay,
    Scenario,
    ScenarioStep,
    Together,
    Wait,
)
from rasim.testing import accounts, memberships

TOP = Path(__file__).parents[3]
FILES = sorted((TOP / "scenarios").rglob("*.yaml"))

# Any text that UTF-8 can hold: blanks at the ends, quotes, line breaks, what cannot be seen, what lies beyond 16 bits.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "",
        " ",
        "it's",
        '"',
        "a: b",
        "- a",
        "a #b",
        "{x}",
        "~",
        "no",
        "\\x",
        "😀\n",
        "\x85",
        "\N{ZERO WIDTH SPACE}",
        "#",
        "?",
        "!a",
        "&a",
        "*",
    ]
)
NAMES = st.sampled_from(["anna", "carol", "no", "Ärzte", "x-1"])
TIMES = st.integers(0, 366 * 86_400_000_000)


def words_of_firewalls() -> st.SearchStrategy[dict[str, str]]:
    """Draw what can be said of exceptions and switches."""
    known = {**FIREWALL_WORDS, "3389 tcp": FIREWALL_WORDS["port"], "65535 udp": FIREWALL_WORDS["port"]}
    said = {name: st.sampled_from(sorted(words)) for name, words in known.items() if name != "port"}
    return st.fixed_dictionaries({}, optional=said)


def firewalls() -> st.SearchStrategy[FirewallText]:
    """Draw firewalls in words and in strings."""
    strings = st.lists(TEXTS, max_size=2).map(tuple)
    return st.builds(FirewallText, words_of_firewalls(), strings, strings)


def policies() -> st.SearchStrategy[PolicyText]:
    """Draw policies in words and by files."""
    states = st.sampled_from(["not configured", "disabled", "enabled"])
    entries = st.lists(
        accounts() | st.sampled_from(["Everyone", "", "a b", "CORP\\R&D"]), max_size=3, unique_by=str.casefold
    )
    words = {
        "offer": states,
        "mode": st.sampled_from(["view", "control"]),
        "solicited": states,
        "helpers": entries.map(tuple),
    }
    files = st.lists(TEXTS, min_size=1, max_size=2).map(lambda names: {"files": tuple(names)})
    return (st.fixed_dictionaries({}, optional=words) | files).map(PolicyText)


@st.composite
def acts(draw: st.DrawFn, people: tuple[Person, ...]) -> Do:
    """Draw an act that the people of a scenario can do."""
    if draw(st.booleans()):
        applied = (draw(st.none() | policies()), draw(st.none() | words_of_firewalls().map(FirewallText)))
        if any(each is not None for each in applied):
            return Do("administrator", None, policy=applied[0], firewall=applied[1])
    phrase: Phrase = draw(st.sampled_from(EVERY_PHRASE))
    names = {
        "expert": draw(st.sampled_from([each.name for each in people if each.uses is None])),
        "user": draw(st.sampled_from([each.name for each in people if each.uses is not None])),
        "capability": draw(st.sampled_from(CAPABILITIES)),
        "account": draw(accounts()),
        "group": draw(accounts()),
        "time": draw(st.sampled_from(["2 s", "1.5 h", "7us"])),
        "percent": str(draw(st.integers(1, 999))),
    }
    return Do(names.get(phrase.actor, phrase.actor), phrase.spoken(names, tries=draw(st.booleans())))


def expectations(people: tuple[Person, ...]) -> st.SearchStrategy[Expect]:
    """Draw what is expected of the last step, a port and the people."""
    subjects = {"last": LAST_WORDS, "port 3389": PORT_WORDS}
    subjects |= {each.name: EXPERT_WORDS if each.uses is None else ("viewed", "not asked") for each in people}

    def item(subject: str) -> st.SearchStrategy[Expectation]:
        words = st.lists(st.sampled_from(subjects[subject]), min_size=1, max_size=3).map(tuple)
        return st.builds(Expectation, st.just(subject), words)

    items = st.lists(st.sampled_from(sorted(subjects)), min_size=1, max_size=3, unique=True)
    because = st.none() | st.sampled_from(REASONS).map(lambda word: Expectation("because", (word,)))
    return st.builds(Expect, items.flatmap(lambda those: st.tuples(*map(item, those))), because)


def all_choices() -> st.SearchStrategy[Choices]:
    """Draw values of all choices; frames not so often that they could not be played."""
    drawn = {
        name: st.sampled_from(values_of(name))
        if values_of(name)
        else TIMES.map(lambda count: timedelta(microseconds=count))
        for name in Choices().values()
        if name not in ("frame time", "maximum time")
    }
    named = st.fixed_dictionaries({}, optional=drawn)
    return named.map(lambda values: Choices(**{name.replace(" ", "_"): value for name, value in values.items()}))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw scenarios with every part that one can have."""
    names = draw(st.lists(NAMES, min_size=2, max_size=4, unique=True))
    users = draw(st.integers(1, len(names) - 1))
    whose = draw(st.lists(accounts(), min_size=len(names), max_size=len(names), unique_by=str.casefold))
    sessions = draw(st.lists(TEXTS, min_size=users, max_size=users, unique=True))
    people = tuple(map(Person, names, whose, (*sessions, *[None] * (len(names) - users))))
    if users > 1:  # else an expert's step would have to say to which user
        people = (people[0], *people[users:])
    act, expect, wait = acts(people), expectations(people), st.builds(Wait, TIMES)
    together = st.lists(act | wait, min_size=1, max_size=3).map(lambda those: Together(tuple(those)))
    steps: list[ScenarioStep] = draw(st.lists(act | expect | wait | together, min_size=1, max_size=5))
    seed, order = draw(st.integers(0, 10**9 - 1)), draw(st.none() | st.integers(0, 9))
    return Scenario(
        draw(TEXTS),
        draw(policies()),
        people,
        tuple(steps),
        membership=draw(memberships()),
        os=draw(st.sampled_from(sorted(SYSTEMS))),
        address=draw(st.none() | st.just("10.0.0.1")),
        firewall=draw(st.none() | firewalls()),
        choices=draw(all_choices()),
        replay=draw(
            st.none()
            | st.builds(
                Replay, TEXTS, TEXTS, st.just(seed), TEXTS, st.just(order), st.sampled_from(["", "0:1", "3:1 17:2"])
            )
        ),
        remark=draw(TEXTS),
    )


@given(scenarios())
def test_what_is_written_is_read(scenario: Scenario) -> None:
    """Whatever a scenario says, its text is read as a scenario that says the same."""
    assert scenario == read_scenario(write_scenario(scenario))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TOP).as_posix())
def test_a_file_that_is_written_again_plays_the_same(path: Path) -> None:
    """A scenario from a file, written and read again, is the same scenario and leaves the same trace."""
    scenario = load(path)
    again = read_scenario(write_scenario(scenario), str(path))
    one, other = play(scenario), play(again)

    assert scenario == again
    assert (one.verdict, one.orders, one.trace) == (other.verdict, other.orders, other.trace)


def test_what_a_remark_says_breaks_out_of_no_line() -> None:
    """Remarks are comments on one line, whatever stands in them."""
    scenario = read_scenario(Path(FILES[0]).read_text("utf-8"), str(FILES[0]))
    text = write_scenario(evolve(scenario, remark="a\nrasim: 2"))

    assert text.startswith("# a")
    assert scenario == read_scenario(text)
