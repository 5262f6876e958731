import json
from pathlib import Path

import pytest

from rasim.formats.registry_pol import render
from rasim.policy import Policy, policy_to_entries
from rasim.runtime import Meeting, simulate
from rasim.scenario.play import Played, play
from rasim.scenario.reader import read_scenario

HEAD = r"""rasim: 1
scenario: the user is asked
policy: {offer: enabled, mode: control, helpers: ['CORP\anna', 'CORP\carol']}
people:
  anna: {account: 'CORP\anna'}
  carol: {account: 'CORP\carol'}
  mallory: {account: 'CORP\mallory'}
  bob: {account: 'CORP\bob', uses: s1}
"""
VIEWING = ("anna: offers help to bob", "bob: accepts anna")


def played(*steps: str, head: str = HEAD, file: str = "a.yaml", seed: int = 0) -> Played:
    return play(read_scenario(head + "steps:\n" + "".join(f"- {step}\n" for step in steps), file), seed)


def said(result: Played) -> tuple[str, list[tuple[str, str, str]]]:
    """Return the verdict, and place, line and message of what went wrong."""
    return result.verdict, [(str(p.where), p.excerpt, p.message) for p in result.problems]


# ---- steps that no row admits --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("anna: moves the mouse", "ignored, no rule speaks of this while idle"),
        (
            "mallory: offers help to bob",
            "refused, row T1: ticket needs: the expert is on the helper list as last checked",
        ),
        ("bob: logs off", None),
        ("firewall: opens", None),
    ],
)
def test_a_step_that_no_row_admits_fails(step: str, reason: str | None) -> None:
    """A step that no row of the table admits fails the scenario at its place, with the reason."""
    verdict, problems = said(played(step))
    wanted = [] if reason is None else [("a.yaml:10:3", f"- {step}", f"{step.replace(':', '')}: {reason}")]

    assert ("failed" if wanted else "passed") == verdict
    assert wanted == [(where, line, message[: len(wanted[0][2])]) for where, line, message in problems]


def test_a_refusal_names_the_setting_behind_it() -> None:
    """The reason of a step that failed ends with the policy setting behind it."""
    ((_, _, message),) = said(played("mallory: offers help to bob"))[1]

    assert message.endswith("[RAUnsolicit], and that is not so")


@pytest.mark.parametrize(
    ("steps", "first"),
    [
        ((*VIEWING, "bob: grants control"), "`anna: asks for control` first"),
        (("bob: accepts anna",), "`anna: offers help` first"),
        ((*VIEWING, "anna: moves the mouse"), "`anna: asks for control`, then `bob: grants control` first"),
        (("bob: locks the session", "anna: offers help to bob"), "`bob: unlocks the session` first"),
        (("mallory: offers help to bob",), ""),
        (("administrator: lets helpers only view", *VIEWING, "bob: grants control"), ""),
    ],
)
def test_a_step_that_needs_another_first_names_it(steps: tuple[str, ...], first: str) -> None:
    """Where what people may do leads to what was turned away the fewest such steps are named; of policy nothing is said."""
    (problem,) = played(*steps, head=HEAD.replace("  carol: {account: 'CORP\\carol'}\n", "")).problems

    assert first == problem.hint


def test_a_step_that_only_tries_may_be_turned_away() -> None:
    """What somebody *tries to* do may be ignored or refused, and the scenario goes on."""
    assert ("passed", []) == said(played("anna: tries to move the mouse", "mallory: tries to offer help to bob"))


def test_a_step_that_only_tries_may_succeed() -> None:
    """What somebody *tries to* do may also be done."""
    assert ("passed", []) == said(
        played("anna: tries to offer help to bob", "expect: {bob: asked about anna, last: done}")
    )


def test_an_expected_refusal_is_no_failure() -> None:
    """A step that is turned away does not fail where the next step expects that it is."""
    assert ("passed", []) == said(played("anna: moves the mouse", "expect: {last: ignored}"))


def test_another_expectation_excuses_nothing() -> None:
    """A step that is turned away fails where the next step does not speak of it."""
    assert "failed" == played("anna: moves the mouse", "expect: {anna: nothing}").verdict


