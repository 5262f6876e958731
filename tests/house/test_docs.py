"""The documentation: it builds without a warning, asks no other machine for anything, and what it shows is real."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
import shown
import yaml

from docs.generate.noticed import noticed
from rasim.scenario import play, read_scenario
from rasim.verify.mutants.mutants import mutants

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
TUTORIAL = DOCS / "tutorial"
# Their commands build on each other: test_first_five_minutes.py.
STEP_BY_STEP = {
    TUTORIAL / "first-five-minutes.md",
    TUTORIAL / "test-your-own-product.md",
    DOCS / "how-to" / "guard-policies-in-pull-requests.md",
    *(TUTORIAL / "ten-minutes").glob("*.md"),
}
PAGES = sorted(path for path in DOCS.rglob("*.md") if "changelog.d" not in path.parts)

LINK = re.compile(r"\]\((?P<to>[^)\s]+)\)")
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
ELSEWHERE = re.compile(r"^[\s'\"]*(?:https?:)?//", re.IGNORECASE)
IN_STYLE = re.compile(r"(?:url\(|@import)\s*['\"]?(?P<to>[^'\")\s;]+)")
# Of these elements a browser fetches what the attribute names; an <a> is followed only by who clicks on it.
FETCHED = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "object": "data",
}


def of(kind: str) -> Iterator[tuple[Path, shown.Block]]:
    """Yield every fenced block of a kind, with its page."""
    for page in PAGES:
        for block in shown.blocks(page.read_text("utf-8"), kind):
            yield page, block


def name(page: Path, line: int) -> str:
    return f"{page.relative_to(TOP).as_posix()}:{line}"


LONG = re.compile(r"rasim check .*--(experts|by-policy|swarm|spin|prove|mutants)")  # explores for many seconds
COMMANDS = [
    pytest.param(
        command,
        id=f"{page.relative_to(DOCS).as_posix()}:{command}",
        marks=[pytest.mark.exhaustive] if LONG.match(command.command) else [],
    )
    for page in PAGES
    if page not in STEP_BY_STEP
    for command in shown.commands(page.read_text("utf-8"))
]
SCENARIOS = [
    pytest.param(block, id=name(page, block.line))
    for page, block in of("yaml")
    if "rasim: 1\n" in block.text and not page.is_relative_to(TUTORIAL)
]
EXAMPLES = [pytest.param(block, id=name(page, block.line)) for page, block in of("python") if page not in STEP_BY_STEP]


class Fetched(HTMLParser):
    """Collects what a browser fetches on its own to show a page, in `found`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the element names."""
        self._style = tag == "style"
        self.found += [value for key, value in attrs if value and key == FETCHED.get(tag)]
        self.found += [style for key, value in attrs if value and key == "style" for style in IN_STYLE.findall(value)]

    def handle_data(self, data: str) -> None:
        """Note what the text of a style names."""
        if self._style:
            self.found += IN_STYLE.findall(data)
            self._style = False


def test_no_page_is_called_an_orphan() -> None:
    """Who is called an orphan is not missed where it stands in no table of contents."""
    assert [] == [page for page in PAGES if "orphan" in page.read_text("utf-8").partition("\n\n")[0]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built pages; a warning is an error."""
    folder = tmp_path_factory.mktemp("built")
    done = subprocess.run(  # noqa: S603  (our own Python)
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", folder / "kept", DOCS, folder / "pages"],
        cwd=TOP,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert 0 == done.returncode, done.stderr[-5000:]
    return folder / "pages"


@pytest.mark.exhaustive
def test_every_page_is_built_and_asks_no_other_machine(built: Path) -> None:
    """The documentation builds with warnings as errors, each page of it, and none makes a browser fetch anything from elsewhere."""
    asked = []
    expected = {page.relative_to(DOCS).with_suffix(".html").as_posix() for page in PAGES} | {"explorer.html"}
    assert set() == expected - {page.relative_to(built).as_posix() for page in built.rglob("*.html")}
    for page in built.rglob("*.html"):
        reader = Fetched()
        reader.feed(page.read_text("utf-8"))
        asked += [(page.name, what) for what in reader.found if ELSEWHERE.match(what)]
    for style in built.rglob("*.css"):
        asked += [(style.name, what) for what in IN_STYLE.findall(style.read_text("utf-8")) if ELSEWHERE.match(what)]
    assert [] == asked


@pytest.mark.exhaustive
def test_every_link_of_a_built_page_leads_somewhere(built: Path) -> None:
    """Every link of a built page to another, and to a place in it, leads there."""
    pages = {page.resolve(): page.read_text("utf-8") for page in built.rglob("*.html")}
    places = {page: set(re.findall(r"\bid=\"([^\"]+)\"", text)) for page, text in pages.items()}
    broken = []
    for page, text in pages.items():
        for to in set(re.findall(r"<a\b[^>]*?\bhref=\"([^\":]+)\"", text)) if page.name != "explorer.html" else ():
            file, _, place = to.partition("#")
            target = (page.parent / unquote(file.partition("?")[0])).resolve() if file else page
            if target.name == "explorer.html":
                place = ""  # a place of the explorer is a lesson, which tests/unit/teach asks for
            if not target.exists() or (place and target in places and unquote(place) not in places[target]):
                broken.append(f"{page.relative_to(built.resolve())}: {to}")

    assert [] == broken, "\n".join(broken)


@pytest.mark.exhaustive
def test_no_page_is_wider_than_a_phone(built: Path) -> None:
    """At 390 and at 1280 pixels no page is wider than the window; what cannot wrap scrolls in a box of its own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="pages are measured through playwright")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("pages are measured in chromium, which is not installed")
    wide = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page()
        tab.route(
            "**/*.js", lambda route: route.abort()
        )  # what they add is laid out no wider, and takes half of the time
        for page in sorted(built.rglob("*.html")):
            if page.name == "explorer.html":  # tests/browser measures it
                continue
            tab.set_viewport_size({"width": 390, "height": 800})
            tab.goto(page.as_uri(), wait_until="domcontentloaded")
            for width in (390, 1280):
                tab.set_viewport_size({"width": width, "height": 800})
                is_wide = tab.evaluate("document.documentElement.scrollWidth")
                wide += [f"{page.relative_to(built)}: {is_wide} at {width}"] if is_wide > width else []
        browser.close()

    assert [] == wide, "\n".join(wide)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("stem", "page"),
    [
        ("intun", "explanation/intune"),
        ("wildcard", "how-to/who-is-a-helper"),
        ("fixtur", "how-to/test-with-pytest"),
        ("teamview", "explanation/comparison"),
    ],
)
def test_search_finds(built: Path, stem: str, page: str) -> None:
    """What people type into the search leads to the page that answers it."""
    index = json.loads((built / "searchindex.js").read_text("utf-8").removeprefix("Search.setIndex(").removesuffix(")"))
    found = index["terms"].get(stem, []), index["titleterms"].get(stem, [])
    pages = {index["docnames"][at] for each in found for at in ([each] if isinstance(each, int) else each)}

    assert page in pages


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<script src="https://x.example/a.js"></script>', ["https://x.example/a.js"]),
        ('<link rel="stylesheet" href="//x.example/a.css">', ["//x.example/a.css"]),
        ("<style>@import 'https://x.example/f.css'; b {}</style>", ["https://x.example/f.css"]),
        ('<p style="background: url(https://x.example/a.png)">', ["https://x.example/a.png"]),
        ('<a href="https://x.example/">look</a>', []),
    ],
)
def test_what_a_browser_fetches_is_seen(html: str, found: list[str]) -> None:
    """A script, a style and a picture from elsewhere are seen, and a link that is only offered is none."""
    reader = Fetched()
    reader.feed(html)

    assert found == [what for what in reader.found if ELSEWHERE.match(what)]


def test_relative_links_lead_somewhere(top: Path, house_files: list[Path]) -> None:
    """Every relative link of every Markdown file leads to a file or folder of the repository."""
    broken = [
        f"{name(page, 0).removesuffix(':0')}: {to}"
        for page in house_files
        if page.suffix == ".md" and not page.is_relative_to(TOP / "rasim" / "teach" / "course")  # links of slides
        for to in LINK.findall(CODE.sub("", shown.BLOCK.sub("", page.read_text("utf-8"))))
        if not re.match(r"[a-z]+:|#", to) and not (page.parent / to.partition("#")[0]).exists()
    ]

    assert [] == broken, "\n".join(broken)
    assert top == TOP


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that looks like the top of the checkout, and into which a shown command may write."""
    folder = tmp_path_factory.mktemp("place")
    for each in ("README.md", "docs", "scenarios", "tests"):
        (folder / each).symlink_to(TOP / each)
    return folder


@pytest.mark.usefixtures("explored_once")
@pytest.mark.parametrize("command", COMMANDS)
def test_shown_commands_answer_so(command: shown.Shown, place: Path) -> None:
    """A command that a page shows prints what the page shows of it, and gives the exit code that the page says."""
    shown.hold(command, place)


@pytest.mark.parametrize("block", SCENARIOS)
def test_shown_scenarios_pass(block: shown.Block) -> None:
    """A scenario that a page shows passes."""
    played = play(read_scenario(block.text, str(TOP / "scenarios" / "who-may-offer" / "shown.yaml")))

    assert played.verdict == "passed", played.problems


@pytest.mark.parametrize("block", EXAMPLES)
def test_shown_python_runs(block: shown.Block, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python that a page shows runs at the top of the checkout, and so do the tests in it."""
    monkeypatch.chdir(TOP)
    names: dict[str, object] = {}
    exec(compile(block.text, "<docs>", "exec"), names)  # noqa: S102  (our own example is what is tested)
    for each, value in names.items():
        if each.startswith("test_"):
            assert callable(value)
            value()


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("policies", "told"),
    [
        (("branch.pol", "helpdesk.pol"), ("branch.pol] PASSED", "helpdesk.pol] FAILED", "1 failed, 1 passed")),
        ((), ("Empty parameter set", "1 error")),
    ],
)
def test_the_shown_fixture_runs(tmp_path: Path, policies: tuple[str, ...], told: tuple[str, ...]) -> None:
    """The fixture of the page gives each policy of a folder; one that lets helpers control fails, and so does an empty folder."""
    (block,) = (
        each for page, each in of("py") if page.name == "test-with-pytest.md" and "@pytest.fixture" in each.text
    )
    (tmp_path / "test_shown.py").write_text(block.text, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nempty_parameter_set_mark = fail_at_collect\n", "utf-8")
    (tmp_path / "policies").mkdir()
    for each in policies:
        shutil.copyfile(TOP / "scenarios" / "who-may-offer" / each, tmp_path / "policies" / each)
    plugins = [word for each in ("cacheprovider", "xdist", "randomly") for word in ("-p", f"no:{each}")]

    done = subprocess.run(  # noqa: S603  (our own Python)
        [sys.executable, "-m", "pytest", "-v", *plugins, "test_shown.py"],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip

    assert [] == [each for each in told if each not in done.stdout], done.stdout
    assert 0 != done.returncode


@pytest.mark.usefixtures("explored_once")
def test_the_kept_verdicts_are_those_of_today() -> None:
    """The cards of the promises have the verdicts that `rasim check` gives, and keep no mistake that is not made any more."""
    _, printed = shown.run("rasim check --format json", TOP, noise=False)
    answer = json.loads("\n".join(printed))

    assert noticed()["verdicts"] == {each["name"]: each["verdict"] for each in answer["promises"]}
    assert set() == set(noticed()["mistakes"]) - {mutant.name for mutant in mutants()}


def named(answer: object) -> Iterator[str]:
    """Yield every name in a JSON answer, but for what trace lines and the firewall are made of."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield key
            yield from named(value) if key not in {"trace", "firewall"} else ()
    elif isinstance(answer, list):
        for each in answer:
            yield from named(each)


@pytest.mark.parametrize(
    "command",
    [
        "audit scenarios/who-may-offer/helpdesk.pol README.md",
        "run scenarios/the-first-click",
        "check scenarios/who-may-offer/branch.pol",
        "explain scenarios/the-firewall/helpdesk-xp.pol --expert 'CORP\\anna' --os windows-xp-sp2",
        "explain --links docs/examples/corp/links.yaml docs/examples/corp --expert 'CORP\\anna' --set mode=control",
        "diff scenarios/who-may-offer/branch.pol scenarios/the-firewall/helpdesk-xp.pol",
    ],
)
def test_every_name_in_an_answer_is_explained(command: str) -> None:
    """The page of formats explains every name in the JSON answers."""
    _, printed = shown.run(f"rasim {command} --format json", TOP, noise=False)
    page = (DOCS / "reference" / "formats.md").read_text("utf-8")

    assert set() == {key for key in named(json.loads("\n".join(printed))) if f"`{key}`" not in page}


def test_shown_yaml_is_yaml() -> None:
    """Every YAML block of the pages can be read."""
    for _, block in of("yaml"):
        yaml.safe_load(block.text)


@pytest.mark.parametrize(
    ("lines", "untrue"),
    [
        (["a", "b", "c", "d"], None),
        (["a", "…", "d"], None),
        (["…", "c", "d"], None),
        (["a", "…"], None),
        (["…", "b is …", "…"], "b is …"),
        (["a", "c", "…"], "c"),
        (["…", "c", "…", "b", "…"], "b"),
        (["a", "b"], "(the end, after: b)"),
        (["a", "b", "c", "d", "e"], "e"),
    ],
)
def test_untrue_lines_are_seen(lines: list[str], untrue: str | None) -> None:
    """A line that is not printed, not there, or left out unsaid is found, and `…` leaves out what it says."""
    assert untrue == shown.first_untrue(lines, ["a", "b", "c", "d"])


def test_a_block_is_taken_apart() -> None:
    """A block of commands gives each with its lines and its exit code, and other commands are left alone."""
    page = "Look:\n\n```console\n$ rasim run a; echo $?   # 4: nothing\n$ rasim audit b  # why\nx\n…\n```\n\n```console\n$ ls\n```\n"

    assert shown.commands(page) == [
        shown.Shown("rasim run a", (), 4, 4),
        shown.Shown("rasim audit b", ("x", "…"), None, 5),
    ]
