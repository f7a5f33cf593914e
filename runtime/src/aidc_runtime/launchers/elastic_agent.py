"""The agent of torch elastic, with three things changed: final outcomes end the group at once, those who save are waited for,
and nothing is left running. Imports torch."""

import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch.distributed.elastic.agent.server.api import RunResult, WorkerGroup, WorkerSpec, WorkerState
from torch.distributed.elastic.agent.server.local_elastic_agent import LocalElasticAgent
from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, SignalException
from torch.distributed.elastic.rendezvous import RendezvousParameters, registry
from torch.distributed.elastic.rendezvous.api import RendezvousError
from torch.distributed.launcher.api import LaunchConfig

from aidc_runtime.exit_codes import FINAL, ExitCode
from aidc_runtime.faults.outcome import Outcome, ended, read_outcomes
from aidc_runtime.faults.stop import StopSignal
from aidc_runtime.observe.logs import event
from aidc_runtime.observe.server import Restarts

from . import child
from .nodes import Nodes, option

if TYPE_CHECKING:
    from aidc_runtime.config import LaunchSpec

MONITOR_SECONDS = 0.1

CRASH_GRACE_SECONDS = 5
"""Between SIGTERM and SIGKILL when one process is dead: the others wait for it in a collective and cannot save."""

DEADLINE_SLACK_SECONDS = 60.0
"""By how much clocks of nodes, and the end of a step, may differ."""

FINAL_KEY = "aidc/final"
"""In the store of a rendezvous: how the run ended on some node, so that the others do not start again."""


SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
"""Those that torch elastic turns into SignalException."""


