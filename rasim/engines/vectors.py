"""numpy, or one sentence about what to install: whoever does not ask for the fast engines need not have it."""

from typing import Any

from rasim.inputs import lacks

try:
    import numpy as np
except ImportError:
    raise lacks("fast", "this engine needs numpy") from None

__all__ = ["Numbers", "np"]

Numbers = np.ndarray[Any, np.dtype[Any]]
