r"""What rasim says of a policy is what a plain reading of the rules says, for drawn registry values, groups and systems."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from drawn import examples
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from rasim.policy import (
    SYSTEMS,
    Decision,
    Kind,
    Membership,
    Policy,
    Registry,
    RegistryEntry,
    may_control,
    may_offer,
    read_policy,
)
from rasim.verify import compare

sys.path.append(str(Path(__file__).parents[1] / "model"))
import naive_policy as naive

PEOPLE = (r"CORP\anna", r"corp.example\anna", r"LAB\anna", r"CORP\carol")
DESKS = (r"CORP\Helpdesk", r"CORP\Tier1", r"CORP\Domain Users")
STRANGE = (
    "", " ", "anna", "CAROL", "Everyone", r"CORP\*", r"CORP\Tier\1", "CORP\\", "\\anna", r"CORP\anna ",
    "anna@corp.example", "S-1-1-0", "S-1-5-21-1-2-3-1104",
)  # fmt: skip
Answer = TypeVar("Answer")
TYPES = {"DWORD": Kind.DWORD, "SZ": Kind.SZ, "BINARY": Kind.BINARY}

names = st.sampled_from(PEOPLE) | st.sampled_from(DESKS) | st.sampled_from([r"corp\ANNA", *STRANGE])
stored = st.sampled_from(
    [("DWORD", 0), ("DWORD", 1), ("DWORD", 2), ("DWORD", 4294967295), ("SZ", "1"), ("SZ", "0"), ("SZ", "")]
)
members = st.lists(st.sampled_from(PEOPLE) | st.sampled_from(DESKS), max_size=3)
groups = st.dictionaries(st.sampled_from(DESKS), members, max_size=3)


class Case(NamedTuple):
    """What stands in a registry, who asks, on which system, and who is in which group."""

    values: Mapping[tuple[str, str], tuple[str, int | str]]
    system: str
    expert: str
    groups: Mapping[str, list[str]]


@st.composite
def registries(draw: st.DrawFn) -> dict[tuple[str, str], tuple[str, int | str]]:
    """Draw raw values: the three that decide, each perhaps absent, and a list with entries as editors and scripts write them."""
    key = draw(st.sampled_from([naive.KEY, naive.KEY.upper()]))
    # Enabled more often than not: else nothing else is asked.
    enabled = st.sampled_from([("DWORD", 1)] * 4) | stored
    values: dict[tuple[str, str], tuple[str, int | str]] = {}
    for name, strategy in (
        ("fAllowUnsolicited", enabled),
        ("fAllowUnsolicitedFullControl", stored),
        ("fAllowToGetHelp", stored),
        ("fAllowFullControl", stored),
    ):
        if draw(st.integers(0, 5)):
            values[key, name] = draw(strategy)
    for name in draw(st.lists(names, max_size=4)):
        same, other = ("SZ", name), draw(names)
        values[f"{key}\\RAUnsolicit", name] = draw(
            st.sampled_from(
                [same, same, same, ("SZ", name.swapcase()), ("SZ", ""), ("SZ", other), ("DWORD", 1), ("BINARY", 0)]
            )
        )
    return values


cases = st.builds(Case, registries(), st.sampled_from(list(SYSTEMS)), st.sampled_from([*PEOPLE, DESKS[0]]), groups)


def entries(values: Mapping[tuple[str, str], tuple[str, int | str]]) -> list[RegistryEntry]:
    """Return raw values as the entries of a file."""
    return [
        RegistryEntry(
            key,
            name,
            TYPES[kind],
            f"{data}\0".encode("utf-16-le")
            if isinstance(data, str)
            else data.to_bytes(3 if kind == "BINARY" else 4, "little"),
        )
        for (key, name), (kind, data) in values.items()
    ]


def policy(case: Case) -> Policy:
    return read_policy(Registry.of(entries(case.values)))


def said(decision: Decision) -> str:
    """Return a decision in a word."""
    return "yes" if decision.allowed else "unclear" if decision.unclear else "no"


def rasim_says(case: Case) -> tuple[str, str]:
    known = Membership.of(case.groups)
    answers = (ask(policy(case), case.expert, known, os=case.system) for ask in (may_offer, may_control))
    offer, control = (said(each) for each in answers)
    return offer, control


def naive_says(case: Case) -> tuple[str, str]:
    asked = (case.values, case.system, case.expert, case.groups)
    return naive.may_offer(*asked), naive.may_control(*asked)


@given(cases)
@settings(max_examples=examples(500))
def test_a_plain_reading_of_policies_agrees(case: Case) -> None:
    """Whatever stands in a registry, who may offer and who may control is what a plain reading says, its doubts included."""
    assert naive_says(case) == rasim_says(case)


@pytest.mark.parametrize(
    "entry", [r"CORP\b*", r"CORP\ann?", "*a", r"CORP\Helpdesk;CORP\Tier1", r"CORP\Tier1, CORP\carol", "carol|LAB\\anna"]
)
@pytest.mark.parametrize("told", [{}, {r"CORP\Helpdesk": [r"CORP\anna"], r"CORP\Tier1": []}])
@pytest.mark.parametrize("data", ["", r"CORP\carol"])
def test_a_plain_reading_agrees_on_what_no_account_is_called(
    entry: str, told: Mapping[str, list[str]], data: str
) -> None:
    """A wildcard and several names in one entry are as doubtful as a plain reading has them, for everybody."""
    values = {(naive.KEY, "fAllowUnsolicited"): ("DWORD", 1), (naive.LIST, entry): ("SZ", data or entry)}
    for expert in PEOPLE:
        case = Case(values, "windows-10", expert, told)

        assert naive_says(case) == rasim_says(case)


class Met(Exception):  # noqa: N818  (no error: a fork)
    """A doubt that has not been read yet."""


def every_reading(
    answer: Callable[[naive.Reading], Answer], at: Mapping[naive.Doubt, bool] | None = None
) -> set[Answer]:
    """Return the answers under every way to read the doubts that are met on the way to them."""
    known = at or {}

    def reading(doubt: naive.Doubt) -> bool:
        if doubt not in known:
            raise Met(doubt)
        return known[doubt]

    try:
        return {answer(reading)}
    except Met as met:
        doubt = met.args[0]
    return {each for way in (True, False) for each in every_reading(answer, {**known, doubt: way})}


@given(cases)
@settings(max_examples=examples(150))
def test_what_is_allowed_is_allowed_in_every_reading(case: Case) -> None:
    """What rasim allows no reading of the doubtful refuses, and what it refuses without a doubt no reading allows."""
    for answer, under in zip(rasim_says(case), (naive.can_offer, naive.can_control), strict=True):
        readings = every_reading(partial(under, *case))

        assert answer != "yes" or readings == {True}
        assert answer != "no" or readings == {False}


# ---- two policies --------------------------------------------------------------------------------------------

FEW = ("windows-xp-sp1", "windows-server-2003-sp1", "windows-10")
ANYBODY = (*PEOPLE, *DESKS, r"ELSEWHERE\anna", r"ELSEWHERE\carol", r"ELSEWHERE\somebody")


@st.composite
def changes(draw: st.DrawFn) -> tuple[Case, Case]:
    """Draw two registries beside the same groups, the second mostly the first with a little changed."""
    one = draw(cases)
    values = dict(one.values) if draw(st.integers(0, 4)) else draw(registries())
    for at in draw(st.lists(st.sampled_from(sorted(values)), max_size=2, unique=True)) if values else []:
        del values[at]
    if draw(st.booleans()):
        values[naive.KEY, draw(st.sampled_from(["fAllowUnsolicited", "fAllowUnsolicitedFullControl"]))] = draw(stored)
    for name in draw(st.lists(names, max_size=1)):
        values[naive.LIST, name] = ("SZ", draw(st.just(name) | names))
    return one, one._replace(values=values)


class Plain(NamedTuple):
    """What a plain reading says of a change: whether something comes and goes, in some reading and in every one."""

    comes: bool
    surely_comes: bool
    goes: bool
    surely_goes: bool


def plainly(before: Case, after: Case) -> Plain:
    """Compare two registries by asking for everybody, everywhere, in every reading; the firewall is the computer's own."""
    groups = {group.upper() for group in before.groups}
    cells = []
    for expert, system, ask in product(ANYBODY, FEW, (naive.can_offer, naive.can_control)):
        if expert.upper() not in groups:  # a group that is known to be one does not offer help itself

            def both(reading: naive.Reading, asked: tuple[Any, ...] = (ask, system, expert)) -> tuple[bool, bool]:
                under, where, who = asked
                was, now = (under(side.values, where, who, side.groups, reading) for side in (before, after))
                return was, now

            cells.append(every_reading(both))
    return Plain(
        any((False, True) in cell for cell in cells),
        any(cell == {(False, True)} for cell in cells),
        any((True, False) in cell for cell in cells),
        any(cell == {(True, False)} for cell in cells),
    )


