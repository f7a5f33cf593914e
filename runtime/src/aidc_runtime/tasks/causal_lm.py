"""Causal language modelling: each token from those before it."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from aidc_runtime.exit_codes import BadSpec

from .shared import IGNORED, Columns, check_options, collate_tokens, fill, vocabulary_config
from .task import BadSample, Batch, Evaluation, Record, Sample, Task

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from aidc_runtime.config import LaunchSpec
    from aidc_runtime.data.dataset import Dataset


class CausalLm(Task):
    """Records hold one of

    - `text`: a document;
    - `prompt` and `completion`: only the completion is learned;
    - `input_ids`: tokens, such as `data.pack` makes; no tokenizer is needed then.

    Labels are the tokens themselves: the loss shifts them by one, as models of transformers do, so a sample of n tokens
    has n - 1 predictions. Options: `end_token_id`, the token that ends documents where there is no tokenizer.
    """

    def __init__(self, spec: "LaunchSpec", tokenizer: "PreTrainedTokenizerBase | None") -> None:
        super().__init__(spec, tokenizer)
        self.columns = Columns(spec, ("text", "prompt", "completion", "input_ids"))
        self.options = check_options(spec, ("end_token_id",))

    def prepare(self, train: "Dataset") -> None:
        """Nothing is left open."""

    def texts(self, train: "Dataset") -> Iterator[str]:
        for record in train:
            if self.columns.get(record, "input_ids") is not None:
                return
            yield from (text for text in self._texts(record) if text)

    def model_class(self) -> str:
        return "AutoModelForCausalLM"

    def model_config(self) -> dict[str, Any]:
        if self.tokenizer is None and self.spec.model.config is not None and "vocab_size" not in self.spec.model.config:
            raise BadSpec("the data are tokens: set model.config.vocab_size, or model.tokenizer")
        return vocabulary_config(self)

    def encode(self, record: Record) -> Sample:
        most = self.spec.data.sequence_length
        ids = self.tokens([record])[0][:most]
        if len(ids) < 2:
            raise BadSample("it has less than two tokens, so there is none to predict")
        labels = list(ids)
        if self.columns.get(record, "prompt") is not None:
            prompt = len(self._tokenize([self._texts(record)[0]])[0])
            labels[:prompt] = [IGNORED] * min(prompt, len(labels))
            if labels[-1] == IGNORED:
                raise BadSample(f"its prompt alone has {prompt} tokens, data.sequence_length is {most}")
        return {"input_ids": ids, "labels": labels}

    def tokens(self, records: Sequence[Record]) -> list[list[int]]:
        """Tokens of records, ended by the end token unless they were tokens already and end with it. Raises BadSample."""
        rows = []
        texts = [[] if self._given(record) is not None else self._texts(record) for record in records]
        known = iter(self._tokenize([text for parts in texts for text in parts]))
        end = self._end()
        for record, parts in zip(records, texts, strict=True):
            given = self._given(record)
            row = given if given is not None else [token for _ in parts for token in next(known)]
            # Blocks of packed documents are not documents: nothing ends there.
            whole = given is not None and not self.spec.data.pack
            rows.append(row if whole or end is None or row[-1:] == [end] else [*row, end])
        return rows

    def tokens_key(self) -> str:
        """What tokens depend on beside the record."""
        tokenizer = self.tokenizer.backend_tokenizer.to_str() if self.tokenizer is not None else ""  # type: ignore[attr-defined]
        return (
            f"{hashlib.sha256(tokenizer.encode()).hexdigest()} {self._end()} {sorted(self.spec.task.columns.items())}"
        )

    def collate(self, samples: Sequence[Sample], size: int) -> Batch:
        batch = collate_tokens(self, samples, size, self.spec.data.sequence_length if self.spec.data.pack else None)
        length = batch["input_ids"].shape[1]
        return batch | {"labels": fill([sample["labels"] for sample in samples], size, length, IGNORED)}

    def weight(self, batch: Batch) -> int:
        return int((batch["labels"][:, 1:] != IGNORED).sum())

    def loss(self, outputs: Any, batch: Batch) -> "torch.Tensor":
        from torch.nn.functional import cross_entropy

        logits = outputs.logits[:, :-1].flatten(0, 1).float()
        return cross_entropy(logits, batch["labels"][:, 1:].flatten(), ignore_index=IGNORED, reduction="sum")

    def evaluation(self) -> "Perplexity":
        return Perplexity(self)

    def _given(self, record: Record) -> list[int] | None:
        """The record's own tokens."""
        ids = self.columns.get(record, "input_ids")
        if ids is None:
            return None
        limit = len(self.tokenizer) if self.tokenizer is not None else None
        limit = (self.spec.model.config or {}).get("vocab_size", limit)
        if not all(isinstance(token, int) and 0 <= token < (limit or 2**31) for token in ids):
            raise BadSample(f"input_ids are not all whole numbers from 0 up to below {limit or 2**31}")
        return list(ids)

    def _texts(self, record: Record) -> list[str]:
        if self.columns.get(record, "prompt") is None:
            return [str(self.columns.need(record, "text", str))]
        return [self.columns.need(record, "prompt", str), self.columns.need(record, "completion", str)]

    def _tokenize(self, texts: list[str]) -> list[list[int]]:
        if not texts:
            return []
        if self.tokenizer is None:
            raise BadSpec("the data hold texts, so a tokenizer is needed: set model.tokenizer")
        ids: list[list[int]] = self.tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
        return ids

    def _end(self) -> int | None:
        given = self.options.get("end_token_id")
        return given if given is not None or self.tokenizer is None else self.tokenizer.eos_token_id


class Perplexity(Evaluation):
    """Mean loss of a token, and its exponential. The score is minus the loss."""

    def __init__(self, task: CausalLm) -> None:
        self._task = task
        self._loss = 0.0
        self._tokens = 0

    def add(self, outputs: Any, batch: Batch, real: int) -> None:
        # Samples that fill up have no labels, and so no loss and no weight.
        self._loss += float(self._task.loss(outputs, batch))
        self._tokens += self._task.weight(batch)

    def state(self) -> tuple[float, int]:
        return self._loss, self._tokens

    def merge(self, states: Sequence[tuple[float, int]]) -> None:
        self._loss = math.fsum(loss for loss, _ in states)
        self._tokens = sum(tokens for _, tokens in states)

    def report(self) -> dict[str, Any]:
        loss = self._loss / max(1, self._tokens)
        # Above that, a float has no exponential.
        return {"score": -loss, "loss": loss, "perplexity": math.exp(min(loss, 700.0)), "tokens": self._tokens}
