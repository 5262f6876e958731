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
from rasim.scenario import play, read_scenario
from rasim.verify.states.surroundings import Surroundings
from rasim.web.page import asset, page, teaching
from rasim.web.page_input import of_policy, of_trace
from rasim.web.serve import Server

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LESSONS = re.findall(r'name: "(\w+)"', asset("lessons.js"))
Open = Callable[..., Any]


def elsewhere(ask: Callable[..., Any], *arguments: Any) -> Any:
    """Ask in another thread: in this one the browser's driver keeps a loop running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask, *arguments).result()


def policy_form(tab: Any, **chosen: Any) -> None:
    """Fill in the administrator's policy."""
    for key, label in chosen.items():
        tab.select_option(f'select[data-key="policy {key.replace("_", " ")}"]', label=label)


def test_the_page_is_small_and_asks_nobody() -> None:
    """The page is one file of less than 400 kB, and its policy lets the browser load nothing."""
    text = page({"version": "0"})

    assert len(text.encode()) < 400_000
    assert "default-src 'none'" in text
    assert re.findall(r'(?:src|href)="(?!data:|#)', text) == []


def test_it_opens_without_a_word(opened: Open) -> None:
    """It opens from disk, asks for nothing, logs nothing, and shows both sides."""
    tab = opened().tab

    assert tab.inner_text("#title") == "rasim: offer and consent"
    assert "Nobody is logged on." in tab.inner_text("#user")
    assert "anna's window" in tab.inner_text("#experts")


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_solved_by_clicks(opened: Open, lesson: str) -> None:
    """Each lesson is solved by clicking what its way names, and not before."""
    page_ = opened()
    page_.choose("lesson", lesson)
    tab = page_.tab
    for kind, step in page_.way():
        assert tab.locator("#solved").count() == 0
        if kind == "policy is applied":
            policy_form(tab, new_control="only view")
            tab.click('button[data-key="policy apply"]')
        else:
            tab.click(f'button[data-key="act {step}"]')

    assert "Solved" in tab.inner_text("#solved")


def tab_to(tab: Any, key: str) -> None:
    """Press the tabulator until what has this key has the focus."""
    for _ in range(400):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.dataset.key || ''") == key:
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
    tab_to(tab, "lesson")
    for _ in range(LESSONS.index(lesson) + 1):
        tab.keyboard.press("ArrowDown")
    assert tab.evaluate("rasim.then(x => x.lesson.name)") == lesson
    for kind, step in page_.way():
        if kind == "policy is applied":
            tab_to(tab, "policy new control")
            tab.keyboard.press("ArrowUp")
            tab_to(tab, "policy apply")
        else:
            tab_to(tab, f"act {step}")
        tab.keyboard.press("Enter")

    assert "Solved" in tab.inner_text("#solved")


def test_a_link_shows_the_same(opened: Open) -> None:
    """What the address says is enough: opened elsewhere the page shows the same, mistake, hostile experts and way included."""
    first = opened()
    first.choose("machine", "M22")
    first.tab.check('input[data-key="hostile"]')
    first.tab.click('button[data-key="policy apply"]')
    first.tab.click('ul button.act:has-text("Log on")')
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
    assert tab.evaluate("rasim.then(x => x.taken.length)") == 0 or fragment == "#p=0.1-<b>"


def test_back_and_forward_go_step_by_step(opened: Open) -> None:
    """Buttons, arrow keys and the browser's own back each take one step back, and forward again."""
    tab = opened().tab
    tab.click('ul button.act:has-text("Log on")')
    tab.click('button[data-key="policy apply"]')
    steps = "rasim.then(x => x.way.length)"

    tab.click('button[data-key="back"]')
    assert tab.evaluate(steps) == 1
    tab.focus("#acts")
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
    for text in ("The refresh task checks", "Log on"):
        tab.click(f'ul button.act:has-text("{text}")')
    for name in ("Ask whether an offer may be made", "Offer help"):
        tab.click(f'#experts button:has-text("{name}") >> nth=0')
    tab.click('#user button:has-text("Yes")')

    why = tab.inner_text('li:has(> button:has-text("Request control")) .why >> nth=0')
    assert "policy lets helpers only view" in why
    assert "[fAllowUnsolicitedFullControl = REG_DWORD 0, branch.pol: offset 182]" in why


