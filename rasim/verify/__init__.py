"""Promises and their proof: the evidence of trace lines, all reachable states, and the mutants that test the promises."""

from rasim.verify.check import Checked, Judged, check
from rasim.verify.policies.compare import Compared, Difference, compare
from rasim.verify.promises.catalogue import ALWAYS, KEPT, PROMISES, WITHIN, promise
from rasim.verify.promises.witnesses import SOMETIMES
from rasim.verify.states.explore import Exploration, Finding, explore
from rasim.verify.states.model import Model, policy_models, standard_models

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