# ---- last and because ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (("mallory: tries to offer help",), "refused, because: helper"),
        (("mallory: tries to offer help",), "refused, because: RAUnsolicit"),
        (("mallory: tries to offer help",), "refused, because: raunsolicit"),
        (("firewall: closes", "anna: tries to offer help"), "refused, because: Windows Firewall"),
        ((*VIEWING, "anna: tries to move the mouse"), "refused, because: control"),
        ((*VIEWING, "bob: tries to grant control"), "refused, because: control asked"),
        ((*VIEWING, "carol: tries to offer help"), "refused, because: busy"),
        (("anna: offers help", "anna: tries to accept for bob"), "refused, because: local"),
        (("anna: offers help", "bob: tries to accept on another prompt"), "refused, because: on show"),
        (("anna: tries to move the mouse",), "ignored, because: no row"),
        (("bob: locks the session",), "done"),
    ],
)
def test_the_last_step_can_be_asked_about(steps: tuple[str, ...], expected: str) -> None:
    """A refusal is known by the name of its condition or need, or of the setting behind it, whatever the case."""
    assert ("passed", []) == said(played(*steps, f"expect: {{last: {expected}}}"))


@pytest.mark.parametrize(
    ("steps", "expected", "message"),
    [
        ((), "bob: viewed", "expected bob: viewed; it is: not asked, not viewed"),
        ((), "last: done", "expected last: done; it is: nothing"),
        (VIEWING, "anna: control", "expected anna: control; it is: view only"),
        (VIEWING, "{anna: {either: [asked, ticket]}}", "expected anna: asked or ticket; it is: view only"),
        (VIEWING, "{bob: viewed, anna: nothing}", "expected anna: nothing; it is: view only"),
        (
            ("mallory: tries to offer help",),
            "{last: refused, because: offers}",
            "expected because: offers; it is: helper, RAUnsolicit",
        ),
        (VIEWING, "{because: control}", "expected because: control; it is: no refusal"),
        (
            ("anna: offers help",),
            "{bob: asked about carol}",
            "expected bob: asked about carol; it is: asked about anna, not viewed",
        ),
    ],
)
def test_a_wrong_expectation_says_what_is(steps: tuple[str, ...], expected: str, message: str) -> None:
    """An expectation that is not met fails at its place and says what is instead."""
    inside = expected if expected.startswith("{") else f"{{{expected}}}"
    verdict, problems = said(played(*steps, f"expect: {inside}"))

    assert ("failed", [message]) == (verdict, [text for _, _, text in problems])
    assert [10 + len(steps)] == [int(where.split(":")[1]) for where, _, _ in problems]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((), "{anna: nothing, bob: not asked}"),
        (("anna: asks for a ticket",), "{anna: ticket, bob: not asked}"),
        (("anna: offers help",), "{anna: asked, bob: asked about anna}"),
        (VIEWING, "{anna: view only, bob: viewed}"),
        ((*VIEWING, "anna: asks for control"), "{anna: control asked, bob: asked for control}"),
        ((*VIEWING, "anna: asks for control", "bob: grants control"), "{anna: control, bob: viewed}"),
        ((*VIEWING, "carol: tries to offer help"), "{carol: busy, bob: viewed}"),
        (("anna: offers help", "bob: denies"), "{anna: refused, bob: not viewed}"),
        (("firewall: closes", "anna: tries to offer help"), "{anna: unreachable, bob: not asked}"),
    ],
)
def test_each_word_of_expect_can_be_true(steps: tuple[str, ...], expected: str) -> None:
    """Every word that may be expected of an expert or a user is true of some situation."""
    assert ("passed", []) == said(played(*steps, f"expect: {expected}"))


# ---- ports ---------------------------------------------------------------------------------------------------

ALL_FOUR = "135 tcp: open, helpsvc: allowed, helpctr: allowed, sessmgr: allowed"


def behind(firewall: str, system: str = "windows-xp-sp2") -> str:
    return f"{HEAD}computer: {{os: {system}}}\nfirewall: {{{firewall}}}\n"


