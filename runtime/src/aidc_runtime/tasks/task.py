"""What a task is: everything about a run that depends on what is learned. A user's own is a subclass, named by its import path."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from aidc_runtime.config import LaunchSpec
    from aidc_runtime.data.dataset import Dataset

Record = Mapping[str, Any]
"""A sample as it lies in the data: columns by name."""
Sample = dict[str, Any]
"""A sample as numbers: lists and scalars by the name of the model's argument."""
Batch = dict[str, "torch.Tensor"]
"""Samples side by side: tensors of shape (samples, ...)."""


class BadSample(Exception):
    """A record that cannot be learned from; counted against `data.max_bad_samples`."""


class Evaluation(ABC):
    """Collects what a model says about samples, and reports on it."""

    @abstractmethod
    def add(self, outputs: Any, batch: Batch, real: int) -> None:
        """Count the first `real` samples of a batch; the others only fill it up."""

    @abstractmethod
    def state(self) -> Any:
        """What was collected so far, as plain Python data that can be sent to another process."""

    @abstractmethod
    def merge(self, states: Sequence[Any]) -> None:
        """Take over what all processes collected, in the order of their ranks, in place of the own state."""

    @abstractmethod
    def report(self) -> dict[str, Any]:
        """JSON data; `score` is the number that runs are compared by, higher is better."""

    def text(self) -> str:
        """The report for people; empty: the JSON is enough."""
        return ""


class Task(ABC):
    """What is learned: from records to samples to a loss, and how it is judged."""

    needs_tokenizer = True
    """Whether records hold text."""

    def __init__(self, spec: "LaunchSpec", tokenizer: "PreTrainedTokenizerBase | None") -> None:
        self.spec = spec
        self.tokenizer = tokenizer

    @abstractmethod
    def prepare(self, train: "Dataset") -> None:
        """Learn from the training data what the spec leaves open, such as labels. Every rank does so, with the same result."""

    @abstractmethod
    def texts(self, train: "Dataset") -> "Sequence[str] | Any":
        """Texts that a tokenizer is trained on where none is given, as an iterable."""

    @abstractmethod
    def model_class(self) -> str:
        """Name of the class of `transformers` that has the right head, such as `AutoModelForTokenClassification`."""

    def model_config(self) -> dict[str, Any]:
        """What the model's config must say: number and names of labels, size of the vocabulary."""
        return {}

    @abstractmethod
    def encode(self, record: Record) -> Sample:
        """A record as numbers. Raises BadSample."""

    @abstractmethod
    def collate(self, samples: Sequence[Sample], size: int) -> Batch:
        """Samples side by side, filled up to `size` samples that weigh nothing: every rank makes the same number of passes,
        also one that has fewer samples. Shapes depend on `size` and the samples only."""

    @abstractmethod
    def weight(self, batch: Batch) -> int:
        """By how much the batch counts: predicted tokens, or samples. A step's loss is the sum over its batches by their weight."""

    @abstractmethod
    def loss(self, outputs: Any, batch: Batch) -> "torch.Tensor":
        """Sum of losses (not their mean) of the batch, as fp32: divided by the whole step's weight, it is the step's loss."""

    def inputs(self, batch: Batch) -> Batch:
        """Arguments of the model's forward."""
        return {name: value for name, value in batch.items() if name != "labels"}

    @abstractmethod
    def evaluation(self) -> Evaluation:
        """A new, empty evaluation."""
