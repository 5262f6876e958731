import pytest

from rasim.errors import UsageError, Where
from rasim.policy import (
    Action,
    Flaw,
    Kind,
    Mode,
    Policy,
    Preference,
    Registry,
    RegistryEntry,
    State,
    policy_to_entries,
    read_policy,
)
from rasim.policy.settings import HELPERS_KEY, LOCAL_KEY, MISPRINTED_KEY, POLICY_KEY, TERMINAL_SERVER_KEY

ONE, ZERO = (1).to_bytes(4, "little"), bytes(4)


def dword(name: str, data: bytes = ONE, *, key: str = POLICY_KEY, kind: int = Kind.DWORD) -> RegistryEntry:
    return RegistryEntry(key, name, kind, data, Where("made.pol", 8))


def helper(name: str, data: str | None = None) -> RegistryEntry:
    words = name if data is None else data
    return RegistryEntry(HELPERS_KEY, name, Kind.SZ, f"{words}\0".encode("utf-16-le"), Where("made.pol", 99))


def read(*entries: RegistryEntry) -> Policy:
    return read_policy(Registry.of(entries))


ENABLED, VIEW = dword("fAllowUnsolicited"), dword("fAllowUnsolicitedFullControl", ZERO)


def test_nothing_is_not_configured() -> None:
    """Without any entry every setting is not configured, which is not the same as disabled (R1)."""
    assert Policy() == read()


def test_three_states() -> None:
    """The values fAllowUnsolicited absent, 0 and 1 are not configured, disabled and enabled (R1)."""
    states = [read(*each).offer.state for each in ((), (dword("fAllowUnsolicited", ZERO),), (ENABLED, VIEW))]

    assert [State.NOT_CONFIGURED, State.DISABLED, State.ENABLED] == states


def test_two_modes() -> None:
    """The values fAllowUnsolicitedFullControl 0 and 1 are view only and control (R3)."""
    modes = [read(ENABLED, dword("fAllowUnsolicitedFullControl", data)).offer.mode for data in (ZERO, ONE)]

    assert [Mode.VIEW, Mode.CONTROL] == modes


@pytest.mark.parametrize(
    "odd",
    [
        dword("fAllowUnsolicited", "1\0".encode("utf-16-le"), kind=Kind.SZ),
        dword("fAllowUnsolicited", (2).to_bytes(4, "little")),
        dword("fAllowUnsolicited", b"\1"),
        dword("fAllowUnsolicited", b"\1\0\0\0\0\0\0\0", kind=Kind.QWORD),
        dword("fAllowUnsolicited", b"\0\0\0\1", kind=Kind.DWORD_BIG_ENDIAN),
        dword("fAllowUnsolicited", b"", kind=99),
    ],
    ids=["text", "two", "short", "qword", "big-endian", "unknown-type"],
)
def test_only_a_plain_dword_enables(odd: RegistryEntry) -> None:
    """Anything else than a DWORD of 0 or 1 is unknown, and unclear with both readings and its place (A16)."""
    policy = read(odd, VIEW)

    assert State.UNKNOWN == policy.offer.state
    assert [("fAllowUnsolicited", 2, Where("made.pol", 8))] == [
        (doubt.setting, len(doubt.readings), doubt.where) for doubt in policy.unclear
    ]


def test_an_absent_mode_is_unclear() -> None:
    """Enabled without a mode is no mode at all, and unclear (R3)."""
    policy = read(ENABLED)

    assert (None, ["fAllowUnsolicitedFullControl"]) == (policy.offer.mode, [each.setting for each in policy.unclear])


def test_a_mode_of_wrong_type_is_no_mode() -> None:
    """A mode that is no plain DWORD is no mode, and unclear."""
    policy = read(ENABLED, dword("fAllowUnsolicitedFullControl", "1\0".encode("utf-16-le"), kind=Kind.SZ))

    assert (None, 1) == (policy.offer.mode, len(policy.unclear))


def test_an_absent_mode_matters_only_while_offers_are_enabled() -> None:
    """A disabled policy has no mode, and that is clear."""
    assert () == read(dword("fAllowUnsolicited", ZERO)).unclear


def test_leftovers_are_kept_as_found() -> None:
    """Mode and helpers of a disabled policy are kept, so that a report can name them."""
    policy = read(dword("fAllowUnsolicited", ZERO), dword("fAllowUnsolicitedFullControl"), helper(r"A\a"))

    assert (State.DISABLED, Mode.CONTROL, [r"A\a"]) == (
        policy.offer.state,
        policy.offer.mode,
        [each.text for each in policy.offer.helpers],
    )


