"""Models from configs, weights and import paths. All are built whole and in fp32 on the CPU; spreading them is a step of its own."""

import importlib
import json
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import nn

from aidc_runtime.config import LaunchSpec
from aidc_runtime.config import Model as ModelSpec
from aidc_runtime.data.locations import filesystem, list_files, read_bytes
from aidc_runtime.exit_codes import BadSpec
from aidc_runtime.tasks.task import Task


def build_model(spec: LaunchSpec, task: Task) -> nn.Module:
    """The spec's model with the task's head. The same spec gives the same weights in every process and on any number of them.

    Raises BadSpec when there is no such model, or its config does not fit.
    """
    torch.manual_seed(spec.run.seed)
    if spec.model.import_path is not None:
        return _imported(spec.model.import_path, spec, task)
    model = _pretrained(spec.model, task) if spec.model.weights else _from_config(spec.model.config or {}, task)
    return _with_adapters(model, spec) if spec.model.lora else model


def _from_config(config: dict[str, Any], task: Task) -> nn.Module:
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig

    values = {**config, **task.model_config()}
    kind = values.pop("model_type")
    try:
        made = AutoConfig.for_model(kind, **values)
        return _head(task).from_config(made)
    except (ValueError, TypeError, KeyError, StrictDataclassError) as error:
        raise BadSpec(f"model.config of type {kind!r} with {task.model_class()} does not work: {error}") from error


def _pretrained(model: ModelSpec, task: Task) -> nn.Module:
    location = str(model.weights)
    with tempfile.TemporaryDirectory(prefix="aidc-weights-") as folder:
        fetch_folder(location, Path(folder))
        path = Path(folder) / "config.json"
        if not path.exists():
            raise BadSpec(f"model.weights {location} holds no config.json; it needs that and *.safetensors")
        config = {**json.loads(path.read_text()), **(model.config or {}), **task.model_config()}
        path.write_text(json.dumps(config))
        return _head(task).from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32, ignore_mismatched_sizes=True
        )


def fetch_folder(location: str, folder: Path) -> None:
    """Copy the files right below a location into a local folder."""
    root = filesystem(location)[1].rstrip("/")
    for name, _ in list_files(location):
        inside = filesystem(name)[1]
        if "/" not in inside[len(root) :].lstrip("/"):
            (folder / Path(inside).name).write_bytes(read_bytes(name))


def _head(task: Task) -> Any:
    import transformers

    return getattr(transformers, task.model_class())


def _imported(path: str, spec: LaunchSpec, task: Task) -> nn.Module:
    module, _, name = path.partition(":")
    try:
        make = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise BadSpec(f"model.import_path {path!r} cannot be imported: {error}") from error
    model = make(spec, task)
    if not isinstance(model, nn.Module):
        raise BadSpec(f"model.import_path {path!r} returned {type(model).__name__}; a torch.nn.Module is needed")
    return model


def _with_adapters(model: nn.Module, spec: LaunchSpec) -> nn.Module:
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise BadSpec("model.lora needs the package peft in the image: aidc-runtime[lora]") from error
    lora = spec.model.lora
    assert lora is not None
    return get_peft_model(
        model,  # type: ignore[arg-type]
        LoraConfig(
            r=lora.rank,
            lora_alpha=lora.alpha,
            lora_dropout=lora.dropout,
            target_modules=lora.target_modules,
            # The head of a classifier is new, so it is trained whole.
            modules_to_save=None if spec.task.name == "causal_lm" else ["classifier", "score"],
        ),
    )


def blocks_of(model: nn.Module) -> list[nn.Module]:
    """The model's repeated blocks, outermost first: what is sharded, compiled and recomputed one by one."""
    names = set(getattr(model, "_no_split_modules", None) or ())
    blocks = [module for module in model.modules() if type(module).__name__ in names]
    if blocks:
        return [block for block in blocks if not any(block is not other and _holds(other, block) for other in blocks)]
    lists = [module for module in model.modules() if isinstance(module, nn.ModuleList)]
    longest = max(lists, key=len, default=None)
    return list(longest) if longest is not None else []


def _holds(outer: nn.Module, inner: nn.Module) -> bool:
    return any(module is inner for module in outer.modules())


def trainable(model: nn.Module) -> list[tuple[str, nn.Parameter]]:
    """Parameters that are learned, by name."""
    return [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
