"""Exit when the process that started us is gone, so that killing a test run leaves no server behind."""

import os
import signal
import threading
import time

POLL_SECONDS = 0.5


def process_identity(pid: int) -> str | None:
    """A value that stays the same while process `pid` lives; None when it does not exist.

    Where /proc exists the start time is part of the value, so that a new process with a reused number is
    not mistaken for the parent, and a zombie (killed, not yet collected) counts as gone.
    """
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            # The second field, the command name, is in parentheses and may contain anything.
            fields = stat.read().rpartition(")")[2].split()
        state, start_time = fields[0], fields[19]
        return None if state in "ZXx" else start_time
    except (FileNotFoundError, ProcessLookupError):
        if os.path.exists("/proc/self/stat"):
            return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return "alive"


def _watch(pid: int, identity: str | None) -> None:
    while identity is not None and process_identity(pid) == identity:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def exit_with_parent(pid: int) -> None:
    """Watch process `pid` from a daemon thread and end this process, as SIGTERM does, once it is gone."""
    threading.Thread(target=_watch, args=(pid, process_identity(pid)), daemon=True).start()
