"""Reports in HTML: one file that runs nothing and asks nobody, whatever stands in what was read."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_reader import Page, style_of

from rasim.analysis.audit import Audit, How, audit
from rasim.analysis.findings import Severity
from rasim.directory.merging import Given
from rasim.document import diagrams, html
from rasim.document.blocks import (
    Block,
    Card,
    Code,
    Details,
    Document,
    Items,
    Pairs,
    Para,
    Part,
    Section,
    SequenceDiagram,
    Span,
    Table,
)
from rasim.document.diagrams import Message
from rasim.errors import Where
from rasim.formats import registry_pol
from rasim.policy import NAMED, Firewall, Kind, Membership, Policy, RegistryEntry, policy_to_entries, printable
from rasim.policy.answer import Reason
from rasim.policy.settings import HELPERS_KEY
from rasim.protocol.rules import RULES
from rasim.report.audit import _of_any, answer
from rasim.report.audit_json import as_json

HOSTILE = [
    '<script>alert(1)</script>"&',
    "' onload='x",
    "a\nb",
    "\x07\x1b[31m",
    "\u202eevil",
    "\ud800",
    "a  b",
    "Everyone",
]
EXCEPTIONS = Firewall.of(ports=[NAMED["135 tcp"]], programs=[NAMED["helpsvc"]], remote_desktop="enabled")


def pol(*helpers: str, mode: str | None = "control", firewall: Firewall | None = None) -> bytes:
    entries = list(policy_to_entries(Policy.of(offer="enabled", mode=mode, firewall=firewall or Firewall())))
    entries += [
        RegistryEntry(HELPERS_KEY, name, Kind.SZ, f"{name}\0".encode("utf-16-le", "surrogatepass")) for name in helpers
    ]
    return registry_pol.render(entries)


OFF = registry_pol.render(policy_to_entries(Policy.of(offer="disabled", solicited="disabled")))


def of(*files: tuple[str, bytes], how: How | None = None) -> Audit:
    return audit(files, how or How())


MERGED = of(("a.pol", pol("CORP\\a")), ("b.pol", OFF), ("c.pol", pol("CORP\\c", mode=None)), how=How(as_one=True))
REPORTS = {
    "nothing": of(),
    "good": of(("a.pol", pol("CORP\\a", mode="view"))),
    "hostile": of(("<b>&.pol", pol(*HOSTILE, mode=None, firewall=EXCEPTIONS)), ("bad.pol", b"PReg"), ("off.pol", OFF)),
    "text": of(("t.reg", b"REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\x]\n?\n")),
    "merged": MERGED,
    "passed over": audit([Given("<i>.txt", b"<u>hello", found=True), Given("a.pol", OFF)]),
}
EACH = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)


def rendered(report: Audit, fail_on: Severity = Severity.HIGH) -> str:
    return answer(report, fail_on).shown("html")


# ---- one file, closed ----------------------------------------------------------------------------------------


@EACH
def test_a_page_is_well_formed(report: Audit) -> None:
    """Every page has balanced tags, one title, one first heading, a language, and no id twice."""
    page = Page(rendered(report))
    ids = [attributes["id"] for _, attributes in page.met if "id" in attributes]

    titles = len(page.all("title")) - len(page.all("svg"))  # a drawing has a title of its own
    assert (1, 1, ["en"]) == (titles, len(page.all("h1")), [each["lang"] for each in page.all("html")])
    assert len(ids) == len(set(ids))
    assert {f"#{name}" for name in ids} >= {each["href"] for each in page.all("a")}


@EACH
def test_a_page_asks_nobody_and_runs_nothing(report: Audit) -> None:
    """No page has a script, an attribute that runs or fetches, an address, or a style that loads."""
    page = rendered(report)
    read = Page(page)
    attributes = {name for _, each in read.met for name in each}

    assert set() == {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & {
        tag for tag, _ in read.met
    }
    assert set() == {name for name in attributes if name.startswith("on")} | (attributes & {"src", "style", "srcset"})
    assert [] == re.findall(r"https?://|src=|url\((?!#)|@import", page)


@EACH
def test_the_style_has_the_hash_that_the_policy_names(report: Audit) -> None:
    """The content security policy of a page allows its one style by its real hash, and nothing else."""
    page = rendered(report)
    (policy,) = (m["content"] or "" for m in Page(page).all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    digest = b64encode(sha256(style_of(page).encode()).digest()).decode()

    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "unsafe" not in policy


@EACH
def test_a_report_is_the_same_bytes(report: Audit) -> None:
    """The same audit gives the same bytes, which can be written as UTF-8 and have no time in them."""
    page = rendered(report)

    assert page.encode() == rendered(report).encode()
    assert not re.search(r"\b\d\d:\d\d\b|\b20[2-9]\d-\d\d", page)


def test_what_files_say_is_text() -> None:
    """Names and paths from files stand in a page as text, whatever is in them, and what cannot be seen is shown."""
    page = rendered(REPORTS["hostile"])
    read = Page(page)

    assert "<script" not in page
    assert all(printable(name) in read.text for name in (*HOSTILE, "<b>&.pol"))
    assert all(letter.isprintable() or letter == "\n" for letter in page)


any_name = st.text(st.characters(exclude_categories=()), min_size=1, max_size=8).filter(lambda text: "\0" not in text)


@given(any_name, any_name, st.sampled_from([None, "view"]))
def test_any_policy_gives_a_page(name: str, path: str, mode: str | None) -> None:
    """Whatever a helper and a file are called, the page is well-formed and its text has both."""
    read = Page(rendered(of((path, pol(name, mode=mode)), (f"{path}x", b"PReg"))))

    assert printable(path) in read.text
    assert name.startswith("**") or printable(name) in read.text


def test_a_usual_report_is_small() -> None:
    """The report of one file with everything in it is under 40 kB."""
    report = of(("a.pol", pol("CORP\\a", "Everyone", firewall=EXCEPTIONS)))

    assert len(rendered(report).encode()) < 40_000


# ---- what it says --------------------------------------------------------------------------------------------


def everything(report: Audit) -> Iterator[str]:
    """Yield what the JSON of a report says and the page must say too."""
    said = as_json(report)
    for finding in said["findings"]:
        yield from (finding["rule"], finding["severity"], finding["message"], finding["remedy"], finding["where"] or "")
        yield from (each[part] for each in finding["guidance"] for part in ("guide", "id", "asks", "mark"))
    for file in said["files"]:
        yield from map(printable, file["paths"] if len(file["paths"]) < 3 else ())
        offer = (file["policy"] or {"offer": {"unclear": [], "helpers": []}})["offer"]
        yield from offer["helpers"]
        for doubt in offer["unclear"]:
            yield from (doubt["setting"], doubt["says"], *doubt["readings"], doubt["where"] or "")
        for one in (one for one in file["won"] if one["overrode"]):
            yield from (one["setting"], one["says"], *(each["says"] for each in one["overrode"]))
        yield from (step["path"] for step in file["steps"])
        yield file["error"]["message"] if file["error"] else ""
    for passed in said["passed_over"]:
        yield from (printable(passed["path"]), printable(passed["message"]))
    yield from said["limits"]


@EACH
def test_a_page_says_all_that_the_json_says(report: Audit) -> None:
    """Every finding with its place, remedy and guidance, every doubt with its readings, and every limit is in the page."""
    read = Page(rendered(report)).text

    assert [] == [words for words in everything(report) if words not in read]


@pytest.mark.parametrize(
    ("report", "fail_on", "tone", "words"),
    [
        ("nothing", Severity.HIGH, "unclear", "? nothing to read"),
        (
            "good",
            Severity.HIGH,
            "good",
            "✓ offers are enabled for CORP\\a; helpers may view only; 1 finding (1 low): RA002",
        ),
        (
            "good",
            Severity.LOW,
            "bad",
            "✗ offers are enabled for CORP\\a; helpers may view only; 1 finding (1 low; low and above fail): RA002",
        ),
        (
            "hostile",
            Severity.HIGH,
            "bad",
            "✗ NOT READ: bad.pol; offers are enabled in 1 of 2: <b>&.pol; whether helpers may control cannot be told in 1; 12 findings (1",
        ),
        ("text", Severity.HIGH, "bad", "✗ NOT READ: t.reg"),
        (
            "merged",
            Severity.HIGH,
            "unclear",
            "? offers are enabled for CORP\\c; whether helpers may control cannot be told; 3 findings (1 medium, 2 low): RA007, RA0",
        ),
    ],
)
def test_the_verdict_comes_first(report: str, fail_on: Severity, tone: str, words: str) -> None:
    """The head says the verdict in words and a sign, and comes before everything else."""
    page = rendered(REPORTS[report], fail_on)
    read = Page(page)

    assert read.text.split("rasim audit", 2)[2].startswith(words)
    assert f'<header class="head {tone}">' in page
    assert page.index("<header") < page.index("<main>")


def test_an_unreadable_file_is_no_empty_policy() -> None:
    """A file that could not be read stands before all others as NOT READ, and nothing is said about a policy of it."""
    page = rendered(of(("bad.pol", b"PReg")))
    read = Page(page).text

    assert "NOT READbad.pol" in read
    assert read.index("NOT READbad.pol") < read.index("Findings")
    assert "not configured" not in read
    assert "local switch" not in read


def test_a_place_in_a_text_has_its_column() -> None:
    """What could not be read of a text is named with its line."""
    assert "at line 4" in Page(rendered(REPORTS["text"])).text


def test_who_wins_is_told() -> None:
    """A merge says what was applied in which order, which source decides a setting, and what it overrode."""
    read = Page(rendered(MERGED)).text

    assert "3 files as one" in read
    assert "1a.polapplied2b.polapplied3c.polwins" in read
    assert re.search(
        r"fAllowUnsolicitedc\.pol: REG_DWORD 1 offset \d+a\.pol: REG_DWORD 1 .*; b\.pol: REG_DWORD 0", read
    )


def test_people_are_told_where_members_were() -> None:
    """Where members of groups were told, each helper has who that is."""
    members = Membership.of({"CORP\\Desk": ["CORP\\a", "CORP\\b"]})
    read = Page(rendered(of(("a.pol", pol("CORP\\Desk")), how=How(membership=members)))).text

    assert "a group of 2 people" in read


def test_the_firewall_is_a_table() -> None:
    """Systems of one verdict stand in one row with what is missing and not needed, and the reasons below."""
    read = Page(rendered(of(("a.pol", pol("CORP\\a", firewall=EXCEPTIONS))))).text

    assert "xp-x64-sp1, server-2003-sp1, server-2003-sp2✗blockedalways openhelpctrnone" in read
    assert "R32: helpctr is missing" in read
    assert "A13, xp-sp3: the document does not name it; its needs are taken from windows-xp-sp2" in read
    assert "A14: the document does not name it; its needs are taken from the help text" in read


def test_a_reason_keeps_the_words_of_a_file() -> None:
    """A system's name is left out of what rasim says about it, and stays in what a file says."""
    where = Where("a.pol", 8)

    assert "x is missing" == _of_any(Reason("R33", "windows-10: x is missing", ""), "windows-10")
    assert "the rule windows-10" == _of_any(Reason("R41", "the rule windows-10", "", where), "windows-10")


