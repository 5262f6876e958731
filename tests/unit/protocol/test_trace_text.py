"""A trace is read as the contract has it, and whatever is not understood is an error with its line."""

import json
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from rasim.errors import TraceError, Where
from rasim.policy import Policy
from rasim.protocol import LINES, Host, Line, Recorded
from rasim.protocol.host import Act
from rasim.protocol.lines import AUDIT_KINDS, RECORD_KINDS, VALUES
from rasim.protocol.trace_text import LONGEST, WrongLine, read_numbered, read_trace
from rasim.scenario import play, read_scenario

ROOT = Path(__file__).parents[3]
SCENARIOS = sorted((ROOT / "scenarios").rglob("*.yaml"))
ANNA, BOB = r"CORP\anna", r"CORP\bob"
LOCKED = {"seq": 1, "event": "locked", "session": "s1"}
# A good line of each event, with every field it may have.
ORDINARY: dict[str, Any] = {
    "records": ["prompts", "answers"],
    "offers": "enabled",
    "mode": "control",
    "helpers": [r"CORP\Helpdesk"],
    "members": {r"CORP\Helpdesk": [ANNA]},
    "solicited": "disabled",
    "exceptions": ["sessmgr"],
    "sessions": ["s1", "s2"],
    "port": 3389,
    "state": "open",
    "reason": "other",
    "origin": "local",
    "by": BOB,
    "reply": "forbidden",
    "capability": "file out",
    "side": "expert",
    "kind": "answer",
}


def whole(event: str, **changed: Any) -> dict[str, Any]:
    """Return a line with every field of its event; `changed` are fields with other values."""
    fields = (*LINES[event].required, *LINES[event].optional)
    return {"seq": 1, "event": event, **{name: ORDINARY.get(name, f"{name}-1") for name in fields}, **changed}


def without(event: str, name: str) -> dict[str, Any]:
    return {key: value for key, value in whole(event).items() if key != name}


def read(*lines: dict[str, Any] | str) -> list[Recorded]:
    """Read lines, each an object or a text of its own."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in lines]
    return [recorded for _, recorded in read_trace([f"{text}\n" for text in texts], "x.jsonl")]


def mistake(*lines: dict[str, Any] | str) -> TraceError:
    """Return the error that lines are."""
    with pytest.raises(TraceError) as raised:
        read(*lines)
    return raised.value


# ---- what is read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", LINES)
def test_every_line_of_the_contract_is_read(event: str) -> None:
    """A line with all fields of its event is read with each of them."""
    [recorded] = read(whole(event))

    assert (1, whole(event)) == (recorded.seq, recorded.as_json())


@pytest.mark.parametrize("event", LINES)
def test_optional_fields_may_be_absent(event: str) -> None:
    """A line with nothing but its required fields is read, but for the hand that a yes or no needs."""
    required = {"seq", "event", *LINES[event].required, *(["by"] if event in ("accepted", "denied") else [])}
    lean = {name: value for name, value in whole(event).items() if name in required}

    assert [lean] == [each.as_json() for each in read(lean)]


def test_fields_stand_in_the_order_of_the_contract() -> None:
    """However a file orders the fields of a line, what is read has the contract's order."""
    line = whole("control_granted")

    assert read(line) == read(dict(reversed(line.items())))


def test_further_fields_are_ignored() -> None:
    """Fields whose names start with x_ may hold anything and are not read."""
    assert read(LOCKED) == read({**LOCKED, "x_row": "W9", "x_": None, "x_deep": [{"a": [1.5]}]})


def test_an_optional_field_that_is_null_is_absent() -> None:
    """An optional field, and the time, that are null are absent."""
    assert [Recorded(1, Line("contact"))] == read(
        {"seq": 1, "t": None, "event": "contact", "expert": None, "session": None, "reason": None}
    )


def test_blank_lines_are_passed_over() -> None:
    """Blank lines count as lines of the file and as nothing of the trace."""
    texts = ["\n", json.dumps(LOCKED), "  \t\r\n", json.dumps({**LOCKED, "seq": 2}) + "\r\n", "\n"]

    assert [(2, 1), (4, 2)] == [(number, recorded.seq) for number, recorded in read_trace(texts)]


def test_nothing_is_read_ahead() -> None:
    """A line is handed out before the next is looked at, so that a trace may be longer than memory."""
    lines = iter([json.dumps(LOCKED), "{"])

    assert 1 == next(read_trace(lines))[1].seq
    assert "{" == next(lines)


