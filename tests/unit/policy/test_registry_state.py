import pytest

from rasim.errors import Where
from rasim.policy import Action, Kind, Registry, RegistryEntry, State, describe, read_policy
from rasim.policy.registry import EVERY_OTHER
from rasim.policy.settings import HELPERS_KEY, LOCAL_KEY, LOCAL_SOLICITED, OFFER_HELPERS, OFFER_STATE, POLICY_KEY

ONE = (1).to_bytes(4, "little")


def entry(name: str, action: Action = Action.SET, *, key: str = POLICY_KEY, data: bytes = ONE) -> RegistryEntry:
    return RegistryEntry(key, name, Kind.DWORD, data, action=action)


def text(words: str) -> bytes:
    return f"{words}\0".encode("utf-16-le")


def helpers(*entries: RegistryEntry) -> list[str]:
    return [found.name for found in Registry.of(entries).find_all(OFFER_HELPERS)]


def test_keys_and_names_compare_without_case() -> None:
    """A value is found whatever the case of its key and name."""
    written = entry("FALLOWUNSOLICITED", key=POLICY_KEY.upper())

    assert (written,) == Registry.of([written]).find(OFFER_STATE)


def test_the_last_value_counts() -> None:
    """Of two values of one name the later one is live."""
    last = entry("fAllowUnsolicited", data=bytes(4))

    assert (last,) == Registry.of([entry("fallowunsolicited"), last]).find(OFFER_STATE)


def test_a_deletion_acts_on_what_was_there() -> None:
    """A value deleted by a later entry is gone, and the registry knows by whom (R28)."""
    deletion = RegistryEntry(POLICY_KEY, "fAllowUnsolicited", Kind.SZ, b"", Where("b.pol", 8), Action.DELETE_VALUE)
    registry = Registry.of([entry("fAllowUnsolicited"), deletion])

    assert ((), deletion) == (registry.find(OFFER_STATE), registry.find_deletion(OFFER_STATE))


def test_a_value_after_a_deletion_survives() -> None:
    """Deletions act in file order: what is written after one stays (R28)."""
    before, wipe = entry(r"A\a", key=HELPERS_KEY), entry("", Action.DELETE_ALL_VALUES, key=HELPERS_KEY)

    assert [r"B\b"] == helpers(before, wipe, entry(r"B\b", key=HELPERS_KEY))


def test_deleting_the_values_of_a_key_spares_its_subkeys() -> None:
    """Deleting all values of the policy key leaves the helper list, which is a subkey."""
    assert [r"A\a"] == helpers(entry(r"A\a", key=HELPERS_KEY), entry("", Action.DELETE_ALL_VALUES))


def test_values_can_be_deleted_by_a_list_of_names() -> None:
    """The names in the data of DeleteValues are divided by semicolons, and case does not matter."""
    named = entry("", Action.DELETE_VALUES_NAMED, key=HELPERS_KEY, data=text(r"a\A;b\b"))

    assert [r"C\c"] == helpers(*(entry(name, key=HELPERS_KEY) for name in (r"A\a", r"B\b", r"C\c")), named)


def test_names_that_mean_nothing_are_passed_over_in_a_list() -> None:
    """Of the names in a list of deletions those that mean nothing are not kept as deleted."""
    named = entry("", Action.DELETE_VALUES_NAMED, data=text("Other;fAllowUnsolicited"))
    registry = Registry.of([entry("fAllowUnsolicited"), named])

    assert (named, ["FALLOWUNSOLICITED"]) == (
        registry.find_deletion(OFFER_STATE),
        [name for known in registry._keys.values() for name in known.deleted],
    )


def test_what_changes_no_value_changes_nothing() -> None:
    """The creation of a key and an access list are counted and leave all values as they are."""
    registry = Registry.of([entry("fAllowUnsolicited"), entry("", Action.CREATE_KEY), entry("", Action.IGNORED)])

    assert (3, 1) == (registry.applied, len(registry.find(OFFER_STATE)))


def test_a_value_above_a_key_that_matters_means_nothing() -> None:
    """A value of a key above the policy key is none of the policy's."""
    above = entry("fAllowUnsolicited", key=POLICY_KEY.rpartition("\\")[0])

    assert () == Registry.of([above]).find(OFFER_STATE)


def test_deleting_a_key_takes_its_subkeys_along() -> None:
    """A deleted key is gone with all below it, also when an ancestor is deleted."""
    gone = entry("", Action.DELETE_KEY, key=r"software\POLICIES\Microsoft")

    assert [] == helpers(entry(r"A\a", key=HELPERS_KEY), gone)


def test_keys_can_be_deleted_by_a_list_of_subkeys() -> None:
    """The subkeys in the data of DeleteKeys are deleted with all below them."""
    gone = entry("", Action.DELETE_SUBKEYS_NAMED, data=text("Other;RAUnsolicit"))

    assert [] == helpers(entry(r"A\a", key=HELPERS_KEY), gone)


def test_a_neighbour_with_the_same_beginning_is_not_deleted() -> None:
    """Deleting a key spares a key whose name merely begins with the same letters."""
    gone = entry("", Action.DELETE_KEY, key=HELPERS_KEY[:-1])

    assert [r"A\a"] == helpers(entry(r"A\a", key=HELPERS_KEY), gone)


