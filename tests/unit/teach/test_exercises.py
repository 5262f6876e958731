"""The table of exercises: what is asked in it exists, and has a key that was found and not written."""

import re
from collections import Counter

import pytest

from rasim.errors import UsageError
from rasim.teach.exercises import BY_ID, EXERCISES, LESSONS, PromiseExercise, TraceExercise, exercise, lesson_of
from rasim.teach.keys import judged, noticing, told_trace
from rasim.teach.planted import planted

TRACES = [each for each in EXERCISES if isinstance(each, TraceExercise)]


def test_exercises_have_ids_of_their_own() -> None:
    """An id is a lesson and a number in it, and no two exercises have one."""
    assert len(BY_ID) == len(EXERCISES)
    assert all(re.fullmatch(r"[1-6]\.[1-9]", each.id) for each in EXERCISES)


def test_every_lesson_has_exercises() -> None:
    """Each lesson has three or four."""
    counted = Counter(map(lesson_of, EXERCISES))

    assert set(counted) == set(LESSONS)
    assert set(counted.values()) <= {3, 4}


def test_an_unknown_exercise_is_an_error_with_the_nearest() -> None:
    """Who asks for an exercise that is not there is told which there are."""
    with pytest.raises(UsageError, match=r"2\.2"):
        exercise("2.22")


def test_a_mistake_is_known_by_its_name() -> None:
    """A mistake that an exercise is about is one of rasim's, and an unknown one is an error with the nearest."""
    for each in EXERCISES:
        assert planted(getattr(each, "mistake", "")).says
    with pytest.raises(UsageError, match="one click for both"):
        planted("one clik for both")


@pytest.mark.parametrize("each", TRACES, ids=lambda each: each.id)
def test_a_trace_has_a_verdict(each: TraceExercise) -> None:
    """What a mistaken computer recorded breaks a promise, what the right one recorded does not."""
    found = judged(each)

    assert found.verdict == ("broken" if each.mistake else "cannot tell" if each.unrecorded else "kept")
    assert all("x_" not in field for recorded in told_trace(each) for field, _ in recorded.line.fields)


@pytest.mark.exhaustive
def test_a_mistake_is_noticed() -> None:
    """Each mistake whose promise is asked for breaks one, or makes a witness impossible, and the right table does neither."""
    assert not noticing("").names
    for each in EXERCISES:
        if isinstance(each, PromiseExercise):
            assert noticing(each.mistake).names, each.id
