"""Pair ranking: how well an item fits a query, for recommendation and search, by a cross-encoder that reads both at once."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aidc_runtime.exit_codes import BadSpec

from .shared import Columns, check_options, collate_tokens, encode_texts, fill_numbers, vocabulary_config
from .task import BadSample, Batch, Evaluation, Record, Sample, Task

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from aidc_runtime.config import LaunchSpec
    from aidc_runtime.data.dataset import Dataset

UNKNOWN = -1.0
"""Label of samples that only fill up."""


class PairRanking(Task):
    """Records hold `query` (what a user asked for, or liked so far), `item` or `document`, and `label`, from 0 (does not fit)
    to 1 (fits). `group` tells which records are ranked against each other; without it, those of the same query.
    It has no options.
    """

    def __init__(self, spec: "LaunchSpec", tokenizer: "PreTrainedTokenizerBase | None") -> None:
        super().__init__(spec, tokenizer)
        self.columns = Columns(spec, ("query", "item", "document", "label", "group"))
        check_options(spec, ())
        if spec.task.labels is not None:
            raise BadSpec("pair_ranking has no labels by name, but numbers from 0 to 1: drop task.labels")

    def prepare(self, train: "Dataset") -> None:
        """Nothing is left open."""

    def texts(self, train: "Dataset") -> Iterator[str]:
        for record in train:
            texts = (self.columns.get(record, name) for name in ("query", "item", "document"))
            yield from (text for text in texts if isinstance(text, str))

    def model_class(self) -> str:
        return "AutoModelForSequenceClassification"

    def model_config(self) -> dict[str, Any]:
        return vocabulary_config(self) | {"num_labels": 1}

    def encode(self, record: Record) -> Sample:
        query = self.columns.need(record, "query", str)
        item = self.columns.need(record, "document" if self.columns.get(record, "item") is None else "item", str)
        label = float(self.columns.need(record, "label", (int, float)))
        if not 0 <= label <= 1:
            raise BadSample(f"label {label:g} is not between 0 and 1")
        group = self.columns.get(record, "group")
        encoded = encode_texts(self, query, item, return_token_type_ids=True)
        return {**encoded, "labels": label, "group": _number(query if group is None else group)}

    def collate(self, samples: Sequence[Sample], size: int) -> Batch:
        return collate_tokens(self, samples, size) | {
            "labels": fill_numbers([sample["labels"] for sample in samples], size, UNKNOWN, whole=False),
            "group": fill_numbers([sample["group"] for sample in samples], size, 0, whole=True),
        }

    def inputs(self, batch: Batch) -> Batch:
        return {name: value for name, value in batch.items() if name not in ("labels", "group")}

    def weight(self, batch: Batch) -> int:
        return int((batch["labels"] != UNKNOWN).sum())

    def loss(self, outputs: Any, batch: Batch) -> "torch.Tensor":
        from torch.nn.functional import binary_cross_entropy_with_logits

        labels = batch["labels"]
        known = (labels != UNKNOWN).float()
        # Weighed, not picked: a batch of filling alone then still has a gradient, of zero.
        logits = outputs.logits[:, 0].float()
        return binary_cross_entropy_with_logits(logits, labels.clamp(min=0), weight=known, reduction="sum")

    def evaluation(self) -> "Ranking":
        return Ranking()


def _number(group: Any) -> int:
    """63 bits for a group: two of them are the same by chance once in billions of groups."""
    return int.from_bytes(hashlib.sha256(str(group).encode()).digest()[:8], "big") >> 1


class Ranking(Evaluation):
    """AUC over all pairs, and over groups, each by its own ranking, the means of the reciprocal rank of the first item that
    fits (MRR) and of NDCG. Groups without an item that fits are left out of both. An item fits from label 0.5 on. The score
    is the AUC; where all labels are alike there is none, and NDCG stands in."""

    def __init__(self) -> None:
        self._pairs: list[tuple[int, float, float]] = []
        """Group, label and logit."""

    def add(self, outputs: Any, batch: Batch, real: int) -> None:
        columns = (batch["group"], batch["labels"], outputs.logits[:, 0].float())
        self._pairs += zip(*(column[:real].tolist() for column in columns), strict=True)

    def state(self) -> list[tuple[int, float, float]]:
        return self._pairs

    def merge(self, states: Sequence[list[tuple[int, float, float]]]) -> None:
        # Sorted, so that sums of floats do not depend on who had which pair.
        self._pairs = sorted(pair for pairs in states for pair in pairs)

    def report(self) -> dict[str, Any]:
        import torch
        from sklearn.metrics import roc_auc_score
        from torchmetrics.retrieval import RetrievalMRR, RetrievalNormalizedDCG

        report: dict[str, Any] = {"pairs": len(self._pairs), "groups": len({group for group, _, _ in self._pairs})}
        if not self._pairs:
            return {"score": 0.0, "auc": None, "mrr": None, "ndcg": None} | report
        groups, labels, logits = (torch.tensor(column) for column in zip(*self._pairs, strict=True))
        # Small numbers: torchmetrics counts up to the largest.
        groups = torch.unique(groups, return_inverse=True)[1]
        fits = labels >= 0.5
        report["auc"] = float(roc_auc_score(fits, logits)) if 0 < int(fits.sum()) < len(fits) else None
        # Places in the ranking of all, from 1: torchmetrics takes scores up to 0 for items that were not found.
        places = 1.0 + torch.unique(logits, return_inverse=True)[1].double()
        report["mrr"] = float(RetrievalMRR(empty_target_action="skip")(places, fits, indexes=groups))
        report["ndcg"] = float(RetrievalNormalizedDCG(empty_target_action="skip")(places, labels, indexes=groups))
        return {"score": report["ndcg"] if report["auc"] is None else report["auc"]} | report
