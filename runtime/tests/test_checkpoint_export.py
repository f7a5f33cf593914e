"""The exported model is the checkpoint's, loads by itself, and its manifest tells when it is damaged."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from aidc_runtime.checkpoint.export import export_model, verify_export
from aidc_runtime.checkpoint.saver import Saver
from aidc_runtime.checkpoint.state import ModelState, train_state
from aidc_runtime.checkpoint.store import CheckpointStore
from aidc_runtime.config import LaunchSpec
from aidc_runtime.exit_codes import BadData, BadSpec

LLAMA = {
    "model_type": "llama",
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "vocab_size": 64,
    "tie_word_embeddings": True,
}


class FakeTask:
    """All that the export asks a task for."""

    def __init__(self, tokenizer: Any = None) -> None:
        self.tokenizer = tokenizer


def make_spec() -> LaunchSpec:
    parts = {
        "version": 1,
        "run": {"id": "one", "output": "/runs"},
        "task": {"name": "causal_lm"},
        "model": {"config": LLAMA},
        "data": {"train": "/data", "format": "text"},
        "train": {"steps": 1, "global_batch": 1},
    }
    return LaunchSpec.model_validate(parts)


def build_llama() -> nn.Module:
    from transformers import AutoConfig, AutoModelForCausalLM

    options = {name: value for name, value in LLAMA.items() if name != "model_type"}
    return AutoModelForCausalLM.from_config(AutoConfig.for_model("llama", **options))


def build_lora() -> nn.Module:
    import peft

    torch.manual_seed(3)
    return peft.get_peft_model(
        build_llama(), peft.LoraConfig(r=2, target_modules="all-linear", init_lora_weights=False)
    )


def save(model: nn.Module, store: CheckpointStore, frozen: bool = True) -> None:
    """Take a step, so that the weights are no longer those of `build`, and save."""
    optimizer = torch.optim.AdamW([part for part in model.parameters() if part.requires_grad], lr=0.1)
    model(input_ids=torch.arange(8)[None], labels=torch.arange(8)[None]).loss.backward()
    optimizer.step()
    saver = Saver(store, "sync", "hash", lambda info: None)
    saver.save(7, train_state(model, optimizer, frozen), {"samples": 1, "tokens": 8})
    saver.finish()


@pytest.fixture
def store(tmp_path: Path) -> CheckpointStore:
    return CheckpointStore(str(tmp_path / "run"), 3, 5)


def test_export(store: CheckpointStore, tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

    model = build_llama()
    save(model, store)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"a": 0, "b": 1}, unk_token="a")))
    location = str(tmp_path / "export")
    task: Any = FakeTask(tokenizer)
    manifest = export_model(store, make_spec(), task, location, build_llama, {"score": 0.5})
    assert (manifest["run"], manifest["step"], manifest["spec_hash"]) == ("one", 7, "hash")
    assert {"model.safetensors", "config.json", "tokenizer.json", "report.json"} <= set(manifest["files"])
    assert set(os.listdir(location)) == {*manifest["files"], "MANIFEST.json"}
    assert verify_export(location) == manifest
    assert json.loads((tmp_path / "export" / "report.json").read_text()) == {"score": 0.5}
    loaded = AutoModelForCausalLM.from_pretrained(location)
    ids = torch.arange(6)[None]
    torch.testing.assert_close(loaded(input_ids=ids).logits, model.eval()(input_ids=ids).logits)


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"{}"), lambda path: path.unlink()])
def test_damage_is_found(store: CheckpointStore, tmp_path: Path, damage: Any) -> None:
    save(build_llama(), store)
    task: Any = FakeTask()
    export_model(store, make_spec(), task, str(tmp_path / "export"), build_llama)
    damage(tmp_path / "export" / "config.json")
    with pytest.raises(BadData, match=r"config\.json"):
        verify_export(str(tmp_path / "export"))
    (tmp_path / "export" / "MANIFEST.json").unlink()
    with pytest.raises(BadData, match="no whole export"):
        verify_export(str(tmp_path / "export"))


@pytest.mark.parametrize("frozen", [True, False])
def test_adapters_are_merged(store: CheckpointStore, tmp_path: Path, frozen: bool) -> None:
    from transformers import AutoModelForCausalLM

    model = build_lora()
    save(model, store, frozen)
    task: Any = FakeTask()
    manifest = export_model(store, make_spec(), task, str(tmp_path / "export"), build_lora)
    assert not any("adapter" in name for name in manifest["files"])
    loaded = AutoModelForCausalLM.from_pretrained(str(tmp_path / "export"))
    ids = torch.arange(6)[None]
    expected = model.eval()(input_ids=ids).logits
    torch.testing.assert_close(loaded(input_ids=ids).logits, expected, rtol=1e-4, atol=1e-5)


def test_a_model_of_ones_own(store: CheckpointStore, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    model = nn.Linear(3, 2)
    saver = Saver(store, "sync", "hash", lambda info: None)
    saver.save(7, {"model": ModelState(model)}, {})
    task: Any = FakeTask()
    export_model(store, make_spec(), task, str(tmp_path / "export"), lambda: nn.Linear(3, 2))
    torch.testing.assert_close(load_file(tmp_path / "export" / "model.safetensors"), dict(model.state_dict()))


def test_another_model_or_none(store: CheckpointStore, tmp_path: Path) -> None:
    task: Any = FakeTask()
    with pytest.raises(BadSpec, match="no whole checkpoint"):
        export_model(store, make_spec(), task, str(tmp_path / "export"), lambda: nn.Linear(3, 2))
    saver = Saver(store, "sync", "hash", lambda info: None)
    saver.save(7, {"model": ModelState(nn.Linear(3, 2, bias=False))}, {})
    with pytest.raises(BadSpec, match="no weights for bias"):
        export_model(store, make_spec(), task, str(tmp_path / "export"), lambda: nn.Linear(3, 2))
    with pytest.raises(BadSpec, match="of step 8"):
        export_model(store, make_spec(), task, str(tmp_path / "export"), lambda: nn.Linear(3, 2), step=8)
