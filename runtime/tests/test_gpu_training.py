"""What only a GPU can show. Without one, all of it is skipped, for that reason alone."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from runs import start
from samples import TINY_LLAMA, documents, write_jsonl
from test_runs import worker_of

from aidc_runtime.data.tokenizer import keep_tokenizer, train_tokenizer

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")

STEPS = 12
HALF = {"bf16": 0.05, "fp16": 0.05}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gpu")
    write_jsonl(folder / "train.jsonl", documents(60))
    keep_tokenizer(
        train_tokenizer([record["text"] for record in documents(60)], 300, words=True), str(folder / "tokenizer")
    )
    return folder


def spec(folder: Path, name: str, **changes: Any) -> Path:
    """Matrices in multiples of 16, as fp8 wants them."""
    values: dict[str, Any] = {
        "version": 1,
        "run": {"id": name, "output": str(folder / "runs")},
        "task": {"name": "causal_lm"},
        "model": {"config": TINY_LLAMA, "tokenizer": str(folder / "tokenizer")},
        "data": {"train": str(folder / "train.jsonl"), "format": "jsonl", "sequence_length": 32, "pack": True},
        "train": {"steps": STEPS, "global_batch": 8, "micro_batch": 4, "precision": "fp32"},
        "optimizer": {"lr": 0.003},
        "schedule": {"name": "constant"},
        "checkpoint": {"every_steps": 1000, "export": False},
        "observe": {"port": 0, "address": "127.0.0.1", "log_every": 1},
        "resilience": {"max_restarts": 1},
    }
    for part, more in changes.items():
        values[part] = {**values.get(part, {}), **more}
    path = folder / f"{name}.json"
    path.write_text(json.dumps(values))
    return path


def losses(folder: Path, name: str, hide_gpu: bool = False, **changes: Any) -> dict[int, float]:
    """Of a run under the launcher: NCCL on the GPU."""
    environment = {"CUDA_VISIBLE_DEVICES": ""} if hide_gpu else {}
    run = start(spec(folder, name, **changes), 1, **environment)
    assert run.end() == 0, run.text
    assert sorted(run.losses()) == list(range(1, STEPS + 1))
    return run.losses()


@pytest.fixture(scope="module")
def on_cpu(folder: Path) -> dict[int, float]:
    return losses(folder, "cpu", hide_gpu=True)


def close(found: dict[int, float], expected: dict[int, float], tolerance: float) -> None:
    assert list(found.values()) == pytest.approx([expected[step] for step in found], abs=tolerance)


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_a_gpu_learns_what_a_cpu_learns(folder: Path, on_cpu: dict[int, float], precision: str) -> None:
    """fp32 too: its matrix products may use TF32."""
    train = {"train": {"steps": STEPS, "global_batch": 8, "micro_batch": 4, "precision": precision}}
    close(losses(folder, precision, **train), on_cpu, HALF.get(precision, 0.01))


def test_compiled_blocks_learn_the_same(folder: Path, on_cpu: dict[int, float]) -> None:
    close(losses(folder, "compiled", model={"compile": True, "activation_checkpointing": "blocks"}), on_cpu, 0.01)


def test_fp8_learns_where_the_device_has_it_and_is_refused_where_not(folder: Path, on_cpu: dict[int, float]) -> None:
    run = start(spec(folder, "fp8", train={"steps": STEPS, "global_batch": 8, "micro_batch": 4, "precision": "fp8"}), 1)
    code = run.end()
    if torch.cuda.get_device_capability() < (8, 9):
        assert code == 64
        assert "no fp8 units" in run.text
    elif code == 64:
        assert "torchao" in run.text, "the only other thing that may be missing"
    else:
        assert code == 0, run.text
        close(run.losses(), on_cpu, 0.2)


def test_a_copy_in_pinned_memory_is_that_of_its_step(folder: Path) -> None:
    """Each step is saved beside the next one; a process that is killed goes on from such a copy, and learns the same."""
    expected = losses(folder, "whole")
    run = start(spec(folder, "killed", checkpoint={"every_steps": 1, "keep": 2}), 1)
    run.wait_for("step", lambda fields: fields["step"] >= 5)
    os.kill(worker_of(run, 0), signal.SIGKILL)
    assert run.end() == 0, run.text
    resumed = run.events("resumed")
    assert resumed
    assert resumed[-1]["step"] >= 1
    close(run.losses(), expected, 1e-3)


def test_told_to_stop_it_saves_and_loses_nothing(folder: Path) -> None:
    path = spec(folder, "told", train={"steps": 2000, "global_batch": 8, "micro_batch": 4, "precision": "bf16"})
    run = start(path, 1)
    run.wait_for("step", lambda fields: fields["step"] >= 3)
    run.process.send_signal(signal.SIGTERM)
    assert run.end() == 75, run.text
    saved = run.events("checkpoint committed")
    assert saved[-1]["step"] == max(run.losses())


def test_energy_is_counted() -> None:
    from aidc_runtime.observe.energy import EnergyMeter, device_uuids

    meter = EnergyMeter(device_uuids(1))
    assert meter.problem == "" or "NotSupported" in meter.problem or "not supported" in meter.problem.lower()
    if not meter.problem:
        matrix = torch.ones((4096, 4096), device="cuda")
        for _ in range(200):
            matrix = matrix @ matrix * 1e-4
        torch.cuda.synchronize()
        assert (meter.joules() or 0) > 0


def test_the_benchmark_runs(tmp_path: Path) -> None:
    script = Path(__file__).parents[1] / "bench" / "gpu.py"
    command = [
        sys.executable,
        str(script),
        "--dry",
        "--json",
        str(tmp_path / "figures"),
        "--only",
        "1.3B",
        "checkpoints",
    ]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-3000:]
    figures = json.loads((tmp_path / "figures").read_text())["cases"]
    assert figures["1.3B"]["runtime"]["tokens_per_second"] > 0
    assert "failed" not in figures["1.3B"]["plain torch"]
    assert figures["checkpoints"]["async"]["stall_seconds"] >= 0
