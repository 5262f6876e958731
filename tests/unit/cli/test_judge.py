"""The command that judges traces: what it reads, what it answers, and with which exit code."""

import gzip
import io
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from junitparser import JUnitXml

from rasim.cli import main as command_line
from rasim.protocol.choices import STRICT

ANNA, BOB = "CORP\\anna", "CORP\\bob"
Lines = list[dict[str, Any]]


def numbered(*lines: dict[str, Any]) -> Lines:
    return [{"seq": number, **each} for number, each in enumerate(lines, 1)]


KEPT: Lines = numbered(
    {
        "event": "policy_applied",
        "version": "1",
        "offers": "enabled",
        "mode": "control",
        "helpers": [ANNA, "CORP\\jürgen"],
    },
    {"event": "logged_on", "session": "s1", "by": BOB},
    {"event": "offer_received", "offer": "o1", "session": "s1", "expert": ANNA},
    {"event": "prompt_shown", "offer": "o1", "session": "s1"},
    {"event": "accepted", "offer": "o1", "session": "s1", "origin": "local", "by": BOB},
    {"event": "connection_opened", "connection": "c1", "offer": "o1"},
    {"event": "frame_shown", "connection": "c1", "session": "s1"},
)
BROKEN: Lines = [*KEPT, {"seq": 8, "event": "input_applied", "connection": "c1", "session": "s1"}]
UNCLEAR: Lines = [{**KEPT[0], "helpers": ["CORP\\Helpdesk"]}, *KEPT[1:]]
MISTAKEN: Lines = [*BROKEN, {"seq": 9, "event": "freme_shown", "connection": "c1", "session": "s1"}]


def text_of(lines: Lines) -> str:
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines)


def write(name: str | Path, lines: Lines, encoding: str = "utf-8") -> None:
    Path(name).write_bytes(text_of(lines).encode(encoding))