def rasim_compares(before: Case, after: Case) -> Plain:
    found = compare(policy(before), policy(after), membership=Membership.of(before.groups), systems=FEW)
    comes, goes = found.newly_possible, found.no_longer_possible
    return Plain(bool(comes), any(e.certain for e in comes), bool(goes), any(e.certain for e in goes))


@given(changes())
@settings(max_examples=examples(150))
def test_no_comparison_is_better_than_a_plain_one(change: tuple[Case, Case]) -> None:
    """What a plain comparison finds possible in some reading rasim finds too, and what is certain for rasim is certain for it."""
    plain, found = plainly(*change), rasim_compares(*change)

    assert (found.comes, found.goes) == (plain.comes or found.comes, plain.goes or found.goes)
    assert (plain.surely_comes, plain.surely_goes) == (
        plain.surely_comes or found.surely_comes,
        plain.surely_goes or found.surely_goes,
    )


@given(changes())
@settings(max_examples=examples(150))
def test_a_plain_comparison_agrees(change: tuple[Case, Case]) -> None:
    """What comes and goes, and whether it does for certain, is what a plain comparison finds."""
    assert plainly(*change) == rasim_compares(*change)


# ---- a group in a form that Windows may know, and rasim cannot -----------------------------------------------


@pytest.mark.parametrize("entry", ["Helpdesk", "Helpdesk@corp.example", r"corp.example\Helpdesk"])
def test_a_group_in_another_form_is_unclear(entry: str) -> None:
    """That a group is listed without its domain, or under the other name of it, makes the refusal of its members unclear."""
    values = {(naive.KEY, "fAllowUnsolicited"): ("DWORD", 1), (naive.LIST, entry): ("SZ", entry)}
    case = Case(values, "windows-10", r"CORP\anna", {r"CORP\Helpdesk": [r"CORP\anna"]})

    assert "unclear" == naive.may_offer(*case)
    assert "unclear" == said(may_offer(policy(case), case.expert, Membership.of(case.groups)))


