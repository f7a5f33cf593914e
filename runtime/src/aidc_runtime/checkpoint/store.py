"""Where checkpoints of a run lie, which of them are whole, and which may go.

    <output>/<id>/checkpoints/step-00000100/__0_0.distcp ...   what the ranks wrote
    <output>/<id>/checkpoints/step-00000100/.metadata          which tensor lies where
    <output>/<id>/checkpoints/step-00000100/commit.json        written last: the only mark of a whole checkpoint
    <output>/<id>/complete.json                                the run is finished

No file points to the newest checkpoint, so none can be stale: it is found by listing.
"""

import json
import logging
import re
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from aidc_runtime.config import LaunchSpec
from aidc_runtime.data.locations import exists, filesystem, join, patiently, read_bytes, remove_tree, write_bytes
from aidc_runtime.exit_codes import BadSpec
from aidc_runtime.faults.points import reach

log = logging.getLogger(__name__)
Result = TypeVar("Result")

COMMIT, COMPLETE = "commit.json", "complete.json"


@dataclass(frozen=True)
class Commit:
    """What commit.json says about a checkpoint."""

    step: int
    """Optimizer steps that were done."""
    samples: int
    tokens: int
    world_size: int
    """Processes that wrote it; any number can read it."""
    torch: str
    spec_hash: str
    saved_at: str
    """UTC, ISO 8601."""
    progress: dict[str, Any]
    """What the loop wants to find again."""
    files: dict[str, int]
    """Size in bytes of each file, by name."""
    version: int = 1


