"""What a computer's policy says about Remote Assistance: typed values, each with the place that says so.

`read_policy` turns a registry into a `Policy`; `policy_to_entries` is the way back, in the shape the policy editor
writes. What can be read in two ways is an `Unclear` with both readings; the machine takes the strict one, a report
shows both. Two policies are equal when they say the same, wherever it is written.
"""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Final, Self, TypeVar

from attrs import evolve, field, frozen

from rasim.errors import UsageError, Where
from rasim.policy import settings
from rasim.policy.accounts import Flaw, flaw_of
from rasim.policy.beside import LOCAL_GROUPS, UNREAD
from rasim.policy.firewall import Firewall
from rasim.policy.firewall_entries import firewall_to_entries, read_firewall
from rasim.policy.names import fold
from rasim.policy.registry import DELETION_DATA, Action, Registry, RegistryEntry, RegType, describe, dword, stored, sz
from rasim.policy.road_states import RoadState, read_roads
from rasim.policy.roads import ROADS
from rasim.policy.stated import (
    Helper,
    Local,
    Logging,
    Mode,
    Offer,
    Preference,
    Presence,
    Solicited,
    State,
    Stated,
    Unread,
)
from rasim.policy.unclear import Unclear, firewall_doubts, offer_doubts, other_doubts
from rasim.words import printable


@frozen
class Policy:
    """All that rasim reads from policy files about Remote Assistance.

    `firewall` is that of the domain profile, in which offers arrive (A15); `standard` that of the other one.
    `unclear` lists what has two readings, `unread` what was found beside it and is not read.
    `misplaced` lists Remote Assistance values at keys that decide nothing.
    """

    offer: Offer = field(factory=Offer)
    solicited: Solicited = field(factory=Solicited)
    logging: Logging = field(factory=Logging)
    local: Local = field(factory=Local)
    unclear: tuple[Unclear, ...] = ()
    misplaced: tuple[Stated, ...] = field(default=(), eq=False)
    firewall: Firewall = field(factory=Firewall)
    standard: Firewall = field(factory=lambda: Firewall("standard"))
    roads: tuple[RoadState, ...] = field(factory=lambda: tuple(RoadState(road.name) for road in ROADS), repr=False)
    unread: tuple[Unread, ...] = field(default=(), eq=False, repr=False)

    @classmethod
    def of(  # noqa: PLR0913  (one keyword for each part)
        cls,
        *,
        offer: State | str = State.NOT_CONFIGURED,
        mode: Mode | str | None = None,
        helpers: Iterable[str] = (),
        solicited: State | str = State.NOT_CONFIGURED,
        solicited_mode: Mode | str | None = None,
        logging: State | str = State.NOT_CONFIGURED,
        firewall: Firewall | None = None,
        where: Where | None = None,
    ) -> Self:
        """Return the policy that these words state, as if they stood in a file.

        It is written as registry entries and read back, so that a policy given in words has the same gaps and doubts
        as one from a file: an enabled offer without a mode is unclear here too. `where` is the place of the words, a
        line of a scenario say; reasons and doubts then point to it.

        Raises:
            UsageError: a word is no state or no mode; a helper cannot be stored as a registry value name.

        """
        stated = cls(
            offer=Offer(
                _word(State, offer),
                None if mode is None else _word(Mode, mode),
                tuple(Helper(each) for each in helpers),
            ),
            solicited=Solicited(
                _word(State, solicited), None if solicited_mode is None else _word(Mode, solicited_mode)
            ),
            logging=Logging(_word(State, logging)),
        )
        place = Where() if where is None else where
        read = read_policy(Registry.of(evolve(entry, where=place) for entry in policy_to_entries(stated)))
        return cls(
            read.offer, read.solicited, read.logging, read.local, read.unclear, read.misplaced, firewall or Firewall()
        )


_Word = TypeVar("_Word", bound=Enum)


def _word(words: type[_Word], word: _Word | str) -> _Word:
    if isinstance(word, words):
        return word
    try:
        return words(word)
    except ValueError:
        known = ", ".join(str(each.value) for each in words)
        raise UsageError(f"{printable(str(word))!r} is not one of {known}") from None


@frozen
class _Choice:
    """A setting as found: the word its number stands for (None: absent or unreadable) and the entry that holds it."""

    meaning: str | None
    stated: Stated
    entry: RegistryEntry | None


def _choice(registry: Registry, setting: settings.Setting) -> _Choice:
    found = registry.find(setting)
    if found:
        number = dword(found[0])
        meaning = None if number is None else setting.meanings.get(number)
        how: Presence = "cannot be told" if found[0].action is Action.UNTOLD else "stated"
        return _Choice(
            meaning, Stated(str(setting), how, describe(found[0]), found[0].where, stored(found[0])), found[0]
        )
    if (gone := registry.find_deletion(setting)) is not None:
        return _Choice(None, Stated(str(setting), "deleted", where=gone.where), None)
    return _Choice(None, Stated(str(setting)), None)


