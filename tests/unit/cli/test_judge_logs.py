"""`rasim judge --mapping`: logs of other products, and the two mappings of the documentation."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rasim.cli import main as command_line
from rasim.interop.logs import read_log, read_mapping

MAPPINGS = Path(__file__).parents[3] / "docs" / "examples" / "mappings"
NEVER = "never_connected_unannounced"
Judged = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Judged:
    """Return the command: its exit code, the JSON or text that it prints, and what it says beside."""

    def run(*words: str | Path, form: str = "json") -> tuple[int, Any, str]:
        monkeypatch.setattr("sys.argv", ["rasim", "judge", "--jobs", "1", "--format", form, *map(str, words)])
        with pytest.raises(SystemExit) as left:
            command_line.main()
        out, err = capsys.readouterr()
        return int(str(left.value.code)), json.loads(out) if form == "json" and out else out, err

    return run


@pytest.mark.parametrize(
    ("mapping", "log", "broken"),
    [
        ("anydesk.yaml", "anydesk.txt", []),
        ("anydesk.yaml", "anydesk-at-night.txt", [4]),
        ("meshcentral.yaml", "meshcentral.jsonl", []),
        ("meshcentral.yaml", "meshcentral-at-night.jsonl", [15]),
    ],
)
def test_logs_of_real_formats_are_judged(judged: Judged, mapping: str, log: str, broken: list[int]) -> None:
    """A view that began unasked is broken at its line of the log; without one the one promise is kept, and all others cannot be told."""
    code, answer, _ = judged("--mapping", MAPPINGS / mapping, MAPPINGS / log)
    (trace,) = answer["traces"]

    assert (1 if broken else 3) == code
    assert [(NEVER, line) for line in broken] == [(each["promise"], each["line"]) for each in trace["broken"]]
    assert ([] if broken else [NEVER]) == trace["kept"]


def test_the_mapping_of_the_page_reads_a_log() -> None:
    """The mapping that the how-to shows is one, and reads a log in CSV."""
    page = (MAPPINGS.parents[1] / "how-to" / "judge-other-logs.md").read_text(encoding="utf-8")
    mapping = read_mapping(page.partition("```yaml\n")[2].partition("```")[0])
    rows = [
        "call,action,who\n",
        "7,asked,CORP\\anna\n",
        "7,answered CORP\\bob,\n",
        "7,opened,\n",
        ",saved,\n",
        "7,closed,\n",
    ]

    assert [
        (2, "recorder", None),
        (2, "logged_on", "CORP\\bob"),
        (2, "offer_received", None),
        (2, "prompt_shown", None),
        (3, "accepted", "CORP\\bob"),
        (4, "connection_opened", None),
        (6, "ended", None),
        (6, "recording_ended", None),
    ] == [(number, each.line.event, each.line["by"]) for number, each in read_log(rows, mapping)]


def test_an_alias_cannot_answer_for_the_user(judged: Judged, tmp_path: Path) -> None:
    """Who calls himself `x User y` is no connection that the user allowed: such a line is not read at all."""
    log = tmp_path / "trace.txt"
    log.write_text("Incoming  2026-11-04, 02:07  Passwd  x User y  403000003\n", encoding="utf-8")
    code, answer, said = judged("--mapping", MAPPINGS / "anydesk.yaml", log)

    assert (2, None) == (code, answer["traces"][0]["verdict"])
    assert f"rasim: {log}:1: no rule of the mapping speaks of this line: Incoming 2026-11-04, 02:07 Passwd" in said


@pytest.mark.parametrize("pack", [lambda text: text.encode("utf-16"), lambda text: gzip.compress(text.encode())])
def test_a_log_is_read_as_a_trace_is(judged: Judged, tmp_path: Path, pack: Callable[[str], bytes]) -> None:
    """A log may be in UTF-16 or packed, as traces may."""
    log = tmp_path / "connection_trace.txt"
    log.write_bytes(pack((MAPPINGS / "anydesk-at-night.txt").read_text(encoding="utf-8")))

    assert 4 == judged("--mapping", MAPPINGS / "anydesk.yaml", log)[1]["traces"][0]["broken"][0]["line"]


def test_several_logs_have_one_mapping(judged: Judged) -> None:
    """Logs of a kind are judged together, each for itself."""
    code, said, _ = judged(
        "--mapping",
        MAPPINGS / "anydesk.yaml",
        MAPPINGS / "anydesk.txt",
        MAPPINGS / "anydesk-at-night.txt",
        form="text",
    )

    assert 1 == code
    assert "2 traces" in said


def test_with_a_mapping_a_folder_is_refused(judged: Judged, tmp_path: Path) -> None:
    """Nobody knows which files of a folder are logs of the mapping's kind: it is refused, and the other logs are judged."""
    code, answer, said = judged("--mapping", MAPPINGS / "anydesk.yaml", tmp_path, MAPPINGS / "anydesk.txt")

    assert 2 == code
    assert [None, "cannot tell"] == [each["verdict"] for each in answer["traces"]]
    assert f"rasim: {tmp_path}: a folder: with --mapping name the logs themselves\n" == said


