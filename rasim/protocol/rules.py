"""The table: who may see and who may control a user's desktop, and by whose click.

How to read it. An *assistance* is the course between one expert and one logon session. It is in a *phase*:

    idle       nothing is going on
    ticketed   the expert passed the helper check and holds a ticket; the user knows nothing, the expert sees nothing
    offered    the user is being asked: accept or deny?
    viewing    the user accepted; the expert sees the screen. What more the expert may do is, for each capability,
               free (not asked for), asked, held, or cooling (refused a moment ago)
    cooling    the user refused or said nothing; the same expert may not ask again for a while

Consent is made of *things*: ticket, question, view, capability asked, capability held. Each has *needs*, and one rule, G,
ends consent: whatever loses a need is over, at once, and with it all inside it. Needs are tested on arrival too, so
no row repeats the policy. A *row* says: while (phase), when (event), provided (conditions), then (changes). What no row
admits, or whose condition or need fails, changes nothing.

Two rows give something to the expert: O3 (the user accepts: the screen) and C3 (the user grants: a capability). Both ask
for a click made at the session itself on the prompt that is on show. World rows (W) set a fact in any phase; then G runs.

What is not in the rows. Choices edit them: `table()` gives O3 and O4 more conditions where a hidden question waits, and O6 and
C6 another change where a withdrawn one rests; C11 is there where control may be given unasked; `things` edits needs for two
more choices. What is read into facts before the table sees it: offers that disabled invitations block are *blocked*, a policy
that cannot be read is *disabled*, a port that cannot be told is *closed* (`world.py`); which ticket is an expert's own, which
prompt is on show and whose hand is local is decided by who keeps ids and owners (`trace_writer.py`, `host.py`).

The sentences are part of the data: diagrams, pages, refusals and the explorer print them. Ids are stable and never reused.
Grounds: R, A are docs/reference/sources.md (domain rules, ambiguities); S, L, F are consent cases; "choice" is rasim's own.
"""

from collections.abc import Sequence

from attrs import evolve

from rasim.errors import UsageError
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.terms import And, Condition, Copy, Fact, Is, Not, Or, Row, Set, Table, Thing, Timer
from rasim.protocol.vocabulary import (
    ASKED,
    BUSY,
    CONSTANT,
    COOLING,
    COURSE,
    EVENT_KINDS,
    FREE,
    HELD,
    IDLE,
    IN_USE,
    OFFERED,
    RESTING,
    STATES,
    TICKETED,
    VIEWING,
    WORLD,
    Capability,
    capability_kinds,
    control,
    line,
    unasked,
)

# ---- conditions: each with its sentence, what is answered when it fails, and the setting behind it -----------

# fmt: off
REACHABLE = Condition("firewall", "an offer gets through the firewall", Is("reachable", True),
                      refused="firewall", lost="firewall", setting="Windows Firewall")
OFFERS    = Condition("offers", "policy enables offers", Is("offers", "enabled"),
                      refused={"not configured": "not configured", "disabled": "disabled", "blocked": "disabled"},
                      lost="policy changed",  # blocked: enabled, but disabled invitations block offers here (R9)
                      setting={"not configured": "fAllowUnsolicited", "disabled": "fAllowUnsolicited",
                               "blocked": "fAllowToGetHelp"})
HELPER    = Condition("helper", "the expert is on the helper list as last checked", Is("admitted", True),
                      refused="not in list", lost="helper removed", setting="RAUnsolicit")
LISTED    = Condition("listed", "the expert is on the helper list", Is("listed", True),
                      lost="helper removed", setting="RAUnsolicit")
OWNER     = Condition("logged on", "the session's owner is logged on", Is("logged on", True),
                      refused="no user", lost="no user")
UNLOCKED  = Condition("unlocked", "the session is not locked", Is("locked", False), refused="locked", lost="locked")
PRESENT   = Condition("present", "the session is not switched away from", Is("away", False),
                      refused="no prompt", lost="no prompt")
UNCOVERED = Condition("uncovered", "the secure desktop does not cover the session", Is("secure desktop", False),
                      refused="no prompt", lost="no prompt")
PERMITTED = Condition("control permitted", "policy lets helpers control", Is("control permitted", True),
                      refused="forbidden", lost="policy changed", setting="fAllowUnsolicitedFullControl")
AGREED    = Condition("agreed", "policy let helpers control when the user accepted", Is("agreed", True),
                      refused="forbidden", lost="policy changed", setting="fAllowUnsolicitedFullControl")
FORBIDDEN = Condition("control forbidden", "policy lets helpers only view, or did when the user accepted",
                      Or((Not(Is("control permitted", True)), Not(Is("agreed", True)))),
                      setting="fAllowUnsolicitedFullControl")
