"""Hypothesis strategies: accounts, groups and policies, the ordinary and the doubtful; and stories for a product behind its adapter."""

from collections.abc import Sequence

from hypothesis import strategies as st

from rasim.policy import Membership, Policy
from rasim.testing.adapter import Adapter
from rasim.testing.steering import FIRST_SCENE, Story, steering_of

DOMAINS = ("CORP", "corp.example", "LAB")
_NAMES = ("anna", "Anna", "carol", "Helpdesk", "Tier 1", "Domain Users", "o'neil", "j.doe", "müller", "管理者")
FLAWED = ("", " ", "anna", "*", "CORP\\*", "anna@corp.example", "S-1-5-11", "CORP\\Tier\\1", "CORP\\", "Everyone")


def accounts() -> st.SearchStrategy[str]:
    r"""Draw accounts `DOMAIN\name` from few domains and names, so that lists, groups and experts meet."""
    return st.builds("{}\\{}".format, st.sampled_from(DOMAINS), st.sampled_from(_NAMES))


def memberships(pool: Sequence[str] | None = None) -> st.SearchStrategy[Membership]:
    """Draw groups with their members, nested and in cycles too."""
    names = accounts() if pool is None else st.sampled_from(list(pool))
    told = st.dictionaries(names, st.lists(names, max_size=4), max_size=4)
    return st.builds(Membership.of, told)


def policies(*, flawed: bool = True) -> st.SearchStrategy[Policy]:
    """Draw policies: every state and mode, lists with helpers and (if `flawed`) with entries of wrong form."""
    entries = st.one_of(accounts(), st.sampled_from(FLAWED)) if flawed else accounts()
    states = st.sampled_from(("not configured", "disabled", "enabled", "unknown") if flawed else
                             ("not configured", "disabled", "enabled"))  # fmt: skip
    modes = st.sampled_from((None, "view", "control"))
    return st.builds(
        lambda offer, mode, helpers, solicited: Policy.of(offer=offer, mode=mode, helpers=helpers, solicited=solicited),
        states,
        modes,
        st.lists(entries, max_size=5, unique_by=str.casefold),
        st.sampled_from(("not configured", "disabled", "enabled")),
    )


def stories(adapter: type[Adapter], *, scene: str = FIRST_SCENE, most: int = 12) -> st.SearchStrategy[Story]:
    """Draw stories of up to `most` acts that an adapter can be let do, steered by the table so that they lead somewhere.

    Three of four acts are such as the table would take, the others anything at all. `scene` is where they begin. For
    `assert_story_kept`; a story that fails is shrunk. Raises UsageError for an unknown scene, and as `conformance` for an adapter.
    """
    steering = steering_of(adapter, scene)
    # A list of numbers, of which Hypothesis can take any out: each act is two of them, the last one says whether it is probed at the end.
    acts = st.lists(st.tuples(st.integers(0, 3), st.integers(0, len(steering.steps) - 1)), min_size=1, max_size=most)

    def story(drawn: tuple[list[tuple[int, int]], int]) -> Story:
        acts, last = drawn
        numbers = iter([*(number for act in acts for number in act), last])
        return steering.walk(len(acts), lambda options: options[next(numbers) % len(options)])

    return st.tuples(acts, st.integers(0, 3)).map(story)
