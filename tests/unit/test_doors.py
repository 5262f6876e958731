"""The documented functions of the library, called with what they cannot take."""

import inspect
import re
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from rasim.errors import RasimError, UsageError
from rasim.policy import Firewall, Membership, Policy, Registry, may_offer
from rasim.testing import assert_may_offer, assert_no_looser_than

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "python"
HELPDESK = Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"])
WRONG = (None, 7, 1.5, b"bytes", "text", Path("text"), ["text"], {"text": 1}, object(), HELPDESK)


def documented() -> list[tuple[str, Any]]:
    """Return the functions that the pages about Python name."""
    found = {f"{kind.__name__}.of": kind.of for kind in (Policy, Membership, Firewall, Registry)}
    for page in sorted(PAGES.glob("*.md")):
        for name, listed in re.findall(r"automodule:: (\S+)(?:\n +:members: (.*))?", page.read_text("utf-8")):
            module = import_module(name)
            names = listed.split(", ") if listed else getattr(module, "__all__", ())
            found |= {f"{name}.{each}": getattr(module, each) for each in names}
    return [(name, one) for name, one in found.items() if isinstance(one, FunctionType) or name.endswith(".of")]


@pytest.mark.parametrize(("name", "function"), documented(), ids=lambda each: each if isinstance(each, str) else "")
def test_what_is_not_meant_is_refused(name: str, function: Any) -> None:
    """An argument of a wrong type is a typed error, and never one from inside."""
    needed = [each for each in inspect.signature(function).parameters.values() if each.default is each.empty]
    names = [each.name for each in needed if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    refused = 0
    for wrong in WRONG if names else ():
        try:
            function(**dict.fromkeys(names, wrong))
        except RasimError:
            refused += 1
        except KeyError:
            assert name.endswith("promise")  # a text, and no promise is called so: as documented
    assert not names or refused >= len(WRONG) - 2


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"group": {}}, "there is no argument group; there is groups, os"),
        (
            {"groups": {"CORP\\Helpdesk": "CORP\\anna"}},
            "groups must be Mapping of str and list of str or None, not dict",
        ),
        ({"groups": ["CORP\\anna"]}, "groups must be Mapping"),
        ({"member_of": "CORP\\Helpdesk"}, "member_of must be list of str, not str 'CORP"),
        ({"os": 10}, "os must be str or None, not int 10"),
    ],
)
def test_a_sentence_says_which_argument(about: dict[str, Any], says: str) -> None:
    """The message names the argument, what it should be and what it is; an argument that there is not is none of those there are."""
    with pytest.raises(UsageError, match=re.escape(says)):
        assert_may_offer(HELPDESK, "CORP\\anna", **about)


def test_a_trace_is_no_policy() -> None:
    """What is no policy is refused as such, also as the second of two."""
    with pytest.raises(UsageError, match="policy must be Policy or str or Path or list of str or Path, not int 7"):
        assert_no_looser_than(HELPDESK, 7)  # type: ignore[arg-type]


def test_how_many_arguments_is_pythons_matter() -> None:
    """Too few arguments are Python's own error, which says which."""
    with pytest.raises(TypeError, match="account"):
        may_offer(HELPDESK)  # type: ignore[call-arg]


def test_the_house_itself_is_not_asked() -> None:
    """A call from a module of the library itself goes through no door: what fails there fails inside."""
    inside: dict[str, Any] = {"__name__": "rasim.inside", "may_offer": may_offer}
    exec("def ask(): may_offer(7, 'CORP\\\\anna')", inside)  # noqa: S102  (a function whose globals have that name)

    with pytest.raises(AttributeError):
        inside["ask"]()
