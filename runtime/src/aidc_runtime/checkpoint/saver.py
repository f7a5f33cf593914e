"""Saving checkpoints while training goes on."""

import json
import logging
import time
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from torch.distributed.checkpoint.staging import DefaultStager, StagingOptions
from torch.distributed.checkpoint.stateful import Stateful

from aidc_runtime.exit_codes import RunError
from aidc_runtime.faults.points import reach

from .files import writer
from .ranks import PeerLost, SaveFailed, agree, cause_of, control_group
from .store import CheckpointStore, Commit

log = logging.getLogger(__name__)
warnings.filterwarnings("ignore", message="torch.distributed is disabled")  # a world of one is meant


@dataclass(frozen=True)
class SavedInfo:
    """How a save went. Every rank is told, maybe from another thread."""

    step: int
    bytes: int
    """Of the whole checkpoint; 0: there was one of this step already, or the save failed."""
    seconds: float
    """From the call until it was whole."""
    error: str | None = None
    """Why there is no checkpoint."""


class Saver:
    """Saves checkpoints, at most one at a time. All ranks call all of its methods at the same steps.

    With mode `async` the state is copied to main memory beside the next forward and backward pass, and written from there:
    call `wait_staged` before the optimizer changes the weights.
    """

    def __init__(
        self,
        store: CheckpointStore,
        mode: str,
        spec_hash: str,
        on_saved: Callable[[SavedInfo], None],
        group: dist.ProcessGroup | None = None,
    ) -> None:
        self.store, self.spec_hash, self.on_saved = store, spec_hash, on_saved
        self.group = group or control_group()
        self.failures = 0
        """Saves that came to nothing."""
        self._background = ThreadPoolExecutor(1, "checkpoint") if mode == "async" else None
        self._stager: DefaultStager | None = None
        self._staged: Future[Any] | None = None
        self._flight: tuple[int, Future[None]] | None = None

    def save(self, step: int, state: dict[str, Any], progress: dict[str, Any], urgent: bool = False) -> float:
        """Save state (tensors, plain data, or Stateful objects by name), and return for how many seconds training stood still.

        `progress` is JSON data; its `samples` and `tokens` also become fields of the commit. A save that is in flight is waited
        for; its failure is raised here, unless it was that a peer went away: that one is only told by `on_saved`.
        `urgent` returns when the checkpoint is whole, and raises whatever is in its way.
        """
        begin = time.perf_counter()
        progress = json.loads(json.dumps(progress))
        in_flight = self._flight is not None and self._flight[0] == step
        try:
            self._land(strict=urgent and in_flight)
        except RunError:
            if in_flight or not urgent:
                raise  # else this one is the last chance: it may go well where the one before did not
        if in_flight:
            return time.perf_counter() - begin
        plain = {name: part.state_dict() if isinstance(part, Stateful) else part for name, part in state.items()}
        if urgent or self._background is None:
            self._save(step, lambda: plain, progress, begin, staged=False)
        else:
            staged = self._staged = self._stage(plain)
            job = self._background.submit(self._save, step, lambda: _result(staged), progress, begin, staged=True)
            self._flight = step, job
        return time.perf_counter() - begin

    def wait_staged(self) -> float:
        """Wait until the state is copied, so that it may change; returns the seconds it took."""
        begin = time.perf_counter()
        staged, self._staged = self._staged, None
        if staged is not None:
            staged.exception()  # a failure is that of the save
        return time.perf_counter() - begin

    def finish(self) -> None:
        """Wait for what is in flight, and let go of all threads. Raises why the last save failed."""
        try:
            self._land(strict=True)
        finally:
            self.wait_staged()
            if self._background is not None:
                self._background.shutdown()
            if self._stager is not None:
                self._stager.close()
                self._stager = None

    def _land(self, strict: bool) -> None:
        """Wait for the save in flight. Its error is raised; where not `strict`, the loss of a peer is not."""
        flight, self._flight = self._flight, None
        if flight is None:
            return
        try:
            flight[1].result()
        except PeerLost:
            if strict:
                raise

    def _stage(self, plain: dict[str, Any]) -> Future[Any]:
        """Copy state to main memory in a thread: pinned, and on a stream of its own, where there is an accelerator."""
        device = torch.accelerator.is_available()
        if self._stager is None:
            options = StagingOptions(
                use_pinned_memory=torch.cuda.is_available(),
                use_shared_memory=False,
                use_async_staging=True,
                use_non_blocking_copy=device,
            )
            self._stager = DefaultStager(options)
        if device:
            # The stager's stream does not wait for the training's: it could copy what the last step is still writing.
            torch.accelerator.current_stream().synchronize()
        staged = self._stager.stage(plain)
        assert isinstance(staged, Future)
        return staged

    def _save(
        self, step: int, state: Callable[[], Any], progress: dict[str, Any], begin: float, *, staged: bool
    ) -> None:
        """Write, commit and prune; tell how it went. Runs in the background, or in the foreground when it is urgent."""
        what = f"the save of step {step}"
        try:
            size = self._write(step, state(), progress, staged)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # DCP's own is no Exception
            failure = cause_of(error, what)
            self.failures += 1
            log.error("%s came to nothing: %s", what, failure)
            self.on_saved(SavedInfo(step, 0, time.perf_counter() - begin, str(failure)))
            raise failure from error
        self.on_saved(SavedInfo(step, size, time.perf_counter() - begin))

    def _write(self, step: int, state: Any, progress: dict[str, Any], staged: bool) -> int:
        """Returns the bytes of the checkpoint."""
        if not agree(self.group, lambda: self.store.begin(step)):
            log.info("step %d is saved already", step)
            return 0
        target = writer(self.store.folder(step), self.store.storage_seconds, staged)
        metadata = dcp.save(state, storage_writer=target, process_group=self.group, no_dist=self.group is None)
        reach("save.commit")
        names = {place.relative_path for place in metadata.storage_data.values()} | {".metadata"}
        commit = agree(self.group, lambda: self._commit(step, names, progress))
        if self.group is None or dist.get_rank() == 0:
            reach("save.prune")
            self._prune()
        return sum(commit.files.values())

    def _commit(self, step: int, names: set[str], progress: dict[str, Any]) -> Commit:
        return self.store.commit(
            step,
            names,
            samples=progress.get("samples", 0),
            tokens=progress.get("tokens", 0),
            world_size=1 if self.group is None else dist.get_world_size(),
            torch=torch.__version__,
            spec_hash=self.spec_hash,
            progress=progress,
        )

    def _prune(self) -> None:
        """What cannot be removed now is tried again after the next save: no reason to lose this one."""
        try:
            gone = self.store.prune()
        except (OSError, RunError) as error:
            log.warning("old checkpoints of %s stay for now: %s", self.store.root, error)
        else:
            if gone:
                log.info("removed the checkpoints of steps %s", ", ".join(map(str, gone)))


def _result(staged: Future[Any]) -> Any:
    """The copy of the state. Raises SaveFailed: its own errors look like those of a lost peer."""
    try:
        return staged.result()
    except Exception as error:
        raise SaveFailed(f"the state could not be copied to main memory: {type(error).__name__}: {error}") from error
