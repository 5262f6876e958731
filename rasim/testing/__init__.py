r"""For your own test suite: assertions about a policy, Hypothesis strategies, and (as a pytest plugin) scenario files.

    from rasim.testing import assert_may_offer, assert_view_only

    def test_the_helpdesk_may_look_and_no_more():
        assert_view_only("policies/helpdesk.pol")
        assert_may_offer("policies/helpdesk.pol", r"CORP\anna", groups={r"CORP\Helpdesk": [r"CORP\anna"]})

The assertions need nothing but rasim; the strategies need `pip install 'rasim[testing]'`.
"""

from typing import TYPE_CHECKING, Any

from rasim.errors import UsageError
from rasim.testing.asserts import (
    assert_may_not_offer,
    assert_may_offer,
    assert_never_connected_unannounced,
    assert_view_only,
)

if TYPE_CHECKING:
    from rasim.testing.strategies import accounts, memberships, policies

__all__ = [
    "accounts",
    "assert_may_not_offer",
    "assert_may_offer",
    "assert_never_connected_unannounced",
    "assert_view_only",
    "memberships",
    "policies",
]


def __getattr__(name: str) -> Any:
    """Import the strategies when they are asked for: the plugin must not cost every test run Hypothesis."""
    if name not in ("accounts", "memberships", "policies"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from rasim.testing import strategies  # noqa: PLC0415  (the reason stands above)
    except ModuleNotFoundError as missing:
        if missing.name != "hypothesis":
            raise
        raise UsageError(f"{name} needs Hypothesis: pip install 'rasim[testing]'") from None
    return getattr(strategies, name)
