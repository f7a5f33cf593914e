"""What the training loop tells about itself, and where it goes."""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .energy import EnergyMeter
from .flops import mfu
from .instruments import Instruments
from .ledger import Ledger, Past, Store, lost_steps
from .logs import Terminal, event, set_up
from .phases import PhaseClock, process_age
from .sinks import Sink, TensorBoard, WeightsAndBiases

if TYPE_CHECKING:
    from aidc_runtime.config import LaunchSpec

    from .server import MetricsServer


@dataclass(frozen=True)
class Place:
    """Which process of the run this is, as torch elastic names it."""

    rank: int = 0
    local_rank: int = 0
    world_size: int = 1
    local_world_size: int = 1

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> "Place":
        names = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE")
        return cls(*(int(environment.get(name, default)) for name, default in zip(names, "0011", strict=True)))


@dataclass(frozen=True)
class StepFacts:
    """A finished step, of the whole run: sums and means over all processes."""

    step: int
    loss: float
    """Mean over the step's whole weight."""
    grad_norm: float | None
    """Before clipping."""
    tokens: int
    samples: int
    seconds: float
    learning_rate: float
    world_size: int
    peak_memory: int | None = None
    """Most bytes in use on this process' device."""


def base_labels(spec: "LaunchSpec") -> dict[str, str]:
    """Labels of all metrics. The pod tells its node's name in AIDC_NODE."""
    return {"run": spec.run.id, "task": spec.task.name, "node": os.environ.get("AIDC_NODE") or socket.gethostname()}


