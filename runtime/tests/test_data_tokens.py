"""Tokenizers and packed documents."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from samples import documents, make_spec, sentiment_records, write_jsonl

from aidc_runtime.config import LaunchSpec
from aidc_runtime.data import packing
from aidc_runtime.data.dataset import Dataset, open_dataset
from aidc_runtime.data.locations import write_bytes
from aidc_runtime.data.packing import packed
from aidc_runtime.data.tokenizer import load_tokenizer, save_tokenizer, tokenizer_for, train_tokenizer
from aidc_runtime.exit_codes import BadData, BadSpec
from aidc_runtime.tasks.causal_lm import CausalLm
from aidc_runtime.tasks.registry import create_task

TEXTS = [record["text"] for record in documents(40)] + ["Grüße, 東京!"]


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_byte_level_tokens_keep_any_text() -> None:
    tokenizer = train_tokenizer(TEXTS, 400, words=False)
    for text in (*TEXTS, " two  spaces\nand 🙂"):
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert len(tokenizer) <= 400
    assert tokenizer.eos_token_id == tokenizer.pad_token_id == 0


def test_word_pieces_have_the_special_tokens_of_bert() -> None:
    tokenizer = train_tokenizer(TEXTS, 300, words=True)
    assert tokenizer.pad_token_id == 0
    assert tokenizer.tokenize("one two", add_special_tokens=True) == ["[CLS]", "one", "two", "[SEP]"]
    pair = tokenizer("one", "two three", return_token_type_ids=True)
    assert pair["token_type_ids"] == [0, 0, 0, 1, 1, 1]


def test_training_is_the_same_in_every_process() -> None:
    code = (
        "import hashlib; from samples import documents; from aidc_runtime.data.tokenizer import train_tokenizer\n"
        "for words in (True, False):\n"
        "    tokenizer = train_tokenizer((r['text'] + str(n) for n, r in enumerate(documents(300))), 350, words)\n"
        "    print(hashlib.sha256(tokenizer.backend_tokenizer.to_str().encode()).hexdigest())"
    )
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path), "RAYON_NUM_THREADS": "4"}
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment) for _ in range(2)
    ]
    assert len(runs[0].stdout.split()) == 2, runs[0].stderr
    assert runs[0].stdout == runs[1].stdout


@pytest.mark.parametrize("words", [True, False])
def test_a_saved_tokenizer_is_loaded_from_a_store(words: bool, tmp_path: Path) -> None:
    tokenizer = train_tokenizer(TEXTS, 300, words)
    save_tokenizer(tokenizer, str(tmp_path / "saved"))
    for path in (tmp_path / "saved").iterdir():
        write_bytes(f"memory://tokenizer-{words}/{path.name}", path.read_bytes())
    loaded = load_tokenizer(f"memory://tokenizer-{words}", seconds=0)
    assert loaded("one two", "three") == tokenizer("one two", "three")
    assert loaded.special_tokens_map == tokenizer.special_tokens_map


def test_a_bare_tokenizer_json_is_enough(tmp_path: Path) -> None:
    tokenizer = train_tokenizer(TEXTS, 300, words=False)
    tokenizer.backend_tokenizer.save(str(tmp_path / "tokenizer.json"))
    loaded = load_tokenizer(str(tmp_path), seconds=0)
    assert loaded("one two")["input_ids"] == tokenizer("one two")["input_ids"]
    assert loaded.pad_token_id is not None


def test_a_folder_without_a_tokenizer_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadSpec, match=r"holds no tokenizer.json"):
        load_tokenizer(str(tmp_path), seconds=0)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(BadSpec, match=r"cannot be read"):
        load_tokenizer(str(tmp_path), seconds=0)


def test_the_tokenizer_of_a_run(tmp_path: Path) -> None:
    location = write_jsonl(tmp_path / "s.jsonl", sentiment_records(50))
    spec = make_spec("sequence_classification", location)
    train = open_dataset(spec.data, location)
    trained = tokenizer_for(spec, create_task(spec), train)
    assert trained is not None
    assert trained.cls_token == "[CLS]"
    save_tokenizer(trained, str(tmp_path / "saved"))
    spec = make_spec("sequence_classification", location, model={"tokenizer": str(tmp_path / "saved")})
    loaded = tokenizer_for(spec, create_task(spec), train)
    assert loaded is not None
    assert loaded.get_vocab() == trained.get_vocab()
    images = make_spec("image_classification", location)
    assert tokenizer_for(images, create_task(images), train) is None


def packing_run(tmp_path: Path, records: list[dict[str, Any]], **data: Any) -> tuple[LaunchSpec, CausalLm, Dataset]:
    location = write_jsonl(tmp_path / "d" / "x.jsonl", records)
    spec = make_spec(
        "causal_lm", location, run={"output": str(tmp_path)}, data={"pack": True, "sequence_length": 16, **data}
    )
    train = open_dataset(spec.data, location)
    task = create_task(spec)
    assert isinstance(task, CausalLm)
    task.tokenizer = tokenizer_for(spec, task, train)
    return spec, task, train


def test_packed_documents_follow_each_other_with_an_end_between(tmp_path: Path) -> None:
    records = documents(30)
    _, task, train = packing_run(tmp_path, records)
    assert task.tokenizer is not None
    stream = [token for record in records for token in [*task.tokenizer(record["text"])["input_ids"], 0]]
    blocks = packed(train, task)
    assert len(blocks) == len(stream) // 16
    assert blocks.shard_lengths == [len(blocks)]
    assert [token for block in blocks for token in block["input_ids"]] == stream[: len(blocks) * 16]
    sample = task.encode(blocks[3])
    assert sample["input_ids"] == sample["labels"] == stream[48:64]
    batch = task.collate([sample], 2)
    assert batch["input_ids"].shape == (2, 16)
    assert task.weight(batch) == 15


def test_documents_are_tokenized_once_a_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, task, train = packing_run(tmp_path, documents(30))
    first = list(packed(train, task))
    monkeypatch.setattr(packing, "_stream", lambda *_: pytest.fail("tokenized again"))
    assert list(packed(train, task)) == first


def test_other_documents_are_not_taken_for_the_same(tmp_path: Path) -> None:
    _, task, train = packing_run(tmp_path, documents(30))
    first = list(packed(train, task))
    _, task, train = packing_run(tmp_path, documents(31, seed=5))
    assert list(packed(train, task)) != first


def test_tokens_as_data_need_no_tokenizer(tmp_path: Path) -> None:
    records = [{"input_ids": [1, 2, 3, 4, 5]}, {"input_ids": [6, 7, 8]}, {"input_ids": [9, 999]}] * 4
    model = {"config": {"model_type": "llama", "vocab_size": 100}}
    location = write_jsonl(tmp_path / "x.jsonl", records)
    options = {
        "task": {"options": {"end_token_id": 0}},
        "data": {"pack": True, "sequence_length": 8, "max_bad_samples": 4},
    }
    spec = make_spec("causal_lm", location, model=model, run={"output": str(tmp_path)}, **options)
    task = create_task(spec)
    train = open_dataset(spec.data, location)
    assert tokenizer_for(spec, task, train) is None
    blocks = packed(train, task)
    assert blocks[0]["input_ids"] == [1, 2, 3, 4, 5, 0, 6, 7]
    assert len(blocks) == 40 // 8, "documents with numbers outside the vocabulary are left out"
    assert len(train.budget.met) == 1


def test_too_few_documents_for_a_block_are_an_error(tmp_path: Path) -> None:
    _, task, train = packing_run(tmp_path, documents(1), sequence_length=4096)
    with pytest.raises(BadData, match=r"less than one block of 4096"):
        packed(train, task)


def test_without_pack_documents_stay_as_they_are(tmp_path: Path) -> None:
    _, task, train = packing_run(tmp_path, documents(3), pack=False)
    assert packed(train, task) is train
