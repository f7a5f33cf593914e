"""Small data and launch specs for tests, made by code: the same each time."""

import json
import random
from pathlib import Path
from typing import Any

from aidc_runtime.config import LaunchSpec

TINY_BERT = {
    "model_type": "bert",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 64,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}
TINY_LLAMA = {
    "model_type": "llama",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 64,
}
TINY_VIT = {
    "model_type": "vit",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "patch_size": 4,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}


def make_spec(task_name: str, train_data: str, **parts: Any) -> LaunchSpec:
    """A valid launch spec of a small run. `parts` are laid over its parts: `data={"pack": True}`."""
    values: dict[str, Any] = {
        "version": 1,
        "run": {"id": "test", "output": "memory://runs"},
        "task": {"name": task_name},
        "model": {"config": TINY_BERT, "vocabulary_size": 512},
        "data": {"train": train_data, "format": "jsonl", "sequence_length": 32},
        "train": {"steps": 10, "global_batch": 16, "micro_batch": 8, "precision": "fp32"},
    }
    for name, part in parts.items():
        values[name] = {**values.get(name, {}), **part}
    return LaunchSpec.model_validate(values)


def entity_records(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Sentences of a template with names of persons (of two words) and places, tagged as IOB2."""
    choose = random.Random(seed).choice
    first, last = ["Anna", "Ben", "Clara", "Dan", "Eva"], ["Adler", "Brandt", "Conrad", "Dorn"]
    places, verbs = ["Paris", "Oslo", "Kyoto", "Lima", "Accra"], ["visited", "left", "likes", "knows"]
    records = []
    for _ in range(count):
        words = [choose(first), choose(last), choose(verbs), choose(places), choose(["today", "again", "soon"]), "."]
        records.append({"tokens": words, "tags": ["B-PER", "I-PER", "O", "B-LOC", "O", "O"]})
    return records


def sentiment_records(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Texts with words that praise or blame, and their label."""
    draw = random.Random(seed)
    words = {"good": ["great", "lovely", "superb"], "bad": ["awful", "boring", "poor"]}
    things, records = ["film", "book", "meal", "song"], []
    for number in range(count):
        label = "good" if number % 2 else "bad"
        text = f"the {draw.choice(things)} was {draw.choice(words[label])} and {draw.choice(words[label])}"
        records.append({"text": text, "label": label})
    return records


def pair_records(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Queries with four items each; an item fits when it is praised, whatever the query: a model learns that in seconds."""
    draw = random.Random(seed)
    records = []
    for number in range(count):
        query = f"show me a {draw.choice(['film', 'book', 'song'])}"
        for _ in range(4):
            fits = draw.random() < 0.4
            item = f"a {draw.choice(['fine', 'lovely'] if fits else ['dull', 'poor'])} thing"
            records.append({"query": query, "item": item, "group": number, "label": int(fits)})
    return records


def documents(count: int, seed: int = 0) -> list[dict[str, Any]]:
    """Texts of a tiny language: what follows a word is nearly always the same."""
    draw = random.Random(seed)
    return [{"text": f"{draw.choice(['one', 'two'])} three four five six seven eight nine ten."} for _ in range(count)]


def digit_records() -> list[dict[str, Any]]:
    """1,797 written digits of 8 x 8 pixels from 0 to 16 (part of scikit-learn)."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    pairs = zip(digits.images.tolist(), digits.target.tolist(), strict=True)
    return [{"image": image, "label": label} for image, label in pairs]


def write_jsonl(path: Path, records: list[dict[str, Any]]) -> str:
    """Write records; the file's location."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return str(path)


def write_parquet(path: Path, records: list[dict[str, Any]], row_group_size: int = 10) -> str:
    """Write records in row groups; the file's location."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(records), path, row_group_size=row_group_size)
    return str(path)


def write_arrow(path: Path, records: list[dict[str, Any]], stream: bool = False) -> str:
    """Write records as an Arrow IPC file or stream; the file's location."""
    import pyarrow as pa

    table = pa.Table.from_pylist(records)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=7)
    return str(path)


def write_conll(path: Path, records: list[dict[str, Any]]) -> str:
    """Write tagged sentences with a mark of a document before them; the file's location."""
    blocks = ["-DOCSTART- -X- O"]
    for record in records:
        blocks.append("\n".join(f"{word} X\t{tag}" for word, tag in zip(record["tokens"], record["tags"], strict=True)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return str(path)
