"""Token classification: a label for each word, such as named entities by BERT."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aidc_runtime.exit_codes import BadSpec

from .reports import Counts, LabelCounts, label_report, label_text, plain
from .shared import (
    IGNORED,
    Columns,
    Labels,
    check_options,
    collate_tokens,
    encode_texts,
    fill,
    fill_numbers,
    find_labels,
    vocabulary_config,
)
from .task import BadSample, Batch, Evaluation, Record, Sample, Task

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from aidc_runtime.config import LaunchSpec
    from aidc_runtime.data.dataset import Dataset

SCHEMES = ("IOB1", "IOE1", "IOB2", "IOE2", "IOBES", "BILOU")
"""Ways to mark where entities begin and end, by their names in seqeval."""
MARKED = re.compile(r"O|[BIESLU]-.+", re.DOTALL)


class TokenClassification(Task):
    """Records hold `tokens`, a list of words, and `tags`, a list of as many labels.

    A word may become several tokens: the first of them carries its label, the others are not learned from. Options:
    `scheme`, how tags mark entities (IOB2).
    """

    def __init__(self, spec: "LaunchSpec", tokenizer: "PreTrainedTokenizerBase | None") -> None:
        super().__init__(spec, tokenizer)
        self.columns = Columns(spec, ("tokens", "tags"))
        self.scheme = check_options(spec, ("scheme",)).get("scheme", "IOB2")
        if self.scheme not in SCHEMES:
            raise BadSpec(f"task.options.scheme is {self.scheme!r}; one of {', '.join(SCHEMES)} is needed")
        self.labels = Labels(spec.task.labels, given=True) if spec.task.labels else None

    def prepare(self, train: "Dataset") -> None:
        if self.labels is None:
            tags = (self.columns.get(record, "tags") or () for record in train)
            self.labels = find_labels(self.spec, (tag for some in tags for tag in some))

    def texts(self, train: "Dataset") -> Iterator[str]:
        return (" ".join(map(str, self.columns.get(record, "tokens") or ())) for record in train)

    def model_class(self) -> str:
        return "AutoModelForTokenClassification"

    def model_config(self) -> dict[str, Any]:
        return vocabulary_config(self) | self._labels.config()

    def encode(self, record: Record) -> Sample:
        words = self.columns.need(record, "tokens", (list, tuple))
        tags = self.columns.need(record, "tags", (list, tuple))
        if not words or len(words) != len(tags):
            raise BadSample(f"{len(words)} tokens and {len(tags)} tags; as many of each are needed, and one at least")
        numbers = [self._labels.number(tag) for tag in tags]
        encoded = encode_texts(self, [str(word) for word in words], is_split_into_words=True)
        labels, last = [], None
        for word in encoded.word_ids():
            labels.append(IGNORED if word is None or word == last else numbers[word])
            last = word
        learned = sum(label != IGNORED for label in labels)
        return {"input_ids": encoded["input_ids"], "labels": labels, "cut": len(words) - learned}

    def collate(self, samples: Sequence[Sample], size: int) -> Batch:
        batch = collate_tokens(self, samples, size)
        length = batch["input_ids"].shape[1]
        batch["labels"] = fill([sample["labels"] for sample in samples], size, length, IGNORED)
        batch["cut"] = fill_numbers([sample["cut"] for sample in samples], size, 0, whole=True)
        return batch

    def inputs(self, batch: Batch) -> Batch:
        return {name: value for name, value in batch.items() if name not in ("labels", "cut")}

    def weight(self, batch: Batch) -> int:
        return int((batch["labels"] != IGNORED).sum())

    def loss(self, outputs: Any, batch: Batch) -> "torch.Tensor":
        from torch.nn.functional import cross_entropy

        logits = outputs.logits.flatten(0, 1).float()
        return cross_entropy(logits, batch["labels"].flatten(), ignore_index=IGNORED, reduction="sum")

    def evaluation(self) -> "TagReports":
        return TagReports(self._labels.names, self.scheme)

    @property
    def _labels(self) -> Labels:
        if self.labels is None:
            raise RuntimeError("prepare() comes first: labels are found in the training data")
        return self.labels


class TagReports(Evaluation):
    """Both reports: of labels, every one also `O`, and of whole entities. The score is the micro F1 of entities; where the
    labels mark none (no `B-` and so on), the accuracy."""

    def __init__(self, names: Sequence[str], scheme: str) -> None:
        self._labels = LabelCounts(names)
        self._scheme = scheme
        self._cut = 0
        self._sentences: list[tuple[list[int], list[int]]] = []
        """Labels of each sentence's words, and what they were taken for."""

    def add(self, outputs: Any, batch: Batch, real: int) -> None:
        true, guessed = batch["labels"][:real], outputs.logits[:real].argmax(-1)
        self._labels.count(true, guessed)
        self._cut += int(batch["cut"][:real].sum())
        for labels, guesses in zip(true.cpu(), guessed.cpu(), strict=True):
            kept = labels != IGNORED
            self._sentences.append((labels[kept].tolist(), guesses[kept].tolist()))

    def state(self) -> tuple[Counts, int, list[tuple[list[int], list[int]]]]:
        return self._labels.state(), self._cut, self._sentences

    def merge(self, states: Sequence[Any]) -> None:
        self._labels.merge([counts for counts, _, _ in states])
        self._cut = sum(cut for _, cut, _ in states)
        self._sentences = [sentence for _, _, sentences in states for sentence in sentences]

    def report(self) -> dict[str, Any]:
        tokens = label_report(self._labels.counts, self._labels.names)
        report = {"score": tokens["micro avg"]["f1-score"], "tokens": tokens, "words_cut": self._cut}
        if self._marks_entities:
            entities = plain(self._entities(output_dict=True))
            report |= {"score": entities.get("micro avg", {}).get("f1-score", 0.0), "entities": entities}
        return report

    def text(self) -> str:
        parts = ["Labels of words", label_text(self._labels.counts, self._labels.names)]
        if self._marks_entities:
            parts += [f"Entities ({self._scheme}, whole and of the right type)", self._entities(output_dict=False)]
        if self._cut:
            parts.append(f"{self._cut} words lay behind data.sequence_length and are not judged.")
        return "\n".join(parts)

    @property
    def _marks_entities(self) -> bool:
        names = self._labels.names
        return names != ["O"] and all(MARKED.fullmatch(name) for name in names)

    def _entities(self, output_dict: bool) -> Any:
        from seqeval import scheme
        from seqeval.metrics import classification_report

        names, kind = self._labels.names, getattr(scheme, self._scheme)
        true = [[names[label] for label in labels] for labels, _ in self._sentences]
        guessed = [[names[label] for label in guesses] for _, guesses in self._sentences]
        if not any(scheme.Entities(tags, kind).unique_tags for tags in (true, guessed)):
            # seqeval has no report of nothing.
            return {} if output_dict else "none, neither in the data nor told by the model\n"
        options = {"mode": "strict", "scheme": kind, "zero_division": 0, "digits": 4}
        return classification_report(true, guessed, output_dict=output_dict, **options)
