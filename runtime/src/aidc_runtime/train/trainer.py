"""The loop: from batches to a learned model. Everything that differs between runs is in the parts it is given."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import torch
from torch.optim import Optimizer

from aidc_runtime.config import LaunchSpec
from aidc_runtime.data.steps import Step, StepReader, shares
from aidc_runtime.exit_codes import Diverged, Preempted
from aidc_runtime.faults.outcome import LastWords
from aidc_runtime.faults.points import reach
from aidc_runtime.faults.stop import StopSignal
from aidc_runtime.faults.watchdog import Watchdog
from aidc_runtime.observe.observer import Observer, StepFacts
from aidc_runtime.tasks.task import Batch, Task

from .optimize import LossScale, clip_gradients
from .speed import SpeedMeter
from .spread import Spread
from .world import Layout, World


@dataclass
class Progress:
    """How far a run is: saved with every checkpoint, and all that a resume needs beside weights and optimizer state."""

    step: int = 0
    """Steps done; the next one reads the samples from `step * global_batch` on."""
    samples: int = 0
    tokens: int = 0
    """Weight of all batches so far: predicted tokens, or samples."""
    bad_steps: int = 0
    """Steps in a row, up to now, whose gradient was no number."""
    data: str = ""
    """Fingerprint of the training data: with other data, positions mean other samples."""
    reports: dict[str, Any] = field(default_factory=dict)
    """Of the last evaluation."""


class Saving(Protocol):
    """What the loop needs of checkpoints."""

    def wait_staged(self) -> float:
        """Until the state of the last save has been copied aside and may change; seconds that took."""

    def finish(self) -> None:
        """Until nothing is being written any more."""


@dataclass
class Parts:
    """What a loop is made of."""

    spec: LaunchSpec
    world: World
    layout: Layout
    task: Task
    spread: Spread
    optimizer: Optimizer
    learning_rate: Callable[[int], float]
    reader: StepReader
    save: Callable[[int, dict[str, Any], bool], float]
    """Save step, progress, and whether at once; seconds that the loop was held up."""
    saver: Saving
    copy: Callable[[int, dict[str, Any]], None] | None
    """Make a copy on the node's own disk; None: none are made."""
    observer: Observer
    stop: StopSignal
    watchdog: Watchdog
    words: LastWords
    """What the process tells of itself when it ends."""
    evaluate: Callable[[], dict[str, Any]] | None = None


