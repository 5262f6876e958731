r"""Exports of members: mutated bytes are membership or a typed error; drawn graphs agree with a plain reading."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rasim.directory.links import read_links
from rasim.directory.members import read_members
from rasim.errors import RasimError
from rasim.policy import Account, Membership

SAMPLES = (
    b'"distinguishedName","SamAccountName","objectClass"\n"CN=A,DC=x,DC=y","a","user"\n',
    b'[{"distinguishedName": "CN=A,DC=x", "SamAccountName": "a", "objectClass": "group"}]',
    b"version: 1\n\ndn: CN=G,DC=x\nobjectClass: group\nsAMAccountName: g\nmember: CN=A,\n DC=x\nobjectSid:: AQE=\n",
    b"CORP\\G: [CORP\\a, CORP\\b]\n",
)
LINKS = b"links: 1\ncontainers:\n- {domain: x, gpos: [{gpo: a, enforced: yes}, b]}\n- ou: y\n  blocks inheritance: no\n"


def mutated(sample: bytes) -> st.SearchStrategy[bytes]:
    cuts = st.tuples(st.integers(0, len(sample)), st.integers(0, 6), st.binary(max_size=6))

    def apply(edits: list[tuple[int, int, bytes]]) -> bytes:
        data = bytearray(sample)
        for place, length, new in edits:
            data[place : place + length] = new
        return bytes(data)

    return st.builds(apply, st.lists(cuts, min_size=1, max_size=4))


@given(st.sampled_from(SAMPLES).flatmap(mutated), st.sampled_from([None, r"CORP\G"]))
def test_any_bytes_of_members(data: bytes, group: str | None) -> None:
    """Whatever an export of members became, it is membership or a typed error, and can be asked."""
    try:
        found = read_members(data, "m", group)
    except RasimError:
        return
    assert found.cycles() is not None
    assert found == found | found


@given(mutated(LINKS))
def test_any_bytes_of_links(data: bytes) -> None:
    """Whatever a file of links became, it is containers or a typed error."""
    try:
        assert isinstance(read_links(data, "l"), tuple)
    except RasimError:
        return


nodes = st.integers(0, 6)
graphs = st.dictionaries(nodes, st.frozensets(nodes, max_size=4), max_size=6)


def name(number: int) -> Account:
    return Account("CORP", f"n{number}")


@given(graphs, nodes, nodes)
def test_a_plain_reading_of_graphs_agrees(graph: dict[int, frozenset[int]], who: int, group: int) -> None:
    """Whatever groups there are, cycles included, somebody is in a group if following members leads there."""
    membership = Membership.told((name(key), map(name, members)) for key, members in graph.items())
    reached, waiting = {group}, [group]
    while waiting:
        more = graph.get(waiting.pop(), frozenset()) - reached
        reached |= more
        waiting += more
    chain = membership.path(name(who), name(group))

    assert (who in reached) == (chain is not None)
    if chain is not None:
        assert all(inner in dict(membership.groups)[outer] for inner, outer in pairwise(chain))
        assert len(chain) == len(set(chain))
