"""Scenario files: their words, their reader, and the player that lets them happen on simulated time."""

from rasim.scenario.files import is_scenario, read_scenario
from rasim.scenario.parts import Scenario
from rasim.scenario.play import Played, play

__all__ = ["Played", "Scenario", "is_scenario", "play", "read_scenario"]
