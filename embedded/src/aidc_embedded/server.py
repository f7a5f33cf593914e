"""The WSGI application - our own paths, then the added operations, then moto - and its HTTP server."""

import contextlib
import io
import json
import logging
import socket
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from . import apis, repairs
from .dispatcher import Answer, Dispatcher
from .failures import internal_failure, not_implemented
from .request_log import RequestLog, action_name
from .scope import CredentialScope, credential_scope
from .store import Store

BLOCKING_SERVICES = frozenset({"sqs", "states", "swf", "lambda", "batch"})
"""Services whose requests may wait (long polling, synchronous runs) and so must not hold the lock."""

StartResponse = Callable[..., Any]


class Application:
    """moto with its repairs and the added operations.

    moto's backends are plain dicts without locks, and Terraform sends up to 30 requests at a time: one
    request iterating over a dict that another one changes ends in a 500. Handling requests one at a time
    costs nothing here, because the interpreter runs one thread at a time anyway.
    """

    def __init__(self, request_log: RequestLog | None = None, *, stock: bool = False) -> None:
        """`stock` leaves moto as it is; the tests use it to prove that each repair is still needed."""
        self.store = Store()
        self._lock = threading.Lock()
        self._log = request_log
        self._additions = Dispatcher({} if stock else apis.operations(), self.store)
        if not stock:
            repairs.apply_all()
        self._moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        own = self._own_path(environ)
        if own is not None:
            return _send(own, start_response)
        scope = credential_scope(environ)
        body = _buffer_body(environ)
        status = 500

        def observed_start(status_line: str, *arguments: Any) -> Any:
            nonlocal status
            status = int(status_line.split()[0])
            return start_response(status_line, *arguments)

        # Looked up first: moto consumes the request.
        action = action_name(scope, _fresh(environ, body), body or b"") if self._log else None
        with self._exclusive(scope):
            result = self._handle(scope, environ, body, observed_start)
        if self._log:
            self._log.write(scope, environ, action, status)
        return result

    def _own_path(self, environ: dict[str, Any]) -> Answer | None:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD")
        if path == "/_aidc/health":
            return _json_answer({"status": "ok"})
        if path == "/_aidc/inventory":
            return _json_answer(self.store.counts())
        if path == "/moto-api/reset" and method == "POST":
            self.store.reset()  # moto resets itself in the ordinary way
        return None

    def _exclusive(self, scope: CredentialScope | None) -> contextlib.AbstractContextManager[Any]:
        may_wait = scope is not None and scope.service in BLOCKING_SERVICES
        return contextlib.nullcontext() if may_wait else self._lock

    def _handle(
        self,
        scope: CredentialScope | None,
        environ: dict[str, Any],
        body: bytes | None,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        try:
            if scope is not None and self._additions.concerns(scope, environ):
                answer = self._additions.answer(scope, _fresh(environ, body))
                if answer is not None:
                    return _send(answer, start_response)
            return self._moto(_fresh(environ, body), start_response)
        except NotImplementedError as error:
            return _send(not_implemented(scope, environ, error), start_response)
        except Exception as error:
            traceback.print_exc()
            return _send(internal_failure(scope, environ, error), start_response)


def _buffer_body(environ: dict[str, Any]) -> bytes | None:
    """The request body, read before the lock is taken; None when its length is not announced."""
    length = environ.get("CONTENT_LENGTH")
    return environ["wsgi.input"].read(int(length)) if length else None


def _fresh(environ: dict[str, Any], body: bytes | None) -> dict[str, Any]:
    """A copy of the request whose body can be read from the start."""
    return environ if body is None else {**environ, "wsgi.input": io.BytesIO(body)}


def _json_answer(value: Any) -> Answer:
    return Answer(200, {"Content-Type": "application/json"}, json.dumps(value).encode())


def _send(answer: Answer, start_response: StartResponse) -> Iterator[bytes]:
    headers = {**answer.headers, "Content-Length": str(len(answer.body))}
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(headers.items()))
    return iter([answer.body])


def serve_on(listener: socket.socket, application: Application) -> BaseWSGIServer:
    """A threaded server on a listening socket; call `serve_forever()` on it."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    host, port = listener.getsockname()[:2]
    return make_server(
        host, port, application, threaded=True, request_handler=MotoRequestHandler, fd=listener.fileno()
    )