def test_helpers_keep_their_order_and_place() -> None:
    """Each entry of the list is one helper, in the order of the file, with its place (R25)."""
    policy = read(ENABLED, VIEW, helper(r"B\b"), helper(r"A\a"))

    assert [(r"B\b", Where("made.pol", 99)), (r"A\a", Where("made.pol", 99))] == [
        (each.text, each.where) for each in policy.offer.helpers
    ]


def test_duplicates_collapse() -> None:
    """Entries that differ in case only are one helper, at the place of the first, as last written (R25)."""
    policy = read(ENABLED, VIEW, helper(r"A\a"), helper(r"B\b"), helper(r"a\A"))

    assert [r"a\A", r"B\b"] == [each.text for each in policy.offer.helpers]


def test_empty_data_is_fine() -> None:
    """`reg add` without data makes a helper of the value name (A12)."""
    policy = read(ENABLED, VIEW, helper(r"A\a", ""), RegistryEntry(HELPERS_KEY, r"B\b", Kind.SZ, b""))

    assert ([None, None], ()) == ([each.flaw for each in policy.offer.helpers], policy.unclear)


def test_a_name_unlike_its_data_is_unclear() -> None:
    """A value whose name and data differ matches neither, and is unclear (A12)."""
    policy = read(ENABLED, VIEW, helper(r"A\a", r"B\b"))

    assert ([Flaw.UNLIKE_DATA], 1) == ([each.flaw for each in policy.offer.helpers], len(policy.unclear))


def test_data_that_differs_in_case_is_the_same() -> None:
    """Name and data that differ in case only name the same account."""
    assert [None] == [each.flaw for each in read(ENABLED, VIEW, helper(r"A\a", r"a\A")).offer.helpers]


@pytest.mark.parametrize("kind", [Kind.DWORD, Kind.BINARY, Kind.MULTI_SZ, Kind.NONE])
def test_a_helper_that_is_no_text_is_unclear(kind: int) -> None:
    """A value of the list that is not stored as text matches nobody, and is unclear."""
    policy = read(ENABLED, VIEW, RegistryEntry(HELPERS_KEY, r"A\a", kind, ONE))

    assert ([Flaw.NOT_TEXT], 1) == ([each.flaw for each in policy.offer.helpers], len(policy.unclear))


def test_a_deletion_is_no_helper() -> None:
    """A delete record never becomes a helper, whatever its data (R28)."""
    wipe = RegistryEntry(HELPERS_KEY, "", Kind.SZ, " \0".encode("utf-16-le"), action=Action.DELETE_ALL_VALUES)

    assert () == read(ENABLED, VIEW, wipe).offer.helpers


def test_a_list_wiped_afterwards_is_empty() -> None:
    """A list deleted after it was written has no helpers, and the deletion is named."""
    where = Where("other.pol", 8)
    wipe = RegistryEntry(HELPERS_KEY, "", Kind.SZ, b"", where, Action.DELETE_ALL_VALUES)
    offer = read(ENABLED, VIEW, helper(r"A\a"), wipe).offer

    assert ((), "emptied", where) == (offer.helpers, offer.helpers_stated.says, offer.helpers_stated.where)


def test_an_unknown_instruction_makes_the_policy_unclear() -> None:
    """An instruction nobody documented, on a key that matters, leaves two readings."""
    strange = RegistryEntry(HELPERS_KEY, "", Kind.SZ, b"", action=Action.UNKNOWN, spelling="**what")

    assert 1 == len(read(ENABLED, VIEW, strange).unclear)


def test_solicited_is_another_policy() -> None:
    """The values fAllowToGetHelp and fAllowFullControl govern invitations and leave offers alone (R2)."""
    policy = read(dword("fAllowToGetHelp"), dword("fAllowFullControl"))

    assert (State.ENABLED, Mode.CONTROL) == (policy.solicited.state, policy.solicited.mode)
    assert (State.NOT_CONFIGURED, None) == (policy.offer.state, policy.offer.mode)


