"""Whole runs in processes of their own, as a pod starts them, on data made by code."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
NAMES, PLACES = ("anna", "bob", "carl", "dora", "eve"), ("rome", "oslo", "kyoto", "lima")


def write_sentences(path: Path, count: int, broken: int = 0) -> None:
    """Sentences with a person and a place, of different lengths, so that samples weigh differently."""
    rng = random.Random(0)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for number in range(count):
            if number < broken:
                file.write('{"tokens": ["torn\n')
                continue
            filler = ["today"] * rng.randrange(4)
            tokens = [*filler, rng.choice(NAMES), "lives", "in", rng.choice(PLACES)]
            tags = ["O"] * len(filler) + ["B-PER", "O", "O", "B-LOC"]
            file.write(json.dumps({"tokens": tokens, "tags": tags}) + "\n")


def spec(folder: Path, name: str, output: str | None = None, **changes: dict[str, Any]) -> Path:
    """A launch spec of a small run in a file; `changes` are merged into its parts."""
    parts: dict[str, Any] = {
        "version": 1,
        "run": {"id": name, "output": output or str(folder / "runs")},
        "task": {"name": "token_classification"},
        "model": {
            "config": {
                "model_type": "bert",
                "hidden_size": 16,
                "num_hidden_layers": 1,
                "num_attention_heads": 2,
                "intermediate_size": 32,
                "max_position_embeddings": 32,
                "hidden_dropout_prob": 0.0,
                "attention_probs_dropout_prob": 0.0,
            },
            "tokenizer": str(folder / "tokenizer"),
        },
        "data": {"train": str(folder / "train.jsonl"), "format": "jsonl", "sequence_length": 32},
        "train": {"steps": 20, "global_batch": 7, "micro_batch": 4, "precision": "fp32"},
        "optimizer": {"lr": 0.005},
        "checkpoint": {"every_steps": 5, "export": False},
        "resilience": {"hang_seconds": 300, "storage_seconds": 60},
        "observe": {"port": 0, "address": "127.0.0.1", "log_every": 1},
    }
    for part, values in changes.items():
        parts[part] = {**parts.get(part, {}), **values}
    path = folder / f"{name}.json"
    path.write_text(json.dumps(parts))
    return path


@dataclass
class Run:
    """A started run: what it wrote so far, line by line."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    _grown: threading.Condition = field(default_factory=threading.Condition)

    def follow(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._grown:
                self.lines.append(line.rstrip("\n"))
                self._grown.notify_all()
        with self._grown:
            self._grown.notify_all()

    def events(self, message: str) -> list[dict[str, Any]]:
        """Fields of all log lines with a message."""
        found = []
        for line in list(self.lines):
            if line.startswith("{"):
                event = json.loads(line)
                if event["message"] == message:
                    found.append(event["fields"])
        return found

    def wait_for(self, message: str, accept: Any = lambda fields: True, seconds: float = 240) -> dict[str, Any]:
        """The first log line with a message that is accepted."""

        def seen() -> list[dict[str, Any]]:
            return [fields for fields in self.events(message) if accept(fields)]

        with self._grown:
            done = self._grown.wait_for(lambda: seen() or self.process.poll() is not None, timeout=seconds)
            assert done, f"no {message!r} within {seconds} s:\n{self.text}"
        assert seen(), f"ended without {message!r}:\n{self.text}"
        return seen()[0]

    def losses(self) -> dict[int, float]:
        """Loss by step; of a step that was done again, the last one."""
        return {fields["step"]: fields["loss"] for fields in self.events("step")}

    def end(self, seconds: float = 400) -> int:
        """The exit code."""
        try:
            return self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)

    @property
    def text(self) -> str:
        return "\n".join(self.lines[-60:])


def start(path: Path, processes: int, **environment: str) -> Run:
    """`aidc-run launch` with so many processes. Its process group is its own, so that a test can clean up after it."""
    variables = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "PET_NNODES": "1",
        "PET_NPROC_PER_NODE": str(processes),
        "OMP_NUM_THREADS": "1",
        **environment,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "aidc_runtime.cli", "launch", str(path)],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    run = Run(process)
    threading.Thread(target=run.follow, daemon=True).start()
    return run