RUNNING   = Condition("not paused", "the user has not paused the view", Is("paused", False))
VIEW      = Condition("view", "the expert views", Is("phase", VIEWING))
ALONE     = Condition("alone", "nobody else is asked about or served in this session", Is("busy", False), refused="busy")
OCCUPIED  = Condition("busy", "somebody else is asked about or served in this session", Is("busy", True))
OWN       = Condition("ticket", "the ticket is the expert's own and unused", Is("ticket", "own"),
                      refused={"used": "duplicate", "expired": "expired", "foreign": "malformed", "malformed": "malformed"})
LOCAL     = Condition("local", "the user's own hand did it, at this session", Is("origin", "local"))
ON_SHOW   = Condition("on show", "this prompt is on show", Is("prompt", "on show"))
LOGGED_OFF = Condition("logged off", "nobody is logged on in this session", Is("logged on", False))

IN_FRONT = (UNLOCKED, PRESENT, UNCOVERED)        # the session is in front of its owner
OFFERABLE = (REACHABLE, OFFERS, HELPER, OWNER)   # what every step of an offer rests on; the order is the order of answers
# fmt: on

CONTROL = control(PERMITTED, AGREED)


# fmt: off
# ---- things with needs ---------------------------------------------------------------------------------------


def things(choices: Choices, capabilities: Sequence[Capability]) -> tuple[Thing, ...]:
    """Return the things that consent is made of; two choices edit their needs."""
    removal   = (LISTED,) if choices.removal_bites == "at once" else ()
    grounds   = OFFERABLE if choices.running_view == "ends with its grounds" else (OWNER,)
    hiding    = IN_FRONT  if choices.hidden_question == "is withdrawn" else ()
    view_ends = (line("ended"), line("indicator_off"))
    common = (
        Thing("admission", "the expert is admitted as a helper", Is("admitted", True), removal,
              over=(Set("admitted", False),)),
        Thing("lock", "the session is locked", Is("locked", True), (OWNER,), over=(Set("locked", False),)),
        Thing("absence", "the session is switched away from", Is("away", True), (OWNER,), over=(Set("away", False),)),
        Thing("cover", "the secure desktop covers the session", Is("secure desktop", True), (OWNER,),
              over=(Set("secure desktop", False),)),
        Thing("ticket", "the expert holds a ticket", Is("phase", TICKETED), OFFERABLE, over=(Set("phase", IDLE),),
              begins=(line("sessions_disclosed"), line("ticket_issued")), lost=(line("ticket_expired"),),
              timers=(Timer("ticket time passes", "ticket time"),)),
        Thing("question", "the user is asked about the offer", Is("phase", OFFERED), OFFERABLE + hiding,
              over=(Set("phase", IDLE),),
              begins=(line("prompt_shown"),), ends=(line("prompt_hidden"),), lost=(line("offer_refused"),),
              timers=(Timer("consent time passes", "consent time"),)),
        Thing("view", "the expert views", Is("phase", VIEWING), grounds, over=(Set("phase", IDLE),),
              begins=(line("connection_opened"), line("indicator_on")), ends=view_ends,
              timers=(Timer("a frame is due", "frame time", again=True),
                      Timer("maximum time passes", "maximum time"))),
        Thing("cooling", "the expert must wait after a refusal", Is("phase", COOLING), (OWNER,),
              over=(Set("phase", IDLE),), timers=(Timer("cool-down passes", "cool down"),)),
        Thing("pause", "the view is paused", Is("paused", True), (VIEW,), over=(Set("paused", False),)),
        Thing("agreement", "policy let helpers control at acceptance", Is("agreed", True), (VIEW,),
              over=(Set("agreed", False),)),
        Thing("open port", "port 3389 is open",
              Or((Is("port 3389", CONSTANT), And((Is("port 3389", IN_USE), Is("phase", VIEWING))))), (), over=(),
              begins=(line("firewall_changed", port=3389, state="open"),),
              ends=(line("firewall_changed", port=3389, state="closed"),), shared=True),
    )
    return common + tuple(thing for c in capabilities for thing in capability_things(c))


def capability_things(c: Capability) -> tuple[Thing, ...]:
    """Return the things a capability adds, all inside the view."""
    needs = (VIEW, *c.needs, *IN_FRONT, RUNNING)
    return (
        Thing(f"{c.name} asked", f"the user is asked for {c.name}", Is(c.name, ASKED), needs,
              over=(Set(c.name, FREE),), begins=(c.shown,), ends=(c.hidden,),
              lost=(unasked(c, "policy"),),
              timers=(Timer(f"{c.name} time passes", "control time"),)),
        Thing(f"{c.name} held", f"the expert holds {c.name}", Is(c.name, HELD), needs,
              over=(Set(c.name, FREE),), lost=(line(c.stopped.name, **dict(c.stopped.fields), by="computer"),)),
        Thing(f"{c.name} cooling", f"the expert must wait before asking for {c.name} again", Is(c.name, RESTING), (VIEW,),
              over=(Set(c.name, FREE),), timers=(Timer(f"{c.name} cool-down passes", "cool down"),)),
    )


