"""However a model is spread over processes, it learns what one process learns."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rank_group import RankGroup, learn
from samples import documents, write_jsonl

from aidc_runtime.config.load import parse_spec
from aidc_runtime.data.tokenizer import keep_tokenizer, train_tokenizer
from aidc_runtime.exit_codes import BadSpec

RANKS = 4
CLOSE = 1e-5
STEPS = 5
CASES: dict[str, dict[str, Any]] = {
    "fsdp": {"parallel": {"strategy": "fsdp"}},
    "hsdp 2x2": {"parallel": {"strategy": "fsdp", "replicate": 2, "shard": 2}},
    "shard 2 x tensor 2": {"parallel": {"strategy": "fsdp", "shard": 2, "tensor": 2}},
    "replicate 2 x tensor 2": {"parallel": {"strategy": "fsdp", "replicate": 2, "tensor": 2}},
    "ddp": {"parallel": {"strategy": "ddp"}},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents of different lengths, and a tokenizer."""
    folder = tmp_path_factory.mktemp("spread")
    texts = [{"text": " ".join([record["text"]] * (1 + number % 4))} for number, record in enumerate(documents(60))]
    write_jsonl(folder / "train.jsonl", texts)
    keep_tokenizer(train_tokenizer([record["text"] for record in texts], 300, words=True), str(folder / "tokenizer"))
    return folder


@pytest.fixture(scope="module")
def ranks(folder: Path) -> Iterator[RankGroup]:
    with RankGroup(RANKS, folder) as ranks:
        yield ranks


class Runs:
    """Runs of one model with changed specs; those of one process are kept, as others are compared with them."""

    def __init__(self, folder: Path, ranks: RankGroup) -> None:
        self.folder, self.ranks = folder, ranks
        self.count = 0
        self.known: dict[str, dict[str, Any]] = {}

    def spec(self, **changes: dict[str, Any]) -> dict[str, Any]:
        self.count += 1
        config = {
            "model_type": "llama",
            "hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "intermediate_size": 64,
            "max_position_embeddings": 64,
        }
        values: dict[str, Any] = {
            "version": 1,
            "run": {"id": f"run-{self.count}", "output": str(self.folder / "runs")},
            "task": {"name": "causal_lm"},
            "model": {"config": config, "tokenizer": str(self.folder / "tokenizer")},
            "data": {"train": str(self.folder / "train.jsonl"), "format": "jsonl", "sequence_length": 64},
            "train": {"steps": STEPS, "global_batch": 8, "micro_batch": 8, "precision": "fp32"},
            "optimizer": {"lr": 0.003},
            "schedule": {"name": "constant"},
            "checkpoint": {"every_steps": 1000, "mode": "sync", "export": False},
        }
        for name, part in changes.items():
            values[name] = {**values.get(name, {}), **part}
        return values

    def alone(self, **changes: dict[str, Any]) -> dict[str, Any]:
        key = repr(changes)
        if key not in self.known:
            self.known[key] = learn(self.spec(**changes))
        return self.known[key]

    def together(self, **changes: dict[str, Any]) -> dict[str, Any]:
        """Rank 0's account; all ranks must tell the same losses."""
        answers = self.ranks.values(learn, self.spec(**changes))
        assert all(answer["losses"] == answers[0]["losses"] for answer in answers)
        return answers[0]

    def refused(self, **changes: dict[str, Any]) -> str:
        """The message with which all ranks refuse a spec."""
        answers = self.ranks.run(learn, self.spec(**changes))
        assert [fine for fine, _ in answers] == [False] * RANKS, "it must be refused"
        assert {value[0] for _, value in answers} == {"BadSpec"}, answers[0][1]
        return str(answers[0][1][1])

    def interrupted(self, name: str | None, **changes: dict[str, Any]) -> dict[str, Any]:
        """As `together` (`name` None: as `alone`), but told to stop after step 2, and started again."""
        spec = self.spec(**changes, **(CASES[name] if name else {}))
        parts = [self._one(name, spec, 2), self._one(name, spec, None)]
        assert len(parts[0]["losses"]) == 3
        return {key: parts[0][key] + parts[1][key] for key in parts[0]}

    def _one(self, name: str | None, spec: dict[str, Any], stop_after: int | None) -> dict[str, Any]:
        return learn(spec, stop_after) if name is None else self.ranks.values(learn, spec, stop_after)[0]


