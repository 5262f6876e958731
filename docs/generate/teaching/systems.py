"""What the firewall of each operating system makes of the exceptions that the page has: whether offers get through, and port 3389."""

from itertools import product
from typing import Any

from rasim.policy import NAMED, SYSTEMS, Firewall
from rasim.policy.reach import reach
from rasim.protocol.vocabulary import CLOSED

# Three ticks of the page: what offers need by the document, Sessmgr's program, and the Remote Desktop exception.
TICKS = ("offers", "sessmgr", "remote desktop")


def firewall(offers: bool, sessmgr: bool, remote_desktop: bool) -> Firewall:
    """Return the firewall that is on and has these exceptions."""
    programs = [
        NAMED[name] for name in (*(("helpsvc", "helpctr") if offers else ()), *(("sessmgr",) if sessmgr else ()))
    ]
    return Firewall.of(
        ports=[NAMED["135 tcp"]] if offers else [],
        programs=programs,
        remote_desktop="enabled" if remote_desktop else "not configured",
        protection="enabled",
    )


def systems() -> dict[str, dict[str, Any]]:
    """Return, for each system and each choice of ticks (as zeros and ones), the verdicts as they are told and as they count.

    They count as in a scenario: what cannot be told is closed.
    """
    found: dict[str, dict[str, Any]] = {system: {} for system in SYSTEMS}
    for ticks in product((False, True), repeat=len(TICKS)):
        stated = firewall(*ticks)
        for system, verdicts in found.items():
            verdict = reach(stated, system)
            key = "".join(str(int(tick)) for tick in ticks)
            verdicts[key] = {
                "offer": verdict.offer,
                "port": verdict.port_3389,
                "missing": list(verdict.missing),
                "through": verdict.through,
                "open": CLOSED if verdict.port_3389 == "cannot tell" else verdict.port_3389,
            }
    return found