# ---- the rows ------------------------------------------------------------------------------------------------

END = ("user ends", "expert ends", "link is lost", "maximum time passes")
_TOLD = line("offer_refused")

ROWS = (
    # id   while     when                                                 provided               then                   ground
    Row("T1", IDLE,     ("asks for a ticket",),                              (),                    (Set("phase", TICKETED),), "R7 A6"),
    Row("T2", TICKETED, ("ticket time passes", "expert ends", "link is lost"), (),                  (Set("phase", IDLE),),     "S25",
        tells=(line("ticket_expired"),)),
    Row("O1", TICKETED, ("offers help",),                                    (OWN, ALONE),          (Set("phase", OFFERED),),  "S20"),
    Row("O2", TICKETED, ("offers help",),                                    (OWN, OCCUPIED),       (Set("phase", IDLE),),     "R24",
        tells=(line("offer_refused", reason="busy"), line("ticket_expired")), answers_no=True),
    Row("O3", OFFERED,  ("accepts",),                                        (LOCAL, ON_SHOW),
        (Set("phase", VIEWING), Set("agreed", Copy("control permitted"))),                                                     "S1 R10 R11"),
    Row("O4", OFFERED,  ("denies",),                                         (LOCAL, ON_SHOW),      (Set("phase", COOLING),),  "R12",
        tells=(_TOLD,)),
    Row("O5", OFFERED,  ("consent time passes",),                            (),                    (Set("phase", COOLING),),  "S4",
        tells=(_TOLD,)),
    Row("O6", OFFERED,  ("withdraws", "expert ends", "link is lost"),        (),                    (Set("phase", IDLE),),     "S30 L4",
        tells=(line("offer_cancelled"),)),
    Row("O7", OFFERED,  ("prompt is covered", "prompt changes", "prompt fails"), (),                (Set("phase", IDLE),),     "S5 S9",
        tells=(_TOLD,)),
    Row("O8", COOLING,  ("cool-down passes",),                               (),                    (Set("phase", IDLE),),     "L5"),
    Row("V1", VIEWING,  ("a frame is due",),                                 (RUNNING, *IN_FRONT),  (),                        "S22",
        tells=(line("frame_shown"),)),
    Row("V2", VIEWING,  ("pauses",),                                         (LOCAL,),              (Set("paused", True),),    "R23 S34"),
    Row("V3", VIEWING,  ("resumes",),                                        (LOCAL,),              (Set("paused", False),),   "R23 S34"),
    Row("E1", VIEWING,  END,                                                 (),                    (Set("phase", IDLE),),     "R20 L8"),
    Row("E2", None,     ("comes back",),                                     (),                    (),                        "S29",
        tells=(line("reconnect_refused"),), answers_no=True),
)


def capability_rows(c: Capability, capabilities: Sequence[Capability], choices: Choices) -> tuple[Row, ...]:
    """Return the rows of one capability: asked for by the expert, given by a click of the user, taken back at any time."""
    free    = Condition(f"{c.name} free", f"{c.name} is neither asked for, held nor refused a moment ago", Is(c.name, FREE))
    asked   = Condition(f"{c.name} asked", f"the user is being asked for {c.name}", Is(c.name, ASKED))
    held    = Condition(c.name, f"the expert holds {c.name}", Is(c.name, HELD))
    resting = Condition(f"{c.name} cooling", f"{c.name} was refused a moment ago", Is(c.name, RESTING))
    quiet   = Condition("no question", "no question is on show", And(tuple(Not(Is(o.name, ASKED)) for o in capabilities)))

    def to(state: str) -> tuple[Set, ...]:
        return (Set(c.name, state),)

    rows: tuple[Row, ...] = (
        Row("C1",  VIEWING, (f"asks for {c.name}",),                           (free, quiet),           to(ASKED),   "R14"),
        Row("C3",  VIEWING, (f"grants {c.name}",),                             (asked, LOCAL, ON_SHOW), to(HELD),    "S11 R14 R15"),
        Row("C4",  VIEWING, (f"refuses {c.name}",),                            (asked, LOCAL, ON_SHOW), to(RESTING), "R17"),
        Row("C5",  VIEWING, (f"{c.name} time passes",),                        (asked,),                to(RESTING), "S4 R17"),
        Row("C6",  VIEWING, (f"takes back {c.name}",),                         (asked,),                to(FREE),    "R18"),
        Row("C7",  VIEWING, (f"{c.name} prompt is lost",),                     (asked,),                to(FREE),    "S5 S9",
            tells=(unasked(c, "policy"),)),
        Row("C8",  VIEWING, (f"uses {c.name}",),                               (held,),                 (),          "S22",
            tells=(c.used,)),
        Row("C9",  VIEWING, (f"stops {c.name}", f"gives back {c.name}"),       (held,),                 to(FREE),    "R18 R19"),
        Row("C10", VIEWING, (f"{c.name} cool-down passes",),                   (resting,),              to(FREE),    "L5"),
    )
    if c.by_policy:
        rows += (Row("C2", VIEWING, (f"asks for {c.name}",), (FORBIDDEN,), (), "R16 R17", tells=(c.forbidden,),
                     answers_no=True),)
    if choices.unasked_control == "possible":
        rows += (Row("C11", VIEWING, (f"grants {c.name}",), (free, quiet, LOCAL), to(HELD), "choice"),)
    if c.name != CONTROL.name:
        rows = tuple(Row(f"{r.id} {c.name}", r.phase, r.when, r.provided, r.then, r.ground, r.tells, r.answers_no) for r in rows)
    return tuple(sorted(rows, key=lambda r: int(r.id.split()[0][1:])))


