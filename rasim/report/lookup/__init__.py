"""Looking up: whatever an answer prints, `rasim show NAME` says what it is.

`entries.py` says what is told of a name. `kinds.py` is the table of all kinds of names and finds one; each kind is read from the
registry that the rest of rasim works with, by a function that is imported when it is asked for. `screens.py` prints.
"""

from rasim.report.lookup.entries import Entry
from rasim.report.lookup.kinds import KINDS, NamedKind, all_names, find, kind_called, of_kind, used_by

__all__ = ["KINDS", "Entry", "NamedKind", "all_names", "find", "kind_called", "of_kind", "used_by"]
