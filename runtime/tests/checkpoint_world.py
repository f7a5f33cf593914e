"""Worlds of forked processes for tests of checkpoints: forked, as the imports cost more than any case."""

import contextlib
import multiprocessing
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch._dynamo  # DTensor's first operation imports it: once here, instead of in every rank
import torch.distributed as dist
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, Shard, zeros

from aidc_runtime.checkpoint.loader import restore
from aidc_runtime.checkpoint.saver import Saver
from aidc_runtime.checkpoint.state import train_state
from aidc_runtime.checkpoint.store import CheckpointStore
from aidc_runtime.exit_codes import RunError

torch.set_num_threads(1)
CONTEXT = multiprocessing.get_context("fork")


@dataclass
class End:
    """How a rank ended: killed by a signal (negative code), or with a value or a RunError."""

    code: int
    value: Any = None
    error: str = ""


def run_world(world: int, folder: Path, work: Callable[..., Any], *arguments: Any, seconds: float = 120) -> list[End]:
    """Run `work(*arguments)` in `world` new processes that form a gloo world, and say how each ended."""
    rendezvous = folder / f"rendezvous-{time.monotonic_ns()}"
    pipes = [CONTEXT.Pipe(duplex=False) for _ in range(world)]
    ranks = [
        CONTEXT.Process(target=_rank, args=(rank, world, rendezvous, pipes[rank][1], work, arguments))
        for rank in range(world)
    ]
    for process in ranks:
        process.start()
    for _, sender in pipes:
        sender.close()
    ends = []
    for process, (receiver, _) in zip(ranks, pipes, strict=True):
        end = End(0)
        try:
            if receiver.poll(seconds):
                end = receiver.recv()
        except EOFError:
            pass
        process.join(seconds)
        if process.is_alive():
            process.kill()
            process.join()
        end.code = process.exitcode if process.exitcode is not None else 1
        ends.append(end)
    return ends


def _rank(rank: int, world: int, rendezvous: Path, pipe: Any, work: Callable[..., Any], arguments: Any) -> None:
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(world)}
    code = 0
    try:
        if world > 1:
            dist.init_process_group("gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=world)
        pipe.send(End(0, work(*arguments)))
    except RunError as error:
        code = int(error.code)
        pipe.send(End(code, type(error).__name__, str(error)))
    except BaseException:
        code = 1
        pipe.send(End(code, None, traceback.format_exc()))
    pipe.close()
    os._exit(code)


def values(ends: list[End]) -> list[Any]:
    """Values of ranks that must all have ended well."""
    for end in ends:
        assert end.code == 0, end.error
    return [end.value for end in ends]


def stamped(step: int) -> dict[str, Any]:
    """State that holds its step in every element, sharded over the ranks where there are some."""
    if dist.is_initialized():
        mesh = init_device_mesh("cpu", (dist.get_world_size(),))
        weight: torch.Tensor = zeros((6, 4), device_mesh=mesh, placements=[Shard(0)])
        weight.fill_(step)
    else:
        weight = torch.full((6, 4), float(step))
    return {"model": {"weight": weight, "bias": torch.full((3,), float(step))}, "optimizer": {"count": step}}


def elements(state: dict[str, Any]) -> set[float]:
    """All numbers of stamped state on this rank: one of them, unless it is a mixture."""
    weight = state["model"]["weight"]
    local = weight.to_local() if isinstance(weight, DTensor) else weight
    found = set(local.flatten().tolist()) | set(state["model"]["bias"].tolist())
    return found | {float(state["optimizer"]["count"])}


def open_store(location: str, keep: int = 2, seconds: float = 20) -> CheckpointStore:
    return CheckpointStore(location, keep, seconds)


def save_stamped(location: str, steps: list[int], fault: str = "", mode: str = "async", keep: int = 2) -> list[Any]:
    """Save stamped state at steps; before the last one, arm a fault. Returns what was told of each save."""
    told: list[Any] = []
    saver = Saver(open_store(location, keep), mode, "hash", told.append)
    for step in steps:
        if step == steps[-1]:
            saver._land(strict=True)
            os.environ["AIDC_FAULT"] = fault
        saver.save(step, stamped(step), {"samples": step * 8, "tokens": step * 80, "note": f"at {step}"})
        saver.wait_staged()
    saver.finish()
    return told


def restore_stamped(location: str, then: int | None = None) -> tuple[Any, set[float]]:
    """Restore into zeros, and maybe save another step after that."""
    state = stamped(0)
    progress = restore(open_store(location), state, "hash")
    found = elements(state)
    if then is not None:
        save_stamped(location, [then])
    return progress, found


class Tiny(nn.Module):
    """A model with a tied weight and uneven shapes, which no world size divides."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(5)
        self.embed = nn.Embedding(11, 6)
        self.middle = nn.Sequential(nn.Linear(6, 7), nn.Tanh(), nn.Linear(7, 6))
        self.head = nn.Linear(6, 11, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.head(self.middle(self.embed(ids)))


def train_tiny(location: str, until: int, mode: str = "async") -> list[float]:
    """Train from the newest checkpoint up to a step, save there, and return the losses. All ranks see the same samples."""
    model = Tiny()
    if dist.is_initialized():
        fully_shard(model, mesh=init_device_mesh("cpu", (dist.get_world_size(),)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    saver = Saver(open_store(location, keep=9), mode, "hash", lambda info: None)
    state = train_state(model, optimizer)
    progress = restore(saver.store, state, "hash", saver.group)
    first = progress.step if progress else 0
    losses = []
    for step in range(first, until):
        ids = torch.randint(0, 11, (16,), generator=torch.Generator().manual_seed(step))
        loss = nn.functional.cross_entropy(model(ids), (ids + 1) % 11)
        optimizer.zero_grad()
        loss.backward()
        saver.wait_staged()
        optimizer.step()
        losses.append(loss.item())
        saver.save(step + 1, state, {"samples": 16 * (step + 1), "tokens": 0}, urgent=step + 1 == until)
    saver.finish()
    return losses


S3_SERVER = """
import sys
from moto.server import ThreadedMotoServer
def begin(port):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    return server
server = begin(0)
port = server.get_host_and_port()[1]
print(port, flush=True)
for line in sys.stdin:
    if line.strip() == "stop":
        server.stop()
    else:
        server = begin(port)
    print("done", flush=True)
"""


class S3Server:
    """S3 in a process of its own. It can be away for a while: what it holds stays."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", S3_SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def tell(self, word: str) -> None:
        """`stop` or `start`."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(word, file=self.process.stdin, flush=True)
        self.process.stdout.readline()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def s3_server() -> Iterator[S3Server]:
    """An S3 server, and the environment that leads to it."""
    server = S3Server()
    before = dict(os.environ)
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        yield server
    finally:
        os.environ.clear()
        os.environ |= before
        server.close()
