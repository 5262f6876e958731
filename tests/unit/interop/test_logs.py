"""Logs of other products as trace lines: what becomes of each line, and what is refused."""

import json
from typing import Any

import pytest

from rasim.errors import TraceError, UsageError
from rasim.interop.logs import LogMapping, mapped, read_log, read_mapping
from rasim.verify.promises.judge import Judge

HEAD = "rasim mapping: 1\nrecords: []\n"
ENDED = '  write:\n  - ended: {connection: "{who}", reason: user}\n'
WORDS = f'{HEAD}format: text\nlines:\n- when: "{{who}} left"\n{ENDED}- when: "# {{any...}}"\n  ignore: true\n'
ROWS = f"{HEAD}format: csv\nlines:\n- when: {{what: left}}\n{ENDED}- when: {{what: came}}\n  ignore: true\n"
OBJECTS = f"{HEAD}format: json lines\nlines:\n- when: {{what: left}}\n{ENDED}- when: {{what: came}}\n  ignore: true\n"


def of(text: str, log: str, **named: Any) -> list[tuple[int, dict[str, Any]]]:
    return list(mapped(log.splitlines(keepends=True), read_mapping(text), **named))


def lines(text: str, log: str) -> list[tuple[int, str, Any]]:
    """Return the lines without the recorder's: number, event, and the connection."""
    read = read_log(log.splitlines(keepends=True), read_mapping(text))
    return [(number, each.line.event, each.line["connection"]) for number, each in read][1:]


def refused(text: str, log: str) -> str:
    with pytest.raises(TraceError) as caught:
        list(read_log(log.splitlines(keepends=True), read_mapping(text), "a.log"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "log"),
    [
        (WORDS, "# a log\n\nanna left\r\n   \ncarl left"),
        (ROWS, "who,what\n\nanna,left\ndora,came\ncarl,left\n"),
        (OBJECTS, '{"what": "came"}\n\n{"what": "left", "who": "anna"}\n\t\n{"who": "carl", "what": "left"}\n'),
    ],
)
def test_a_line_of_the_trace_has_the_number_of_its_line_of_the_log(text: str, log: str) -> None:
    """Each line of the trace names the line of the log that it was made of; blank lines count and say nothing."""
    assert [(3, "ended", "anna"), (5, "ended", "carl")] == lines(text, log)


def test_seq_counts_what_is_written() -> None:
    """The lines of the trace are numbered one after the other, the recorder first."""
    assert [
        (2, {"seq": 1, "event": "recorder", "records": []}),
        (2, {"seq": 2, "event": "ended", "connection": "anna", "reason": "user"}),
    ] == of(WORDS, "# a log\nanna left\n")


def test_begin_comes_first_and_the_end_last() -> None:
    """What begins is written before the first line, and a log that is whole ends."""
    text = f"{WORDS}begin:\n- logged_on: {{session: s, by: bob}}\nend: true\n"

    assert [(1, "logged_on", None), (1, "ended", "anna"), (2, "recording_ended", None)] == lines(
        text, "anna left\n# end\n"
    )


def test_a_log_of_which_all_is_ignored_tells_nothing() -> None:
    """A log that has only what is ignored keeps no promise: it cannot be told."""
    judge = Judge()
    for number, each in read_log(["# nothing\n"], read_mapping(WORDS)):
        judge.take(each, number)

    assert "cannot tell" == judge.close().verdict


def test_the_first_rule_that_fits_decides() -> None:
    """Of rules that fit a line the first is taken."""
    text = f'{HEAD}format: text\nlines:\n- when: "anna left"\n  ignore: true\n- when: "{{who}} left"\n{ENDED}'

    assert [(2, "ended", "carl")] == lines(text, "anna left\ncarl left\n")


def test_a_name_does_not_reach_over_a_blank() -> None:
    """Who calls himself `x User y` does not become another line of the log."""
    assert "a.log:1: no rule of the mapping speaks of this line: anna maria left" == refused(WORDS, "anna maria left\n")


def test_blanks_may_count_as_one() -> None:
    """Where a mapping says so, blanks and tabs one after the other are one blank, and those around a line none."""
    assert [(1, "ended", "anna")] == lines(f"{WORDS}blanks: as one\n", " anna \t left  \n")
    assert "no rule" in refused(WORDS, "anna  left\n")


