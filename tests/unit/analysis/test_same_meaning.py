"""Files by what they mean: equal is what was decided, never a name or a format; nothing different is one group."""

import pytest

from rasim.analysis.audit import audit
from rasim.analysis.same_meaning import same_meaning
from rasim.formats import lgpo_text, reg_text, registry_pol
from rasim.policy import Policy, policy_to_entries

BASE = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\anna", r"CORP\Helpdesk"])


def groups(*policies: bytes) -> list[int]:
    report = audit((f"{number}.pol", data) for number, data in enumerate(policies))
    return [group.many for group in same_meaning(report.files.alike)]


def test_formats_and_order_are_no_meaning() -> None:
    """One policy in three formats, with its helpers in another order and other letters, is one group."""
    turned = Policy.of(offer="enabled", mode="view", helpers=[r"corp\helpdesk", r"CORP\ANNA"])
    entries = policy_to_entries(BASE)

    assert [4] == groups(
        registry_pol.render(entries),
        reg_text.render(entries),
        lgpo_text.render(entries),
        registry_pol.render(policy_to_entries(turned)),
    )


@pytest.mark.parametrize(
    "other",
    [
        Policy.of(offer="disabled"),
        Policy.of(offer="enabled", mode="control", helpers=[r"CORP\anna", r"CORP\Helpdesk"]),
        Policy.of(offer="enabled", mode="view", helpers=[r"CORP\anna"]),
        Policy.of(offer="enabled", helpers=[r"CORP\anna", r"CORP\Helpdesk"]),
        Policy.of(offer="enabled", mode="view", helpers=[r"CORP\anna", r"CORP\Helpdesk"], solicited="disabled"),
    ],
)
def test_what_differs_is_no_group(other: Policy) -> None:
    """A policy that differs in state, mode, a helper or invitations is a group of its own."""
    assert [1, 1] == groups(registry_pol.render(policy_to_entries(BASE)), registry_pol.render(policy_to_entries(other)))


def test_what_was_not_read_is_in_no_group() -> None:
    """A file that cannot be read means nothing, and stands in no group beside those that were."""
    assert [1] == groups(registry_pol.render(policy_to_entries(BASE)), b"PReg\1\0\0\0[\0")