@pytest.mark.parametrize("seq", [-5, 0, 10**30])
def test_any_whole_number_may_be_the_first(seq: int) -> None:
    """A trace may start at any whole number."""
    assert [seq] == [each.seq for each in read({**LOCKED, "seq": seq})]


def test_the_numbers_may_leave_gaps() -> None:
    """The numbers of lines need not be next to each other."""
    assert [3, 900, 901] == [each.seq for each in read(*({**LOCKED, "seq": seq} for seq in (3, 900, 901)))]


@pytest.mark.parametrize(
    ("written", "microseconds"),
    [
        ("0", 0),
        ("7", 7_000_000),
        ("0.1", 100_000),
        ("0.000001", 1),
        ("1e-6", 1),
        ("1700000000.123457", 1_700_000_000_123_457),
        ("4503599627.370497", 4_503_599_627_370_497),
        ("12.3400000000000", 12_340_000),
        ("-0.5", -500_000),
        ("-0", 0),
        ("1E3", 1_000_000_000),
        ("1000000000000", 10**18),
    ],
)
def test_the_time_is_exact(written: str, microseconds: int) -> None:
    """Seconds become whole microseconds, exactly as their decimals say."""
    [recorded] = read(f'{{"seq": 1, "t": {written}, "event": "locked", "session": "s1"}}')

    assert microseconds == recorded.at


def test_a_time_may_go_back() -> None:
    """Time never reorders a trace, so a time that goes back is read like any other."""
    assert [5_000_000, 4_000_000] == [each.at for each in read({**LOCKED, "t": 5}, {**LOCKED, "seq": 2, "t": 4})]


# ---- mistakes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", LINES)
def test_each_required_field(event: str) -> None:
    """A required field that is missing, or null, is an error that names event and field."""
    for name in LINES[event].required:
        for line in (without(event, name), whole(event, **{name: None})):
            assert f"{event} needs `{name}`" == mistake(line).message.partition(" (")[0]


@pytest.mark.parametrize("event", LINES)
def test_no_field_of_another_event(event: str) -> None:
    """A field that the event does not have is an error that names both, null or not."""
    strange = {name for fields in LINES.values() for name in (*fields.required, *fields.optional)} - set(whole(event))
    for name in (*strange, "X_row", "T", "x"):
        for value in ("1", None):
            assert (
                f'{event} has no field "{name}"'
                == mistake(whole(event, **{name: value})).message.partition(" (")[0].partition(";")[0]
            )


LISTS = ("records", "helpers", "exceptions", "sessions")
TEXTS = sorted(
    {name for fields in LINES.values() for name in (*fields.required, *fields.optional)} - {*LISTS, "port", "members"}
)


def event_with(name: str) -> str:
    return next(event for event, fields in LINES.items() if name in (*fields.required, *fields.optional))


IDS = ("offer", "request", "connection", "session", "ticket", "prompt", "version")


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize(("value", "read_as"), [(1, "1"), (0, "0"), (-7, "-7"), (10**30, "1" + 30 * "0"), ("1", "1")])
def test_an_id_may_be_a_whole_number(name: str, value: object, read_as: str) -> None:
    """An id and a version that are whole numbers are read as their digits."""
    assert [read_as] == [each.line[name] for each in read(whole(event_with(name), **{name: value}))]


def test_ids_of_sessions_may_be_whole_numbers() -> None:
    """A list of sessions may hold whole numbers too."""
    assert [("1", "s2")] == [each.line["sessions"] for each in read(whole("sessions_disclosed", sessions=[1, "s2"]))]


@pytest.mark.parametrize("name", IDS)
def test_no_id_is_empty(name: str) -> None:
    """An id and a version have at least one letter."""
    assert f"`{name}` is empty" == mistake(whole(event_with(name), **{name: ""})).message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for value in (1, 1.5, True, False, [], ["s1"], {})
        for name in TEXTS
        if (type(value), name in IDS) != (int, True)
    ],
)
def test_a_text_is_a_text(name: str, value: Any) -> None:
    """A field of text that holds something else is an error that names it."""
    event = "audited" if name == "kind" else event_with(name)

    assert f"`{name}` is no text" == mistake(whole(event, **{name: value})).message.split(":")[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name in LISTS
        for value in ("s1", 1, {}, [1], [None], ["s1", ["s2"]], True)
        if (name, value) != ("sessions", [1])
    ],
)
def test_a_list_is_a_list_of_texts(name: str, value: Any) -> None:
    """A field of a list that holds something else is an error that names it."""
    assert f"`{name}` is no list of texts" == mistake(whole(event_with(name), **{name: value})).message.split(":")[0]


