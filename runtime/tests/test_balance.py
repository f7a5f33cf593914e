"""On a mixed fleet, a step is split by what each process can do."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rank_group import RankGroup, learn
from samples import TINY_LLAMA, documents, write_jsonl

from aidc_runtime.config import LaunchSpec
from aidc_runtime.data.tokenizer import keep_tokenizer, train_tokenizer
from aidc_runtime.tasks.task import Task
from aidc_runtime.train import speed

STEPS, BATCH = 10, 16
SECONDS_OF_A_ROW = 0.01


def slow_on_rank_1(spec: LaunchSpec, task: Task) -> Any:
    """A Llama whose forward pass takes time by the row, on a clock of the test's: rank 1 needs three times that of rank 0."""
    return timed(task, {1: 3.0})


def alike(spec: LaunchSpec, task: Task) -> Any:
    """A Llama whose forward pass takes time by the row, the same on both."""
    return timed(task, {})


def timed(task: Task, factors: dict[int, float]) -> Any:
    import torch.distributed as dist
    from transformers import AutoModelForCausalLM, LlamaConfig

    config = {**TINY_LLAMA, **task.model_config()}
    model = AutoModelForCausalLM.from_config(LlamaConfig(**config))
    factor = factors.get(dist.get_rank(), 1.0) if dist.is_initialized() else 0.0
    now = [0.0]

    def pass_time(_: Any, arguments: Any, named: dict[str, Any]) -> None:
        now[0] += SECONDS_OF_A_ROW * factor * len(named["input_ids"])

    speed.time = SimpleNamespace(perf_counter=lambda: now[0])  # type: ignore[attr-defined]
    model.register_forward_pre_hook(pass_time, with_kwargs=True)
    return model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("balance")
    write_jsonl(folder / "train.jsonl", documents(80))
    keep_tokenizer(
        train_tokenizer([record["text"] for record in documents(80)], 300, words=True), str(folder / "tokenizer")
    )
    return folder


@pytest.fixture(scope="module")
def ranks(folder: Path) -> Iterator[RankGroup]:
    with RankGroup(2, folder) as ranks:
        yield ranks


def spec(folder: Path, balance: str, model: str, micro_batch: int = BATCH) -> dict[str, Any]:
    return {
        "version": 1,
        "run": {"id": f"{balance}-{model.replace('_', '-')}-{micro_batch}", "output": str(folder / "runs")},
        "task": {"name": "causal_lm"},
        "model": {"import_path": f"test_balance:{model}", "tokenizer": str(folder / "tokenizer")},
        "data": {"train": str(folder / "train.jsonl"), "format": "jsonl", "sequence_length": 32},
        "parallel": {"strategy": "ddp"},
        "train": {
            "steps": STEPS,
            "global_batch": BATCH,
            "micro_batch": micro_batch,
            "precision": "fp32",
            "balance": balance,
        },
        "checkpoint": {"every_steps": 1000, "mode": "sync", "export": False},
    }


def taken(accounts: list[dict[str, Any]], step: int) -> list[int]:
    return [account["taken"][step][0] for account in accounts]


@pytest.mark.parametrize("micro_batch", [BATCH, 2])
def test_the_slow_one_gets_less_and_the_same_is_learned(folder: Path, ranks: RankGroup, micro_batch: int) -> None:
    alone = learn(spec(folder, "even", "slow_on_rank_1", micro_batch) | {"parallel": {}})
    measured = ranks.values(learn, spec(folder, "measured", "slow_on_rank_1", micro_batch))
    assert taken(measured, 0) == [8, 8]
    for step in range(3, STEPS):
        fast, slow = taken(measured, step)
        assert fast + slow == BATCH
        assert slow == 4, f"a third of the speed is 4 of {BATCH}, step {step} gives {taken(measured, step)}"
    assert measured[0]["losses"] == pytest.approx(alone["losses"], abs=1e-5)
    assert measured[1]["losses"] == measured[0]["losses"]


def test_the_slow_one_computes_less(folder: Path, ranks: RankGroup) -> None:
    """Rows that only fill up cost as much as samples."""
    measured = ranks.values(
        learn, {**spec(folder, "measured", "slow_on_rank_1"), "run": {"id": "rows", "output": str(folder / "runs")}}
    )
    samples, rows = zip(*measured[1]["taken"][3:STEPS], strict=True)
    assert sum(rows) <= sum(samples) + len(rows)


def test_who_are_equally_fast_stay_even(folder: Path, ranks: RankGroup) -> None:
    measured = ranks.values(learn, spec(folder, "measured", "alike"))
    for step in range(STEPS):
        assert taken(measured, step)[0] == 8, f"step {step} gives {taken(measured, step)}"
