from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasim.errors import Problem, ScenarioError, Where
from rasim.policy import NAMED, Firewall, Mode, State
from rasim.scenario.model import Do, Expect, Together, Wait
from rasim.scenario.reader import is_scenario, read_scenario

HEAD = r"""rasim: 1
scenario: the user is asked
policy: {offer: enabled, mode: control, helpers: ['CORP\anna']}
people:
  anna: {account: 'CORP\anna'}
  carol: {account: 'CORP\carol'}
  bob: {account: 'CORP\bob', uses: s1}
"""
WHOLE = (
    HEAD
    + r"""groups: {'CORP\Helpdesk': ['CORP\anna', 'CORP\Tier 1']}
computer: {os: windows-xp-sp2}
choices: {consent time: 30 s, frame time: 1.5 min, hidden question: waits}
steps:
- anna: offers help to bob
- expect: {bob: asked about anna, anna: {either: [asked, ticket]}}
- together: [{bob: tries to accept}, {wait: 250 ms}]
- administrator: {applies policy: {files: [a.pol, b.pol]}}
- carol: tries to ask for control of bob
- expect: {last: ignored, because: no row}
"""
)


def problems(text: str) -> list[tuple[str, str, str, str]]:
    """Return place, message, line and help of each mistake of a text that is no scenario."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "a.yaml")
    return [(str(p.where), p.message, p.excerpt, p.hint) for p in caught.value.problems]


def places(text: str) -> list[str]:
    return [place for place, _, _, _ in problems(text)]


def messages(text: str) -> list[str]:
    return [message for _, message, _, _ in problems(text)]


def firewall_of(parts: str) -> Firewall:
    text = f"{HEAD}computer: {{os: windows-xp-sp2}}\n{parts}\nsteps: [{{wait: 1 s}}]\n"
    firewall = read_scenario(text).firewall
    assert firewall is not None
    return firewall.meant


def with_steps(*steps: str) -> str:
    return HEAD + "steps:\n" + "".join(f"- {step}\n" for step in steps)


# ---- what is right -------------------------------------------------------------------------------------------


def test_a_whole_scenario_is_read() -> None:
    """Every part of a scenario is read as it is written."""
    scenario = read_scenario(WHOLE, "a.yaml")
    words = scenario.policy.words

    assert words is not None
    assert ("the user is asked", State.ENABLED, Mode.CONTROL) == (scenario.name, words.offer.state, words.offer.mode)
    assert {"anna": "CORP\\anna", "carol": "CORP\\carol"} == scenario.experts
    assert {"bob": "s1"} == {name: person.uses for name, person in scenario.users.items()}
    assert ("windows-xp-sp2", "waits") == (scenario.os, scenario.choices.hidden_question)
    assert (timedelta(seconds=30), timedelta(seconds=90)) == (
        scenario.choices.consent_time,
        scenario.choices.frame_time,
    )
    assert [Do, Expect, Together, Do, Do, Expect] == [type(step) for step in scenario.steps]


def test_the_words_of_a_firewall_stand_for_its_strings() -> None:
    """A firewall in words is the firewall of the strings they stand for; what is closed or not allowed has none."""
    words = (
        "{135 tcp: open, 500 udp: disabled, 80 tcp: closed, helpsvc: allowed, helpctr: disabled, sessmgr: not allowed}"
    )
    strings = Firewall.of(
        protection="enabled",
        ports=[NAMED["135 tcp"], "500:UDP:*:Disabled:ike"],
        programs=[NAMED["helpsvc"], NAMED["helpctr"].replace("Enabled", "Disabled")],
    )

    assert strings == firewall_of(f"firewall: {words}")


@pytest.mark.parametrize(
    ("words", "switches"),
    [
        ("{remote desktop: enabled}", ("enabled", "not configured", "enabled")),
        ("{remote desktop: disabled}", ("enabled", "not configured", "disabled")),
        ("{windows firewall: off}", ("disabled", "not configured", "not configured")),
        ("{windows firewall: on, exceptions: not allowed}", ("enabled", "enabled", "not configured")),
        ("{exceptions: allowed}", ("enabled", "disabled", "not configured")),
    ],
)
def test_the_switches_of_a_firewall_are_read(words: str, switches: tuple[str, str, str]) -> None:
    """The switches of a firewall are read, and one that is spoken of is on unless it is said to be off."""
    found = firewall_of(f"firewall: {words}")

    assert switches == (found.protection.state, found.no_exceptions.state, found.remote_desktop.state)


def test_strings_stand_beside_the_words_of_a_firewall() -> None:
    """What stands under `ports:` and `programs:` is read as it is typed and added to the words."""
    found = firewall_of(
        "firewall: {135 tcp: open}\nports: ['3389:TCP:*: Enabled: a', nonsense]\nprograms: ['C:\\x.exe:*:Disabled:x']"
    )

    assert [135, 3389] == [each.port for each in found.ports]
    assert (["C:\\x.exe"], ["nonsense"]) == (
        [each.path for each in found.programs],
        [each.text for each in found.unreadable],
    )


@pytest.mark.parametrize(
    ("act", "policy", "firewall"),
    [
        ("applies policy: {offer: disabled}", True, False),
        ("applies firewall: {135 tcp: open}", False, True),
        ("applies policy: {offer: disabled}, applies firewall: {135 tcp: open}", True, True),
    ],
)
def test_the_administrator_applies_policy_or_firewall(act: str, policy: bool, firewall: bool) -> None:
    """The administrator applies a policy, a firewall, or both in one step."""
    (step,) = read_scenario(with_steps(f"administrator: {{{act}}}")).steps

    assert isinstance(step, Do)
    assert (policy, firewall) == (step.policy is not None, step.firewall is not None)


def test_a_step_knows_its_place() -> None:
    """Every step knows the file, line and column it stands at."""
    assert "a.yaml:13:3" == str(read_scenario(WHOLE, "a.yaml").steps[1].where)


@pytest.mark.parametrize(
    ("written", "microseconds"),
    [
        ("0 s", 0),
        ("1 us", 1),
        ("250 ms", 250_000),
        ("1.5 s", 1_500_000),
        ("59.999999s", 59_999_999),
        ("2 h", 7_200_000_000),
    ],
)
def test_times_are_whole_microseconds(written: str, microseconds: int) -> None:
    """A time is a number and a unit, and is kept in whole microseconds."""
    (step,) = read_scenario(with_steps(f"wait: {written}")).steps

    assert isinstance(step, Wait)
    assert microseconds == step.microseconds


@pytest.mark.parametrize("written", ["30", "s", "-1 s", "1e3 s", "0.5 us", "1.0000000 s", "1 day", "'1  s s'", "''"])
def test_what_is_no_time(written: str) -> None:
    """What has no unit, no number, a sign or parts of a microsecond is no time."""
    assert ["a.yaml:9:9"] == places(with_steps(f"wait: {written}"))


def test_words_stay_words() -> None:
    """A word that YAML 1.1 takes for a truth value or an octal number stays the word it is."""
    people = "people: {no: {account: 'CORP\\no', uses: 010}, y: {account: 'CORP\\y'}}\n"
    scenario = read_scenario(
        "rasim: 1\nscenario: on\npolicy: {offer: disabled}\n" + people + "steps: [{y: offers help to no}]\n"
    )

    assert ("on", [("no", "010"), ("y", None)]) == (scenario.name, [(p.name, p.uses) for p in scenario.people])


@pytest.mark.parametrize(
    "text", ["\N{BYTE ORDER MARK}" + WHOLE, WHOLE.replace("\n", "\r\n"), WHOLE.replace("\n", "\r")]
)
def test_marks_and_line_ends_do_not_matter(text: str) -> None:
    """A byte-order mark and the line ends of Windows or of old make no other scenario."""
    assert read_scenario(WHOLE).steps[-1] == read_scenario(text).steps[-1]


def test_a_mistake_after_windows_line_ends_has_its_place() -> None:
    """Line and column are right also where lines end as on Windows."""
    assert ["a.yaml:9:8"] == places(with_steps("bob: acepts").replace("\n", "\r\n"))


@pytest.mark.parametrize(
    ("text", "answer"),
    [("rasim: 1\n", True), ("# a\nrasim : 1", True), ("on: push\nrasim-version: 1\n", False), ("", False)],
)
def test_a_scenario_is_known_by_its_first_word(text: str, answer: bool) -> None:
    """A YAML file is meant as a scenario if it has the key `rasim`."""
    assert answer == is_scenario(text)


# ---- misspelt words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "line", "like"),
    [
        (HEAD + "stepps: []\n", "a.yaml:8:1", "stepps: []", "steps"),
        (HEAD.replace("offer:", "ofer:"), "a.yaml:3:10", "", "offer"),
        (HEAD.replace("mode: control", "mode: contrl"), "a.yaml:3:32", "", "control"),
        (HEAD.replace("enabled", "enabeld"), "a.yaml:3:17", "", "enabled"),
        (HEAD.replace("uses:", "use:"), "a.yaml:7:30", "", "uses"),
        (HEAD + "computer: {os: windows-xp-sp22}\n", "a.yaml:8:16", "", "windows-xp-sp2"),
        (HEAD + "computer: {so: windows-7}\n", "a.yaml:8:12", "", "os"),
        (HEAD + "choices: {consent tim: 1 s}\n", "a.yaml:8:11", "", "consent time"),
        (HEAD + "choices: {hidden question: wait}\n", "a.yaml:8:28", "", "waits"),
        (with_steps("ana: offers help"), "a.yaml:9:3", "- ana: offers help", "anna"),
        (with_steps("anna: ofers help"), "a.yaml:9:9", "- anna: ofers help", "offers help"),
        (with_steps("anna: offers help to bobb"), "a.yaml:9:9", "- anna: offers help to bobb", "bob"),
        (with_steps("bob: tries to acept"), "a.yaml:9:8", "- bob: tries to acept", "tries to accept"),
        (with_steps("bob: accepts ana"), "a.yaml:9:8", "- bob: accepts ana", "anna"),
        (with_steps("bob: presses esc"), "a.yaml:9:8", "- bob: presses esc", "presses Esc"),
        (with_steps("computer: restart"), "a.yaml:9:13", "- computer: restart", "restarts"),
        (with_steps("link: looses anna"), "a.yaml:9:9", "- link: looses anna", "loses anna"),
        (with_steps("firewall: close"), "a.yaml:9:13", "- firewall: close", "closes"),
        (HEAD + "firewall: {helpsvr: allowed}\n", "a.yaml:8:12", "", "helpsvc"),
        (HEAD + "firewall: {helpsvc: alowed}\n", "a.yaml:8:21", "", "allowed"),
        (HEAD + "firewall: {135 tpc: open}\n", "a.yaml:8:12", "", "135 tcp"),
        (HEAD + "firewall: {135 tcp: opn}\n", "a.yaml:8:21", "", "open"),
        (HEAD + "firewall: {remote desktop: enabld}\n", "a.yaml:8:28", "", "enabled"),
        (with_steps("administrator: {applies firewal: {}}"), "a.yaml:9:19", "", "applies firewall"),
        (with_steps("expect: {port 3389: opn}"), "a.yaml:9:23", "", "open"),
        (with_steps("expect: {bbo: not asked}"), "a.yaml:9:12", "- expect: {bbo: not asked}", "bob"),
        (with_steps("expect: {bob: asked about ana}"), "a.yaml:9:17", "", "asked about anna"),
        (with_steps("expect: {anna: veiw only}"), "a.yaml:9:18", "", "view only"),
        (with_steps("expect: {last: refusd}"), "a.yaml:9:18", "", "refused"),
        (with_steps("expect: {anna: {ether: [asked]}}"), "a.yaml:9:19", "", "either"),
        (with_steps("expect: {anna: {either: [askd]}}"), "a.yaml:9:28", "", "asked"),
        (with_steps("together: [{bob: acepts}]"), "a.yaml:9:20", "", "accepts"),
        (with_steps("administrator: {aplies policy: {}}"), "a.yaml:9:19", "", "applies policy"),
        (with_steps("administrator: {applies policy: {ofer: disabled}}"), "a.yaml:9:36", "", "offer"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest(text: str, place: str, line: str, like: str) -> None:
    """A word that is not known is answered with its place, its line and the nearest word that is."""
    found = [(where, hint, excerpt) for where, _, excerpt, hint in problems(text) if "did you mean" in hint]
    number = int(place.split(":")[1])

    assert [(place, f"did you mean `{like}`?", line or text.splitlines()[number - 1])] == found


def test_a_mistake_is_shown_in_its_line() -> None:
    """A mistake is printed with file, line and column, the line itself, a caret under the word, and the help."""
    with pytest.raises(ScenarioError) as caught:
        read_scenario(with_steps("anna: offers help to bob", "bob: acepts"), "lesson/a.yaml")

    assert [
        "lesson/a.yaml:10:8: unknown step of a user `acepts`",
        "    - bob: acepts",
        "           ^",
        "    help: did you mean `accepts`?",
    ] == str(caught.value).splitlines()


def test_a_word_that_is_like_no_other_is_answered_with_all() -> None:
    """Where no known word is near, all known words are named."""
    ((_, _, _, hint),) = problems(with_steps("expect: {last: xyzzy}"))

    assert "known: done, refused, ignored, lost, under way" == hint


def test_all_mistakes_come_at_once_and_in_order() -> None:
    """All mistakes of a file are told at once, in the order of the file."""
    text = with_steps("expect: {bob: viewd}", "bob: acepts", "zoe: offers help", "wait: long").replace(
        "enabled", "enabld"
    )

    assert ["a.yaml:3:17", "a.yaml:9:17", "a.yaml:10:8", "a.yaml:11:3", "a.yaml:12:9"] == places(text)


# ---- mistakes of meaning -------------------------------------------------------------------------------------

NO_DOMAIN = "{!r} is no account: it has no domain; write DOMAIN\\name"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "rasim: 1\nsteps: [{wait: 1 s}]\n", "`rasim` stands twice in a scenario"),
        (with_steps("wait: 1 s").replace("carol:", "anna:"), "`anna` stands twice in people"),
        (with_steps("expect: {bob: viewed, bob: not viewed}"), "`bob` stands twice in expect"),
        (with_steps("wait: 1 s").replace("rasim: 1", "rasim: 2"), "this is rasim: 1; another version is not known"),
        (with_steps("wait: 1 s").replace("rasim: 1", "rasim: one"), "this is rasim: 1; another version is not known"),
        (with_steps("wait: 1 s").replace("rasim: 1\n", ""), "a scenario needs `rasim:`"),
        (HEAD, "a scenario needs `steps:`"),
        (HEAD + "steps: []\n", "a scenario without steps shows nothing"),
        (HEAD + "steps:\n", "steps must be a list"),
        (HEAD + "steps: {anna: offers help}\n", "steps must be a list"),
        (with_steps("accepts"), "a step must be a mapping (`name: value`)"),
        (with_steps("[bob, accepts]"), "a step must be a mapping (`name: value`)"),
        (with_steps("[bob]: accepts"), "a name in a step must be a word or a sentence"),
        (
            with_steps("{bob: accepts, anna: leaves}"),
            "a step has one actor and what it does: `- anna: offers help to bob`",
        ),
        (with_steps("bob: [accepts]"), "what bob does must be a word or a sentence"),
        (with_steps("bob: {accepts: anna}"), "what bob does must be a word or a sentence"),
        (with_steps("wait: [1 s]"), "a time must be a word or a sentence"),
        (with_steps("expect: viewed"), "expect must be a mapping (`name: value`)"),
        (with_steps("expect: {bob: [viewed]}"), "what is expected of bob must be a word or a sentence"),
        (with_steps("expect: {anna: {either: asked}}"), "either must be a list"),
        (with_steps("together: {bob: accepts}"), "steps must be a list"),
        (with_steps("together: [{expect: {bob: viewed}}]"), "`expect` cannot stand inside `together`"),
        (with_steps("together: [{together: []}]"), "`together` cannot stand inside `together`"),
        (
            with_steps(f"together: [{', '.join(['{wait: 1 s}'] * 6)}]"),
            "more than five steps together have too many orders to play",
        ),
        (with_steps("bob: accepts bob"), "bob is no expert"),
        (with_steps("anna: offers help to carol"), "carol is no user"),
        (with_steps("administrator: adds anna to the helpers"), NO_DOMAIN.format("anna")),
        (
            HEAD + "firewall: {135 tcp: open}\nsteps: [{wait: 1 s}]\n",
            "what a firewall lets through depends on the system",
        ),
        (HEAD + "ports: ['135:TCP:*:Enabled:a']\n", "what a firewall lets through depends on the system"),
        (HEAD + "firewall: {port: open}\n", "unknown word in firewall `port`"),
        (HEAD + "firewall: {70000 tcp: open}\n", "unknown word in firewall `70000 tcp`"),
        (HEAD + "firewall: {0 tcp: open}\n", "unknown word in firewall `0 tcp`"),
        (HEAD + "firewall: [135 tcp]\n", "firewall must be a mapping (`name: value`)"),
        (HEAD + "ports: 135\n", "ports must be a list"),
        (with_steps("administrator: {}"), "the administrator does nothing"),
        (with_steps("expect: {port 70000: closed}"), "unknown subject `port 70000`"),
        (with_steps("expect: {port 0: closed}"), "unknown subject `port 0`"),
        (HEAD.replace("policy: {", "policy: {files: [a.pol], "), "`offer` beside `files`: the files say it"),
        (
            HEAD.replace("offer: enabled, mode: control, helpers: ['CORP\\anna']", "files: []"),
            "no file is named: that is no policy",
        ),
        (HEAD.replace("  carol:", "  wait:"), "`wait` is a word of scenarios and cannot be a person's name"),
        (HEAD.replace("  carol:", "  2nd:"), "`2nd` is no name: letters, digits and - only"),
        (HEAD.replace("carol'}", "anna'}"), "carol is a second expert with the account CORP\\anna"),
        (HEAD.replace("carol'}", "carol', uses: s1}"), "the logon session s1 is already carol's"),
        (HEAD.replace("carol: {account: 'CORP\\carol'}", "carol: {}"), "carol needs an `account`"),
        (HEAD.replace("'CORP\\carol'", "carol"), NO_DOMAIN.format("carol")),
        (HEAD + "groups: {Helpdesk: ['CORP\\anna']}\n", NO_DOMAIN.format("Helpdesk")),
        (HEAD.replace("uses: s1", "uses: [s1]"), "a logon session must be a word or a sentence"),
        (HEAD.replace("['CORP\\anna']", "'CORP\\anna'"), "helpers must be a list"),
        (
            HEAD.replace("scenario: the user is asked", "scenario: [a]"),
            "the scenario's sentence must be a word or a sentence",
        ),
    ],
)
def test_a_mistake_of_meaning_is_named(text: str, message: str) -> None:
    """What is spelt right and makes no sense is a mistake that says why."""
    assert message in messages(text)


def test_an_expert_says_to_whom() -> None:
    """Where several users are logged on an expert's step has to say which one is meant."""
    text = with_steps("anna: offers help").replace("carol'}", "carol', uses: s2}")

    assert [("a.yaml:9:9", "say to which user", "- anna: offers help", "users: carol, bob")] == problems(text)


