"""How other products ask for consent, each as one change of the table. Their violations are expected.

rasim has no option by which it would behave so. Each profile names the public cases it is known from (docs/reference/sources.md).
"""

from collections.abc import Mapping

from attrs import evolve

from rasim.protocol.rules import CONTROL, OWN
from rasim.protocol.terms import Row, Set, Table
from rasim.protocol.vocabulary import HELD, TICKETED, line
from rasim.verify.mutants import table_edits
from rasim.verify.mutants.product_mistakes import ACCEPTED, CONNECTED, OWN_USER, PRODUCT_MISTAKES, Named


def _remembered(rules: Table) -> Table:
    """Let a yes that was given once stand for all later offers of the same expert."""
    return table_edits.more_rows(rules, Row("X1", TICKETED, ("offers help",), (OWN,), ACCEPTED, "mistake"))


def _with_control(rules: Table) -> Table:
    """Let one answer give both, where policy lets helpers control."""
    row = rules.row("O3")
    return table_edits.row_leading(rules, "O3", *row.then, Set(CONTROL.name, HELD))


def _policy_says_yes(rules: Table) -> Table:
    shown = Row(
        "X1", TICKETED, ("offers help",), (OWN,), ACCEPTED, "mistake", tells=(line("accepted", origin="policy"),)
    )
    return table_edits.more_rows(rules, shown)


def _second_click_left_out(rules: Table) -> Table:
    return table_edits.row_leading(rules, "C1", Set(CONTROL.name, HELD))


PROFILES: Mapping[str, Named] = {
    "silence accepts": evolve(PRODUCT_MISTAKES["M01"], says="a question that nobody answers is answered with yes"),
    "nobody there": evolve(
        PRODUCT_MISTAKES["M05"], says="where nobody is logged on there is nobody to ask, and the expert connects"
    ),
    "standing consent": Named(
        "a yes is remembered, and later offers are not asked about", "case-39 case-42 case-48", _remembered, CONNECTED
    ),
    "policy answers": Named(
        "the administrator answers for the user", "case-08 case-17 case-44", _policy_says_yes, OWN_USER
    ),
    "one click for both": Named(
        "accepting an offer gives control too", "1.2 4", _with_control, ("acceptance_gives_view_only",)
    ),
    "control on request": Named(
        "who views and asks for control has it", "1.2 4", _second_click_left_out, ("acceptance_gives_view_only",)
    ),
    "administrators": evolve(PRODUCT_MISTAKES["M16"], says="administrators are not asked about"),
}
