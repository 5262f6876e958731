"""What a computer's policy says about Remote Assistance: typed values, each with the place that says so.

`read_policy` turns a registry into a `Policy`; `policy_to_entries` is the way back, in the shape the policy editor
writes. What can be read in two ways is an `Unclear` with both readings; the machine takes the strict one, a report
shows both. Two policies are equal when they say the same, wherever it is written.
"""

from collections.abc import Hashable, Iterable, Iterator
from enum import Enum
from typing import Final, Literal, Self, TypeVar

from attrs import evolve, field, frozen

from rasim.errors import UsageError, Where
from rasim.policy.accounts import Flaw, flaw_of
from rasim.policy.firewall import PROGRAMS, Firewall, firewall_to_entries, read_firewall
from rasim.policy.names import fold
from rasim.policy.registry import (
    CANNOT_BE_TOLD,
    DELETION_DATA,
    Action,
    Kind,
    Registry,
    RegistryEntry,
    describe,
    dword,
    stored,
    text,
)
from rasim.policy.settings import (
    LOCAL_SOLICITED,
    LOGGING,
    MISPLACED,
    OFFER_HELPERS,
    OFFER_MODE,
    OFFER_STATE,
    SOLICITED_MODE,
    SOLICITED_STATE,
    Setting,
    fold_key,
)
from rasim.words import printable


class State(Enum):
    """The states of a policy setting. *Not configured* is never *disabled*, and *unknown* permits nothing (A16)."""

    NOT_CONFIGURED = "not configured"
    DISABLED = "disabled"
    ENABLED = "enabled"
    UNKNOWN = "unknown"


class Mode(Enum):
    """What helpers may do after the user accepted: look, or ask for control too."""

    VIEW = "view"
    CONTROL = "control"


class Preference(Enum):
    """The computer's own choice about invitations, made in its control panel; no policy."""

    ABSENT = "absent"
    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


@frozen
class Stated:
    """What the files say about one setting, in their words: `REG_DWORD 1`, or *absent*, *deleted*, *emptied*.

    `where` is the entry that says it, or that deleted it; None when no file mentions the setting. `stored` is what stands there
    itself, which words may leave out.
    """

    setting: str
    says: str = "absent"
    where: Where | None = None
    stored: Hashable = field(default=None, eq=False, repr=False)

    @property
    def untold(self) -> bool:
        """Return whether a file says that it cannot say."""
        return self.says.startswith(CANNOT_BE_TOLD)


Topic = Literal["value", "no mode", "instruction", "control sets", "firewall", "untold", "missing"]


@frozen
class Unclear:
    """Something that can be read in two ways: which setting, where, what stands there, and both readings.

    The first of `readings` is the strict one, which the machine takes. `about` is what is not known: two doubts about one
    and the same are read alike, whatever the words (`keys`).
    """

    setting: str
    says: str
    readings: tuple[str, str]
    where: Where | None = field(default=None, eq=False)
    topic: Topic = "value"
    about: tuple[Hashable, ...] = field(default=(), eq=False, repr=False)

    @property
    def keys(self) -> tuple[Hashable, ...]:
        """Return what is not known, as keys."""
        return self.about or ((self.setting, self.says, self.readings),)


@frozen
class Helper:
    """One entry of the helper list as it was typed; with a `flaw` it matches nobody (R25, R26).

    `stored` is the data beside its name where that says something else, in words; `raw` is that data itself, `data` its text, None
    where it is none or not a plain one, so that it may name anybody.
    """

    text: str
    flaw: Flaw | None = None
    where: Where | None = field(default=None, eq=False)
    stored: str = field(default="", eq=False)
    raw: Hashable = field(default=None, eq=False, repr=False)
    data: str | None = field(default="", eq=False, repr=False)

    def __str__(self) -> str:
        return printable(self.text)


@frozen
class Offer:
    """*Configure Offer Remote Assistance*: state, mode (None: not stated, or not readable) and helpers.

    Mode and helpers are what stands in the files, also while offers are disabled or not configured and they mean
    nothing. An enabled offer without a mode is view only (R3).
    """

    state: State = State.NOT_CONFIGURED
    mode: Mode | None = None
    helpers: tuple[Helper, ...] = ()
    stated: Stated = field(default=Stated(str(OFFER_STATE)), eq=False)
    mode_stated: Stated = field(default=Stated(str(OFFER_MODE)), eq=False)
    helpers_stated: Stated = field(default=Stated(str(OFFER_HELPERS)), eq=False)


@frozen
class Solicited:
    """*Configure Solicited Remote Assistance*: state and mode; it governs invitations, not offers (R2)."""

    state: State = State.NOT_CONFIGURED
    mode: Mode | None = None
    stated: Stated = field(default=Stated(str(SOLICITED_STATE)), eq=False)
    mode_stated: Stated = field(default=Stated(str(SOLICITED_MODE)), eq=False)


