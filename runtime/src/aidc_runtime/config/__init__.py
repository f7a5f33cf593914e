"""The launch spec and how it is read. Imports no torch."""

from .base import ImportPath, Location, Part
from .load import load_spec, spec_hash
from .spec import (
    Checkpoint,
    Data,
    Fabric,
    Launcher,
    LaunchSpec,
    LocalCopies,
    Lora,
    Model,
    Observe,
    Optimizer,
    Parallel,
    Resilience,
    Run,
    Schedule,
    Task,
    Train,
)

__all__ = [
    "Checkpoint",
    "Data",
    "Fabric",
    "ImportPath",
    "LaunchSpec",
    "Launcher",
    "LocalCopies",
    "Location",
    "Lora",
    "Model",
    "Observe",
    "Optimizer",
    "Parallel",
    "Part",
    "Resilience",
    "Run",
    "Schedule",
    "Task",
    "Train",
    "load_spec",
    "spec_hash",
]
