"""The words of the table: phases, facts, kinds of events with their owners, capabilities with their trace lines.

Everything here is a name for something that can be so, or can happen. What follows from it stands in `rules.py`.
"""

from collections.abc import Mapping

from attrs import frozen

from rasim.errors import UsageError
from rasim.protocol.terms import Condition, Effect, Fact, Kind

# ---- phases and the states of a capability -------------------------------------------------------------------

IDLE, TICKETED, OFFERED, VIEWING, COOLING = PHASES = ("idle", "ticketed", "offered", "viewing", "cooling")
BUSY_PHASES = (OFFERED, VIEWING)  # somebody is asked about or served
FREE, ASKED, HELD, RESTING = STATES = ("free", "asked", "held", "cooling")

CLOSED, IN_USE, CONSTANT = PORT_3389 = ("closed", "while in use", "always open")

# ---- facts: what a rule may speak of -------------------------------------------------------------------------

WORLD = (
    Fact("offers", "computer", ("not configured", "disabled", "enabled", "blocked"), "what policy says of offers"),
    Fact("control permitted", "computer", (False, True), "policy lets helpers control"),
    Fact("reachable", "computer", (True, False), "an offer gets through the firewall"),
    Fact("port 3389", "computer", PORT_3389, "when the firewall has port 3389 open"),
    Fact("logged on", "session", (False, True), "the session's owner is logged on"),
    Fact("locked", "session", (False, True), "the session is locked"),
    Fact("away", "session", (False, True), "the session is switched away from"),
    Fact("secure desktop", "session", (False, True), "the secure desktop covers the session"),
    Fact("listed", "expert", (False, True), "the expert is on the helper list, directly or through a group"),
    Fact("admitted", "expert", (False, True), "the refresh task found the expert on the helper list"),
)
COURSE = (
    Fact("phase", "assistance", PHASES, "how far the assistance is"),
    Fact("agreed", "assistance", (False, True), "policy let helpers control when the user accepted"),
    Fact("paused", "assistance", (False, True), "the user paused the view"),
)
BUSY = Fact("busy", "derived", (False, True), "another expert is asked about or served in this session")

# What comes with an event; the first value is the ordinary one.
ORIGIN = Fact("origin", "derived", ("local", "injected", "policy", "timer"), "where a user's act came from")
PROMPT = Fact("prompt", "derived", ("on show", "another"), "which prompt an answer answers")
TICKET = Fact("ticket", "derived", ("own", "used", "expired", "foreign", "malformed"), "which ticket an offer brings")
_POLICY = (
    Fact(
        "new offers",
        "derived",
        ("not configured", "disabled", "enabled", "blocked"),
        "what the new policy says of offers",
    ),
    Fact("new control", "derived", (False, True), "the new policy lets helpers control"),
    Fact("new listed", "derived", (False, True), "the new policy's list has the expert"),
    Fact("new port 3389", "derived", PORT_3389, "when the firewall has port 3389 open under the new policy"),
)


def line(name: str, **fields: str | int) -> Effect:
    """Write an effect: a trace line by its name, with the fields that are always the same."""
    return Effect(name, tuple(sorted(fields.items())))


# ---- capabilities: what a view may grow into, by a click of the user -----------------------------------------


@frozen
class Capability:
    """Something an expert may be given beyond the view: its own needs, and the trace lines that tell of it."""

    name: str
    needs: tuple[Condition, ...]
    requested: Effect
    withdrawn: Effect
    shown: Effect
    hidden: Effect
    granted: Effect
    refused: Effect
    forbidden: Effect
    used: Effect
    stopped: Effect
    released: Effect
    dropped: Effect | None = None
    by_policy: bool = False


FURTHER = ("chat", "clipboard in", "clipboard out", "file in", "file out", "elevation", "record")
CAPABILITIES = ("control", *FURTHER)
"""What a view may grow into: all that trace lines know."""
SHOWN_BY: Mapping[str, str] = {"offer": "prompt_shown", "view": "connection_opened", "control": "input_applied"}
"""What policy decides about for an expert, from the least to the most, each with the line that shows that an expert has it."""


def control(*needs: Condition) -> Capability:
    """Return control: mouse and keyboard. Its lines have names of their own, and a policy setting speaks of it."""
    return Capability(
        "control",
        needs,
        requested=line("control_requested", capability="control"),
        withdrawn=line("control_withdrawn", capability="control"),
        shown=line("control_prompt_shown", capability="control"),
        hidden=line("control_prompt_hidden", capability="control"),
        granted=line("control_granted", capability="control"),
        refused=line("control_refused", capability="control", reply="refused"),
        forbidden=line("control_refused", capability="control", reply="forbidden", origin="policy"),
        used=line("input_applied", capability="control"),
        dropped=line("input_dropped", capability="control"),
        stopped=line("control_stopped", capability="control"),
        released=line("control_released", capability="control"),
        by_policy=True,
    )


def further(name: str) -> Capability:
    """Return a capability that no policy setting speaks of: its needs are those that every capability has.

    Raises UsageError for a name that trace-lines do not know, and for control, which policy speaks of.
    """
    if name not in FURTHER:
        raise UsageError(f"no further capability is called {name!r}; known: {', '.join(FURTHER)}")
    return Capability(
        name,
        (),
        requested=line("capability_requested", capability=name),
        withdrawn=line("capability_withdrawn", capability=name),
        shown=line("capability_prompt_shown", capability=name),
        hidden=line("capability_prompt_hidden", capability=name),
        granted=line("capability_granted", capability=name),
        refused=line("capability_refused", capability=name),
        forbidden=line("capability_refused", capability=name, origin="policy"),
        used=line("capability_used", capability=name),
        stopped=line("capability_revoked", capability=name),
        released=line("capability_revoked", capability=name),
    )