@pytest.fixture(scope="module")
def runs(folder: Path, ranks: RankGroup) -> Runs:
    return Runs(folder, ranks)


def same(account: dict[str, Any], expected: dict[str, Any], close: float = CLOSE) -> None:
    assert len(account["losses"]) == STEPS
    assert account["losses"] == pytest.approx(expected["losses"], abs=close)
    assert account["norms"] == pytest.approx(expected["norms"], rel=max(close, 1e-4))


@pytest.mark.parametrize("name", CASES)
def test_it_learns_what_one_process_learns(runs: Runs, name: str) -> None:
    expected = runs.alone()
    assert expected["losses"][-1] < expected["losses"][0] - 0.1
    same(runs.together(**CASES[name]), expected)


@pytest.mark.parametrize("name", ["fsdp", "shard 2 x tensor 2", "ddp"])
def test_also_when_the_batch_does_not_divide(runs: Runs, name: str) -> None:
    """7 samples over 4 or 2 processes, and documents of different lengths."""
    uneven = {"train": {"steps": STEPS, "global_batch": 7, "micro_batch": 8, "precision": "fp32"}}
    same(runs.together(**CASES[name], **uneven), runs.alone(**uneven))


@pytest.mark.parametrize("name", ["fsdp", "shard 2 x tensor 2"])
def test_and_when_some_processes_have_no_sample(runs: Runs, name: str) -> None:
    one = {"train": {"steps": STEPS, "global_batch": 1, "micro_batch": 8, "precision": "fp32"}}
    same(runs.together(**CASES[name], **one), runs.alone(**one))


@pytest.mark.parametrize("name", [None, "fsdp", "ddp", "shard 2 x tensor 2"])
def test_accumulated_small_batches_are_one_batch(runs: Runs, name: str | None) -> None:
    small = {"train": {"steps": STEPS, "global_batch": 8, "micro_batch": 1, "precision": "fp32"}}
    account = runs.alone(**small) if name is None else runs.together(**CASES[name], **small)
    same(account, runs.alone())


@pytest.mark.parametrize("name", [None, "fsdp", "ddp", "shard 2 x tensor 2"])
def test_recomputed_activations_change_nothing(runs: Runs, name: str | None) -> None:
    config = runs.spec()["model"] | {"activation_checkpointing": "blocks"}
    account = runs.alone(model=config) if name is None else runs.together(**CASES[name], model=config)
    same(account, runs.alone())


@pytest.mark.parametrize("name", [None, "fsdp", "ddp", "shard 2 x tensor 2"])
def test_bf16_is_close_and_learns(runs: Runs, name: str | None) -> None:
    bf16 = {"train": {"steps": STEPS, "global_batch": 8, "micro_batch": 8, "precision": "bf16"}}
    account = runs.alone(**bf16) if name is None else runs.together(**CASES[name], **bf16)
    assert account["losses"] == pytest.approx(runs.alone()["losses"], abs=0.03)
    assert account["losses"] != runs.alone()["losses"], "nothing was computed in bf16"


@pytest.mark.parametrize("name", [None, "fsdp", "shard 2 x tensor 2"])
def test_a_resume_goes_on_as_if_nothing_had_been(runs: Runs, name: str | None) -> None:
    same(runs.interrupted(name), runs.alone())


