"""Values in notebooks: each shows itself with the report's blocks, and nothing of its style reaches the page around."""

import re
import subprocess
import sys

import pytest
from page_reader import Page

from rasim.analysis.explain import explain
from rasim.document import html
from rasim.document.blocks import Document, Para, Section
from rasim.document.fragment import NAME, fragment, scoped
from rasim.errors import UsageError
from rasim.policy import Decision, Policy, may_offer, what_if
from rasim.report import notebook
from rasim.report.judge import JudgedFile
from rasim.scenario import play, read_scenario
from rasim.verify import check, compare, policy_models
from rasim.verify.promises.judge import JudgedTrace, Untold

POLICY = Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"])
SCENARIO = """rasim: 1
scenario: 'a <b>bold</b> name'
policy: {offer: enabled, mode: control, helpers: ['CORP\\anna']}
people:
  anna: {account: 'CORP\\anna'}
  bob: {account: 'CORP\\bob', uses: s1}
steps:
- anna: offers help to bob
- expect: {anna: control}
"""
KEPT = JudgedTrace(3, True, (), (), ("ended_means_ended",), (Untold("every_view_ends", "time not recorded"),))
VALUES = {
    "played": (play(read_scenario(SCENARIO, "x.yaml")), "FAILED: a <b>bold</b> name"),
    "decision": (may_offer(POLICY, "CORP\\anna"), "allowed by policy"),
    "explained": (explain(POLICY, "CORP\\anna", "control"), "CORP\\anna may not control"),
    "compared": (
        compare(POLICY, what_if(POLICY, {"mode": "control"})),
        "looser; newly possible: control for CORP\\anna",
    ),
    "checked": (
        check(policy_models("enabled", control=False, anybody_listed=True)),
        "nothing is broken in any reachable state",
    ),
    "trace": (KEPT, "kept, as far as it was asked"),
    "judged": (JudgedFile("x.jsonl", KEPT), "kept, as far as it was asked"),
}
EACH = pytest.mark.parametrize(("value", "verdict"), VALUES.values(), ids=VALUES)


def shown(value: object) -> str:
    return str(getattr(value, notebook.METHOD)())


def selectors(style: str) -> list[str]:
    """Return all selectors of a style, those inside conditions too."""
    return [each for of in re.findall(r"([^{}]+)\{", style) if not of.startswith("@") for each in of.split(",")]


@EACH
def test_a_value_shows_itself(value: object, verdict: str) -> None:
    """Every value that has a report shows its verdict first, in one element that is well-formed."""
    page = Page(shown(value))

    assert ("div", {"class": NAME}) == page.met[0]
    assert verdict in page.text
    assert page.text.index(verdict) < 60


@EACH
def test_no_style_reaches_the_page_around(value: object, verdict: str) -> None:
    """Every rule of a value's style is about what is inside its element, and no element has an id that another could have."""
    made = shown(value)
    (style,) = re.findall(r"<style>(.*?)</style>", made, re.DOTALL)

    assert verdict
    assert [] == [each for each in selectors(style) if not each.startswith(f".{NAME}")]
    assert "@page" not in style
    assert not re.search(r"<(?:section|article|nav|main|div)[^>]* id=", made)


@EACH
def test_a_value_in_a_notebook_runs_nothing(value: object, verdict: str) -> None:
    """What a value shows has no script, no attribute that runs, no address, and no link."""
    made = shown(value)

    assert verdict
    assert not re.search(r"<script|<a\b|https?://|\son\w+=|\ssrc=|@import|url\((?!#)", made)


def test_a_style_keeps_its_rules() -> None:
    """Rules of a page become rules of the element: roots stand for it, conditions stay, and what is for paper goes."""
    style = ":root{a:b}html{c:d}body,p{e:f}@media screen and (x){:root{g:h}td{i:j}}@media print{@page{k:l}p{m:n}}"

    assert scoped(style).startswith(
        f".{NAME}{{a:b}}.{NAME},.{NAME} p{{e:f}}@media screen and (x){{.{NAME}{{g:h}}.{NAME} td{{i:j}}}}.{NAME}{{"
    )
    assert "print" not in scoped(html.PAGE_STYLE)


def test_a_fragment_escapes_as_a_page_does() -> None:
    """Words of a report are words in a fragment too."""
    report = Document("t", "<i>v</i>", "bad", "s", (Section("<u>x</u>", (Para("<s>y</s>"),), "x"),))

    assert {"i", "u", "s"} & {tag for tag, _ in Page(fragment(report)).met} == set()


def test_what_has_no_report_is_refused() -> None:
    """A value of which there is no report is refused by name, with those of which there is one."""
    with pytest.raises(UsageError, match="there is no report of Policy; of these there is: Played"):
        notebook.as_html(POLICY)


def test_one_policy_is_not_called_all() -> None:
    """A check over the models of one policy says so, and what that policy makes unreachable is an answer."""
    read = Page(shown(VALUES["checked"][0])).text

    assert "Under one policy, which stays" in read
    assert "cannot be shown" not in read.partition("Safety properties")[0]


def test_an_unclear_decision_is_not_comforting() -> None:
    """A decision that can be read otherwise says so in its verdict, with both readings."""
    decision = may_offer(Policy.of(offer="unknown"), "CORP\\anna")
    read = Page(shown(decision)).text

    assert isinstance(decision, Decision)
    assert "UNCLEAR: it can be read otherwise" in read
    assert all(reading in read for doubt in decision.unclear for reading in doubt.readings)


def test_ipython_may_load_it() -> None:
    """The module is an extension of IPython, and loading it again changes nothing."""
    before = shown(KEPT)
    notebook.load_ipython_extension(object())

    assert before == shown(KEPT)


def test_nobody_pays_who_does_not_ask() -> None:
    """A value has no such method, and no report is imported, until the module is."""
    code = (
        "import sys; from rasim.scenario import Played; from rasim.verify import Checked\n"
        "assert not hasattr(Played, '_repr_html_') and 'rasim.document.html' not in sys.modules\n"
        "import rasim.report.notebook\n"
        "assert hasattr(Played, '_repr_html_') and hasattr(Checked, '_repr_html_')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  (our own Python)
