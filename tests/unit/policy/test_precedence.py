"""Which links apply to a computer, and in which order (cc978241, cc783171, cc758898)."""

import pytest

from rasim.policy.precedence import Container, Link, LinkScope, order_of_links


def at(scope: LinkScope, *links: Link, blocks: bool = False) -> Container:
    return Container(scope, scope, links, blocks)


def named(*gpos: str, **how: bool) -> tuple[Link, ...]:
    return tuple(Link(gpo, order, **how) for order, gpo in enumerate(gpos, 1))


def applied(*containers: Container) -> str:
    return " ".join(each.link.gpo for each in order_of_links(containers).applied)


LOCAL, SITE, DOMAIN = at("local", *named("L")), at("site", *named("S")), at("domain", *named("D"))


def test_local_site_domain_unit() -> None:
    """Local policy comes first, then site, domain, units from the outside in; the last wins."""
    assert "L S D O P" == applied(LOCAL, SITE, DOMAIN, at("ou", *named("O")), at("ou", *named("P")))


def test_the_order_given_within_a_scope_counts_and_no_other() -> None:
    """However the containers are given, a site never comes after a domain; units keep their order."""
    assert "L S D O P" == applied(at("ou", *named("O")), at("ou", *named("P")), DOMAIN, SITE, LOCAL)


def test_link_one_wins() -> None:
    """Within a container link 1 is the highest and comes last."""
    assert "C B A" == applied(at("domain", *named("A", "B", "C")))


def test_a_disabled_link_does_not_apply() -> None:
    """A link that is disabled is left out, and it is said."""
    order = order_of_links([at("domain", Link("A", 1), Link("B", 2, enabled=False))])

    assert ["A"] == [each.link.gpo for each in order.applied]
    assert [("B", "the link is disabled")] == [(each.link.gpo, each.why_not) for each in order.left_out]


def test_blocked_inheritance() -> None:
    """A unit that blocks inheritance lets in nothing from above it, local policy apart."""
    order = order_of_links([LOCAL, SITE, DOMAIN, at("ou", *named("O"), blocks=True), at("ou", *named("P"))])

    assert ["L", "O", "P"] == [each.link.gpo for each in order.applied]
    assert ["S", "D"] == [each.link.gpo for each in order.left_out]
    assert {"ou blocks inheritance"} == {each.why_not for each in order.left_out}


def test_the_innermost_block_counts() -> None:
    """Of two containers that block inheritance the inner one decides."""
    assert "P" == applied(DOMAIN, at("ou", *named("O"), blocks=True), at("ou", *named("P"), blocks=True))


def test_enforced_beats_blocked() -> None:
    """An enforced link applies although inheritance is blocked, and wins over what is inside."""
    assert "O D" == applied(at("domain", *named("D", enforced=True)), at("ou", *named("O"), blocks=True))


def test_among_enforced_the_highest_wins() -> None:
    """Of several enforced links the one of the highest container is applied last."""
    assert "L P O D" == applied(
        LOCAL,
        at("domain", *named("D", enforced=True)),
        at("ou", *named("O", enforced=True)),
        at("ou", *named("P")),
    )


def test_enforced_links_of_one_container() -> None:
    """Of several enforced links of one container link 1 wins."""
    assert "B A" == applied(at("domain", *named("A", "B", enforced=True)))


def test_local_policy_is_neither_blocked_nor_enforced() -> None:
    """Local policy has no link: what is said of it as one changes nothing."""
    assert "L D" == applied(at("local", *named("L", enforced=True)), DOMAIN)
    assert "L D" == applied(at("local", *named("L"), blocks=True), DOMAIN)


@pytest.mark.parametrize(
    ("links", "unknown"),
    [
        ((Link("A"), Link("B")), True),
        ((Link("A", 1), Link("B", 1)), True),
        ((Link("A", 1), Link("B")), True),
        ((Link("A"), Link("B", enforced=True)), False),
        ((Link("A"), Link("B", enabled=False)), False),
        ((Link("A"),), False),
    ],
)
def test_an_order_that_is_not_known(links: tuple[Link, ...], unknown: bool) -> None:
    """Two links that apply side by side without an order make the container's order unknown."""
    assert unknown == bool(order_of_links([at("domain", *links)]).unknown)
