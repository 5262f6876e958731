"""What the files say about each setting of Remote Assistance: typed values, each with the place that says so.

`offer.py` reads them from a registry and puts them together as a `Policy`.
"""

from collections.abc import Hashable
from enum import Enum
from typing import Literal

from attrs import field, frozen

from rasim.errors import Where
from rasim.policy import settings
from rasim.policy.accounts import Flaw
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


Presence = Literal["stated", "absent", "deleted", "emptied", "cannot be told", "differs between control sets"]


@frozen
class Stated:
    """What the files say about one setting: how it stands there and, where it is stated, its value in words.

    `where` is the entry that says it, or that deleted it; None when no file mentions the setting. `stored` is what stands there
    itself, which words may leave out.
    """

    setting: str
    how: Presence = "absent"
    value: str = ""
    where: Where | None = None
    stored: Hashable = field(default=None, eq=False, repr=False)

    @property
    def says(self) -> str:
        """Return it in words: `REG_DWORD 1`, *absent*, *cannot be told: ...*."""
        return self.value or self.how

    @property
    def untold(self) -> bool:
        """Return whether a file says that it cannot say."""
        return self.how == "cannot be told"

    @property
    def gone(self) -> bool:
        """Return whether nothing stands there: it was never stated, or deleted."""
        return self.how in {"absent", "deleted", "emptied"}


@frozen
class Helper:
    """One entry of the helper list as it was typed; with a `flaw` it matches nobody (R25, R26).

    `stored` is the data beside its name where that says something else, in words; `raw` is that data itself, `data` its text, None
    where it is none or not a plain one, so that it may name anybody. `group` is the local group that it is a member of, where
    it is not on the policy's own list.
    """

    text: str
    flaw: Flaw | None = None
    where: Where | None = field(default=None, eq=False)
    stored: str = field(default="", eq=False)
    raw: Hashable = field(default=None, eq=False, repr=False)
    data: str | None = field(default="", eq=False, repr=False)
    group: str = ""

    def __str__(self) -> str:
        return printable(self.text)


@frozen
class Unread:
    """Something that was found beside a policy and is not read, and why; `harmless` where it can set nothing that is asked here."""

    what: str
    why: str
    harmless: bool
    where: Where


@frozen
class Offer:
    """*Configure Offer Remote Assistance*: state, mode (None: not stated, or not readable) and helpers.

    Helpers are the entries of its list, and members of local groups that may offer too (`Helper.group`).
    Mode and helpers are what stands in the files, also while offers are disabled or not configured and they mean
    nothing. An enabled offer without a mode is view only (R3).
    """

    state: State = State.NOT_CONFIGURED
    mode: Mode | None = None
    helpers: tuple[Helper, ...] = ()
    stated: Stated = field(default=Stated(str(settings.OFFER_STATE)), eq=False)
    mode_stated: Stated = field(default=Stated(str(settings.OFFER_MODE)), eq=False)
    helpers_stated: Stated = field(default=Stated(str(settings.OFFER_HELPERS)), eq=False)

    @property
    def listed(self) -> tuple[Helper, ...]:
        """The entries of the policy's own list."""
        return tuple(helper for helper in self.helpers if not helper.group)


@frozen
class Solicited:
    """*Configure Solicited Remote Assistance*: state and mode; it governs invitations, not offers (R2)."""

    state: State = State.NOT_CONFIGURED
    mode: Mode | None = None
    stated: Stated = field(default=Stated(str(settings.SOLICITED_STATE)), eq=False)
    mode_stated: Stated = field(default=Stated(str(settings.SOLICITED_MODE)), eq=False)


@frozen
class Logging:
    """*Turn on session logging*: enabled requires a log, disabled forbids it, not configured leaves it to the user."""

    state: State = State.NOT_CONFIGURED
    stated: Stated = field(default=Stated(str(settings.LOGGING)), eq=False)


@frozen
class Local:
    """The local preference about invitations; it is no policy and never enables offers."""

    solicited: Preference = Preference.ABSENT
    stated: Stated = field(default=Stated(str(settings.LOCAL_SOLICITED)), eq=False)