@frozen
class Logging:
    """*Turn on session logging*: enabled requires a log, disabled forbids it, not configured leaves it to the user."""

    state: State = State.NOT_CONFIGURED
    stated: Stated = field(default=Stated(str(LOGGING)), eq=False)


@frozen
class Local:
    """The local preference about invitations; it is no policy and never enables offers."""

    solicited: Preference = Preference.ABSENT
    stated: Stated = field(default=Stated(str(LOCAL_SOLICITED)), eq=False)


@frozen
class Policy:
    """All that rasim reads from policy files about Remote Assistance.

    `firewall` is that of the domain profile, in which offers arrive (A15); `standard` that of the other one.
    `unclear` lists what has two readings. `misplaced` lists Remote Assistance values at keys that decide nothing.
    """

    offer: Offer = field(factory=Offer)
    solicited: Solicited = field(factory=Solicited)
    logging: Logging = field(factory=Logging)
    local: Local = field(factory=Local)
    unclear: tuple[Unclear, ...] = ()
    misplaced: tuple[Stated, ...] = field(default=(), eq=False)
    firewall: Firewall = field(factory=Firewall)
    standard: Firewall = field(factory=lambda: Firewall("standard"))

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


def _choice(registry: Registry, setting: Setting) -> _Choice:
    found = registry.find(setting)
    if found:
        number = dword(found[0])
        meaning = None if number is None else setting.meanings.get(number)
        return _Choice(meaning, Stated(str(setting), describe(found[0]), found[0].where, stored(found[0])), found[0])
    if (gone := registry.find_deletion(setting)) is not None:
        return _Choice(None, Stated(str(setting), "deleted", gone.where), None)
    return _Choice(None, Stated(str(setting)), None)


def _state(choice: _Choice) -> State:
    if choice.entry is None:
        return State.NOT_CONFIGURED
    return State.UNKNOWN if choice.meaning is None else State(choice.meaning)


def _mode(choice: _Choice) -> Mode | None:
    return None if choice.meaning is None else Mode(choice.meaning)


def read_policy(registry: Registry, *, strict: bool = False) -> Policy:
    """Return what the registry's live values say about Remote Assistance.

    Never fails: what cannot be understood is *unknown* and *unclear*. `strict` forgives no blanks in exceptions (A2).
    Sources: RemoteAssistance.admx; R1, R3, R25, R26, A12, A16.
    """
    policy = Policy(
        offer=_offer(registry),
        solicited=_solicited(registry),
        logging=_logging(registry),
        local=_local(registry),
        misplaced=tuple(
            Stated(f"{printable(entry.key)}, {name}", describe(entry), entry.where)
            for key, name in MISPLACED
            for entry in registry.find_value(key, name)
        )
        + tuple(
            Stated(f"{entry.hive}\\{printable(entry.key)}, {printable(entry.name)}", describe(entry), entry.where)
            for entry in registry.elsewhere
        ),
        firewall=read_firewall(registry, strict=strict),
        standard=read_firewall(registry, "standard", strict=strict),
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
    return evolve(policy, unclear=doubts_of(policy, instructions))


# ---- what can be read in two ways ----------------------------------------------------------------------------


def doubts_of(policy: Policy, others: Iterable[Unclear] = ()) -> tuple[Unclear, ...]:
    """Return what of a policy's values can be read in two ways; `others` are doubts that no value shows.

    While nobody may offer, mode and helpers are leftovers: nothing hangs on them, nor on the firewall.
    """
    matters = policy.offer.state in {State.ENABLED, State.UNKNOWN}
    return (
        *_about_offer(policy.offer, matters=matters),
        *_about_the_rest(policy),
        *others,
        *(firewall_doubts(policy.firewall) if matters else ()),
    )


def _about_offer(offer: Offer, *, matters: bool) -> Iterator[Unclear]:
    if offer.state is State.UNKNOWN:
        yield _unclear(OFFER_STATE, offer.stated)
    if not matters:
        return
    if offer.stated.untold:  # who cannot tell whether offers are enabled tells neither mode nor list
        for setting, stated in ((OFFER_MODE, offer.mode_stated), (OFFER_HELPERS, offer.helpers_stated)):
            if stated.says == "absent":
                yield _unclear(setting, evolve(offer.stated, setting=str(setting)))
    mode = offer.mode_stated
    if offer.mode is None and mode.says not in _NOT_THERE:
        yield _unclear(OFFER_MODE, mode)
    elif offer.mode is None and not offer.stated.untold:
        yield Unclear(
            mode.setting,
            f"{mode.says} while offers are {'enabled' if offer.state is State.ENABLED else 'perhaps enabled'}",
            ("view only: nothing permits control (R3)", "control: it is where the policy editor's choice begins"),
            mode.where or offer.stated.where,
            "no mode",
            ("no mode",),
        )
    for helper in offer.helpers:
        if helper.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT}:
            says = f'value name "{helper}", data {helper.stored}'
            about = (("entry", fold(helper.text), helper.raw),)
            yield Unclear(str(OFFER_HELPERS), says, OFFER_HELPERS.readings, helper.where, about=about)


