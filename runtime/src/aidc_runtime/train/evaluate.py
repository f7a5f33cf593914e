"""Evaluation over all processes: each its part of the samples, and one report."""

from collections.abc import Callable
from typing import Any

import torch

from aidc_runtime.data.dataset import Dataset
from aidc_runtime.tasks.task import BadSample, Sample, Task

from .spread import Spread
from .world import Layout, World


def evaluator(
    task: Task, data: Dataset, spread: Spread, world: World, layout: Layout, size: int
) -> Callable[[], dict[str, Any]]:
    """A function that judges the model on all samples, `size` of them at once a process, and returns the report on every process."""
    rank = layout.data_rank(world.rank)

    @torch.no_grad()
    def evaluate() -> dict[str, Any]:
        evaluation = task.evaluation()
        spread.module.eval()
        mine = range(rank, len(data), layout.data_size)
        # Sharded models gather weights in each pass, so all processes make the same number of passes.
        most = -(-len(data) // layout.data_size)
        for start in range(0, most, size):
            samples = _encoded(task, data, mine[start : start + size])
            batch = task.collate(samples, size)
            on_device = {name: value.to(world.device) for name, value in batch.items()}
            with spread.autocast():
                outputs = spread.module(**task.inputs(on_device))
            evaluation.add(outputs, on_device, len(samples))
        spread.module.train()
        # Of processes that share samples, one speaks.
        states = world.gather(evaluation.state() if world.rank % layout.tensor == 0 else None)
        evaluation.merge([state for state in states if state is not None])
        return evaluation.report() | {"text": evaluation.text(), "samples": len(data)}

    return evaluate


def _encoded(task: Task, data: Dataset, indices: range) -> list[Sample]:
    samples = []
    for index in indices:
        try:
            samples.append(task.encode(data[index]))
        except BadSample:
            # Not judged; training counts such samples against its budget.
            continue
    return samples