@pytest.mark.parametrize("name", [None, "fsdp", "ddp"])
def test_adapters_on_packed_documents_resume_too(runs: Runs, name: str | None) -> None:
    """Only adapters are in the checkpoint; what is frozen is built again, the same."""
    lora = {
        "model": runs.spec()["model"] | {"lora": {"rank": 4, "alpha": 8}},
        "data": {"pack": True, "sequence_length": 16},
    }
    expected = runs.alone(**lora)
    assert expected["losses"][-1] < expected["losses"][0]
    same(runs.interrupted(name, **lora), expected)


def test_blocks_are_computed_again_where_the_spec_says_so(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers.models.llama.modeling_llama import LlamaMLP

    passes, forward = [], LlamaMLP.forward
    monkeypatch.setattr(LlamaMLP, "forward", lambda self, x: (passes.append(1), forward(self, x))[1])
    for kind, expected in (("none", 1), ("blocks", 2)):
        passes.clear()
        learn(runs.spec(model=runs.spec()["model"] | {"activation_checkpointing": kind}))
        assert len(passes) == expected * STEPS * 2, kind


def test_compiled_blocks_learn_the_same(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Traced and run without code generation, which is torch's own and takes most of a minute on a CPU."""
    import torch

    compiled, compile_ = [], torch.nn.Module.compile
    monkeypatch.setattr(
        torch.nn.Module,
        "compile",
        lambda self: (compiled.append(type(self).__name__), compile_(self, backend="aot_eager")),
    )
    same(learn(runs.spec(model=runs.spec()["model"] | {"compile": True})), runs.alone())
    assert compiled == ["LlamaDecoderLayer"] * 2


def test_gradients_that_travel_as_bf16_are_close(runs: Runs) -> None:
    account = runs.together(parallel={"strategy": "ddp", "gradient_compression": "bf16"})
    assert account["losses"] == pytest.approx(runs.alone()["losses"], abs=0.02)
    assert account["losses"] != runs.together(**CASES["ddp"])["losses"], "nothing was compressed"


def test_gradients_of_low_rank_still_learn(runs: Runs) -> None:
    """PowerSGD begins at step 10."""
    longer = {"train": {"steps": 20, "global_batch": 8, "micro_batch": 8, "precision": "fp32"}}
    account = runs.together(parallel={"strategy": "ddp", "gradient_compression": "powersgd"}, **longer)
    plain = runs.alone(**longer)["losses"]
    assert account["losses"][:9] == pytest.approx(plain[:9], abs=CLOSE)
    assert account["losses"][12:] != pytest.approx(plain[12:], abs=CLOSE), "nothing was compressed"
    assert account["losses"][-1] < account["losses"][9] < account["losses"][0]


def test_fp8_needs_a_device_that_has_it(runs: Runs) -> None:
    fp8 = {"train": {"steps": STEPS, "global_batch": 8, "precision": "fp8"}}
    assert "the CPU has no fp8 units" in runs.refused(**fp8)


def test_tensor_parallelism_needs_heads_that_divide(runs: Runs) -> None:
    message = runs.refused(parallel={"strategy": "fsdp", "tensor": 4})
    assert message == "parallel.tensor 4 does not divide the model's 2 key/value heads"


def test_tensor_parallelism_does_not_pass_over_adapters(runs: Runs) -> None:
    """It would compute each matrix whole on all of them, in silence."""
    model = runs.spec()["model"] | {"lora": {"rank": 4}}
    with pytest.raises(BadSpec, match="lora"):
        parse_spec(json.dumps(runs.spec(parallel={"strategy": "fsdp", "tensor": 2}, model=model)))


def test_tensor_parallelism_needs_a_plan(runs: Runs) -> None:
    gpt2 = {"config": {"model_type": "gpt2", "n_embd": 16, "n_layer": 1, "n_head": 2}}
    model = {**runs.spec()["model"], **gpt2}
    message = runs.refused(parallel={"strategy": "fsdp", "shard": 2, "tensor": 2}, model=model)
    assert "no plan for tensor parallelism" in message


def test_degrees_must_make_the_number_of_processes(runs: Runs) -> None:
    message = runs.refused(parallel={"strategy": "fsdp", "shard": 3})
    assert "does not make 4 processes" in message