@pytest.mark.parametrize(
    ("firewall", "expected"),
    [
        (ALL_FOUR, "{port 135: open, port 3389: closed, port 80: closed}"),
        ("135 tcp: open", "{port 135: open}"),
        ("135 tcp: disabled", "{port 135: closed}"),
        ("135 udp: open", "{port 135: closed}"),
        ("135 tcp: open, exceptions: not allowed", "{port 135: closed, port 3389: closed}"),
        ("windows firewall: off", "{port 135: open, port 80: open, port 3389: open}"),
        ("remote desktop: enabled", "{port 135: closed, port 3389: open}"),
    ],
)
def test_a_port_is_open_as_the_firewall_states(firewall: str, expected: str) -> None:
    """A port is open by its own exception or where the firewall is off, whether or not an offer gets through."""
    assert ("passed", []) == said(played(f"expect: {expected}", head=behind(firewall)))


def test_a_port_that_is_not_as_expected_fails() -> None:
    """A port that is not as expected fails with what it is instead."""
    ((_, _, message),) = said(played("expect: {port 3389: open}", head=behind(ALL_FOUR)))[1]

    assert "expected port 3389: open; it is: closed" == message


@pytest.mark.parametrize(
    ("head", "port", "reason"),
    [
        (HEAD, 3389, "not known"),
        (HEAD + "computer: {os: windows-xp-sp2}\n", 135, "nothing is stated about the firewall"),
        (behind(ALL_FOUR, "windows-xp"), 3389, "has no firewall that policy governs"),
        (behind(ALL_FOUR, "windows-xp"), 135, "has no firewall that policy governs"),
        (behind(ALL_FOUR, "windows-7"), 3389, "does not use port 3389 here"),
    ],
)
@pytest.mark.parametrize("word", ["open", "closed"])
def test_a_port_that_cannot_be_told_is_neither(head: str, port: int, reason: str, word: str) -> None:
    """A port that cannot be told is neither open nor closed, and the failure says why."""
    ((_, _, message),) = said(played(f"expect: {{port {port}: {word}}}", head=head))[1]

    assert message.startswith(f"expected port {port}: {word}; it is: not to be told (")
    assert reason in message


def test_a_policy_that_says_nothing_of_a_firewall_leaves_it() -> None:
    """A policy that is applied and does not speak of the firewall leaves it as it was."""
    act = "administrator: {applies policy: {offer: enabled, helpers: ['CORP\\carol']}}"

    assert ("passed", []) == said(played(act, "expect: {port 135: open}", head=behind(ALL_FOUR)))


def test_a_firewall_alone_leaves_the_policy() -> None:
    """A firewall that is applied alone leaves the policy, and the view that stands on it, as they were."""
    act = f"administrator: {{applies firewall: {{{ALL_FOUR}, remote desktop: enabled}}}}"

    assert ("passed", []) == said(
        played(*VIEWING, act, "bob: ends", "expect: {anna: nothing, port 3389: open}", head=behind(ALL_FOUR))
    )


# ---- together ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "orders"),
    [
        (("wait: 1 s",), 1),
        (("together: [{wait: 1 s}, {wait: 2 s}]",), 2),
        (("together: [{wait: 1 s}, {wait: 2 s}, {wait: 3 s}]", "together: [{wait: 1 s}, {wait: 2 s}]"), 12),
    ],
)
def test_every_order_is_played(steps: tuple[str, ...], orders: int) -> None:
    """What is together is played in every order, and the orders of several multiply."""
    assert ("passed", orders) == (played(*steps).verdict, played(*steps).orders)


def test_the_order_that_fails_is_named() -> None:
    """If only one order fails, the failure names it, and the trace is that order's."""
    tie = "together: [{bob: tries to accept}, {anna: tries to withdraw}]"
    failed = played("anna: offers help", tie, "expect: {anna: view only}")

    assert ["expected anna: view only; it is: nothing (order 2 of 2)"] == [p.message for p in failed.problems]
    assert "offer_cancelled" in [recorded.line.event for recorded in failed.trace]


