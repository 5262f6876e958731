"""The computer's own firewall counts where the policy cannot tell, and then what it states is told too."""

import pytest

from rasim.policy import NAMED, Firewall, Policy
from rasim.protocol import Act, Host

SESSMGR = Firewall.of(programs=[NAMED["sessmgr"]])  # of which nobody says what it means on Windows 10
REMOTE_DESKTOP = Firewall.of(remote_desktop="enabled")


@pytest.mark.parametrize(
    ("os", "stated", "own", "port", "exceptions"),
    [
        ("windows-10", SESSMGR, REMOTE_DESKTOP, "always open", ("sessmgr", "remote desktop")),
        ("windows-10", Firewall(), REMOTE_DESKTOP, "always open", ("remote desktop",)),
        ("windows-xp-sp2", SESSMGR, REMOTE_DESKTOP, "while in use", ("sessmgr",)),
        ("windows-10", SESSMGR, None, "cannot tell", ("sessmgr",)),
        ("windows-10", Firewall(), Firewall(), "cannot tell", None),
    ],
)
def test_where_the_policy_cannot_tell_the_computers_own_counts(
    os: str, stated: Firewall, own: Firewall | None, port: str, exceptions: tuple[str, ...] | None
) -> None:
    """When port 3389 is open is the policy's to tell, or else the computer's own; and the line of the policy names the exceptions of both."""
    host = Host([r"CORP\anna"], {"s1": r"CORP\bob"}, os=os, own=own)
    record = host.receive(Act("policy is applied", policy=Policy.of(firewall=stated)))

    assert (port, exceptions) == (host.reach().port_3389, record.lines[0].line["exceptions"])