def test_a_deleted_key_spares_the_key_above() -> None:
    """Deleting the helper list leaves the values of the policy key, above it."""
    gone = entry("", Action.DELETE_KEY, key=HELPERS_KEY)

    assert 1 == len(Registry.of([entry("fAllowUnsolicited"), gone]).find(OFFER_STATE))


def test_soft_values_give_way() -> None:
    """A soft value is set only where there is none, which is known where the files set or deleted one before."""
    hard, soft = entry("fAllowUnsolicited", data=bytes(4)), entry("fAllowUnsolicited", Action.SET_IF_ABSENT)
    gone = entry("fAllowUnsolicited", Action.DELETE_VALUE), entry("", Action.DELETE_ALL_VALUES)

    assert [(hard,), (soft,), (soft,)] == [
        Registry.of(each).find(OFFER_STATE) for each in ([hard, soft], [gone[0], soft], [gone[1], soft])
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_a_soft_value_alone_cannot_be_told(number: int) -> None:
    """Whether a soft value counts depends on what stands on the computer already: it is no plain value."""
    policy = read_policy(Registry.of([entry("fAllowUnsolicited", Action.SET_IF_ABSENT, data=bytes([number, 0, 0, 0]))]))

    assert (State.UNKNOWN, True) == (policy.offer.state, bool(policy.unclear))
    assert f"REG_DWORD {number} counts only if nothing stands there yet" in policy.offer.stated.says


def test_an_unknown_instruction_above_a_key_that_matters() -> None:
    """What an unknown instruction does to a key above the policy's may reach down to it: it is kept, elsewhere it is not."""
    above, beside = (entry("**odd", Action.UNKNOWN, key=rf"Software\{name}") for name in ("Policies", "Other"))

    assert [above] == Registry.of([above, beside]).unknown


def test_the_last_words() -> None:
    """The last word on each value is what set it, deleted it, or emptied its key or list."""
    gone, set_ = entry("", Action.DELETE_ALL_VALUES), entry("fAllowUnsolicited")
    emptied, helper = (
        entry(name, action, key=HELPERS_KEY) for name, action in (("", gone.action), ("A\\a", set_.action))
    )
    said = {slot[1]: word for slot, word in Registry.of([gone, set_, emptied, helper]).last_words().items()}

    assert [set_, gone, emptied, helper] == [
        said[name] for name in ("FALLOWUNSOLICITED", "LOGGINGENABLED", EVERY_OTHER, "A\\A")
    ]


def test_other_hives_are_counted_and_not_obeyed() -> None:
    """A value of the user's hive is no machine policy, though it counts as an entry."""
    foreign = RegistryEntry(POLICY_KEY, "fAllowUnsolicited", Kind.DWORD, ONE, hive="HKEY_CURRENT_USER")
    registry = Registry.of([foreign])

    assert ((), 1) == (registry.find(OFFER_STATE), registry.applied)


def test_what_means_nothing_is_counted_and_not_kept() -> None:
    """Values that no setting asks for cost no memory."""
    registry = Registry.of(entry(f"v{n}", key=rf"Software\Other\{n % 3}") for n in range(1000))

    assert (1000, {}) == (registry.applied, registry._keys)


def test_a_numbered_control_set_stands_for_the_current_one() -> None:
    """Hives say ControlSet001 where the running system says CurrentControlSet; the current one comes first."""
    numbered = entry("fAllowToGetHelp", key=LOCAL_KEY.replace("CurrentControlSet", "ControlSet001"))
    current = entry("fAllowToGetHelp", key=LOCAL_KEY)

    assert (current, numbered) == Registry.of([numbered, current]).find(LOCAL_SOLICITED)


def test_unknown_instructions_are_kept_apart() -> None:
    """An instruction nobody documented is a diagnostic, never a value."""
    strange = entry("", Action.UNKNOWN, key=HELPERS_KEY)
    registry = Registry.of([strange])

    assert ([strange], ()) == (registry.unknown, registry.find_all(OFFER_HELPERS))


def test_enough_is_kept_of_what_is_unknown() -> None:
    """A hundred instructions that nobody documented are kept, and further ones cost no memory."""
    assert 100 == len(Registry.of([entry("", Action.UNKNOWN, key=HELPERS_KEY)] * 101).unknown)


def test_a_list_of_names_that_is_no_text_is_not_passed_over() -> None:
    """A deletion whose names cannot be read is kept as a diagnostic: what it deletes is not known."""
    odd = entry("", Action.DELETE_VALUES_NAMED, key=HELPERS_KEY, data=b"\1")

    assert [odd] == Registry.of([odd]).unknown


def test_a_copy_changes_alone() -> None:
    """Applying entries to a copy leaves the original as it was."""
    original = Registry.of([entry(r"A\a", key=HELPERS_KEY)])
    original.copy().apply([entry("", Action.DELETE_ALL_VALUES, key=HELPERS_KEY)])

    assert 1 == len(original.find_all(OFFER_HELPERS))


def test_values_are_described_in_words() -> None:
    """A value is described by type and content, a long or broken one by its size."""
    described = [
        describe(RegistryEntry("k", "n", kind, data))
        for kind, data in ((4, ONE), (1, text("x")), (4, b"\1"), (3, b"ab"), (99, b""), (1, text("y" * 99)))
    ]

    assert [
        "REG_DWORD 1",
        'REG_SZ "x"',
        "REG_DWORD of 1 byte",
        "REG_BINARY of 2 bytes",
        "type 99 of 0 bytes",
        f'REG_SZ "{"y" * 80}..."',
    ] == described
