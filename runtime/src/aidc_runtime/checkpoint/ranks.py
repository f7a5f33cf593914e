"""What the ranks have to agree on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import torch.distributed as dist

from aidc_runtime.exit_codes import BadData, BadSpec, ExitCode, RunError, StorageAway

Result = TypeVar("Result")


class SaveFailed(RunError):
    """A checkpoint could not be written or read for another reason than the store being away."""

    def __init__(self, message: str) -> None:
        super().__init__(ExitCode.CRASHED, message)


class PeerLost(SaveFailed):
    """Another process went away in the middle of it."""


def control_group() -> dist.ProcessGroup | None:
    """A group of all ranks for talk on the CPU, apart from the one of the training; None in a world of one.
    It is made once, by all ranks at the same time."""
    if not (dist.is_available() and dist.is_initialized()):
        return None
    group = dist.new_group(backend="gloo", timeout=timedelta(hours=1))  # longer than the slowest upload
    assert isinstance(group, dist.ProcessGroup)  # its other value is for ranks outside, and there are none
    return group


def gather(group: dist.ProcessGroup | None, value: Any) -> list[Any]:
    """What every rank says, by rank. All ranks call it."""
    if group is None:
        return [value]
    values: list[Any] = [None] * dist.get_world_size(group)
    dist.all_gather_object(values, value, group=group)
    return values


def agree(group: dist.ProcessGroup | None, decide: Callable[[], Result]) -> Result:
    """Rank 0 decides, and all ranks get its result, or raise its error. Raises PeerLost."""
    if group is None:
        return decide()
    answer: list[Any] = [None]
    if dist.get_rank() == 0:
        try:
            answer = [(True, decide())]
        except Exception as error:
            answer = [(False, _portable(error))]
    try:
        dist.broadcast_object_list(answer, src=0, group=group)
    except RuntimeError as error:
        raise PeerLost(f"another process went away: {error}") from error
    fine, value = answer[0]
    if not fine:
        raise value
    result: Result = value
    return result


def _portable(error: Exception) -> RunError:
    """An error that can be sent to other processes."""
    if isinstance(error, StorageAway | BadSpec | BadData | SaveFailed):
        return type(error)(str(error))
    return SaveFailed(f"{type(error).__name__}: {error}")


def cause_of(error: BaseException, what: str) -> RunError:
    """The one error behind what DCP raised: its CheckpointException is none of Python's usual errors, and holds one error for
    each rank. Its collectives raise RuntimeErrors as they are: then a peer is gone."""
    failures = getattr(error, "failures", None)
    if failures:
        rank, (first, _) = sorted(failures.items())[0]
        for _, (failure, _) in sorted(failures.items()):
            if isinstance(failure, RunError):
                return failure
        return SaveFailed(f"{what} failed on rank {rank}: {type(first).__name__}: {first}")
    if isinstance(error, RunError):
        return error
    if (dist.is_initialized() and type(error) is RuntimeError) or isinstance(error, dist.DistError):
        return PeerLost(f"{what} was given up, as another process went away: {error}")
    return SaveFailed(f"{what} failed: {type(error).__name__}: {error}")
