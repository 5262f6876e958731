"""Fifteen scenarios with a picture each, for docs/by-example.md: what a newcomer should have seen, from the first yes to links that fail.

The picture is drawn from the scenario's own trace, narrow enough for a phone. To add one: its path and what it shows, in
`EXAMPLES`; the test that it passes is the shown command.
"""

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from docs.generate import MADE
from docs.generate.rooms import TOP
from rasim.scenario import load
from rasim.web.slides import story_picture


@frozen
class Example:
    """A scenario, the heading over it, what it shows, and the options it is played with."""

    path: str
    heading: str
    shows: str
    options: str = ""

    @property
    def name(self) -> str:
        """Return the file's name without its ending."""
        return self.path.rpartition("/")[2]


EXAMPLES: Final = (
    Example(
        "the-first-click/the-user-accepts-and-the-expert-only-sees",
        "Bob accepts, and Anna only sees",
        "One yes gives the picture and nothing else. Anna's mouse does nothing, and when Bob ends it, it is over.",
    ),
    Example(
        "the-first-click/the-user-denies-and-is-left-in-peace",
        "Bob denies, and is left in peace",
        "After a denial the same expert cannot ask again until the cool-down is over.",
    ),
    Example(
        "the-first-click/silence-is-a-no",
        "Nobody answers",
        "A question that nobody answers is over after its time. Silence is never a yes.",
    ),
    Example(
        "the-second-click/the-user-lets-the-expert-look-then-control",
        "The second click",
        "Control has a question of its own, and a click of its own. Before it, nothing that Anna does reaches the desktop.",
    ),
    Example(
        "the-second-click/where-policy-says-view-only-control-is-not-even-asked",
        "The policy says view only",
        "Where helpers may only view, Bob is not even asked: Anna is told *forbidden*, by the policy and not by Bob.",
    ),
    Example(
        "the-second-click/esc-takes-control-back",
        "Esc takes control back",
        "Bob takes control back at any moment. The view goes on; control needs a new request and a new click.",
    ),
    Example(
        "the-second-click/a-pause-hides-the-screen-and-takes-control",
        "Bob pauses",
        "While Bob pauses, Anna sees nothing and controls nothing. Resuming brings the picture back, and not control.",
    ),
    Example(
        "who-may-offer/an-expert-who-is-not-listed-never-reaches-the-user",
        "An expert who is not listed",
        "Who is not on the helper list is turned away at the door. Bob sees nothing of it.",
    ),
    Example(
        "sessions/a-locked-session-answers-nothing",
        "A locked session",
        "While the session is locked there is no answer, no picture and no input, whoever knocks.",
    ),
    Example(
        "policy-changes/a-tighter-policy-takes-control-and-leaves-the-view",
        "The policy gets tighter while Anna controls",
        "The new policy allows only viewing: control ends at once, the view stays. A looser policy later gives nothing back.",
    ),
    Example(
        "several-experts/a-second-expert-is-told-busy",
        "A second expert",
        "Carol offers while Anna is there, and is told *busy*. Bob is asked one question at a time.",
    ),
    Example(
        "forged-and-late/nobody-answers-for-the-user",
        "Nobody answers for Bob",
        "A yes that is forged, late, or made by a policy or a timer counts for nothing.",
    ),
    Example(
        "the-first-click/a-yes-and-a-withdrawal-in-one-moment",
        "A race: a yes and a withdrawal in one moment",
        "Both happen at the same instant, so rasim plays both orders. The picture shows one; in neither does anybody see"
        " a screen without a yes.",
        "--every-order",
    ),
    Example(
        "links/a-cut-that-lasts-ends-the-view",
        "The network fails",
        "A cut that lasts ends the view on both sides, and control with it. Who comes back has to offer again.",
    ),
    Example(
        "the-firewall/an-exception-for-one-network-lets-in-nobody-else",
        "The firewall decides first",
        "An exception may name the networks it is for. From elsewhere Carol, who is on the list, does not even reach the"
        " computer.",
    ),
)


def example_picture(example: Example) -> str:
    """Return the picture of a scenario: who sent what to whom."""
    scenario = load(TOP / "scenarios" / f"{example.path}.yaml")
    return story_picture(example.heading, scenario)


def examples_page() -> str:
    """Return the page of examples as Markdown."""
    return "\n".join((*_page(), ""))


def _page() -> Iterator[str]:
    yield "# By example"
    yield MADE
    yield ""
    yield "Fifteen small stories between Anna, who offers help, Bob, whose screen it is, and Bob's computer. Each picture is drawn from"
    yield "what rasim did when it played the scenario below it; time goes down. Play any of them yourself, change a line, and play it"
    yield "again: [write a scenario](how-to/write-a-scenario.md)."
    yield ""
    yield from (f"{at}. [{each.heading}](#{_anchor(each.heading)})" for at, each in enumerate(EXAMPLES, 1))
    for each in EXAMPLES:
        yield from _example(each)


def _anchor(heading: str) -> str:
    return "".join(c for c in heading.lower().replace(" ", "-") if c.isalnum() or c == "-")


def _example(example: Example) -> Iterator[str]:
    file = f"scenarios/{example.path}.yaml"
    yield from ("", f"## {example.heading}", "", example.shows, "")
    yield f"![{example.heading}: who sent what to whom](pictures/by-example/{example.name}.svg)"
    yield from ("", "```console", f"$ rasim run {f'{example.options} ' * bool(example.options)}{file}", "```", "")
    yield from ("<details><summary>The scenario</summary>", "", "```text")
    yield (TOP / file).read_text(encoding="utf-8").rstrip("\n")
    yield from ("```", "", "</details>")
