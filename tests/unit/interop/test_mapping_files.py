"""Mapping files: what one may say, and where its mistakes are."""

import pytest

from rasim.errors import InputError
from rasim.interop.logs import LogMapping, read_mapping
from rasim.interop.templates import template

HEAD = "rasim mapping: 1\nrecords: []\n"  # two lines
ACCEPTED = "(accepted has offer, session, origin; it may have by, prompt, reply)"
TEXT, CSV, JSON = (f"{HEAD}format: {each}\n" for each in ("text", "csv", "json lines"))
RULES = 'lines:\n- when: "{who} came"\n  write:\n'  # the event is in line 7, column 5


def mistakes(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_mapping(text, "m.yaml")
    return [
        f"{each.where.line}:{each.where.column} {each.message}{each.hint and f' ({each.hint})'}"
        for each in caught.value.problems
    ]


def test_a_mapping_is_read() -> None:
    """A mapping without mistakes is a value."""
    found = read_mapping(f'{TEXT}blanks: as one\nend: true\nlines:\n- when: "bye {{who}}"\n  ignore: true\n')

    assert isinstance(found, LogMapping)
    assert ("text", (), True, True) == (found.format, found.records, found.one_blank, found.whole)
    assert template("bye {who}", to_find=True) == found.rules[0].text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["1:1 an empty file is no mapping"]),
        ("rasim mapping: [", ["2:1 not YAML: did not find expected node content"]),
        ("- a\n", ["1:1 a mapping must be a mapping (`name: value`)"]),
        (
            "rasim mapping: 2\nformt: csv\n",
            [
                "1:1 a mapping needs `format:`",
                "1:1 a mapping needs `records:`",
                "1:1 a mapping needs `lines:`",
                "1:16 this is rasim mapping: 1; another version is not known",
                "2:1 unknown word in a mapping `formt` (did you mean `format`?)",
            ],
        ),
        (
            f"{HEAD}format: jsonlines\nlines:\n- when: {{a: b}}\n  ignore: true\n",
            [
                "3:9 unknown format `jsonlines` (did you mean `json lines`?)",
                "5:9 when must be a word or a sentence",
            ],
        ),
        (
            f'{JSON}blanks: as one\ndelimiter: ";"\nheader: [a]\nlines:\n- when: {{a: b}}\n  ignore: true\n',
            [
                "4:9 `blanks` goes with format: text",
                "5:12 `delimiter` goes with format: csv",
                "6:9 `header` goes with format: csv",
            ],
        ),
        (
            "rasim mapping: 1\nformat: text\nrecords: [answer, frames]\ndecides: [never_connected]\nlines:\n- when: a\n  ignore: true\n",
            [
                "3:11 unknown kind of lines `answer` (did you mean `answers`?)",
                "4:11 unknown promise `never_connected` (did you mean `never_connected_unannounced`?)",
            ],
        ),
        (f"{TEXT}lines: []\n", ["4:8 a mapping without rules reads nothing"]),
        (f"{TEXT}lines: x\n", ["4:8 lines must be a list"]),
        (f"{TEXT}blanks: one\nend: yes\nlines:\n- when: a\n  ignore: true\n",
            ["4:9 unknown blanks `one` (did you mean `as one`?)", "5:6 unknown end `yes` (known: true, false)"]),
        (f'{CSV}delimiter: "||"\nheader: [a, "", a]\nlines:\n- when: {{a: x}}\n  ignore: true\n',
            [
                '4:12 the delimiter is one character (delimiter: ";" or "\\t")',
                "5:13 a column without a name",
                "5:17 `a` stands twice in header",
            ]),
        (f"{TEXT}time: {{form: x, unit: h}}\nlines:\n- when: a\n  ignore: true\n",
            ['4:7 time needs `from:` (time: {from: "{when}", unit: ms})',
             "4:8 unknown word in time `form` (did you mean `from`?)", "4:23 unknown unit `h` (known: s, ms, us, iso)"]),
        (f'{TEXT}ids: {{"#": "{{a}}", visit: "{{visit}}"}}\nlines:\n- when: a\n  ignore: true\n',
            ["4:7 `#` cannot be the name of an id", "4:26 an id is made of what a line says, and of no id"]),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place(text: str, said: list[str]) -> None:
    """Every mistake of a mapping is told at once, with its line, its column and the nearest word."""
    assert said == mistakes(text)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("- x", ["5:3 a rule must be a mapping (`name: value`)"]),
        ("- ignore: true", ["5:3 a rule needs `when:`"]),
        ("- when: a", ["5:3 a rule either writes lines or ignores: `write:` or `ignore: true`"]),
        ("- {when: a, ignore: true, write: []}",
            ["5:3 a rule either writes lines or ignores: `write:` or `ignore: true`"]),
        ("- {when: a, ignore: yes}", ["5:21 unknown value of ignore `yes` (known: true)"]),
        ("- {when: a, ignore: true, begins: [v]}", ["5:35 what is ignored begins nothing"]),
        ("- {when: a, wirte: []}",
            ["5:3 a rule either writes lines or ignores: `write:` or `ignore: true`",
             "5:13 unknown word in a rule `wirte` (did you mean `write`?)"]),
        ("- {when: {a: b}, ignore: true}", ["5:10 when must be a word or a sentence"]),
        ('- {when: "{a}{b}", ignore: true}',
            ["5:10 nothing stands between `{a}` and `{b}`: where does the first one end?"]),
        ('- {when: "{a} {a}", ignore: true}', ["5:10 `{a}` stands there twice"]),
        ('- {when: "{a} {}", ignore: true}', ["5:10 a name is missing between `{` and `}`"]),
        ('- {when: "a } b", ignore: true}', ["5:10 a `}` without its other half; the brace itself is `}}`"]),
        ("- {when: a, write: []}", ["5:20 `write` without lines"]),
        ("- {when: a, begins: [visit], write: [ended: {connection: c, reason: user}]}",
            ["5:22 unknown id `visit` (there is none)"]),
    ],
)  # fmt: skip
def test_a_mistake_of_a_rule_has_its_place(rule: str, said: list[str]) -> None:
    """A rule says what it is about, and either writes or ignores."""
    assert said == mistakes(f"{TEXT}lines:\n{rule}\n")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x", ["7:5 a line must be a mapping (`name: value`)"]),
        ("{}", ["7:5 a line has one event and its fields: `- ended: {connection: c, reason: other}`"]),
        ("endet: {connection: c}", ["7:5 unknown event `endet` (did you mean `ended`?)"]),
        ("recorder: {records: []}", ["7:5 `recorder` is written where the mapping has `records:`"]),
        ("ended: {connecton: c, reason: user}",
            ["7:13 unknown field of ended `connecton` (did you mean `connection`?)"]),
        ("ended: {connection: c, reason: usr}", ["7:36 unknown reason `usr` (did you mean `user`?)"]),
        ("ended: {connection: c}", ["7:5 ended needs `reason` (ended has connection, reason; it may have by, origin)"]),
        ("ended: c", ["7:12 ended must be a mapping (`name: value`)"]),
        ('ended: {connection: "{whom}", reason: user}',
            ["7:25 unknown name `{whom}` (did you mean `{who}`?)"]),
        ('ended: {connection: "{", reason: user}',
            ["7:25 a `{` without its other half; the brace itself is `{{`"]),
        ("ended: {connection: , reason: user}",
            ["7:25 `connection` must be a word or a sentence, and nothing stands here"]),
        ("ended: {connection: {a: b}, reason: user}", ["7:25 `connection` must be a word or a sentence"]),
        ("ended: {connection: [c], reason: user}", ['7:5 `connection` is no text: ["c"]']),
        ("accepted: {offer: o, session: s, origin: local}", [f"7:5 accepted of origin local needs `by` {ACCEPTED}"]),
        ("firewall_changed: {port: 70000, state: open}", ["7:5 `port` is no number of a port: 70000"]),
        ("firewall_changed: {port: 99999999, state: open}", ['7:5 `port` is no number of a port: "99999999"']),
        ("audited: {kind: ofer}", ["7:21 unknown kind `ofer` (did you mean `offer`?)"]),
        ("sessions_disclosed: {expert: a, sessions: s}", ['7:5 `sessions` is no list of texts: "s"']),
        ("policy_applied: {version: v, offers: enabled, members: [a]}",
            ["7:60 members must be a mapping (`name: value`)"]),
    ],
)  # fmt: skip
def test_a_mistake_of_a_line_has_its_place(line: str, said: list[str]) -> None:
    """A line that is to be written is held against the contract of trace lines before any log is read."""
    assert said == mistakes(f"{TEXT}{RULES}  - {line}\n")


