"""The outputs of an audit for machines: whatever stands in files, they stay what their formats say."""

import json
import re
from typing import Any

import junitparser
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sarif_pydantic import Sarif

from rasim.analysis.audit import Audit, audit
from rasim.analysis.findings import FINDINGS, Severity
from rasim.cli.options.report_files import FORMATS
from rasim.formats import registry_pol
from rasim.interop.github import MOST
from rasim.interop.sarif import as_sarif, uri_of
from rasim.policy import Action, Kind, Policy, RegistryEntry, policy_to_entries
from rasim.policy.settings import HELPERS_KEY, POLICY_KEY
from rasim.report.audit import answer

HOSTILE = [
    "a\nb",
    "<script>x</script>",
    "a|b`c",
    "::error::x",
    "%0A::x",
    "\x07\x1b[31m",
    "\ud800",
    "x" * 300,
    "]]>",
    "a,b:c",
    "Everyone",
]


def pol(*helpers: str, mode: str | None = "control") -> bytes:
    entries = list(policy_to_entries(Policy.of(offer="enabled", mode=mode)))
    entries += [
        RegistryEntry(HELPERS_KEY, name, Kind.SZ, f"{name}\0".encode("utf-16-le", "surrogatepass")) for name in helpers
    ]
    return registry_pol.render(entries)


def of(*files: tuple[str, bytes]) -> Audit:
    return audit(files)


def output(name: str, report: Audit, fail_on: Severity = Severity.HIGH) -> str:
    return answer(report, fail_on).shown(name)


def sarif(report: Audit) -> dict[str, Any]:
    """Return the run, after a reader of SARIF that is not ours has taken it."""
    log = as_sarif(report)
    Sarif.model_validate_json(json.dumps(log))
    run: dict[str, Any] = log["runs"][0]
    return run


REPORT = of(("dir/a b.pol", pol(*HOSTILE)), ("bad.pol", b"PReg"), ("c.txt", b"; PARSING Computer POLICY\n"))


def test_the_reader_of_sarif_bites() -> None:
    """The reader that the tests take for a second opinion refuses a log with a level that is none."""
    log = as_sarif(REPORT)
    log["runs"][0]["results"][0]["level"] = "bad"
    with pytest.raises(pydantic.ValidationError):
        Sarif.model_validate(log)


def test_sarif_has_every_rule_and_every_finding() -> None:
    """The log has a rule for each kind of finding, and a result for each finding that names its rule by number too."""
    run = sarif(REPORT)
    rules = run["tool"]["driver"]["rules"]

    assert [kind.id for kind in FINDINGS] == [rule["id"] for rule in rules][:-1]
    assert {(rules[each["ruleIndex"]]["id"]) == each["ruleId"] for each in run["results"]} == {True}
    assert len(REPORT.findings) == sum(each["kind"] == "fail" for each in run["results"])


def test_sarif_says_where() -> None:
    """A result has the bytes of a binary file or the line of a text, and its path as a URI."""
    (everyone,) = (each for each in sarif(REPORT)["results"] if each["ruleId"] == "RA004")
    place = everyone["locations"][0]["physicalLocation"]

    assert ("error", "dir/a%20b.pol") == (everyone["level"], place["artifactLocation"]["uri"])
    assert place["region"]["byteOffset"] > 0
    text = of(("x.txt", f"Computer\n{POLICY_KEY}\nfAllowUnsolicited\nSZ:1\n".encode()))
    (first, *_) = sarif(text)["results"]
    assert {"startLine": 3} == first["locations"][0]["physicalLocation"]["region"]


def test_sarif_is_never_successful_where_a_file_was_not_read() -> None:
    """A file that could not be read makes the run unsuccessful, and is said as a notification with its place."""
    (invocation,) = sarif(REPORT)["invocations"]

    assert (False, ["error"] * 2) == (
        invocation["executionSuccessful"],
        [each["level"] for each in invocation["toolExecutionNotifications"]],
    )
    assert sarif(of(("a.pol", pol())))["invocations"][0]["executionSuccessful"]


def test_sarif_calls_the_unclear_open() -> None:
    """What can be read in two ways is a result of the kind open."""
    kinds = {each["kind"] for each in sarif(of(("a.pol", pol(r"CORP\a", mode=None))))["results"]}

    assert {"fail", "open"} == kinds


