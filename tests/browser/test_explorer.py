"""The explorer in a browser: what a person sees and does there, by the pointer and by keys alone."""

import json
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from docs.generate.teaching.mistakes import SHOWN, names_of
from docs.generate.teaching.tables import mistaken_model
from rasim.formats import read_policy_files
from rasim.protocol.lines import Recorded
from rasim.protocol.rules import table
from rasim.protocol.trace_text import read_trace
from rasim.scenario import play, read_scenario
from rasim.verify.states.surroundings import Surroundings
from rasim.web.page import asset, page, teaching
from rasim.web.page_input import of_policy, of_trace
from rasim.web.serve import Server

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CASES = ROOT / "tests" / "data" / "cases"
LESSONS = re.findall(r'name: "(\w+)"', asset("lessons.js"))
Open = Callable[..., Any]


def elsewhere(ask: Callable[..., Any], *arguments: Any) -> Any:
    """Ask in another thread: in this one the browser's driver keeps a loop running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask, *arguments).result()


def test_the_page_is_small_and_asks_nobody() -> None:
    """The page is one file of less than 500 kB, and its policy lets the browser load nothing."""
    text = page({"version": "0"})

    assert len(text.encode()) < 500_000
    assert "default-src 'none'" in text
    assert re.findall(r'(?:src|href)="(?!data:|#)', text) == []


def test_it_opens_with_the_first_lesson(opened: Open) -> None:
    """It opens from disk, asks for nothing, logs nothing, and begins where bob is asked about anna."""
    tab = opened().tab

    assert tab.inner_text("#title") == "rasim: offer and consent"
    assert tab.inner_text("#course > span") == "Lesson 1 of 12"
    assert "anna would like to view this computer." in tab.inner_text("#user")
    assert "Waiting for bob to answer" in tab.inner_text("#experts")


ABOVE = ("#task", "#user-side", "#expert-side", "#wire", "#last", "#can")


def test_what_one_has_to_see_stands_above_the_fold(opened: Open) -> None:
    """At 1280 by 800 the goal, both desktops, what was said, the last event and who may do what now are seen without scrolling."""
    page_ = opened(options={"viewport": {"width": 1280, "height": 800}})
    for lesson in LESSONS:
        page_.lesson(lesson)
        ends = {part: page_.tab.locator(part).bounding_box() for part in ABOVE}

        assert {part: box for part, box in ends.items() if box["y"] < 0 or box["y"] + box["height"] > 800} == {}, lesson


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_solved_by_clicks(opened: Open, lesson: str) -> None:
    """Each lesson is solved by clicking what its way names, and not before; then it says why, and the link remembers it."""
    page_ = opened()
    page_.lesson(lesson)
    tab = page_.tab
    for step in page_.way():
        assert tab.locator("#solved").count() == 0
        page_.act(*step)

    assert "Solved" in tab.inner_text("#solved")
    assert len(tab.inner_text("#why")) > 100
    assert tab.inner_text(f'button[data-key="lesson {lesson}"]') == "✓"
    fragment = tab.evaluate("location.hash")
    assert opened(fragment).tab.inner_text(f'button[data-key="lesson {lesson}"]') == "✓"


def test_no_button_but_those_that_do_something_stands_open(opened: Open) -> None:
    """In every lesson what does nothing is in the drawer, and what is turned away is folded: no open button is dead."""
    page_ = opened()
    for lesson in LESSONS:
        page_.lesson(lesson)

        assert page_.tab.locator("#hands [aria-disabled=true], #behind [aria-disabled=true]").count() == 0
        assert page_.tab.locator("#hands .no:visible, #behind .no:visible").count() == 0
        assert page_.tab.locator("#drawer [aria-disabled=true]").count() > 0


def test_two_clicks_lead_to_control(opened: Open) -> None:
    """Before bob's second click anna's mouse does nothing, and says why; after it the mouse is hers, and seen on bob's desktop."""
    tab = opened().tab
    tab.click('#user button:has-text("Yes")')
    tab.click('#experts button:has-text("Move the mouse")')
    assert "turned away: it is not so that the expert holds control" in tab.inner_text("#experts .turned")
    assert tab.locator("#user .pointer.held").count() == 0
    tab.click('#experts button:has-text("Request control")')
    assert "This is the second click." in tab.inner_text("#user .dialog")
    tab.click('#user button:has-text("Yes")')

    assert "Solved" in tab.inner_text("#solved")
    assert tab.inner_text("#user .pointer.held") == "anna"
    assert tab.inner_text("#experts .pointer.held") == "anna"


