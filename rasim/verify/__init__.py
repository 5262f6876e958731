"""Promises and their proof: the evidence of trace lines, all reachable states, and the mutants that test the promises."""

from rasim.verify.check import Checked, Judged, check
from rasim.verify.compare import Compared, Difference, compare
from rasim.verify.explore import Exploration, Finding, explore
from rasim.verify.model import Model, policy_models, standard_models
from rasim.verify.promises import ALWAYS, KEPT, PROMISES, WITHIN, promise
from rasim.verify.witnesses import SOMETIMES

__all__ = [
    "ALWAYS",
    "KEPT",
    "PROMISES",
    "SOMETIMES",
    "WITHIN",
    "Checked",
    "Compared",
    "Difference",
    "Exploration",
    "Finding",
    "Judged",
    "Model",
    "check",
    "compare",
    "explore",
    "policy_models",
    "promise",
    "standard_models",
]
