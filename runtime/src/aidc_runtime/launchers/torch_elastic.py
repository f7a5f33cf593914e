"""The launcher over torch elastic. Torch brings rendezvous, start and restart; this adds how a run ends."""

import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from aidc_runtime.exit_codes import ExitCode, RunError
from aidc_runtime.faults.outcome import Outcome, write_termination_message
from aidc_runtime.observe.logs import event, set_up
from aidc_runtime.observe.observer import base_labels
from aidc_runtime.observe.server import MetricsServer, Processes, Restarts, progress_health

from .launcher import Launcher
from .nodes import Nodes, nodes_of, option, wait_for

if TYPE_CHECKING:
    from aidc_runtime.config import LaunchSpec


class TorchElastic(Launcher):
    """Workers of one pod under a torch elastic agent."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        """`command`: of a worker; default: `aidc-run worker SPEC`."""
        self._command = command

    def launch(self, spec: "LaunchSpec", spec_path: str | Path) -> int:
        """Run the workers to their end. Main thread only, for it handles signals."""
        set_up(None)
        command = self._command or [sys.executable, "-m", "aidc_runtime.cli", "worker", str(spec_path)]
        with _state_folder() as state:
            try:
                outcome = self._run(spec, str(spec_path), list(command), state)
            except RunError as error:
                outcome = Outcome(error.code, str(error))
            event(
                "ended", code=int(outcome.code), reason=outcome.reason or outcome.code.name.lower(), why=outcome.message
            )
            write_termination_message(outcome)
            return int(outcome.code)

    def _run(self, spec: "LaunchSpec", spec_path: str, command: list[str], state: Path) -> Outcome:
        from .elastic_agent import Agent  # imports torch

        nodes = nodes_of(spec, _devices)
        restarts = Restarts(base_labels(spec))
        environment = _environment(spec_path, nodes, state)
        with _environment_set(environment), _signals_raised():
            started = [time.time()]
            try:
                server = _serve(spec, restarts, environment["PROMETHEUS_MULTIPROC_DIR"], started)
                if nodes.hosts is not True:
                    wait_for(nodes.endpoint, option(spec, "join_seconds"))
                agent = Agent(spec, nodes, command, state, restarts, started)
                try:
                    return agent.run_to_end()
                finally:
                    agent.sweep()
                    if server:
                        server.close()
            except _Told as told:
                return Outcome(ExitCode.PREEMPTED, f"{told} before any process was started", "signal")


class _Told(BaseException):
    """A signal before there is an agent to take it."""


def _devices() -> int:
    import torch

    return torch.cuda.device_count()


@contextmanager
def _state_folder() -> Iterator[Path]:
    """A folder that outlives the workers, but not the pod."""
    folder = Path(tempfile.mkdtemp(prefix="aidc-state-"))
    try:
        for name in ("outcomes", "metrics"):
            (folder / name).mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(spec_path: str, nodes: Nodes, state: Path) -> dict[str, str]:
    """What workers find beside torch's own variables."""
    environment = {
        # Without it torch 2.15 hands restarted workers the addresses of dead peers, and every restart fails.
        "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1",
        "AIDC_SPEC": spec_path,
        "AIDC_OUTCOME_DIR": str(state / "outcomes"),
        "PROMETHEUS_MULTIPROC_DIR": str(state / "metrics"),
    }
    if nodes.processes > 1 and "OMP_NUM_THREADS" not in os.environ:
        environment["OMP_NUM_THREADS"] = "1"  # as torchrun: else each process takes all cores
    return environment


@contextmanager
def _environment_set(environment: dict[str, str]) -> Iterator[None]:
    """Torch elastic gives workers the launcher's own environment."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _signals_raised() -> Iterator[None]:
    """Signals raise until torch elastic puts its own handlers in place; those before are put back."""

    def raise_told(number: int, frame: FrameType | None) -> None:
        raise _Told(signal.Signals(number).name)

    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
    before: dict[signal.Signals, Any] = {number: signal.signal(number, raise_told) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(spec: "LaunchSpec", restarts: Restarts, folder: str, started: list[float]) -> MetricsServer | None:
    processes = Processes(folder)
    health = progress_health(processes, spec.resilience.hang_seconds, lambda: started[0])
    observe = spec.observe
    try:
        server = MetricsServer(observe.address, observe.port, lambda: [processes, restarts], health)
    except OSError as error:  # a run that cannot be watched is better than none
        event(f"no metrics: {observe.address}:{observe.port} cannot be served: {error.strerror}", logging.ERROR)
        return None
    event("metrics are served", address=observe.address, port=server.port)
    return server