def test_a_report_can_be_printed() -> None:
    """The style has rules for paper: A4, folded parts open, rows not torn, and dark colours for screens only."""
    style = html.PAGE_STYLE

    assert "@media print{@page{size:A4" in style
    assert "details::details-content{" in style
    assert re.search(r"[{},]tr,li[^{]*\{break-inside:avoid\}", style)
    assert 1 == style.count("prefers-color-scheme:dark")
    assert "@media screen and (prefers-color-scheme:dark)" in style


def test_every_real_file_renders(corpus: Path) -> None:
    """Every real policy file gives a page that says all that the JSON says, alone and all of them together."""
    files = [(path.name, path.read_bytes()) for path in sorted(corpus.iterdir()) if path.is_file()]
    for report in (*(of(file) for file in files), of(*files)):
        read = Page(rendered(report)).text

        assert [] == [words for words in everything(report) if words not in read]


# ---- blocks --------------------------------------------------------------------------------------------------

BLOCKS: dict[str, Callable[[str], Block]] = {
    "text": Para,
    "soft": lambda said: Para(said, soft=True),
    "code": lambda said: Para(Span(said, "code")),
    "place": lambda said: Para(Span(said, "place")),
    "link": lambda said: Para(Span(said, to=said)),
    "badge": lambda said: Para(Span(said, "badge", sign=said)),
    "lines": Code,
    "part": lambda said: Part(said, ()),
    "card": lambda said: Card(said, (), badge=said),
    "pairs": lambda said: Pairs([(said, said, said)]),
    "table": lambda said: Table(said, (said, said), [[said, said]]),
    "items": lambda said: Items([said]),
    "details": lambda said: Details(said, ()),
}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
def test_no_block_forgets_to_escape(block: Callable[[str], Block]) -> None:
    """Text that a block is given becomes text, in elements and in attributes."""
    said = "<b a='1' c=\"2\">&amp;\x1b"
    read = Page(html.markup(block(said)))

    assert "<U+001B>" in read.text
    assert "b" not in {tag for tag, _ in read.met}
    assert set() == {"a", "c"} & {name for _, each in read.met for name in each}


