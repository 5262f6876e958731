"""A routine share of the attack on every reader; `python tests/fuzz/readers.py 1000000` is the whole of it."""

import pytest
from readers import READERS, WORDS, EscapedError, attack, mutate


@pytest.mark.parametrize("name", READERS)
def test_a_share_of_the_attack(name: str) -> None:
    """Mutated inputs are values or typed errors, and nothing is opened beside them."""
    answers = attack(name, 400, 4)

    assert {"value", "typed error"} >= set(answers)
    assert 400 == sum(answers.values())


def test_both_answers_come_out() -> None:
    """The mutations are neither all harmless nor all fatal for any reader."""
    for name in READERS:
        assert min(attack(name, 200, 5).values()) > 0 or name == "firewall rule", name


def test_opening_a_file_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that opens a file is caught: the watch can fail."""
    import readers

    def opens(_: bytes) -> object:
        with open(__file__) as file:  # noqa: PTH123
            return file.read(1)

    monkeypatch.setitem(readers.READERS, "x", readers.Reader(opens, (b"a",)))
    with pytest.raises(AssertionError) as caught:
        attack("x", 1, 1)

    assert isinstance(caught.value.__cause__, EscapedError)


def test_much_work_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that does not come to an end is caught by its calls, on a machine of any speed."""
    import readers

    def endless(data: bytes) -> object:
        while True:
            len(data)

    monkeypatch.setitem(readers.READERS, "x", readers.Reader(endless, (b"a",)))
    with pytest.raises(AssertionError, match="more than 100,000 calls"):
        attack("x", 1, 1)


def test_document_types_are_among_the_mutations() -> None:
    """The mutations put document types into XML, so that their refusal is attacked too."""
    import random

    chance = random.Random(1)  # noqa: S311
    assert any(b"<!DOCTYPE" in mutate(b"<a>" * 9, chance) for _ in range(500))
    assert any(b"DOCTYPE" in word for word in WORDS)
