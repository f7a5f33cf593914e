"""Sequence classification: one label for a text or a pair of texts, such as its sentiment."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .reports import LabelCounts
from .shared import (
    IGNORED,
    Columns,
    Labels,
    check_options,
    collate_tokens,
    encode_texts,
    fill_numbers,
    find_labels,
    vocabulary_config,
)
from .task import Batch, Record, Sample, Task

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from aidc_runtime.config import LaunchSpec
    from aidc_runtime.data.dataset import Dataset


class SequenceClassification(Task):
    """Records hold `text` (and `text_pair`, where two are compared) and `label`. It has no options."""

    def __init__(self, spec: "LaunchSpec", tokenizer: "PreTrainedTokenizerBase | None") -> None:
        super().__init__(spec, tokenizer)
        self.columns = Columns(spec, ("text", "text_pair", "label"))
        check_options(spec, ())
        self.labels = Labels(spec.task.labels, given=True) if spec.task.labels else None

    def prepare(self, train: "Dataset") -> None:
        if self.labels is None:
            self.labels = find_labels(self.spec, (self.columns.get(record, "label") for record in train))

    def texts(self, train: "Dataset") -> Iterator[str]:
        for record in train:
            texts = (self.columns.get(record, name) for name in ("text", "text_pair"))
            yield from (text for text in texts if isinstance(text, str))

    def model_class(self) -> str:
        return "AutoModelForSequenceClassification"

    def model_config(self) -> dict[str, Any]:
        return vocabulary_config(self) | self._labels.config()

    def encode(self, record: Record) -> Sample:
        texts = [self.columns.need(record, "text", str)]
        if self.columns.get(record, "text_pair") is not None:
            texts.append(self.columns.need(record, "text_pair", str))
        label = self._labels.number(self.columns.need(record, "label", (str, int, float)))
        encoded = encode_texts(self, *texts, return_token_type_ids=len(texts) > 1)
        return {**encoded, "labels": label}

    def collate(self, samples: Sequence[Sample], size: int) -> Batch:
        labels = fill_numbers([sample["labels"] for sample in samples], size, IGNORED, whole=True)
        return collate_tokens(self, samples, size) | {"labels": labels}

    def weight(self, batch: Batch) -> int:
        return int((batch["labels"] != IGNORED).sum())

    def loss(self, outputs: Any, batch: Batch) -> "torch.Tensor":
        from torch.nn.functional import cross_entropy

        return cross_entropy(outputs.logits.float(), batch["labels"], ignore_index=IGNORED, reduction="sum")

    def evaluation(self) -> LabelCounts:
        return LabelCounts(self._labels.names)

    @property
    def _labels(self) -> Labels:
        if self.labels is None:
            raise RuntimeError("prepare() comes first: labels are found in the training data")
        return self.labels
