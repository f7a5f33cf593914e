"""Each built-in task learns: a tiny model reaches a fixed score on a small set, in one process."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from learning import judge, learn, ready_task
from samples import (
    TINY_LLAMA,
    TINY_VIT,
    digit_records,
    documents,
    entity_records,
    pair_records,
    sentiment_records,
    write_jsonl,
    write_parquet,
)

from aidc_runtime.data.dataset import Dataset, open_dataset
from aidc_runtime.tasks.task import Task

CASES: dict[str, dict[str, Any]] = {
    "causal_lm": {
        "records": documents(300),
        "steps": 60,
        "parts": {"model": {"config": TINY_LLAMA, "vocabulary_size": 320}, "data": {"pack": True}},
    },
    "token_classification": {"records": entity_records(300), "held_out": entity_records(60, seed=9), "steps": 40},
    "sequence_classification": {
        "records": sentiment_records(300),
        "held_out": sentiment_records(60, seed=9),
        "steps": 40,
    },
    "pair_ranking": {"records": pair_records(200), "held_out": pair_records(40, seed=9), "steps": 40},
    "image_classification": {
        "records": digit_records()[:1400],
        "held_out": digit_records()[1400:],
        "steps": 150,
        "parts": {
            "model": {"config": TINY_VIT},
            "task": {"options": {"scale": 16}},
            "train": {"global_batch": 64},
            "data": {"format": "parquet"},
        },
    },
}

Learned = tuple[Task, torch.nn.Module, Dataset]
KNOWN: dict[str, Learned] = {}


@pytest.fixture
def learned(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Learned:
    """The named task with its learned model and data it has not seen."""
    name = request.param
    if name not in KNOWN:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        case = CASES[name]
        write = write_parquet if name == "image_classification" else write_jsonl
        train = write(tmp_path / "train", case["records"])
        task, data = ready_task(name, train, **case.get("parts", {}))
        held_out = data
        if "held_out" in case:
            held_out = open_dataset(task.spec.data, write(tmp_path / "eval", case["held_out"]))
            held_out = Dataset(["kept"], [len(held_out)], lambda _, kept=list(held_out): kept, 1, held_out.budget)
        KNOWN[name] = task, learn(task, data, case["steps"]), held_out
    return KNOWN[name]


@pytest.mark.parametrize("learned", ["causal_lm"], indirect=True)
def test_causal_lm_learns(learned: Learned) -> None:
    report = judge(*learned).report()
    # Of nine tokens of a sentence only the first is open, one of two: 2 ** (1 / 10) is the floor.
    assert report["perplexity"] < 1.5
    assert report["score"] == -report["loss"]
    assert report["tokens"] == len(learned[2]) * 31


@pytest.mark.parametrize("learned", ["token_classification"], indirect=True)
def test_token_classification_learns(learned: Learned) -> None:
    evaluation = judge(*learned)
    report = evaluation.report()
    assert report["score"] == report["entities"]["micro avg"]["f1-score"] > 0.98
    assert set(report["tokens"]) == {"O", "B-LOC", "B-PER", "I-PER", "micro avg", "macro avg", "weighted avg"}
    assert set(report["entities"]) == {"LOC", "PER", "micro avg", "macro avg", "weighted avg"}
    assert report["tokens"]["O"]["support"] == 180
    assert report["entities"]["PER"]["support"] == 60
    text = evaluation.text()
    assert "Labels of words" in text
    assert "Entities (IOB2" in text


@pytest.mark.parametrize("learned", ["sequence_classification"], indirect=True)
def test_sequence_classification_learns(learned: Learned) -> None:
    report = judge(*learned).report()
    assert report["score"] > 0.98
    assert report["accuracy"] > 0.98
    assert report["labels"]["good"]["support"] == 30


@pytest.mark.parametrize("learned", ["pair_ranking"], indirect=True)
def test_pair_ranking_learns(learned: Learned) -> None:
    report = judge(*learned).report()
    assert report["score"] == report["auc"] > 0.97
    assert report["mrr"] > 0.95
    assert report["ndcg"] > 0.95
    assert (report["pairs"], report["groups"]) == (160, 40)


@pytest.mark.parametrize("learned", ["image_classification"], indirect=True)
def test_image_classification_learns(learned: Learned) -> None:
    report = judge(*learned).report()
    assert report["accuracy"] > 0.8
    assert report["score"] > 0.8
    assert sum(report["labels"][str(digit)]["support"] for digit in range(10)) == 397


@pytest.mark.parametrize("learned", CASES, indirect=True)
def test_reports_of_several_processes_are_that_of_one(learned: Learned) -> None:
    one, three, many = (judge(*learned, ranks=ranks).report() for ranks in (1, 3, 40))
    assert json.loads(json.dumps(one)) == one, "a report is JSON"
    assert _rounded(one) == _rounded(three) == _rounded(many)


@pytest.mark.parametrize("learned", CASES, indirect=True)
def test_filling_up_changes_nothing(learned: Learned) -> None:
    task, model, data = learned
    samples = [task.encode(data[index]) for index in range(3)]
    model.zero_grad()
    losses, gradients = [], []
    for size in (3, 5):
        batch = task.collate(samples, size)
        assert all(len(value) == size for value in batch.values())
        loss = task.loss(model(**task.inputs(batch)), batch)
        assert loss.dtype == torch.float32
        loss.backward()
        losses.append((loss.item(), task.weight(batch)))
        gradients.append(torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None]).clone())
        model.zero_grad()
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    torch.testing.assert_close(gradients[0], gradients[1], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("learned", CASES, indirect=True)
def test_a_batch_of_filling_alone_has_a_gradient_of_zero(learned: Learned) -> None:
    task, model, _ = learned
    model.zero_grad()
    batch = task.collate([], 4)
    assert task.weight(batch) == 0
    loss = task.loss(model(**task.inputs(batch)), batch)
    loss.backward()
    assert loss.item() == 0
    grads = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    assert grads
    assert all(float(grad.abs().max()) == 0 for grad in grads)
    model.zero_grad()


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return round(value, 4) if isinstance(value, float) else value