def test_too_many_orders_are_refused() -> None:
    """A scenario with more orders than can be played is an error that says how many."""
    five = f"together: [{', '.join(['{wait: 1 s}'] * 5)}]"
    verdict, problems = said(played(five, five))

    assert ("error", [("a.yaml:10:3", "14400 orders are too many to play (at most 720)")]) == (
        verdict,
        [(where, message) for where, _, message in problems],
    )


# ---- policy files --------------------------------------------------------------------------------------------

FILES = HEAD.replace("offer: enabled, mode: control, helpers: ['CORP\\anna', 'CORP\\carol']", "files: [a.pol]")
A_POLICY = render(policy_to_entries(Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"])))


def test_a_policy_file_is_found_beside_the_scenario(tmp_path: Path) -> None:
    """A policy file is opened beside the scenario, and its policy holds."""
    (tmp_path / "a.pol").write_bytes(A_POLICY)
    result = played("anna: offers help", "carol: tries to ask for a ticket", head=FILES, file=str(tmp_path / "a.yaml"))

    assert ("passed", ["done", "refused"]) == (result.verdict, [o.verdict for o in result.outcomes[-2:]])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "a.pol: there is no such file"),
        (b"", "a.pol: offset 0: "),
        (A_POLICY[:-1], f"a.pol: offset {len(A_POLICY) - 1}: "),
        (b"MZ" + A_POLICY, "a.pol: offset 0: "),
    ],
    ids=["missing", "empty", "cut short", "no policy file"],
)
def test_a_policy_file_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """A policy file that is missing or damaged makes the scenario an error with its reason, never an empty policy."""
    if content is not None:
        (tmp_path / "a.pol").write_bytes(content)
    result = played("anna: tries to offer help", head=FILES, file=str(tmp_path / "a.yaml"))

    assert ("error", (), 1) == (result.verdict, result.trace, len(result.problems))
    assert reason in result.problems[0].message


def test_a_folder_is_no_policy_file(tmp_path: Path) -> None:
    """A folder where a policy file should be makes the scenario an error."""
    (tmp_path / "a.pol").mkdir()

    assert "error" == played("wait: 1 s", head=FILES, file=str(tmp_path / "a.yaml")).verdict


# ---- who is there --------------------------------------------------------------------------------------------


def test_users_are_logged_on_unless_they_log_on() -> None:
    """A user is logged on when the scenario begins, unless logging on is the first the user does."""
    there = played("anna: offers help", "bob: locks the session")
    away = played("anna: tries to offer help", "expect: {last: refused, because: logged on}", "bob: logs on")

    assert (("passed", []), ("passed", [])) == (said(there), said(away))


def test_a_computer_nobody_uses_has_no_session() -> None:
    """A step about a session is an error where nobody uses the computer."""
    head = HEAD.replace(", uses: s1", "")
    verdict, problems = said(played("computer: shows a frame", head=head))

    assert ("error", ["nobody uses this computer: no person has `uses`"]) == (
        verdict,
        [text for _, _, text in problems],
    )


def test_a_computer_nobody_may_come_to_is_a_computer() -> None:
    """Without any expert the world still goes on."""
    head = "rasim: 1\nscenario: alone\npolicy: {offer: disabled}\npeople: {bob: {account: 'CORP\\bob', uses: s1}}\n"
    steps = (
        "bob: locks the session",
        "bob: unlocks the session",
        "administrator: turns offers on",
        "computer: restarts",
    )

    assert ("passed", []) == said(played(*steps, "bob: tries to accept", "expect: {bob: not asked}", head=head))


# ---- time and chance -----------------------------------------------------------------------------------------

# The maximum time and a frame are due at one instant.
TIE = HEAD + "choices: {maximum time: 40 s}\n"


def events(seed: int) -> list[str]:
    return [recorded.line.event for recorded in played(*VIEWING, "wait: 41 s", head=TIE, seed=seed).trace]


