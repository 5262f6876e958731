"""The writers against entries nobody would make: refused with a typed error, or written so that it means the same."""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rasim.errors import UsageError
from rasim.formats import lgpo_text, reg_text, registry_pol
from rasim.policy import MACHINE, Action, Kind, Registry, RegistryEntry, read_policy
from rasim.policy.settings import HELPERS_KEY, LOCAL_KEY, POLICY_KEY


def as_stored(text: str) -> str:
    """Return text as UTF-16 holds it: two halves of a pair that stand together are one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


on_one_line = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=()), max_size=12).map(as_stored)
signs = st.text(st.sampled_from('\\"[];=-@ \taé'), max_size=8)
names = on_one_line | signs
# A key with a blank at its end or a bracket inside may be refused; what is written of those is tested below.
keys = names.filter(lambda key: key == key.strip() and "]" not in key and key.strip("\\"))
hives = st.sampled_from([MACHINE, "HKEY_CURRENT_USER", "HKEY_USERS"])
texts = st.text(max_size=40).map(lambda text: f"{text}\0".encode("utf-16-le", "surrogatepass"))
data = st.binary(max_size=90) | texts
kinds = st.sampled_from(Kind).map(int) | st.integers(0, 2**32 - 1)


def plain_of(hives: st.SearchStrategy[str]) -> st.SearchStrategy[RegistryEntry]:
    """Return values, deleted values and deleted keys of these hives."""
    values = st.builds(RegistryEntry, keys, names, kinds, data, hive=hives)
    nothing = (st.just(0), st.just(b""))
    gone = st.builds(RegistryEntry, keys, names, *nothing, action=st.just(Action.DELETE_VALUE), hive=hives)
    all_gone = st.builds(RegistryEntry, keys, st.just(""), *nothing, action=st.just(Action.DELETE_KEY), hive=hives)
    return values | gone | all_gone


plain = plain_of(hives)

anything = st.text(st.characters(exclude_categories=()), max_size=12).map(as_stored)
foul = st.builds(
    RegistryEntry,
    anything | signs,
    anything | signs,
    kinds,
    data,
    action=st.sampled_from(Action),
    hive=hives | st.just("HKEY_X"),
)

# Entries that matter: the keys and names that rasim reads, and what stands above and beside them.
NAMES = ("fAllowUnsolicited", "fAllowUnsolicitedFullControl", "fAllowToGetHelp", r"CORP\a", "")
lists = st.lists(st.sampled_from([*NAMES, "RAUnsolicit", "rAUNSOLICIT\\", "Terminal Services"]), max_size=3)
weighty = st.builds(
    RegistryEntry,
    st.sampled_from([POLICY_KEY, HELPERS_KEY, LOCAL_KEY, POLICY_KEY.rpartition("\\")[0], HELPERS_KEY.upper() + "\\"]),
    st.sampled_from(NAMES),
    st.sampled_from([Kind.SZ, Kind.DWORD]),
    st.sampled_from([bytes(4), b"\1\0\0\0", "1\0".encode("utf-16-le"), b""])
    | lists.map(lambda listed: f"{';'.join(listed)}\0".encode("utf-16-le")),
    action=st.sampled_from([action for action in Action if action not in {Action.SET_IF_ABSENT, Action.UNKNOWN}]),
)


def meaning(entries: list[RegistryEntry]) -> object:
    policy = read_policy(Registry.of(entries))
    return policy.offer, policy.solicited, policy.logging, policy.local, [doubt.setting for doubt in policy.unclear]


def read_pol(written: bytes) -> list[RegistryEntry]:
    return list(registry_pol.parse(written))


def read_reg(written: bytes) -> list[RegistryEntry]:
    return list(reg_text.parse(written, empty_keys=True))


@given(st.lists(plain, max_size=6))
def test_entries_survive_a_reg(entries: list[RegistryEntry]) -> None:
    """Values and deletions that are written as a .reg and read back are the same, in the same order."""
    assert entries == list(reg_text.parse(reg_text.render(entries)))


@given(st.lists(plain, max_size=6))
def test_a_reg_is_short_lines_of_its_own_forms(entries: list[RegistryEntry]) -> None:
    """Whatever is written has CR LF line ends only, and no line of hex beyond 80 columns but for its name."""
    lines = reg_text.render(entries).decode("utf-16-le", "surrogatepass").split("\r\n")

    assert not any("\n" in line or "\r" in line for line in lines)
    assert all(len(line) <= 80 for line in lines if line.startswith("  "))


@given(st.lists(foul, max_size=4))
def test_anything_is_refused_or_read_back(entries: list[RegistryEntry]) -> None:
    """Whatever entries there are, they are refused with a typed error, or what was written is read and written the same."""
    try:
        written = reg_text.render(entries)
    except UsageError:
        return
    assert written == reg_text.render(read_reg(written))


@given(st.lists(weighty, max_size=8))
def test_a_reg_means_the_same(entries: list[RegistryEntry]) -> None:
    """Whatever instructions stand at keys that matter, a .reg of them is refused or means the same policy."""
    try:
        written = reg_text.render(entries)
    except UsageError:
        return
    assert meaning(entries) == meaning(read_reg(written))


@given(st.lists(plain_of(st.just(MACHINE)), max_size=5))
def test_a_registry_pol_holds_what_a_reg_says(entries: list[RegistryEntry]) -> None:
    """Entries of a .reg are refused for a Registry.pol, or read back from it as the same values and deletions."""
    try:
        written = registry_pol.render(entries)
    except UsageError:
        return
    # A deleted key comes back as the deletion of its parent's subkey, which a .reg says as the deletion of the key.
    back = list(reg_text.parse(reg_text.render(read_pol(written))))
    trimmed = [
        RegistryEntry(entry.key.strip("\\"), "", 0, b"", action=entry.action)
        if entry.action is Action.DELETE_KEY
        else entry
        for entry in entries
    ]
    assert trimmed == [
        RegistryEntry(entry.key, "", 0, b"", action=entry.action) if entry.action is Action.DELETE_KEY else entry
        for entry in back
    ]


@given(st.lists(weighty, max_size=8))
def test_a_policy_goes_there_and_back(entries: list[RegistryEntry]) -> None:
    """A policy that was written as a .reg and then as a Registry.pol means the same."""
    try:
        written = registry_pol.render(read_reg(reg_text.render(entries)))
    except UsageError:
        return
    assert meaning(entries) == meaning(read_pol(written))


@given(st.lists(foul, max_size=4))
def test_anything_is_refused_as_lgpo_text_or_read_back(entries: list[RegistryEntry]) -> None:
    """Whatever entries there are, they are refused as LGPO text, or what was written is read and written the same."""
    try:
        written = lgpo_text.render(entries)
    except UsageError:
        return
    assert written == lgpo_text.render(lgpo_text.parse(written))


@given(st.lists(weighty, max_size=8))
def test_lgpo_text_means_the_same(entries: list[RegistryEntry]) -> None:
    """Whatever instructions stand at keys that matter, LGPO text of them is refused or means the same policy."""
    try:
        written = lgpo_text.render(entries)
    except UsageError:
        return
    # An instruction has no name of its own; what a drawn one is called does not come back.
    unnamed = [
        entry if entry.action in {Action.SET, Action.DELETE_VALUE} else evolve(entry, name="") for entry in entries
    ]
    assert meaning(unnamed) == meaning(list(lgpo_text.parse(written)))


@given(st.lists(plain_of(st.sampled_from([MACHINE, "HKEY_CURRENT_USER"])), max_size=5))
def test_values_survive_lgpo_text(entries: list[RegistryEntry]) -> None:
    """Values and deletions that LGPO text can say are the same after it, in the same order."""
    try:
        written = lgpo_text.render(entries)
    except UsageError:
        return
    back = list(lgpo_text.parse(written))
    said = [entry for entry in entries if entry.action is Action.SET]

    assert len(entries) == len(back)
    assert said == [entry for entry in back if entry.action is Action.SET]
