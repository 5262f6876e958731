"""What if: a policy changed in memory, with the doubts that the change brings or takes away; and what was changed."""

from hashlib import sha256
from typing import Any

import pytest

from rasim.errors import UsageError
from rasim.formats import read_policy_files
from rasim.policy import (
    Kind,
    Mode,
    Policy,
    Registry,
    RegistryEntry,
    State,
    changes,
    may_control,
    may_offer,
    reach,
    read_policy,
    settable,
    what_if,
)
from rasim.policy.settings import FIREWALL, FIREWALL_RULES

CAROL, HELPDESK = "CORP\\carol", "CORP\\Helpdesk"
VIEW = Policy.of(offer="enabled", mode="view", helpers=[HELPDESK])
TEXT = """Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services]
"fAllowUnsolicited"=dword:00000000
"fAllowUnsolicitedFullControl"="1"
"fAllowToGetHelp"=dword:00000000

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows NT\\Terminal Services\\RAUnsolicit]
"CORP\\\\carol"="CORP\\\\somebody else"
"""


def test_settings_are_changed_and_nothing_else() -> None:
    """What is set is so, the rest is what it was, and the policy that was given is untouched."""
    changed = what_if(VIEW, {"mode": "control", "solicited": "disabled"})

    assert (Mode.CONTROL, State.DISABLED) == (changed.offer.mode, changed.solicited.state)
    assert VIEW.offer.helpers == changed.offer.helpers
    assert (Mode.VIEW, State.NOT_CONFIGURED) == (VIEW.offer.mode, VIEW.solicited.state)


def test_helpers_come_and_go() -> None:
    """A helper is added once in any letter case, and taken off in any."""
    more = what_if(VIEW, add_helpers=[CAROL, "corp\\CAROL", "corp\\helpdesk"])

    assert [HELPDESK, CAROL] == [helper.text for helper in more.offer.helpers]
    assert VIEW == what_if(more, remove_helpers=["CORP\\Carol"])
    assert may_offer(more, CAROL).allowed


def test_what_did_not_matter_matters_then() -> None:
    """Once offers are enabled a mode that cannot be read and an entry unlike its data are doubts, as if a file said so."""
    disabled = read_policy_files([("x.reg", TEXT.encode())])
    enabled = what_if(disabled, {"offer": "enabled"})
    from_file = read_policy_files([("x.reg", TEXT.replace('d"=dword:00000000', 'd"=dword:00000001', 1).encode())])

    assert () == disabled.unclear
    assert [each.setting for each in from_file.unclear] == [each.setting for each in enabled.unclear]
    assert (2, False, True) == (
        len(enabled.unclear),
        may_control(enabled, CAROL).allowed,
        bool(may_offer(enabled, CAROL).unclear),
    )


def test_a_doubt_is_gone_with_what_it_was_about() -> None:
    """Setting the mode, and listing a helper whose value was unlike its data, leaves nothing unclear."""
    disabled = read_policy_files([("x.reg", TEXT.encode())])
    cured = what_if(disabled, {"offer": "enabled", "mode": "view"}, add_helpers=[CAROL])

    assert () == cured.unclear
    assert may_offer(cured, CAROL).allowed


def test_an_offer_without_a_mode_is_unclear() -> None:
    """Enabling offers without a mode is as unclear as a file that does so."""
    assert ["no mode"] == [each.topic for each in what_if(Policy(), {"offer": "enabled"}).unclear]


@pytest.mark.parametrize(
    ("words", "offer", "port"),
    [
        ({"135 tcp": "open", "helpsvc": "allowed", "helpctr": "allowed", "sessmgr": "allowed"}, "gets through", "while in use"),
        ({"135 tcp": "open", "helpsvc": "allowed", "helpctr": "allowed", "remote desktop": "enabled"},
         "gets through", "always open"),
        ({"135 tcp": "open", "helpsvc": "disabled"}, "blocked", "closed"),
        ({"windows firewall": "off"}, "gets through", "always open"),
        ({"sessmgr": "allowed", "exceptions": "not allowed"}, "blocked", "closed"),
    ],
)  # fmt: skip
def test_the_firewall_can_be_set(words: dict[str, str], offer: str, port: str) -> None:
    """Exceptions and switches of the firewall are set by the words that scenarios have for them."""
    found = reach(what_if(VIEW, words).firewall, "windows-xp-sp2")

    assert (offer, port) == (found.offer, found.port_3389)