def test_a_broken_promise_is_seen_on_the_users_desktop(opened: Open) -> None:
    """When control comes without the second click the stranger's mouse is on bob's screen, with a sentence, and nothing else unfolds."""
    page_ = opened("#g=second_click")
    tab = page_.tab
    tab.click('#experts button:has-text("Move the mouse")')

    assert tab.inner_text("#user .pointer.forced") == "anna"
    assert tab.inner_text("#user .stranger") == "✗ anna moves this mouse. bob never allowed it."
    assert "accepting an offer gives the view and nothing else" in tab.inner_text("#alert")
    assert tab.locator("#hands button:visible, #behind .hand button:visible").count() == 0


@pytest.mark.parametrize(
    "lesson",
    [name if name in {"view", "timer"} else pytest.param(name, marks=pytest.mark.exhaustive) for name in LESSONS],
)
def test_hints_lead_to_the_goal(opened: Open, lesson: str) -> None:
    """Three hints say whose turn it is, what is needed and which button: it is framed, and clicking what is framed solves the lesson."""
    page_ = opened()
    page_.lesson(lesson)
    tab = page_.tab
    for _ in page_.way():
        for at in (1, 2, 3):
            tab.click(f'button:has-text("Hint {at} of 3")')
        assert tab.locator(".hint li").count() == 3
        kind, step, expert = tab.evaluate(
            "rasim.then(x => (([step]) => [x.machine.events[step.events[0]].kind, Share.packed([step]), step.expert])(x.wayOn()))"
        )
        page_.act(kind, step, expert)

    assert tab.locator("#solved").count() == 1


def test_what_is_turned_away_is_said_where_its_button_was(opened: Open) -> None:
    """Where the button is gone after the click, as carol's offer is while bob is busy, her own window says why."""
    page_ = opened("#g=busy")
    page_.act(*page_.way()[0])

    assert "turned away" in page_.tab.inner_text("#experts .turned")
    assert page_.tab.get_attribute('[data-power="look_on 1"]', "data-look") == "no"
    assert "somebody else is asked about or served" in page_.tab.inner_text('[data-power="look_on 1"]')


def test_a_check_that_nobody_notices_is_told(opened: Open) -> None:
    """The refresh task changes something, and the page says so, though no side hears of it."""
    page_ = opened("#g=view")
    page_.act(*page_.way()[0])

    assert "is admitted" in page_.tab.inner_text("#last")
    assert "is admitted" in page_.tab.inner_text("#said")


def test_the_menu_folds(opened: Open) -> None:
    """The menu is folded by Esc, by a click beside it, and by a choice of rules."""
    page_ = opened()
    tab = page_.tab
    page_.menu()
    tab.keyboard.press("Escape")
    assert tab.locator(".menu[open]").count() == 0
    page_.menu()
    tab.click("#title")
    assert tab.locator(".menu[open]").count() == 0
    page_.menu()
    tab.select_option('select[data-key="machine"]', "M08")
    assert tab.locator(".menu[open]").count() == 0


def test_a_way_is_shown_to_whoever_had_all_hints(opened: Open) -> None:
    """After the third hint the rest of the way is shown, from where the reader stands."""
    page_ = opened("#g=view")
    tab = page_.tab
    page_.act(*page_.way()[0])
    for at in (1, 2, 3):
        tab.click(f'button:has-text("Hint {at} of 3")')
    tab.click('button[data-key="show me"]')
    tab.wait_for_selector("#solved")

    assert tab.evaluate("rasim.then(x => x.way.length)") == 4


def test_a_word_is_explained_where_it_is_met(opened: Open) -> None:
    """*ticket* and *refresh task* are buttons in the text of the lesson, and a note says what they are."""
    tab = opened("#g=view").tab
    for word, says in (("ticket", "is good for one offer"), ("refresh task", "who the list of helpers means now")):
        tab.click(f'#task button[data-key="term {word}"]')
        note = tab.locator(".note:popover-open")
        assert says in note.inner_text()
        tab.keyboard.press("Escape")
        assert note.count() == 0


