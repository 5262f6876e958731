"""Scenario files: their words, their reader, and the player that lets them happen on simulated time."""

from rasim.doors import doors
from rasim.scenario.judged import broken_promise
from rasim.scenario.load import load, load_found
from rasim.scenario.model import Scenario
from rasim.scenario.play import Played, play
from rasim.scenario.reader import is_scenario, read_scenario
from rasim.scenario.writer import write_scenario

__all__ = [
    "Played",
    "Scenario",
    "broken_promise",
    "is_scenario",
    "load",
    "load_found",
    "play",
    "read_scenario",
    "write_scenario",
]

doors(globals())