# ---- hostile text --------------------------------------------------------------------------------------------

LAUGHS = "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("", "a.yaml:1:1", id="empty"),
        pytest.param(" \n\n", "a.yaml:1:1", id="blank"),
        pytest.param("# nothing\n", "a.yaml:1:1", id="comment only"),
        pytest.param("hello", "a.yaml:1:1", id="a word"),
        pytest.param("12", "a.yaml:1:1", id="a number"),
        pytest.param("- rasim: 1\n", "a.yaml:1:1", id="a list"),
        pytest.param("{}", "a.yaml:1:1", id="an empty mapping"),
        pytest.param("rasim: [1\n", "a.yaml:2:1", id="not closed"),
        pytest.param("rasim: 'x\n", "a.yaml:2:1", id="open quote"),
        pytest.param("rasim: 1\n\tscenario: x\n", "a.yaml:2:1", id="tab"),
        pytest.param("rasim: 1\n---\nrasim: 1\n", "a.yaml:2:1", id="two documents"),
        pytest.param("%YAML 9.9\n---\nrasim: 1\n", "a.yaml:1:1", id="another YAML"),
        pytest.param("rasim: *nobody\n", "a.yaml:1:8", id="alias of nothing"),
        pytest.param(with_steps("!!python/object/apply:os.system [ls]"), "a.yaml:9:3", id="tag of an object"),
        pytest.param(with_steps("bob: !!python/name:os.system {}"), "a.yaml:9:8", id="tag of a name"),
        pytest.param(with_steps("<<: {bob: accepts}"), "a.yaml:9:3", id="merge key"),
        pytest.param("x" * 2_000_000, "a.yaml:1:1", id="two million letters"),
        pytest.param("a\n" * 1_000_000, "a.yaml:1:1", id="a million lines"),
        pytest.param(with_steps("bob: " + "x" * 900_000), "a.yaml:9:8", id="a long word"),
        pytest.param(with_steps("bob: accepts" + " x" * 400_000), "a.yaml:9:8", id="many words"),
        pytest.param(with_steps("wait: " + "9" * 5_000 + " s"), "a.yaml:9:9", id="a long number"),
        pytest.param(with_steps("null"), "a.yaml:9:3", id="nothing for a step"),
        pytest.param(with_steps("1: 2"), "a.yaml:9:3", id="numbers"),
    ],
)
def test_hostile_text_is_a_mistake_with_a_place(text: str, place: str) -> None:
    """Whatever stands in a file that is no scenario, the first mistake has its place."""
    assert place == places(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="brackets"),
        pytest.param("{" * 100_000, id="braces"),
        pytest.param("[{a: " * 50_000, id="brackets and braces"),
        pytest.param("- " * 100_000, id="lists on one line"),
        pytest.param("? " * 100_000, id="keys on one line"),
        pytest.param("".join(f"{'  ' * n}a:\n" for n in range(400)), id="blocks"),
        pytest.param("".join(f"{' ' * n}a:\n" for n in range(400)), id="narrow blocks"),
    ],
)
def test_deep_nesting_is_refused(text: str) -> None:
    """Text that is nested deeper than any scenario is one mistake, found before it is taken apart."""
    assert ["nested deeper than 60: no scenario"] == messages(text)


