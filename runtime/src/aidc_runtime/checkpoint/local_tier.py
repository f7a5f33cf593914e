"""Copies of the state on the nodes' own disks: cheap to make, and gone with the pod.

    <path>/<run id>/rank-3.0.pt      what rank 3 holds itself, of one copy
    <path>/<run id>/rank-3.0.json    written after it: of which step, of which copy, and how large

Each rank keeps its two newest copies in turn, since a copy counts only when all ranks have it: the same step, drawn at the same time, by
as many processes. Nothing is resharded; any other start goes on from the store.
"""

import json
import logging
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch.distributed.checkpoint.stateful import Stateful
from torch.distributed.tensor import DTensor

from .loader import Progress
from .ranks import agree, gather

log = logging.getLogger(__name__)
SLOTS = 2


@dataclass(frozen=True)
class Header:
    """What a rank says of its part of a copy."""

    step: int
    copy: str
    """Drawn by rank 0 for all: parts of different saves of one step do not go together."""
    world_size: int
    spec_hash: str
    bytes: int
    progress: dict[str, Any]


class LocalTier:
    """The copies of this rank. All ranks call `save` and `restore` at the same steps."""

    def __init__(self, path: str, run_id: str, spec_hash: str, group: dist.ProcessGroup | None) -> None:
        self._folder = Path(path) / run_id
        self._spec_hash = spec_hash
        self._group = group
        self._rank = 0 if group is None else dist.get_rank()
        self._world_size = 1 if group is None else dist.get_world_size()
        self._slot = 0

    def save(self, step: int, state: dict[str, Stateful], progress: dict[str, Any]) -> None:
        """Write this rank's part. A disk that takes nothing costs the copy, not the run."""
        copy = agree(self._group, lambda: secrets.token_hex(8))
        data, header = self._files(self._slot)
        self._slot = (self._slot + 1) % SLOTS
        parts = {name: _tensors(part.state_dict()) for name, part in state.items()}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            header.unlink(missing_ok=True)
            torch.save(parts, data)
            facts = Header(step, copy, self._world_size, self._spec_hash, data.stat().st_size, progress)
            _write_whole(header, json.dumps(asdict(facts)))
        except OSError as error:
            log.warning("no local copy of step %d in %s: %s", step, self._folder, error)

    def restore(self, state: dict[str, Stateful], newer_than: int) -> Progress | None:
        """Load the newest copy that all ranks have into `state`, in place. None: there is none after step `newer_than`."""
        mine = {(header.step, header.copy): slot for slot, header in self._headers() if header.step > newer_than}
        everyone = gather(self._group, set(mine))
        common = set.intersection(*everyone)
        if not common:
            return None
        chosen = max(common)
        self._slot = (mine[chosen] + 1) % SLOTS
        data, _ = self._files(mine[chosen])
        parts = torch.load(data, map_location="cpu", weights_only=True)
        for name, part in state.items():
            values = part.state_dict()
            _copy_into(values, parts[name])
            part.load_state_dict(values)
        header = next(header for slot, header in self._headers() if slot == mine[chosen])
        log.info("restored step %d from the nodes' own disks", header.step)
        samples, tokens = (int(header.progress.get(name, 0)) for name in ("samples", "tokens"))
        return Progress(header.step, samples, tokens, header.world_size, header.progress)

    def _files(self, slot: int) -> tuple[Path, Path]:
        stem = f"rank-{self._rank}.{slot}"
        return self._folder / f"{stem}.pt", self._folder / f"{stem}.json"

    def _headers(self) -> Iterator[tuple[int, Header]]:
        """Whole parts of this rank that could go on in this world."""
        for slot in range(SLOTS):
            data, file = self._files(slot)
            try:
                header = Header(**json.loads(file.read_text()))
                whole = data.stat().st_size == header.bytes
            except (OSError, ValueError, TypeError):
                continue
            if whole and (header.world_size, header.spec_hash) == (self._world_size, self._spec_hash):
                yield slot, header


def _own(value: Any) -> Any:
    return value.to_local() if isinstance(value, DTensor) else value


def _tensors(values: dict[str, Any]) -> dict[str, Any]:
    """What this rank holds of each value."""
    return {name: _own(value) for name, value in values.items()}


@torch.no_grad()
def _copy_into(values: dict[str, Any], saved: dict[str, Any]) -> None:
    for name, value in values.items():
        if isinstance(value, torch.Tensor):
            _own(value).copy_(saved[name])
        else:
            values[name] = saved[name]


def _write_whole(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    part.write_text(text)
    os.replace(part, file)
