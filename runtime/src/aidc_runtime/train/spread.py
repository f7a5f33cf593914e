"""A whole model, spread over the processes: DDP, FSDP2, HSDP and tensor parallelism."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import nn
from torch.distributed.device_mesh import DeviceMesh
from torch.nn.parallel import DistributedDataParallel

from aidc_runtime.config import LaunchSpec
from aidc_runtime.exit_codes import BadSpec
from aidc_runtime.model.build import blocks_of

from .world import Layout, World, mesh_of

COMPUTE_TYPE = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16, "fp8": torch.bfloat16}


@dataclass(frozen=True)
class Spread:
    """A model that is ready for training."""

    module: nn.Module
    """What is called: the model, or what wraps it."""
    model: nn.Module
    """What is saved."""
    compute: torch.dtype
    device: torch.device
    sharded: bool

    def autocast(self) -> AbstractContextManager[None]:
        """Around a forward pass. FSDP casts by itself."""
        if self.sharded or self.compute is torch.float32:
            return nullcontext()
        return torch.autocast(self.device.type, dtype=self.compute)  # type: ignore[return-value]

    def accumulate(self, last: bool) -> AbstractContextManager[None]:
        """Around a pass: gradients travel with the last one of a step only."""
        if self.sharded:
            self.module.set_requires_gradient_sync(last)  # type: ignore[operator]
            return nullcontext()
        if last or not isinstance(self.module, DistributedDataParallel):
            return nullcontext()
        return self.module.no_sync()


def spread(model: nn.Module, spec: LaunchSpec, world: World, layout: Layout) -> Spread:
    """Move a model onto the devices as the spec says. Raises BadSpec for what the model or the device cannot do."""
    if spec.model.activation_checkpointing == "blocks":
        _recompute(model)
    if spec.train.precision == "fp8":
        _use_fp8(model, world.device)
    compute = COMPUTE_TYPE[spec.train.precision]
    mesh = mesh_of(layout, world.device) if world.size > 1 and spec.parallel.strategy == "fsdp" else None
    if mesh is not None and layout.tensor > 1:
        _split_matrices(model, mesh["tensor"])
    if spec.model.compile:
        for block in blocks_of(model):
            block.compile()
    if mesh is None:
        _narrow_frozen(model, compute)
        module = model.to(world.device)
        if world.size > 1:
            module = _replicated(model, spec, world)
        return Spread(module, model, compute, world.device, sharded=False)
    _shard(model, mesh, layout, compute)
    return Spread(model, model, compute, world.device, sharded=True)


def _replicated(model: nn.Module, spec: LaunchSpec, world: World) -> DistributedDataParallel:
    from torch.distributed.algorithms.ddp_comm_hooks import default_hooks
    from torch.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as power

    ids = [world.local_rank] if world.device.type == "cuda" else None
    module = DistributedDataParallel(model, device_ids=ids, gradient_as_bucket_view=True, broadcast_buffers=False)
    if spec.parallel.gradient_compression == "bf16":
        module.register_comm_hook(None, default_hooks.bf16_compress_hook)
    elif spec.parallel.gradient_compression == "powersgd":
        # Its error feedback is not part of checkpoints: after a resume it starts again from nothing.
        state = power.PowerSGDState(None, matrix_approximation_rank=4, start_powerSGD_iter=10)
        module.register_comm_hook(state, power.powerSGD_hook)
    return module


def _shard(model: nn.Module, mesh: DeviceMesh, layout: Layout, compute: torch.dtype) -> None:
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    over = mesh["replicate", "shard"] if layout.replicate > 1 else mesh["shard"]
    # Sums of gradients stay fp32, whatever the passes compute in.
    policy = MixedPrecisionPolicy(param_dtype=compute, reduce_dtype=torch.float32)
    for block in blocks_of(model):
        fully_shard(block, mesh=over, mp_policy=policy)
    # What is left - embeddings, which heads may share - is one group.
    fully_shard(model, mesh=over, mp_policy=policy)


def _split_matrices(model: nn.Module, mesh: DeviceMesh) -> None:
    from torch.distributed.tensor.parallel import ColwiseParallel, RowwiseParallel, parallelize_module

    styles = {"colwise": ColwiseParallel, "rowwise": RowwiseParallel}
    base = getattr(model, "base_model", model)
    named = getattr(base.config, "base_model_tp_plan", None) if hasattr(base, "config") else None
    plan = {name: styles[style]() for name, style in (named or {}).items() if style in styles}
    if not plan or len(plan) != len(named or {}):
        unknown = sorted({style for style in (named or {}).values() if style not in styles})
        raise BadSpec(
            f"parallel.tensor: {type(base).__name__} has no plan for tensor parallelism that is known here"
            + (f" (unknown: {', '.join(unknown)})" if unknown else "")
            + "; use shard instead"
        )
    heads = getattr(base.config, "num_key_value_heads", None) or base.config.num_attention_heads
    if heads % mesh.size() != 0:
        raise BadSpec(f"parallel.tensor {mesh.size()} does not divide the model's {heads} key/value heads")
    parallelize_module(base, mesh, plan)


def _recompute(model: nn.Module) -> None:
    enable = getattr(model, "activation_checkpointing_enable", None)
    if enable is None:
        raise BadSpec(f"model.activation_checkpointing: {type(model).__name__} cannot; set it to none")
    enable(activation_checkpointing_kwargs={"use_reentrant": False})


def _narrow_frozen(model: nn.Module, compute: torch.dtype) -> None:
    """Weights that are not learned need no precision beyond that of the passes: half the memory, and no cast in each pass."""
    for parameter in model.parameters():
        if not parameter.requires_grad:
            parameter.data = parameter.data.to(compute)


def _use_fp8(model: nn.Module, device: torch.device) -> None:
    if device.type != "cuda" or torch.cuda.get_device_capability(device) < (8, 9):
        name = torch.cuda.get_device_name(device) if device.type == "cuda" else "the CPU"
        raise BadSpec(f"train.precision fp8: {name} has no fp8 units (Ada, Hopper and later have); use bf16")
    try:
        from torchao.float8 import convert_to_float8_training
    except ImportError as error:
        raise BadSpec("train.precision fp8 needs the package torchao in the image: aidc-runtime[fp8]") from error

    def fits(module: nn.Module, name: str) -> bool:
        # The units take multiples of 16; heads are left exact.
        return isinstance(module, nn.Linear) and "head" not in name and not any(n % 16 for n in module.weight.shape)

    convert_to_float8_training(model, module_filter_fn=fits)
