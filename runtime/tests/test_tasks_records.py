"""What tasks make of records, good and bad, and what they tell."""

import sys
import types
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from samples import TINY_LLAMA, make_spec

from aidc_runtime.data.dataset import Budget, Dataset
from aidc_runtime.data.tokenizer import train_tokenizer
from aidc_runtime.exit_codes import BadData, BadSpec
from aidc_runtime.tasks.pair_ranking import Ranking
from aidc_runtime.tasks.registry import BUILT_IN, create_task
from aidc_runtime.tasks.reports import LabelCounts
from aidc_runtime.tasks.shared import find_labels
from aidc_runtime.tasks.task import BadSample, Task
from aidc_runtime.tasks.token_classification import TagReports

WORDS = train_tokenizer(["Anna likes Lissabon and the film was great"] * 3, 60, words=True)
BYTES = train_tokenizer(["one two three"] * 9, 300, words=False)


def dataset(records: list[dict[str, Any]]) -> Dataset:
    return Dataset(["x"], [len(records)], lambda _: records, 1, Budget(0))


def task(name: str, records: list[dict[str, Any]] | None = None, **parts: Any) -> Any:
    made = create_task(make_spec(name, "memory://x", **parts), BYTES if name == "causal_lm" else WORDS)
    if records is not None:
        made.prepare(dataset(records))
    return made


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_tasks_are_made_by_name(name: str) -> None:
    assert isinstance(task(name), Task)


def test_tasks_of_the_user_are_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("my_tasks")
    kind = type(task("causal_lm"))
    module.Mine = type("Mine", (kind,), {})  # type: ignore[attr-defined]
    module.Half = type("Half", (Task,), {})  # type: ignore[attr-defined]
    module.NoTask = dict  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "my_tasks", module)
    assert type(task("my_tasks:Mine")).__name__ == "Mine"
    for name, message in {
        "my_tasks:Absent": "cannot be imported",
        "no_such_package:Task": "Is its package in the image",
        "my_tasks:NoTask": "a subclass of .*Task is needed",
        "my_tasks:Half": "lacks the methods collate, encode",
    }.items():
        with pytest.raises(BadSpec, match=message):
            task(name)


@pytest.mark.parametrize(
    ("name", "part", "message"),
    [
        ("causal_lm", {"columns": {"txt": "body"}}, "task.columns has txt; causal_lm reads text"),
        ("causal_lm", {"options": {"x": 1}}, r'task.options \["x"\] of causal_lm are unknown; it has end_token_id'),
        ("token_classification", {"options": {"scheme": "IOB3"}}, "scheme is 'IOB3'; one of IOB1"),
        ("image_classification", {"options": {"scale": 0}}, "a number above 0"),
        ("image_classification", {"options": {"shape": [8]}}, r"\[height, width\]"),
        ("pair_ranking", {"labels": ["a", "b"]}, "drop task.labels"),
        ("sequence_classification", {"labels": ["a"]}, "two labels"),
        ("sequence_classification", {"labels": ["a", "a"]}, "twice"),
    ],
)
def test_wrong_specs_are_refused(name: str, part: dict[str, Any], message: str) -> None:
    with pytest.raises(BadSpec, match=message):
        task(name, task=part)


SENTENCE = {"tokens": ["Anna", "likes", "Lissabon"], "tags": ["B-PER", "O", "B-LOC"]}
IMAGE = {"image": [[0, 1], [2, 3]], "label": "a"}
OTHER_IMAGE = {"image": [[3, 2], [1, 0]], "label": "b"}


@pytest.mark.parametrize(
    ("name", "known", "record", "message"),
    [
        ("causal_lm", [], {"body": "x"}, "no column 'text'; there are body"),
        ("causal_lm", [], {"text": 3}, "holds 3; needed is str"),
        ("causal_lm", [], {"text": ""}, "less than two tokens"),
        ("causal_lm", [], {"input_ids": [1, 10**6]}, "input_ids are not all whole numbers from 0 up to below"),
        ("causal_lm", [], {"prompt": "one " * 99, "completion": "x"}, "its prompt alone has"),
        ("token_classification", [SENTENCE], {"tokens": ["a"], "tags": []}, "1 tokens and 0 tags"),
        (
            "token_classification",
            [SENTENCE],
            {"tokens": ["a"], "tags": ["B-X"]},
            "label 'B-X' is none of O, B-LOC, B-PER",
        ),
        ("sequence_classification", [{"label": 0}, {"label": 1}], {"text": "x", "label": 7}, "label 7 is none of 0, 1"),
        ("pair_ranking", [], {"query": "a", "item": "b", "label": 4}, "label 4 is not between 0 and 1"),
        ("pair_ranking", [], {"query": "a", "label": 1}, "no column 'document'"),
        ("image_classification", [IMAGE, OTHER_IMAGE], {"image": [[1]], "label": "a"}, r"shape \(1, 1\)"),
        ("image_classification", [IMAGE, OTHER_IMAGE], {"image": [[1, 2], [3]], "label": "a"}, "no list of numbers"),
        ("image_classification", [IMAGE, OTHER_IMAGE], {"image": [1, 2, 3], "label": "a"}, r"shape \(3,\)"),
    ],
)
def test_bad_records_tell_what_is_wrong(name: str, known: list[dict[str, Any]], record: Any, message: str) -> None:
    made = task(name, known)
    with pytest.raises(BadSample, match=message):
        made.encode(record)


