"""The processes of a run, and how they are arranged."""

import math
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch.distributed.device_mesh import DeviceMesh, init_device_mesh

from aidc_runtime.checkpoint.ranks import gather
from aidc_runtime.config import Parallel
from aidc_runtime.exit_codes import BadSpec, FabricBroken


@dataclass(frozen=True)
class World:
    """This process among all of the run."""

    rank: int
    size: int
    local_rank: int
    local_size: int
    device: torch.device
    group: Any = None
    """Group over the CPUs for what is agreed beside the training; None in a world of one."""

    @property
    def node(self) -> int:
        return self.rank // self.local_size

    @property
    def nodes(self) -> int:
        return math.ceil(self.size / self.local_size)

    def total(self, values: list[float]) -> list[float]:
        """Sums over all processes, by position. Every process must call it, with as many values."""
        if self.group is None:
            return values
        tensor = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(tensor, group=self.group)
        return tensor.tolist()

    def gather(self, value: Any) -> list[Any]:
        """What every process says, by rank."""
        return gather(self.group, value)

    def wait(self) -> None:
        """Until every process is here."""
        if self.group is not None:
            dist.barrier(group=self.group)

    def traffic(self) -> None:
        """Send 64 MiB around all processes, device to device: what the fabric's counters must see."""
        load = torch.ones(16 << 20, device=self.device)
        dist.all_reduce(load)
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def leave(self) -> None:
        """Close the connections to the others."""
        if self.group is not None:
            dist.destroy_process_group()


def join_world(hang_seconds: float) -> World:
    """Join the process group that the environment describes (as torch elastic sets it); without one, a world of one.

    Raises FabricBroken when the devices of the group cannot reach each other.
    """
    rank, size = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    local_rank, local_size = int(os.environ.get("LOCAL_RANK", "0")), int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    device = torch.device("cuda", local_rank) if torch.cuda.is_available() else torch.device("cpu")
    if device.type == "cuda":
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")
    if "RANK" not in os.environ:
        return World(rank, size, local_rank, local_size, device)
    backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
    timeout = timedelta(seconds=hang_seconds)
    try:
        dist.init_process_group(backend, timeout=timeout, device_id=device if device.type == "cuda" else None)
    except dist.DistBackendError as error:
        raise FabricBroken(f"the processes' devices cannot be joined: {error}") from error
    group = dist.new_group(backend="gloo", timeout=timeout)
    return World(rank, size, local_rank, local_size, device, group)


@dataclass(frozen=True)
class Layout:
    """How many processes share what. Their product is the world's size."""

    replicate: int
    shard: int
    tensor: int

    @property
    def data_size(self) -> int:
        """Processes that read different samples."""
        return self.replicate * self.shard

    def data_rank(self, rank: int) -> int:
        """Which of them a process is: the tensor dimension varies fastest."""
        return rank // self.tensor


def layout_of(parallel: Parallel, size: int) -> Layout:
    """Dimensions for a world of so many processes. Raises BadSpec where they do not divide it."""
    tensor = parallel.tensor
    replicate = parallel.replicate if isinstance(parallel.replicate, int) else None
    shard = parallel.shard if isinstance(parallel.shard, int) else None
    if parallel.strategy == "ddp":
        replicate, shard = replicate or size, 1
    elif shard is None:
        replicate = replicate or 1
        shard = size // (replicate * tensor)
    else:
        replicate = replicate or max(1, size // (shard * tensor))
    if replicate * shard * tensor != size:
        raise BadSpec(
            f"parallel: replicate {parallel.replicate} x shard {parallel.shard} x tensor {tensor} does not make {size} processes; "
            "leave one of replicate and shard to auto, or change the number of nodes"
        )
    return Layout(replicate, shard, tensor)


def mesh_of(layout: Layout, device: torch.device) -> DeviceMesh:
    """The processes as a grid of (replicate, shard, tensor)."""
    shape = (layout.replicate, layout.shard, layout.tensor)
    return init_device_mesh(device.type, shape, mesh_dim_names=("replicate", "shard", "tensor"))