def tab_to(tab: Any, key: str) -> None:
    """Press the tabulator until what has this key, or is this step, has the focus."""
    for _ in range(400):
        tab.keyboard.press("Tab")
        if key in tab.evaluate("[document.activeElement.dataset.key || '', document.activeElement.dataset.step || '']"):
            return
    raise AssertionError(f"no key leads to {key}")


@pytest.mark.parametrize(
    "lesson",
    [name if name in {"policy", "unlisted"} else pytest.param(name, marks=pytest.mark.exhaustive) for name in LESSONS],
)
def test_a_lesson_is_solved_by_keys_alone(opened: Open, lesson: str) -> None:
    """Each lesson is chosen and solved without a pointer."""
    page_ = opened()
    tab = page_.tab
    tab_to(tab, f"lesson {lesson}")
    tab.keyboard.press("Enter")
    assert tab.evaluate("rasim.then(x => x.lesson.name)") == lesson
    for kind, step, expert in page_.way():
        if kind == "policy is applied":
            tab_to(tab, "policy new control")
            tab.keyboard.press("ArrowUp")
            tab_to(tab, "policy apply")
        else:
            if expert > 0 and tab.locator(f'[data-step="{step}"]').count() == 0:
                tab_to(tab, f"front {expert}")
                tab.keyboard.press("Enter")
            side = tab.evaluate(
                f"""(document.querySelector('[data-step="{step}"]').closest('details:not([open])') || {{firstElementChild: {{dataset: {{}}}}}})
                .firstElementChild.dataset.key || ''"""
            )
            if side:
                tab_to(tab, side)
                tab.keyboard.press("Enter")
            tab_to(tab, step)
        tab.keyboard.press("Enter")

    assert "Solved" in tab.inner_text("#solved")


def test_a_link_shows_the_same(opened: Open) -> None:
    """What the address says is enough: opened elsewhere the page shows the same, mistake, hostile experts and way included."""
    first = opened()
    first.choose("machine", "M22")
    first.menu()
    first.tab.check('input[data-key="hostile"]')
    first.tab.check('input[data-key="empty"]')
    first.tab.click(".menu > summary")
    first.tab.click('button[data-key="policy apply"]')
    first.tab.click('#user-hands button:has-text("Log on")')
    shown, fragment = first.tab.inner_text("main"), first.tab.evaluate("location.hash")
    second = opened(fragment)

    assert second.tab.inner_text("main") == shown
    assert second.tab.evaluate("location.hash") == fragment


@pytest.mark.parametrize(
    ("fragment", "notice"),
    [
        ("#v=00000000&p=0.1", "another version of the rules"),
        ("#p=zz.zz", "cannot be read from step 1 on"),
        ("#p=0.1-<b>", "cannot be read"),
        ("#m=M99&g=none&l=xx", ""),
    ],
)
def test_a_link_that_is_not_good_is_told(opened: Open, fragment: str, notice: str) -> None:
    """A link of other rules, or one that was cut, shows no state that it does not say, and a sentence."""
    tab = opened(fragment).tab

    assert notice in tab.inner_text("#task")
    assert tab.evaluate("rasim.then(x => x.way.length)") == (1 if fragment == "#p=0.1-<b>" else 0)


def test_back_and_forward_go_step_by_step(opened: Open) -> None:
    """Buttons, arrow keys and the browser's own back each take one step back, and forward again."""
    page_ = opened()
    page_.free(empty=True)
    tab = page_.tab
    tab.click('#user-hands button:has-text("Log on")')
    tab.click('button[data-key="policy apply"]')
    steps = "rasim.then(x => x.way.length)"

    tab.click('button[data-key="back"]')
    assert tab.evaluate(steps) == 1
    tab.focus("#hands")
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate(steps) == 2
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.press("ArrowLeft")
    assert tab.evaluate(steps) == 0
    tab.go_back()
    assert tab.evaluate(steps) == 1


def test_what_is_turned_away_says_by_which_setting(opened: Open) -> None:
    """Under a policy file a refusal names the setting, its value, the file and the byte."""
    path = ROOT / "scenarios" / "who-may-offer" / "branch.pol"
    given = of_policy(read_policy_files([(path.name, path.read_bytes())]), path.name)
    tab = opened(**given).tab
    for name in ("Ask whether an offer may be made", "Offer help"):
        tab.click(f'#experts button:has-text("{name}") >> nth=0')
    tab.click('#user button:has-text("Yes")')
    tab.click('#experts button:has-text("Request control")')

    why = tab.inner_text("#experts .turned")
    assert "policy lets helpers only view" in why
    assert "[fAllowUnsolicitedFullControl = REG_DWORD 0, branch.pol: offset 182]" in why


