"""Where curves go beside Prometheus: TensorBoard and Weights & Biases. Both are optional packages."""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from aidc_runtime.exit_codes import BadSpec

from .ledger import Store


class Sink(Protocol):
    """Takes scalars of a step."""

    def write(self, step: int, scalars: Mapping[str, float]) -> None: ...
    def close(self) -> None: ...


class TensorBoard:
    """Event files, written to a folder of this node and uploaded from there: TensorBoard's own writer knows few stores."""

    def __init__(self, location: str, store: Store, complain: Callable[[str], None], interval: float = 60.0) -> None:
        """`interval`: seconds between uploads."""
        try:
            from tensorboard.summary import Writer
        except ImportError as error:
            raise BadSpec("observe.tensorboard needs the package tensorboard in the image (or leave it out)") from error
        self._location, self._store, self._complain = location.rstrip("/"), store, complain
        self._interval, self._uploaded = interval, time.monotonic()
        self._folder = Path(tempfile.mkdtemp(prefix="aidc-tensorboard-"))
        self._writer = Writer(str(self._folder))
        self._busy: threading.Thread | None = None

    def write(self, step: int, scalars: Mapping[str, float]) -> None:
        for name, value in scalars.items():
            self._writer.add_scalar(name, value, step)
        idle = self._busy is None or not self._busy.is_alive()
        if idle and time.monotonic() - self._uploaded >= self._interval:
            self._uploaded = time.monotonic()
            self._writer.flush()
            self._busy = threading.Thread(target=self._upload, name="tensorboard", daemon=True)
            self._busy.start()

    def _upload(self) -> None:
        for file in sorted(self._folder.iterdir()):
            try:
                self._store.write_bytes(f"{self._location}/{file.name}", file.read_bytes())
            except Exception as error:  # stores raise classes of their own; curves are not worth the run
                self._complain(f"TensorBoard's {file.name} cannot be written to {self._location}: {error}")

    def close(self) -> None:
        if self._busy is not None:
            self._busy.join()
        self._writer.close()
        self._upload()
        shutil.rmtree(self._folder, ignore_errors=True)


class WeightsAndBiases:
    """A run of W&B with the id of ours, that goes on after a restart."""

    def __init__(self, project: str, run_id: str, config: dict[str, Any]) -> None:
        try:
            import wandb
        except ImportError as error:
            raise BadSpec("observe.wandb_project needs the package wandb in the image (or leave it out)") from error
        self._run = wandb.init(project=project, id=run_id, name=run_id, resume="allow", config=config)
        # Steps as a value of their own: W&B's own step only goes up, and would drop those that are done again.
        self._run.define_metric("*", step_metric="step")

    def write(self, step: int, scalars: Mapping[str, float]) -> None:
        self._run.log({**scalars, "step": step})

    def close(self) -> None:
        self._run.finish()
