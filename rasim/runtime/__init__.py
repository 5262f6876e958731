"""The rules in time: a simulated clock for asyncio, and the meeting of a computer, its users and experts on it."""

from rasim.doors import doors
from rasim.runtime.clock import Deadlock, SimulatedLoop, simulate, simulated_loop
from rasim.runtime.failing import MeetingWithFaults
from rasim.runtime.meeting import AtOnce, Expert, Meeting, User, Way
from rasim.runtime.orders import every_order
from rasim.runtime.tape import Tape

__all__ = [
    "AtOnce",
    "Deadlock",
    "Expert",
    "Meeting",
    "MeetingWithFaults",
    "SimulatedLoop",
    "Tape",
    "User",
    "Way",
    "every_order",
    "simulate",
    "simulated_loop",
]

doors(globals())