def test_a_line_may_be_taken_over_with_its_blanks() -> None:
    """Where blanks count as one they do so in the rules too, which are often a line of the log with names put in."""
    text = f"{WORDS}blanks: as one\n".replace("{who} left", "{who} \\t  left")

    assert [(1, "ended", "anna")] == lines(text, "anna     left\n")


@pytest.mark.parametrize(
    ("field", "value", "known"),
    [
        ("who", "anna", "anna"),
        ("who", 7, "7"),
        ("who", 7.5, "7.5"),
        ("who", True, "true"),
        ("user.name", {"user": {"name": "anna"}}, "anna"),
        ("user.name", {"user.name": "anna", "user": {"name": "bob"}}, "anna"),
        ("args.1", {"args": ["x", "anna"]}, "anna"),
        ("args.0.id", {"args": [{"id": "anna"}]}, "anna"),
    ],
)
def test_a_field_of_json_is_asked_by_its_way(field: str, value: Any, known: str) -> None:
    """Fields within fields are named with dots, elements of lists by their number, and words of JSON as they are written."""
    entry = {"what": "left", **(value if isinstance(value, dict) else {field: value})}

    assert [(1, "ended", known)] == lines(OBJECTS.replace("{who}", f"{{{field}}}"), json.dumps(entry))


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("who", {}),
        ("who", {"who": None}),
        ("who", {"who": ["anna"]}),
        ("who", {"who": {"name": "anna"}}),
        ("who.name", {"who": "anna"}),
        ("who.2", {"who": ["anna"]}),
        ("who.x", {"who": ["anna"]}),
        ("who.9999999", {"who": ["anna"]}),
    ],
)
def test_what_is_needed_and_is_not_there_is_an_error(field: str, entry: dict[str, Any]) -> None:
    """A name that a line of the trace needs has to be one text of this line of the log."""
    said = refused(OBJECTS.replace("{who}", f"{{{field}}}"), json.dumps({"what": "left", **entry}))

    assert f"a.log:1: `{{{field}}}` is needed, and is not in this line" == said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"what": "left", "what": "came"}', "a field stands there twice"),
        ('{"what": NaN}', "NaN is no number of JSON"),
        ("[]", "a line of the log is a JSON object"),
        ("left", "not JSON: expecting value (character 1)"),
        (f'{{"what": {"9" * 5000}}}', "not JSON that a line of the log could be"),
        (f'{{"what": {"[" * 100_000}', "not JSON that a line of the log could be"),
        (f'{{"what": "{"x" * (1 << 20)}"}}', "longer than 1048576 characters"),
        ('{"what": "gone"}', 'no rule of the mapping speaks of this line: {"what": "gone"}'),
        ('{"who": "left"}', 'no rule of the mapping speaks of this line: {"who": "left"}'),
        ('{"what": "left", "who": ""}', "`connection` is empty"),
    ],
)
def test_a_bad_line_of_json_is_refused(line: str, said: str) -> None:
    """What is no object of JSON, or no rule's, is refused with the number of its line."""
    assert f"a.log:2: {said}" == refused(OBJECTS, f'{{"what": "came"}}\n{line}\n')


def test_a_line_of_json_can_be_asked_as_text() -> None:
    """A log of JSON may have lines that are none, if a rule before the others names them."""
    text = OBJECTS.replace("lines:\n", 'lines:\n- when: "server {n} starts"\n  ignore: true\n')

    assert [(2, "ended", "anna")] == lines(text, 'server 7 starts\n{"what": "left", "who": "anna"}\n')
    assert "a.log:1: not JSON" in refused(text, "server seven stops\n")


def test_one_of_several_texts_is_enough() -> None:
    """A field may have to be one of several texts, with names in them."""
    text = OBJECTS.replace("{what: left}", '{what: [gone, "{who} left"]}')

    assert [(1, "ended", "a"), (2, "ended", "b")] == lines(
        text, '{"what": "gone", "who": "a"}\n{"what": "b left", "who": "x"}\n'
    )