def test_fingerprints_stay_and_differ() -> None:
    """A fingerprint stays when other entries come before it, and no two results of a run share one."""
    more = RegistryEntry("Software\\Other", "x", Kind.DWORD, bytes(4))
    moved = registry_pol.render([more, *registry_pol.parse(pol(*HOSTILE))])

    def prints(data: bytes) -> list[str]:
        return [each["partialFingerprints"]["rasim/v1"] for each in sarif(of(("a.pol", data)))["results"]]

    assert prints(pol(*HOSTILE)) == prints(moved)
    assert len(prints(moved)) == len(set(prints(moved)))


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a/b.pol", "a/b.pol"),
        ("a\\b c.pol", "a/b%20c.pol"),
        ("C:\\x\\ä.pol", "file:///C%3A/x/%C3%A4.pol"),
        ("/data/{x}", "file:///data/%7Bx%7D"),
        ("\\\\server\\share\\x", "file://server/share/x"),
        ("a%b", "a%25b"),
    ],
)
def test_paths_as_uris(path: str, uri: str) -> None:
    """A path becomes a URI reference: relative as it was given, absolute with its scheme."""
    assert uri == uri_of(path)


def test_junit_is_what_servers_read() -> None:
    """JUnit's XML is read back with the right counts: failures at or above the severity, errors for what was not read."""
    low, high = (
        junitparser.JUnitXml.fromstring(output("junit", REPORT, s).encode()) for s in (Severity.LOW, Severity.HIGH)
    )

    assert (len(REPORT.findings), 1) == (low.failures, high.failures)
    assert (3, low.errors) == (len(list(low)), high.errors)
    assert 2 + len(REPORT.unclear) == low.errors


def test_junit_is_never_green_where_it_is_unclear() -> None:
    """A file with something unclear has an error, whatever severity is asked for."""
    xml = junitparser.JUnitXml.fromstring(output("junit", of(("a.pol", pol(r"CORP\a", mode=None)))).encode())

    assert (0, 1) == (xml.failures, xml.errors)


def test_annotations_are_one_line_each() -> None:
    """Whatever stands in a file, an annotation is one line that begins with its own command."""
    lines = output("github", REPORT).split("\n")

    assert all(re.match(r"::(error|warning|notice) [^\n]*::", line) for line in lines)
    assert all(line.count("::") >= 2 and line.isprintable() for line in lines)


def test_annotations_are_capped_and_say_so() -> None:
    """Never more than ten of a kind are printed, and the last line says how many of which kind are left out."""
    lines = output("github", of(("a.pol", pol(*(f"name {number}" for number in range(25)))))).split("\n")
    kinds = [line.split(" ", 1)[0] for line in lines]

    assert MOST == kinds.count("::warning")
    assert "left out here: 16 warnings" in lines[-1]


def test_markdown_holds_its_tables() -> None:
    """Whatever stands in a file, every row of a table has as many cells as its head, and nothing outside code is HTML."""
    text = output("markdown", REPORT)
    rows = [line for line in text.split("\n") if line.startswith("|")]
    bars = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    heads = [at for at, row in enumerate(rows) if set(row) <= set("|-")]

    for at, head in enumerate(heads):
        end = heads[at + 1] - 1 if at + 1 < len(heads) else len(rows)
        assert {bars[head]} == set(bars[head - 1 : end])
    assert "<script>" not in re.sub(r"`[^`]*`", "", text)
    assert "NOT READ" in text


def test_markdown_says_the_verdict_first() -> None:
    """The first line says what is wrong, and a report with nothing wrong says that."""
    assert "## rasim audit: NOT READ: bad.pol, c.txt; offers are enabled for" in output("markdown", REPORT)
    assert "## rasim audit: offers are enabled for CORP\\\\a; helpers may control; 1 finding (1 medium)" in output(
        "markdown", of(("a.pol", pol(r"CORP\a")))
    )


def test_every_output_is_text_that_can_be_written() -> None:
    """Every output can be written as UTF-8 as it is."""
    for name in (*FORMATS, "junit", "sarif", "github"):
        assert output(name, REPORT).encode()


any_name = st.text(st.characters(exclude_categories=()), min_size=1, max_size=8).filter(lambda text: "\0" not in text)


@given(st.lists(any_name, max_size=4), st.sampled_from([None, "view"]), any_name)
def test_any_policy_gives_valid_reports(names: list[str], mode: str | None, path: str) -> None:
    """Whatever names stand in a policy and its path, SARIF and JUnit are read by readers that are not ours."""
    entries = [*registry_pol.parse(pol(mode=mode))]
    entries += [
        RegistryEntry(HELPERS_KEY, name, Kind.SZ, b"\0\0", action=Action.SET) for name in names if name[:2] != "**"
    ]
    report = of((path, registry_pol.render(entries)), (f"{path}x", b"PReg"))
    sarif(report)

    assert 2 == len(list(junitparser.JUnitXml.fromstring(output("junit", report).encode())))
    assert all(line.startswith("::") for line in output("github", report).split("\n"))