@pytest.mark.parametrize(
    "line",
    [
        'ended: {connection: "{who}-{#}", reason: "{who}", x_note: "{{}}"}',
        'firewall_changed: {port: "{who}", state: "{who}"}',
        'audited: {kind: "{who}"}',
        'accepted: {offer: "{#}", session: s, origin: "{who}", by: "{who}"}',
        'policy_applied: {version: v, offers: enabled, helpers: ["{who}"], members: {"{who}": []}}',
    ],
)
def test_what_a_line_of_the_log_decides_is_left_to_it(line: str) -> None:
    """Words that only a line of the log tells are not held against the contract before."""
    assert 1 == len(read_mapping(f"{TEXT}{RULES}  - {line}\n").rules)


def test_names_come_from_the_rule_of_a_text() -> None:
    """What time and ids are made of has to be among the names of a rule that writes."""
    text = (
        f'{TEXT}ids: {{visit: "{{addr}}"}}\ntime: {{from: "{{clock}}", unit: s}}\n'
        'lines:\n- when: "{who} came"\n  write:\n  - ended: {connection: "{visit}", reason: user}\n'
    )

    assert [
        "7:9 unknown name `{addr}` (known: {who}, {visit}, {#})",
        "7:9 unknown name `{clock}` (did you mean `{who}`?)",
    ] == mistakes(text)


