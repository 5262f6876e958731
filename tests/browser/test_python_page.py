"""The page with Python in it, in a browser that is offline: what is dropped there is answered as the command answers it.

Making it and starting Python cost some ten seconds of work, so one tab serves all of these tests, which take away what they dropped.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest
from pages import HANGS

from rasim.cli.in_the_page import asked
from rasim.web.python.pyodide import needed_pyodide, parts_of_pyodide
from rasim.web.python.whole import page_with_python

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYODIDE = HERE / "node_modules" / "pyodide"
POLICY = ROOT / "scenarios" / "who-may-offer" / "branch.pol"
TRACE = ROOT / "tests" / "data" / "cases" / "case-01-caller-joins-while-it-rings.bad.jsonl"
LARGEST: Final = 15_000_000
"""Bytes that the page has at most."""

pytestmark = pytest.mark.exhaustive


class Desk:
    """The page, open: what it asked for, what it complained about, and how a person uses it."""

    def __init__(self, browser: Any, address: str, **options: Any) -> None:
        self.context = browser.new_context(locale="en-US", reduced_motion="reduce", offline=True, **options)
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(HANGS)
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.address = address
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.tab.goto(address)

    def begun(self) -> "Desk":
        """Wait until Python runs."""
        self.tab.wait_for_selector("html[data-state=ready]")
        return self

    def clear(self) -> None:
        """Take away what was dropped."""
        self.tab.evaluate("rasim.things = []; rasim.question = 'audit'; rasim.filled.expert = ''; rasim.hold()")
        self.begun()

    def pick(self, *paths: Path, folder: bool = False) -> dict[str, Any]:
        """Choose files, or a folder, and return what the first answer is."""
        where = "pick_folder" if folder else "pick_files"
        self.tab.set_input_files(
            f"input[data-pick={where}]", [str(path) for path in paths] if not folder else str(paths[0])
        )
        return self.answer("audit")

    def answer(self, question: str) -> dict[str, Any]:
        """Return an answer as soon as it is there."""
        self.tab.wait_for_selector(f"#answer[data-answers={question}]", state="attached")
        found: dict[str, Any] = self.tab.evaluate(f"rasim.answers.get('{question}').answer")
        return found

    def ask(self, question: str) -> dict[str, Any]:
        """Turn to a question by its button."""
        self.tab.click(f'[data-key="ask {question}"]')
        return self.answer(question)

    def explain(self, expert: str) -> dict[str, Any]:
        """Ask why somebody may or may not."""
        self.tab.click('[data-key="ask explain"]')
        self.tab.fill("[data-key=expert]", expert)
        self.tab.press("[data-key=expert]", "Enter")
        return self.answer("explain")

    def check(self) -> None:
        """See that it complained about nothing, and asked nobody: what it has of itself is no request that leaves."""
        assert self.complaints == []
        assert [url for url in self.asked if url != self.address and not url.startswith("blob:null/")] == []


@pytest.fixture(scope="module")
def python_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page as the command does."""
    if not PYODIDE.exists():
        pytest.skip("pyodide is not installed: npm is missing")
    path = tmp_path_factory.mktemp("python") / "page.html"
    line = ["-m", "rasim", "explore", "--with-python", "--pyodide", str(PYODIDE), "-o", str(path)]
    subprocess.run([sys.executable, *line], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "1"})  # noqa: S603
    return path


@pytest.fixture(scope="module")
def only_desk(browser: Any, python_page: Path) -> Iterator[Desk]:
    """Open the page once."""
    open_ = Desk(browser, python_page.as_uri())
    yield open_
    open_.context.close()


@pytest.fixture
def desk(only_desk: Desk) -> Iterator[Desk]:
    """Give the page with nothing dropped, and see afterwards that it asked nobody."""
    only_desk.begun()
    only_desk.clear()
    yield only_desk
    only_desk.check()


