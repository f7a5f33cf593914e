"""The finished model, as others load it: safetensors, config, tokenizer, report, and a manifest of all that."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_model
from torch import nn

from aidc_runtime.config import LaunchSpec
from aidc_runtime.data.locations import filesystem, join, patiently, read_bytes, remove_tree, scheme_of, write_bytes
from aidc_runtime.exit_codes import BadData, BadSpec
from aidc_runtime.tasks.task import Task

from .files import reader
from .loader import load
from .state import ModelState
from .store import CheckpointStore

MANIFEST = "MANIFEST.json"
SHARD = "5GB"
"""Larger models are split into files of at most this size."""
BLOCK = 1 << 22


def export_model(
    store: CheckpointStore,
    spec: LaunchSpec,
    task: Task,
    location: str,
    build: Callable[[], nn.Module],
    report: dict[str, Any] | None = None,
    step: int | None = None,
) -> dict[str, Any]:
    """Write the model of a checkpoint (default: the newest) below `location`, and return the manifest, which is written last.

    One process does it, on the CPU. `build` makes the model of the spec, whose weights are then replaced; adapters are merged
    into the weights. Raises BadSpec when there is no such checkpoint, or it is of another model; StorageAway.
    """
    newest = store.newest() if step is None else None
    step = newest[0] if newest else step
    commit = store.read(step) if step is not None else None
    if step is None or commit is None:
        raise BadSpec(f"{store.root} holds no whole checkpoint{'' if step is None else f' of step {step}'} to export")
    model = _load_model(store, step, build())
    with tempfile.TemporaryDirectory(prefix="aidc-export-") as folder:
        _write_model(model, task, Path(folder), report or {})
        manifest = {"version": 1, "run": spec.run.id, "step": step, "spec_hash": commit.spec_hash}
        manifest["files"] = {path.name: _facts(path) for path in sorted(Path(folder).iterdir())}
        _upload(Path(folder), location, manifest, store.storage_seconds)
    return manifest


def verify_export(location: str) -> dict[str, Any]:
    """Compare each file with the manifest, and return the manifest. Raises BadData with what differs."""
    try:
        manifest: dict[str, Any] = json.loads(read_bytes(join(location, MANIFEST)))
        expected = manifest["files"].items()
    except (FileNotFoundError, ValueError, KeyError, TypeError) as error:
        raise BadData(f"{location} is no whole export: its {MANIFEST} is missing or unreadable ({error})") from error
    faults = []
    for name, facts in expected:
        fs, path = filesystem(join(location, name))
        try:
            with fs.open(path, "rb") as file:
                found = _digest(file)
        except FileNotFoundError:
            faults.append(f"{name} is missing")
            continue
        if found != facts:
            faults.append(f"{name} has {found['size']} bytes, sha256 {found['sha256'][:12]}")
    if faults:
        raise BadData(f"{location} is not what its {MANIFEST} says: {'; '.join(faults)}. Export the run again")
    return manifest


def _load_model(store: CheckpointStore, step: int, model: nn.Module) -> nn.Module:
    """The model with the checkpoint's weights, adapters merged. What a checkpoint leaves out are frozen weights."""
    held = reader(store.folder(step), store.storage_seconds).read_metadata().state_dict_metadata
    weights = ModelState(model).state_dict()
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    absent = {name for name in weights if f"model.{name}" not in held}
    if absent & trained:
        names = ", ".join(sorted(absent & trained)[:3])
        raise BadSpec(f"{store.folder(step)} has no weights for {names}: it is of another model than the spec's")
    load(store, step, {"model": {name: value for name, value in weights.items() if name not in absent}}, None)
    merge: Any = getattr(model, "merge_and_unload", None)
    merged: nn.Module = merge() if callable(merge) else model
    return merged


def _write_model(model: nn.Module, task: Task, folder: Path, report: dict[str, Any]) -> None:
    model.eval()
    with torch.no_grad():
        save: Any = getattr(model, "save_pretrained", None)
        if save is not None:
            save(folder, max_shard_size=SHARD)
        else:
            save_model(model, str(folder / "model.safetensors"))
    if task.tokenizer is not None:
        task.tokenizer.save_pretrained(folder)
    (folder / "report.json").write_text(json.dumps(report, indent=1))


def _upload(folder: Path, location: str, manifest: dict[str, Any], seconds: float) -> None:
    """The old manifest goes first and the new one comes last: a manifest always speaks of whole files."""
    target = join(location, MANIFEST)
    patiently(lambda: remove_tree(target), seconds, f"removing {target}")
    fs, root = filesystem(location)
    if scheme_of(location) in ("file", "hdfs", "memory"):
        fs.makedirs(root, exist_ok=True)
    for name in manifest["files"]:
        put = partial(fs.put_file, str(folder / name), f"{root}/{name}")
        patiently(put, seconds, f"writing {location}/{name}")
    patiently(lambda: write_bytes(target, json.dumps(manifest, indent=1).encode()), seconds, f"writing {target}")


def _facts(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return _digest(file)


def _digest(file: Any) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    while block := file.read(BLOCK):
        digest.update(block)
        size += len(block)
    return {"size": size, "sha256": digest.hexdigest()}