def test_all_mistakes_of_a_log_are_told_at_once() -> None:
    """What no rule speaks of, what is no JSON and what is no trace line stand beside each other, each with its line."""
    log = '{"what": "gone"}\n[]\n{"what": "left", "who": "anna"}\n{"what": "left"}\n{"what": "left", "who": ""}\n'

    assert [
        'a.log:1: no rule of the mapping speaks of this line: {"what": "gone"}',
        "a.log:2: a line of the log is a JSON object",
        "a.log:4: `{who}` is needed, and is not in this line",
        "a.log:5: `connection` is empty",
    ] == refused(OBJECTS, log).split("\n")


def test_the_objects_alone_stop_at_the_first_mistake() -> None:
    """Who asks for the objects gets none after a line that is wrong."""
    with pytest.raises(TraceError, match=r"b\.log:2: no rule"):
        of(WORDS, "anna left\nanna came\ncarl left\n", file="b.log")


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("who,what\nanna\n", "a.log:2: a row of 1 where there are 2 columns"),
        ("who,what\nanna,left,today\n", "a.log:2: a row of 3 where there are 2 columns"),
        ("who,wat\n", "a.log:1: no column is called `what`; did you mean `wat`?"),
        ("whom,what\n", "a.log:1: no column is called `who`; did you mean `whom`?"),
        ("x,y\n", "a.log:1: no column is called `what`\na.log:1: no column is called `who`"),
        ("who,what,who\n", "a.log:1: the column who stands twice"),
        ('who,what\n"anna,left\n', "a.log:2: no CSV: unexpected end of data"),
        ('who,what\n"anna"x,left\n', "a.log:2: no CSV: ',' expected after '\"'"),
        (f"who,what\n{'x' * (1 << 20)},left\n", "a.log:2: longer than 1048576 characters"),
        ("who,what\nanna,gone\n", "a.log:2: no rule of the mapping speaks of this line: anna,gone"),
        ("", "a.log:1: there is no line of a trace in it"),
    ],
)
def test_a_bad_row_of_csv_is_refused(log: str, said: str) -> None:
    """A row that is too short or too long, a header that lacks what is asked, and what is no CSV are refused."""
    assert said == refused(ROWS, log)


def test_a_row_over_several_lines_has_the_number_of_the_first() -> None:
    """A row of CSV may go over several lines of the file; it stands where it begins."""
    assert [(2, "ended", "an\nna"), (4, "ended", "carl")] == lines(ROWS, 'who,what\n"an\nna",left\ncarl,left\n')


def test_a_log_without_a_header_has_it_from_the_mapping() -> None:
    """Columns and delimiter may be named in the mapping."""
    assert [(1, "ended", "anna")] == lines(f'{ROWS}header: [who, what]\ndelimiter: "\\t"\n', "anna\tleft\n")


IDS = (
    f'{HEAD}format: text\nids: {{visit: "{{who}}"}}\nlines:\n'
    '- when: "{who} came"\n  begins: [visit]\n  write:\n  - connection_opened: {connection: "{visit}", offer: "{#}"}\n'
    '- when: "{who} left"\n  write:\n  - ended: {connection: "{visit}", reason: user}\n'
)


def test_an_id_is_the_line_where_it_began() -> None:
    """Who comes again has a new id, and what is said of him in between is about the last."""
    log = "anna came\ncarl came\nanna left\nanna came\nanna left\ncarl left\n"

    assert ["1", "2", "1", "4", "4", "2"] == [each for _, _, each in lines(IDS, log)]


def test_an_id_that_never_began_begins_where_it_is_used() -> None:
    """A log that begins in the middle speaks of things that nobody introduced, each by one id."""
    assert ["1", "1", "3"] == [each for _, _, each in lines(IDS, "anna left\nanna left\ncarl left\n")]


TIMES = WORDS.replace('"{who} left"', '"{when} {who} left"').replace("records: []", "records: [time]")