def _state(choice: _Choice) -> State:
    if choice.entry is None:
        return State.NOT_CONFIGURED
    return State.UNKNOWN if choice.meaning is None else State(choice.meaning)


def _mode(choice: _Choice) -> Mode | None:
    return None if choice.meaning is None else Mode(choice.meaning)


def read_policy(registry: Registry, *, strict: bool = False) -> Policy:
    """Return what the registry's live values say about Remote Assistance.

    Never fails: what cannot be understood is *unknown* and *unclear*. `strict` rejects white space in exceptions (A2).
    Sources: RemoteAssistance.admx; R1, R3, R25, R26, A12, A16.
    """
    registry = registry.settled()
    policy = Policy(
        offer=_offer(registry),
        solicited=_solicited(registry),
        logging=_logging(registry),
        local=_local(registry),
        misplaced=tuple(
            Stated(f"{printable(entry.key)}, {name}", "stated", describe(entry), entry.where)
            for key, name in settings.MISPLACED
            for entry in registry.find_value(key, name)
        )
        + tuple(
            Stated(
                f"{entry.hive}\\{printable(entry.key)}, {printable(entry.name)}", "stated", describe(entry), entry.where
            )
            for entry in registry.elsewhere
        ),
        firewall=read_firewall(registry, strict=strict),
        standard=read_firewall(registry, "standard", strict=strict),
        roads=read_roads(registry),
        unread=tuple(
            Unread(printable(entry.name), printable(sz(entry) or ""), entry.action is Action.SET, entry.where)
            for entry in registry.find_all(UNREAD)
        ),
    )
    instructions = (
        Unclear(
            f"{printable(entry.key)}, {printable(entry.spelling or entry.name or entry.action.value)}",
            "an instruction that rasim does not know or cannot carry out",
            ("it changes nothing", "it sets or deletes values of this key"),
            entry.where,
            "instruction",
            ((fold(entry.key), fold(entry.spelling or entry.name), entry.action, stored(entry)),),
        )
        for entry in registry.unknown
    )
    return evolve(policy, unclear=doubts_of(policy, (*instructions, *_unread(policy))))


def _unread(policy: Policy) -> Iterator[Unclear]:
    """Yield what was found and not read, where it may set or fill anything: one and the same only in one and the same place."""
    readings = ("it changes nothing that is asked here", "it lets somebody in, or changes who may do what")
    for each in (each for each in policy.unread if not each.harmless):
        says, about = f"was found and is not read: {each.why}", (("unread", each.what, str(each.where)),)
        yield Unclear(each.what, says, readings, each.where, "unread", about)


def doubts_of(policy: Policy, others: Iterable[Unclear] = ()) -> tuple[Unclear, ...]:
    """Return what of a policy's values can be read in two ways; `others` are doubts that no value shows.

    While nobody may offer, mode and helpers are leftovers: nothing hangs on them, nor on the firewall.
    """
    matters = policy.offer.state in {State.ENABLED, State.UNKNOWN}
    return (
        *offer_doubts(policy.offer, matters=matters),
        *other_doubts(policy.solicited, policy.logging, policy.local),
        *others,
        *(doubt for road in policy.roads for doubt in road.unclear),
        *(firewall_doubts(policy.firewall) if matters else ()),
    )


# ---- from the registry ---------------------------------------------------------------------------------------


def _offer(registry: Registry) -> Offer:
    choice, mode = _choice(registry, settings.OFFER_STATE), _choice(registry, settings.OFFER_MODE)
    listed = tuple(map(_helper, registry.find_all(settings.OFFER_HELPERS)))
    members = (
        evolve(_helper(entry), group=group.words) for group in LOCAL_GROUPS for entry in registry.find_all(group)
    )
    known = {fold(helper.text) for helper in listed if helper.flaw is None}
    helpers = (*listed, *(member for member in members if fold(member.text) not in known))
    return Offer(_state(choice), _mode(mode), helpers, choice.stated, mode.stated, _list_stated(registry, listed))


def _list_stated(registry: Registry, helpers: tuple[Helper, ...]) -> Stated:
    """Return where the list stands: its first entry, or the deletion that left it empty."""
    if helpers:
        return Stated(str(settings.OFFER_HELPERS), "stated", f"{len(helpers)} listed", helpers[0].where)
    gone, name = registry.find_deletion(settings.OFFER_HELPERS), str(settings.OFFER_HELPERS)
    return Stated(name) if gone is None else Stated(name, "emptied", where=gone.where)


