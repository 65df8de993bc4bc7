"""How long one source may take. A wait that would pass the deadline is not begun."""

from __future__ import annotations

import time
from collections.abc import Callable

from auditor.model.errors import ConnectorError

CONNECT_SECONDS = 10.0
QUIET_SECONDS = 30.0
"""How long a connection may take, and how long it may say nothing."""


class Deadline:
    """The end of one read, from the moment this is made."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        """Given how long the whole read may take, and what tells and passes the time."""
        self.seconds, self._clock, self._sleep = seconds, clock, sleep
        self._end = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self._end - self._clock()

    def check(self) -> None:
        """Raise ConnectorError if there is no time left."""
        if self.left <= 0:
            raise ConnectorError("graph_deadline", seconds=int(self.seconds))

    def timeouts(self) -> tuple[float, float]:
        """Return the seconds a request may take to connect, and may stay silent. Raise ConnectorError if there is no time left."""
        self.check()
        return min(CONNECT_SECONDS, self.left), min(QUIET_SECONDS, self.left)

    def wait(self, seconds: float) -> None:
        """Wait. Raise ConnectorError at once if the deadline would pass meanwhile."""
        if seconds >= self.left:
            raise ConnectorError("graph_deadline", seconds=int(self.seconds))
        self._sleep(seconds)
