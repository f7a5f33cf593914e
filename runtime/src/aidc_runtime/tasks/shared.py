"""What the built-in tasks have in common: reading columns, numbering labels, filling up batches."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from aidc_runtime.config import LaunchSpec
from aidc_runtime.exit_codes import BadData, BadSpec

from .task import BadSample, Batch, Record, Sample, Task

if TYPE_CHECKING:
    import torch

IGNORED = -100
"""Label of a place that is not learned from; what torch's cross entropy leaves out."""
ROUNDED_TO = 8
"""Lengths are multiples of this, as matrix units like them."""


class Columns:
    """Values of records by the task's own names, whatever the data calls them (`task.columns`)."""

    def __init__(self, spec: LaunchSpec, known: Sequence[str]) -> None:
        """`known`: the task's names. Raises BadSpec when `task.columns` has another."""
        unknown = sorted(set(spec.task.columns) - set(known))
        if unknown:
            raise BadSpec(f"task.columns has {', '.join(unknown)}; {spec.task.name} reads {', '.join(known)}")
        self._names = spec.task.columns

    def get(self, record: Record, name: str) -> Any:
        """The value, or None."""
        return record.get(self._names.get(name, name))

    def need(self, record: Record, name: str, kind: type | tuple[type, ...]) -> Any:
        """The value. Raises BadSample when there is none of that kind."""
        value = self.get(record, name)
        column = self._names.get(name, name)
        if value is None:
            raise BadSample(
                f"no column {column!r}; there are {', '.join(sorted(record))} (task.columns gives it another name)"
            )
        if not isinstance(value, kind):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            wanted = " or ".join(each.__name__ for each in kinds)
            raise BadSample(f"column {column!r} holds {short(value)}; needed is {wanted}")
        return value


def short(value: Any) -> str:
    """A value for messages."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Labels:
    """Names of labels, in the order of their numbers. They are compared as texts: 1, 1.0, "1" are the same."""

    def __init__(self, names: Sequence[str], given: bool) -> None:
        """`given`: the spec names them, so that whole numbers in the data may stand for their places."""
        if len(names) < 2:
            kind = BadSpec if given else BadData
            raise kind(f"two labels are needed to tell apart, there are {list(names)}")
        if len(set(names)) != len(names):
            raise BadSpec(f"task.labels holds a label twice: {list(names)}")
        self.names = list(names)
        self._given = given
        self._numbers = {name: number for number, name in enumerate(names)}

    def number(self, label: Any) -> int:
        """Number of a label. Raises BadSample."""
        number = self._numbers.get(label_name(label))
        if number is None and self._given and isinstance(label, int) and 0 <= label < len(self.names):
            return label
        if number is None:
            raise BadSample(f"label {label!r} is none of {', '.join(self.names)}")
        return number

    def config(self) -> dict[str, Any]:
        """What a model's config says of them."""
        return {"id2label": dict(enumerate(self.names)), "label2id": dict(self._numbers)}


def label_name(label: Any) -> str:
    """A label as text."""
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)


def find_labels(spec: LaunchSpec, values: Iterable[Any]) -> Labels:
    """The spec's labels, else those among `values`: numbers by size, then texts by name; `O` first."""
    if spec.task.labels is not None:
        return Labels(spec.task.labels, given=True)

    def place(name: str) -> tuple[bool, bool, int, str]:
        digits = name.removeprefix("-").isdecimal()
        return name != "O", not digits, int(name) if digits else 0, name

    return Labels(sorted({label_name(value) for value in values if value is not None}, key=place), given=False)


def vocabulary_config(task: Task) -> dict[str, Any]:
    """What a model's config says of the tokenizer. Raises BadSpec when the model has too few tokens."""
    tokenizer, model = task.tokenizer, task.spec.model
    if tokenizer is None:
        return {}
    values: dict[str, Any] = {"pad_token_id": tokenizer.pad_token_id}
    if model.weights is not None:
        return values
    size = (model.config or {}).get("vocab_size")
    if size is not None and size < len(tokenizer):
        raise BadSpec(f"model.config.vocab_size is {size}, the tokenizer has {len(tokenizer)} tokens: leave it out")
    for name in ("bos_token_id", "eos_token_id"):
        values[name] = getattr(tokenizer, name)
    return values if size is not None else values | {"vocab_size": len(tokenizer)}


def collate_tokens(task: Task, samples: Sequence[Sample], size: int, length: int | None = None) -> Batch:
    """`input_ids`, `attention_mask` (and `token_type_ids` where samples have them) of shape (size, length), filled on the
    right; the length is that of the longest sample, rounded up, unless it is given."""
    import torch

    tokenizer, most = task.tokenizer, task.spec.data.sequence_length
    filling = (tokenizer.pad_token_id if tokenizer is not None else 0) or 0
    longest = max((len(sample["input_ids"]) for sample in samples), default=ROUNDED_TO)
    length = length or min(most, -(-longest // ROUNDED_TO) * ROUNDED_TO)
    batch = {
        "input_ids": fill([sample["input_ids"] for sample in samples], size, length, filling),
        "attention_mask": fill([[1] * len(sample["input_ids"]) for sample in samples], size, length, 0),
    }
    if any("token_type_ids" in sample for sample in samples):
        batch["token_type_ids"] = fill([sample["token_type_ids"] for sample in samples], size, length, 0)
    # A row that may look at nothing has no softmax: some attention kernels give no number then, and 0 times that is none.
    batch["attention_mask"][len(samples) :, 0] = 1
    assert batch["input_ids"].dtype == torch.long
    return batch


def fill(rows: Sequence[Sequence[int]], size: int, length: int, filling: int) -> "torch.Tensor":
    """Rows as a tensor of shape (size, length), type int64."""
    import torch

    table = torch.full((size, length), filling, dtype=torch.long)
    for number, row in enumerate(rows):
        table[number, : len(row)] = torch.as_tensor(row, dtype=torch.long)
    return table


def fill_numbers(values: Sequence[float], size: int, filling: float, whole: bool) -> "torch.Tensor":
    """Numbers as a tensor of shape (size,): int64 where `whole`, else fp32."""
    import torch

    return torch.tensor([*values, *[filling] * (size - len(values))], dtype=torch.long if whole else torch.float32)


def encode_texts(task: Task, *texts: Any, **options: Any) -> Any:
    """One text or a pair, cut to the sequence length. Raises BadSample when there is no tokenizer's result."""
    if task.tokenizer is None:
        raise BadSpec(f"{task.spec.task.name} needs a tokenizer: set model.tokenizer")
    return task.tokenizer(*texts, truncation=True, max_length=task.spec.data.sequence_length, **options)


def check_options(spec: LaunchSpec, known: Sequence[str]) -> dict[str, Any]:
    """`task.options`. Raises BadSpec when it has others than `known`."""
    unknown = sorted(set(spec.task.options) - set(known))
    if unknown:
        allowed = ", ".join(known) or "none"
        raise BadSpec(f"task.options {json.dumps(unknown)} of {spec.task.name} are unknown; it has {allowed}")
    return dict(spec.task.options)