def _helper(entry: RegistryEntry) -> Helper:
    """Return the helper that a value of the list names.

    The editor writes the text typed as name and as data; `reg add` leaves the data empty, which is fine (A12).
    """
    words = sz(entry)
    if words is None:
        return Helper(entry.name, Flaw.NOT_TEXT, entry.where, describe(entry), stored(entry), None)
    if words and fold(words) != fold(entry.name):
        plain = entry.kind == RegType.SZ and "%" not in words and "\0" not in words
        return Helper(
            entry.name, Flaw.UNLIKE_DATA, entry.where, describe(entry), stored(entry), words if plain else None
        )
    return Helper(entry.name, flaw_of(entry.name), entry.where)


def _solicited(registry: Registry) -> Solicited:
    choice, mode = _choice(registry, settings.SOLICITED_STATE), _choice(registry, settings.SOLICITED_MODE)
    return Solicited(_state(choice), _mode(mode), choice.stated, mode.stated)


def _logging(registry: Registry) -> Logging:
    choice = _choice(registry, settings.LOGGING)
    return Logging(_state(choice), choice.stated)


def _local(registry: Registry) -> Local:
    choice = _choice(registry, settings.LOCAL_SOLICITED)
    if choice.entry is None:
        return Local(stated=choice.stated)
    # A hive names no current control set; where its numbered ones disagree, nobody can say which one counts.
    numbered = settings.fold_key(choice.entry.key) != settings.fold_key(settings.LOCAL_SOLICITED.key)
    disagree = numbered and len({describe(entry) for entry in registry.find(settings.LOCAL_SOLICITED)}) > 1
    if disagree:
        return Local(Preference.UNKNOWN, evolve(choice.stated, how="differs between control sets", value=""))
    return Local(Preference.UNKNOWN if choice.meaning is None else Preference(choice.meaning), choice.stated)


# ---- the way back ------------------------------------------------------------


def policy_to_entries(policy: Policy) -> tuple[RegistryEntry, ...]:
    """Return the entries that the policy editor writes for this policy (domain 2.3), in its order.

    The local preference is no policy and is not written. A state that is unknown is written as the text "1".

    Raises:
        UsageError: a helper whose value cannot be known from the policy (its data differs or is no text), or a part of
            the firewall that could not be read.

    """
    return (
        *_offer_entries(policy.offer),
        *_solicited_entries(policy.solicited),
        *_logging_entries(policy.logging),
        *firewall_to_entries(policy.firewall),
        *firewall_to_entries(policy.standard),
    )


_NUMBERS: Final = {State.DISABLED: 0, State.ENABLED: 1, Mode.VIEW: 0, Mode.CONTROL: 1}
_TICKET_VALUES: Final = ("MaxTicketExpiry", "MaxTicketExpiryUnits", "fUseMailto")


def _set(setting: settings.Setting, value: State | Mode) -> RegistryEntry:
    if value is State.UNKNOWN:
        return RegistryEntry(setting.key, setting.value, RegType.SZ, "1\0".encode("utf-16-le"))
    return RegistryEntry(setting.key, setting.value, RegType.DWORD, _NUMBERS[value].to_bytes(4, "little"))


def _delete(key: str, name: str) -> RegistryEntry:
    return RegistryEntry(key, name, RegType.SZ, DELETION_DATA, action=Action.DELETE_VALUE)


def _state_and_mode(of: Offer | Solicited, state: settings.Setting, mode: settings.Setting) -> list[RegistryEntry]:
    entries = [] if of.state is State.NOT_CONFIGURED else [_set(state, of.state)]
    if of.mode is not None:
        entries.append(_set(mode, of.mode))
    elif of.state is State.DISABLED:
        entries.append(_delete(mode.key, mode.value))
    return entries


def _offer_entries(offer: Offer) -> list[RegistryEntry]:
    entries = _state_and_mode(offer, settings.OFFER_STATE, settings.OFFER_MODE)
    if offer.state is not State.NOT_CONFIGURED or offer.listed:
        entries.append(
            RegistryEntry(settings.OFFER_HELPERS.key, "", RegType.SZ, DELETION_DATA, action=Action.DELETE_ALL_VALUES)
        )
    for helper in offer.listed:
        if helper.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT}:
            raise UsageError(f"the helper {str(helper)!r} {helper.flaw.value}: its value cannot be written")
        if "\0" in helper.text:
            raise UsageError("the name of a helper cannot hold a NUL")
        data = f"{helper.text}\0".encode("utf-16-le", "surrogatepass")
        entries.append(RegistryEntry(settings.OFFER_HELPERS.key, helper.text, RegType.SZ, data))
    return entries


def _solicited_entries(solicited: Solicited) -> list[RegistryEntry]:
    entries = _state_and_mode(solicited, settings.SOLICITED_STATE, settings.SOLICITED_MODE)
    if solicited.state is State.DISABLED:
        entries.extend(_delete(settings.SOLICITED_STATE.key, name) for name in _TICKET_VALUES)
    return entries


def _logging_entries(logging: Logging) -> list[RegistryEntry]:
    return [] if logging.state is State.NOT_CONFIGURED else [_set(settings.LOGGING, logging.state)]
