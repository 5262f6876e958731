"""What the page says of each system's firewall: the same as the audit of the same exceptions."""

import pytest

from docs.generate.teaching.systems import TICKS, firewall, systems
from rasim.policy import SYSTEMS
from rasim.policy.reach import reach
from rasim.web.page import teaching

KEPT = teaching()["right"]["systems"]


def test_every_system_has_every_choice() -> None:
    """All systems that rasim knows are there, with all choices of ticks, and as they are computed."""
    assert KEPT == systems()
    assert KEPT.keys() == set(SYSTEMS)
    assert {len(verdicts) for verdicts in KEPT.values()} == {2 ** len(TICKS)}


@pytest.mark.parametrize(
    ("system", "ticks", "offer", "port"),
    [
        ("windows-xp-sp2", "110", "gets through", "while in use"),
        ("windows-xp-sp2", "000", "blocked", "closed"),
        ("windows-server-2003-sp1", "110", "blocked", "closed"),
        ("windows-server-2003-sp1", "111", "gets through", "always open"),
        ("windows-11", "110", "cannot tell", "cannot tell"),
        ("windows-xp", "000", "not governed", "cannot tell"),
    ],
)
def test_a_system_is_as_the_document_says(system: str, ticks: str, offer: str, port: str) -> None:
    """Sessmgr opens the port on Windows XP, Server 2003 needs Remote Desktop, and of Vista and later it cannot be told."""
    assert (KEPT[system][ticks]["offer"], KEPT[system][ticks]["port"]) == (offer, port)
    assert KEPT[system][ticks]["through"] == (offer in ("gets through", "not governed"))
    assert KEPT[system][ticks]["open"] == ("closed" if port == "cannot tell" else port)
    assert reach(firewall(*(tick == "1" for tick in ticks)), system).offer == offer
