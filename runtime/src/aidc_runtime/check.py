"""`aidc-run check`: what can be said of a run before it starts."""

import sys

import torch

from aidc_runtime.config import LaunchSpec
from aidc_runtime.data.locations import list_files
from aidc_runtime.exit_codes import BadData, BadSpec, ExitCode, RunError
from aidc_runtime.train.world import Layout, layout_of

BYTES_OF_STATE = {"adamw": 12, "sgd": 8, "adafactor": 4.5}
"""Of a learned parameter: itself in fp32 and what the optimizer keeps (adafactor: a row and a column for each matrix)."""
BYTES_OF_GRADIENT = 4


def check(spec: LaunchSpec, offline: bool, processes: int | None = None) -> int:
    """Print what a run will need; the exit code of the first thing that cannot work."""
    size = processes or spec.resilience.max_nodes * max(1, torch.cuda.device_count())
    layout = layout_of(spec.parallel, size)
    print(
        f"run {spec.run.id}: {spec.train.steps} steps of {spec.train.global_batch} samples on {size} processes {layout}"
    )
    needed = state_bytes(spec, layout)
    if needed is not None:
        print(f"weights, gradients and optimizer: {needed / 2**30:.2f} GiB on each device, before activations")
        _check_device(needed)
    if not offline:
        for what, location in (("data.train", spec.data.train), ("data.eval", spec.data.eval)):
            if location is not None:
                _check_reach(what, location)
    print("the spec is good")
    return int(ExitCode.DONE)


def state_bytes(spec: LaunchSpec, layout: Layout) -> float | None:
    """Bytes of weights, gradients and optimizer on one device; None for models that only the image knows."""
    if spec.model.config is None:
        return None
    from huggingface_hub.errors import StrictDataclassError
    from transformers import AutoConfig, AutoModel

    values = dict(spec.model.config)
    kind = values.pop("model_type")
    try:
        with torch.device("meta"):
            model = AutoModel.from_config(AutoConfig.for_model(kind, **values))
    except (ValueError, TypeError, KeyError, StrictDataclassError) as error:
        raise BadSpec(f"model.config of type {kind!r} does not work: {error}") from error
    count = sum(parameter.numel() for parameter in model.parameters())
    each = BYTES_OF_STATE[spec.optimizer.name] + BYTES_OF_GRADIENT
    if spec.model.lora is not None:
        # What is frozen has no gradient and no state; adapters are small beside it.
        each = 4
    return count * each / (layout.shard * layout.tensor)


def _check_device(needed: float) -> None:
    if not torch.cuda.is_available():
        return
    there = torch.cuda.get_device_properties(0).total_memory
    if needed > there:
        raise BadSpec(
            f"the model needs {needed / 2**30:.1f} GiB on each device before activations, and {torch.cuda.get_device_name(0)} has "
            f"{there / 2**30:.1f}; raise parallel.shard or parallel.tensor, or train with model.lora"
        )


def _check_reach(what: str, location: str) -> None:
    try:
        files = list_files(location)
    except RunError:
        raise
    except Exception as error:
        raise BadSpec(f"{what} {location} cannot be reached: {error}") from error
    if not files:
        raise BadData(f"{what} {location} holds no files")
    print(f"{what}: {len(files)} files, {sum(size for _, size in files) / 2**20:.1f} MiB", file=sys.stdout)
