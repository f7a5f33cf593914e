"""Model and optimizer as checkpoints hold them: tensors by the name of their parameter, whatever the sharding."""

from typing import Any

from torch import nn
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)
from torch.distributed.checkpoint.stateful import Stateful
from torch.optim import Optimizer


class ModelState(Stateful):
    """`frozen` False leaves out parameters that are not trained: whoever builds the model brings them."""

    def __init__(self, model: nn.Module, frozen: bool = True) -> None:
        self.model = model
        self.options = StateDictOptions(ignore_frozen_params=not frozen, strict=frozen)

    def state_dict(self) -> dict[str, Any]:
        return get_model_state_dict(self.model, options=self.options)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        set_model_state_dict(self.model, state_dict, options=self.options)


class OptimizerState(Stateful):
    """Flattened: keys name parameters, not positions in groups, so that any world size can read it."""

    def __init__(self, model: nn.Module, optimizer: Optimizer) -> None:
        self.model, self.optimizer = model, optimizer
        self.options = StateDictOptions(flatten_optimizer_state_dict=True)

    def state_dict(self) -> dict[str, Any]:
        return get_optimizer_state_dict(self.model, self.optimizer, options=self.options)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        set_optimizer_state_dict(self.model, self.optimizer, state_dict, options=self.options)


def train_state(model: nn.Module, optimizer: Optimizer, frozen: bool = True) -> dict[str, Stateful]:
    """What `Saver.save` and `restore` take."""
    return {"model": ModelState(model, frozen), "optimizer": OptimizerState(model, optimizer)}
