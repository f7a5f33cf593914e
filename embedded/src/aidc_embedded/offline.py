"""No outgoing connection, ever, and no other process.

A few features of moto send requests (SNS to HTTP endpoints, Firehose to HTTP endpoints) or start containers
(Lambda, Batch). An emulator that stands in for an AWS account must not reach anything, so the interpreter
itself refuses: an audit hook sees every connection, name look-up and process start, and cannot be removed.
"""

import sys
from typing import Any

REFUSED_EVENTS = frozenset(
    {
        "socket.connect",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "subprocess.Popen",
        "os.exec",
        "os.posix_spawn",
        "os.system",
    }
)


class Refused(PermissionError):
    """Raised instead of opening a connection or starting a process."""


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in REFUSED_EVENTS:
        raise Refused(f"the embedded cloud opens no connections and starts no processes ({event})")


def refuse_outgoing_connections() -> None:
    """From now on this process can accept connections, but open none."""
    sys.addaudithook(_refuse)