def _about_the_rest(policy: Policy) -> Iterator[Unclear]:
    solicited, logging, local = policy.solicited, policy.logging, policy.local
    if solicited.state is State.UNKNOWN:
        yield _unclear(SOLICITED_STATE, solicited.stated)
    unreadable = solicited.mode is None and solicited.mode_stated.says not in _NOT_THERE
    if unreadable and solicited.state in {State.ENABLED, State.UNKNOWN}:
        yield _unclear(SOLICITED_MODE, solicited.mode_stated)
    if logging.state is State.UNKNOWN:
        yield _unclear(LOGGING, logging.stated)
    if local.solicited is Preference.UNKNOWN:
        doubt = _unclear(LOCAL_SOLICITED, local.stated)
        yield evolve(doubt, topic="control sets") if local.stated.says == _DIFFER else doubt


_NOT_THERE: Final = frozenset({"absent", "deleted"})
_DIFFER: Final = "differs between control sets"


def _untold(stated: Stated) -> Hashable:
    """Return what is not known where a file does not tell: what that file says, which another one with the same words need not."""
    return stated.setting, stated.says, stated.where


def _unclear(setting: Setting, stated: Stated) -> Unclear:
    if stated.untold:
        readings = (setting.readings[0].partition(":")[0], "as the policy says it where this file cannot")
        return Unclear(stated.setting, stated.says, readings, stated.where, "untold", (_untold(stated),))
    about = ((stated.setting, stated.says, stated.stored),)
    return Unclear(stated.setting, stated.says, setting.readings, stated.where, about=about)


def firewall_doubts(firewall: Firewall) -> Iterator[Unclear]:
    """Yield what of the firewall can be read in two ways and matters to an offer."""
    readings = ("nothing relies on it", "it counts, if Windows reads it nevertheless")
    for name, switched in (
        ("EnableFirewall", firewall.protection),
        ("DoNotAllowExceptions", firewall.no_exceptions),
        ("RemoteDesktop, Enabled", firewall.remote_desktop),
        ("GloballyOpenPorts, Enabled", firewall.ports_defined),
        ("AuthorizedApplications, Enabled", firewall.programs_defined),
    ):
        if switched.state == "unknown":
            untold = switched.says.startswith(CANNOT_BE_TOLD)
            topic: Topic = "untold" if untold else "firewall"
            not_known = (name, switched.stored, switched.where if untold else None)
            yield Unclear(name, switched.says, readings, switched.where, topic, (not_known,))
    if firewall.remote_desktop_scope is None:
        readings_of_scope = ("nobody is let in", "everybody is let in")
        where = firewall.remote_desktop.where
        about = (("scope", firewall.scope_stored),)
        name = "RemoteDesktop, RemoteAddresses"
        yield Unclear(name, "the scope is blank or none", readings_of_scope, where, "firewall", about)
    for name, switched in (
        ("DefaultInboundAction", firewall.default_inbound),
        ("AllowLocalPolicyMerge", firewall.rules_merge),
    ):
        if switched.state == "unknown":
            yield Unclear(name, switched.says, readings, switched.where, "firewall", ((name, switched.stored),))
    for broken in firewall.broken_rules:
        says = f'"{printable(broken.text[:80])}": {broken.why}'
        yield Unclear(
            "a rule of the firewall", says, readings, broken.where, "firewall", (("rule", broken.text, broken.stored),)
        )
    names = ("135", "3389", *(f"{name}.exe" for name in PROGRAMS))
    for broken in firewall.unreadable:
        if any(name in broken.text.lower() for name in names):
            says = f'"{printable(broken.text)}": {broken.why}'
            string = (("exception", broken.text, broken.stored),)
            yield Unclear("an exception of the firewall", says, readings, broken.where, "firewall", string)


# ---- from the registry ---------------------------------------------------------------------------------------


def _offer(registry: Registry) -> Offer:
    choice, mode = _choice(registry, OFFER_STATE), _choice(registry, OFFER_MODE)
    helpers = tuple(map(_helper, registry.find_all(OFFER_HELPERS)))
    return Offer(_state(choice), _mode(mode), helpers, choice.stated, mode.stated, _list_stated(registry, helpers))