class Observer:
    """Every process has one. The first process of each node tells of the node; global rank 0 tells of the run, and alone
    writes the log, the ledger and curves. For all others the methods do next to nothing."""

    def __init__(
        self,
        spec: "LaunchSpec",
        place: Place,
        store: Store | None = None,
        beat: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`store`: `aidc_runtime.data.locations`; None: neither ledger nor curves. `beat`: that of the watchdog."""
        self._spec, self._place, self._beat, self._clock = spec, place, beat, clock
        self._leads = place.rank == 0
        self._terminal: Terminal | None = set_up(place.rank)
        self._metrics = Instruments(base_labels(spec), run=self._leads, node=place.local_rank == 0)
        self._phases = PhaseClock(process_age())
        self._told = dict.fromkeys(self._phases.seconds, 0.0)
        self._ledger = self._open_ledger(store) if self._leads and store else None
        self._past = self._ledger.past if self._ledger else Past()
        self._sinks = self._open_sinks(store) if self._leads and store else []
        self._energy = EnergyMeter(())
        self._tokens_since_energy = 0.0
        self._flops_per_token, self._device = 0.0, ""
        self._step, self._resumed_at = 0, -1
        self._shown, self._closed = 0.0, False
        self._server: MetricsServer | None = None
        self.alive()

    def _open_ledger(self, store: Store) -> Ledger:
        location = f"{self._spec.run.output.rstrip('/')}/{self._spec.run.id}/ledger"
        outcomes = os.environ.get("AIDC_OUTCOME_DIR")
        ledger = Ledger(location, store, self.warn, Path(outcomes).parent if outcomes else None, clock=self._clock)
        attempt = int(os.environ.get("AIDC_ATTEMPT") or 0)
        ledger.note("start", ledger.past.step, attempt=attempt, world_size=self._place.world_size)
        return ledger

    def _open_sinks(self, store: Store) -> list[Sink]:
        observe, run = self._spec.observe, self._spec.run
        sinks: list[Sink] = []
        if observe.tensorboard:
            sinks.append(TensorBoard(f"{observe.tensorboard.rstrip('/')}/{run.id}", store, self.warn))
        if observe.wandb_project:
            sinks.append(WeightsAndBiases(observe.wandb_project, run.id, self._spec.model_dump(mode="json")))
        return sinks

    def serve(self) -> int:
        """Serve /metrics and /healthz from this process, where no launcher does; returns the port."""
        from .server import MetricsServer, progress_health

        observe, registry, started = self._spec.observe, self._metrics.registry, self._clock()
        health = progress_health(registry, self._spec.resilience.hang_seconds, lambda: started, self._clock)
        self._server = MetricsServer(observe.address, observe.port, lambda: [registry], health)
        return self._server.port

    def describe(self, flops_per_token: float, device: str, uuids: list[str]) -> None:
        """What runs where. `device`: as torch.cuda.get_device_name says. `uuids`: of all devices that processes of this node use."""
        self._flops_per_token, self._device = flops_per_token, device
        if self._place.local_rank == 0:
            self._energy = EnergyMeter(uuids)
            if self._energy.problem:
                self.warn(self._energy.problem)

    def alive(self) -> None:
        """Something was done: neither the watchdog nor the kubelet need worry."""
        self._beat()
        self._metrics.set("last_progress_timestamp_seconds", self._clock())

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """The time inside counts as this phase of the catalogue."""
        with self._phases.phase(name):
            self.alive()
            yield
        self.alive()

    def resumed(self, step: int) -> int:
        """Training goes on after `step` (0: from the start); returns the steps that have to be done again, on rank 0."""
        lost = lost_steps(self._past, step)
        self._step, self._resumed_at = step, step
        self._metrics.add("lost_steps_total", lost)
        self._phases.settle()
        self._phases.begun, self._phases.redoing = True, lost > 0
        if self._ledger:
            self._ledger.note("resume", step, lost_steps=lost)
        if step or lost:
            self.info("resumed", step=step, lost_steps=lost)
        return lost

    def step(self, facts: StepFacts) -> None:
        """A step is done."""
        self.alive()
        self._step = facts.step
        self._metrics.set("last_step_timestamp_seconds", self._clock())
        self._tell_phases()
        self._phases.redoing = facts.step < self._past.step
        due = facts.step % self._spec.observe.log_every == 0 or facts.step == self._spec.train.steps
        if self._place.local_rank == 0:
            self._tell_node(facts, due)
        if self._leads:
            self._tell_run(facts, due)

    def _tell_node(self, facts: StepFacts, due: bool) -> None:
        self._metrics.set("peak_memory_bytes", facts.peak_memory)
        self._tokens_since_energy += facts.tokens * self._place.local_world_size / facts.world_size
        if due and (joules := self._energy.joules()) is not None:  # a reading takes milliseconds
            self._metrics.add("device_energy_joules_total", joules)
            if self._tokens_since_energy:
                self._metrics.set("energy_joules_per_token", joules / self._tokens_since_energy)
            self._tokens_since_energy = 0.0

    def _tell_run(self, facts: StepFacts, due: bool) -> None:
        speeds = self.speeds(facts)
        for name in ("steps", "samples", "tokens"):
            self._metrics.add(f"{name}_total", 1 if name == "steps" else getattr(facts, name))
        self._metrics.observe("step_seconds", facts.seconds)
        gauges = {
            "step": facts.step,
            "loss": facts.loss,
            "grad_norm": facts.grad_norm,
            "learning_rate": facts.learning_rate,
        }
        for name, value in (gauges | {"world_size": facts.world_size} | speeds).items():
            self._metrics.set(name, value)
        if self._resumed_at >= 0 and self._past.time:
            self._metrics.set("recovery_seconds", self._clock() - self._past.time)
        self._resumed_at = -1
        if self._ledger:
            self._ledger.reached(facts.step)
            self._ledger.tick(facts.step, self._phases.seconds)
        curves = {name: value for name, value in (gauges | speeds).items() if value is not None and name != "step"}
        if due:
            for sink in self._sinks:
                sink.write(facts.step, curves)
            self.info("step", step=facts.step, steps=self._spec.train.steps, seconds=facts.seconds, **curves)
        self._show(facts, speeds)

    def speeds(self, facts: StepFacts) -> dict[str, float | None]:
        """How fast the step was, by device; MFU only where the device's peak is known."""
        rate = facts.tokens / facts.seconds / facts.world_size if facts.seconds > 0 else 0.0
        flops = rate * self._flops_per_token
        precision = self._spec.train.precision
        return {
            "tokens_per_second_per_device": rate,
            "model_flops_per_second": flops or None,
            "mfu_ratio": mfu(flops, self._device, precision) if flops else None,
        }

    def _show(self, facts: StepFacts, speeds: Mapping[str, float | None]) -> None:
        steps = self._spec.train.steps
        if self._terminal is None or (time.monotonic() - self._shown < 0.1 and facts.step != steps):
            return
        self._shown = time.monotonic()
        left = (steps - facts.step) * facts.seconds
        used = "" if speeds["mfu_ratio"] is None else f"  MFU {speeds['mfu_ratio']:.1%}"
        rate = facts.tokens / facts.seconds if facts.seconds > 0 else 0.0
        self._terminal.progress(
            f"step {facts.step}/{steps}  loss {facts.loss:.4f}  {rate:,.0f} tokens/s{used}  {left / 60:.0f} min left"
        )

    def _tell_phases(self) -> None:
        for name, seconds in self._phases.settle().items():
            if seconds > self._told[name]:
                self._metrics.add("phase_seconds_total", seconds - self._told[name], phase=name)
                self._told[name] = seconds

    def evaluated(self, step: int, scores: Mapping[str, Any]) -> None:
        """Scores of an evaluation by name; what is no number goes to the log only."""
        numbers = {name: float(value) for name, value in scores.items() if isinstance(value, int | float)}
        for name, value in numbers.items():
            self._metrics.set("eval_score", value, metric=name)
        for sink in self._sinks:
            sink.write(step, {f"eval/{name}": value for name, value in numbers.items()})
        self.info("evaluated", step=step, **numbers)

    def saved(self, step: int, stalled: float) -> None:
        """A checkpoint was begun, and training waited `stalled` seconds for it; `checkpointed` tells when it is whole."""
        self._metrics.observe("checkpoint_stall_seconds", stalled)
        self.alive()

    def checkpointed(self, step: int, seconds: float, size: int) -> None:
        """A checkpoint was committed, `seconds` after it was begun. May come from any thread."""
        self._metrics.observe("checkpoint_upload_seconds", seconds)
        self._metrics.add("checkpoint_bytes_total", size)
        self._metrics.set("checkpoint_last_success_timestamp_seconds", self._clock())
        if self._ledger:
            self._ledger.note("checkpoint", step, seconds=round(seconds, 3), bytes=size)
        self.info("checkpoint committed", step=step, seconds=seconds, bytes=size)

    def checkpoint_failed(self, step: int, error: BaseException) -> None:
        """A checkpoint could not be written; whether the run can go on is for others to say."""
        self._metrics.add("checkpoint_failures_total", 1)
        self.warn("checkpoint failed", step=step, error=f"{type(error).__name__}: {error}")

    def skipped_samples(self, count: int) -> None:
        """So many samples or files were unreadable, on all processes."""
        self._metrics.add("bad_samples_total", count)

    def bad_step(self, step: int) -> None:
        """The gradient of a step was no number, and nothing was learned in it."""
        self._metrics.add("bad_steps_total", 1)
        if self._leads:
            self.warn("gradient is no number, the step changes nothing", step=step)

    def info(self, message: str, **fields: Any) -> None:
        """A line in the log, from rank 0 only."""
        if self._leads:
            event(message, **fields)

    def warn(self, message: str, **fields: Any) -> None:
        """A warning in the log, from any rank."""
        event(message, logging.WARNING, **fields)

    def close(self, outcome: str = "end") -> None:
        """Write all that is held back; a second call does nothing. `outcome`: the ledger's last event, such as `done`."""
        if self._closed:
            return
        self._closed = True
        self._tell_phases()
        if self._terminal:
            self._terminal.progress("")
        if self._ledger:
            self._ledger.close(outcome, self._step, self._phases.seconds)
        for sink in self._sinks:
            sink.close()
        if self._server:
            self._server.close()