@pytest.mark.parametrize("value", ["x", ["x"], 7, True])
def test_members_are_an_object(value: Any) -> None:
    """Members that are no object of groups are an error."""
    assert "`members` is no object of groups" in mistake(whole("policy_applied", members=value)).message


@pytest.mark.parametrize("value", [None, "x", [1], {}])
def test_the_members_of_a_group_are_a_list(value: Any) -> None:
    """A group whose members are no list of texts is an error."""
    assert (
        "`members` is no list of texts" in mistake(whole("policy_applied", members={r"CORP\Helpdesk": value})).message
    )


@pytest.mark.parametrize("value", [0, -1, 65_536, 3389.0, True, "3389", [3389], 10**20])
def test_a_port_is_the_number_of_one(value: Any) -> None:
    """A port is a whole number from 1 to 65535, and nothing else."""
    assert "`port` is no number of a port" in mistake(whole("firewall_changed", port=value)).message


@pytest.mark.parametrize("name", VALUES)
def test_words_are_those_of_the_contract(name: str) -> None:
    """A field that has but a few words takes each of them and no other, in no other letter case."""
    event = event_with(name)
    for word in VALUES[name]:
        assert word == read(whole(event, **{name: word}))[0].line[name]
        for wrong in (word.upper(), f"{word} ", ""):
            assert f"`{name}` is never" in mistake(whole(event, **{name: wrong})).message


def test_the_kinds_of_audit_records() -> None:
    """An audit record is of a kind that the contract has; the kind of an input is any text."""
    assert list(AUDIT_KINDS) == [read(whole("audited", kind=kind))[0].line["kind"] for kind in AUDIT_KINDS]
    assert '`kind` is never "mouse"' in mistake(whole("audited", kind="mouse")).message
    assert "mouse" == read(whole("input_applied", kind="mouse"))[0].line["kind"]


def test_what_may_be_recorded() -> None:
    """A recorder names kinds that the contract has, and an error says which it meant."""
    assert tuple(RECORD_KINDS) == read(whole("recorder", records=list(RECORD_KINDS), t=0))[0].line["records"]
    assert (
        'nothing that can be recorded is called "frame"; did you mean `frames`?'
        == mistake(whole("recorder", records=["input", "frame"])).message
    )


@pytest.mark.parametrize("event", ["accepted", "denied"])
@pytest.mark.parametrize("origin", VALUES["origin"])
def test_whose_hand_it_was(event: str, origin: str) -> None:
    """A yes or no about an offer needs `by` if it came by a hand, and else may have none."""
    line = {**without(event, "by"), "origin": origin}
    if origin in ("local", "injected"):
        assert f"{event} of origin {origin} needs `by`" == mistake(line).message.partition(" (")[0]
    else:
        assert origin == read(line)[0].line["origin"]


@pytest.mark.parametrize(
    ("word", "like"),
    [("acepted", "; did you mean `accepted`?"), ("Locked", "; did you mean `locked`?"), ("zzzzzz", ""), ("", "")],
)
def test_an_unknown_event(word: str, like: str) -> None:
    """An event that the contract does not have is an error, with a hint where one is like it."""
    assert f'no event is called "{word}"{like}' == mistake({**LOCKED, "event": word}).message


@pytest.mark.parametrize("event", [1, ["locked"], {}, True])
def test_an_event_is_a_text(event: Any) -> None:
    """An event that is no text is an error."""
    assert "`event` is no text" in mistake({**LOCKED, "event": event}).message


def test_a_line_without_event_or_number() -> None:
    """A line without its event, or without its number, is an error that says which."""
    assert "`event` is missing" == mistake({"seq": 1, "session": "s1"}).message
    assert "`seq` is missing" == mistake({"event": "locked", "session": "s1"}).message


@pytest.mark.parametrize("seq", [True, False, 1.0, "1", [1], {}])
def test_a_number_is_a_whole_one(seq: Any) -> None:
    """A number of a line that is no whole number, a bool included, is an error."""
    assert "`seq` is no whole number" in mistake({**LOCKED, "seq": seq}).message


@pytest.mark.parametrize("second", [5, 4, -5])
def test_numbers_grow(second: int) -> None:
    """A number that is not greater than the one before is an error of the later line."""
    error = mistake({**LOCKED, "seq": 5}, {**LOCKED, "seq": second})

    assert (f"seq {second} after seq 5: the numbers must grow", Where("x.jsonl", line=2)) == (
        error.message,
        error.where,
    )


