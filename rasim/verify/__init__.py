"""Promises and their proof: the evidence of trace lines, all reachable states, and the mutants that test the promises."""

from rasim.doors import doors
from rasim.verify.behaviours.followed import Followed, NotOfTheTable
from rasim.verify.check import Checked, Judged, check
from rasim.verify.policies.compare import Compared, Difference, compare
from rasim.verify.promises.catalogue import ALWAYS, KEPT, PROMISES, WITHIN, promise
from rasim.verify.promises.witnesses import SOMETIMES
from rasim.verify.states.explore import Discovery, Exploration, explore
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
    "Discovery",
    "Exploration",
    "Followed",
    "Judged",
    "Model",
    "NotOfTheTable",
    "check",
    "compare",
    "explore",
    "policy_models",
    "promise",
    "standard_models",
]

Finding = Discovery  # as it was called up to 0.2; who imports it by this name still can

doors(globals())
