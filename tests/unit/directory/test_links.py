"""Files of links: read by their nodes, with all mistakes at once."""

import pytest

from rasim.directory.links import links_at, read_links
from rasim.errors import InputError
from rasim.policy.precedence import Gpo, LinkTo

GOOD = """\
links: 1
computer: PC-042
containers:
- local: this computer
  gpos: [local.pol]
- domain: corp.example
  gpos: [{gpo: Baseline, enforced: yes}, Default Domain Policy]
- ou: Clients
  blocks inheritance: yes
  gpos:
  - Helpdesk
  - {gpo: '{31B2F340-016D-11D2-945F-00C04FB984F9}', enabled: no}
- ou: London
"""


def test_a_file_of_links() -> None:
    """Containers, links, their order, what is enforced, disabled, blocked: all as it stands there, with its place."""
    local, domain, clients, london = read_links(GOOD.encode(), "links.yaml")

    assert ["local", "domain", "ou", "ou"] == [each.scope for each in (local, domain, clients, london)]
    assert [("Baseline", 1, True), ("Default Domain Policy", 2, False)] == [
        (link.gpo, link.order, link.enforced) for link in domain.links
    ]
    assert [True, False] == [link.enabled for link in clients.links]
    assert (True, False, ()) == (clients.blocks, domain.blocks, london.links)
    assert "links.yaml:7:10" == str(domain.links[0].where)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marks_and_utf16(encoding: str) -> None:
    """The file may begin with a byte-order mark, as PowerShell writes it."""
    assert 4 == len(read_links(GOOD.encode(encoding)))


def test_words_are_texts() -> None:
    """A name that YAML would take for a number or a switch is the name it looks like."""
    (domain,) = read_links(b"links: 1\ncontainers: [{domain: no, gpos: [010, yes]}]")

    assert ("no", ["010", "yes"]) == (domain.name, [link.gpo for link in domain.links])


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "1:1", "an empty file is no file of links"),
        ("links: 2\ncontainers: []", "1:8", "begins with `links: 1`"),
        ("links: 1", "1:1", "`containers:` is the list"),
        ("links: 1\ncontainers: {}", "2:13", "`containers:` is the list"),
        ("links: 1\ncontainers: [x]", "2:14", "a container must be a mapping"),
        ("links: 1\ncontainers: [{ou: a, site: b}]", "2:14", "a container is one of"),
        ("links: 1\ncontainers: [{ou: a, gpo: b}]", "2:22", "unknown word in a container `gpo`"),
        ("links: 1\ncontainers: [{ou: a, ou: b}]", "2:22", "stands twice"),
        ("links: 1\ncontainers: [{ou: a, gpos: b}]", "2:28", "link 1 first, must be a list"),
        ("links: 1\ncontainers: [{ou: a, gpos: [{enforced: yes}]}]", "2:29", "a link names its group policy"),
        ("links: 1\ncontainers: [{ou: a, gpos: ['']}]", "2:29", "a group policy has a name"),
        ("links: 1\ncontainers: [{ou: a, gpos: [{gpo: b, enforced: perhaps}]}]", "2:48", "yes or no"),
        ("links: 1\ncontainers: [{ou: a}, {domain: b}]", "2:23", "from the outside to the inside"),
        ("links: 1\ncontainers: [{site: a, blocks inheritance: yes}]", "2:44", "a site cannot block inheritance"),
        ("links: [", "2:1", "not YAML"),
        ("links: 1\ncontainers: [{ou: [a]}]", "2:19", "the name of the ou must be a word"),
    ],
)
def test_what_is_no_file_of_links(text: str, place: str, words: str) -> None:
    """A word that is none of the grammar's is an error with line and column."""
    with pytest.raises(InputError) as caught:
        read_links(text.encode(), "l.yaml")

    assert any(words in each.message and str(each.where) == f"l.yaml:{place}" for each in caught.value.problems)


def test_all_mistakes_at_once() -> None:
    """All mistakes of a file are told at once, in its order."""
    with pytest.raises(InputError) as caught:
        read_links(b"links: 1\ncontainers:\n- {ou: a, x: 1}\n- {ou: b, y: 2}\n")

    assert [3, 4] == [each.where.line for each in caught.value.problems]


def test_the_links_of_backups() -> None:
    """From what reports tell, a computer's path gives its containers with the links that end there, order unknown."""
    one = Gpo("One", "{1}", links=(LinkTo("corp.example/Clients", enforced=True), LinkTo("other.example")))
    two = Gpo("Two", "", links=(LinkTo("CORP.example", enabled=False),))
    domain, clients, london = links_at("corp.example/Clients/London", (one, two))

    assert [("Two", None, False, False)] == [(li.gpo, li.order, li.enabled, li.enforced) for li in domain.links]
    assert [("{1}", None, True, True)] == [(li.gpo, li.order, li.enabled, li.enforced) for li in clients.links]
    assert ("domain", "ou", "ou", ()) == (domain.scope, clients.scope, london.scope, london.links)
