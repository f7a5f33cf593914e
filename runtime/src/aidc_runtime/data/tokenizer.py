"""Tokenizers: that of the spec, or one trained on the training data."""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from aidc_runtime.config import LaunchSpec
from aidc_runtime.exit_codes import BadSpec
from aidc_runtime.tasks.task import Task

from .dataset import Dataset
from .locations import exists, join, patiently, read_bytes, write_bytes

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja")
MOST_CHARACTERS = 50_000_000
"""Of training texts that a tokenizer is trained on: more make it slower, hardly better."""
END = "<|endoftext|>"
SPECIAL = {
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "mask_token": "[MASK]",
}


def tokenizer_for(spec: LaunchSpec, task: Task, train: Dataset) -> "PreTrainedTokenizerFast | None":
    """The run's tokenizer: of `model.tokenizer`, else of `model.weights`, else trained on the task's texts. None where the
    task needs none, or the records are tokens already. The same on every process, without talking to the others.

    Raises BadSpec when there is no tokenizer at the location, StorageAway.
    """
    if not task.needs_tokenizer:
        return None
    location = spec.model.tokenizer or spec.model.weights
    if location is not None:
        return load_tokenizer(location, spec.resilience.storage_seconds)
    texts = iter(task.texts(train))
    first = next(texts, None)
    if first is None:
        return None
    words = task.model_class() != "AutoModelForCausalLM"
    return train_tokenizer(chain([first], texts), spec.model.vocabulary_size, words)


def load_tokenizer(location: str, seconds: float = 120.0) -> "PreTrainedTokenizerFast":
    """The tokenizer of a folder with `tokenizer.json`. Raises BadSpec, StorageAway."""
    from transformers import PreTrainedTokenizerFast

    def fetch(folder: str) -> None:
        for name in FILES:
            if exists(join(location, name)):
                Path(folder, name).write_bytes(read_bytes(join(location, name)))

    with tempfile.TemporaryDirectory(prefix="aidc-tokenizer-") as folder:
        patiently(lambda: fetch(folder), seconds, f"reading the tokenizer of {location}")
        if not Path(folder, "tokenizer.json").exists():
            raise BadSpec(f"{location} holds no tokenizer.json: put it there, or name its folder in model.tokenizer")
        try:
            tokenizer = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
        except Exception as error:  # tokenizers raises plain Exceptions for broken files
            raise BadSpec(f"the tokenizer of {location} cannot be read: {error}") from error
    if tokenizer.pad_token is None:
        # Padding is masked and never learned from, so any token will do.
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.convert_ids_to_tokens(0)
    return tokenizer


def has_tokenizer(location: str, seconds: float = 120.0) -> bool:
    """Whether a folder holds a tokenizer."""
    file = join(location, "tokenizer.json")
    return patiently(lambda: exists(file), seconds, f"looking for {file}")


def keep_tokenizer(tokenizer: "PreTrainedTokenizerFast", location: str, seconds: float = 120.0) -> None:
    """Write a tokenizer into a folder; `tokenizer.json` comes last, so that a folder with it is whole."""
    with tempfile.TemporaryDirectory(prefix="aidc-tokenizer-") as folder:
        tokenizer.save_pretrained(folder)
        paths = sorted(Path(folder).iterdir(), key=lambda path: path.name == "tokenizer.json")
        for path in paths:
            content, target = path.read_bytes(), join(location, path.name)
            patiently(lambda content=content, target=target: write_bytes(target, content), seconds, f"writing {target}")


def train_tokenizer(texts: Iterable[str], size: int, words: bool) -> "PreTrainedTokenizerFast":
    """A tokenizer of at most `size` tokens. With `words` WordPiece, lower case kept, with BERT's special tokens around each
    text; else byte-level BPE, which keeps texts exactly, with one special token that ends a document and fills up."""
    return _train_words(list(_some(texts)), size) if words else _train_bytes(_some(texts), size)


def _train_bytes(texts: Iterable[str], size: int) -> "PreTrainedTokenizerFast":
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=size, special_tokens=[END], initial_alphabet=alphabet, show_progress=False)
    raw.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=raw, eos_token=END, bos_token=END, pad_token=END)


def _train_words(texts: list[str], size: int) -> "PreTrainedTokenizerFast":
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    # [PAD] is number 0, as in configs of BERT.
    special = [SPECIAL["pad_token"], *(token for name, token in SPECIAL.items() if name != "pad_token")]
    raw = Tokenizer(models.WordPiece(unk_token=SPECIAL["unk_token"]))
    raw.normalizer = normalizers.BertNormalizer(lowercase=False)
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    # The trainer numbers the letters inside words in the order of a hash table, another one in each process (tokenizers
    # 0.23, 2026-11), and decides between equally frequent pieces by these numbers. Named as special ones, theirs are fixed.
    inner = {letter for text in texts for word, _ in _words(raw, text) for letter in word[1:]}
    fixed = [*special, *sorted(f"##{letter}" for letter in inner)]
    raw.train_from_iterator(
        texts, trainers.WordPieceTrainer(vocab_size=size, special_tokens=fixed, show_progress=False)
    )
    made = Tokenizer(models.WordPiece(raw.get_vocab(), unk_token=SPECIAL["unk_token"]))
    made.normalizer, made.pre_tokenizer, made.decoder = raw.normalizer, raw.pre_tokenizer, decoders.WordPiece()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, made.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    return PreTrainedTokenizerFast(tokenizer_object=made, **SPECIAL)


def _words(tokenizer: "Tokenizer", text: str) -> list[tuple[str, tuple[int, int]]]:
    """The words of a text, as the trainer sees them."""
    return list(tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(text)))


def _some(texts: Iterable[str]) -> Iterator[str]:
    """The first texts, up to MOST_CHARACTERS."""
    seen = 0
    for text in texts:
        yield text
        seen += len(text)
        if seen >= MOST_CHARACTERS:
            return


def save_tokenizer(tokenizer: "PreTrainedTokenizerFast", folder: str) -> None:
    """Write `tokenizer.json` and its config into a local folder, as `load_tokenizer` and servers read them."""
    tokenizer.save_pretrained(folder)