def test_only_completions_are_learned() -> None:
    made = task("causal_lm")
    sample = made.encode({"prompt": "one two", "completion": " three"})
    prompt = len(BYTES("one two")["input_ids"])
    assert sample["labels"] == [-100] * prompt + sample["input_ids"][prompt:]
    assert BYTES.decode(sample["input_ids"][prompt:]) == " three<|endoftext|>"


def test_long_documents_are_cut() -> None:
    made = task("causal_lm", data={"sequence_length": 8})
    assert len(made.encode({"text": "one two three " * 20})["input_ids"]) == 8


def test_the_loss_is_that_of_transformers() -> None:
    from learning import model_of

    made = task("causal_lm", model={"config": TINY_LLAMA})
    model = model_of(made)
    batch = made.collate([made.encode({"text": text}) for text in ("one two three", "two")], 2)
    outputs = model(**made.inputs(batch), labels=batch["labels"])
    torch.testing.assert_close(made.loss(outputs, batch) / made.weight(batch), outputs.loss)


def test_the_first_piece_of_a_word_has_its_label() -> None:
    made = task("token_classification", [SENTENCE])
    words = ["Lissa", "likes", "x"]
    pieces = WORDS(words, is_split_into_words=True)
    sample = made.encode({"tokens": words, "tags": ["B-LOC", "O", "B-PER"]})
    firsts = [pieces.word_ids().index(word) for word in range(3)]
    assert [sample["labels"][place] for place in firsts] == [1, 0, 2]
    assert sum(label != -100 for label in sample["labels"]) == 3
    assert len(sample["labels"]) > 5, "some word has more than one piece"


def test_words_behind_the_limit_are_reported() -> None:
    made = task("token_classification", [SENTENCE], data={"sequence_length": 8})
    sample = made.encode({"tokens": ["likes"] * 30, "tags": ["O"] * 30})
    assert len(sample["input_ids"]) == 8
    pieces = WORDS.tokenize("likes")
    cut = 30 - -(-6 // len(pieces))
    assert sample["cut"] == cut
    batch = made.collate([sample], 2)
    evaluation = made.evaluation()
    evaluation.add(SimpleNamespace(logits=torch.zeros(2, 8, 3)), batch, 1)
    assert evaluation.report()["words_cut"] == cut
    assert evaluation.report()["score"] == 0, "there are no entities"
    assert f"{cut} words lay behind" in evaluation.text()


def test_entities_are_judged_whole_while_labels_are_judged_alone() -> None:
    names = ["O", "B-PER", "I-PER", "B-LOC"]
    evaluation = TagReports(names, "IOB2")
    true = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-LOC", "O", "O"]]
    told = [["B-PER", "O", "O", "B-LOC"], ["O", "B-LOC", "O", "B-LOC"]]
    numbers = [[[names.index(tag) for tag in row] for row in rows] for rows in (true, told)]
    batch = {"labels": torch.tensor(numbers[0]), "cut": torch.zeros(2, dtype=torch.long)}
    logits = torch.nn.functional.one_hot(torch.tensor(numbers[1]), 4).float()
    evaluation.add(SimpleNamespace(logits=logits), batch, 2)
    report = evaluation.report()
    assert report["tokens"]["micro avg"]["f1-score"] == 6 / 8
    assert report["tokens"]["I-PER"]["recall"] == 0
    # Three entities are there, four are told, two of them right.
    assert report["entities"]["micro avg"]["precision"] == 2 / 4
    assert report["entities"]["micro avg"]["recall"] == 2 / 3
    assert report["score"] == pytest.approx(4 / 7)


def test_labels_without_marks_have_no_entities() -> None:
    evaluation = TagReports(["NOUN", "VERB"], "IOB2")
    batch = {"labels": torch.tensor([[0, 1]]), "cut": torch.zeros(1, dtype=torch.long)}
    evaluation.add(SimpleNamespace(logits=torch.eye(2)[None]), batch, 1)
    assert "entities" not in evaluation.report()
    assert evaluation.report()["score"] == 1


def test_label_counts_equal_the_report_of_scikit_learn() -> None:
    from sklearn.metrics import classification_report

    generator = torch.Generator().manual_seed(0)
    true, told = (torch.randint(0, 3, (50,), generator=generator) for _ in range(2))
    evaluation = LabelCounts(["a", "b", "c"])
    evaluation.count(true, told)
    reference = classification_report(true, told, target_names=["a", "b", "c"], output_dict=True)
    report = evaluation.report()
    assert report["accuracy"] == pytest.approx(reference["accuracy"])
    for name in ("a", "b", "c", "macro avg", "weighted avg"):
        assert report["labels"][name] == pytest.approx(reference[name])


def test_rankings_are_judged_within_their_groups() -> None:
    evaluation = Ranking()
    group = torch.tensor([2**62, 2**62, 2**62, 5, 5, 7])
    labels = torch.tensor([0.0, 1.0, 0.0, 1.0, 0.0, 0.0])
    logits = torch.tensor([-1.0, -2.0, -3.0, -8.0, -9.0, 3.0])
    evaluation.add(SimpleNamespace(logits=logits[:, None]), {"group": group, "labels": labels}, 6)
    report = evaluation.report()
    # Second in its group, and first in its group; the third group has none that fits.
    assert report["mrr"] == pytest.approx((1 / 2 + 1) / 2)
    assert report["ndcg"] == pytest.approx((1 / torch.log2(torch.tensor(3.0)).item() + 1) / 2)
    # Of eight pairs of a fitting with another, those of -2 above -3 and -9, and -8 above -9.
    assert report["auc"] == pytest.approx(3 / 8)


def test_an_auc_of_one_kind_of_labels_is_none() -> None:
    evaluation = Ranking()
    batch = {"group": torch.tensor([1, 1]), "labels": torch.ones(2)}
    evaluation.add(SimpleNamespace(logits=torch.zeros(2, 1)), batch, 2)
    assert evaluation.report()["auc"] is None
    assert evaluation.report()["score"] == evaluation.report()["ndcg"]


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["b", "O", "a", None], ["O", "a", "b"]),
        ([10, 9, 1.0, "2"], ["1", "2", "9", "10"]),
        ([True, False], ["False", "True"]),
    ],
)
def test_labels_are_found_in_a_fixed_order(values: list[Any], names: list[str]) -> None:
    assert find_labels(make_spec("sequence_classification", "/x"), values).names == names