def test_a_mistake_is_found_and_shown(opened: Open) -> None:
    """With a mistake the button that breaks a promise says so, the promise's lamp too, and the shortest way is shown on demand."""
    page_ = opened()
    page_.choose("machine", "M01")
    tab = page_.tab
    assert tab.locator('[data-lamp="would_break"]').count() == 0
    tab.click('summary[data-key="ways"]')
    tab.click('button[data-key="shortest silence_refuses"]')
    tab.wait_for_selector('[data-lamp="is_broken"][data-promise="silence_refuses"]', state="attached")

    assert "time passing is never a yes" in tab.inner_text("#alert")
    assert "Found: a promise is broken." in tab.inner_text("#task")
    tab.click('button[data-key="back"]')
    assert "would break: " not in tab.inner_text("#behind")
    tab.check('input[data-key="marks"]')
    assert tab.locator('[data-lamp="would_break"][data-promise="silence_refuses"]').count() == 1
    assert "would break: " in tab.inner_text("#behind")


def test_a_way_is_saved_in_other_forms(opened: Open, tmp_path: Path) -> None:
    """The way of a lesson is a scenario that plays and passes, a test that holds, Mermaid, and an SVG."""
    page_ = opened()
    for step in page_.way():
        page_.act(*step)
    page_.menu()
    forms = {}
    for kind in ("scenario", "pytest", "mermaid", "svg"):
        with page_.tab.expect_download() as waiting:
            page_.tab.click(f'button[data-key="export {kind}"]')
        waiting.value.save_as(tmp_path / kind)
        forms[kind] = (tmp_path / kind).read_text(encoding="utf-8")
    played = elsewhere(play, read_scenario(forms["scenario"], "explored.yaml"))
    space: dict[str, Any] = {}
    exec(compile(forms["pytest"], "test_explored.py", "exec"), space)  # noqa: S102  (the test file that the page wrote)
    elsewhere(space["test_this_way_breaks_no_promise"])

    assert played.verdict == "passed"
    assert any(line.line.event == "control_granted" for line in played.trace)
    assert forms["mermaid"].startswith("sequenceDiagram\n    participant anna\n")
    assert forms["svg"].startswith("<svg xmlns=")


def test_a_trace_is_followed(opened: Open) -> None:
    """A scenario's trace is followed line by line: what each side sees at each, and the judge's verdict on the whole."""
    scenario = read_scenario(TRACED, "traced.yaml")
    tab = opened(**of_trace(list(enumerate(elsewhere(play, scenario).trace, 1)), "traced.yaml")).tab

    assert "Kept, as far as it was asked: traced.yaml" in tab.inner_text("#task")
    assert "Before the first of 16 lines." in tab.inner_text("#last")
    asked = "rasim.then(x => x.trace.lines.findIndex(each => each.line.event === 'prompt_shown') + 1)"
    for _ in range(tab.evaluate(asked)):
        tab.keyboard.press("ArrowRight")
    assert "eve would like to view this computer." in tab.inner_text("#user")
    assert tab.locator("#user button, #experts .window button").count() == 0
    for _ in range(16):
        tab.keyboard.press("ArrowRight")
    assert "eve views this screen" in tab.inner_text("#user")
    assert "Line 16 of 16" in tab.inner_text("#last")


TRACED = """\
rasim: 1
scenario: an offer is accepted
policy: {offer: enabled, mode: view, helpers: ['CORP\\eve']}
people:
  eve: {account: 'CORP\\eve'}
  sam: {account: 'CORP\\sam', uses: s1}
steps:
- eve: offers help to sam
- sam: accepts eve
"""


@pytest.mark.parametrize(
    "case", ["case-03-buttons-vanish-and-access-is-there", "case-27-view-only-is-the-viewers-own-word"]
)
def test_a_broken_line_is_shown_on_the_desktop(opened: Open, case: str) -> None:
    """At the line at which a real product let somebody in the stranger is on the user's screen, with the judge's own words."""
    (path,) = CASES.glob(f"{case}*.bad.jsonl")
    lines = list(read_trace(path.read_text(encoding="utf-8").splitlines(), path.name))
    given = of_trace(lines, path.name)
    tab = opened(**given).tab
    judged = given["trace"]["judged"]
    seen = next(each for each in judged["broken"] if each["promise"] in STRANGE)
    tab.evaluate("number => rasim.then(x => x.goTo(number))", seen["number"])

    assert seen["because"] in tab.inner_text("#alert")
    assert tab.locator("#user .monitor.broken .stranger").count() == 1
    tab.click('summary[data-key="judged"]')
    assert tab.locator('[data-judged="broken"] li').count() == len(judged["broken"])