def _list_stated(registry: Registry, helpers: tuple[Helper, ...]) -> Stated:
    """Return where the list stands: its first entry, or the deletion that left it empty."""
    if helpers:
        return Stated(str(OFFER_HELPERS), f"{len(helpers)} listed", helpers[0].where)
    gone = registry.find_deletion(OFFER_HELPERS)
    return Stated(str(OFFER_HELPERS)) if gone is None else Stated(str(OFFER_HELPERS), "emptied", gone.where)


def _helper(entry: RegistryEntry) -> Helper:
    """Return the helper that a value of the list names.

    The editor writes the text typed as name and as data; `reg add` leaves the data empty, which is fine (A12).
    """
    words = text(entry)
    if words is None:
        return Helper(entry.name, Flaw.NOT_TEXT, entry.where, describe(entry), stored(entry), None)
    if words and fold(words) != fold(entry.name):
        plain = entry.kind == Kind.SZ and "%" not in words and "\0" not in words
        return Helper(
            entry.name, Flaw.UNLIKE_DATA, entry.where, describe(entry), stored(entry), words if plain else None
        )
    return Helper(entry.name, flaw_of(entry.name), entry.where)


def _solicited(registry: Registry) -> Solicited:
    choice, mode = _choice(registry, SOLICITED_STATE), _choice(registry, SOLICITED_MODE)
    return Solicited(_state(choice), _mode(mode), choice.stated, mode.stated)


def _logging(registry: Registry) -> Logging:
    choice = _choice(registry, LOGGING)
    return Logging(_state(choice), choice.stated)


def _local(registry: Registry) -> Local:
    choice = _choice(registry, LOCAL_SOLICITED)
    if choice.entry is None:
        return Local(stated=choice.stated)
    # A hive names no current control set; where its numbered ones disagree, nobody can say which one counts.
    numbered = fold_key(choice.entry.key) != fold_key(LOCAL_SOLICITED.key)
    disagree = numbered and len({describe(entry) for entry in registry.find(LOCAL_SOLICITED)}) > 1
    if choice.meaning is None or disagree:
        says = _DIFFER if disagree else choice.stated.says
        return Local(Preference.UNKNOWN, evolve(choice.stated, says=says))
    return Local(Preference(choice.meaning), choice.stated)


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


def _set(setting: Setting, value: State | Mode) -> RegistryEntry:
    if value is State.UNKNOWN:
        return RegistryEntry(setting.key, setting.value, Kind.SZ, "1\0".encode("utf-16-le"))
    return RegistryEntry(setting.key, setting.value, Kind.DWORD, _NUMBERS[value].to_bytes(4, "little"))


def _delete(key: str, name: str) -> RegistryEntry:
    return RegistryEntry(key, name, Kind.SZ, DELETION_DATA, action=Action.DELETE_VALUE)


def _offer_entries(offer: Offer) -> list[RegistryEntry]:
    entries = []
    if offer.state is not State.NOT_CONFIGURED:
        entries.append(_set(OFFER_STATE, offer.state))
    if offer.mode is not None:
        entries.append(_set(OFFER_MODE, offer.mode))
    elif offer.state is State.DISABLED:
        entries.append(_delete(OFFER_MODE.key, OFFER_MODE.value))
    if offer.state is not State.NOT_CONFIGURED or offer.helpers:
        entries.append(RegistryEntry(OFFER_HELPERS.key, "", Kind.SZ, DELETION_DATA, action=Action.DELETE_ALL_VALUES))
    for helper in offer.helpers:
        if helper.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT}:
            raise UsageError(f"the helper {str(helper)!r} {helper.flaw.value}: its value cannot be written")
        if "\0" in helper.text:
            raise UsageError("the name of a helper cannot hold a NUL")
        data = f"{helper.text}\0".encode("utf-16-le", "surrogatepass")
        entries.append(RegistryEntry(OFFER_HELPERS.key, helper.text, Kind.SZ, data))
    return entries


def _solicited_entries(solicited: Solicited) -> list[RegistryEntry]:
    entries = []
    if solicited.state is not State.NOT_CONFIGURED:
        entries.append(_set(SOLICITED_STATE, solicited.state))
    if solicited.mode is not None:
        entries.append(_set(SOLICITED_MODE, solicited.mode))
    elif solicited.state is State.DISABLED:
        entries.append(_delete(SOLICITED_MODE.key, SOLICITED_MODE.value))
    if solicited.state is State.DISABLED:
        entries.extend(_delete(SOLICITED_STATE.key, name) for name in _TICKET_VALUES)
    return entries


def _logging_entries(logging: Logging) -> list[RegistryEntry]:
    return [] if logging.state is State.NOT_CONFIGURED else [_set(LOGGING, logging.state)]