WORLD_ROWS = (
    Row("W1",  None, ("policy is applied",),  (),
        (Set("offers", Copy("new offers")), Set("control permitted", Copy("new control")),
         Set("listed", Copy("new listed")), Set("port 3389", Copy("new port 3389"))),            "R1 R3 R4 R36 R37 F8"),
    Row("W2",  None, ("helper is added",),    (),                      (Set("listed", True),),              "R4 F10"),
    Row("W3",  None, ("helper is removed",),  (),                      (Set("listed", False),),             "R4 F10"),
    Row("W4",  None, ("refresh task runs",),  (),                      (Set("admitted", Copy("listed")),),  "2.5 L14"),
    Row("W5",  None, ("firewall opens",),     (),                      (Set("reachable", True),),           "R30"),
    Row("W6",  None, ("firewall closes",),    (),                      (Set("reachable", False),),          "R30 F9"),
    Row("W7",  None, ("logs on",),            (LOGGED_OFF,),           (Set("logged on", True),),           "R7"),
    Row("W8",  None, ("logs off", "computer restarts"), (),            (Set("logged on", False),),          "R12 F5 F11"),
    Row("W9",  None, ("is locked",),          (),                      (Set("locked", True),),              "F12"),
    Row("W10", None, ("is unlocked",),        (),                      (Set("locked", False),),             "F12"),
    Row("W11", None, ("is switched away",),   (),                      (Set("away", True),),                "F13"),
    Row("W12", None, ("is switched to",),     (),
        (Set("away", False), Set("locked", False), Set("secure desktop", False)),                           "F13"),
    Row("W13", None, ("is covered",),         (),                      (Set("secure desktop", True),),      "F14"),
    Row("W14", None, ("is uncovered",),       (),                      (Set("secure desktop", False),),     "F14"),
)
# fmt: on


def table(choices: Choices = STRICT, capabilities: Sequence[Capability] = (CONTROL,)) -> Table:
    """Return the table under the given choices and with the given capabilities, control first.

    Raises UsageError for a capability that is given twice.
    """
    if len({c.name for c in capabilities}) != len(capabilities):
        raise UsageError("a capability is given twice")
    states = tuple(Fact(c.name, "assistance", STATES, f"what the expert has of {c.name}") for c in capabilities)
    rows = tuple(row for c in capabilities for row in capability_rows(c, capabilities, choices))
    plain: tuple[Row, ...] = ROWS
    if choices.hidden_question == "waits":
        plain = tuple(evolve(r, provided=(*r.provided, *IN_FRONT)) if r.id in ("O3", "O4") else r for r in plain)
    if choices.withdrawn_question == "rests":
        rest = {
            "O6": Set("phase", COOLING),
            **{f"C6 {c.name}".removesuffix(" control"): Set(c.name, RESTING) for c in capabilities},
        }
        plain, rows = (
            tuple(evolve(r, then=(rest[r.id],)) if r.id in rest else r for r in each) for each in (plain, rows)
        )
    return Table(
        facts=(*WORLD, *COURSE, *states, BUSY),
        kinds=EVENT_KINDS + tuple(kind for c in capabilities for kind in capability_kinds(c)),
        things=things(choices, capabilities),
        rows=plain + rows + WORLD_ROWS,
    )


RULES = table()