class CheckpointStore:
    """Checkpoints of one run. `location` is the run's prefix, `<output>/<id>`."""

    def __init__(self, location: str, keep: int, storage_seconds: float) -> None:
        self.location = location
        self.keep = keep
        self.storage_seconds = storage_seconds
        self.root = join(location, "checkpoints")

    @classmethod
    def of(cls, spec: LaunchSpec) -> "CheckpointStore":
        """The store of the spec's run."""
        return cls(join(spec.run.output, spec.run.id), spec.checkpoint.keep, spec.resilience.storage_seconds)

    def folder(self, step: int) -> str:
        """Location of the checkpoint of a step."""
        return join(self.root, f"step-{step:08d}")

    def steps(self) -> list[int]:
        """Steps of whole checkpoints, oldest first."""
        return sorted(step for step, files in self._listing().items() if self._whole(step, files))

    def newest(self) -> tuple[int, Commit] | None:
        """The newest whole checkpoint. Torn ones are told in the log and passed over."""
        listing = self._listing()
        for step in sorted(listing, reverse=True):
            commit = self._whole(step, listing[step])
            if commit is not None:
                return step, commit
        return None

    def read(self, step: int) -> Commit | None:
        """The checkpoint of a step, if it is whole."""
        return self._whole(step, self._listing().get(step, {}))

    def begin(self, step: int) -> bool:
        """Make room for a checkpoint: what a torn one of the same step left is removed.
        False: there is a whole one already, and nothing is to be done."""
        files = self._listing().get(step, {})
        if self._whole(step, files) is not None:
            return False
        if files:
            self._remove(step, files)
        return True

    def commit(self, step: int, names: Collection[str], **facts: Any) -> Commit:
        """Make a checkpoint whole, once all of its files are written.

        `names` are the files that it cannot do without, `facts` the other fields of Commit. Raises BadSpec when some of them
        cannot be seen: then the ranks do not write to one and the same store.
        """
        files = self._listing().get(step, {})
        missing = sorted(set(names) - set(files))
        if missing:
            raise BadSpec(
                f"{self.folder(step)} lacks {', '.join(missing[:3])}, which other processes wrote: run.output must be a store "
                "that all nodes share, such as s3:// or a shared file system"
            )
        now = datetime.now(UTC).isoformat(timespec="seconds")
        commit = Commit(step=step, files=files, saved_at=now, **facts)
        marker, text = join(self.folder(step), COMMIT), json.dumps(asdict(commit), indent=1).encode()
        reach("save.committing", partly=lambda: _write_half(marker, text))
        self._patiently(lambda: write_bytes(marker, text), f"writing {marker}")
        return commit

    def prune(self) -> list[int]:
        """Remove whole checkpoints beside the newest `keep`, and torn ones older than the newest whole one: a newer torn one
        may be a save in flight. The marker goes first, so that a half-removed checkpoint is never whole."""
        listing = self._listing()
        whole = sorted(step for step, files in listing.items() if self._whole(step, files, quiet=True))
        if not whole:
            return []
        stay = set(whole[-self.keep :])
        gone = [step for step in sorted(listing) if step < whole[-1] and step not in stay]
        for step in gone:
            self._remove(step, listing[step])
        return gone

    def mark_complete(self, report: dict[str, Any]) -> None:
        """Say that the run is finished, so that another start has nothing to do."""
        marker, text = join(self.location, COMPLETE), json.dumps(report, indent=1).encode()
        self._patiently(lambda: write_bytes(marker, text), f"writing {marker}")

    def completed(self) -> dict[str, Any] | None:
        """The report of a finished run; None while it is not finished."""
        marker = join(self.location, COMPLETE)
        if not self._patiently(lambda: exists(marker), f"looking for {marker}"):
            return None
        report: dict[str, Any] = json.loads(self._patiently(lambda: read_bytes(marker), f"reading {marker}"))
        return report

    def _listing(self) -> dict[int, dict[str, int]]:
        """Files of all checkpoints with their sizes, as the store has them now."""

        def find() -> dict[int, dict[str, int]]:
            fs, root = filesystem(self.root)
            fs.invalidate_cache()  # other processes write here
            # Stores that walk folders leave out what they cannot list, unless told otherwise: an outage looked empty.
            strict = {} if fs.async_impl else {"on_error": "raise"}
            try:
                found = fs.find(root, detail=True, **strict)
            except FileNotFoundError:
                return {}
            listing: dict[int, dict[str, int]] = {}
            for path, info in found.items():
                match = re.search(r"/step-(\d{8,})/([^/]+)$", path)
                if match:
                    listing.setdefault(int(match[1]), {})[match[2]] = int(info["size"])
            return listing

        return self._patiently(find, f"listing {self.root}")

    def _whole(self, step: int, files: dict[str, int], quiet: bool = False) -> Commit | None:
        """The commit of a checkpoint with these files; None, and the reason in the log, where it is torn."""
        marker = join(self.folder(step), COMMIT)
        fault, commit = f"it has no {COMMIT}", None
        if COMMIT in files:
            try:
                commit = Commit(**json.loads(self._patiently(lambda: read_bytes(marker), f"reading {marker}")))
                fault = _difference(commit, step, files)
            except FileNotFoundError:
                fault = f"its {COMMIT} was just removed"
            except (ValueError, TypeError, AttributeError) as error:
                fault = f"its {COMMIT} is no commit ({error})"
        if not fault:
            return commit
        if files and not quiet:
            log.warning("checkpoint %s is torn and not used: %s", self.folder(step), fault)
        return None

    def _remove(self, step: int, files: dict[str, int]) -> None:
        folder = self.folder(step)
        if COMMIT in files:
            self._patiently(lambda: remove_tree(join(folder, COMMIT)), f"removing {folder}")
        reach("prune.marker")
        reach("prune.file", partly=lambda: remove_tree(join(folder, min(set(files) - {COMMIT}))))
        self._patiently(lambda: remove_tree(folder), f"removing {folder}")

    def _patiently(self, action: Callable[[], Result], what: str) -> Result:
        return patiently(action, self.storage_seconds, what)


def _difference(commit: Commit, step: int, files: dict[str, int]) -> str:
    """What a checkpoint lacks of what its commit says; empty: nothing."""
    if commit.step != step:
        return f"its {COMMIT} is of step {commit.step}"
    for name, size in commit.files.items():
        if name not in files:
            return f"{name} is missing"
        if files[name] != size:
            return f"{name} has {files[name]} bytes instead of {size}"
    return ""


def _write_half(location: str, text: bytes) -> None:
    """What a store without atomic writes leaves of a writer that died."""
    fs, path = filesystem(location)
    fs.pipe_file(path, text[: len(text) // 2])