# ---- that the comparison bites -------------------------------------------------------------------------------


def any_one_enables(values: naive.Values) -> str:
    found = naive.value(values, "fAllowUnsolicited")
    return "yes" if found is not None and str(found[1]) == "1" else "no"


def absent_is_control(values: naive.Values) -> str:
    return "no" if naive.value(values, "fAllowUnsolicitedFullControl") == ("DWORD", 0) else "yes"


def direct_members_only(expert: str, groups: naive.Groups) -> set[str]:
    return {expert.upper(), *(group.upper() for group, members in groups.items() if expert in members)}


MISTAKES = {
    "enabled": any_one_enables,
    "permitted_to_control": absent_is_control,
    "blocked": lambda _values, _system: "no",
    "names_of": direct_members_only,
    "may_mean": lambda _text, _names: False,
    "is_in_other_form": lambda _one, _other: False,
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_either_reading_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain reading with a mistake in one question soon disagrees about a drawn policy."""
    monkeypatch.setattr(naive, name, MISTAKES[name])
    often = settings(
        max_examples=examples(1500),
        database=None,
        derandomize=True,
        phases=[Phase.generate],  # the first that differs will do
        suppress_health_check=list(HealthCheck),
    )
    try:
        find(cases, lambda case: naive_says(case) != rasim_says(case), settings=often)
    except NoSuchExample:
        pytest.fail(f"nothing drawn shows the mistake in {name}")
