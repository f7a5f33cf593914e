"""All metrics of the runtime, by name. Dashboards, alerts and the construct library read this table as JSON."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

PREFIX = "train_"
BASE_LABELS = ("run", "task", "node")
"""Labels that every metric has: id of the run, name of the task, name of the node."""

PHASES = ("compute", "data_wait", "checkpoint_stall", "restore", "startup", "evaluate", "recompute", "idle")
"""What a process spends its time on. `recompute`: steps that an earlier start had done already; `idle`: none of the others.
Goodput is compute divided by the sum of all."""

RESTART_REASONS = ("crashed", "fabric", "storage", "membership")
"""Why the launcher started its processes again; `membership`: nodes came or went."""

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""Upper bounds of histograms, in seconds."""


@dataclass(frozen=True)
class Metric:
    """A metric as Prometheus knows it."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    unit: str
    """Base unit; empty for plain counts."""
    scope: Literal["run", "node"]
    """`run`: told by global rank 0 alone, true of the whole run. `node`: told by the first process of each node."""
    help: str
    labels: tuple[str, ...] = ()
    """Labels beside the base labels."""

    @property
    def full_name(self) -> str:
        return PREFIX + self.name


METRICS: tuple[Metric, ...] = (
    # Progress
    Metric("step", "gauge", "", "run", "Last finished step"),
    Metric("steps_total", "counter", "", "run", "Steps done, also those done again"),
    Metric("samples_total", "counter", "", "run", "Samples learned from, on all devices"),
    Metric("tokens_total", "counter", "", "run", "Tokens learned from, on all devices"),
    Metric("step_seconds", "histogram", "seconds", "run", "Time of a step"),
    Metric("last_step_timestamp_seconds", "gauge", "seconds", "node", "When the last step ended (Unix time)"),
    Metric(
        "last_progress_timestamp_seconds",
        "gauge",
        "seconds",
        "node",
        "When a step, an evaluation pass or a change of phase was last seen (Unix time)",
    ),
    Metric("world_size", "gauge", "", "run", "Processes of the run"),
    # Learning
    Metric("loss", "gauge", "", "run", "Loss of the last step"),
    Metric("grad_norm", "gauge", "", "run", "Norm of the gradient before clipping"),
    Metric("learning_rate", "gauge", "", "run", "Learning rate of the last step"),
    Metric("eval_score", "gauge", "", "run", "Scores of the last evaluation", ("metric",)),
    Metric("bad_samples_total", "counter", "", "run", "Samples and files that were skipped"),
    Metric("bad_steps_total", "counter", "", "run", "Steps whose gradient was no number"),
    # Speed
    Metric("tokens_per_second_per_device", "gauge", "", "run", "Tokens per second and device in the last step"),
    Metric("model_flops_per_second", "gauge", "", "run", "FLOP/s of the model per device, recomputation not counted"),
    Metric("mfu_ratio", "gauge", "ratio", "run", "Model FLOP/s by the peak of the device; absent for fp8"),
    Metric("phase_seconds_total", "counter", "seconds", "node", "Time by what it was spent on", ("phase",)),
    Metric("peak_memory_bytes", "gauge", "bytes", "node", "Most memory in use on the node's first device"),
    Metric("device_energy_joules_total", "counter", "joules", "node", "Energy that the node's devices used"),
    Metric("energy_joules_per_token", "gauge", "joules", "node", "Energy by the node's share of tokens, last step"),
    # Checkpoints and faults
    Metric("checkpoint_stall_seconds", "histogram", "seconds", "run", "Time that training waited for a checkpoint"),
    Metric("checkpoint_upload_seconds", "histogram", "seconds", "run", "Time from a checkpoint's start to its commit"),
    Metric("checkpoint_bytes_total", "counter", "bytes", "run", "Bytes of committed checkpoints"),
    Metric("checkpoint_failures_total", "counter", "", "run", "Checkpoints that could not be written"),
    Metric(
        "checkpoint_last_success_timestamp_seconds",
        "gauge",
        "seconds",
        "run",
        "When the last checkpoint was committed (Unix time)",
    ),
    Metric("restarts_total", "counter", "", "node", "Restarts of the processes in their pod", ("reason",)),
    Metric(
        "recovery_seconds", "gauge", "seconds", "run", "Time from the last step before a stop to the first after it"
    ),
    Metric("lost_steps_total", "counter", "", "run", "Steps that had to be done again"),
)

BY_NAME = {metric.name: metric for metric in METRICS}


def as_json() -> dict[str, Any]:
    """The table as JSON data."""
    rows = [asdict(metric) | {"name": metric.full_name, "labels": list(metric.labels)} for metric in METRICS]
    return {
        "version": 1,
        "baseLabels": list(BASE_LABELS),
        "phases": list(PHASES),
        "restartReasons": list(RESTART_REASONS),
        "metrics": rows,
    }
