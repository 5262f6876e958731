"""How much a server does for anybody: figures, and how many acts an account may do."""

from attrs import frozen

from rasim.runtime.wire.frames import Ending, WireError


@frozen
class Limits:
    """What an expert may ask of a server; times are in seconds, None for no limit."""

    connections: int = 4096  # in all, those that still shake hands among them
    per_account: int = 8  # computers that one account is at
    acts: int = 20  # a second of an account that views: what a hand can type; and so many at once
    asking: int = 2  # and of one that does not; five times as many at once
    excess: int = 50  # acts over that, each refused, until the account is sent away
    outgoing: int = 256 << 10  # bytes that wait to be read by the other side
    handshake: float = 10.0  # and the call after it
    frame: float | None = 10.0  # from the first byte of a frame to its last
    idle: float | None = 90.0


class Allowance:
    """Acts that an account may do: so many a second, and no more saved up than `most`."""

    def __init__(self, rate: int, most: int, excess: int) -> None:
        self._rate, self._most, self._left, self._at = rate, most, float(most), 0.0
        self._over, self._excess = 0, excess

    def takes(self, now: float) -> bool:
        """Return whether one more act may be done now. WireError after many that may not, if nothing was done for no while between."""
        self._left = min(float(self._most), self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            self._over += 1
            if self._over > self._excess:
                raise WireError(Ending.FLOOD)
            return False
        if self._left == self._most:
            self._over = 0
        self._left -= 1
        return True
