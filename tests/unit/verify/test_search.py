"""A search over states, and its paths."""

from hypothesis import given
from hypothesis import strategies as st

from rasim.verify.states.search import Search, closed

GRAPHS = st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=8, max_size=8)


def searched(graph: list[list[int]]) -> Search[int, tuple[int, int]]:
    """Search a graph from its node 0; an edge is the pair of its ends."""
    search: Search[int, tuple[int, int]] = Search(0)
    for at, node in enumerate(search.nodes):
        for target in graph[node]:
            search.add(target, at, (node, target))
    return search


@given(GRAPHS)
def test_a_path_is_a_shortest_one(graph: list[list[int]]) -> None:
    """Each path leads from the first node over edges that there are, and no shorter one does."""
    search = searched(graph)
    near, distance = {0}, {0: 0}
    for steps in range(1, 9):
        near = {target for node in near for target in graph[node]}
        distance |= {node: steps for node in near if node not in distance}

    for number, node in enumerate(search.nodes):
        path = search.path(number)
        assert (distance[node], distance[node]) == (len(path), search.depths[number])
        assert [0, *(target for _, target in path)] == [*(source for source, _ in path), node]
        assert all(target in graph[source] for source, target in path)


@given(GRAPHS)
def test_the_closed_set_is_what_a_search_finds(graph: list[list[int]]) -> None:
    """The smallest set that no edge leaves has the nodes of a search, each once."""
    assert set(searched(graph).nodes) == set(closed([0], graph.__getitem__))
