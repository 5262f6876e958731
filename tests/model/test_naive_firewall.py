"""What rasim says of the firewall is what a plain reading of the document says, for every subset of its exceptions."""

from itertools import combinations

import pytest
from naive_firewall import EXCEPTIONS, INHERITED, NAMED_SYSTEMS, read

from rasim.formats import read_policy_files, reg_text, registry_pol
from rasim.policy import NAMED, Firewall, Policy, policy_to_entries, reach
from rasim.protocol.host import Act, Host

SUBSETS = [frozenset(chosen) for size in range(len(EXCEPTIONS) + 1) for chosen in combinations(EXCEPTIONS, size)]
SYSTEMS = (*NAMED_SYSTEMS, *INHERITED)
EVERY = pytest.mark.parametrize("system", SYSTEMS)


def firewall(stated: frozenset[str]) -> Firewall:
    """Return the firewall that is on and has these exceptions, and no other."""
    return Firewall.of(
        protection="enabled",
        ports=[NAMED["135 tcp"]] if "135 tcp" in stated else [],
        programs=[NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr") if name in stated],
        remote_desktop="enabled" if "remote desktop" in stated else "not configured",
    )


def policy(stated: frozenset[str]) -> Policy:
    return Policy.of(offer="enabled", mode="control", helpers=["CORP\\anna"], firewall=firewall(stated))


def answer(given: Firewall, system: str) -> tuple[str, tuple[str, ...], str]:
    found = reach(given, system)
    return found.offer, found.missing, found.port_3389


def expected(system: str, stated: frozenset[str]) -> tuple[str, tuple[str, ...], str]:
    return read(INHERITED.get(system, system), stated)


def test_every_subset_is_tried() -> None:
    """Five exceptions have 32 subsets, with and without each of the two ways to port 3389."""
    assert (32, 8) == (len(SUBSETS), len([s for s in SUBSETS if {"sessmgr", "remote desktop"} <= s]))


@EVERY
def test_every_subset_means_what_the_document_says(system: str) -> None:
    """For every subset of the exceptions the verdict on a system is that of the plain reading."""
    assert [expected(system, stated) for stated in SUBSETS] == [answer(firewall(stated), system) for stated in SUBSETS]


@EVERY
def test_every_subset_survives_a_registry_pol(system: str) -> None:
    """Written as a Registry.pol and read back, every subset means the same, and the policy is equal."""
    for stated in SUBSETS:
        read_back = read_policy_files([("a.pol", registry_pol.render(policy_to_entries(policy(stated))))])

        assert policy(stated) == read_back
        assert expected(system, stated) == answer(read_back.firewall, system)


@EVERY
def test_every_subset_survives_a_reg(system: str) -> None:
    """Written as a .reg and read back, every subset means the same."""
    for stated in SUBSETS:
        read_back = read_policy_files([("a.reg", reg_text.render(policy_to_entries(policy(stated))))])

        assert expected(system, stated) == answer(read_back.firewall, system)


@EVERY
def test_every_subset_lets_in_what_it_should(system: str) -> None:
    """On a computer with every subset an offer arrives or not, and port 3389 is open before, during and after as stated."""
    for stated in SUBSETS:
        offer, _, port = expected(system, stated)
        host = Host(["CORP\\anna"], {"s1": "CORP\\bob"}, os=None if offer == "" else system)
        pair = ("CORP\\anna", "s1")
        host.receive(Act("policy is applied", policy=policy(stated)))
        host.receive(Act("refresh task runs"))
        host.receive(Act("logs on", session="s1"))
        open_now = [host.open_port(3389)]
        host.receive(Act("asks for a ticket", *pair))
        host.receive(Act("offers help", *pair, ticket=str(host.ids(*pair).get("ticket"))))
        arrived = host.situation(*pair)["phase"] == "offered"
        host.receive(Act("accepts", *pair, prompt=str(host.ids(*pair).get("prompt view"))))
        open_now.append(host.open_port(3389))
        host.receive(Act("user ends", *pair))
        open_now.append(host.open_port(3389))
        always, used = port == "always open", port == "while in use" and offer == "gets through"

        # Helpsvc.exe is asked whether solicited help was disabled on some systems; here nothing is said of it.
        assert (offer == "gets through", [always, always or used, always]) == (arrived, open_now), (system, stated)
