r"""For your own test suite: assertions about a policy, Hypothesis strategies, and (as a pytest plugin) scenario files.

    from rasim.testing import assert_may_offer, assert_view_only

    def test_the_helpdesk_may_look_and_no_more():
        assert_view_only("policies/helpdesk.pol")
        assert_may_offer("policies/helpdesk.pol", r"CORP\anna", groups={r"CORP\Helpdesk": [r"CORP\anna"]})

The assertions need nothing but rasim; the strategies need `pip install "rasim[testing]"`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasim.testing.asserts import (
        assert_may_not_offer,
        assert_may_offer,
        assert_never_connected_unannounced,
        assert_no_looser_than,
        assert_view_only,
    )
    from rasim.testing.strategies import accounts, memberships, policies

__all__ = [
    "accounts",
    "assert_may_not_offer",
    "assert_may_offer",
    "assert_never_connected_unannounced",
    "assert_no_looser_than",
    "assert_view_only",
    "memberships",
    "policies",
]


STRATEGIES = ("accounts", "memberships", "policies")


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only then: the plugin must not cost every test run the explorer and Hypothesis."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"rasim.testing.{'strategies' if name in STRATEGIES else 'asserts'}")
    except ModuleNotFoundError as missing:
        if missing.name != "hypothesis":
            raise
        from rasim.errors import UsageError  # noqa: PLC0415  (as everything here)

        raise UsageError(f'{name} needs Hypothesis: pip install "rasim[testing]"') from None
    from rasim.doors import door  # noqa: PLC0415  (as above)

    return globals().setdefault(name, door(getattr(module, name)))
