"""Going on from the newest whole checkpoint."""

import logging
from dataclasses import dataclass
from typing import Any

import torch.distributed as dist
import torch.distributed.checkpoint as dcp

from aidc_runtime.exit_codes import BadSpec

from .files import reader
from .ranks import agree, cause_of, control_group
from .store import CheckpointStore, Commit

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far the run had come."""

    step: int
    samples: int
    tokens: int
    world_size: int
    """Of the processes that saved it."""
    values: dict[str, Any]
    """The `progress` that was given to `Saver.save`."""


def restore(
    store: CheckpointStore, state: dict[str, Any], spec_hash: str, group: dist.ProcessGroup | None = None
) -> Progress | None:
    """Load the newest whole checkpoint into `state`, in place, whatever the number of ranks that wrote it.

    All ranks call it; `group` is one that talks on the CPU (Saver.group), or it makes one. None: there is nothing to load.
    Raises BadSpec when the checkpoint is of another spec, StorageAway, and SaveFailed.
    """
    group = group or control_group()
    found = agree(group, store.newest)  # one rank picks: two that list may see two
    if found is None:
        return None
    step, commit = found
    _same_spec(store, commit, spec_hash)
    load(store, step, state, group)
    log.info("restored step %d, saved by %d processes", step, commit.world_size)
    return Progress(step, commit.samples, commit.tokens, commit.world_size, commit.progress)


def load(store: CheckpointStore, step: int, state: dict[str, Any], group: dist.ProcessGroup | None) -> None:
    """Load a whole checkpoint into `state`, in place. Without a group, this process does so alone."""
    source = reader(store.folder(step), store.storage_seconds)
    try:
        dcp.load(state, storage_reader=source, process_group=group, no_dist=group is None)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # DCP's own is no Exception
        raise cause_of(error, f"loading {store.folder(step)}") from error


def _same_spec(store: CheckpointStore, commit: Commit, spec_hash: str) -> None:
    if commit.spec_hash != spec_hash:
        raise BadSpec(
            f"{store.folder(commit.step)} is of a run with the spec {commit.spec_hash}, this one has {spec_hash}: a changed "
            "spec is a new run. Give it another run.id, or undo the change to go on"
        )
