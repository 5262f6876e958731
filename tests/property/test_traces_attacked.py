"""The judge against traces that were damaged, thinned out, respelled or padded: by Hypothesis, and no proof.

Every good trace is the good twin of a case (tests/data/cases): whoever records the same events with less, in another spelling or
with more around them has done nothing wrong.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rasim.errors import TraceError
from rasim.protocol.lines import LINES, VALUES
from rasim.protocol.trace_text import read_trace
from rasim.verify.promises.judge import Judge, JudgedTrace
from rasim.verify.promises.questions import CLOSES

FOLDER = Path(__file__).parents[1] / "data" / "cases"
Lines = list[dict[str, Any]]


def lines_of(file: Path) -> Lines:
    return [json.loads(text) for text in file.read_text(encoding="utf-8").splitlines()]


FILES = sorted(FOLDER.glob("*.jsonl"))
GOOD = [lines_of(file) for file in FILES if file.name.endswith(".good.jsonl")]
TICKETED = ("ticket_issued", "sessions_disclosed")


def judged(texts: list[str]) -> JudgedTrace:
    one = Judge()
    for number, recorded in read_trace(texts, "x"):
        one.take(recorded, number)
    return one.close()


def judged_or_error(texts: list[str]) -> JudgedTrace | int:
    """Return what a trace shows, or the line of the typed error; any other exception is a failure of the test."""
    try:
        return judged(texts)
    except TraceError as error:
        return error.where.line or 0


def verdict(lines: Lines) -> str:
    """Return what lines show, numbered anew, each with a time if the first has one."""
    timed, at = "t" in lines[0], 0
    numbered = []
    for seq, each in enumerate(lines, 1):
        at = each.get("t", at)
        numbered.append({**each, "seq": seq, **({"t": at} if timed else {})})
    return judged([json.dumps(each) for each in numbered]).verdict


def has(trace: Lines, *events: str) -> bool:
    return any(each["event"] in events for each in trace)


# ---- damaged ---------------------------------------------------------------------------------------------------

WORDS = [
    *sorted({word for words in VALUES.values() for word in words}),
    *LINES,
    "s1",
    "",
    "CORP\\anna",
    "\ud800",
    "x" * 300,
]
values = st.one_of(
    st.sampled_from(WORDS),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.sampled_from(WORDS), max_size=2),
    st.dictionaries(st.sampled_from(WORDS), st.lists(st.sampled_from(WORDS), max_size=2), max_size=2),
)


@st.composite
def damaged(draw: st.DrawFn) -> list[str]:
    """Draw a trace whose lines were dropped, doubled, swapped and changed; its numbers may be mended."""
    lines = [dict(each) for each in draw(st.sampled_from(FILES).map(lines_of))]
    for _ in range(draw(st.integers(1, 5))):
        at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.sampled_from(["drop", "double", "swap", "change", "take out", "put in"])):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(other, dict(lines[at]))
            case "swap":
                lines[at], lines[other] = lines[other], lines[at]
            case "change":
                lines[at][draw(st.sampled_from(sorted(lines[at])))] = draw(values)
            case "take out" if len(lines[at]) > 1:
                del lines[at][draw(st.sampled_from(sorted(lines[at])))]
            case _:
                lines[at][draw(st.sampled_from(["by", "t", "offer", "session", "x_a", "prompt", "expert"]))] = draw(
                    values
                )
    if draw(st.booleans()):
        lines = [{**each, "seq": seq} for seq, each in enumerate(lines)]
    return [json.dumps(each) for each in lines]


@given(damaged())
def test_a_damaged_trace(texts: list[str]) -> None:
    """A trace with lines dropped, doubled, swapped or changed is an error with its line, or has a verdict."""
    shown = judged_or_error(texts)

    if isinstance(shown, int):
        assert shown in range(1, len(texts) + 1)
    else:
        assert shown.verdict in ("kept", "broken", "cannot tell")
        assert all(each.because and each.promise for each in shown.broken)


@given(st.sampled_from(FILES), st.integers(0, 10_000), st.integers(0, 8), st.binary(max_size=8))
def test_damaged_bytes(file: Path, place: int, length: int, new: bytes) -> None:
    """A trace with a stretch of bytes replaced is an error with its line, or has a verdict."""
    data = bytearray(file.read_bytes())
    place %= len(data)
    data[place : place + length] = new

    assert judged_or_error(data.decode("utf-8", "replace").split("\n"))


@given(st.sampled_from(FILES), st.integers(0, 10_000))
def test_a_trace_that_is_cut_off(file: Path, end: int) -> None:
    """A trace that is cut off at any byte is an error of its last line, or has a verdict."""
    data = file.read_bytes()
    texts = data[: end % len(data)].decode("utf-8", "replace").split("\n")
    shown = judged_or_error(texts)

    assert not isinstance(shown, int) or shown in (len(texts), 1)


@st.composite
def loose_lines(draw: st.DrawFn) -> list[str]:
    """Draw lines of the contract in no order, about few ids, so that they meet."""
    few = st.sampled_from(["1", "2"])
    known: dict[str, st.SearchStrategy[Any]] = {
        **{name: st.sampled_from(words) for name, words in VALUES.items()},
        "helpers": st.lists(st.sampled_from(["C\\1", "C\\2", "C\\G"]), max_size=2),
        "members": st.dictionaries(
            st.sampled_from(["C\\G", "C\\1"]), st.lists(st.sampled_from(["C\\1", "C\\G"])), max_size=2
        ),
        "exceptions": st.lists(st.sampled_from(["sessmgr", "remote desktop"]), max_size=1),
        "sessions": st.lists(few, max_size=2),
        "port": st.sampled_from([135, 3389, 445]),
        "kind": st.sampled_from(["offer", "answer", "grant", "end"]),
        **dict.fromkeys(("expert", "by", "account", "group"), st.sampled_from(["C\\1", "c\\2", "C\\G"])),
    }
    events = st.sampled_from([event for event in LINES if event not in ("recorder", "recording_ended")])
    kinds = [
        "prompts",
        "answers",
        "frames",
        "input",
        "sessions",
        "policy",
        "tickets",
        "audit",
        "indicators",
        "capabilities",
    ]
    lines: Lines = (
        [{"event": "recorder", "records": draw(st.lists(st.sampled_from(kinds)))}] if draw(st.booleans()) else []
    )
    for event in draw(st.lists(events, min_size=1, max_size=25)):
        fields = LINES[event]
        names = [
            *fields.required,
            *draw(st.lists(st.sampled_from(fields.optional)) if fields.optional else st.just([])),
        ]
        line = {"event": event, **{name: draw(known.get(name, few)) for name in names}}
        lines.append(line | ({"by": "C\\1"} if event in ("accepted", "denied") else {}))
    return [json.dumps({"seq": seq, **each}) for seq, each in enumerate(lines)]


@given(loose_lines())
def test_lines_in_no_order(texts: list[str]) -> None:
    """Any lines of the contract, in any order, have a verdict, and each promise one answer."""
    shown = judged(texts)
    groups = (shown.broken, shown.cannot_tell, shown.not_asked)
    names = [each.promise for group in groups for each in group] + list(shown.kept)

    assert len(texts) == shown.lines
    assert sorted(set(names)) == sorted(names)


@given(loose_lines(), st.integers(0, 25))
def test_what_is_broken_stays_broken(texts: list[str], end: int) -> None:
    """What the first lines of a trace break, the whole breaks, at the same line."""
    first, whole = judged(texts[: max(1, min(end, len(texts)))]), judged(texts)

    assert {(each.promise, each.at) for each in first.broken} <= {(each.promise, each.at) for each in whole.broken}


# ---- thinned out -----------------------------------------------------------------------------------------------

# Events of which a product may have no line, with the events of a trace in which they say something more.
HIDDEN = ("prompt_hidden", "control_prompt_hidden", "capability_prompt_hidden")
# Optional fields that say nothing but what other lines say too.
SPARE = ("names", "prompt", "request", "session", "reason", "helpers", "kind")


@given(st.data())
def test_lines_that_are_left_out(data: st.DataObject) -> None:
    """A good trace without some lines of questions that went away, or of contacts nobody asked tickets for, is kept or open."""
    trace = data.draw(st.sampled_from(GOOD))
    spare = (*HIDDEN, *(() if has(trace, *TICKETED) else ("contact",)))
    left = [each for each in trace if each["event"] not in spare or not data.draw(st.booleans())]

    assert "broken" != verdict(left)


@given(st.data())
def test_fields_that_are_left_out(data: st.DataObject) -> None:
    """A good trace without some of its optional fields is kept, or cannot be told."""
    trace = data.draw(st.sampled_from(GOOD))
    left = []
    for each in trace:
        optional = [name for name in SPARE if name in each and name in LINES[each["event"]].optional]
        taken = data.draw(st.sets(st.sampled_from(optional))) if optional and each["event"] != "audited" else set()
        left.append({name: value for name, value in each.items() if name not in taken})

    assert "broken" != verdict(left)


@given(st.data())
def test_hands_that_are_left_out(data: st.DataObject) -> None:
    """A good trace that says of some grants and ends not whose they were is kept."""
    trace = data.draw(st.sampled_from([each for each in GOOD if not has(each, "audited")]))
    left = [
        {
            name: value
            for name, value in each.items()
            if name != "by"
            or "by" in LINES[each["event"]].required
            or each["event"] in ("accepted", "denied")
            or data.draw(st.booleans())
        }
        for each in trace
    ]

    assert "kept" == verdict(left)


# ---- respelled -------------------------------------------------------------------------------------------------

respellings: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str.upper, str.lower, str.swapcase, str])


@given(st.data())
def test_accounts_in_another_letter_case(data: st.DataObject) -> None:
    """A good trace whose accounts stand there in any letter case, each line in its own, is kept or cannot be told."""
    trace = data.draw(st.sampled_from([each for each in GOOD if not has(each, "audited")]))
    respelled = []
    for each in trace:
        respell = data.draw(respellings)
        line = dict(each)
        for name in {"expert", "by", "account"} & line.keys():
            line[name] = respell(line[name])
        if "members" in line:
            line["members"] = {group: [respell(one) for one in accounts] for group, accounts in line["members"].items()}
        respelled.append(line)

    assert "kept" == verdict(respelled)


@given(st.data())
def test_lists_in_another_letter_case(data: st.DataObject) -> None:
    """A good trace whose helper lists stand there in any letter case is kept."""
    trace = data.draw(st.sampled_from(GOOD))
    respell = data.draw(respellings)

    assert "kept" == verdict(
        [
            {**each, "helpers": [respell(one) for one in each["helpers"]]} if "helpers" in each else each
            for each in trace
        ]
    )


@given(st.data())
def test_ids_of_other_words(data: st.DataObject) -> None:
    """A trace whose ids are other words, each in the place of one, has the same verdict."""
    trace = lines_of(data.draw(st.sampled_from(FILES)))
    ids = ("offer", "request", "connection", "ticket", "prompt", "session")
    names = {name: data.draw(st.sampled_from(["{0}", "é{0}", "{0} {0}", "urn:{0}", "{0}é"])) for name in ids}
    renamed = [
        {
            name: [names["session"].format(one) for one in value]
            if name == "sessions"
            else names[name].format(value)
            if name in names
            else value
            for name, value in each.items()
        }
        for each in trace
    ]

    assert verdict(trace) == verdict(renamed)


# ---- padded ----------------------------------------------------------------------------------------------------

ELSEWHERE: list[Lines] = [
    [
        {"event": "logged_on", "session": "elsewhere", "by": "FAR\\zoe"},
        {"event": "locked", "session": "elsewhere"},
        {"event": "unlocked", "session": "elsewhere"},
        {"event": "logged_off", "session": "elsewhere"},
    ],
    [
        {"event": "logged_on", "session": "elsewhere", "by": "FAR\\zoe"},
        {"event": "switched_away", "session": "elsewhere"},
        {"event": "secure_desktop_on", "session": "elsewhere"},
        {"event": "switched_to", "session": "elsewhere"},
        {"event": "local_input", "session": "elsewhere"},
        {"event": "logged_off", "session": "elsewhere"},
    ],
    [
        {"event": "firewall_changed", "port": 445, "state": "open"},
        {"event": "firewall_changed", "port": 445, "state": "closed", "because": "a rule of the server"},
    ],
    [{"event": "cooldown_over", "expert": "FAR\\zoe", "session": "elsewhere"}],
    [{"event": "helper_removed", "expert": "FAR\\zoe"}],
    [{"event": "member_added", "group": "FAR\\Others", "account": "FAR\\zoe"}],
    [{"event": "reconnect_attempted", "connection": "nowhere"}],
    [{"event": "input_dropped", "connection": "nowhere", "session": "elsewhere"}],
]


@given(st.data())
def test_lines_about_something_else(data: st.DataObject) -> None:
    """What happens elsewhere, where nothing is about to end, changes no verdict."""
    trace = lines_of(data.draw(st.sampled_from(FILES)))
    first = 1 if trace[0]["event"] == "recorder" else 0
    places = [at for at in range(first, len(trace)) if trace[at]["event"] not in (*CLOSES, "recording_ended")]
    at = data.draw(st.sampled_from(places))
    padded = [*trace[:at], *data.draw(st.sampled_from(ELSEWHERE)), *trace[at:]]

    assert verdict(trace) == verdict(padded)


@given(st.data())
def test_further_fields(data: st.DataObject) -> None:
    """Further fields of a recorder's own change no verdict."""
    trace = lines_of(data.draw(st.sampled_from(FILES)))
    padded = [{**each, f"x_{data.draw(st.sampled_from(['a', 'by', 'seq', '']))}": data.draw(values)} for each in trace]

    assert verdict(trace) == verdict(padded)
