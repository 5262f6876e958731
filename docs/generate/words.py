"""Two pages of words: what a scenario can say, and what a trace can say. Both are made from the code that reads them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import get_args, get_type_hints

from attrs import fields

from docs.generate import MADE
from rasim.policy import SYSTEMS
from rasim.policy.firewall import FIREWALL_WORDS
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.line_words import FIELDS, SAYS
from rasim.protocol.lines import LINES, RECORD_KINDS
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.terms import Condition, Value
from rasim.protocol.vocabulary import CAPABILITIES, ORIGIN
from rasim.scenario.grammar import (
    EXPERT_WORDS,
    FAULT_SAYS,
    FAULTS,
    LAST_WORDS,
    PHRASES,
    RESERVED,
    USER_WORDS,
    VERBS,
    Actor,
    Phrase,
)

# ---- scenarios -----------------------------------------------------------------------------------------------

ACTORS: Mapping[Actor, str] = {
    "expert": "Of an expert: somebody under `people` without `uses`",
    "user": "Of a user: somebody under `people` with `uses`",
    "administrator": "Of the administrator",
    "computer": "Of the computer",
    "link": "Of the link (or `network`)",
    "firewall": "Of the firewall",
}

EXPECTED: Mapping[str, str] = {
    "nothing": "no ticket, no question, no view",
    "ticket": "holds a ticket; the user knows nothing of it",
    "asked": "the user is being asked about this expert",
    "view only": "sees the screen and holds nothing more",
    "control asked": "sees the screen; the user is being asked for control",
    "control": "sees the screen and holds control",
    "busy": "the last answer to this expert was *busy*",
    "refused": "the last answer to this expert was a denial of another kind",
    "unreachable": "the last answer to this expert was that no offer gets through the firewall",
    "asked about {expert}": "the question about this expert is on show",
    "not asked": "no question is on show",
    "asked for control": "a question about control is on show",
    "viewed": "an expert views",
    "not viewed": "no expert views",
    "done": "a row took the step",
    "ignored": "no row speaks of such an event in this phase",
    "lost": "the step did not reach the computer and never will",
    "under way": "the step has not reached the computer yet: its link is cut, or it is held back",
}

PORTS = {
    "open": "the firewall has this TCP port open; 3389 as an assistance or an exception opens it, others by their exceptions",
    "closed": "it does not",
}
LAST_REFUSED = "a condition or a need failed, or the row that took the step says no (busy, forbidden)"

ANOTHER = " on another prompt"


def scenario_words_page() -> str:
    """Return every word of scenario files as Markdown."""
    return "\n".join((*_words(), ""))


def _words() -> Iterator[str]:
    yield "# The words of scenarios"
    yield MADE
    yield ""
    yield "Every step and every expectation that a scenario file can have. There are no others: an unknown word is an error with"
    yield "its line, its column and the nearest known word. [How to write a scenario](../how-to/write-a-scenario.md) shows them at work."
    yield ""
    yield "## Steps"
    yield ""
    yield "A step is `- ACTOR: what the actor does`. What stands in `[brackets]` may be left out where only one thing can be meant."
    yield "`{braces}` hold a name: `{expert}` and `{user}` are people of the scenario, `{account}` and `{group}` are written `DOMAIN\\name`,"
    yield f"`{{capability}}` is one of {_list(CAPABILITIES)}."
    yield ""
    yield "A step that no row of [the rules](rules.md) takes fails the scenario, unless it is written `tries to …` (with the infinitive:"
    yield "`offers help` becomes `tries to offer help`), or an `expect` about `last` follows."
    yield ""
    yield f"These names are taken and can be nobody's: {_list(RESERVED)}."
    rules = table(capabilities=(CONTROL,))
    for actor, title in ACTORS.items():
        yield ""
        yield f"### {title}"
        yield ""
        yield "| step | what it stands for | and carries |"
        yield "|---|---|---|"
        for text, phrase in _steps(actor):
            says = rules.kind(phrase.kind.replace("{capability}", "control")).says
            if "{capability}" in phrase.kind:
                says = says.replace("control", "*capability*")
            yield f"| `{text}` | {says} | {_carried(phrase.carries)} |"
        if actor == "administrator":
            yield "| `{applies policy: {offer: …, mode: …, helpers: […]}}` | another policy is applied, whole; in words or as `{files: […]}` | |"
    yield ""
    yield "*Carries* is what the event brings along besides its name. An answer with an origin is somebody's who acts as if he were the user;"
    yield f"the origins are {_list(map(str, ORIGIN.values))}, and only *local* counts. *Prompt: another* answers a question that is not on show."
    yield from (*_faults(), "", "### Of nobody", "")
    yield "| step | what it does |"
    yield "|---|---|"
    yield "| `wait: 30 s` | time passes; units are `us`, `ms`, `s`, `min`, `h` |"
    yield "| `together: [{…}, {…}]` | the steps happen at one moment: every order of them is played, each from the start; at most five |"
    yield "| `expect: {…}` | what must be so now; see below |"
    yield (
        "| `administrator: {applies policy: {…}, applies firewall: {…}}` | policy is applied, with the words of `policy:` and `firewall:`; "
        "what is left out stays as it is, and an empty firewall states nothing |"
    )
    yield ""
    yield from _expectations()
    yield ""
    yield from _head()
    yield ""
    yield from _firewall()
    yield ""
    yield "## Infinitives"
    yield ""
    yield f"After `tries to`: {_verbs()}."


def _steps(actor: Actor) -> Iterator[tuple[str, Phrase]]:
    """Yield each phrase of an actor with its text; a phrase that exists on another prompt too is shown once."""
    texts = {phrase.text for phrase in PHRASES if phrase.actor == actor}
    for phrase in PHRASES:
        if phrase.actor == actor and not phrase.text.endswith(ANOTHER):
            yield phrase.text + (f"[{ANOTHER}]" if phrase.text + ANOTHER in texts else ""), phrase


def _faults() -> Iterator[str]:
    yield ""
    yield "### Links, sides and clocks that fail"
    yield ""
    yield "These are no events of the table: they keep events from it, and make them late. `network:` may stand for `link:`. `{time}` is"
    yield "a time as `wait:` has it. [Links that fail](../how-to/links-that-fail.md) shows them."
    yield ""
    yield "| step | what it does |"
    yield "|---|---|"
    for phrase in FAULTS:
        yield f"| `{phrase.actor}: {phrase.text}` | {FAULT_SAYS[phrase.kind]} |"


def _carried(carries: tuple[tuple[str, Value], ...]) -> str:
    words = {True: "yes", False: "no"}
    return ", ".join(f"{name}: {words[value] if isinstance(value, bool) else value}" for name, value in carries)


def _expectations() -> Iterator[str]:
    yield "## Expectations"
    yield ""
    yield "`expect: {anna: view only, bob: viewed}` names a subject and what must be so. `{either: [view only, control]}` allows several,"
    yield "where a tie lets more than one happen. Two words can be true at once: who was denied is *nothing* and *refused*."
    yield ""
    yield "| of | word | means |"
    yield "|---|---|---|"
    of = (("an expert", EXPERT_WORDS), ("a user", USER_WORDS), ("`last`", LAST_WORDS))
    for subject, words in of:
        for word in words:
            says = LAST_REFUSED if (subject, word) == ("`last`", "refused") else EXPECTED[word]
            yield f"| {subject} | `{word}` | {says} |"
    for word, says in PORTS.items():
        yield f"| `port N` | `{word}` | {says} |"
    yield ""
    yield "A port that cannot be told fails an expectation, whatever it expects: where nothing is stated of the firewall, or no answer is known"
    yield "for the operating system."
    yield ""
    yield "Beside `last` may stand `because:`, a word of this list, or the setting behind the refusal."
    yield ""
    yield "| because | what failed | settings behind it |"
    yield "|---|---|---|"
    for condition in _conditions():
        yield f"| `{condition.name}` | {condition.says} | {_list(condition.settings)} |"
    yield "| `no row` | nothing is said about such an event in this phase | |"


def _conditions() -> Iterator[Condition]:
    """Yield what can fail, once each; what is said of control is said of every capability."""
    rules = table(capabilities=(CONTROL,))
    known: dict[str, Condition] = {}
    for each in (*(c for row in rules.rows for c in row.provided), *(c for thing in rules.things for c in thing.needs)):
        known.setdefault(each.name, each)
    yield from known.values()


def _firewall() -> Iterator[str]:
    yield "## The firewall"
    yield ""
    yield "`firewall:` states exceptions by their names, `ports:` and `programs:` the strings themselves, as many as there are; together they"
    yield "are one firewall. It needs `computer: {os: …}`. What is not named is not excepted; a file of `policy:` may state it instead."
    yield ""
    yield "| of | words |"
    yield "|---|---|"
    for name, words in FIREWALL_WORDS.items():
        yield f"| {'`135 tcp`, `3389 udp` and the like' if name == 'port' else f'`{name}`'} | {_list(tuple(words))} |"


def _head() -> Iterator[str]:
    yield "## The head of the file"
    yield ""
    yield "| key | needed | what stands there |"
    yield "|---|---|---|"
    rows = (
        ("rasim", "yes", "`1`, the version of this grammar; it makes the file a scenario"),
        ("scenario", "yes", "one sentence: what the file claims"),
        (
            "policy",
            "yes",
            "`{offer: …, mode: …, helpers: […], solicited: …}`; `offer` is *not configured*, *disabled*, *enabled*; `mode` *view*, *control*",
        ),
        ("policy", "yes", "or `{files: […]}`: policy files beside the scenario, lowest precedence first"),
        ("people", "yes", "a name with its `account`; with `uses: s1` it is the user of that logon session"),
        ("steps", "yes", "the list of steps"),
        ("groups", "", "a group with its members, groups too; who is not told to be in a group is not in it"),
        ("computer", "", f"`{{os: …}}`, one of {_list(SYSTEMS)}, or short: `xp-sp2`, `11`"),
        ("choices", "", "[choices](../decisions/0004-choices.md) with another value than the strict one; see below"),
    )
    for key, needed, says in rows:
        yield f"| `{key}` | {needed} | {says} |"
    yield ""
    yield "| choice | what it says | values, the strict one first |"
    yield "|---|---|---|"
    hints = get_type_hints(Choices)
    for name, value in STRICT.values().items():
        attribute = name.replace(" ", "_")
        says = next(a.metadata["says"] for a in fields(Choices) if a.name == attribute)
        values = f"{_time(value)}, or any time" if isinstance(value, timedelta) else _list(get_args(hints[attribute]))
        yield f"| `{name}` | {says} | {values} |"


def _time(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    return f"{seconds // 60} min" if seconds > 60 and not seconds % 60 else f"{seconds} s"


def _verbs() -> str:
    return ", ".join(f"{infinitive} (*{third}*)" for third, infinitive in VERBS.items())


def _list(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


# ---- traces --------------------------------------------------------------------------------------------------

TRACE_HEAD = """\
A trace says what people and wires could see, and nothing of what a program thought. It is the contract between rasim and
programs that record or judge: names here are added to and never renamed.

