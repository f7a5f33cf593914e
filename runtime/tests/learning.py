"""A plain training loop, for tests of tasks alone."""

from typing import Any

import torch
import transformers
from samples import make_spec

from aidc_runtime.data.dataset import Dataset, open_dataset
from aidc_runtime.data.order import SampleOrder
from aidc_runtime.data.packing import packed
from aidc_runtime.data.steps import StepReader
from aidc_runtime.data.tokenizer import tokenizer_for
from aidc_runtime.tasks.registry import create_task
from aidc_runtime.tasks.task import Evaluation, Task

torch.set_num_threads(1)  # More wait for each other where cores are shared.


def ready_task(task_name: str, train_data: str, **parts: Any) -> tuple[Task, Dataset]:
    """A task with tokenizer and labels, and its training data."""
    spec = make_spec(task_name, train_data, **parts)
    documents = open_dataset(spec.data, train_data)
    task = create_task(spec)
    task.tokenizer = tokenizer_for(spec, task, documents)
    task.prepare(documents)
    return task, packed(documents, task)


def model_of(task: Task) -> torch.nn.Module:
    """The spec's model with the task's head."""
    torch.manual_seed(0)
    values = {**(task.spec.model.config or {}), **task.model_config()}
    config = transformers.AutoConfig.for_model(values.pop("model_type"), **values)
    return getattr(transformers, task.model_class()).from_config(config)


def learn(task: Task, data: Dataset, steps: int, lr: float = 3e-3) -> torch.nn.Module:
    """A model that has learned for some steps."""
    torch.manual_seed(0)
    model = model_of(task).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    batch = task.spec.train.global_batch
    with StepReader(data, SampleOrder(0, data.shard_lengths, True, 4), task, batch, 16) as reader:
        for number in range(steps):
            step = reader.step(number, [batch], 0)
            for part in step.batches:
                (task.loss(model(**task.inputs(part)), part) / step.weight).backward()
            optimizer.step()
            optimizer.zero_grad()
    return model


def judge(task: Task, model: torch.nn.Module, data: Dataset, ranks: int = 1) -> Evaluation:
    """The evaluation of a model as `ranks` processes make it, each its part with filled up batches, merged."""
    model.eval()
    states = []
    for rank in range(ranks):
        evaluation = task.evaluation()
        mine = range(rank, len(data), ranks)
        for start in range(0, -(-len(data) // ranks), 16):
            samples = [task.encode(data[index]) for index in mine[start : start + 16]]
            batch = task.collate(samples, 16)
            with torch.no_grad():
                evaluation.add(model(**task.inputs(batch)), batch, len(samples))
        states.append(evaluation.state())
    merged = task.evaluation()
    merged.merge(states)
    return merged
