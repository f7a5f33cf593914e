"""How models are judged: evaluations whose parts, collected by several processes, add up exactly."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .shared import IGNORED
from .task import Batch, Evaluation

if TYPE_CHECKING:
    import torch

Counts = list[list[int]]
"""How often label `row` was taken for label `column`."""


class LabelCounts(Evaluation):
    """Accuracy, and precision, recall and F1 of each label with their averages, from logits of shape (samples, labels)."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self.counts: Counts = [[0] * len(names) for _ in names]

    def add(self, outputs: Any, batch: Batch, real: int) -> None:
        self.count(batch["labels"][:real], outputs.logits[:real].argmax(-1))

    def count(self, true: "torch.Tensor", guessed: "torch.Tensor") -> None:
        """Count labels (any shape, IGNORED ones left out) and what they were taken for (the same shape)."""
        size = len(self.names)
        kept = true != IGNORED
        places = (true[kept] * size + guessed[kept]).cpu()
        for place, times in enumerate(places.bincount(minlength=size * size).tolist()):
            self.counts[place // size][place % size] += times

    def state(self) -> Counts:
        return self.counts

    def merge(self, states: Sequence[Counts]) -> None:
        self.counts = [[sum(each) for each in zip(*rows, strict=True)] for rows in zip(*states, strict=True)]

    def report(self) -> dict[str, Any]:
        report = label_report(self.counts, self.names)
        return {"score": report["macro avg"]["f1-score"], "accuracy": accuracy(self.counts), "labels": report}

    def text(self) -> str:
        return label_text(self.counts, self.names)


def accuracy(counts: Counts) -> float:
    """Part of the labels that were told right; 0 of none."""
    total = sum(map(sum, counts))
    return sum(row[number] for number, row in enumerate(counts)) / total if total else 0.0


def label_report(counts: Counts, names: Sequence[str]) -> dict[str, Any]:
    """Precision, recall, F1 and support of every label, and their micro, macro and weighted averages."""
    return dict(_classification_report(counts, names, output_dict=True))


def label_text(counts: Counts, names: Sequence[str]) -> str:
    """The same as a table."""
    return str(_classification_report(counts, names, output_dict=False))


def _classification_report(counts: Counts, names: Sequence[str], output_dict: bool) -> Any:
    from sklearn.metrics import classification_report

    cells = [(true, guess, times) for true, row in enumerate(counts) for guess, times in enumerate(row)]
    true, guessed, times = (list(column) for column in zip(*cells, strict=True))
    # Each pair once, by its weight: as if every label had been listed. Micro averages are only shown by scikit-learn where
    # labels are a selection; over all of them they equal the accuracy, and it shows that.
    report = classification_report(
        true,
        guessed,
        labels=list(range(len(names))),
        target_names=list(names),
        sample_weight=times,
        output_dict=output_dict,
        zero_division=0.0,
        digits=4,
    )
    if output_dict:
        share = accuracy(counts)
        average = {"precision": share, "recall": share, "f1-score": share, "support": float(sum(times))}
        report = {"micro avg": average, **{name: value for name, value in report.items() if name != "accuracy"}}
    return report


def plain(value: Any) -> Any:
    """Numbers of numpy inside reports as Python's own, which JSON knows."""
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    return value.item() if hasattr(value, "item") else value