A trace is text in UTF-8 with one JSON object a line. `rasim run --format json` prints the trace of each scenario as a list
of such objects. `rasim judge` asks [the promises](promises.md) of the trace of any product:
[how to](../how-to/judge-a-product.md).

## Every line

| field | | what stands there |
|---|---|---|
| `seq` | needed | a whole number that grows from line to line: the order in which the computer saw things. Time never reorders it |
| `event` | needed | one of the names below |
| `t` | may be left out | seconds, with at most six decimals |
| `x_…` | may be added | what a recorder wants to note; nobody else looks at it. In rasim's traces `x_row` is a row of [the rules](rules.md) |

Any other name of an event or field is a mistake of the file, and so is a needed field that is missing. An id that nothing
introduced is no mistake but evidence: something happened that nobody had asked for. Ids and versions are chosen by the
recorder: texts that are not empty, or whole numbers, which are read as their digits. None is used twice for things of a kind;
offers and requests are two kinds. A line that names no id is about the only thing there is that it could be about; if there
are several, what follows of them *cannot be told*.

Before the first line nothing is configured and nobody is logged on.
"""

TRACE_UNASKED = """\
`control_granted` without a `request` is well-formed: whether a user may give what nobody asked for is
[a choice](../decisions/0004-choices.md).
"""

TRACE_RECORDED = """\
## What was recorded