def test_a_header_names_the_columns() -> None:
    """Where a mapping names the columns, its rules can ask no others."""
    rule = 'lines:\n- when: {whom: a, who: []}\n  write:\n  - ended: {connection: "{wo}", reason: user}\n'

    assert [
        "6:10 unknown column `whom` (did you mean `who`?)",
        "6:24 nothing is said of `who`",
        "8:25 unknown name `{wo}` (did you mean `{who}`?)",
    ] == mistakes(f"{CSV}header: [who, what]\n{rule}")


@pytest.mark.parametrize(
    ("head", "when", "said"),
    [
        (CSV, '"a,b"', "5:9 of a row of CSV its columns are asked: when: {column: text}"),
        (JSON, "{}", "5:9 a rule without conditions fits everything: name what it is about"),
        (JSON, '{a: ["{x}{y}"]}', "5:14 nothing stands between `{x}` and `{y}`: where does the first one end?"),
    ],
)
def test_conditions_fit_the_format(head: str, when: str, said: str) -> None:
    """A rule asks the columns of CSV, and the fields or the text of a line of JSON."""
    assert [said] == mistakes(f"{head}lines:\n- when: {when}\n  ignore: true\n")


def test_what_nothing_writes_is_not_recorded() -> None:
    """A kind of lines of which a mapping writes none would be kept by omission: it cannot stand among what is recorded."""
    text = f"{TEXT}{RULES}  - frame_shown: {{connection: c, session: s}}\n".replace("[]", "[frames, input, time]")

    assert [
        "2:10 `input` is not recorded: nothing in the mapping writes such a line",
        "2:10 `time` is not recorded: nothing in the mapping writes such a line",
    ] == mistakes(text)
    assert ("frames",) == read_mapping(
        text.replace("input, time", "frames").replace("frames, frames", "frames")
    ).records


def test_begin_has_no_names() -> None:
    """What is written before the first line cannot speak of a line."""
    text = f'{JSON}begin:\n- logged_on: {{session: s, by: "{{who}}"}}\nlines:\n- when: {{a: b}}\n  ignore: true\n'

    assert ["5:31 `{who}` before the first line of the log"] == mistakes(text)


def test_what_is_too_large_is_no_mapping() -> None:
    """A text of more than a million characters is not looked at."""
    assert ["1:1 larger than 1048576 characters: no mapping"] == mistakes("#" * (1 << 20) + "\n")
