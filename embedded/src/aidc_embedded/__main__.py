"""Command line: `python -m aidc_embedded [--host 127.0.0.1] [--port 0] [--parent PID] [--request-log FILE]`.

Standard output carries exactly one line, written when the server can answer:
`{"ready": true, "url": "http://127.0.0.1:PORT", "pid": N, "moto": "5.2.5"}`.
"""

import argparse
import json
import os
import signal
import sys
from importlib.metadata import PackageNotFoundError, version
from types import FrameType
from typing import NoReturn

from . import MOTO_VERSION
from .environment import prepare_environment
from .listener import ListenError, open_socket, url_of
from .offline import refuse_outgoing_connections
from .parent import exit_with_parent


def port_number(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError(text)
    return port


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="aidc_embedded", description="Run the embedded cloud on this machine."
    )
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (%(default)s)")
    parser.add_argument(
        "--port", type=port_number, default=0, help="port to listen on; 0 takes a free one (%(default)s)"
    )
    parser.add_argument("--parent", type=int, metavar="PID", help="exit when this process is gone")
    parser.add_argument("--request-log", metavar="FILE", help="append one JSON line per request to this file")
    return parser.parse_args(arguments)


def fail(message: str) -> NoReturn:
    print(f"error: {message}", file=sys.stderr)
    raise SystemExit(2)


def check_moto_version() -> None:
    try:
        found = version("moto")
    except PackageNotFoundError:
        fail("moto is not installed; run: pip install -r embedded/requirements.txt")
    if found != MOTO_VERSION:
        fail(f"moto {found} is installed, but the repairs are written for moto {MOTO_VERSION}")


def _exit_quietly(_signal: int, _frame: FrameType | None) -> NoReturn:
    # State is in memory only and requests in flight are worthless without the server: nothing to wait for.
    os._exit(0)


def main(arguments: list[str] | None = None) -> None:
    options = parse_arguments(arguments)
    # moto may print; the caller reads standard output as a protocol.
    protocol, sys.stdout = sys.stdout, sys.stderr
    signal.signal(signal.SIGTERM, _exit_quietly)
    signal.signal(signal.SIGINT, _exit_quietly)
    prepare_environment()

    if options.parent is not None:
        exit_with_parent(options.parent)
    check_moto_version()
    try:
        listener = open_socket(options.host, options.port)
    except ListenError as error:
        fail(str(error))

    # Imported late: moto reads the environment when it is imported, and takes seconds to load.
    from .request_log import RequestLog
    from .server import Application, serve_on

    try:
        log = RequestLog(options.request_log) if options.request_log else None
    except OSError as error:
        fail(f"cannot write the request log {options.request_log}: {error.strerror}")
    server = serve_on(listener, Application(log))
    refuse_outgoing_connections()
    ready = {"ready": True, "url": url_of(listener), "pid": os.getpid(), "moto": MOTO_VERSION}
    print(json.dumps(ready, separators=(",", ":")), file=protocol, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
