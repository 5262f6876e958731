"""Scenario files: their words, their reader, and the player that lets them happen on simulated time."""

from rasim.scenario.model import Scenario
from rasim.scenario.play import Played, play
from rasim.scenario.reader import is_scenario, read_scenario

__all__ = ["Played", "Scenario", "is_scenario", "play", "read_scenario"]
