"""What Windows applies after all policies: whose word stays, and when nobody can tell."""

from itertools import permutations, product

import pytest
from attrs import evolve

from rasim.policy import Action, Policy, Registry, RegistryEntry, RegType, State, may_offer, read_policy
from rasim.policy.beside import ADMINISTRATORS, OFFER_GROUP, UNREAD
from rasim.policy.decision import missing
from rasim.policy.road_states import roads_of
from rasim.policy.settings import HELPERS_KEY, OFFER_MODE, OFFER_STATE, POLICY_KEY, Setting
from rasim.policy.stated import Mode
from rasim.policy.what_if import what_if
from rasim.policy.who_won import won


def number(value: int, late: int = 0, setting: Setting = OFFER_STATE, **given: str) -> RegistryEntry:
    data = value.to_bytes(4, "little")
    return evolve(RegistryEntry(setting.key, setting.value, RegType.DWORD, data, late=late), **given)


def text(key: str, name: str, late: int = 0, action: Action = Action.SET) -> RegistryEntry:
    return RegistryEntry(key, name, RegType.SZ, f"{name}\0".encode("utf-16-le"), action=action, late=late)


def policy(*entries: RegistryEntry) -> Policy:
    return read_policy(Registry.of(entries))


def expected(said: tuple[int | None, int | None, int | None]) -> State:
    """Return what offers are where a policy, a template and a preference say this, in plain words."""
    state = State.NOT_CONFIGURED
    for value in said:
        if value is None:
            continue
        if value == 1:
            state = State.ENABLED
        elif state in {State.NOT_CONFIGURED, State.DISABLED}:
            state = State.DISABLED
        else:
            state = State.UNKNOWN
    return state


@pytest.mark.parametrize("said", list(product((None, 0, 1), repeat=3)))
def test_a_second_reading_of_who_stays(said: tuple[int | None, int | None, int | None]) -> None:
    """What is applied last stays where it enables offers; where it forbids what was enabled nobody can tell, in any order."""
    entries = [number(value, late) for late, value in enumerate(said) if value is not None]

    assert {expected(said)} == {policy(*order).offer.state for order in permutations(entries)}


def test_in_the_same_part_the_last_one_wins() -> None:
    """Two preferences are applied in their order, whichever group policy they are from."""
    assert State.DISABLED is policy(number(1, 2), number(0, 2)).offer.state


def test_a_mode_is_loud_too() -> None:
    """A preference that lets helpers control stays; one that takes control away leaves it unknown."""
    up = policy(number(1), number(0, setting=OFFER_MODE), number(1, 2, OFFER_MODE))
    down = policy(number(1), number(1, setting=OFFER_MODE), number(0, 2, OFFER_MODE))

    assert (Mode.CONTROL, None) == (up.offer.mode, down.offer.mode)


@pytest.mark.parametrize("action", [Action.DELETE_ALL_VALUES, Action.DELETE_KEY])
@pytest.mark.parametrize("key", [HELPERS_KEY, POLICY_KEY])
def test_a_late_deletion_of_what_a_policy_says(action: Action, key: str) -> None:
    """A late deletion of values that a policy set leaves each of them unknown, those below a deleted key too."""
    found = policy(number(1), text(HELPERS_KEY, r"CORP\a"), text(key, "", 2, action))
    helpers = [helper.stored != "" for helper in found.offer.helpers]

    assert [key == HELPERS_KEY or action is Action.DELETE_KEY] == helpers
    assert (key == POLICY_KEY) is (found.offer.state is State.UNKNOWN)


def test_a_late_deletion_of_what_is_late_too() -> None:
    """A deletion takes away for certain what the same part of Windows set before."""
    group = OFFER_GROUP.key
    entries = (text(group, r"CORP\a", 1), text(group, "", 1, Action.DELETE_ALL_VALUES), text(group, r"CORP\b", 1))

    assert [r"CORP\b"] == [helper.text for helper in policy(*entries).offer.helpers]


