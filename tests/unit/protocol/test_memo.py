"""Answers that are remembered by what they rest on."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rasim.protocol.memo import Noting, Remembered, changes_of, put

ROWS = st.lists(st.tuples(*[st.integers(0, 2)] * 5), min_size=1, max_size=40)
# A way to read a row: which place is read, and where each value there leads; a number is the answer.
READS = st.recursive(
    st.integers(0, 9), lambda deeper: st.tuples(st.integers(0, 4), st.tuples(deeper, deeper, deeper)), max_leaves=12
)


def answered(reads: Any, row: Any) -> tuple[str, int]:
    """Read a row as `reads` says."""
    while isinstance(reads, tuple):
        reads = reads[1][row[reads[0]]]
    return "answer", reads


@given(READS, ROWS)
def test_the_answer_is_the_one_that_is_not_remembered(reads: Any, rows: list[tuple[int, ...]]) -> None:
    """Whatever an answer rests on, a remembered one is the one that is worked out anew."""
    remembered: Remembered[tuple[str, int]] = Remembered(Noting, lambda row: answered(reads, row))

    assert [answered(reads, row) for row in rows] == [remembered(row) for row in rows]


@given(READS, READS, ROWS)
def test_an_answer_may_rest_on_another(outer: Any, inner: Any, rows: list[tuple[int, ...]]) -> None:
    """What a remembered answer reads counts for the one that asks it, also where something new was put in between."""
    within: Remembered[tuple[str, int]] = Remembered(Noting, lambda row: answered(inner, row))

    def ask(row: Any) -> Any:
        first = answered(outer, row)
        return first, within(row), within(put(row, ((first[1] % 5, 1),)))

    remembered: Remembered[Any] = Remembered(Noting, ask)
    assert [ask(row) for row in rows] == [remembered(row) for row in rows]


def test_what_agrees_is_not_asked_again() -> None:
    """Two rows that differ where nothing was read are one question."""
    asked = []

    def ask(row: Any) -> Any:
        asked.append(tuple(row[at] for at in (0, 1)))
        return asked[-1]

    remembered: Remembered[Any] = Remembered(Noting, ask)
    assert ((1, 2), (1, 2), (1, 3)) == (remembered((1, 2, 3)), remembered((1, 2, 4)), remembered((1, 3, 3)))
    assert [(1, 2), (1, 3)] == asked


def test_what_was_put_into_a_row_is_told() -> None:
    """The changes of a row that notes what is read are what was put there, whether or not it was so before."""
    row = put(Noting.of((1, 2, 3), {}), ((0, 1), (2, 5)))

    assert [(0, 1), (2, 5)] == list(changes_of(row))
    assert ({}, (1, 2, 5)) == (row.read, tuple(tuple.__iter__(row)))


def test_the_whole_of_a_row_rests_on_every_place() -> None:
    """Who compares a row, looks for a value in it, prints it or goes through it has read all that was not put there anew."""
    for use in (list, hash, repr, lambda row: row == (1, 2, 3), lambda row: row != (1, 2, 3), lambda row: 3 in row):
        read: dict[int, None] = {}
        use(put(Noting.of((1, 2, 3), read), ((1, 2),)))
        assert {0, 2} == read.keys()


def test_what_is_put_behind_a_row_was_not_in_it() -> None:
    """Of a row that was made longer only what it had before counts as read; what was added is told as new."""
    read: dict[int, None] = {}
    behind = (3, 4)
    row = Noting.of((1, 2), read) + behind

    assert (4, 2) == (row[3], row[1])
    assert ([1], [(2, 3), (3, 4)]) == (list(read), list(changes_of(row)))
