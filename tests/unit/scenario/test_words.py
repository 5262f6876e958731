import re
from collections.abc import Iterator
from itertools import combinations, product

import pytest

from rasim.protocol.rules import CONTROL, table
from rasim.protocol.terms import Value
from rasim.protocol.vocabulary import CAPABILITIES, FURTHER, further
from rasim.scenario.grammar import EVERY_PHRASE, FAULT_SAYS, FAULTS, PHRASES, VERBS, Phrase, hear, phrase_for

NAMES = {
    "expert": "anna",
    "user": "bob",
    "account": "CORP\\eve",
    "group": "CORP\\Help Desk",
    "time": "2 s",
    "percent": "110",
}
RULES = table(capabilities=(CONTROL, *map(further, FURTHER)))
ORDINARY = ("local", "on show", "own")

EVENTS = [
    (kind.name, dict(zip([fact.name for fact in kind.carries], values, strict=True)))
    for kind in RULES.kinds
    if kind.name != "policy is applied"
    for values in product(*(fact.values for fact in kind.carries))
]


def slots_of(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def fillings(phrase: Phrase) -> Iterator[dict[str, str]]:
    """Yield every way to fill the slots of a phrase: with and without each that may be left out."""
    needed = slots_of(re.sub(r"\[[^]]*\]", "", phrase.text))
    optional = sorted(slots_of(phrase.text) - needed)
    for count in range(len(optional) + 1):
        for chosen in combinations(optional, count):
            for capability in CAPABILITIES[:3] if "capability" in slots_of(phrase.text) else ("",):
                names = NAMES if not capability else {**NAMES, "capability": capability}
                yield {slot: names[slot] for slot in (*needed, *chosen)}


FILLED = [
    pytest.param(phrase, names, id=f"{phrase.actor} {phrase.written(names)}")
    for phrase in EVERY_PHRASE
    for names in fillings(phrase)
]


@pytest.mark.parametrize("tries", [False, True], ids=["says", "tries to"])
@pytest.mark.parametrize(("phrase", "names"), FILLED)
def test_what_is_written_is_heard(phrase: Phrase, names: dict[str, str], tries: bool) -> None:
    """A phrase that is written, plainly or after `tries to`, is heard as the same phrase with the same names."""
    text = phrase.written(names, infinitive=tries)
    spoken = hear(phrase.actor, f"tries to {text}" if tries else text)

    assert spoken is not None
    assert (phrase, names, tries) == (spoken.phrase, dict(spoken.slots), spoken.tries)


@pytest.mark.parametrize(("kind", "carries"), EVENTS)
def test_every_event_can_be_said(kind: str, carries: dict[str, Value]) -> None:
    """For every event of the table, with everything it can carry, there is a step that is heard as that event."""
    phrase, capability = phrase_for(kind, carries)
    spoken = hear(phrase.actor, phrase.written({**NAMES, "capability": capability or ""}))

    assert spoken is not None
    said = {name: value for name, value in carries.items() if value not in ORDINARY}
    assert (kind, said) == (spoken.kind, dict(spoken.phrase.carries))


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: f"{phrase.actor} {phrase.text}")
def test_every_phrase_stands_for_an_event(phrase: Phrase) -> None:
    """Every phrase stands for a kind of event of the table and carries only what that kind carries."""
    kind = RULES.kind(phrase.kind.replace("{capability}", "chat"))
    known = {fact.name: fact.values for fact in kind.carries}

    assert [] == [(name, value) for name, value in phrase.carries if value not in known.get(name, ())]


def test_every_fault_has_a_sentence() -> None:
    """Each fault has a sentence that says what it does, and there is none without a phrase."""
    assert {phrase.kind for phrase in FAULTS} == set(FAULT_SAYS)


def test_an_event_that_nobody_can_cause_has_no_phrase() -> None:
    """An event that is not of the table has no phrase."""
    with pytest.raises(KeyError, match="the moon rises"):
        phrase_for("the moon rises", {})


@pytest.mark.parametrize(
    ("actor", "text"),
    [
        ("user", "accept"),
        ("user", "tries to accepts"),
        ("user", "tries to"),
        ("user", "Accepts"),
        ("user", "accepts anna now"),
        ("user", "offers help"),
        ("expert", "accepts"),
        ("expert", "offers help to"),
        ("expert", "offers help to bob and erin"),
        ("administrator", "adds to the helpers"),
        ("link", ""),
        ("firewall", "opens\N{NO-BREAK SPACE}up"),
    ],
)
def test_what_is_no_phrase_is_not_heard(actor: str, text: str) -> None:
    """Another form, another actor, a word more or less is no phrase."""
    assert hear(actor, text) is None


def test_blanks_do_not_matter() -> None:
    """More blanks than one between words, and at the ends, change nothing."""
    assert hear("expert", "offers help to bob") == hear("expert", "  offers   help  to bob ")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_verb_is_used(verb: str) -> None:
    """Every verb has an infinitive of its own, and some phrase begins with it."""
    assert (True, True) == (
        any(phrase.text.startswith(verb) for phrase in EVERY_PHRASE),
        VERBS[verb] not in VERBS and list(VERBS.values()).count(VERBS[verb]) == 1,
    )


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_question_about_a_capability_can_be_closed(capability: str) -> None:
    """Closing the question about a capability refuses that capability, though nobody is named."""
    spoken = hear("user", f"closes the question about {capability}")

    assert spoken is not None
    assert f"refuses {capability}" == spoken.kind
