"""Values that show themselves in a notebook: import this module once, or `%load_ext rasim.report.notebook`, and look at a value.

    import rasim.report.notebook
    play(scenario)                         # at the end of a cell: the verdict, the course as a picture, the trace

`REPRESENTATIONS` has the values and their reports, which are those of `--report html=FILE`. The packages that the values are from
know nothing of reports and must not, so each class is given its `_repr_html_` from here; who never imports this module has
values without it. Jupyter, VS Code and others ask for that method; nothing of theirs is needed to have it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from rasim.analysis.difference_scenarios import Sides
from rasim.analysis.explain import Explained
from rasim.analysis.judged_files import JudgedFile
from rasim.document.blocks import Document
from rasim.document.fragment import fragment
from rasim.engines.plan import CheckAnswer, Plan
from rasim.errors import UsageError
from rasim.policy import Decision
from rasim.report import check, diff, explain, judge, run
from rasim.scenario import Played
from rasim.verify import Checked, Compared
from rasim.verify.promises.judge import JudgedTrace

METHOD: Final = "_repr_html_"

REPRESENTATIONS: Final[Mapping[type, Callable[[Any], Document]]] = {
    Played: run.of_one,
    CheckAnswer: check.document,
    Checked: lambda checked: check.document(CheckAnswer(Plan(), checked)),
    Compared: lambda compared: diff.document(compared, Sides("the first policy", "the second")),
    Decision: explain.of_decision,
    Explained: lambda explained: explain.document([explained], "What a user does is left to the user."),
    JudgedTrace: lambda trace: judge.document([JudgedFile("a trace", trace)]),
    JudgedFile: lambda judged: judge.document([judged]),
}


def as_html(value: object) -> str:
    """Return a value as HTML for a notebook: one element whose style ends at its edge.

    Raises:
        UsageError: there is no report of such a value.

    """
    if type(value) not in REPRESENTATIONS:
        kinds = ", ".join(kind.__name__ for kind in REPRESENTATIONS)
        raise UsageError(f"there is no report of {type(value).__name__}; of these there is: {kinds}")
    return fragment(REPRESENTATIONS[type(value)](value))


def load_ipython_extension(_ipython: object = None) -> None:
    """Let the values show themselves; IPython calls this for `%load_ext`, and importing the module has done it already."""
    for kind in REPRESENTATIONS:
        setattr(kind, METHOD, as_html)


load_ipython_extension()