@pytest.mark.parametrize("text", [LAUGHS, with_steps("&x {together: [*x]}")], ids=["a billion laughs", "itself"])
def test_what_stands_for_itself_many_times_is_refused(text: str) -> None:
    """Names that stand for more and more of themselves are mistakes like any other."""
    assert len(problems(text)) > 0


@pytest.mark.parametrize("character", ["\0", "\x01", "\x1b", "\x7f", "\ufffe"])
def test_a_character_that_yaml_forbids_is_a_mistake(character: str) -> None:
    """A character that may not stand in YAML makes one mistake, wherever it stands."""
    assert (1, 1) == (len(problems(with_steps(f"bob: acc{character}epts"))), len(problems(character)))


# ---- random text ---------------------------------------------------------------------------------------------

WORDS = [
    "rasim: 1\n",
    "steps:\n",
    "- anna: ",
    "- expect: ",
    "{",
    "}",
    "[",
    "]",
    ": ",
    ", ",
    "'",
    '"',
    "&a ",
    "*a",
    "!!x ",
]
WORDS += ["\n", "  ", "\t", "|", ">", "#", "?", "tries to ", "either", "accepts", "\N{LINE SEPARATOR}", "\x85", "\\"]


def without_a_place(text: str) -> list[Problem]:
    """Return the mistakes of a text that have no place or no message; a refusal without mistakes is one."""
    try:
        read_scenario(text, "a.yaml")
    except ScenarioError as error:
        nothing = Problem(Where(), "")
        return [p for p in error.problems or (nothing,) if not (p.where.line and p.where.column and p.message)]
    return []


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS), max_size=30).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Any text is a scenario or a list of mistakes with places."""
    assert [] == without_a_place(text)


@given(st.data())
def test_any_damaged_scenario_is_read_or_refused(data: st.DataObject) -> None:
    """A scenario of which parts are cut, doubled or overwritten is a scenario or a list of mistakes with places."""
    text = WHOLE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + data.draw(st.one_of(st.sampled_from(WORDS), st.text(max_size=5))) + text[end:]
    assert [] == without_a_place(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('["]", ' * 100_000, id="brackets in words"),
        pytest.param('{a: "}", b: ' * 50_000, id="braces in words"),
        pytest.param("[ # ]\n" * 100_000, id="brackets in comments"),
    ],
)
def test_nesting_cannot_be_hidden(text: str) -> None:
    """Brackets in words and comments do not hide how deep a text is nested."""
    assert ["nested deeper than 60: no scenario"] == messages(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (with_steps("bob: acc\ud800epts"), "a.yaml:9:11"),
        (with_steps("bob: acc\0epts"), "a.yaml:9:11"),
        (with_steps("bob: acc\x1bepts"), "a.yaml:9:11"),
    ],
)
def test_a_character_that_yaml_forbids_has_its_place(text: str, place: str) -> None:
    """A character that may not stand in YAML is a mistake at its own place."""
    assert [place] == places(text)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        with_steps("&x {together: [*x]}"),
        with_steps("&x {together: [{wait: 1 s}, {wait: 2 s}]}", *["*x"] * 10),
        with_steps("bob: &word accepts"),
    ],
)
def test_nothing_stands_for_something_else(text: str) -> None:
    """Anchors and aliases are one mistake, so that a short text is a short scenario."""
    assert ["a scenario has no anchors (`&`) and aliases (`*`): write it out"] == messages(text)


def test_a_tag_is_a_mistake_even_on_a_known_word() -> None:
    """A tag is a mistake also where the word behind it would be right."""
    assert ["a.yaml:9:8"] == places(with_steps("bob: !!python/object/apply:os.system accepts"))


@pytest.mark.parametrize(
    "expectation", ["{}", "{anna: {}}", "{anna: {either: []}}", "{bob: not asked, anna: {either: []}}"]
)
def test_an_expectation_of_nothing_is_a_mistake(expectation: str) -> None:
    """An expectation that could never fail is a mistake, not a comfort."""
    assert 1 == len(problems(with_steps(f"expect: {expectation}")))


def test_a_misspelt_reason_is_answered_with_the_nearest() -> None:
    """What may stand after `because` is known, and a misspelt reason is answered with the nearest."""
    text = with_steps("anna: tries to offer help", "expect: {last: refused, because: helpr}")

    assert [("a.yaml:10:36", "did you mean `helper`?")] == [(where, hint) for where, _, _, hint in problems(text)]


@pytest.mark.parametrize(
    "text",
    [
        with_steps("wait: 999999999 h"),
        HEAD + "choices: {frame time: 0 s}\nsteps: [{wait: 1 s}]\n",
        HEAD + "choices: {frame time: 1 us}\nsteps: [{wait: 1 s}]\n",
    ],
)
def test_a_time_that_nobody_could_play_is_a_mistake(text: str) -> None:
    """A wait of more than a year, and frames without number, are mistakes."""
    assert 1 == len(problems(text))


@pytest.mark.parametrize("name", ["last", "because", "control", "chat"])
def test_a_word_of_steps_is_no_name(name: str) -> None:
    """A word that has a meaning of its own in steps or expectations cannot be a person's name."""
    message = f"`{name}` is a word of scenarios and cannot be a person's name"

    assert message in messages(HEAD.replace("  carol:", f"  {name}:"))


