"""Mistakes with a name: those of real products, each as one change of the table, and the promises that must notice it.

M01 to M28 are the list in docs/reference/sources.md, with the public cases they come from. What the state of the models cannot hold
(the session inside a grant, a role, the shown name, ids, hands, clocks) is no change of the table: those are made in
tests/runtime/test_mistakes_in_time.py. `other_products.py` are whole products of that kind.
"""

from collections.abc import Callable, Mapping

from attrs import evolve, frozen

from rasim.protocol.rules import LOGGED_OFF, ON_SHOW, OWN
from rasim.protocol.terms import Condition, Copy, Fact, In, Is, Or, Row, Set, Table
from rasim.protocol.vocabulary import COOLING, HELD, IDLE, OFFERED, TICKETED, VIEWING, line
from rasim.verify.mutants import table_edits

ACCEPTED = (Set("phase", VIEWING), Set("agreed", Copy("control permitted")))
TAKEN = line("accepted")


@frozen
class Named:
    """A mistake of a real product: what it does, the cases, the change, what must notice it, and the capability it needs."""

    says: str
    cases: str
    change: Callable[[Table], Table]
    by: tuple[str, ...]
    capability: str = ""


def _claim(rules: Table, name: str, row: Row) -> Table:
    """Let an offer carry a claim, and add a row that believes it."""
    fact = Fact(name, "derived", (False, True), "what the expert claims")
    offers = rules.kind("offers help")
    return table_edits.more_rows(
        table_edits.kind_changed(rules, offers, evolve(offers, carries=(*offers.carries, fact))), row
    )


def _believing(claim: str) -> Callable[[Table], Table]:
    believed = Condition(claim, f"the expert claims {claim}", Is(claim, True))
    row = Row("X1", TICKETED, ("offers help",), (believed, OWN), ACCEPTED, "mistake")
    return lambda rules: _claim(rules, claim, row)


def _timer_says_yes(rules: Table) -> Table:
    expired = rules.kind("consent time passes")
    rules = table_edits.kind_changed(rules, expired, evolve(expired, taken=line("accepted", origin="timer")))
    return table_edits.row_with(rules, "O5", then=ACCEPTED, tells=())


def _unknown_says_yes(rules: Table) -> Table:
    anybody = Condition("not injected", "nobody saw an expert do it", In("origin", ("local", "policy", "timer")))
    return table_edits.row_with(rules, "O3", provided=(anybody, ON_SHOW))


def _or(rules: Table) -> Table:
    """Read what an offer rests on as one or the other: listed, or enabled."""
    for name in ("ticket", "question", "view"):
        thing = table_edits.thing(rules, name)
        either = table_edits.either(tuple(n for n in thing.needs if n.name in ("offers", "helper")))
        rest = tuple(n for n in thing.needs if n.name not in ("offers", "helper"))
        rules = table_edits.thing_changed(rules, thing, evolve(thing, needs=(either, *rest)))
    return rules


def _unresolved(rules: Table) -> Table:
    """Let a question that could not be shown stay open, as if it would be asked later."""
    row = rules.row("O7")
    rest = evolve(row, when=tuple(w for w in row.when if w != "prompt fails"))
    later = Row(
        "X1", OFFERED, ("prompt fails",), (), ACCEPTED, "mistake", tells=(line("prompt_hidden", reason="no prompt"),)
    )
    return table_edits.row_changed(rules, row, rest, later)


def _nobody_there(rules: Table) -> Table:
    rules = table_edits.needless(rules, "logged on")
    return table_edits.more_rows(
        rules,
        Row(
            "X1",
            TICKETED,
            ("offers help",),
            (OWN, LOGGED_OFF),
            ACCEPTED,
            "mistake",
            tells=(line("accepted", origin="policy"),),
        ),
    )


def _failed_says_yes(rules: Table) -> Table:
    fails = rules.kind("prompt fails")
    rules = table_edits.kind_changed(rules, fails, evolve(fails, taken=line("accepted", origin="policy")))
    return table_edits.row_with(rules, "O7", then=ACCEPTED, tells=())


def _joins(rules: Table) -> Table:
    return table_edits.more_rows(rules, Row("X1", OFFERED, ("offers help",), (), ACCEPTED, "mistake"))


def _slot_kept(rules: Table) -> Table:
    """Let a lost link leave the question open, and nothing end it."""
    row, thing = rules.row("O6"), table_edits.thing(rules, "question")
    rules = table_edits.row_changed(rules, row, evolve(row, when=tuple(w for w in row.when if w != "link is lost")))
    rules = table_edits.row_changed(rules, rules.row("O5"))
    return table_edits.thing_changed(rules, thing, evolve(thing, timers=()))


def _own_flag(rules: Table) -> Table:
    return table_edits.row_without(rules, "C8", "control")


def _read_once(rules: Table) -> Table:
    """Let only the first policy count; a later one is told and changes nothing."""
    row = rules.row("W1")
    first = Condition("no policy yet", "nothing is configured yet", Is("offers", "not configured"))
    later = Condition(
        "a policy already", "a policy was applied before", In("offers", ("disabled", "enabled", "blocked"))
    )
    return table_edits.row_changed(
        rules, row, evolve(row, provided=(first,)), Row("X1", None, row.when, (later,), (), "mistake")
    )


def _kept_over_restart(rules: Table) -> Table:
    row = rules.row("W8")
    rest = evolve(row, when=("logs off",))
    return table_edits.row_changed(rules, row, rest, Row("X1", None, ("computer restarts",), (), (), "mistake"))