class Trainer:
    """Trains from `progress.step` to the last step. Raises Preempted after it saved, when told to stop, and Diverged."""

    def __init__(self, parts: Parts, progress: Progress) -> None:
        self.parts = parts
        self.progress = progress
        self._speeds = [1.0] * parts.layout.data_size
        self._data_rank = parts.layout.data_rank(parts.world.rank)
        self._saved_at = time.monotonic()
        self._skipped = 0
        self._speed = SpeedMeter(parts.world.device)
        self._scale = LossScale(enabled=parts.spec.train.precision == "fp16")

    def run(self) -> Progress:
        """All steps that are left, then a last checkpoint."""
        parts, spec = self.parts, self.parts.spec
        parts.spread.module.train()
        step = self._read()
        weight = parts.world.total([step.weight if self._speaks else 0])[0]
        while self.progress.step < spec.train.steps:
            started = time.monotonic()
            with parts.observer.phase("compute"):
                loss, norm = self._learn(step, weight)
            self._account(weight)
            step, done_weight = self._read_next(), weight
            loss, weight, stop, due = self._agree(loss, step, done_weight)
            self._observe(loss, norm, done_weight, time.monotonic() - started)
            self._keep(stop, due)
        with parts.observer.phase("checkpoint_stall"):
            parts.saver.finish()
        return self.progress

    @property
    def _speaks(self) -> bool:
        """Whether this process counts: of those that share matrices, and so samples, one does."""
        return self.parts.world.rank % self.parts.layout.tensor == 0

    def _read(self) -> Step:
        with self.parts.observer.phase("data_wait"):
            split = shares(self.parts.spec.train.global_batch, self._speeds)
            return self.parts.reader.step(self.progress.step, split, self._data_rank)

    def _read_next(self) -> Step:
        if self.progress.step >= self.parts.spec.train.steps:
            return Step(batches=[], weight=0, samples=0)
        return self._read()

    def _learn(self, step: Step, weight: float) -> tuple[float, float]:
        """One optimizer step. The sum of this process' losses, and the norm of the gradient of all."""
        parts, progress = self.parts, self.progress
        # Drawn anew for each step, so that a resume drops the same neurons as a run without a break.
        torch.manual_seed(hash((parts.spec.run.seed, progress.step, self._data_rank)) % 2**63)
        total = torch.zeros((), device=parts.world.device)
        # What fills up a batch costs as much as what counts.
        self._speed.start(sum(len(next(iter(batch.values()))) for batch in step.batches))
        # Gradients are averaged over the data-parallel processes, and are to be the sum over all samples by their weight.
        scale = parts.layout.data_size / max(weight, 1)
        for index, batch in enumerate(step.batches):
            with parts.spread.accumulate(last=index == len(step.batches) - 1):
                loss = self._loss(batch)
                (loss * (scale * self._scale.value)).backward()
                total += loss.detach()
        with parts.observer.phase("checkpoint_stall"):
            parts.saver.wait_staged()
        return float(total), self._update()

    def _loss(self, batch: Batch) -> torch.Tensor:
        parts = self.parts
        on_device = {name: value.to(parts.world.device, non_blocking=True) for name, value in batch.items()}
        with parts.spread.autocast(), self._speed:
            outputs = parts.spread.module(**parts.task.inputs(on_device))
        return parts.task.loss(outputs, on_device)

    def _update(self) -> float:
        """Apply the gradients, unless they are no numbers; their norm."""
        parts, progress = self.parts, self.progress
        for group in parts.optimizer.param_groups:
            group["lr"] = parts.learning_rate(progress.step)
        parameters = [p for group in parts.optimizer.param_groups for p in group["params"]]
        self._scale.undo(parameters)
        norm = clip_gradients(parameters, parts.spec.train.max_grad_norm)
        if math.isfinite(norm):
            progress.bad_steps = 0
            parts.optimizer.step()
        elif not self._scale.can_shrink:
            # Otherwise the step belongs to the search for a scale.
            progress.bad_steps += 1
            parts.observer.bad_step(progress.step + 1)
        self._scale.adapt(math.isfinite(norm))
        parts.optimizer.zero_grad(set_to_none=True)
        if progress.bad_steps > parts.spec.train.max_bad_steps:
            raise Diverged(
                f"the gradient of step {progress.step + 1} is {norm}, as of {progress.bad_steps} steps in a row; allowed are "
                f"{parts.spec.train.max_bad_steps} (train.max_bad_steps). Lower optimizer.lr, lengthen schedule.warmup_steps, or look "
                "at the data; the last checkpoint is from before"
            )
        return norm

    def _account(self, weight: float) -> None:
        self.progress.step += 1
        self.progress.samples += self.parts.spec.train.global_batch
        self.progress.tokens += int(weight)
        self.parts.watchdog.beat(self.progress.step)

    def _agree(self, loss: float, step: Step, weight: float) -> tuple[float, float, bool, bool]:
        """What all processes must know alike: mean loss of the step, weight of the next, whether to stop, whether to save."""
        counts = 1.0 if self._speaks else 0.0
        told = 1.0 if self.parts.stop.requested else 0.0
        due = 1.0 if self.parts.world.rank == 0 and self._is_due() else 0.0
        speeds = [0.0] * len(self._speeds)
        measured = self._speed.samples_per_second() if self.parts.spec.train.balance == "measured" else 1.0
        speeds[self._data_rank] = measured * counts
        unreadable = len(self.parts.reader.unreadable) * counts
        total, following, stop, save, bad, *speeds = self.parts.world.total(
            [loss * counts, step.weight * counts, told, due, unreadable, *speeds]
        )
        self.parts.observer.skipped_samples(int(bad) - self._skipped)
        self._skipped = int(bad)
        # They apply from the step after the next on: that one is read already.
        self._speeds = speeds
        return total / max(weight, 1), following, stop > 0, save > 0

    def _is_due(self) -> bool:
        checkpoint, step = self.parts.spec.checkpoint, self.progress.step
        seconds = checkpoint.every_seconds
        late = seconds is not None and time.monotonic() - self._saved_at >= seconds
        return late or step % checkpoint.every_steps == 0 or step >= self.parts.spec.train.steps

    def _observe(self, loss: float, norm: float, weight: float, seconds: float) -> None:
        parts, progress = self.parts, self.progress
        parts.words.step, parts.words.loss = progress.step, loss
        reach(f"step.{progress.step}")
        parts.observer.step(
            StepFacts(
                step=progress.step,
                loss=loss,
                grad_norm=norm,
                learning_rate=parts.optimizer.param_groups[0]["lr"],
                tokens=int(weight),
                samples=parts.spec.train.global_batch,
                seconds=seconds,
                world_size=parts.world.size,
                peak_memory=torch.cuda.max_memory_allocated() if parts.world.device.type == "cuda" else None,
            )
        )

    def _keep(self, stop: bool, due: bool) -> None:
        """Evaluate and save where it is time to; leave where it was told."""
        parts, progress = self.parts, self.progress
        last = progress.step >= parts.spec.train.steps
        every = parts.spec.train.eval_every
        if parts.evaluate is not None and not stop and (last or (every and progress.step % every == 0)):
            with parts.observer.phase("evaluate"):
                progress.reports = parts.evaluate()
            parts.observer.evaluated(progress.step, progress.reports)
            parts.watchdog.beat()
        if due or stop:
            stalled = parts.save(progress.step, asdict(progress), stop)
            parts.observer.saved(progress.step, stalled)
            self._saved_at = time.monotonic()
        elif parts.copy is not None and progress.step % parts.spec.checkpoint.local.every_steps == 0:  # type: ignore[union-attr]
            with parts.observer.phase("checkpoint_stall"):
                parts.copy(progress.step, asdict(progress))
        if stop and not last:
            parts.saver.finish()
            raise Preempted(
                f"told to stop ({parts.stop.reason}): saved at step {progress.step} of {parts.spec.train.steps}"
            )
