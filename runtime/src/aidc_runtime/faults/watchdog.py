"""Ends a process that hangs: a restart is better than devices that wait."""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

from aidc_runtime.exit_codes import ExitCode

from .outcome import Outcome, write_outcome


class Watchdog:
    """A thread that ends the process with code 70, and all stacks on stderr, once `beat` was not called for `seconds`.

    It needs the interpreter's lock. For code that hangs while it holds that, a timer of faulthandler (a thread in C) stands
    behind it, which the watchdog's own thread puts off all the time: it exits with code 1, which counts as a crash too.
    """

    def __init__(self, seconds: float, stream: TextIO | None = None, leave: Callable[[int], None] = os._exit) -> None:
        """`stream`: where stacks go, a real file. `leave`: ends the process without clean-up, which could hang as well."""
        self._seconds, self._stream, self._leave = seconds, stream or sys.__stderr__ or sys.stderr, leave
        self._last = time.monotonic()
        self._step: int | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def __enter__(self) -> "Watchdog":
        self.beat()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        faulthandler.cancel_dump_traceback_later()

    def beat(self, step: int | None = None) -> None:
        """Something was done. `step`: last finished step, for the outcome."""
        self._last = time.monotonic()
        self._step = self._step if step is None else step

    def _watch(self) -> None:
        tick = min(1.0, self._seconds / 10)
        while not self._over.wait(tick):
            faulthandler.dump_traceback_later(self._seconds + tick, exit=True, file=self._stream)
            if time.monotonic() - self._last > self._seconds:
                self._end()
                return

    def _end(self) -> None:
        message = f"nothing was done for {self._seconds:g} seconds (resilience.hang_seconds); stacks are in the log"
        print(f"watchdog: {message}", file=self._stream, flush=True)
        faulthandler.dump_traceback(file=self._stream, all_threads=True)
        write_outcome(Outcome(ExitCode.CRASHED, message, "hang", self._step))
        self._leave(ExitCode.CRASHED)
