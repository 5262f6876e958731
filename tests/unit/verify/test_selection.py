"""Which promises a trace is asked: what is chosen, what is left out and why, and which choices are none."""

import pytest

from rasim.errors import UsageError
from rasim.protocol.lines import RECORD_KINDS
from rasim.verify import KEPT
from rasim.verify.promises.selection import ALL, ASKABLE, GROUPS, Selection, choose

ONE, OTHER = "silence_refuses", "a_refusal_rests"


def asked(selection: Selection) -> set[str]:
    return ASKABLE.keys() - selection.left_out.keys()


def test_without_a_choice_all_are_asked() -> None:
    """Who chooses nothing asks everything that can be asked of a trace, and nothing of it by name."""
    assert ALL == choose()
    assert ASKABLE.keys() == asked(ALL)


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_promises_that_are_asked(group: str) -> None:
    """Each group asks promises of traces, none twice, and is no name that has to be answered."""
    chosen = choose([group])

    assert asked(chosen) == {*GROUPS[group]} != set()
    assert len(asked(chosen)) == len(GROUPS[group])
    assert frozenset() == chosen.named


def test_a_group_is_a_source_or_a_kind_of_lines() -> None:
    """Every askable promise was stated or added, one of the two, and is in the group of each kind of lines that it needs."""
    assert sorted((*GROUPS["stated"], *GROUPS["added"])) == sorted(ASKABLE)
    for kind in RECORD_KINDS:
        assert GROUPS.get(kind, ()) == tuple(name for name, promise in ASKABLE.items() if kind in promise.needs)


def test_what_is_named_is_asked_and_nothing_else() -> None:
    """Names and groups add up; what is in neither is left out as not chosen, and a name has to be answered, also beside its group."""
    chosen = choose([ONE, "tickets"])

    assert asked(chosen) == {ONE, *GROUPS["tickets"]}
    assert {"not chosen"} == set(chosen.left_out.values())
    assert {ONE} == chosen.named


def test_what_is_left_out_has_its_reason() -> None:
    """A promise or a group that is left out stands there with the reason given, though it was chosen by its name."""
    chosen = choose([ONE, OTHER], {OTHER: "we ask again at once"})

    assert {ONE} == asked(chosen) == chosen.named
    assert "left out: we ask again at once" == chosen.left_out[OTHER]
    assert {*GROUPS["added"]} == asked(choose(without={"stated": "not ours"}))


@pytest.mark.parametrize(
    ("only", "without", "says"),
    [
        (["silence_refuse"], {}, "did you mean `silence_refuses`?"),
        (["ticket"], {}, "did you mean `tickets`?"),
        ([], {"silence_refuse": "why"}, "did you mean `silence_refuses`?"),
        (["idle_is_always_in_reach"], {}, "is checked over all states and cannot be asked of a trace"),
        ([], {ONE: " "}, f"without {ONE}: say why"),
        ([], {"stated": "x", "added": "y"}, "no promise is left to be asked"),
        ([ONE], {ONE: "x"}, "no promise is left to be asked"),
    ],
)
def test_a_choice_that_is_none_says_why(only: list[str], without: dict[str, str], says: str) -> None:
    """A name that nothing has, a promise that no trace can be asked, a silent reason and an empty choice are refused."""
    with pytest.raises(UsageError) as refused:
        choose(only, without)

    assert says in str(refused.value)


def test_what_is_checked_and_not_judged_cannot_be_chosen() -> None:
    """Exactly the promises over all states are none that a trace is asked."""
    for promise in KEPT:
        if promise.name in ASKABLE:
            assert {promise.name} == asked(choose([promise.name]))
        else:
            with pytest.raises(UsageError, match="is checked over all states"):
                choose([promise.name])