def test_a_mapping_with_mistakes_judges_nothing(judged: Judged, tmp_path: Path) -> None:
    """Mistakes of a mapping are told with their places, and no log is opened."""
    mapping = tmp_path / "m.yaml"
    mapping.write_text("rasim mapping: 1\nformat: txt\nrecords: []\nlines: []\n", encoding="utf-8")
    code, answer, said = judged("--mapping", mapping, tmp_path / "nowhere.log")

    assert (2, "") == (code, answer)
    assert f"rasim: {mapping}:2:9: unknown format `txt`" in said
    assert "help: did you mean `text`?" in said


def test_what_does_not_tell_all_is_not_explained(judged: Judged) -> None:
    """Whether the table could have done it is not asked of a log that decides but some promises."""
    code, answer, said = judged("--explain", "--mapping", MAPPINGS / "meshcentral.yaml", MAPPINGS / "meshcentral.jsonl")

    assert (2, "") == (code, answer)
    assert said.startswith("rasim: --explain asks for all that happened, and this log does not tell it")


def test_a_mapping_that_is_not_there_is_told(judged: Judged, tmp_path: Path) -> None:
    """A mapping that cannot be opened is an error like any other."""
    code, _, said = judged("--mapping", tmp_path / "no.yaml", MAPPINGS / "anydesk.txt")

    assert (2, f"rasim: {tmp_path / 'no.yaml'}: there is no such file\n") == (code, said)


def test_the_lines_around_are_those_of_the_log(judged: Judged, tmp_path: Path) -> None:
    """Of a long log all lines are shown that were made of the lines around what broke."""
    log = tmp_path / "long.txt"
    kept = "Incoming 2026-11-02, 09:14 User anna@ad 401000001\n" * 100
    log.write_text(f"{kept}Incoming 2026-11-02, 09:15 Token anna@ad 401000001\n{kept}", encoding="utf-8")
    code, said, _ = judged("--mapping", MAPPINGS / "anydesk.yaml", "--verbose", log, form="text")

    assert 1 == code
    assert "connection_opened broken here  connection: 101, offer: 101" in said
    assert "accepted" in said


# ---- what people read --------------------------------------------------------------------------------------------


def test_a_log_is_counted_in_its_own_lines(judged: Judged) -> None:
    """People are told how many lines a log has and what came of them; no number of a line that nobody wrote is shown."""
    code, out, _ = judged("--mapping", MAPPINGS / "anydesk.yaml", MAPPINGS / "anydesk-at-night.txt", form="text")
    words = " ".join(out.split())

    assert 1 == code
    assert "5 lines, read as 20 events" in words
    assert "seq" not in words
    assert "promises 49: 1 broken, 28 cannot be told, 20 not asked" in words


def test_what_a_log_shows_stands_beside_what_it_does_not(judged: Judged) -> None:
    """Of a break the evidence is told in the mapping's words, every place, the log's own line, and what such a log never tells."""
    _, out, _ = judged("--mapping", MAPPINGS / "anydesk.yaml", MAPPINGS / "anydesk-at-night.txt", form="text")
    words = " ".join(out.split())

    assert "nobody at the console said yes (line 4; again at line 5)" in words
    assert "line 4 Incoming 2026-11-04, 02:07 Passwd 403000003" in words
    assert "so as far as this log tells, the expert connects" in words
    assert "this log does not tell whether the window stood there while a password was typed" in words


def test_what_a_log_keeps_is_said_first(judged: Judged) -> None:
    """Where the one promise that a log decides is kept, that is said before what cannot be told, and the verdict stays."""
    code, out, _ = judged("--mapping", MAPPINGS / "anydesk.yaml", MAPPINGS / "anydesk.txt", form="text")

    assert 3 == code
    assert " ".join(out.split()).startswith(f"kept: {NEVER}; CANNOT TELL: ")


def test_a_log_without_its_mapping_hears_of_mappings(judged: Judged) -> None:
    """Three lines of what is no trace are told and the others counted, and then that other logs need a mapping."""
    code, _, said = judged(MAPPINGS.parents[2] / "README.md")
    lines = said.splitlines()

    assert (2, 5) == (code, len(lines))
    assert "17 more lines like these (not JSON)" in lines[3]
    assert lines[4].endswith("not a trace; for other logs use --mapping FILE")


def test_a_recording_without_an_end_says_what_that_costs(judged: Judged, tmp_path: Path) -> None:
    """A trace that was cut off is kept as far as it was asked, and how many promises were not asked for that is said."""
    cases = MAPPINGS.parents[2] / "tests" / "data" / "cases"
    (whole,) = cases.glob("case-18-*.good.jsonl")
    (tmp_path / "whole.jsonl").write_text(
        f'{whole.read_text(encoding="utf-8")}{{"seq": 900, "event": "recording_ended"}}\n', encoding="utf-8"
    )

    assert "  recording  has no end: 3 promises not asked\n" in judged(whole, form="text")[1]
    assert "has no end" not in judged(tmp_path / "whole.jsonl", form="text")[1]
