"""`python -m aidc_runtime.agent`: a daemon of a system namespace that tells Kubernetes what EC2 says about the instance.

Pods of a run cannot ask themselves: the metadata service answers one network hop away only. Environment: NODE_NAME (of the
downward API), KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, AIDC_POLL_SECONDS (default 5, as EC2 advises).
"""

import json
import os
import signal
import sys
import threading

from .node import Node
from .notices import Metadata, Notice

UNKNOWN = Notice("Unknown", "", urgent=False)
"""Before the first look: an agent before this one may have told something that is over."""


def step(metadata: Metadata, node: Node, before: Notice | None) -> Notice | None:
    """Look once, and tell the node what has changed. What could not be told is tried again the next time, by its return."""
    try:
        now = metadata.notice()
        if now is not None and now != before:
            node.tell(now)
        elif now is None and before is not None:
            node.clear()
    except (OSError, ValueError, KeyError) as error:  # urllib's errors are OSErrors
        log("error", f"{type(error).__name__}: {error}")
        return before
    if now != before:
        log("warning" if now else "info", now.message if now else "no notice any more")
    return now


def log(level: str, message: str) -> None:
    print(json.dumps({"level": level, "message": message}), flush=True)


def main() -> int:
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    try:
        host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
        node = Node(os.environ["NODE_NAME"], f"https://{f'[{host}]' if ':' in host else host}:{port}")
    except KeyError as error:
        log("error", f"{error} is not set")
        return 64
    metadata = Metadata()
    notice: Notice | None = UNKNOWN
    while not over.wait(float(os.environ.get("AIDC_POLL_SECONDS", "5"))):
        notice = step(metadata, node, notice)
    return 0


if __name__ == "__main__":
    sys.exit(main())
