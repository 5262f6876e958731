"""PolicyManager, the registry's own copy of what MDM said: a file that holds nothing else is no comfort."""

from collections.abc import Iterable

import pytest

from rasim.formats import read
from rasim.formats.policy_manager import managed
from rasim.policy import Action, Policy, Registry, State, read_policy
from rasim.policy.mdm import MDM_WINS
from rasim.policy.registry import RegistryEntry, RegType

MANAGER = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\PolicyManager"
CURRENT = rf"[{MANAGER}\current\device\RemoteAssistance]"
ONE, TWO = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
SET = '"UnsolicitedRemoteAssistance_ProviderSet"=dword:00000001'
WON = f'"UnsolicitedRemoteAssistance_WinningProvider"="{ONE}"'
OFF, ON = (f'"UnsolicitedRemoteAssistance"="{value}"' for value in ("<disabled/>", "<enabled/>"))


def provider(id_: str, area: str = "RemoteAssistance", scope: str = "Device") -> str:
    return rf"[{MANAGER}\providers\{id_}\default\{scope}\{area}]"


def reg(*lines: str) -> bytes:
    return "\r\n".join(("Windows Registry Editor Version 5.00", "", *lines, "")).encode("utf-16")


def policy(*lines: str) -> Policy:
    return read_policy(read(reg(*lines), "x.reg").registry)


def test_a_file_of_nothing_but_notes_cannot_tell() -> None:
    """Where a policy is set and its provider's key is not there, it cannot be told: it is never *not configured*."""
    found = policy(CURRENT, SET, WON)

    assert (State.UNKNOWN, State.NOT_CONFIGURED) == (found.offer.state, found.solicited.state)
    assert "it is set, and the provider's key" in found.offer.stated.says
    assert {"untold"} == {each.topic for each in found.unclear}


@pytest.mark.parametrize("note", ["ADMXInstanceData", "WinningProvider"])
def test_any_note_of_a_policy_says_that_it_is_set(note: str) -> None:
    """A pointer to the provider's key is such a note too."""
    assert State.UNKNOWN is policy(CURRENT, f'"SessionLogging_{note}"="x"').logging.state


@pytest.mark.parametrize("line", ['"UnsolicitedRemoteAssistance_LastWrite"=dword:1', SET.replace("1", "0")])
def test_what_was_set_once_is_not_set(line: str) -> None:
    """When something was written last, and that nobody sets it, states nothing."""
    assert Policy() == policy(CURRENT, line)


@pytest.mark.parametrize(("value", "state"), [(OFF, State.DISABLED), (ON, State.ENABLED)])
@pytest.mark.parametrize("notes", [(), (CURRENT, SET, WON)])
def test_the_providers_key_says_how(value: str, state: State, notes: tuple[str, ...]) -> None:
    """What the provider's key says of a policy is what MDM set, with its line."""
    found = policy(provider(ONE), value, *notes)

    assert (state, 4) == (found.offer.state, getattr(found.offer.stated.where, "line", 0))


@pytest.mark.parametrize(
    ("notes", "state"),
    [((), State.UNKNOWN), ((CURRENT, SET, WON), State.DISABLED), ((CURRENT, WON.replace(ONE, "x")), State.UNKNOWN)],
)
def test_providers_that_disagree_are_told_apart_by_who_won(notes: tuple[str, ...], state: State) -> None:
    """Of two providers the one that won counts; where the file does not say, nothing can be told."""
    assert state is policy(provider(ONE), OFF, provider(TWO), ON, *notes).offer.state


def test_a_current_value_that_differs_from_the_winners_cannot_be_told() -> None:
    """What stands as current beside the winner has to agree with it."""
    assert State.UNKNOWN is policy(provider(ONE), OFF, CURRENT, WON, ON).offer.state
    assert State.DISABLED is policy(provider(ONE), OFF, CURRENT, WON, OFF).offer.state


def test_a_plain_policy_stands_as_a_number() -> None:
    """MDMWinsOverGP stands under the current key as a number."""
    key = CURRENT.replace("RemoteAssistance", "ControlPolicyConflict")
    registry = read(reg(key, '"MDMWinsOverGP"=dword:1'), "x.reg").registry.settled()

    assert [1] == [each.data[0] for each in registry.find(MDM_WINS)]


def test_a_value_that_is_no_text_cannot_be_told() -> None:
    """Bytes where a text should stand make the policy unknown."""
    assert State.UNKNOWN is policy(provider(ONE), '"UnsolicitedRemoteAssistance"=hex:01,02').offer.state


@pytest.mark.parametrize(
    ("where", "line", "unread"),
    [
        (provider(ONE, "Defender"), '"AllowX"=dword:1', 0),
        (provider(ONE, "LocalUsersAndGroups"), '"Configure"="<x/>"', 1),
        (provider(ONE, "RemoteAssistance"), '"New"="<enabled/>"', 1),
        (provider(ONE, scope="S-1-5-21-1-2-3-4"), ON, 1),
    ],
)
def test_what_is_not_read_is_listed_where_it_may_matter(where: str, line: str, unread: int) -> None:
    """A policy that is not known, of an area that matters, or of a user, makes the answer unclear."""
    assert unread == len(policy(where, line).unread)


@pytest.mark.parametrize(
    "gone",
    [
        (provider(ONE), '"UnsolicitedRemoteAssistance"=-'),
        (provider(ONE).replace("[", "[-"),),
        (rf"[-{MANAGER}]",),
        (r"[-HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft]",),
    ],
)
def test_what_the_file_deletes_again_is_gone(gone: tuple[str, ...]) -> None:
    """A value, a key and a key above it that are deleted after it was set leave nothing of it."""
    assert Policy() == policy(provider(ONE), ON, *gone)


def test_a_deletion_of_something_else_leaves_it() -> None:
    """Deleting another value, or another key of PolicyManager, changes nothing of it."""
    gone = ('"Other"=-', rf"[-{MANAGER}\providers\{TWO}]")

    assert State.ENABLED is policy(provider(ONE), ON, *gone).offer.state


def test_other_hives_and_keys_without_end_say_nothing() -> None:
    """Keys of a user's hive that are called so, and keys that are too long to be one, are none of these."""
    in_user = MANAGER.replace("LOCAL_MACHINE", "CURRENT_USER")

    assert Policy() == policy(rf"[{in_user}\providers\{ONE}\default\Device\RemoteAssistance]", ON)
    assert Policy() == policy(rf"[{MANAGER}\{'x' * 2000}]", ON)
    assert Policy() == policy(rf"[{MANAGER}\default]", ON)


def test_what_may_not_be_so_cannot_be_told() -> None:
    """An entry that cannot be told at such a key makes the policy unknown; one that creates the key says nothing."""
    key = provider(ONE).strip("[]").partition("\\")[2]

    def made(*actions: Action) -> Iterable[RegistryEntry]:
        return (
            RegistryEntry(key, "UnsolicitedRemoteAssistance", RegType.SZ, b"x\0\0\0", action=each) for each in actions
        )

    states = [
        read_policy(Registry.of(managed(made(*actions)))).offer.state
        for actions in ((Action.UNTOLD,), (Action.CREATE_KEY,), (Action.IGNORED,))
    ]

    assert [State.UNKNOWN, State.NOT_CONFIGURED, State.NOT_CONFIGURED] == states


def test_what_mdm_says_is_no_entry_of_its_own() -> None:
    """The entries of a .reg are counted as they stand in it."""
    assert 1 == read(reg(provider(ONE), ON), "x.reg").entries