def unasked(c: Capability, origin: str) -> Effect:
    """Return the refusal of a capability that the computer gives without an answer of the user."""
    return line(c.refused.name, **dict(c.refused.fields), origin=origin)


# ---- kinds of events, each with its owner --------------------------------------------------------------------

# fmt: off
EVENT_KINDS = (
    Kind("asks for a ticket",   "expert", "the expert asks for a ticket",
         arrives=line("contact"), refused=line("ticket_refused")),
    Kind("offers help",         "expert", "the expert offers help", carries=(TICKET,),
         arrives=line("offer_received"), refused=line("offer_refused")),
    Kind("withdraws",           "expert", "the expert withdraws the offer", reason="cancelled"),
    Kind("expert ends",         "expert", "the expert leaves or ends", reason="expert"),
    Kind("comes back",          "expert", "the expert comes back to an old connection", arrives=line("reconnect_attempted")),
    Kind("accepts",             "user", "the user accepts", carries=(ORIGIN, PROMPT), taken=line("accepted"),
         reason="user"),
    Kind("denies",              "user", "the user denies or closes the question", carries=(ORIGIN, PROMPT),
         taken=line("denied"), reason="denied"),
    Kind("pauses",              "user", "the user pauses the view", carries=(ORIGIN,), taken=line("paused")),
    Kind("resumes",             "user", "the user resumes the view", carries=(ORIGIN,), taken=line("resumed")),
    Kind("user ends",           "user", "the user ends", carries=(ORIGIN,), reason="user"),
    Kind("ticket time passes",  "computer", "the ticket expires", reason="expired"),
    Kind("consent time passes", "computer", "the user does not answer in time", taken=line("offer_expired"),
         reason="timeout"),
    Kind("cool-down passes",    "computer", "the cool-down passes", taken=line("cooldown_over")),
    Kind("maximum time passes", "computer", "the maximum time passes", reason="limit"),
    Kind("a frame is due",      "computer", "a frame is due", refused=line("frame_withheld")),
    Kind("prompt is covered",   "computer", "the question is covered", taken=line("prompt_covered"), reason="no prompt"),
    Kind("prompt changes",      "computer", "the question changes", taken=line("prompt_changed"), reason="no prompt"),
    Kind("prompt fails",        "computer", "the question cannot be shown", reason="no prompt"),
    Kind("link is lost",        "link", "the link is lost", arrives=line("link_lost"), reason="transport"),
    Kind("policy is applied",   "administrator", "policy is applied", "computer", carries=_POLICY,
         taken=line("policy_applied")),
    Kind("firewall opens",      "administrator", "the firewall lets offers through", "computer",
         taken=line("firewall_changed", port=135, state="open")),
    Kind("firewall closes",     "administrator", "the firewall blocks offers", "computer",
         taken=line("firewall_changed", port=135, state="closed")),
    Kind("helper is added",     "administrator", "the expert is added to the helper list or to a group on it", "expert",
         taken=line("helper_added")),
    Kind("helper is removed",   "administrator", "the expert is taken off the helper list or out of its groups", "expert",
         taken=line("helper_removed")),
    Kind("refresh task runs",   "computer", "the refresh task checks the helper list", "computer",
         taken=line("membership_checked")),
    Kind("computer restarts",   "computer", "the computer restarts", "computer",
         taken=line("restarted", side="computer")),
    Kind("logs on",             "user", "the owner logs on", "session", taken=line("logged_on")),
    Kind("logs off",            "user", "the owner logs off", "session", taken=line("logged_off")),
    Kind("is locked",           "user", "the session is locked", "session", taken=line("locked")),
    Kind("is unlocked",         "user", "the session is unlocked", "session", taken=line("unlocked")),
    Kind("is switched away",    "user", "the session is switched away from", "session", taken=line("switched_away")),
    Kind("is switched to",      "user", "the session is switched to", "session", taken=line("switched_to")),
    Kind("is covered",          "computer", "the secure desktop comes", "session", taken=line("secure_desktop_on")),
    Kind("is uncovered",        "computer", "the secure desktop goes", "session", taken=line("secure_desktop_off")),
)


def capability_kinds(c: Capability) -> tuple[Kind, ...]:
    """Return the kinds of events that a capability adds."""
    return (
        Kind(f"asks for {c.name}",          "expert", f"the expert asks for {c.name}",
             arrives=c.requested, refused=unasked(c, "policy")),
        Kind(f"takes back {c.name}",        "expert", f"the expert takes the request for {c.name} back",
             taken=c.withdrawn),
        Kind(f"uses {c.name}",              "expert", f"the expert uses {c.name}", refused=c.dropped),
        Kind(f"gives back {c.name}",        "expert", f"the expert gives {c.name} back", taken=c.released),
        Kind(f"grants {c.name}",            "user", f"the user grants {c.name}", carries=(ORIGIN, PROMPT),
             taken=c.granted),
        Kind(f"refuses {c.name}",           "user", f"the user refuses {c.name} or closes the question",
             carries=(ORIGIN, PROMPT), taken=c.refused),
        Kind(f"stops {c.name}",             "user", f"the user stops {c.name}", carries=(ORIGIN,), taken=c.stopped),
        Kind(f"{c.name} time passes",       "computer", f"the user does not answer about {c.name} in time",
             taken=unasked(c, "timer")),
        Kind(f"{c.name} cool-down passes",  "computer", f"the cool-down for {c.name} passes",
             taken=line("cooldown_over", capability=c.name)),
        Kind(f"{c.name} prompt is lost",    "computer", f"the question about {c.name} is covered, changes or fails",
             taken=line("prompt_covered", capability=c.name)),
    )
# fmt: on