def _second_entry(rules: Table) -> Table:
    row = rules.row("E2")
    back = Row("X1", IDLE, ("comes back",), (), ACCEPTED, "mistake")
    rules = table_edits.thing_changed(
        rules,
        view := table_edits.thing(rules, "view"),
        evolve(view, needs=tuple(n for n in view.needs if n.name != "helper")),
    )
    return table_edits.row_changed(rules, row, back, evolve(row, phase=TICKETED))


def _polled(rules: Table) -> Table:
    """Let a lock be noticed only when the next frame is due."""
    for thing in rules.things:
        if any(n.name == "unlocked" for n in thing.needs):
            rules = table_edits.thing_without(rules, thing.name, "unlocked")
    return rules


def _injected(rules: Table) -> Table:
    return table_edits.row_without(table_edits.row_without(rules, "O3", "local"), "C3", "local")


def _cancel_ignored(rules: Table) -> Table:
    return table_edits.row_changed(rules, rules.row("O6"))


def _falls_back(rules: Table) -> Table:
    passes = rules.kind("control time passes")
    rules = table_edits.kind_changed(
        rules, passes, evolve(passes, taken=line("control_granted", capability="control", origin="timer"))
    )
    return table_edits.row_leading(rules, "C5", Set("control", HELD))


def _refuses_all(rules: Table) -> Table:
    return table_edits.row_changed(rules, rules.row("T1"))


def _expert_chooses(rules: Table) -> Table:
    """Let the expert connect once the time for an answer has passed."""
    return table_edits.more_rows(rules, Row("X1", COOLING, ("offers help",), (), ACCEPTED, "mistake"))


def _implied(rules: Table) -> Table:
    """Let who controls elevate too."""
    row = rules.row("C8 elevation")
    either = Condition(
        "elevation or control",
        "the expert holds elevation, or control",
        Or((Is("elevation", HELD), Is("control", HELD))),
    )
    return table_edits.row_with(rules, row.id, provided=(either,))


OWN_USER = ("only_the_sessions_own_user_consents",)
_POLICY = ("unlisted_expert_never_reaches_the_user", "no_policy_no_offer")
CONNECTED = ("never_connected_unannounced", "nothing_shown_before_acceptance")

PRODUCT_MISTAKES: Mapping[str, Named] = {
    "M01": Named(
        "the time for an answer passes and that is a yes", "case-08 case-09", _timer_says_yes, ("silence_refuses",)
    ),
    "M02": Named(
        "a yes counts unless it was seen that an expert gave it",
        "case-03",
        _unknown_says_yes,
        ("silence_refuses",),
    ),
    "M03": Named(
        "enabled and listed is read as enabled or listed",
        "case-04",
        _or,
        _POLICY,
    ),
    "M04": Named(
        "a question that could not be shown is left for later, and the expert goes on",
        "case-05",
        _unresolved,
        CONNECTED,
    ),
    "M05": Named(
        "where nobody is logged on the answer is yes",
        "case-06 case-07",
        _nobody_there,
        ("nobody_logged_on_nobody_connected",),
    ),
    "M06": Named(
        "a question that cannot be shown is a yes",
        "case-10 case-30",
        _failed_says_yes,
        ("only_the_sessions_own_user_consents",),
    ),
    "M07": Named(
        "an expert who says that no question is needed is believed",
        "case-12 case-16",
        _believing("no question"),
        CONNECTED,
    ),
    "M08": Named("a second offer while the user is asked connects", "case-01", _joins, CONNECTED),
    "M11": Named(
        "a question whose expert is gone stays, and nobody else can be helped",
        "case-36",
        _slot_kept,
        ("every_question_ends",),
    ),
    "M13": Named(
        "that the expert only views is left to the expert's own program",
        "case-27",
        _own_flag,
        ("acceptance_gives_view_only",),
    ),
    "M14": Named("policy is read once, at the start", "case-13", _read_once, ("a_tighter_policy_bites_at_once",)),
    "M16": Named("an expert who is an administrator need not ask", "case-47", _believing("administrator"), CONNECTED),
    "M17": Named(
        "what was granted outlives a restart",
        "case-38",
        _kept_over_restart,
        ("ended_means_ended", "nobody_logged_on_nobody_connected"),
    ),
    "M19": Named("who comes back to an old connection needs neither list nor yes", "case-24", _second_entry, CONNECTED),
    "M21": Named(
        "a lock is noticed late",
        "case-33",
        _polled,
        ("a_session_out_of_sight_answers_nothing", "control_is_taken_back_at_once"),
    ),
    "M22": Named(
        "input that came through the assistance answers for the user",
        "case-18",
        _injected,
        ("only_the_sessions_own_user_consents",),
    ),
    "M23": Named(
        "an offer cannot be withdrawn once the user is asked", "1.2 19", _cancel_ignored, ("an_offer_can_be_withdrawn",)
    ),
    "M24": Named("silence about control gives it back", "L9", _falls_back, ("silence_refuses",)),
    "M25": Named("everything is refused", "vacuity", _refuses_all, ("an_offer_can_be_made",)),
    "M27": Named("when the user says nothing the expert decides", "case-53", _expert_chooses, CONNECTED),
    "M28": Named("who controls may elevate", "1.3", _implied, ("acceptance_gives_view_only",), capability="elevation"),
}