def test_a_recorder_comes_first() -> None:
    """A recorder line after any other line is an error, a second recorder line as well."""
    for before in (LOCKED, {"seq": 1, "event": "recorder", "records": []}):
        error = mistake(before, {"seq": 2, "event": "recorder", "records": []})
        assert ("`recorder` can only be the first line", 2) == (error.message, error.where.line)


def test_a_recording_ends_last() -> None:
    """A line after the end of the recording is an error; blank lines are none."""
    error = mistake({"seq": 1, "event": "recording_ended"}, "", {**LOCKED, "seq": 2})

    assert ("a line after `recording_ended`, which is the last", 3) == (error.message, error.where.line)
    assert 1 == len(read({"seq": 1, "event": "recording_ended"}, ""))


@pytest.mark.parametrize(
    "written", ["0.0000001", "1.1234567", "1e-7", "123456789.1234561", "1e-400", "0.00000000000000000001"]
)
def test_six_decimals_are_the_most(written: str) -> None:
    """A time with more than six decimals is an error, and nothing is rounded."""
    error = mistake(f'{{"seq": 1, "t": {written}, "event": "locked", "session": "s1"}}')

    assert "`t` has more than six decimals" in error.message


@pytest.mark.parametrize(
    "written", ["1e400", "1e999999999999999999", "1e12345", "1000000000001", "-1e13", '"1"', "true", "[]", "{}"]
)
def test_a_time_is_a_number_of_seconds(written: str) -> None:
    """A time that no clock shows, or that is no number, is an error."""
    error = mistake(f'{{"seq": 1, "t": {written}, "event": "locked", "session": "s1"}}')

    assert "`t` is no number of seconds" == error.message.split(":")[0]


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("name", ["t", "seq", "x_load"])
def test_numbers_that_json_does_not_have(written: str, name: str) -> None:
    """NaN and infinities, which JSON does not have, are errors wherever they stand."""
    error = mistake(f'{{"{name}": {written}, "seq": 1, "event": "locked", "session": "s1"}}')

    assert f"{written} is no number of JSON" == error.message


def test_a_missing_time_where_time_is_recorded() -> None:
    """Where the recorder names time, every line has it, its own included."""
    recorder = {"seq": 1, "t": 0, "event": "recorder", "records": ["time"]}
    error = mistake(recorder, {**LOCKED, "seq": 2, "t": 1}, {**LOCKED, "seq": 3})

    assert ("`t` is missing, and the recorder says that every line has it", 3) == (error.message, error.where.line)
    assert 1 == mistake({"seq": 1, "event": "recorder", "records": ["time"]}).where.line


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "locked",
        '{"seq": 1,}',
        "{'seq': 1}",
        '{"seq": 01, "event": "locked"}',
        '{"seq": +1}',
        '{"a": "\t"}',
        '{"a": "\\x"}',
        "{} {}",
        "\ufeff{}",
        "// no",
    ],
)
def test_what_is_no_json(text: str) -> None:
    """A line that is no JSON is an error that says at which character."""
    error = mistake(LOCKED, text)

    assert ("not JSON: ", 2) == (error.message[:10], error.where.line)
    assert "(character " in error.message


def test_lines_may_bring_their_numbers_and_their_mistakes() -> None:
    """Lines that were made of another file have its numbers; one that is known to be wrong is a mistake like any other."""
    line = {"seq": 1, "event": "locked", "session": "s1"}

    assert [7] == [number for number, _ in read_numbered([(7, line)])]
    with pytest.raises(TraceError, match=r"^a\.log:9: bent$"):
        list(read_numbered([(7, line), (9, WrongLine("bent")), (10, {**line, "seq": 2})], "a.log"))


@pytest.mark.parametrize("text", ["1", '"locked"', "[]", "null", "true", "1.5"])
def test_what_is_no_object(text: str) -> None:
    """A line of JSON that is no object is an error."""
    assert "a trace line is a JSON object" == mistake(text).message


@pytest.mark.parametrize(
    "text", ['{"seq": 1, "seq": 1, "event": "contact"}', '{"seq": 1, "event": "contact", "x_a": {"b": 1, "b": 2}}']
)
def test_no_field_twice(text: str) -> None:
    """A field that stands there twice, even deep in a further one, is an error."""
    assert "a field stands there twice" == mistake(text).message


@pytest.mark.parametrize("opened", ["[", '{"a":'])
def test_deep_nesting(opened: str) -> None:
    """What is nested a hundred thousand deep is an error and no crash."""
    assert "not JSON" in mistake(f'{{"x_a": {opened * 100_000}').message