STRANGE = {
    *("never_connected_unannounced", "nothing_shown_before_acceptance"),
    *("acceptance_gives_view_only", "control_needs_its_own_click"),
}


@pytest.mark.parametrize("every", [15, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_public_cases_are_followed_line_by_line(opened: Open, every: int) -> None:
    """All traces of the public cases and their twins are followed to the end: what is broken is said at its line, and nothing else is."""
    files = sorted(CASES.glob("*.jsonl"))[::every]
    traces = [
        of_trace(list(read_trace(file.read_text(encoding="utf-8").splitlines(), file.name)), file.name)["trace"]
        for file in files
    ]
    said = opened().tab.evaluate(
        """traces => rasim.then(x => traces.map(trace => {
          x.given.trace = x.trace = trace;
          const said = [];
          for (let at = 0; at <= trace.lines.length; at += 1) {
            x.goTo(at);
            said.push(document.querySelectorAll("#alert p").length);
          }
          return [document.querySelector("#verdict-on h2").textContent, said];
        }))""",
        traces,
    )

    assert len(files) == {1: 106, 15: 8}[every]
    for trace, (title, counts) in zip(traces, said, strict=True):
        judged = trace["judged"]
        at = [sum(each["number"] == line["number"] for each in judged["broken"]) for line in trace["lines"]]
        assert counts == [0, *at]
        assert title.startswith(
            {"broken": "Broken: ", "kept": "Kept, as far", "cannot tell": "Cannot tell: "}[judged["verdict"]]
        )


def test_what_is_no_trace_is_told(opened: Open) -> None:
    """A file that is no trace is said to be none."""
    tab = opened().tab
    page_file = {"name": "t.jsonl", "mimeType": "text/plain", "buffer": b"no JSON"}
    tab.set_input_files('input[data-key="import"]', page_file)
    tab.wait_for_selector("#task .notice")

    assert "is no trace" in tab.inner_text("#task")


def test_a_trace_opened_in_the_page_is_not_judged_there(opened: Open) -> None:
    """A trace that no way through the rules leaves is shown line by line, and nothing of it is called kept: nobody judged it."""
    text = '{"seq": 1, "event": "contact", "expert": "CORP\\\\x"}\n{"seq": 2, "event": "accepted"}'
    tab = opened().tab
    tab.set_input_files(
        'input[data-key="import"]', {"name": "t.jsonl", "mimeType": "text/plain", "buffer": text.encode()}
    )
    tab.wait_for_selector("#verdict-on")

    assert "Not judged: t.jsonl" in tab.inner_text("#task")
    assert tab.locator("[data-lamp], [data-judged]").count() == 0
    assert not re.search(r"kept|✓", tab.inner_text("main"))


@pytest.mark.parametrize("width", [360, 1400])
def test_it_fits_a_phone(opened: Open, width: int) -> None:
    """On a phone and on a desk nothing has to be moved sideways."""
    page_ = opened(options={"viewport": {"width": width, "height": 740}})
    page_.lesson("policy")

    assert page_.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_has_one_desktop_and_three_tabs(opened: Open) -> None:
    """On a phone one desktop stays in sight while one scrolls, and tabs turn to anna's desktop and to the story."""
    tab = opened(options={"viewport": {"width": 390, "height": 800}}).tab
    assert (tab.is_visible("#user"), tab.is_visible("#experts"), tab.is_visible("#wire")) == (True, False, False)
    tab.evaluate("scrollTo(0, 900)")
    assert tab.locator("#user-side").bounding_box()["y"] == 0
    tab.click('button[data-key="tab expert"]')
    assert (tab.is_visible("#user"), tab.is_visible("#experts")) == (False, True)
    tab.click('button[data-key="tab story"]')
    assert (tab.is_visible("#user"), tab.is_visible("#wire"), tab.is_visible("#hands")) == (True, True, False)


def test_colours_and_motion_are_the_readers(opened: Open) -> None:
    """Dark and light are chosen whatever the system says, and motion is off where it is not wanted."""
    page_ = opened()
    page_.choose("theme", "dark")
    page_.menu()
    page_.tab.check('input[data-key="still"]')
    style = "getComputedStyle(document.documentElement)"

    assert page_.tab.evaluate(f"{style}.colorScheme") == "dark"
    assert page_.tab.evaluate(f"{style}.getPropertyValue('--slow')") == "0s"


def test_another_language_is_whole(opened: Open) -> None:
    """In German no English sentence of the page is left."""
    page_ = opened()
    page_.choose("language", "de")
    page_.lesson("view")
    said = page_.tab.inner_text("body")

    assert page_.tab.get_attribute("html", "lang") == "de"
    assert not re.search(r"\b(the|would|nobody|kept|cannot)\b", said)


def test_it_can_be_printed(opened: Open) -> None:
    """On paper there are no buttons to press, and the story is there."""
    page_ = opened()
    page_.lesson("stop")
    page_.tab.emulate_media(media="print")

    assert not page_.tab.is_visible("#hands")
    assert page_.tab.is_visible("#said")


@pytest.mark.parametrize(
    ("shown", "scheme"),
    [
        ("timer", "dark"),
        *(
            pytest.param(*rest, marks=pytest.mark.exhaustive)
            for rest in (("", "light"), ("", "dark"), ("stop", "light"), ("stop", "dark"), ("timer", "light"))
        ),
    ],
)
def test_axe_finds_no_serious_fault(opened: Open, scheme: str, shown: str) -> None:
    """An automatic checker of accessibility finds nothing serious, in light and in dark, in a lesson and with a mistake."""
    axe = HERE / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not installed: npm is missing")
    page_ = opened(options={"color_scheme": scheme, "bypass_csp": True})
    if shown:
        page_.lesson(shown)
    page_.tab.evaluate(axe.read_text(encoding="utf-8"))
    found = page_.tab.evaluate(
        "axe.run().then(result => result.violations.map(v => [v.impact, v.id, v.nodes[0].html, v.nodes[0].failureSummary]))"
    )

    assert [each for each in found if each[0] in ("serious", "critical")] == []


@pytest.mark.parametrize(
    "tool",
    [
        ("typescript", "tsc", "-p", "jsconfig.json"),
        pytest.param(("prettier", "prettier", "--print-width", "120", "--check"), marks=pytest.mark.exhaustive),
    ],
)
def test_the_scripts_are_typed_and_tidy(tool: tuple[str, ...]) -> None:
    """The page's scripts say their types, and hold to them; they are laid out in one way."""
    package, command, *options = tool
    run = HERE / "node_modules" / ".bin" / command
    if not (HERE / "node_modules" / package).exists():
        pytest.skip(f"{package} is not installed: npm is missing")
    scripts = [str(path) for path in sorted((ROOT / "rasim/web/assets").glob("*.js"))] if package == "prettier" else []
    done = subprocess.run([run, *options, *scripts], cwd=HERE, capture_output=True, text=True, check=False)  # noqa: S603

    assert (done.returncode, done.stdout if done.returncode else "") == (0, "")


def test_a_served_page_comes_again_when_its_file_changes(browser: Any, tmp_path: Path) -> None:
    """In the browser the page changes with its file, shows what is wrong with a wrong one, and comes back: once for each change."""
    file = tmp_path / "traced.yaml"
    file.write_text(TRACED, encoding="utf-8")
    signs: list[str] = []

    def made(sign: str) -> str:
        signs.append(sign)
        trace = elsewhere(play, read_scenario(file.read_text(encoding="utf-8"), file.name)).trace
        return page({"version": "0", **of_trace(list(enumerate(trace, 1)), file.name)}, served=sign)

    server = Server(made, [str(file)])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    tab = browser.new_page(locale="en-US")
    try:
        tab.goto(server.address)
        tab.wait_for_selector("text=Before the first of 16 lines.")
        file.write_text("rasim: 1\nscenario: wrong\n", encoding="utf-8")
        tab.wait_for_selector("text=This cannot be read")
        file.write_text(TRACED.replace("- sam: accepts eve\n", ""), encoding="utf-8")
        tab.wait_for_selector("text=Before the first of 9 lines.")
    finally:
        tab.close()
        server.shutdown()
        thread.join()
        server.server_close()

    assert len(signs) == 3 == len({*signs})


@pytest.mark.exhaustive
def test_most_scenarios_are_followed(opened: Open) -> None:
    """Of the scenarios' traces four fifths are followed whole; of the others each is told with the line at which the page stops."""
    tab = opened().tab
    files = sorted((ROOT / "scenarios").rglob("*.yaml"))
    played = [elsewhere(play, read_scenario(file.read_text(encoding="utf-8"), str(file))).trace for file in files]
    traces = ["\n".join(json.dumps(recorded.as_json()) for recorded in trace) for trace in played]
    ends = tab.evaluate(
        """traces => rasim.then(x => traces.map(text => {
          const trace = Share.lines(text);
          const { whole, stopped } = Share.followed(x.machine, trace);
          return [whole, stopped, trace.length];
        }))""",
        traces,
    )

    assert sum(whole for whole, _, _ in ends) >= 0.8 * len(files)
    assert all(stopped == -1 if whole else 0 <= stopped < lines for whole, stopped, lines in ends)


def test_a_system_says_what_its_firewall_lets_through(opened: Open) -> None:
    """With a system chosen the ticks of exceptions decide the way of offers and port 3389, and what cannot be told counts as closed."""
    page_ = opened()
    page_.free()
    tab = page_.tab
    tab.select_option('select[data-key="policy system"]', "windows-server-2003-sp1")
    tab.uncheck('input[data-key="policy tick desktop"]')
    assert "Offers: blocked. Port 3389: closed. Missing: remote desktop." in tab.inner_text("#verdict")
    tab.click('button[data-key="policy apply"]')
    assert "offers (135, helpsvc): closed" in tab.inner_text("#ports")

    tab.check('input[data-key="policy tick desktop"]')
    tab.click('button[data-key="policy apply"]')
    assert "offers (135, helpsvc): open" in tab.inner_text("#ports")
    assert "port 3389: open" in tab.inner_text("#ports")

    tab.select_option('select[data-key="policy system"]', "windows-11")
    assert "cannot tell" in tab.inner_text("#verdict")
    tab.click('button[data-key="policy apply"]')
    assert "offers (135, helpsvc): closed" in tab.inner_text("#ports")


def test_a_policy_fits_the_rules_that_are_chosen(opened: Open) -> None:
    """What was filled in and is not in a mistake's smaller model, offers not configured, an open port or a system, is not asked of it."""
    page_ = opened()
    page_.free()
    for key, value in (("new offers", "not configured"), ("new port 3389", "always open"), ("system", "windows-11")):
        page_.choose(f"policy {key}", value)
    page_.choose("machine", "M01")
    page_.tab.click('button[data-key="policy apply"]')

    assert "offers disabled" in page_.tab.inner_text("#last")


def test_escape_takes_control_back(opened: Open) -> None:
    """The key Escape stops control at once, as it does at the user's own computer; where nobody has control it does nothing."""
    tab = opened("#g=stop").tab
    for _ in range(2):
        tab.keyboard.press("Escape")

    assert tab.evaluate("rasim.then(x => [x.way.length, x.solved])") == [1, True]


@pytest.mark.parametrize("name", ["M01", "M13", "M22"])
def test_a_counterexample_is_followed_under_its_mistake(opened: Open, name: str) -> None:
    """The shortest way to what a mistake breaks is opened as a trace under that mistake, and ends at the broken promise."""
    surroundings = Surroundings(mistaken_model(SHOWN[name].change(table())))
    steps = {(step.expert, *names_of(step)): step for step in surroundings.steps}
    ((promise, way),) = teaching()["mistakes"][name]["ways"].items()
    state, lines = surroundings.first, list(surroundings.opening)
    for step in way:
        edge = next(each for each in surroundings.edges(state) if each.step is steps[tuple(step)])
        state, lines = edge.target, [*lines, *edge.lines]
    text = "\n".join(json.dumps(Recorded(n + 1, line).as_json()) for n, line in enumerate(lines))
    page_ = opened()
    page_.choose("machine", name)
    tab = page_.tab
    tab.set_input_files(
        'input[data-key="import"]', {"name": "found.jsonl", "mimeType": "text/plain", "buffer": text.encode()}
    )
    tab.wait_for_selector(f'[data-lamp="is_broken"][data-promise="{promise}"]', state="attached")

    assert f"{len(lines)} lines of found.jsonl followed, {len(way)} steps" in tab.inner_text("#task")
