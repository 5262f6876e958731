"""What a page opens with: a policy file with where each setting stands in it, or a trace to be followed. In the words of `page.js`."""

import re
from collections.abc import Iterable
from typing import Any

from attrs import evolve

from rasim.errors import Where
from rasim.policy import SYSTEMS, Policy, permits_offers
from rasim.protocol.choices import STRICT, Choices
from rasim.protocol.lines import Recorded
from rasim.protocol.world import PolicyFacts
from rasim.web.followed import followed


def of_policy(policy: Policy, name: str) -> dict[str, Any]:
    """Return a policy as the page begins with it: anna stands for whoever is on its list, and carol is not on it.

    What can be read in two ways is said with both readings. What its firewall settings mean depends on the system: they are not taken over.
    """
    facts = PolicyFacts.of(policy)
    offer = policy.offer
    places = {
        stated.setting: f"= {stated.says}{f', {_near(stated.where)}' if stated.where is not None and stated.where.known else ''}"
        for stated in (offer.stated, offer.mode_stated, offer.helpers_stated)
    }
    unclear = [f"{each.setting}: {each.says}: {'; or '.join(each.readings)}" for each in policy.unclear]
    blocked = [os for os in SYSTEMS if permits_offers(policy).allowed and not permits_offers(policy, os).allowed]
    if blocked:
        unclear.append(
            f"fAllowToGetHelp: disabled invitations block offers on {', '.join(blocked)}; here offers count as on other systems"
        )
    carries = {"new offers": facts.offers, "new control": facts.control, "new port 3389": facts.port_3389}
    return {
        "policy": {"name": name, "carries": carries, "listed": any(facts.listed), "places": places, "unclear": unclear}
    }


def of_trace(trace: Iterable[tuple[int, Recorded]], name: str, choices: Choices = STRICT) -> dict[str, Any]:
    """Return a trace, each line with its place, that the page follows line by line. UsageError if it is too long, or empty."""
    return {"trace": followed(trace, name, choices)}


def _near(where: Where) -> Where:
    """Return a place without the folders of this machine: the page is handed on."""
    return evolve(where, file=re.split(r"[/\\]", where.file)[-1])
