r"""For your own test suite: your product's traces judged, assertions about a policy, Hypothesis strategies, scenario files for pytest.

    from rasim.testing import Recorder, assert_kept

    def test_who_is_not_asked_is_not_connected():
        recorder = Recorder()
        ...                     # your product calls recorder.offer_received(offer=1, ...), recorder.prompt_shown(...), ...
        assert_kept(recorder)

    from rasim.testing import assert_may_offer, assert_view_only

    def test_the_helpdesk_may_look_and_no_more():
        assert_view_only("policies/helpdesk.pol")
        assert_may_offer("policies/helpdesk.pol", r"CORP\anna", groups={r"CORP\Helpdesk": [r"CORP\anna"]})

All but the strategies needs nothing but rasim; the strategies need the extra `testing`. What is named here is imported when
it is asked for: the plugin must not cost every test run the explorer and Hypothesis.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rasim.testing.adapter import Adapter, CannotDo, Scene
    from rasim.testing.asserts import (
        assert_may_not_offer,
        assert_may_offer,
        assert_never_connected_unannounced,
        assert_no_looser_than,
        assert_view_only,
    )
    from rasim.testing.conform import assert_conforms, assert_story_kept, conformance
    from rasim.testing.judging import assert_kept, judge
    from rasim.testing.learn import learned
    from rasim.testing.recorder import Recorder
    from rasim.testing.strategies import accounts, memberships, policies, stories

__all__ = [
    "Adapter",
    "CannotDo",
    "Recorder",
    "Scene",
    "accounts",
    "assert_conforms",
    "assert_kept",
    "assert_may_not_offer",
    "assert_may_offer",
    "assert_never_connected_unannounced",
    "assert_no_looser_than",
    "assert_story_kept",
    "assert_view_only",
    "conformance",
    "judge",
    "learned",
    "memberships",
    "policies",
    "stories",
]

_WHERE = {
    "adapter": ("Adapter", "CannotDo", "Scene"),
    "conform": ("assert_conforms", "assert_story_kept", "conformance"),
    "judging": ("assert_kept", "judge"),
    "learn": ("learned",),
    "recorder": ("Recorder",),
    "strategies": ("accounts", "memberships", "policies", "stories"),
}
_MODULE = {name: module for module, names in _WHERE.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and put a door before it if it is a function."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"rasim.testing.{_MODULE.get(name, 'asserts')}")
    except ModuleNotFoundError as missing:
        if missing.name != "hypothesis":
            raise
        from rasim.inputs import lacks  # noqa: PLC0415  (as everything here)

        raise lacks("testing", f"{name} needs Hypothesis") from None
    from rasim.doors import door  # noqa: PLC0415  (as above)

    found = getattr(module, name)
    return globals().setdefault(name, found if isinstance(found, type) else door(found))
