r"""The exercises of the course: what each is about, as a row. Their texts stand on the slides; no key is written anywhere.

A kind says what the answer is, and how the key is found (`keys.py`):

    promise   the name of a promise that the mistake breaks, or of a witness that it makes impossible; found by exploring
    scenario  a scenario file that passes, and whose expectations fail where the mistake is made; found by playing it twice
    policy    a policy file of which all that is `wanted` holds; found as `rasim explain` finds it
    trace     the verdict on a trace and the line at which it falls, `{verdict: broken, line: 9}` or `kept`; found as `rasim judge` finds it
    product   MODULE:ADAPTER of a product that keeps all promises; found as `rasim conform` finds it, for whoever lets its code run

A mistake is named as in `planted.py`. The trace of a row is what a computer with the mistake records of the row's story.
"""

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from rasim.errors import UsageError
from rasim.words import not_called

LESSONS: Final = {
    1: "the policy",
    2: "two clicks",
    3: "races and time",
    4: "hostile experts",
    5: "proof against testing",
    6: "judging a real product",
}


@frozen
class PromiseExercise:
    """Name a promise that notices a mistake."""

    id: str
    mistake: str
    kind: str = "promise"


@frozen
class ScenarioExercise:
    """Write the scenario that a mistake does not survive."""

    id: str
    mistake: str
    kind: str = "scenario"


@frozen
class Wanted:
    """What has to hold of a policy: what an expert may, and which single change would turn that, if it matters."""

    expert: str
    capability: str
    answer: str
    turned_by: str = ""


@frozen
class PolicyExercise:
    """Write a policy file of which all this holds."""

    id: str
    wanted: tuple[Wanted, ...]
    kind: str = "policy"


@frozen
class TraceExercise:
    """Judge what a computer with a mistake recorded of a story; `unrecorded` are kinds of lines that its recorder leaves out."""

    id: str
    mistake: str
    story: tuple[str, ...]
    unrecorded: tuple[str, ...] = ()
    kind: str = "trace"


@frozen
class ProductExercise:
    """Mend a product until it keeps all promises."""

    id: str
    kind: str = "product"


Exercise = PromiseExercise | ScenarioExercise | PolicyExercise | TraceExercise | ProductExercise

_ANNA, _CAROL = r"CORP\anna", r"CORP\carol"

# fmt: off
EXERCISES: Final[Sequence[Exercise]] = (
    # ---- 1: the policy
    PolicyExercise("1.1", (Wanted(_ANNA, "view", "allow"), Wanted(_ANNA, "control", "deny"), Wanted(_CAROL, "offer", "deny"))),
    PolicyExercise("1.2", (Wanted(_ANNA, "control", "allow"), Wanted(_CAROL, "offer", "deny", turned_by="RAUnsolicit"))),
    PolicyExercise("1.3", (Wanted(_ANNA, "offer", "deny", turned_by="fAllowUnsolicited"),)),
    PromiseExercise("1.4", "M03"),
    # ---- 2: two clicks
    PromiseExercise("2.1", "one click for both"),
    ScenarioExercise("2.2", "M13"),
    ScenarioExercise("2.3", "control on request"),
    TraceExercise("2.4", "control on request", (
        "anna: offers help to bob", "bob: accepts", "anna: asks for control", "anna: tries to move the mouse", "bob: ends")),
    # ---- 3: races and time
    PromiseExercise("3.1", "M24"),
    ScenarioExercise("3.2", "M01"),
    ScenarioExercise("3.3", "M21"),
    TraceExercise("3.4", "M17", (
        "anna: offers help to bob", "bob: accepts", "computer: restarts", "computer: tries to show a frame", "bob: tries to log on")),
    # ---- 4: hostile experts
    PromiseExercise("4.1", "M22"),
    ScenarioExercise("4.2", "M22"),
    ScenarioExercise("4.3", "M08"),
    TraceExercise("4.4", "M27", (
        "anna: offers help to bob", "wait: 60 s", "anna: tries to offer help to bob with a used ticket",
        "computer: tries to show a frame")),
    # ---- 5: proof against testing
    PromiseExercise("5.1", "M25"),
    PromiseExercise("5.2", "O3 without `on show`"),
    ScenarioExercise("5.3", "view does not need `helper`"),
    ScenarioExercise("5.4", "control held needs `control permitted` on arrival only"),
    # ---- 6: judging a real product
    TraceExercise("6.1", "", (
        "anna: offers help to bob", "bob: accepts", "anna: asks for control", "bob: grants control", "anna: moves the mouse",
        "bob: presses Esc", "anna: tries to move the mouse", "anna: leaves")),
    TraceExercise("6.2", "M14", (
        "anna: offers help to bob", "bob: accepts", "administrator: tries to turn offers off", "computer: tries to show a frame")),
    TraceExercise("6.3", "", ("anna: offers help to bob", "bob: accepts", "anna: asks for control", "bob: grants control",
                              "anna: moves the mouse"), unrecorded=("answers",)),
    ProductExercise("6.4"),
)
# fmt: on
BY_ID: Final = {each.id: each for each in EXERCISES}


def exercise(name: str) -> Exercise:
    """Return the exercise with this id.

    Raises:
        UsageError: there is none.

    """
    if name not in BY_ID:
        raise UsageError(not_called("no exercise", name, BY_ID))
    return BY_ID[name]


def lesson_of(each: Exercise) -> int:
    """Return the number of the lesson that an exercise belongs to."""
    return int(each.id.partition(".")[0])
