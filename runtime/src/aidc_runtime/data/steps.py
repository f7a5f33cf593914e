"""From positions of a run to batches: which samples a step holds, who gets which, and reading them ahead of time."""

import math
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from aidc_runtime.tasks.task import Batch, Sample, Task

from .dataset import Dataset
from .order import SampleOrder

if TYPE_CHECKING:
    from types import TracebackType

Request = tuple[int, tuple[int, ...], int]
"""Step, shares, rank."""


@dataclass(frozen=True)
class Step:
    """What one process learns from in one step."""

    batches: list[Batch]
    """With even shares as many, and of the same number of samples, on every process; what a process lacks is filled up."""
    weight: int
    """Sum of the task's weight of these batches."""
    samples: int
    """Samples in them that are no filling."""


def shares(total: int, speeds: Sequence[float]) -> list[int]:
    """Split `total` samples in proportion to speeds: whole numbers whose sum is `total` (method of largest remainders; of
    equal ones the lower rank goes first). Without any speed that is known, evenly."""
    known = [max(0.0, speed) if math.isfinite(speed) else 0.0 for speed in speeds]
    if not sum(known):
        known = [1.0] * len(known)
    exact = [total * speed / sum(known) for speed in known]
    split = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda rank: (split[rank] - exact[rank], rank))
    for rank in by_remainder[: total - sum(split)]:
        split[rank] += 1
    return split


class StepReader:
    """Reads the batches of steps, some steps ahead in a thread of its own. Close it, or use it in a `with`.

    Step `s` holds the positions from `s * global_batch` on, `global_batch` of them, split into contiguous parts by rank: so
    which samples a step holds does not depend on how many processes there are.
    """

    def __init__(
        self, dataset: Dataset, order: SampleOrder, task: Task, global_batch: int, micro_batch: int, prefetch: int = 2
    ) -> None:
        self._dataset = dataset
        self._order = order
        self._task = task
        self._global_batch = global_batch
        self._micro_batch = micro_batch
        self._prefetch = prefetch
        self._asked = 0
        self._samples: dict[int, Sample] = {}
        self._ahead: dict[Request, Future[Step]] = {}
        self._jobs: queue.SimpleQueue[tuple[Future[Step], Request] | None] = queue.SimpleQueue()
        # A daemon, so that a store that is away keeps no process from ending.
        self._thread = threading.Thread(target=self._work, name="aidc-data", daemon=True)
        self._thread.start()

    def step(self, step: int, shares: Sequence[int], rank: int) -> Step:
        """The batches of step `step` (from 0) for `rank`, when rank `r` gets `shares[r]` samples.

        Any step may be asked for; the following ones, with the same shares, are prepared meanwhile. Raises what reading
        them raised: BadData, StorageAway.
        """
        if sum(shares) != self._global_batch:
            raise ValueError(f"the shares {list(shares)} do not add up to the global batch of {self._global_batch}")
        self._asked = step
        wanted = [(step + further, tuple(shares), rank) for further in range(self._prefetch + 1)]
        for request in [request for request in self._ahead if request not in wanted]:
            self._ahead.pop(request).cancel()
        for request in wanted:
            if request not in self._ahead:
                self._ahead[request] = Future()
                self._jobs.put((self._ahead[request], request))
        return self._ahead.pop(wanted[0]).result()

    @property
    def unreadable(self) -> set[str]:
        """Samples and files that this process could not use so far."""
        return self._dataset.budget.met

    def close(self) -> None:
        """End the thread; what is being read is finished first, unless its store is away."""
        for future in self._ahead.values():
            future.cancel()
        self._ahead.clear()
        self._jobs.put(None)
        self._thread.join(timeout=10)

    def __enter__(self) -> "StepReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        self.close()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            future, request = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(self._read(*request))
            except BaseException as error:
                future.set_exception(error)

    def _read(self, step: int, shares: tuple[int, ...], rank: int) -> Step:
        first = step * self._global_batch + sum(shares[:rank])
        positions = range(first, first + shares[rank])
        # When shares change, most positions were read already, for a step that is now another: keep those.
        asked = self._asked
        kept = range(asked * self._global_batch, (asked + self._prefetch + 1) * self._global_batch)
        self._samples = {place: sample for place, sample in self._samples.items() if place in kept}
        for place in positions:
            if place not in self._samples:
                self._samples[place] = self._dataset.encoded(self._order.sample(place), self._task.encode)
        samples = [self._samples[place] for place in positions]
        # Where shares are even but for what does not divide, all make the same passes, as sharded weights need it. Measured shares
        # differ by more, and then each makes its own: filling up to the fastest would cost the slow ones what they were spared.
        even = max(shares) - min(shares) <= 1
        most = max(shares) if even else max(1, shares[rank])
        count = -(-most // self._micro_batch)
        size = -(-most // count)
        batches = [self._collate(samples[begin:end], size) for begin, end in _even(len(samples), count)]
        return Step(batches, sum(self._task.weight(batch) for batch in batches), len(samples))

    def _collate(self, samples: Sequence[Sample], size: int) -> Batch:
        import torch

        batch = self._task.collate(samples, size)
        if torch.cuda.is_available():
            # So that copying to the device does not hold up the loop.
            batch = {name: value.pin_memory() for name, value in batch.items()}
        return batch


def _even(total: int, parts: int) -> list[tuple[int, int]]:
    """Begin and end of `parts` parts of `total`, whose sizes differ by one at most."""
    ends = [total * part // parts for part in range(parts + 1)]
    return list(pairwise(ends))