def test_rows_of_one_key_come_together() -> None:
    """Values of one key stand under it once, in their order, each with what stands below it."""
    made = html.markup(Pairs([("k", "1", "x"), ("k", "2"), ("l", "3")]))

    assert (["k1x2l3"], 2, 3) == (["".join(Page(made).words)], made.count("<dt>"), made.count("<dd>"))


def test_a_table_leaves_out_empty_columns() -> None:
    """A column in which nothing stands is left out of a table, the first never."""
    made = html.markup(Table("t", ("a", "b", "c"), [("", "", "1"), ("", "", "2")]))

    assert ["a", "c"] == re.findall(r'scope="col">(\w)<', made)
    assert 2 == made.count('scope="row"')
    assert ["a", "b"] == re.findall(r'scope="col">(\w)<', html.markup(Table("t", ("a", "b"), [])))


def page_of(*sections: Section) -> str:
    return html.render(Document("t", "v", "good", "s", sections))


def test_many_sections_have_contents() -> None:
    """A page of few sections has no contents; of more it has them, and of many they are folded."""
    sections = [Section(f"title {at}", (Para("x"),), f"s{at}") for at in range(html.FOLDED)]

    assert ["<nav" in page_of(*sections[:count]) for count in (3, 4)] == [False, True]
    assert ["<details" in page_of(*sections[:count]) for count in (4, html.FOLDED)] == [False, True]