@frozen
class Answer:
    """What the command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the answer's JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command, which runs in a folder with one trace of each verdict and one that is none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RASIM_DEBUG", raising=False)
    for name, lines in (("kept", KEPT), ("broken", BROKEN), ("unclear", UNCLEAR), ("mistaken", MISTAKEN)):
        write(f"{name}.jsonl", lines)
    Path("empty").mkdir()

    def call(*args: str, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "argv", ["rasim", "judge", *args])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with pytest.raises(SystemExit) as left:
            command_line.main()
        captured = capsys.readouterr()
        return Answer(int(left.value.code or 0), captured.out, captured.err)

    return call


def verdicts(answer: Answer) -> list[str | None]:
    return [each["verdict"] for each in answer.json["traces"]]


# ---- exit codes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (0, ["kept.jsonl"]),
        (1, ["broken.jsonl"]),
        (2, ["mistaken.jsonl"]),
        (2, ["absent.jsonl"]),
        (3, ["unclear.jsonl"]),
        (4, ["empty"]),
        (0, ["kept.jsonl", "empty"]),
        (3, ["kept.jsonl", "unclear.jsonl", "empty"]),
        (1, ["unclear.jsonl", "broken.jsonl", "kept.jsonl"]),
        (2, ["broken.jsonl", "unclear.jsonl", "mistaken.jsonl", "kept.jsonl"]),
        (2, ["broken.jsonl", "absent.jsonl"]),
        (2, ["empty", "absent.jsonl"]),
        (2, ["."]),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_the_exit_code(run: Run, code: int, names: list[str], form: str) -> None:
    """The exit code is 0 kept, 1 broken, 2 unreadable, 3 cannot tell, 4 nothing; of several the first of 2, 1, 3, 4, 0."""
    assert code == run(*names, "--format", form).code


def test_nothing_to_judge_is_said(run: Run) -> None:
    """Where no trace is found the error says what a trace in a folder is called."""
    answer = run("empty")

    assert "no trace was found" == answer.out.splitlines()[0]
    assert ".jsonl, .ndjson, .jsonl.gz, .ndjson.gz" in answer.err


def test_no_argument_is_a_usage_error(run: Run) -> None:
    """Without a trace to judge the command is used wrongly."""
    assert (2, "") == ((answer := run()).code, answer.out)


# ---- JSON ------------------------------------------------------------------------------------------------------


def test_the_json(run: Run) -> None:
    """The JSON has the traces in order, each with file, verdict, broken and cannot_tell, and whether all could be read."""
    answer = run("kept.jsonl", "broken.jsonl", "unclear.jsonl", "--format", "json")
    kept, broken, unclear = answer.json["traces"]

    assert ["kept.jsonl", "broken.jsonl", "unclear.jsonl"] == [each["file"] for each in (kept, broken, unclear)]
    assert ["kept", "broken", "cannot tell"] == verdicts(answer)
    assert ([], [], True) == (kept["broken"], kept["cannot_tell"], answer.json["complete"])
    [first] = broken["broken"]
    assert ("acceptance_gives_view_only", 8, str) == (first["promise"], first["at"], type(first["because"]))
    assert {"unlisted_expert_never_reaches_the_user", "a_tighter_policy_bites_at_once"} >= {
        each["promise"] for each in unclear["cannot_tell"]
    }
    assert all("the members of corp\\helpdesk" in each["needs"].lower() for each in unclear["cannot_tell"])
    assert "" == answer.err


def test_the_json_of_what_cannot_be_read(run: Run) -> None:
    """A trace that cannot be read has no verdict and an error with its line; the others are judged all the same."""
    answer = run("mistaken.jsonl", "broken.jsonl", "--format", "json")
    mistaken, broken = answer.json["traces"]

    assert (None, 9, [], []) == (
        mistaken["verdict"],
        mistaken["error"]["line"],
        mistaken["broken"],
        mistaken["cannot_tell"],
    )
    assert ("broken", False) == (broken["verdict"], answer.json["complete"])


def test_the_json_of_nothing(run: Run) -> None:
    """Where no trace is found the JSON has none."""
    assert [] == run("empty", "--format", "json").json["traces"]


# ---- text ------------------------------------------------------------------------------------------------------


def test_the_verdict_comes_first(run: Run) -> None:
    """Of one trace the verdict is the first line, then how many lines it has and how far it was asked."""
    first, every = (run("kept.jsonl", *more).out.splitlines() for more in ((), ("--all",)))

    assert "kept, as far as it was asked" == first[0] == every[0]
    assert "  trace      kept.jsonl, 7 lines" == first[1]
    assert every[1].startswith("1 trace with 7 lines. ")


def test_several_traces_are_told_by_what_was_found(run: Run) -> None:
    """Of several traces the first screen has what was found once, with its traces, and none of those that are kept by name."""
    lines = run("kept.jsonl", "broken.jsonl", "unclear.jsonl", "mistaken.jsonl").out.splitlines()

    assert "BROKEN: broken.jsonl by acceptance_gives_view_only (line 8); NOT READ:" == lines[0]
    assert "  BROKEN acceptance_gives_view_only" in lines
    assert "    in       1 trace: broken.jsonl (line 8)" in lines
    assert any(line.startswith("  NOT READ no event is called") for line in lines)
    assert any(line.startswith("  CANNOT TELL unlisted_expert_never_reaches_the_user") for line in lines)
    assert not any("kept.jsonl" in line for line in lines)


def test_several_traces_have_a_line_each(run: Run) -> None:
    """With all of the text each of several traces has a line as soon as it was judged, and the verdict on all comes after them."""
    lines = run("kept.jsonl", "broken.jsonl", "unclear.jsonl", "mistaken.jsonl", "--all").out.splitlines()

    assert ["kept", "broken", "cannot tell", "not read"] == [line[:12].rstrip() for line in lines[:4]]
    assert lines[0].startswith("kept         kept.jsonl  (7 lines, no recorder; ")
    assert ["", "BROKEN: broken.jsonl by acceptance_gives_view_only (line 8); NOT READ:"] == lines[4:6]


def test_the_line_at_fault_is_shown(run: Run) -> None:
    """A broken trace names promise, line and reason, and shows the line."""
    Path("blank.jsonl").write_text("\n\n" + text_of(BROKEN), encoding="utf-8")
    out = run("blank.jsonl").out

    assert "BROKEN acceptance_gives_view_only" in out
    assert "the expert uses control and does not hold it (line 10, seq 8)" in out
    assert "input_applied  connection: c1, session: s1" in out


def test_what_is_needed_is_shown(run: Run) -> None:
    """A trace that cannot be told names each promise that is open and what it needs."""
    out = run("unclear.jsonl").out

    assert out.startswith("25 promises kept; CANNOT TELL: unclear.jsonl (2 promises)\n")
    assert "CANNOT TELL unlisted_expert_never_reaches_the_user" in out
    assert "needs  the members of" in out


def test_a_mistake_in_the_middle_gives_no_verdict(run: Run) -> None:
    """A trace with a mistake has no verdict, whatever its lines before showed; the error names file and line."""
    answer = run("mistaken.jsonl")

    assert answer.out.startswith('NOT READ: mistaken.jsonl (no event is called "freme_shown"; did you mean\n')
    assert ("acceptance_gives_view_only" in answer.out, "Nothing of it was judged." in answer.out) == (False, True)
    assert (
        'rasim: mistaken.jsonl:9: no event is called "freme_shown"; did you mean `frame_shown`?'
        in answer.err.splitlines()
    )


def test_verbose_says_what_was_asked(run: Run) -> None:
    """With --verbose each promise that was asked is told, each that was not with the reason, and the lines around what broke."""
    brief, full = run("broken.jsonl").out, run("broken.jsonl", "--verbose").out

    assert ("nothing_shown_before_acceptance" in brief, "The lines around it:" in brief) == (False, False)
    assert "nothing_shown_before_acceptance" in full
    assert re.search(r"every_indicator_goes_off +indicators not recorded", full)
    assert "The lines around it:" in full


def test_what_cannot_be_seen_is_shown(run: Run) -> None:
    """Signs of control in what a trace says are shown as such, and reach no terminal."""
    write("odd.jsonl", [*KEPT, {**BROKEN[-1], "session": "s\x1b[31m\u202e"}])
    out = run("odd.jsonl").out

    assert ("\x1b" in out, "\u202e" in out) == (False, False)
    assert "BROKEN" in out


# ---- what is read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(run: Run, encoding: str, ending: str, packed: bool) -> None:
    """A trace may be UTF-8 with or without a mark, or UTF-16 as PowerShell writes it, with either end of line, or gzip of these."""
    data = text_of(BROKEN).replace("\n", ending).encode(encoding)
    Path("x.jsonl").write_bytes(gzip.compress(data) if packed else data)

    assert run("broken.jsonl", "--format", "json").json["traces"][0] | {"file": ""} == run(
        "x.jsonl", "--format", "json"
    ).json["traces"][0] | {"file": ""}


def test_utf_16_of_the_other_order(run: Run) -> None:
    """UTF-16 with the high byte first is read where its mark says so."""
    Path("x.jsonl").write_bytes(b"\xfe\xff" + text_of(KEPT).encode("utf-16-be"))

    assert 0 == run("x.jsonl").code


def test_gzip_is_told_by_its_bytes(run: Run) -> None:
    """A packed trace is read whatever it is called, and in several pieces."""
    half = len(text_of(BROKEN)) // 2
    data = text_of(BROKEN).encode()
    Path("x").write_bytes(gzip.compress(data[:half]) + gzip.compress(data[half:]))

    assert 1 == run("x").code


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(run: Run, packed: bool) -> None:
    """A dash is what comes in on standard input, plain or packed."""
    data = text_of(BROKEN).encode()
    answer = run("-", "--format", "json", stdin=gzip.compress(data) if packed else data)

    assert (1, "-", ["broken"]) == (answer.code, answer.json["traces"][0]["file"], verdicts(answer))


def test_nothing_on_standard_input(run: Run) -> None:
    """Nothing on standard input is no trace, which is an error."""
    assert (2, "there is no line of a trace in it") == ((a := run("-")).code, a.err.strip().rpartition(": ")[2])


def test_folders(run: Run) -> None:
    """In a folder and the folders in it the traces are what ends in .jsonl or .ndjson, packed or not, in the order of names."""
    for name in ("b.jsonl", "a/deep/c.ndjson", "a/d.jsonl.bak", "a/e.json", "a/f.txt", "g.JSONL.x", "jsonl"):
        path = Path("folder") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, KEPT)
    for name in ("h.jsonl.gz", "i.ndjson.gz", "j.gz"):
        (Path("folder") / name).write_bytes(gzip.compress(text_of(KEPT).encode()))
    (Path("folder") / "k.jsonl").mkdir()
    answer = run("folder", "--format", "json")

    assert 0 == answer.code
    assert [str(Path("folder") / n) for n in ("a/deep/c.ndjson", "b.jsonl", "h.jsonl.gz", "i.ndjson.gz")] == [
        each["file"] for each in answer.json["traces"]
    ]


def test_a_file_by_its_name(run: Run) -> None:
    """A file that is named is read whatever its name ends with, and one that is named twice once."""
    write("trace.log", KEPT)
    answer = run("trace.log", "kept.jsonl", "trace.log", "--format", "json")

    assert ["trace.log", "kept.jsonl"] == [each["file"] for each in answer.json["traces"]]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("binary", bytes(range(128, 256)), "these bytes are no text in UTF-8"),
        ("late", text_of(KEPT).encode() + b'{"seq": 8, "x_a": "\xff"}\n', "these bytes are no text in UTF-8"),
        ("zeros", bytes(100), "not JSON"),
        ("nothing", b"", "there is no line of a trace in it"),
        ("blank", b"\n\n \n", "there is no line of a trace in it"),
        ("cut", gzip.compress(text_of(BROKEN).encode())[:-20], ""),
        ("head", b"\x1f\x8b", ""),
        ("tail", gzip.compress(text_of(BROKEN).encode()) + b"not gzip", ""),
        ("crc", gzip.compress(text_of(BROKEN).encode())[:-8] + bytes(8), ""),
        ("half16", text_of(KEPT).encode("utf-16")[:-1], "these bytes are no text"),
        ("long", b'{"x_a": "' + b"a" * (3 << 20) + b'"}', "longer than"),
        ("half", text_of(KEPT).encode()[:-9], "not JSON"),
    ],
)
def test_what_cannot_be_read(run: Run, name: str, data: bytes, message: str) -> None:
    """A file that is no whole text of lines is an error that names it, never a verdict and never a crash."""
    Path(name).write_bytes(data)
    answer = run(name, "kept.jsonl", "--format", "json")

    assert (2, [None, "kept"]) == (answer.code, verdicts(answer))
    assert message in answer.json["traces"][0]["error"]["message"]
    assert answer.err.startswith(f"rasim: {name}")


def test_what_is_not_there(run: Run) -> None:
    """A name of nothing is an error that says so, and the other traces are judged."""
    answer = run("absent.jsonl", "kept.jsonl", "--format", "json")

    assert (2, {"absent.jsonl": None, "kept.jsonl": "kept"}) == (
        answer.code,
        {each["file"]: each["verdict"] for each in answer.json["traces"]},
    )
    assert "rasim: absent.jsonl: there is no such file or folder" in answer.err.splitlines()


def test_what_is_no_file_is_not_opened(run: Run) -> None:
    """What is there and neither file nor folder is not opened, and an error."""
    answer = run(os.devnull)

    assert (2, True) == (answer.code, f"{os.devnull}: is not a regular file" in answer.err)


# ---- choices, reports, processes -------------------------------------------------------------------------------


def test_a_choice(run: Run) -> None:
    """A choice turns what the strict value forbids into what is kept."""
    write(
        "late.jsonl",
        [*KEPT, {"seq": 8, "event": "policy_applied", "version": "2", "offers": "disabled"}, {**KEPT[-1], "seq": 9}],
    )

    assert 1 == run("late.jsonl").code
    assert 0 == run("late.jsonl", "--choice", "running view=outlives the policy").code


def test_a_choice_of_time(run: Run) -> None:
    """A choice of time moves a deadline."""
    first = {
        "seq": 0,
        "t": 0,
        "event": "recorder",
        "records": ["prompts", "answers", "frames", "input", "sessions", "policy", "time"],
    }
    lines = [
        first,
        *({**each, "t": 0} for each in KEPT[:4]),
        {"seq": 9, "t": 70, "event": "offer_expired", "offer": "o1"},
    ]
    write("slow.jsonl", lines)

    assert (1, 0) == (run("slow.jsonl").code, run("slow.jsonl", "--choice", "consent time = 70 s").code)


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ("running view", "write NAME=VALUE"),
        ("runing view=outlives the policy", "did you mean `running view`?"),
        ("zzz=1", "known: "),
        ("running view=sometimes", "running view is one of ends with its grounds, outlives the policy"),
        ("consent time=soon", "`soon` is no time"),
        ("consent time=-1 s", "is no time"),
        ("=", "no choice is called"),
    ],
)
def test_a_wrong_choice(run: Run, choice: str, says: str) -> None:
    """A choice that is none is an error of usage that says what would be one, and nothing is judged."""
    answer = run("kept.jsonl", "--choice", choice)

    assert (2, "", True) == (answer.code, answer.out, says in answer.err)


def test_a_choice_given_twice(run: Run) -> None:
    """A choice that is given twice is an error of usage."""
    answer = run("kept.jsonl", "--choice", "cool down=1 s", "--choice", "cool down=2 s")

    assert (2, True) == (answer.code, "given twice" in answer.err)


def test_every_choice_can_be_given(run: Run) -> None:
    """Each choice can be given with its strict value, and changes nothing."""
    values = {
        name: each if isinstance(each, str) else f"{each.total_seconds():g} s" for name, each in STRICT.values().items()
    }
    given = [part for name, value in values.items() for part in ("--choice", f"{name}={value}")]

    assert run("broken.jsonl") == run("broken.jsonl", *given)


def test_reports(run: Run) -> None:
    """Reports stand in their files beside the text: JUnit with a case for each promise that was asked, and the JSON."""
    answer = run("kept.jsonl", "broken.jsonl", "unclear.jsonl", "mistaken.jsonl", "--report", "junit=j.xml,json=j.json")
    suites = {each.name: (each.failures, each.errors) for each in JUnitXml.fromfile("j.xml")}

    assert run("kept.jsonl", "broken.jsonl", "unclear.jsonl", "mistaken.jsonl", "--format", "json").json == json.loads(
        Path("j.json").read_text(encoding="utf-8")
    )
    assert (2, "BROKEN: ") == (answer.code, answer.out[:8])
    assert {"kept.jsonl": (0, 0), "broken.jsonl": (1, 0), "unclear.jsonl": (0, 2), "mistaken.jsonl": (0, 1)} == suites


def test_a_report_overwrites_no_trace(run: Run) -> None:
    """A report that would overwrite a trace, named or met in a folder, is refused, and the trace is as it was."""
    Path("folder").mkdir()
    write("folder/x.jsonl", KEPT)
    for args in (("kept.jsonl", "--report", "json=kept.jsonl"), ("folder", "--report", "junit=folder/x.jsonl")):
        assert 2 == run(*args).code
    assert text_of(KEPT) == Path("kept.jsonl").read_text(encoding="utf-8") == Path("folder/x.jsonl").read_text("utf-8")


@pytest.mark.parametrize("report", ["sarif=x", "html", "junit", "junit=", "github", "jnit=x"])
def test_reports_that_there_are_not(run: Run, report: str) -> None:
    """A report of another kind, or without a file, is an error of usage, and nothing is judged."""
    assert (2, "") == ((answer := run("kept.jsonl", "--report", report)).code, answer.out)


def test_more_processes_answer_the_same(run: Run) -> None:
    """In two processes the answer is the same as in one, in the same order, with the same errors."""
    for number in range(7):
        write(f"more-{number}.jsonl", (KEPT, BROKEN, UNCLEAR)[number % 3])
    for form in ("text", "json"):
        assert run(".", "absent", "--jobs", "1", "--format", form) == run(
            ".", "absent", "--jobs", "2", "--format", form
        )


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_processes_are_a_number(run: Run, jobs: str) -> None:
    """A number of processes below one is an error of usage."""
    assert 2 == run("kept.jsonl", "--jobs", jobs).code


JUDGED = Path(__file__).parents[2] / "data" / "judged"


def test_one_trace_that_is_not_read_loses_no_other_verdict(run: Run) -> None:
    """Bytes that are no text and a number beyond measure are errors of their line, and the other traces are judged."""
    names = (
        "bytes-that-are-no-text",
        "number-beyond-measure",
        "one-counter-for-each-kind",
        "control-used-as-a-capability",
    )
    answer = run("--format", "json", *(str(JUDGED / f"{name}.jsonl") for name in names))
    traces = json.loads(answer.out)["traces"]

    assert (2, [11, 2, None, None]) == (answer.code, [each["error"] and each["error"]["line"] for each in traces])
    assert [None, None, "kept", "broken"] == [each["verdict"] for each in traces]


def test_traces_that_were_judged_wrongly(run: Run) -> None:
    """Each trace that was once judged wrongly has the verdict of the index, breaks those promises alone, and the rest is its line."""
    given = JUDGED.with_name("given")
    index = json.loads((given / "judged.json").read_text(encoding="utf-8"))
    found = {Path(each["file"]).name: each for each in json.loads(run("--format", "json", str(given)).out)["traces"]}

    assert set(index) == set(found)
    for name, right in index.items():
        broken = sorted({each["promise"] for each in found[name]["broken"]})
        line = found[name]["error"] and found[name]["error"]["line"]

        assert (right["verdict"], right.get("broken", []), right.get("line")) == (found[name]["verdict"], broken, line)
