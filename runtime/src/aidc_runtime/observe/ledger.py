"""The goodput ledger: what each start of a run did, as JSON lines under `<output>/<id>/ledger/`.

Object stores cannot append, so a start has a file of its own, `00003.jsonl`, that is written anew as it grows. Lines come at
intervals, not by step. Between them the last step is kept in a file on the node's disk, so that after a crash of the processes
alone no step is missing from the count.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


class Store(Protocol):
    """What of `aidc_runtime.data.locations` the ledger needs."""

    def list_files(self, location: str) -> list[tuple[str, int]]: ...
    def read_bytes(self, location: str) -> bytes: ...
    def write_bytes(self, location: str, data: bytes) -> None: ...


@dataclass(frozen=True)
class Past:
    """What earlier starts did."""

    starts: int = 0
    step: int = 0
    """Last step that any of them finished."""
    time: float = 0.0
    """When it was last heard of (Unix time); 0: never."""


def lost_steps(past: Past, resumed: int) -> int:
    """Steps that have to be done again when training goes on after step `resumed`."""
    return max(0, past.step - resumed)


class Ledger:
    """The file of this start. Only global rank 0 has one. Trouble with the store is told by `complain`, and training goes on."""

    def __init__(
        self,
        location: str,
        store: Store,
        complain: Callable[[str], None],
        local: Path | None = None,
        interval: float = 30.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`location`: the folder. `local`: a folder that outlives the process. `interval`: seconds between writes."""
        self._location, self._store, self._complain = location.rstrip("/"), store, complain
        self._clock, self._interval = clock, interval
        self._mark = None if local is None else local / "last-step.json"
        self.past = self._read_past()
        self.name = f"{self.past.starts:05d}.jsonl"
        self._lines: list[str] = []
        self._written = clock()
        self._busy: threading.Thread | None = None

    def _read_past(self) -> Past:
        try:
            names = sorted(name for name, _ in self._store.list_files(self._location) if name.endswith(".jsonl"))
        except FileNotFoundError:
            names = []
        except Exception as error:  # stores raise classes of their own
            self._complain(f"the ledger {self._location} cannot be listed, lost steps may be counted too low: {error}")
            names = []
        past = Past()
        for name in names:
            number = int(name.rpartition("/")[2].removesuffix(".jsonl")) + 1
            step, when = self._last_of(name)
            past = Past(max(past.starts, number), max(past.step, step), max(past.time, when))
        step, when = self._last_mark()
        return Past(past.starts, max(past.step, step), max(past.time, when))

    def _last_of(self, name: str) -> tuple[int, float]:
        try:
            lines = [json.loads(line) for line in self._store.read_bytes(name).splitlines()]
        except Exception as error:
            self._complain(f"the ledger file {name} cannot be read, lost steps may be counted too low: {error}")
            return 0, 0.0
        return max((line["step"] for line in lines), default=0), max((line["time"] for line in lines), default=0.0)

    def _last_mark(self) -> tuple[int, float]:
        if self._mark is None or not self._mark.exists():
            return 0, 0.0
        try:
            mark = json.loads(self._mark.read_text())
            return mark["step"], mark["time"]
        except (ValueError, KeyError):  # torn by a crash in the midst of writing
            return 0, 0.0

    def reached(self, step: int) -> None:
        """Note a finished step on the node's disk."""
        if self._mark is not None:
            self._mark.write_text(json.dumps({"step": step, "time": self._clock()}))

    def note(self, event: str, step: int, **facts: Any) -> None:
        """Add a line."""
        self._lines.append(json.dumps({"time": self._clock(), "event": event, "step": step} | facts))

    def tick(self, step: int, phases: Mapping[str, float]) -> None:
        """Add a line and write the file, in the background, if the interval is over."""
        if self._clock() - self._written < self._interval or (self._busy is not None and self._busy.is_alive()):
            return
        self._written = self._clock()
        self.note("progress", step, phases={name: round(seconds, 3) for name, seconds in phases.items() if seconds})
        self._busy = threading.Thread(target=self.write, name="ledger", daemon=True)
        self._busy.start()

    def write(self) -> None:
        """Write the file now."""
        data = "".join(f"{line}\n" for line in self._lines).encode()
        try:
            self._store.write_bytes(f"{self._location}/{self.name}", data)
        except Exception as error:
            self._complain(f"the ledger {self._location}/{self.name} cannot be written: {error}")

    def close(self, event: str, step: int, phases: Mapping[str, float]) -> None:
        """Add the last line and write the file."""
        if self._busy is not None:
            self._busy.join()
        self.note(event, step, phases={name: round(seconds, 3) for name, seconds in phases.items() if seconds})
        self.write()