PHASES, INNER = diagrams.of_table(RULES)
DRAWING = diagrams.states_svg("phases <&>", (PHASES, INNER))


def test_a_drawing_is_part_of_the_page() -> None:
    """A drawing stands in the page with its title and role, its style joined to the page's, and names of its own."""
    said = Message("a", "b", "x")
    drawn = (SequenceDiagram(title, ("a", "b"), (said,)) for title in ("course <&>", "another"))
    page = page_of(Section("d", drawn, "d"))
    read = Page(page)
    ids = [each["id"] for _, each in read.met if "id" in each]

    assert [("img", "course <&>"), ("img", "another")] == [(e["role"], e["aria-label"]) for e in read.all("svg")]
    assert style_of(page) == diagrams.SVG_STYLE + html.PAGE_STYLE
    assert len(ids) == len(set(ids)) == 3
    assert {f"url(#{name})" for name in ids if name != "d"} == set(re.findall(r"url\([^)]*\)", page))
    assert html.content_security_policy(style_of(page)) in page


@pytest.mark.parametrize(
    "inside",
    [
        "<script>x</script>",
        '<image href="x"/>',
        '<path onclick="x"/>',
        '<path style="fill:red"/>',
        '<path fill="url(x.svg)"/>',
        "<style>@import 'x'</style>",
        "<style>a{fill:url(x)}</style>",
        "<a><path/></a>",
    ],
)
def test_a_drawing_that_could_run_or_ask_is_refused(inside: str) -> None:
    """A drawing with something that runs or asks for something is refused."""
    with pytest.raises(ValueError, match="no drawing that a report can hold"):
        html.svg("t", f'<svg viewBox="0 0 1 1">{inside}</svg>')


def test_words_of_a_drawing_stay() -> None:
    """Words in a drawing that look like attributes are words."""
    made = html.svg("t", '<svg viewBox="0 0 1 1"><text>id="x" href="y" url(z)</text></svg>')

    assert 'id="x" href="y" url(z)' in made
