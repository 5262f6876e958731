"""The rules in time: a simulated clock for asyncio, and the meeting of a computer, its users and experts on it."""

from rasim.doors import doors
from rasim.runtime.clock import Deadlock, SimulatedLoop, simulate, simulated_loop
from rasim.runtime.meeting import Expert, Meeting, User

__all__ = ["Deadlock", "Expert", "Meeting", "SimulatedLoop", "User", "simulate", "simulated_loop"]

doors(globals())
