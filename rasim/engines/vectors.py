"""numpy, or one sentence about what to install: whoever does not ask for the fast engines need not have it."""

from typing import Any

from rasim.errors import UsageError

try:
    import numpy as np
except ImportError:
    raise UsageError('this engine needs numpy: pip install "rasim[fast]"') from None

__all__ = ["Numbers", "np"]

Numbers = np.ndarray[Any, np.dtype[Any]]
