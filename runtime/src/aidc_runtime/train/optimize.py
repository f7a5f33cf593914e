"""Optimizer and learning rate."""

import math
from collections.abc import Callable, Iterable

import torch
from torch import nn
from torch.distributed.tensor import DTensor
from torch.optim import SGD, Adafactor, AdamW, Optimizer

from aidc_runtime.config import LaunchSpec
from aidc_runtime.config import Optimizer as OptimizerSpec
from aidc_runtime.model.build import trainable


def make_optimizer(model: nn.Module, spec: OptimizerSpec, device: torch.device) -> Optimizer:
    """The optimizer of the parameters that are learned; matrices decay, biases and norms do not."""
    parameters = [parameter for _, parameter in trainable(model)]
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": spec.weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if spec.name == "adamw":
        return AdamW(groups, lr=spec.lr, betas=spec.betas, fused=device.type == "cuda")
    if spec.name == "sgd":
        return SGD(groups, lr=spec.lr, momentum=spec.momentum)
    return Adafactor(groups, lr=spec.lr)


def learning_rate(spec: LaunchSpec) -> Callable[[int], float]:
    """Learning rate of a step, from 0: a pure function, so that a resume needs no state. The curves are those of transformers."""
    from transformers import get_scheduler

    schedule, steps = spec.schedule, spec.train.steps
    name = {
        "constant": "constant_with_warmup",
        "linear": "linear",
        "cosine": "cosine_with_min_lr",
        "wsd": "warmup_stable_decay",
    }[schedule.name]
    more = {
        "cosine": {"min_lr_rate": schedule.min_ratio},
        "wsd": {"num_decay_steps": schedule.decay_steps, "min_lr_ratio": schedule.min_ratio},
    }.get(schedule.name, {})
    scheduler = get_scheduler(
        name,
        SGD([torch.zeros(1)], lr=1.0),
        num_warmup_steps=schedule.warmup_steps,
        num_training_steps=steps,
        scheduler_specific_kwargs=more,
    )
    ratio = scheduler.lr_lambdas[0]
    # Counted from 1 while it rises, or the first step would be wasted on a rate of 0.
    return lambda step: spec.optimizer.lr * ratio(step + 1 if step < schedule.warmup_steps else step)


def clip_gradients(parameters: Iterable[nn.Parameter], limit: float | None) -> float:
    """Norm of all gradients over all processes; where it is above the limit, they are scaled down to it."""
    parameters = [parameter for parameter in parameters if parameter.grad is not None]
    norm = _total_norm(parameters)
    value = float(norm)
    if limit is not None and math.isfinite(value):
        for of_mesh in _by_mesh(parameters).values():
            torch.nn.utils.clip_grads_with_norm_(of_mesh, limit, norm)
    return value


def _total_norm(parameters: list[nn.Parameter]) -> torch.Tensor:
    norms = []
    for of_mesh in _by_mesh(parameters).values():
        norm = torch.nn.utils.get_total_norm([parameter.grad for parameter in of_mesh])  # type: ignore[misc]
        norms.append(norm.full_tensor() if isinstance(norm, DTensor) else norm)
    return torch.linalg.vector_norm(torch.stack(norms))


def _by_mesh(parameters: list[nn.Parameter]) -> dict[int, list[nn.Parameter]]:
    """Tensors that lie on different meshes cannot be reduced together."""
    groups: dict[int, list[nn.Parameter]] = {}
    for parameter in parameters:
        mesh = parameter.device_mesh if isinstance(parameter, DTensor) else None
        groups.setdefault(hash(mesh), []).append(parameter)
    return groups


class LossScale:
    """Factor of the loss that keeps fp16 gradients from vanishing: halved where they overflow, doubled when they long did not."""

    GROW_AFTER = 2000

    def __init__(self, enabled: bool) -> None:
        self.value = 2.0**16 if enabled else 1.0
        self._enabled = enabled
        self._good = 0

    @property
    def can_shrink(self) -> bool:
        return self._enabled and self.value > 1

    def undo(self, parameters: Iterable[nn.Parameter]) -> None:
        """Divide the gradients by the factor again."""
        if self._enabled:
            for parameter in parameters:
                if parameter.grad is not None:
                    parameter.grad.div_(self.value)

    def adapt(self, good: bool) -> None:
        """After each step: whether its gradients were numbers."""
        if not self._enabled:
            return
        self._good = self._good + 1 if good else 0
        if not good:
            self.value = max(1.0, self.value / 2)
        elif self._good % self.GROW_AFTER == 0:
            self.value *= 2