Nobody can conclude from a missing line that something did not happen, unless that kind of line was recorded. A line
`recorder` says which kinds were; without one the kinds marked *yes* are presumed.
"""

TRACE_END = """\
Where a `recorder` line leaves out a kind that a promise needs, the answer for that promise is *cannot tell*. What is marked
*no* is different: where nobody recorded it, promises about it are not asked at all. No kind has the lines of the user's own
end, of a way to it, and of the user's screen and input: promises about them are asked of a trace that has such a line.

A group whose members were never told makes *cannot tell* too, and so does a deadline that is open when a trace stops without
`recording_ended`, and a trace that tells of no assistance. Of a whole trace *broken* weighs more than *cannot tell*, and that
more than *kept*."""


def trace_lines_page() -> str:
    """Return the vocabulary of traces as Markdown."""
    return "\n".join((*_trace_lines(), ""))


def _trace_lines() -> Iterator[str]:
    yield "# Trace lines"
    yield MADE
    yield ""
    yield TRACE_HEAD
    yield "## Events"
    yield ""
    yield "A field with `?` may be left out."
    yield ""
    yield "| event | fields | means |"
    yield "|---|---|---|"
    for name, contract in LINES.items():
        shown = " ".join((*(f"`{f}`" for f in contract.required), *(f"`{f}?`" for f in contract.optional)))
        yield f"| `{name}` | {shown} | {SAYS[name]} |"
    yield ""
    yield TRACE_UNASKED
    yield "## Fields"
    yield ""
    yield "| field | what stands there |"
    yield "|---|---|"
    for name, says in FIELDS.items():
        yield f"| `{name}` | {says} |"
    yield ""
    yield TRACE_RECORDED
    yield "| `records` | recorded where no `recorder` line says so | which lines these are |"
    yield "|---|---|---|"
    for name, kind in RECORD_KINDS.items():
        yield f"| `{name}` | {'yes' if kind.presumed else 'no'} | {kind.says} |"
    yield ""
    yield TRACE_END
