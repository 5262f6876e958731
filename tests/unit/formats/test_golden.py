"""The two golden vectors: files of the exact bytes that the policy editor writes for two policies."""

import hashlib

import pytest

from rasim.errors import PolicyFileError, Where
from rasim.formats import read, registry_pol
from rasim.policy import Policy, policy_to_entries, read_policy

GOLDEN = [
    pytest.param(
        Policy.of(offer="enabled", mode="control", helpers=[r"CONTOSO\Helpdesk"]),
        (788, "62730c227d218ea8e46e850eeb96a1ab6cb7957d69bd0b42c2df73082d2e80f5"),
        id="enabled-control",
    ),
    pytest.param(
        Policy.of(offer="disabled"),
        (574, "50f0d68731223b66dcd5e42604c353d19008c433d6741958109ed748bbd1d4f9"),
        id="disabled",
    ),
]


@pytest.mark.parametrize(("policy", "vector"), GOLDEN)
def test_written_byte_for_byte(policy: Policy, vector: tuple[int, str]) -> None:
    """A policy is written as the very bytes of the golden vector."""
    data = registry_pol.render(policy_to_entries(policy))

    assert vector == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(("policy", "vector"), GOLDEN)
def test_read_back(policy: Policy, vector: tuple[int, str]) -> None:
    """A golden vector is read back as the policy it was written from, with nothing unclear."""
    del vector
    read_back = read_policy(read(registry_pol.render(policy_to_entries(policy)), "golden.pol").registry)

    assert (policy, ()) == (read_back, read_back.unclear)


def test_every_value_has_its_offset() -> None:
    """Each value of the enabled vector is found at the byte where its record begins."""
    policy = Policy.of(offer="enabled", mode="control", helpers=[r"CONTOSO\Helpdesk"])
    offer = read_policy(read(registry_pol.render(policy_to_entries(policy)), "golden.pol").registry).offer
    places = [offer.stated.where, offer.mode_stated.where, offer.helpers[0].where]

    assert [Where("golden.pol", offset) for offset in (8, 182, 562)] == places


@pytest.mark.parametrize(("policy", "vector"), GOLDEN)
def test_cut_at_every_byte(policy: Policy, vector: tuple[int, str]) -> None:
    """A golden vector cut anywhere but between two records is refused, with an offset inside what is left (R27)."""
    data = registry_pol.render(policy_to_entries(policy))
    boundaries = {8, vector[0], *(entry.where.offset for entry in registry_pol.parse(data))}

    assert boundaries == {cut for cut in range(len(data) + 1) if _reads(data[:cut])}


def _reads(data: bytes) -> bool:
    try:
        list(registry_pol.parse(data))
    except PolicyFileError as error:
        return not 0 <= (-1 if error.where.offset is None else error.where.offset) <= len(data)
    return True