@pytest.mark.parametrize(
    ("settings", "more", "says"),
    [
        ({"colour": "red"}, {}, "nothing to set is called 'colour'"),
        ({"mode": "both"}, {}, "mode is one of view, control, not configured"),
        ({"offer": "enbled"}, {}, "not 'enbled'; did you mean `enabled`?"),
        ({}, {"remove_helpers": ["CORP\\helpdsk"]}, "cannot be removed; did you mean `CORP"),
        ({}, {"remove_helpers": [CAROL]}, "is not on the helper list"),
        ({}, {"add_helpers": ["a\0b"]}, "cannot hold a NUL"),
        ({}, {"add_helpers": CAROL}, "add_helpers must be list of str"),
    ],
)
def test_what_cannot_be_set(settings: dict[str, str], more: dict[str, Any], says: str) -> None:
    """An unknown setting or word, or a helper who is not there, is an error that says what would do."""
    with pytest.raises(UsageError, match=says):
        what_if(VIEW, settings, **more)


def test_everything_settable_can_be_set() -> None:
    """Every word that is named for a setting can be set, and names the setting in what was changed."""
    for name, words in settable().items():
        for word in words:
            assert isinstance(what_if(VIEW, {name: word}), Policy)


def test_changes_are_what_is_stated() -> None:
    """What was changed is told setting by setting and entry by entry, whatever it means."""
    before = read_policy_files([("x.reg", TEXT.encode())])
    after = what_if(before, {"mode": "view", "sessmgr": "allowed"}, remove_helpers=[CAROL], add_helpers=[HELPDESK])
    told = [(change.setting, change.before, change.after) for change in changes(before, after)]

    assert ("fAllowUnsolicitedFullControl", 'REG_SZ "1"', "REG_DWORD 0, what if") == told[0]
    assert ("RAUnsolicit", None, HELPDESK) in told
    assert any(change[0] == "RAUnsolicit" and change[2] is None and CAROL in str(change[1]) for change in told)
    assert any(change[0] == "an exception of the firewall" and "Sessmgr.exe" in str(change[2]) for change in told)
    assert () == changes(before, before)


def test_rules_and_what_nobody_can_read_are_told() -> None:
    """A rule, an exception that cannot be read, and one that is not stored as text are told as they stand, by data where words fail."""
    lists = FIREWALL["domain"]
    entries = [
        RegistryEntry(FIREWALL_RULES.key, "mine", Kind.SZ, "v2.10|Action=Block|\0".encode("utf-16-le")),
        RegistryEntry(lists.port_list.key, "135", Kind.SZ, "135:TCP\0".encode("utf-16-le")),
        RegistryEntry(lists.port_list.key, "3389", Kind.BINARY, b"x"),
    ]
    told = [(change.setting, change.after) for change in changes(Policy(), read_policy(Registry.of(entries)))]

    assert [
        ("a rule of the firewall", "mine: v2.10|Action=Block|"),
        ("what the firewall's lists have and nobody can read", "135:TCP"),
        (
            "what the firewall's lists have and nobody can read",
            f"3389, data {sha256(repr((3, b'x')).encode()).hexdigest()[:8]}",
        ),
    ] == told


def test_order_and_letter_case_are_no_change() -> None:
    """A list in another order or letter case is no change."""
    one = Policy.of(offer="enabled", mode="view", helpers=[HELPDESK, CAROL])
    other = Policy.of(offer="enabled", mode="view", helpers=[CAROL.upper(), HELPDESK])

    assert () == changes(one, other)
