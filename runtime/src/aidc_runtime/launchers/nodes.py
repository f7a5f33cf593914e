"""Who takes part: number of nodes and processes, and where they meet. Read from the environment that the pod was given."""

import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aidc_runtime.exit_codes import BadSpec, FabricBroken

if TYPE_CHECKING:
    from aidc_runtime.config import LaunchSpec


OPTIONS = {"join_seconds": 600.0, "last_call_seconds": 5.0}
"""`launcher.options` with their defaults: how long pods wait for each other, and, once there are enough, for more to come."""


def option(spec: "LaunchSpec", name: str) -> float:
    """A number of `launcher.options`. Raises BadSpec, also where another is misspelt."""
    options = spec.launcher.options
    if unknown := set(options) - set(OPTIONS):
        raise BadSpec(f"launcher.options has {', '.join(sorted(unknown))}; torch knows {', '.join(OPTIONS)}")
    value = options.get(name, OPTIONS[name])
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise BadSpec(f"launcher.options.{name} is {value!r}: a number of seconds above 0 is needed")
    return float(value)


@dataclass(frozen=True)
class Nodes:
    """The group of pods, as torch elastic needs it."""

    least: int
    most: int
    processes: int
    """In this pod."""
    endpoint: str
    """`host:port` of the rendezvous; port 0: any free one (of this pod alone)."""
    hosts: bool | None
    """Whether this pod keeps the rendezvous; None: its host name decides."""
    run_id: str


def nodes_of(spec: "LaunchSpec", devices: Callable[[], int], environment: Mapping[str, str] = os.environ) -> Nodes:
    """From PET_NNODES, PET_NPROC_PER_NODE, PET_NODE_RANK, PET_RDZV_ENDPOINT (or Kubeflow's PET_MASTER_ADDR and PET_MASTER_PORT)
    and PET_RDZV_ID; what is missing, from the spec. `devices`: number of GPUs. Raises BadSpec."""
    least, most = _range(environment.get("PET_NNODES", ""), spec)
    processes = environment.get("PET_NPROC_PER_NODE", "auto")
    count = max(1, devices()) if processes in ("auto", "gpu") else _number("PET_NPROC_PER_NODE", processes)
    run_id = environment.get("PET_RDZV_ID") or spec.run.id
    if most == 1:
        return Nodes(1, 1, count, "localhost:0", True, run_id)
    endpoint = environment.get("PET_RDZV_ENDPOINT") or environment.get("PET_MASTER_ADDR")
    if not endpoint:
        raise BadSpec(f"PET_NNODES allows {most} nodes, but PET_RDZV_ENDPOINT (host:port of the first) is not set")
    if ":" not in endpoint:
        endpoint = f"{endpoint}:{environment.get('PET_MASTER_PORT', '29500')}"
    rank = environment.get("PET_NODE_RANK")
    return Nodes(least, most, count, endpoint, None if rank is None else rank == "0", run_id)


def _range(text: str, spec: "LaunchSpec") -> tuple[int, int]:
    if not text:
        return spec.resilience.min_nodes, spec.resilience.max_nodes
    low, _, high = text.partition(":")
    least = _number("PET_NNODES", low)
    most = _number("PET_NNODES", high) if high else least
    if least > most:
        raise BadSpec(f"PET_NNODES is {text!r}: the least number of nodes stands first")
    return least, most


def _number(name: str, text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise BadSpec(f"{name} is {text!r}: a number from 1 on is needed")
    return int(text)


def wait_for(endpoint: str, seconds: float) -> None:
    """Wait until someone listens at `host:port`: other pods start later, and their names are known later still.

    Raises FabricBroken."""
    host, _, port = endpoint.rpartition(":")
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
            return
        except OSError as error:
            if time.monotonic() >= end:
                raise FabricBroken(
                    f"nobody listens at {endpoint} after {seconds:g} seconds ({error}): did the first pod start, and do "
                    "the network policy and security group let pods of the run reach each other?"
                ) from error
        time.sleep(0.5)
