"""What an answer calls systems, and the source that stated a setting."""

from rasim.errors import Where
from rasim.policy import SYSTEMS
from rasim.policy.systems import in_ranges, in_short
from rasim.policy.who_won import Said

LATER = [name for name in SYSTEMS if SYSTEMS[name].by_rules]


def test_all_systems_with_rules_are_one_word() -> None:
    """Where all systems that have firewall rules are meant they are called Vista and later, after those by name."""
    assert "xp-sp2, vista and later" == in_short(["windows-xp-sp2", *LATER])


def test_some_systems_are_called_by_name() -> None:
    """Where one of them is not meant each has its name."""
    named = ", ".join(name.removeprefix("windows-") for name in LATER[1:])

    assert named == in_short(LATER[1:])


def test_a_source_is_called_by_the_most_that_is_known() -> None:
    """A source is its group policy, else its file, else it is said to have no name."""
    where = Where("machine.pol")

    assert ["Helpdesk", "machine.pol", "an unnamed source"] == [
        said.source for said in (Said("1", "Helpdesk", where), Said("1", where=where), Said("1"))
    ]


def test_systems_that_follow_one_another_are_a_range() -> None:
    """A run of systems is told by its first and its last, two of them by name, and all by a word."""
    assert "XP SP2 to XP x64 SP1, Server 2003 SP1" == in_ranges(
        ["windows-xp-sp2", "windows-xp-sp3", "windows-xp-x64-sp1", "windows-server-2003-sp1"]
    )
    assert "Vista to 11, Server 2008 to 2022" == in_ranges(LATER)
    assert "every system" == in_ranges(list(SYSTEMS))


def test_a_whole_family_is_said_in_two_words() -> None:
    """Where all of a family are meant it is said so, beside others by their range."""
    family = [os for os in SYSTEMS if os.startswith("windows-server-2003")]

    assert "every Server 2003" == in_ranges(family)
    assert "every XP, every Server 2003" == in_ranges([os for os in SYSTEMS if "xp" in os or os in family])
