"""Processes that form one gloo world and stay for many cases, as imports and joining cost more than any case."""

import multiprocessing
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch._dynamo  # DTensor's first operation imports it: once here, instead of in every rank
import torch.distributed as dist
from torch.distributed.fsdp import fully_shard  # noqa: F401  for the same reason

import aidc_runtime.worker as worker
from aidc_runtime.config import LaunchSpec
from aidc_runtime.data.steps import Step, StepReader
from aidc_runtime.exit_codes import Preempted
from aidc_runtime.faults.outcome import LastWords
from aidc_runtime.faults.stop import StopSignal
from aidc_runtime.faults.watchdog import Watchdog
from aidc_runtime.observe.observer import Observer, Place, StepFacts
from aidc_runtime.train.world import World

torch.set_num_threads(1)
# Forked from a server that has these imports and no threads: tests before may have left some, with locks that a fork would copy.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["rank_group"])


class Recorder(Observer):
    """Keeps what the loop tells of its steps, and asks to leave after one of them."""

    def __init__(self, spec: LaunchSpec, rank: int, size: int, stop: StopSignal, stop_after: int | None) -> None:
        super().__init__(spec, Place(rank, rank, size, size))
        self.facts: list[StepFacts] = []
        self._stop, self._stop_after = stop, stop_after

    def step(self, facts: StepFacts) -> None:
        self.facts.append(facts)
        # As if the signal came while this step was under way: processes agree on it in the next one.
        self._stop._signalled = facts.step == self._stop_after


class CountingReader(StepReader):
    """Keeps how many samples and rows each step had on this process."""

    taken: list[tuple[int, int]]

    def step(self, *request: Any) -> Step:
        step = super().step(*request)
        CountingReader.taken.append((step.samples, sum(len(batch["input_ids"]) for batch in step.batches)))
        return step


def learn(values: dict[str, Any], stop_after: int | None = None) -> dict[str, list[Any]]:
    """Train as a worker does, in the world this process is in, to the end or until the step after `stop_after`.
    Losses, norms, and (samples, rows) of this process, by step."""
    spec = LaunchSpec.model_validate(values)
    rank, size = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
    group = dist.group.WORLD if size > 1 else None
    stop, watchdog = StopSignal(None, 10), Watchdog(600)
    observer = Recorder(spec, rank, size, stop, stop_after)
    CountingReader.taken = []
    worker.StepReader = CountingReader  # type: ignore[misc]
    torch._dynamo.reset()
    world = World(rank, size, rank, size, torch.device("cpu"), group)
    try:
        worker.Start(spec, world, observer, stop, watchdog, LastWords()).train()
    except Preempted:
        assert stop_after is not None
    finally:
        worker.StepReader = StepReader  # type: ignore[misc]
        observer.close()
    return {
        "losses": [facts.loss for facts in observer.facts],
        "norms": [facts.grad_norm for facts in observer.facts],
        "taken": CountingReader.taken,
    }


class RankGroup:
    """`size` processes that run what they are told, one call after the other. Close it, or use it in a `with`."""

    def __init__(self, size: int, folder: Path) -> None:
        self._pipes, self._processes = [], []
        for rank in range(size):
            ours, theirs = CONTEXT.Pipe()
            process = CONTEXT.Process(target=_serve, args=(rank, size, folder / "rendezvous", theirs), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def run(self, work: Callable[..., Any], *arguments: Any, seconds: float = 200) -> list[Any]:
        """What `work(*arguments)` returns on each rank. Errors come back as `(name of the class, message)`."""
        for pipe in self._pipes:
            pipe.send((work, arguments))
        answers = []
        for rank, pipe in enumerate(self._pipes):
            assert pipe.poll(seconds), f"rank {rank} did not answer within {seconds} s"
            answers.append(pipe.recv())
        return answers

    def values(self, work: Callable[..., Any], *arguments: Any) -> list[Any]:
        """As `run`, where all ranks must end well."""
        answers = self.run(work, *arguments)
        for fine, value in answers:
            assert fine, value
        return [value for _, value in answers]

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.join()

    def __enter__(self) -> "RankGroup":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _serve(rank: int, size: int, rendezvous: Path, pipe: Any) -> None:
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(size)}
    dist.init_process_group("gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=size)
    while True:
        try:
            work, arguments = pipe.recv()
        except EOFError:
            os._exit(0)
        try:
            pipe.send((True, work(*arguments)))
        except BaseException as error:
            pipe.send((False, (type(error).__name__, f"{error}", traceback.format_exc())))
