"""Named points where a test may end the process as a loss of power would: without a last word."""

import os
import signal
from collections.abc import Callable

VARIABLE = "AIDC_FAULT"
"""Environment variable that arms a point: `<point>`, or `<point>@<rank>` for one process of several."""

SAVE_POINTS = (
    "save.start",  # nothing is written yet
    "save.file",  # a rank's file is whole
    "save.metadata",  # all files are whole, .metadata is not there
    "save.commit",  # .metadata is there, commit.json is not
    "save.committing",  # half of commit.json is there
    "save.prune",  # committed, older ones not removed yet
    "prune.marker",  # an old one has lost its commit.json, and still has its files
    "prune.file",  # an old one has lost its commit.json and some of its files
)
"""All points of a save, in their order."""


def reach(point: str, partly: Callable[[], object] | None = None) -> None:
    """Say that a point is reached. Where it is armed, do `partly` (a part of what comes next) and kill the process."""
    armed = os.environ.get(VARIABLE)
    if not armed:
        return
    name, _, rank = armed.partition("@")
    if name != point or (rank and rank != os.environ.get("RANK", "0")):
        return
    if partly is not None:
        partly()
    os.kill(os.getpid(), signal.SIGKILL)
