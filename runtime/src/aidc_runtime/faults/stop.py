"""When to leave: told by a signal, or because the capacity ends."""

import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import FrameType
from typing import Any

NONE, SIGNAL, DEADLINE = 0, 1, 2
"""Values that processes agree on: the largest of all counts."""

REASONS = {NONE: "another process was", SIGNAL: "signal", DEADLINE: "deadline"}
"""In words. A process that saw neither itself leaves because another did."""


class StopSignal:
    """Whether this process was told to leave. Processes may learn of it at different steps: the loop reduces `value` by
    its maximum over all of them each step, and acts on what they agree on."""

    def __init__(
        self,
        deadline: str | None = None,
        save_seconds: float = 90.0,
        signals: Sequence[signal.Signals] = (signal.SIGTERM,),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`deadline`: UTC, as `2026-11-30T11:30:00Z`. It counts `save_seconds` early, so that the state is saved by then."""
        self._signals, self._clock = tuple(signals), clock
        self._signalled = False
        self._before: dict[signal.Signals, Any] = {}
        self._leave_at = float("inf")
        if deadline is not None:
            end = datetime.strptime(deadline, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            self._leave_at = end.timestamp() - save_seconds

    def __enter__(self) -> "StopSignal":
        """Listen to the signals. Main thread only."""
        for number in self._signals:
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._signalled and number == signal.SIGINT:
            raise KeyboardInterrupt  # a second Ctrl-C: the user does not want to wait for the save
        self._signalled = True

    @property
    def value(self) -> int:
        """NONE, SIGNAL or DEADLINE."""
        if self._clock() >= self._leave_at:
            return DEADLINE
        return SIGNAL if self._signalled else NONE

    @property
    def signalled(self) -> bool:
        """Whether a signal came."""
        return self._signalled

    @property
    def requested(self) -> bool:
        """Whether this process, or the clock, asks to leave."""
        return self.value != NONE

    @property
    def reason(self) -> str:
        """What asked, in words."""
        return REASONS[self.value]