def test_the_seed_draws_the_order_of_a_tie() -> None:
    """What is due at one instant happens in either order, depending on the seed."""
    assert {3, 4} == {events(seed).count("frame_shown") for seed in range(10)}


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_a_seed_repeats(seed: int) -> None:
    """The same seed gives the same trace, byte for byte."""
    first, second = (played(*VIEWING, "wait: 41 s", head=TIE, seed=seed).trace for _ in range(2))

    assert json.dumps([r.as_json() for r in first]) == json.dumps([r.as_json() for r in second])


def test_a_microsecond_decides() -> None:
    """An answer one microsecond before the consent time is over counts, and at its end it is too late."""
    early = played("anna: offers help", "wait: 59.999999 s", "bob: accepts")
    late = played("anna: offers help", "wait: 60 s", "bob: accepts")

    assert ("passed", "failed") == (early.verdict, late.verdict)


def test_lines_carry_the_simulated_time() -> None:
    """Every line of a trace carries the simulated time at which it happened."""
    result = played("wait: 1.5 s", "firewall: closes")

    assert [1.5] == [r.as_json()["t"] for r in result.trace if r.line.event == "firewall_changed"]


def test_a_policy_file_missing_in_the_middle_is_an_error() -> None:
    """A policy that is applied by a step and cannot be read makes the scenario an error at that step."""
    verdict, problems = said(played("wait: 1 s", "administrator: {applies policy: {files: [nowhere.pol]}}"))

    assert ("error", ["a.yaml:11:3"]) == (verdict, [where for where, _, _ in problems])


def test_a_name_that_can_be_no_file_is_an_error() -> None:
    """A policy file whose name no file can have makes the scenario an error."""
    assert "error" == played("wait: 1 s", head=FILES.replace("[a.pol]", '["a\\0.pol"]')).verdict


def test_a_refused_offer_leaves_the_ticket() -> None:
    """An offer that is refused leaves the expert's ticket as it was, and the expert may use it."""
    locked = ("bob: locks the session", "anna: tries to offer help", "bob: unlocks the session")

    assert ("passed", []) == said(played(*locked, "anna: offers help", "expect: {anna: asked}"))


def test_a_link_lost_with_one_user_leaves_the_other_ticket() -> None:
    """A link that is lost in one assistance leaves the expert's ticket for another session."""
    head = HEAD.replace("mallory: {account: 'CORP\\mallory'}", "erin: {account: 'CORP\\erin', uses: s2}")
    steps = ("anna: asks for a ticket to help bob", "anna: asks for a ticket to help erin", "link: loses anna with bob")

    assert ("passed", []) == said(played(*steps, "anna: offers help to erin", head=head))


def test_nobody_is_told_of_another_experts_refusal() -> None:
    """What ends for one expert is not told to another, who has not been refused."""
    steps = ("anna: offers help", "administrator: turns offers off")

    assert ("passed", []) == said(played(*steps, "expect: {anna: refused}"))
    assert "failed" == played(*steps, "expect: {carol: refused}").verdict


def test_nobody_hears_a_line_twice() -> None:
    """What concerns several assistances of one expert is told to the expert once."""
    head = HEAD.replace("mallory: {account: 'CORP\\mallory'}", "erin: {account: 'CORP\\erin', uses: s2}")
    scenario = read_scenario(head + "steps: [{computer: runs the refresh task}]\n", "a.yaml")

    async def refreshed() -> list[str]:
        owners = {str(person.uses): person.account for person in scenario.users.values()}
        async with Meeting(list(scenario.experts.values()), owners) as meeting:
            await meeting.happens("refresh task runs")
            await meeting.settled()
            return [seen.event for seen in meeting.expert("CORP\\anna").seen]

    assert ["membership_checked"] == simulate(refreshed())


def test_busy_is_because_somebody_is_there() -> None:
    """An expert who is told *busy* is not told so because of the ticket."""
    steps = ("anna: offers help", "carol: tries to offer help")

    assert "failed" == played(*steps, "expect: {last: refused, because: ticket}").verdict


def test_logging_on_may_be_written_with_blanks() -> None:
    """A user whose first step is to log on is not there before, however many blanks are between the words."""
    assert ("passed", []) == said(played("wait: 1 s", "bob: logs  on"))
