"""What a launcher is: it starts the processes of one pod, and says how they ended."""

from abc import ABC, abstractmethod
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from aidc_runtime.exit_codes import BadSpec

if TYPE_CHECKING:
    from pathlib import Path

    from aidc_runtime.config import LaunchSpec

GROUP = "aidc_runtime.launchers"
"""Entry points of this group are launchers: `name = "package.module:Class"`."""

# Also where the package travels as a folder of sources and has no metadata.
BUILT_IN = {"torch": "aidc_runtime.launchers.torch_elastic:TorchElastic"}


class Launcher(ABC):
    """Made without arguments, used once."""

    @abstractmethod
    def launch(self, spec: "LaunchSpec", spec_path: "str | Path") -> int:
        """Run to the end, and return the exit code of the pod (`aidc_runtime.exit_codes`).

        `spec.launcher.options` are the launcher's own. Leaves no process behind, whatever happens.
        """


def find_launcher(name: str) -> Launcher:
    """The launcher of that name: installed ones go before those built in. Raises BadSpec."""
    found = {point.name: point.value for point in entry_points(group=GROUP)}
    places = BUILT_IN | found
    if name not in places:
        raise BadSpec(f"launcher.name is {name!r}, but the image has only {', '.join(sorted(places))}")
    module, _, attribute = places[name].partition(":")
    try:
        kind = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise BadSpec(f"the launcher {name!r} ({places[name]}) cannot be loaded: {error}") from error
    if not (isinstance(kind, type) and issubclass(kind, Launcher)):
        raise BadSpec(
            f"the launcher {name!r} ({places[name]}) is no subclass of aidc_runtime.launchers.launcher.Launcher"
        )
    return kind()