class Ended(Exception):
    """The run is over, whatever restarts are left."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class Agent(LocalElasticAgent):
    """Supervises the workers of one pod. Overrides the hooks that `SimpleElasticAgent` documents for subclasses."""

    def __init__(
        self,
        spec: "LaunchSpec",
        nodes: Nodes,
        command: list[str],
        state: Path,
        restarts: Restarts,
        started: list[float],
    ) -> None:
        """`state`: folder with `outcomes` and `metrics`. `started[0]`: set to the time of each start of workers."""
        self._nodes, self._state, self._restarts, self._started = nodes, state, restarts, started
        self._save_seconds = int(spec.resilience.save_seconds)
        self._deadline = StopSignal(spec.resilience.deadline, spec.resilience.save_seconds + DEADLINE_SLACK_SECONDS)
        self._pids: set[int] = set()
        self._saving_since: float | None = None
        super().__init__(
            _worker_spec(spec, nodes, command),
            DefaultLogsSpecs(log_dir=str(state / "torch")),
            shutdown_timeout=self._save_seconds,
        )

    def run_to_end(self) -> Outcome:
        """Run until no restart is left, or a final outcome, or a signal; the workers have ended then."""
        handler = self._worker_group.spec.rdzv_handler
        try:
            try:
                result = self.run()
            finally:
                for number in SIGNALS:  # from here on the end is known, and must not be interrupted
                    signal.signal(number, signal.SIG_IGN)
        except Ended as end:
            handler.shutdown()
            return end.outcome
        except SignalException as told:
            return self._told_to_leave(signal.Signals(told.sigval))
        except RendezvousError as error:
            final = self._final_elsewhere()
            return final or Outcome(ExitCode.CRASHED, f"the rendezvous at {self._nodes.endpoint} failed: {error!r}")
        handler.shutdown()
        if result is None:  # torch: "rendezvous gracefully exited"
            return Outcome(ExitCode.CRASHED, "this node was left out: as many as may take part have met already")
        return self._outcome() if result.is_failed() else Outcome(ExitCode.DONE)

    def sweep(self) -> None:
        """Kill what is left of the workers' sessions: a killed worker's own children, or all after a second signal."""
        for pid in self._pids:
            try:
                os.killpg(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue  # nothing is left of it
        for handler in self._handlers():
            try:
                handler.proc.wait(CRASH_GRACE_SECONDS)
            except subprocess.TimeoutExpired:  # in the kernel, in a driver that does not return
                event("a process cannot be killed", logging.ERROR, pid=handler.proc.pid)
        self._pids.clear()

    def _start_workers(self, worker_group: WorkerGroup) -> dict[int, Any]:
        for file in (self._state / "outcomes").glob("rank-*"):
            file.unlink()
        self._started[0], self._saving_since = time.time(), None
        pids = super()._start_workers(worker_group)
        self._pids = set(pids.values())
        return pids

    def _restart_workers(self, worker_group: WorkerGroup) -> None:
        codes = self._codes()
        outcome = self._outcome()
        went_well = all(code in (None, 0, ExitCode.PREEMPTED) for code in codes)
        names = {ExitCode.FABRIC: "fabric", ExitCode.STORAGE: "storage"}
        reason = "membership" if went_well else names.get(outcome.code, "crashed")
        self._restarts.add(reason)
        event("restart", logging.WARNING, reason=reason, why=outcome.message, restarts_left=self._remaining_restarts)
        super()._restart_workers(worker_group)

    def _stop_workers(self, worker_group: WorkerGroup) -> None:
        """Whole workers get the time to save, as when nodes join; the peers of dead ones could not use it."""
        whole = all(code in (None, 0, ExitCode.PREEMPTED) for code in self._codes())
        self._shutdown(timeout=self._save_seconds if whole else CRASH_GRACE_SECONDS)

    def _shutdown(self, death_sig: signal.Signals = signal.SIGTERM, timeout: int = 30) -> None:
        """All signals are passed on as SIGTERM, the one that workers know."""
        super()._shutdown(signal.SIGTERM, timeout)
        self._forget(self._pids)

    def _monitor_workers(self, worker_group: WorkerGroup) -> RunResult:
        codes = self._codes()
        if all(code is None or code == 0 for code in codes):
            return super()._monitor_workers(worker_group)
        outcome = self._outcome()
        if outcome.code == ExitCode.PREEMPTED:
            return self._monitor_saving(worker_group, codes, outcome)
        self._shutdown(timeout=CRASH_GRACE_SECONDS)
        if outcome.code in FINAL:
            self._tell_elsewhere(outcome)
            raise Ended(outcome)
        if self._group_size > 1 and (final := self._final_elsewhere(seconds=3)):
            raise Ended(final)
        return super()._monitor_workers(worker_group)  # with all dead, it makes failures of the codes

    def _monitor_saving(self, worker_group: WorkerGroup, codes: list[int | None], outcome: Outcome) -> RunResult:
        """Some have saved and left; the last may be writing still, so they are not hurried as torch would."""
        self._saving_since = self._saving_since or time.monotonic()
        if None in codes and time.monotonic() - self._saving_since < self._save_seconds:
            return RunResult(state=WorkerState.HEALTHY)
        self._shutdown(timeout=CRASH_GRACE_SECONDS)
        if not self._goes_on():
            raise Ended(outcome)
        self._restart_workers(worker_group)  # not counted against max_restarts
        return RunResult(state=WorkerState.HEALTHY)

    def _goes_on(self) -> bool:
        """Whether workers left because nodes come or another node goes, and there are enough without it."""
        if self._deadline.requested:
            return False
        waiting = self._worker_group.spec.rdzv_handler.num_nodes_waiting() > 0
        return waiting or self._group_size > self._nodes.least

    def _told_to_leave(self, number: signal.Signals) -> Outcome:
        if not (codes := self._codes()):
            return Outcome(ExitCode.PREEMPTED, f"{number.name} before any process was started", "signal")
        outcome = self._outcome()
        if outcome.code != ExitCode.CRASHED:
            return outcome
        allowed = f"resilience.save_seconds = {self._save_seconds}"
        message = f"{number.name}: not all saved within {allowed} (exit codes {codes}): {outcome.message}"
        return Outcome(ExitCode.CRASHED, message, outcome.reason or "signal", outcome.step)

    @property
    def _group_size(self) -> int:
        """Nodes that take part now."""
        return self._worker_group.group_world_size or 1

    def _handlers(self) -> list[Any]:
        context: Any = self._pcontext
        return (
            []
            if context is None
            else [context.subprocess_handlers[rank] for rank in sorted(context.subprocess_handlers)]
        )

    def _codes(self) -> list[int | None]:
        """Exit codes of the workers in the order of their local ranks; None: still running."""
        return [handler.proc.poll() for handler in self._handlers()]

    def _outcome(self) -> Outcome:
        return ended(read_outcomes(self._state / "outcomes"), self._codes())

    def _forget(self, pids: set[int]) -> None:
        """Drop those metrics of dead processes that no longer hold."""
        from prometheus_client.multiprocess import mark_process_dead

        for pid in pids:
            mark_process_dead(pid, str(self._state / "metrics"))

    def _tell_elsewhere(self, outcome: Outcome) -> None:
        if self._store is not None and self._group_size > 1:
            try:
                self._store.set(FINAL_KEY, f"{int(outcome.code)} {outcome.message}")
            except RuntimeError as error:  # the node that keeps the store has gone
                event("other nodes cannot be told of the end", logging.WARNING, error=str(error))

    def _final_elsewhere(self, seconds: float = 0) -> Outcome | None:
        """How the run ended on another node; waits a little, for all nodes fail at the same time."""
        end = time.monotonic() + seconds
        try:
            while self._store is not None:
                if self._store.check([FINAL_KEY]):
                    code, _, message = self._store.get(FINAL_KEY).decode().partition(" ")
                    return Outcome(ExitCode(int(code)), f"on another node: {message}")
                if time.monotonic() >= end:
                    return None
                time.sleep(MONITOR_SECONDS)
        except RuntimeError as error:
            event("the store of the rendezvous is gone", logging.WARNING, error=str(error))
        return None


def _worker_spec(spec: "LaunchSpec", nodes: Nodes, command: list[str]) -> WorkerSpec:
    alone = nodes.most == 1
    configs: dict[str, Any] = {
        "join_timeout": int(option(spec, "join_seconds")),
        "last_call_timeout": int(option(spec, "last_call_seconds")),
    }
    if nodes.hosts is not None:
        configs["is_host"] = nodes.hosts
    # A pod's host name need not resolve where nobody else has to find it.
    address = "localhost" if alone else os.environ.get("PET_LOCAL_ADDR")
    parameters = RendezvousParameters(
        "c10d", nodes.endpoint, nodes.run_id, nodes.least, nodes.most, local_addr=address, **configs
    )
    return WorkerSpec(
        role="worker",
        local_world_size=nodes.processes,
        entrypoint=sys.executable,
        args=(child.__file__, str(os.getpid()), *command),
        rdzv_handler=registry.get_rendezvous_handler(parameters),
        max_restarts=spec.resilience.max_restarts,
        monitor_interval=MONITOR_SECONDS,
        local_addr=address,
        # Torch's own default binds each process to its device's socket, where there is one device for each.
        numa_options=LaunchConfig(nodes.least, nodes.most, nodes.processes).numa_options,
    )
