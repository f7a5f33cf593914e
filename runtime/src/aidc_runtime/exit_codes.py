"""How a run ends. The numbers are those of sysexits.h where it has one, and part of the contract with Kubernetes."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit code of `aidc-run` and of each of its processes."""

    DONE = 0
    BAD_SPEC = 64
    """The launch spec is wrong: starting again cannot help."""
    BAD_DATA = 65
    """More samples are unreadable than the spec allows: starting again cannot help."""
    FABRIC = 69
    """A device or the fabric is broken: worth another try on another node."""
    CRASHED = 70
    """A process died or hung: worth another try."""
    STORAGE = 74
    """A store was away for longer than the spec allows: worth another try."""
    PREEMPTED = 75
    """Told to leave; the state is saved. The next start goes on from there, and does not count as a failure."""
    DIVERGED = 76
    """The loss is no number any more: starting again cannot help."""


FINAL = frozenset({ExitCode.DONE, ExitCode.BAD_SPEC, ExitCode.BAD_DATA, ExitCode.PREEMPTED, ExitCode.DIVERGED})
"""Codes after which processes are not started again inside the pod."""


class RunError(Exception):
    """An end that has an exit code of its own. The message says what is wrong, what came in, and the remedy."""

    def __init__(self, code: ExitCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class BadSpec(RunError):
    def __init__(self, message: str) -> None:
        super().__init__(ExitCode.BAD_SPEC, message)


class BadData(RunError):
    def __init__(self, message: str) -> None:
        super().__init__(ExitCode.BAD_DATA, message)


class StorageAway(RunError):
    def __init__(self, message: str) -> None:
        super().__init__(ExitCode.STORAGE, message)


class FabricBroken(RunError):
    def __init__(self, message: str) -> None:
        super().__init__(ExitCode.FABRIC, message)


class Diverged(RunError):
    def __init__(self, message: str) -> None:
        super().__init__(ExitCode.DIVERGED, message)


class Preempted(RunError):
    """Not a fault: the state is saved, and the process leaves as it was told to."""

    def __init__(self, message: str) -> None:
        super().__init__(ExitCode.PREEMPTED, message)