def test_a_mistake_is_found_and_shown(opened: Open) -> None:
    """With a mistake the button that breaks a promise says so, the promise's lamp too, and the shortest way is shown on demand."""
    page_ = opened()
    page_.choose("machine", "M01")
    tab = page_.tab
    assert tab.locator('[data-lamp="would_break"]').count() == 0
    tab.click('button[data-key="shortest silence_refuses"]')
    tab.wait_for_selector('[data-lamp="is_broken"][data-promise="silence_refuses"]')

    assert "time passing is never a yes" in tab.inner_text("#alert")
    tab.click('button[data-key="back"]')
    assert tab.locator('[data-lamp="would_break"][data-promise="silence_refuses"]').count() == 1
    assert "would break: " in tab.inner_text("#acts")


def test_a_way_is_saved_in_other_forms(opened: Open, tmp_path: Path) -> None:
    """The way of a lesson is a scenario that plays and passes, a test that holds, Mermaid, and an SVG."""
    page_ = opened()
    page_.choose("lesson", "control")
    page_.tab.click('button[data-key="show me"]')
    page_.tab.wait_for_selector("#solved")
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
    """A scenario's trace is followed line by line to where it ends, whatever its ids."""
    scenario = read_scenario(TRACED, "traced.yaml")
    tab = opened(**of_trace(elsewhere(play, scenario).trace, "traced.yaml")).tab

    assert re.search(r"\d+ lines of traced.yaml followed, 6 steps", tab.inner_text("#task"))
    assert tab.evaluate("rasim.then(x => x.machine.value(x.state(), 0, 'phase'))") == "viewing"


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
    ("text", "notice"),
    [
        ("no JSON", "is no trace"),
        (
            '{"seq": 1, "event": "contact", "expert": "CORP\\\\x"}\n{"seq": 2, "event": "accepted"}',
            "cannot be followed from line",
        ),
    ],
)
def test_a_trace_that_cannot_be_followed_is_told(opened: Open, text: str, notice: str) -> None:
    """What is no trace, or none of these rules, is told with the line, and what came before is shown."""
    tab = opened().tab
    tab.set_input_files(
        'input[data-key="import"]', {"name": "t.jsonl", "mimeType": "text/plain", "buffer": text.encode()}
    )
    tab.wait_for_selector("#task .notice")

    assert notice in tab.inner_text("#task")


@pytest.mark.parametrize("width", [360, 1400])
def test_it_fits_a_phone(opened: Open, width: int) -> None:
    """On a phone and on a desk nothing has to be moved sideways."""
    page_ = opened(options={"viewport": {"width": width, "height": 740}})
    page_.choose("lesson", "policy")

    assert page_.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_another_language_is_whole(opened: Open) -> None:
    """In German no English sentence of the page is left."""
    page_ = opened()
    page_.choose("language", "de")
    page_.choose("lesson", "control")
    said = page_.tab.inner_text("body")

    assert page_.tab.get_attribute("html", "lang") == "de"
    assert not re.search(r"\b(the|would|nobody|kept|cannot)\b", said)


def test_it_can_be_printed(opened: Open) -> None:
    """On paper there are no buttons to press, and the story is there."""
    page_ = opened()
    page_.choose("lesson", "stop")
    page_.tab.emulate_media(media="print")

    assert not page_.tab.is_visible("#acts")
    assert page_.tab.is_visible("#story")


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
        page_.choose("lesson", shown)
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
        return page({"version": "0", **of_trace(trace, file.name)}, served=sign)

    server = Server(made, [str(file)])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    tab = browser.new_page(locale="en-US")
    try:
        tab.goto(server.address)
        tab.wait_for_selector("text=16 lines of traced.yaml followed")
        file.write_text("rasim: 1\nscenario: wrong\n", encoding="utf-8")
        tab.wait_for_selector("text=This cannot be read")
        file.write_text(TRACED.replace("- sam: accepts eve\n", ""), encoding="utf-8")
        tab.wait_for_selector("text=9 lines of traced.yaml followed")
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
    tab = opened().tab
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
    for key, value in (("new offers", "not configured"), ("new port 3389", "always open"), ("system", "windows-11")):
        page_.choose(f"policy {key}", value)
    page_.choose("machine", "M01")
    page_.tab.click('button[data-key="policy apply"]')

    assert "disabled" in page_.tab.inner_text("#story")


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
    tab.wait_for_selector(f'[data-lamp="is_broken"][data-promise="{promise}"]')

    assert f"{len(lines)} lines of found.jsonl followed, {len(way)} steps" in tab.inner_text("#task")