@pytest.mark.parametrize(
    ("unit", "first", "second", "passed"),
    [
        ("s", "1700000000", "1700000001.5", 1_500_000),
        ("s", "1700000000.0000001", "1700000001.0000004", 1_000_000),
        ("ms", "1700000000123", "1700000000124", 1_000),
        ("us", "7", "8", 1),
        ("s", "8", "7", -1_000_000),
        ("iso", "2026-11-29T10:00:00Z", "2026-11-29T12:00:01.25+02:00", 1_250_000),
        ("iso", "2026-11-29T10:00", "2026-11-30T10:00", 86_400_000_000),
    ],
)
def test_times_are_told_from_the_first_line(unit: str, first: str, second: str, passed: int) -> None:
    """Each line has the time since the first one that was written, to the microsecond."""
    text = f'{TIMES}time: {{from: "{{when}}", unit: {unit}}}\nbegin:\n- logged_on: {{session: s, by: bob}}\nend: true\n'
    log = f"{first} anna left\n# x\n{second} carl left\n"
    read = read_log(log.splitlines(), read_mapping(text))

    assert [0, 0, 0, passed, passed] == [each.at for _, each in read]


@pytest.mark.parametrize(
    ("unit", "text", "said"),
    [
        ("s", "today", "today is no number, and no time in s"),
        ("s", "1e9", "1e9 is no number, and no time in s"),
        ("s", "9" * 21, f"{'9' * 21} is no number, and no time in s"),
        ("iso", "10:00", "10:00 is no time as in 2026-11-29T10:00:00Z, or not as the first one is"),
        ("iso", "2026-11-29T10:00", "2026-11-29T10:00 is no time as in 2026-11-29T10:00:00Z, or not as the first one is"),
        ("s", "9" * 20, "`t` is no number of seconds: 99999999999999999998.000000"),
    ],
)  # fmt: skip
def test_a_bad_time_is_refused(unit: str, text: str, said: str) -> None:
    """What is no time, or tells a zone where the first did not, is refused."""
    first = "2026-11-29T10:00:00Z" if unit == "iso" else "1"
    mapping = f'{TIMES}time: {{from: "{{when}}", unit: {unit}}}\n'

    assert f"a.log:2: {said}" == refused(mapping, f"{first} anna left\n{text} carl left\n")


def test_a_field_of_few_words_is_held_against_them_when_it_is_told() -> None:
    """A word that a line of the log puts into a line of the trace has to be one of the trace's."""
    text = WORDS.replace("reason: user", 'reason: "{who}"')

    assert 'a.log:1: `reason` is never "anna"' == refused(text, "anna left\n")  # fmt: skip


def test_members_and_lists_are_written() -> None:
    """Lists and the members of groups are made of templates too."""
    line = 'policy_applied: {version: "{#}", offers: enabled, helpers: ["{who}"], members: {"{who}": ["{who}-1"]}}'
    text = WORDS.replace('ended: {connection: "{who}", reason: user}', line)
    (_, policy) = of(text, "anna left\n")[1]

    assert (["anna"], {"anna": ["anna-1"]}) == (policy["helpers"], policy["members"])


def test_what_a_log_does_not_decide_cannot_be_told() -> None:
    """Promises that a mapping does not name are neither kept nor broken, whatever the lines seem to show."""
    decides = "decides: [consent_is_used_once]\n"
    rules = (
        '- when: "{who} came"\n  write:\n  - offer_received: {offer: "{#}", session: s}\n'
        '  - connection_opened: {connection: "{#}", offer: "{#}"}\n'
        "- when: never\n  write:\n  - prompt_shown: {offer: o, session: s}\n"
        "  - denied: {offer: o, session: s, origin: timer}\n"
    )
    text = f"rasim mapping: 1\nrecords: [prompts, answers]\nformat: text\nlines:\n{rules}"
    traces = []
    for mapping in map(read_mapping, (text, text + decides)):
        judge = Judge()
        for number, each in read_log(["a came\n", "b came\n"], mapping):
            judge.take(each, number)
        traces.append(mapping.settled(judge.close()))
    all_, few = traces
    broken, left = ({each.promise for each in part} for part in (all_.broken, few.cannot_tell))

    assert "never_connected_unannounced" in broken
    assert ((), ("consent_is_used_once",)) == (few.broken, few.kept)
    assert broken | set(all_.kept) | {each.promise for each in all_.cannot_tell} == left | set(few.kept)
    assert all_.not_asked == few.not_asked


def test_the_door_refuses_a_text_for_lines() -> None:
    """Who gives one text where lines are wanted is told so."""
    mapping: LogMapping = read_mapping(WORDS)

    with pytest.raises(UsageError, match="lines"):
        read_log("anna left\n", mapping)
