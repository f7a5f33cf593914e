"""An optional log of requests: one JSON line each, without bodies, query strings or signatures."""

import json
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from moto.core.request import Request

from .dispatcher import match_operation
from .scope import CredentialScope


def action_name(scope: CredentialScope | None, environ: dict[str, Any], body: bytes) -> str | None:
    """The AWS operation a request asks for, as far as it can be told."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return str(target).rpartition(".")[2]
    if scope is None:
        return None
    # An upload to S3 may call itself a form; its content is not ours to read.
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    if form and scope.service != "s3":
        return parse_qs(body.decode("utf-8", "replace")).get("Action", [None])[0]
    try:
        matched = match_operation(scope.model_name, Request(dict(environ)))
    except Exception:  # a service botocore does not know by this name: the log line is still worth having
        return None
    return str(matched[0].name) if matched else None


class RequestLog:
    """Appends to a file; a line is written whole or not at all."""

    def __init__(self, path: str | Path) -> None:
        self._file = open(path, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 - open as long as we run
        self._lock = threading.Lock()

    def write(
        self, scope: CredentialScope | None, environ: dict[str, Any], action: str | None, status: int
    ) -> None:
        entry = {
            "service": scope.service if scope else None,
            "region": scope.region if scope else None,
            "method": environ.get("REQUEST_METHOD"),
            "path": environ.get("PATH_INFO"),
            "action": action,
            "status": status,
        }
        with self._lock:
            self._file.write(json.dumps(entry) + "\n")

    def close(self) -> None:
        with self._lock:
            self._file.close()