@pytest.mark.parametrize("name", ["seq", "t", "x_a"])
def test_thousands_of_digits(name: str) -> None:
    """A whole number of thousands of digits is an error wherever it stands."""
    line = {**LOCKED, "seq": 1, name: 0}
    text = json.dumps(line).replace(f'"{name}": 0', f'"{name}": {"7" * 5000}')

    assert (Where("x.jsonl", line=1), True) == (mistake(text).where, len(mistake(text).message) < 200)


@pytest.mark.parametrize("name", ["t", "x_a"])
def test_an_exponent_of_thousands_of_digits(name: str) -> None:
    """A number whose exponent no decimal can have is an error of its line, wherever it stands."""
    text = json.dumps({**LOCKED, "seq": 1, name: 0}).replace(f'"{name}": 0', f'"{name}": 1e{"9" * 30}')

    assert (Where("x.jsonl", line=1), True) == (mistake(text).where, len(mistake(text).message) < 200)


def test_a_line_that_is_too_long() -> None:
    """A line longer than a mebibyte is an error and not looked at; one just below is read."""
    short = json.dumps({**LOCKED, "x_a": ""})

    assert 1 == len(read(short[:-2] + "x" * (LONGEST - len(short) - 1) + short[-2:]))
    assert f"longer than {LONGEST} characters" == mistake("{" * (LONGEST + 1)).message


@pytest.mark.parametrize(("texts", "line"), [([], 1), ([""], 1), (["\n", " \n", "\t"], 3)])
def test_a_file_without_a_line(texts: list[str], line: int) -> None:
    """A file without any line of a trace is an error."""
    with pytest.raises(TraceError) as raised:
        list(read_trace(texts, "x"))

    assert ("there is no line of a trace in it", Where("x", line=line)) == (raised.value.message, raised.value.where)


def test_messages_stay_short() -> None:
    """What is shown of a wrong value is short, however long it is."""
    for line in (
        {**LOCKED, "event": "e" * 10_000},
        {**LOCKED, "seq": "1" * 10_000},
        {**LOCKED, "n" * 10_000: 1},
        whole("firewall_changed", port="p" * 10_000),
        whole("recorder", records=["r" * 10_000]),
        whole("ended", reason="r" * 10_000),
    ):
        assert len(str(mistake(line))) < 300


def test_an_error_reads_as_file_line_message() -> None:
    """An error starts with file and line, as editors understand it."""
    assert "x.jsonl:2: `seq` is missing" == str(mistake(LOCKED, {"event": "locked", "session": "s1"}))


# ---- there and back --------------------------------------------------------------------------------------------


def plain(recorded: Recorded) -> Recorded:
    """Return a recorded line without its further fields."""
    fields = tuple(each for each in recorded.line.fields if not each[0].startswith("x_"))
    return evolve(recorded, line=evolve(recorded.line, fields=fields))


def there_and_back(trace: tuple[Recorded, ...]) -> list[Recorded]:
    return read(*(each.as_json() for each in trace))


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_a_played_scenario_is_read_back(file: Path) -> None:
    """The trace that a scenario leaves, written as lines, is read back as the same trace."""
    played = play(read_scenario(file.read_text(encoding="utf-8"), str(file)))

    assert "passed" == played.verdict
    assert [plain(each) for each in played.trace] == there_and_back(played.trace)


@pytest.mark.parametrize("at", [None, 1_700_000_000_000_001])
def test_what_the_computer_says_is_read_back(at: int | None) -> None:
    """The trace that the computer itself leaves, with times or without, is read back as the same trace."""
    host = Host([ANNA], {"s1": BOB})
    policy = Policy.of(offer="enabled", mode="control", helpers=[ANNA])
    for act in (Act("policy is applied", policy=policy), Act("refresh task runs"), Act("logs on", session="s1")):
        host.receive(act, at)
    host.receive(Act("asks for a ticket", ANNA, "s1"), at)
    host.receive(Act("offers help", ANNA, "s1", ticket=str(host.ids(ANNA, "s1")["ticket"])), at)

    assert "prompt_shown" in {each.line.event for each in host.trace}
    assert [plain(each) for each in host.trace] == there_and_back(tuple(host.trace))


@pytest.mark.parametrize("blanks", [["\n"] * (LONGEST + 1), [" " * (LONGEST + 1)]])
def test_blanks_have_a_bound(blanks: list[str]) -> None:
    """More blanks and blank lines one after the other than a line may have are an error, at the line that is one too many."""
    with pytest.raises(TraceError, match="more than 1048576 blanks and blank lines") as error:
        list(read_trace(blanks))

    assert len(blanks) == error.value.where.line