def test_a_mode_of_invitations_that_cannot_be_read_is_unclear() -> None:
    """The mode of invitations counts while they are or may be enabled; one that is no plain DWORD is unclear then."""
    odd = dword("fAllowFullControl", "1\0".encode("utf-16-le"), kind=Kind.SZ)

    assert [["fAllowFullControl"], []] == [
        [doubt.setting for doubt in read(dword("fAllowToGetHelp", state), odd).unclear] for state in (ONE, ZERO)
    ]


def test_logging_has_three_states() -> None:
    """LoggingEnabled absent, 0 and 1 are not configured, disabled and enabled."""
    states = [read(*each).logging.state for each in ((), (dword("LoggingEnabled", ZERO),), (dword("LoggingEnabled"),))]

    assert [State.NOT_CONFIGURED, State.DISABLED, State.ENABLED] == states


def test_a_local_preference_is_no_policy() -> None:
    """The computer's own switch is read apart and configures nothing."""
    policy = read(dword("fAllowToGetHelp", ZERO, key=LOCAL_KEY))

    assert (Preference.OFF, State.NOT_CONFIGURED) == (policy.local.solicited, policy.solicited.state)


def test_control_sets_that_disagree_are_unclear() -> None:
    """Where numbered control sets differ and none is current, the preference is unknown and unclear."""
    first, second = (LOCAL_KEY.replace("CurrentControlSet", f"ControlSet00{n}") for n in (1, 2))
    policy = read(dword("fAllowToGetHelp", key=first), dword("fAllowToGetHelp", ZERO, key=second))

    assert (Preference.UNKNOWN, 1) == (policy.local.solicited, len(policy.unclear))


@pytest.mark.parametrize("key", [LOCAL_KEY, TERMINAL_SERVER_KEY, MISPRINTED_KEY])
def test_values_at_wrong_keys_decide_nothing(key: str) -> None:
    """The values fAllowUnsolicited at another key enables nothing and is reported as misplaced."""
    policy = read(dword("fAllowUnsolicited", key=key))

    assert (State.NOT_CONFIGURED, 1) == (policy.offer.state, len(policy.misplaced))


def test_a_policy_in_words() -> None:
    """A policy stated in words has the values of one read from a file."""
    policy = Policy.of(offer="enabled", mode="view", helpers=[r"A\a"], solicited="disabled")

    assert (State.ENABLED, Mode.VIEW, [r"A\a"], State.DISABLED) == (
        policy.offer.state,
        policy.offer.mode,
        [each.text for each in policy.offer.helpers],
        policy.solicited.state,
    )


def test_a_policy_in_words_has_a_place() -> None:
    """A policy stated in words is told with the place of the words."""
    place = Where("a.yaml", line=4)

    assert place == Policy.of(offer="enabled", where=place).offer.stated.where


def test_a_policy_in_words_has_the_same_gaps() -> None:
    """A policy stated in words without a mode is unclear like a file without one."""
    assert read(ENABLED).unclear == Policy.of(offer="enabled").unclear


@pytest.mark.parametrize("words", [{"offer": "on"}, {"mode": "full"}, {"solicited": "yes"}, {"logging": ""}])
def test_unknown_words_are_refused(words: dict[str, str]) -> None:
    """A word that is no state or mode is an error that names the known ones."""
    with pytest.raises(UsageError, match="is not one of"):
        Policy.of(**words)


def test_disabled_is_written_as_the_editor_writes_it() -> None:
    """Disabled is a 0, a deletion of the mode and a deletion of the list."""
    written = [(each.name, each.action) for each in policy_to_entries(Policy.of(offer="disabled"))]

    assert [
        ("fAllowUnsolicited", Action.SET),
        ("fAllowUnsolicitedFullControl", Action.DELETE_VALUE),
        ("", Action.DELETE_ALL_VALUES),
    ] == written


def test_not_configured_is_written_as_nothing() -> None:
    """A policy that configures nothing has no entries."""
    assert () == policy_to_entries(Policy())


def test_a_helper_whose_data_is_unknown_is_not_written() -> None:
    """A helper that matched nobody because of its data is not written back as a sound one."""
    with pytest.raises(UsageError):
        policy_to_entries(read(ENABLED, VIEW, helper(r"A\a", r"B\b")))


def test_a_helper_with_a_nul_is_not_written() -> None:
    """A helper whose name a registry cannot hold is refused, and not cut short."""
    with pytest.raises(UsageError, match="NUL"):
        Policy.of(offer="enabled", helpers=["A\\a\0b"])
