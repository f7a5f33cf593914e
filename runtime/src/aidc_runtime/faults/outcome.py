"""How a process ended, told to the launcher by a file and to Kubernetes by the termination message."""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from aidc_runtime.exit_codes import ExitCode, RunError

TERMINATION_MESSAGE_BYTES = 2048
"""Kubernetes keeps 4 KiB of a container, and 12 KiB of a pod."""


@dataclass(frozen=True)
class Outcome:
    """The end of a process."""

    code: ExitCode
    message: str = ""
    reason: str = ""
    """In one word: `hang`, `signal`, `deadline`; empty: the name of the code says it."""
    step: int | None = None
    """Last finished step."""
    loss: float | None = None
    checkpoint: str | None = None
    """The newest whole checkpoint."""

    def termination_message(self) -> str:
        """JSON of at most 2 KiB. Of a longer message the end is kept: there stands what went wrong."""
        rest = {"code": int(self.code), "reason": self.reason or self.code.name.lower()}
        rest |= {"step": self.step, "loss": self.loss, "checkpoint": self.checkpoint}  # type: ignore[dict-item]
        message = self.message
        while len(text := json.dumps(rest | {"message": message})) > TERMINATION_MESSAGE_BYTES and message:
            # A character may take six bytes: cutting less than the excess at a time keeps as much as fits.
            message = message[1 + (len(text) - TERMINATION_MESSAGE_BYTES) // 6 :]
        return text[:TERMINATION_MESSAGE_BYTES]


def write_outcome(outcome: Outcome, environment: Mapping[str, str] = os.environ) -> None:
    """Leave `$AIDC_OUTCOME_DIR/rank-<R>.json` for the launcher; without the variable nobody waits for it.

    Written whole or not at all. A disk that takes nothing is told on stderr: the exit code still says what it can.
    """
    folder = environment.get("AIDC_OUTCOME_DIR")
    if not folder:
        return
    file = Path(folder) / f"rank-{environment.get('RANK', '0')}.json"
    try:
        file.with_suffix(".part").write_text(json.dumps(asdict(outcome)))
        file.with_suffix(".part").replace(file)
    except OSError as error:
        print(f"the outcome cannot be written to {file}: {error}", file=sys.stderr)


@dataclass
class LastWords:
    """What the end of a process can tell beside its cause; whoever knows better sets it."""

    step: int | None = None
    loss: float | None = None
    checkpoint: str | None = None


@contextmanager
def ending_with_outcome(leave: Callable[[int], object] = os._exit) -> Iterator[LastWords]:
    """Leave an outcome behind, however the block ends.

    An exception ends the process: its outcome is written, its stack printed unless it is a RunError, and `leave` called.
    Without clean-up, since threads of NCCL or of an upload would keep a process that has nothing more to say, and with it
    the restart of all others.
    """
    words = LastWords()
    try:
        yield words
    except RunError as error:
        print(f"aidc-run: {error}", file=sys.stderr)
        outcome = Outcome(error.code, str(error))
    except Exception as error:
        traceback.print_exc()
        outcome = Outcome(ExitCode.CRASHED, f"{type(error).__name__}: {error}")
    else:
        write_outcome(Outcome(ExitCode.DONE, **asdict(words)))
        return
    write_outcome(replace(outcome, **asdict(words)))
    sys.stdout.flush()
    sys.stderr.flush()
    leave(int(outcome.code))


def read_outcomes(folder: str | Path) -> list[Outcome]:
    """Outcomes of all processes that left one, by rank; unreadable files are told on stderr."""
    found: dict[int, Outcome] = {}
    for file in Path(folder).glob("rank-*.json"):
        try:
            data = json.loads(file.read_text())
            found[int(file.stem.removeprefix("rank-"))] = Outcome(**data | {"code": ExitCode(data["code"])})
        except (OSError, ValueError, TypeError, KeyError) as error:
            print(f"the outcome file {file} cannot be read: {error}", file=sys.stderr)
    return [found[rank] for rank in sorted(found)]


# What weighs most comes first: one process with bad data ends the run, whatever the others met because of it.
_ORDER = (
    ExitCode.BAD_SPEC,
    ExitCode.BAD_DATA,
    ExitCode.DIVERGED,
    ExitCode.PREEMPTED,
    ExitCode.FABRIC,
    ExitCode.STORAGE,
    ExitCode.CRASHED,
    ExitCode.DONE,
)


def joint(outcomes: Iterable[Outcome]) -> Outcome | None:
    """The outcome that stands for all; None where there is none. Among equals the lowest rank's."""
    return min(outcomes, key=lambda outcome: _ORDER.index(outcome.code), default=None)


def ended(outcomes: Sequence[Outcome], codes: Sequence[int | None]) -> Outcome:
    """How the workers ended: what they left in files, else what their exit codes say (None: not ended; negative: a signal)."""
    said = list(outcomes)
    known = {int(code) for code in ExitCode}
    for code in codes:
        if code in known and code not in (ExitCode.DONE, *(int(outcome.code) for outcome in outcomes)):
            said.append(Outcome(ExitCode(code), f"a process ended with code {code}"))
    together = joint(said)
    if together is not None and together.code != ExitCode.DONE:
        return together
    if any(code != 0 for code in codes):
        killed = [signal.Signals(-code).name for code in codes if code is not None and code < 0]
        hint = " (often: out of memory)" if "SIGKILL" in killed else ""
        how = f"a process was killed by {killed[0]}{hint}" if killed else "a process failed"
        return Outcome(ExitCode.CRASHED, f"{how}; exit codes {list(codes)}")
    return together or Outcome(ExitCode.DONE)


def write_termination_message(outcome: Outcome, environment: Mapping[str, str] = os.environ) -> None:
    """Tell Kubernetes, in the file that AIDC_TERMINATION_LOG names. As well as it goes: the run has ended already."""
    file = environment.get("AIDC_TERMINATION_LOG")
    if not file:
        return
    try:
        Path(file).write_text(outcome.termination_message())
    except OSError as error:
        print(f"the termination message cannot be written to {file}: {error}", file=sys.stderr)
