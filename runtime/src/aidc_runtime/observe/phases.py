"""Where a process' time goes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .catalogue import PHASES


def process_age() -> float:
    """Seconds since this process was started, imports included; 0 where there is no /proc."""
    import os

    try:
        # Field 22 of stat is the start in clock ticks after boot; the name in field 2 may hold spaces.
        started = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0.0
    return max(0.0, uptime - started / os.sysconf("SC_CLK_TCK"))


class PhaseClock:
    """Splits all time since its start over phases. An inner phase interrupts the outer one; outside of all it is `startup`
    until `begun` is set, and `idle` from then on."""

    def __init__(self, already: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        """`already`: seconds of `startup` before the clock was made."""
        self.seconds = dict.fromkeys(PHASES, 0.0)
        self.seconds["startup"] = already
        self._clock = clock
        self._since = clock()
        self._stack: list[str] = []
        self.begun = False
        """Whether steps are being done."""
        self.redoing = False
        """Whether steps are done again: their `compute` counts as `recompute`."""

    @property
    def current(self) -> str:
        name = self._stack[-1] if self._stack else "idle" if self.begun else "startup"
        return "recompute" if name == "compute" and self.redoing else name

    def settle(self) -> dict[str, float]:
        """Seconds by phase until now."""
        now = self._clock()
        self.seconds[self.current] += now - self._since
        self._since = now
        return self.seconds

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """The time inside counts as `name`."""
        if name not in PHASES:
            raise ValueError(f"phase {name!r} is none of {', '.join(PHASES)}")
        self.settle()
        self._stack.append(name)
        try:
            yield
        finally:
            self.settle()
            self._stack.pop()
