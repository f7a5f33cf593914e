"""What the benchmarks share: data, launch specs, and an observer that takes times."""

import json
import os
import platform
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))


def llama(hidden: int, layers: int, vocabulary: int, **more: int) -> dict[str, Any]:
    """A config of Llama's shape."""
    return {
        "model_type": "llama",
        "hidden_size": hidden,
        "intermediate_size": hidden * 8 // 3 // 64 * 64 or hidden * 2,
        "num_hidden_layers": layers,
        "num_attention_heads": max(1, hidden // 64),
        "num_key_value_heads": max(1, hidden // 64),
        "vocab_size": vocabulary,
        "max_position_embeddings": 8192,
        "use_cache": False,
        **more,
    }


def write_tokens(path: Path, samples: int, length: int, vocabulary: int) -> list[list[int]]:
    """Samples of random tokens, as JSON lines; returns them."""
    rng = random.Random(0)
    rows = [rng.choices(range(vocabulary), k=length) for _ in range(samples)]
    path.write_text("".join(json.dumps({"input_ids": row}) + "\n" for row in rows))
    return rows


def spec(folder: Path, name: str, config: dict[str, Any], length: int, **parts: dict[str, Any]) -> dict[str, Any]:
    """A launch spec of causal language modelling on `folder/tokens.jsonl`; `parts` are laid over it."""
    values: dict[str, Any] = {
        "version": 1,
        "run": {"id": name, "output": str(folder / "runs")},
        "task": {"name": "causal_lm"},
        "model": {"config": config},
        "data": {"train": str(folder / "tokens.jsonl"), "format": "jsonl", "sequence_length": length, "shuffle": False},
        "train": {"steps": 10, "global_batch": 4, "micro_batch": 4, "precision": "fp32"},
        "schedule": {"name": "constant"},
        "checkpoint": {"every_steps": 1_000_000, "export": False},
        "observe": {"port": 0, "address": "127.0.0.1"},
        "resilience": {"max_restarts": 0},
    }
    for part, changes in parts.items():
        values[part] = {**values.get(part, {}), **changes}
    return values


def run(values: dict[str, Any], on_step: Callable[[Any], None] = lambda facts: None) -> Any:
    """Run a spec in this process, as `aidc-run run` does; `on_step` is called after each step. Returns the observer."""
    import aidc_runtime.worker as worker
    from aidc_runtime.config import LaunchSpec
    from aidc_runtime.faults.outcome import LastWords
    from aidc_runtime.observe.observer import Observer

    made: list[Any] = []

    class Timed(Observer):
        """Keeps the facts of steps and the stalls of checkpoints."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.facts: list[Any] = []
            self.stalls: list[float] = []
            self.written: list[tuple[float, float]] = []
            """When checkpoints were being written: begin and end (monotonic)."""
            self.ends: list[float] = []
            made.append(self)

        def step(self, facts: Any) -> None:
            super().step(facts)
            self.facts.append(facts)
            self.ends.append(time.monotonic())
            on_step(facts)

        def saved(self, step: int, stalled: float) -> None:
            super().saved(step, stalled)
            self.stalls.append(stalled)

        def checkpointed(self, step: int, seconds: float, size: int) -> None:
            super().checkpointed(step, seconds, size)
            self.written.append((time.monotonic() - seconds, time.monotonic()))
            self.bytes = size

    class TimedSaver(worker.Saver):
        """A wait for the copy belongs to the save before it."""

        def wait_staged(self) -> float:
            seconds = super().wait_staged()
            if made[-1].stalls:
                made[-1].stalls[-1] += seconds
            return seconds

    before = worker.Observer, worker.Saver
    worker.Observer, worker.Saver = Timed, TimedSaver  # type: ignore[misc]
    try:
        worker.train(LaunchSpec.model_validate(values), LastWords(), alone=True)
    finally:
        worker.Observer, worker.Saver = before  # type: ignore[misc]
    return made[-1]


def machine() -> dict[str, Any]:
    """What a figure depends on."""
    import torch
    import transformers

    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    facts = {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": names[0] if names else platform.processor(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
    }
    if torch.cuda.is_available():
        facts["device"] = torch.cuda.get_device_name()
    return facts