def test_numbers_stand_for_given_labels() -> None:
    made = task("sequence_classification", [], task={"labels": ["neg", "pos"]})
    assert [made.encode({"text": "film", "label": label})["labels"] for label in (1, "pos", 0)] == [1, 1, 0]


def test_one_label_is_none_to_learn() -> None:
    with pytest.raises(BadData, match=r"two labels are needed"):
        task("sequence_classification", [{"text": "a", "label": "x"}])


def test_other_names_of_columns() -> None:
    made = task("sequence_classification", [{"y": "a"}, {"y": "b"}], task={"columns": {"text": "body", "label": "y"}})
    assert made.encode({"body": "the film", "y": "b"})["labels"] == 1


def test_pairs_of_texts_have_types() -> None:
    made = task("sequence_classification", [{"label": 0}, {"label": 1}])
    sample = made.encode({"text": "the film", "text_pair": "great", "label": 1})
    assert made.collate([sample], 1)["token_type_ids"].sum() > 0


@pytest.mark.parametrize(
    ("image", "options", "shape"),
    [
        ([[0, 1, 2], [3, 4, 5]], {}, (1, 2, 3)),
        ([[[0, 1]], [[2, 3]]], {}, (2, 1, 2)),
        ([0, 1, 2, 3, 4, 5], {"shape": [3, 2], "scale": 5}, (1, 3, 2)),
    ],
)
def test_images_of_lists(image: Any, options: dict[str, Any], shape: tuple[int, int, int]) -> None:
    records = [{"image": image, "label": label} for label in "ab"]
    made = task("image_classification", records, task={"options": options})
    batch = made.collate([made.encode(records[1])], 2)
    assert batch["pixel_values"].shape == (2, *shape)
    assert batch["pixel_values"].dtype == torch.float32
    assert batch["pixel_values"][0].max() == torch.tensor(image).max() / options.get("scale", 1)
    assert made.model_config()["num_channels"] == shape[0]


def test_flat_images_need_a_shape() -> None:
    with pytest.raises(BadSpec, match=r"set task.options.shape"):
        task("image_classification", [{"image": [1, 2], "label": "a"}])


def test_models_know_the_tokenizer_and_the_labels() -> None:
    config = task("token_classification", [SENTENCE]).model_config()
    assert config["vocab_size"] == len(WORDS)
    assert config["id2label"] == {0: "O", 1: "B-LOC", 2: "B-PER"}
    large = {"model_type": "bert", "vocab_size": 5000}
    assert "vocab_size" not in task("token_classification", [SENTENCE], model={"config": large}).model_config()
    with pytest.raises(BadSpec, match=r"vocab_size is 10, the tokenizer has"):
        task("causal_lm", model={"config": {"model_type": "llama", "vocab_size": 10}}).model_config()


def test_sizes_of_pretrained_weights_are_kept() -> None:
    model = {"config": None, "weights": "memory://weights"}
    assert set(task("causal_lm", model=model).model_config()) == {"pad_token_id"}
