"""How fast this device is by itself: what a step is split by on a mixed fleet."""

import time
from typing import Any

import torch


class SpeedMeter:
    """Times forward passes, in which data-parallel processes do not wait for each other. A context around each pass."""

    SMOOTHING = 0.2
    """Weight of the newest step."""

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self._samples = 0
        self._marks: list[Any] = []
        self._speed = 0.0

    def start(self, samples: int) -> None:
        """A step of so many samples begins."""
        self._samples = samples
        self._marks = []

    def __enter__(self) -> None:
        self._mark()

    def __exit__(self, *_: object) -> None:
        self._mark()

    def _mark(self) -> None:
        if self._cuda:
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            self._marks.append(event)
        else:
            self._marks.append(time.perf_counter())

    def samples_per_second(self) -> float:
        """Smoothed over steps; the device must have finished the step."""
        pairs = list(zip(self._marks[::2], self._marks[1::2], strict=True))
        seconds = sum(a.elapsed_time(b) / 1000 if self._cuda else b - a for a, b in pairs)
        if seconds > 0 and self._samples > 0:
            newest = self._samples / seconds
            self._speed = newest if self._speed == 0 else self._speed + self.SMOOTHING * (newest - self._speed)
        # A device without samples must not stay without them.
        return max(self._speed, 1e-9)