def test_many_mistakes_are_told_quickly() -> None:
    """Ten thousand mistakes are told as quickly as they can be read."""
    assert 10_000 == len(problems(with_steps(*["bob: acepts the ofer"] * 10_000)))


def test_a_mistake_cannot_move_the_cursor() -> None:
    """What a mistake prints of a file holds no character that a terminal obeys."""
    ((_, message, _, _),) = problems(with_steps('bob: "\\e[2Jaccepts"'))

    assert "unknown step of a user `<U+001B>[2Jaccepts`" == message


def test_a_scenario_is_known_behind_a_byte_order_mark() -> None:
    """A byte-order mark does not hide that a file is a scenario."""
    assert is_scenario("\N{BYTE ORDER MARK}rasim: 1\n")


def test_a_backslash_in_double_quotes_is_explained() -> None:
    """An account in double quotes loses its backslash to YAML, and the help says so."""
    text = HEAD.replace("'CORP\\carol'", '"CORP\\anna"') + "steps: [{wait: 1 s}]\n"

    assert ["in double quotes a backslash begins an escape: use single quotes"] == [hint for *_, hint in problems(text)]


@pytest.mark.parametrize("name", ["windows-xp-sp2", "xp-sp2", "XP SP2"])
def test_a_system_by_its_short_name(name: str) -> None:
    """An operating system may be named as answers name it; the scenario has the whole name."""
    assert "windows-xp-sp2" == read_scenario(f"{HEAD}computer: {{os: {name}}}\nsteps: [{{wait: 1 s}}]\n").os


def test_an_unknown_system_is_told_with_the_nearest() -> None:
    """A name that is no system's is a mistake, and the nearest one is told."""
    with pytest.raises(ScenarioError, match=r"unknown operating system `xp-sp9`\n.*\n.*\n.*did you mean"):
        read_scenario(f"{HEAD}computer: {{os: xp-sp9}}\nsteps: [{{wait: 1 s}}]\n")


@pytest.mark.parametrize(
    ("excerpt", "column", "pointed"),
    [
        ("- bob: acepts", 8, ("- bob: acepts", "       ^")),
        ("P\x00R\x00eg", 2, ()),
        ("a" * 300 + "X" + "b" * 300, 301, ("…" + "a" * 100 + "X" + "b" * 99 + "…", " " * 101 + "^")),
        ("\tx", 2, ("\tx", " ^")),
        ("", 1, ()),
    ],
)
def test_a_mistake_is_pointed_at(excerpt: str, column: int, pointed: tuple[str, ...]) -> None:
    """Below the line stands a mark; of a long line only what is around it is shown, and of bytes that are no text nothing."""
    assert Problem(Where("x.yaml", line=1, column=column), "wrong", excerpt).pointed() == pointed
