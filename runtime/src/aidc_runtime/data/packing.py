"""Packing: documents laid end to end and cut into samples of full length, so that no computation is spent on filling."""

import fcntl
import hashlib
import os
import tempfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from aidc_runtime.config import LaunchSpec
from aidc_runtime.exit_codes import BadData
from aidc_runtime.tasks.shared import short
from aidc_runtime.tasks.task import BadSample, Record

from .dataset import Dataset

TOGETHER = 256
"""Documents that are tokenized in one call: the tokenizer spreads them over cores."""


class Packable(Protocol):
    """What a task offers whose records can be packed."""

    spec: LaunchSpec

    def tokens(self, records: Sequence[Record]) -> list[list[int]]:
        """Tokens of documents, each with the token that ends it."""

    def tokens_key(self) -> str:
        """What the tokens of a record depend on beside the record, as a text."""


def packed(documents: Dataset, task: Any) -> Dataset:
    """With `data.pack`, the documents as blocks of `data.sequence_length` tokens (`{"input_ids": [...]}`); else as they are.

    Documents follow each other in the order of the files; what is left of the last block is dropped. A block may hold parts
    of several documents, and the model sees across their borders, as is usual in pre-training.
    The tokens lie in a file of the node's temporary folder, mapped into memory and shared: the first process of a node
    writes it while the others wait, and a restart on the same node finds it again. Raises BadData.
    """
    spec: LaunchSpec = task.spec
    if not spec.data.pack:
        return documents
    length = spec.data.sequence_length
    parts = (spec.run.output, spec.run.id, documents.fingerprint(), task.tokens_key())
    key = hashlib.sha256(repr(parts).encode())
    folder = Path(tempfile.gettempdir()) / f"aidc-tokens-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = _written_once(folder / f"{key.hexdigest()[:32]}.u32", lambda: _stream(documents, task))
    blocks = Blocks(path, length, spec.task.columns.get("input_ids", "input_ids"))
    if not len(blocks):
        raise BadData(
            f"the documents make less than one block of {length} tokens: give more, or a lower data.sequence_length"
        )
    # Not the path: it may differ between nodes, and this name is part of the fingerprint.
    return Dataset([f"packed {key.hexdigest()}"], [len(blocks)], lambda shard: blocks, 1, documents.budget)


class Blocks:
    """Blocks of `length` tokens of a file of unsigned 32-bit numbers."""

    def __init__(self, path: Path, length: int, column: str) -> None:
        import numpy as np

        self._tokens: Any = np.memmap(path, np.uint32, "r") if path.stat().st_size else np.zeros(0, np.uint32)
        self._length = length
        self._column = column

    def __len__(self) -> int:
        return len(self._tokens) // self._length

    def __getitem__(self, index: int) -> Record:
        return {self._column: self._tokens[index * self._length : (index + 1) * self._length].tolist()}


def _stream(documents: Dataset, task: Packable) -> Iterator[bytes]:
    records = iter(documents)
    while some := list(islice(records, TOGETHER)):
        for tokens in _tokens(some, documents, task):
            yield array("I", tokens).tobytes()


def _tokens(records: Sequence[Record], documents: Dataset, task: Packable) -> list[list[int]]:
    """Tokens of the records that can be used; the others are counted."""
    try:
        return task.tokens(records)
    except BadSample as error:
        if len(records) > 1:
            return [tokens for record in records for tokens in _tokens([record], documents, task)]
        documents.budget.spend(f"{documents.names[0]} and on: {error}; the document is {short(records[0])}")
        return []


def _written_once(path: Path, content: Callable[[], Iterator[bytes]]) -> Path:
    """The file, written by the first process that asks; the lock ends with its process, so a killed one blocks nobody."""
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            partial = path.with_suffix(".partial")
            with open(partial, "wb") as file:
                file.writelines(content())
            partial.rename(path)
    return path