def commanded(folder: Path, *line: str) -> dict[str, Any]:
    """Return what the command answers in a folder, in another thread: in this one the browser's driver keeps a loop running."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asked, line, "").result()
    finally:
        os.chdir(before)


def alike(answer: dict[str, Any], command: dict[str, Any]) -> bool:
    """Tell whether the page answers what the command does: every byte of its output, of its errors, and its exit code."""
    return [answer[key] for key in ("code", "out", "err")] == [command[key] for key in ("code", "out", "err")]


def test_the_page_is_one_file_of_at_most_fifteen_megabytes(python_page: Path) -> None:
    """The command writes one file, small enough to be handed on, and the same bytes in another process."""
    made = page_with_python(parts_of_pyodide(str(PYODIDE), needed_pyodide()))

    assert python_page.stat().st_size <= LARGEST
    assert python_page.read_text(encoding="utf-8") == made


def test_it_says_that_it_starts_and_then_that_it_is_ready(
    only_desk: Desk, record_property: Callable[..., None]
) -> None:
    """A file can be chosen while Python starts, and the first answer comes by itself; how long it took is told, and not judged."""
    tab = only_desk.tab
    assert "Python is starting in this page" in tab.inner_text("#state")
    only_desk.pick(POLICY)
    times = tab.evaluate("rasim.times")
    record_property("milliseconds until the first answer", times)
    print(f"the page with Python: ready after {times['ready']:.0f} ms, first answer after {times['answer']:.0f} ms")  # noqa: T201

    assert "Nothing leaves this page" in tab.inner_text("#state")
    assert "rasim audit branch.pol" in tab.inner_text("#answer")
    only_desk.check()


def test_every_file_of_the_corpus_is_answered_byte_for_byte(desk: Desk, corpus: Path) -> None:
    """Each real file, dropped alone, has the JSON, the errors and the exit code of `rasim audit --format json`."""
    files = sorted(path for path in corpus.iterdir() if path.is_file())
    other = []
    for file in files:
        desk.clear()
        if not alike(desk.pick(file), commanded(corpus, "audit", "--format", "json", file.name)):
            other.append(file.name)

    assert other == []
    assert len(files) > 20


def test_a_folder_is_answered_as_one(desk: Desk, corpus: Path) -> None:
    """A folder is walked as the command walks it."""
    answer = desk.pick(corpus, folder=True)

    assert alike(answer, commanded(corpus.parent, "audit", "--format", "json", corpus.name))
    assert f"{corpus.name}/" in desk.tab.inner_text("#things")


def test_what_is_dropped_with_the_pointer_is_taken(desk: Desk) -> None:
    """Files dropped anywhere in the page are taken; two of one name both are."""
    drop = """text => { const all = new DataTransfer();
        for (const name of ["a.reg", "a.reg"]) all.items.add(new File([text], name));
        document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: all, bubbles: true, cancelable: true})); }"""
    desk.tab.evaluate(drop, "Windows Registry Editor Version 5.00\r\n\r\n")
    desk.tab.wait_for_selector(".thing >> nth=1")
    files = json.loads(desk.answer("audit")["out"])["files"]

    assert [path for each in files for path in each["paths"]] == ["a.reg", "2/a.reg"]


def test_several_files_are_merged_in_their_order(desk: Desk) -> None:
    """With the tick they are one policy, lowest precedence first, and the order can be changed."""
    other = POLICY.with_name("helpdesk.pol")
    desk.pick(POLICY, other)
    desk.tab.check("[data-key=as-one]")
    desk.tab.wait_for_selector("#answer code:has-text('--as-one branch.pol')")
    desk.tab.click(f'[data-key="raise {other.name}"]')
    desk.tab.wait_for_selector(f"#answer code:has-text('--as-one {other.name} branch.pol')")

    assert alike(
        desk.answer("audit"), commanded(POLICY.parent, "audit", "--format", "json", "--as-one", other.name, POLICY.name)
    )
    desk.tab.uncheck("[data-key=as-one]")
    desk.begun()


def test_a_broken_file_is_told_as_the_command_tells_it(desk: Desk, tmp_path: Path) -> None:
    """What cannot be read has the typed error with its place and exit code 2; the page is not blank."""
    broken = tmp_path / "broken.pol"
    broken.write_bytes(POLICY.read_bytes()[:-3])
    answer = desk.pick(broken)
    tab = desk.tab

    assert answer["code"] == 2
    assert alike(answer, commanded(tmp_path, "audit", "--format", "json", broken.name))
    assert answer["err"].strip() == tab.inner_text("#answer .err")
    assert "broken.pol: offset" in answer["err"]
    assert "exit code 2: a file or a name cannot be read" in tab.inner_text("#answer .line")
    assert tab.inner_text("#answer .rasim-report").strip() != ""


def test_explain_says_why_of_an_expert_in_a_group(desk: Desk, tmp_path: Path) -> None:
    """With a file of groups dropped beside the policy the explanation is that of the command; a wrong name is an error, and said."""
    members = tmp_path / "members.yaml"
    members.write_text("CORP\\Helpdesk: [CORP\\anna]\n", encoding="utf-8")
    policy = tmp_path / "branch.pol"
    policy.write_bytes(POLICY.read_bytes())
    desk.pick(policy, members)
    answer = desk.explain("CORP\\anna")
    line = ("explain", "--format", "json", "--expert", "CORP\\anna", "--groups", "members.yaml", "branch.pol")

    assert alike(answer, commanded(tmp_path, *line))
    assert "anna" in desk.tab.inner_text("#answer .rasim-report")
    wrong = desk.explain("anna")
    assert wrong["code"] == 2
    assert "exit code 2" in desk.tab.inner_text("#answer .line")
    assert wrong["err"].strip() == desk.tab.inner_text("#answer .err")


def test_the_explorer_opens_under_what_was_dropped(desk: Desk) -> None:
    """In a frame the explorer runs as it would alone, under the dropped policy; its steps have addresses there, and it can be saved."""
    desk.pick(POLICY)
    answer = desk.ask("explorer")
    frame = desk.tab.frame_locator("#answer iframe")
    frame.locator("html[data-ready=yes]").wait_for()
    frame.locator('button[data-key="free"]').click()

    assert "From branch.pol" in frame.locator("main").inner_text()
    assert 'id="given">{"digest":' in answer["written"]
    assert '"policy":{"name":"branch.pol"' in answer["written"]
    with desk.tab.expect_download() as saved:
        desk.tab.click("[data-key=save-page]")
    assert saved.value.suggested_filename == "explorer.html"
    assert Path(saved.value.path()).read_text(encoding="utf-8") == answer["written"]


def test_a_trace_is_judged(desk: Desk) -> None:
    """A trace is judged as `rasim judge` judges it, and the explorer follows it with that judgement."""
    desk.tab.set_input_files("input[data-pick=pick_files]", str(TRACE))
    answer = desk.answer("judge")

    assert answer["code"] == 1
    assert alike(answer, commanded(TRACE.parent, "judge", "--format", "json", TRACE.name))
    written = desk.ask("explorer")["written"]
    assert '"verdict":"broken"' in written


def test_it_is_used_with_the_keyboard_alone(desk: Desk) -> None:
    """Files are chosen, the questions reached, and an expert asked about without a pointer; the focus is never lost."""
    tab = desk.tab
    tab.evaluate("document.activeElement.blur()")

    def tab_to(key: str) -> None:
        for _ in range(40):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.dataset.key") == key:
                return
        pytest.fail(f"the keyboard does not reach {key}")

    tab_to("pick_files")
    with tab.expect_file_chooser() as chosen:
        tab.keyboard.press("Enter")
    chosen.value.set_files(str(POLICY))
    desk.answer("audit")
    tab_to("ask explain")
    tab.keyboard.press("Enter")
    tab_to("expert")
    tab.keyboard.type("CORP\\carol")
    tab.keyboard.press("Enter")
    desk.answer("explain")

    assert tab.evaluate("document.activeElement.dataset.key") == "expert"
    assert 'rasim explain --expert "CORP\\carol" branch.pol' in tab.inner_text("#answer")


def test_what_takes_too_long_is_stopped(desk: Desk) -> None:
    """Whatever Python does can be ended; it begins anew, and what was dropped is gone, which is said."""
    desk.pick(POLICY)
    desk.tab.evaluate("rasim.state = 'working'; rasim.draw()")
    desk.tab.click("[data-key=stop]")
    desk.begun()

    assert "drop it again" in desk.tab.inner_text("#told")
    assert desk.pick(POLICY)["code"] == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_with_python(desk: Desk, scheme: str) -> None:
    """An automatic checker of accessibility finds nothing serious before and after an answer, in light and in dark."""
    axe = HERE / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not installed: npm is missing")
    desk.tab.emulate_media(color_scheme=scheme)
    desk.tab.evaluate(axe.read_text(encoding="utf-8"))
    find = "axe.run().then(result => result.violations.map(v => [v.impact, v.id, v.nodes[0].html, v.nodes[0].failureSummary]))"
    found = desk.tab.evaluate(find)
    desk.pick(POLICY)
    found += desk.tab.evaluate(find)
    desk.explain("CORP\\anna")
    found += desk.tab.evaluate(find)

    assert [each for each in found if each[0] in ("serious", "critical")] == []


def test_it_speaks_german(desk: Desk) -> None:
    """All of the page's own words change with the language; the commands' stay English, and say so to who reads aloud."""
    tab = desk.tab
    desk.pick(POLICY)
    tab.select_option('select[data-key="language"]', "de")

    assert tab.get_attribute("html", "lang") == "de"
    assert "Exit-Code 0: beantwortet" in tab.inner_text("#answer .line")
    assert tab.get_attribute("#answer .report", "lang") == "en"
    tab.select_option('select[data-key="language"]', "en")
