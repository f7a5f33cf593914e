"""Stands between launcher and worker: `python child.py PARENT COMMAND...` becomes the command, which dies with its parent.

Torch elastic starts workers in sessions of their own. Were the launcher killed, they would go on without anyone to stop them.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # of linux/prctl.h; stays over exec, unlike signal handlers


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:  # it died before the kernel knew that we care
        sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
