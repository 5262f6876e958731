"""The thread from the source document: every name in it exists, and nothing that is stated hangs loose."""

from pathlib import Path

import pytest

import rasim.policy
import rasim.policy.settings
from docs.generate.source import SENTENCES, Sentence
from rasim.protocol.rules import RULES
from rasim.verify.promises.catalogue import ALWAYS, PROMISES

ROWS = {row.id for row in RULES.rows}
THINGS = {thing.name for thing in RULES.things}
CONDITIONS = {c.name for row in RULES.rows for c in row.provided} | {n.name for t in RULES.things for n in t.needs}
EACH = pytest.mark.parametrize("sentence", SENTENCES, ids=lambda sentence: sentence.id)


@EACH
def test_what_carries_a_sentence_exists(sentence: Sentence) -> None:
    """Every row, thing, need and part of the policy package that a sentence names exists."""
    parts = set(vars(rasim.policy)) | set(vars(rasim.policy.settings))

    assert set() == set(sentence.carried) - ROWS - THINGS - CONDITIONS
    assert set() == set(sentence.parts) - parts


@EACH
def test_what_promises_a_sentence_exists(sentence: Sentence) -> None:
    """Every promise that a sentence names exists."""
    assert set() == set(sentence.promises) - {promise.name for promise in PROMISES}


@EACH
def test_what_tells_and_tries_a_sentence_exists(top: Path, sentence: Sentence) -> None:
    """Every scenario and every test that a sentence names is a file."""
    files = [top / "scenarios" / f"{name}.yaml" for name in sentence.scenarios]
    files += [top / "tests" / name for name in sentence.tests]

    assert [] == [str(file.relative_to(top)) for file in files if not file.is_file()]


def test_every_sentence_stands_there_once() -> None:
    """The sentences are S1 to S22, each once and in order."""
    assert [f"S{number}" for number in range(1, 23)] == [sentence.id for sentence in SENTENCES]


@EACH
def test_a_sentence_about_the_system_is_told_and_tried(sentence: Sentence) -> None:
    """A sentence that a row or a need carries has scenarios and tests."""
    assert not sentence.carried or (sentence.scenarios and sentence.tests)


def test_every_stated_promise_belongs_to_a_sentence() -> None:
    """Each promise that claims the document as its source is named by a sentence."""
    stated = {promise.name for promise in ALWAYS if promise.source == "stated"}

    assert set() == stated - {name for sentence in SENTENCES for name in sentence.promises}