@pytest.mark.parametrize(
    ("before", "state"),
    [
        ((), State.UNKNOWN),
        ((number(0),), State.DISABLED),
        ((text(POLICY_KEY, "fAllowUnsolicited", action=Action.DELETE_VALUE),), State.ENABLED),
        ((text(POLICY_KEY, "", action=Action.DELETE_ALL_VALUES),), State.ENABLED),
    ],
)
def test_what_is_only_created(before: tuple[RegistryEntry, ...], state: State) -> None:
    """What a preference only creates counts where a policy deleted what stood there, and not where something stands."""
    assert state is policy(*before, number(1, 2, action=Action.SET_IF_ABSENT)).offer.state


def test_a_registry_is_settled_beside_itself() -> None:
    """Reading a registry leaves it as it is, so that policies can be applied on top, beneath what is late."""
    registry = Registry.of([number(1, 2)])
    first = read_policy(registry).offer.state
    registry.apply([number(0)])

    assert (State.ENABLED, State.ENABLED) == (first, read_policy(registry).offer.state)
    assert registry.settled() is not registry
    assert (read_policy(registry), 2) == (read_policy(registry.settled().settle()), registry.copy().applied)


def test_a_users_late_value_stays_the_users() -> None:
    """A preference in the user's hive says what the user's half says of a road."""
    shadow = evolve(number(2, 3), name="Shadow", hive="HKEY_CURRENT_USER")

    assert ["session shadowing"] == [road.road for road in policy(shadow).roads if road.unasked]


def test_members_are_helpers_and_no_list() -> None:
    """Members of the groups may offer, named with their group; the policy's own list stays what it is, and names nobody twice."""
    found = policy(
        number(1),
        text(HELPERS_KEY, r"CORP\a"),
        text(OFFER_GROUP.key, r"corp\A", 2),
        text(OFFER_GROUP.key, r"CORP\b", 2),
        text(ADMINISTRATORS.key, r"CORP\c", 1),
    )
    said = may_offer(found, r"CORP\c").because[-1].says

    assert [r"CORP\a"] == [helper.text for helper in found.offer.listed]
    assert [("", r"CORP\a"), (OFFER_GROUP.words, r"CORP\b"), ("Administrators", r"CORP\c")] == [
        (helper.group, helper.text) for helper in found.offer.helpers
    ]
    assert r"CORP\c may offer as one of the local group Administrators" == said


def test_who_won_names_what_stands_beside() -> None:
    """Where a preference wins over its own policy both are told apart."""
    registry = Registry.of([number(0), number(1, 2)])
    [decided] = won(Registry().apply([evolve(each, gpo="Helpdesk") for each in registry_entries(registry)]))

    assert ("Helpdesk, preference", ["Helpdesk"]) == (decided.by.source, [said.source for said in decided.overrode])


def registry_entries(registry: Registry) -> list[RegistryEntry]:
    """Return what both entries of a registry say, at places of their own."""
    [policy_said, *_] = registry.find(OFFER_STATE)
    return [
        evolve(policy_said, where=evolve(policy_said.where, file="a")),
        evolve(registry.late[0], where=evolve(policy_said.where, file="b")),
    ]


@pytest.mark.parametrize(("action", "topics"), [(Action.UNTOLD, ["unread"]), (Action.SET, [])])
def test_what_was_not_read(action: Action, topics: list[str]) -> None:
    """What was not read could turn anything, what if too; what is harmless turns nothing."""
    found = policy(number(0), text(UNREAD.key, "scripts.ini", action=action))
    decision = may_offer(found, r"CORP\a")

    assert topics == [doubt.topic for doubt in missing(found)]
    assert (False, topics) == (decision.allowed, [doubt.topic for doubt in decision.unclear])
    assert topics == [doubt.topic for doubt in missing(what_if(found, {"offer": "disabled"}))]
    assert ("cannot tell" if topics else "no") == roads_of(found)[0].open
