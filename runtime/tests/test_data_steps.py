"""Steps: the same samples on any number of processes, read ahead, and errors that reach who asked."""

import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from samples import make_spec, write_jsonl

from aidc_runtime.data.dataset import Dataset, open_dataset
from aidc_runtime.data.order import SampleOrder
from aidc_runtime.data.steps import Step, StepReader, shares
from aidc_runtime.exit_codes import BadData
from aidc_runtime.tasks.task import BadSample, Batch, Evaluation, Sample, Task


class Numbers(Task):
    """A task whose samples are the records' own numbers."""

    encoded: list[int]

    def prepare(self, train: Dataset) -> None: ...

    def texts(self, train: Dataset) -> list[str]:
        return []

    def model_class(self) -> str:
        return ""

    def encode(self, record: Any) -> Sample:
        if record["n"] < 0:
            raise BadSample("negative")
        self.encoded.append(record["n"])
        return {"n": record["n"]}

    def collate(self, samples: Any, size: int) -> Batch:
        return {"n": torch.tensor([sample["n"] for sample in samples] + [-1] * (size - len(samples)))}

    def weight(self, batch: Batch) -> int:
        return int((batch["n"] >= 0).sum())

    def loss(self, outputs: Any, batch: Batch) -> torch.Tensor:
        return batch["n"].float().sum()

    def evaluation(self) -> Evaluation:
        raise NotImplementedError


def reader(tmp_path: Path, numbers: list[int], global_batch: int = 6, micro_batch: int = 2, **data: Any) -> StepReader:
    location = write_jsonl(tmp_path / "n.jsonl", [{"n": number} for number in numbers])
    spec = make_spec("causal_lm", location, data=data)
    dataset = open_dataset(spec.data, location)
    task = Numbers(spec, None)
    task.encoded = []
    order = SampleOrder(3, dataset.shard_lengths, True, 4)
    return StepReader(dataset, order, task, global_batch, micro_batch, prefetch=2)


def real(step: Step) -> list[int]:
    return [number for batch in step.batches for number in batch["n"].tolist() if number >= 0]


def data_threads() -> int:
    return sum(thread.name == "aidc-data" for thread in threading.enumerate())


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 7])
def test_a_step_holds_the_same_samples_on_any_number_of_processes(processes: int, tmp_path: Path) -> None:
    with reader(tmp_path, list(range(20))) as alone, reader(tmp_path, list(range(20))) as some:
        split = shares(6, [1.0] * processes)
        for number in range(5):
            whole = alone.step(number, [6], 0)
            parts = [some.step(number, split, rank) for rank in range(processes)]
            assert [sample for part in parts for sample in real(part)] == real(whole)
            assert sum(part.weight for part in parts) == whole.weight == 6
            assert [part.samples for part in parts] == split


@pytest.mark.parametrize(
    ("split", "batches", "size"),
    [([6], 3, 2), ([3, 3], 2, 2), ([2, 2, 2], 1, 2), ([1] * 6, 1, 1), ([2, 2, 1, 1], 1, 2)],
)
def test_every_process_makes_as_many_passes_of_the_same_size(
    split: list[int], batches: int, size: int, tmp_path: Path
) -> None:
    with reader(tmp_path, list(range(20))) as some:
        for rank in range(len(split)):
            step = some.step(0, split, rank)
            assert [len(batch["n"]) for batch in step.batches] == [size] * batches
            assert step.weight == step.samples == split[rank]
            filled = [int((batch["n"] >= 0).sum()) for batch in step.batches]
            assert max(filled) - min(filled) <= 1, "samples are spread evenly"


@pytest.mark.parametrize(("split", "sizes"), [([5, 1], [[2, 2, 2], [1]]), ([6, 0], [[2, 2, 2], [1]])])
def test_a_slow_process_makes_passes_of_its_own_and_at_least_one(
    split: list[int], sizes: list[list[int]], tmp_path: Path
) -> None:
    with reader(tmp_path, list(range(20))) as some:
        for rank, expected in enumerate(sizes):
            step = some.step(0, split, rank)
            assert [len(batch["n"]) for batch in step.batches] == expected
            assert step.weight == step.samples == split[rank]


def test_a_resume_reads_what_an_uninterrupted_run_reads(tmp_path: Path) -> None:
    with reader(tmp_path, list(range(20))) as first:
        steps = [real(first.step(number, [4, 2], 0)) for number in range(8)]
    with reader(tmp_path, list(range(20))) as resumed:
        assert [real(resumed.step(number, [4, 2], 0)) for number in range(5, 8)] == steps[5:]
        assert real(resumed.step(1, [4, 2], 0)) == steps[1]


def test_steps_are_read_ahead_once_even_when_shares_change(tmp_path: Path) -> None:
    with reader(tmp_path, list(range(600))) as some:
        got = []
        for number, split in enumerate([[3, 3], [4, 2], [2, 4], [4, 2]]):
            got.append(real(some.step(number, split, 0)))
            some._ahead[number + 2, tuple(split), 0].result()
            some._ahead[number + 1, tuple(split), 0].result()
        encoded = list(some._task.encoded)  # type: ignore[attr-defined]
        assert [len(numbers) for numbers in got] == [3, 4, 2, 4]
        assert len(encoded) == len(set(encoded)), "no sample is read twice"
        assert len(encoded) > sum(map(len, got)), "the next steps are read already"


def test_bad_samples_are_replaced_alike_for_every_number_of_processes(tmp_path: Path) -> None:
    numbers = [number if number % 4 else -1 for number in range(20)]
    with reader(tmp_path, numbers, max_bad_samples=20) as one, reader(tmp_path, numbers, max_bad_samples=20) as two:
        for number in range(4):
            parts = [two.step(number, [3, 3], rank) for rank in range(2)]
            assert real(parts[0]) + real(parts[1]) == real(one.step(number, [6], 0))


def test_errors_reach_who_asked_and_not_before(tmp_path: Path) -> None:
    with reader(tmp_path, [-1] * 20) as some:
        for _ in range(2):
            with pytest.raises(BadData, match=r"negative"):
                some.step(0, [6], 0)


def test_shares_must_add_up(tmp_path: Path) -> None:
    with reader(tmp_path, list(range(20))) as some, pytest.raises(ValueError, match=r"add up to the global batch of 6"):
        some.step(0, [5], 0)


def test_no_thread_is_left(tmp_path: Path) -> None:
    before = data_threads()
    some = reader(tmp_path, list(range(20)))
    some.step(0, [6], 0)
    assert data_threads() == before + 1
    some.close()
    assert data_threads() == before
