"""A system is found by the names that answers print and people say; no other system is taken for it."""

import pytest

from rasim.policy import SYSTEMS
from rasim.policy.systems import system_called


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("xp-sp2", "windows-xp-sp2"),
        ("Windows 11", "windows-11"),
        ("SERVER_2003 sp1", "windows-server-2003-sp1"),
        ("windows-server-2008-r2", "windows-server-2008-r2"),
        ("8.1", "windows-8.1"),
        ("xp-sp9", None),
        ("windows", None),
        ("", None),
        ("1", None),
    ],
)
def test_a_system_is_called_by_its_short_name_too(said: str, meant: str | None) -> None:
    """Letter case, blanks, underscores and the word Windows do not matter; a part of a name is none."""
    assert meant == system_called(said)


def test_every_name_means_itself() -> None:
    """Each system answers to its own name, and to it without `windows-`, and to nothing of another's."""
    assert list(SYSTEMS) == list(map(system_called, SYSTEMS))
    assert list(SYSTEMS) == [system_called(name.removeprefix("windows-")) for name in SYSTEMS]
