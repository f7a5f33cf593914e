"""From an HTTP request to a handler of an added operation and back.

moto already contains, for every AWS protocol, a router, a parser and a serializer that work from botocore's
service models. Using them keeps the added APIs free of XML, JSON and HTTP: a handler gets and returns plain
dicts, and names, timestamps, error codes and status codes are those of the real API.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import NotFound, get_service_router
from moto.core.serialize import XFormedAttributePicker, get_serializer_class
from moto.core.utils import get_service_model
from moto.iam import models as iam_models
from werkzeug.exceptions import HTTPException

from .call import Call, Handler
from .scope import CredentialScope
from .store import Store

QUERY_MARKERS = {"s3": "intelligent-tiering"}
"""Services with much traffic and few added operations: only requests with this in the query are looked at."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def match_operation(model_name: str, request: Request) -> tuple[OperationModel, dict[str, Any]] | None:
    """The operation a request is for, with the parameters found in its path."""
    try:
        return get_service_router(model_name).match(request)
    except (NotFound, NotImplementedError):
        return None


class Dispatcher:
    """Answers the requests that are for added operations and leaves the others alone."""

    def __init__(self, operations: Mapping[tuple[str, str], Handler], store: Store) -> None:
        self._operations = dict(operations)
        self._services = {service for service, _ in self._operations}
        self._store = store

    def concerns(self, scope: CredentialScope | None, environ: dict[str, Any]) -> bool:
        """A cheap first look: could this request be for an added operation?"""
        if scope is None or scope.service not in self._services:
            return False
        return QUERY_MARKERS.get(scope.service, "") in environ.get("QUERY_STRING", "")

    def answer(self, scope: CredentialScope, environ: dict[str, Any]) -> Answer | None:
        """The answer to the request, or None when moto is to answer it."""
        request = Request(environ)
        matched = match_operation(scope.model_name, request)
        if matched is None:
            return None
        operation, path_params = matched
        handler = self._operations.get((scope.service, str(operation.name)))
        if handler is None:
            return None
        protocol = determine_request_protocol(get_service_model(scope.model_name), request.content_type)
        params = _parse(protocol, operation, request, path_params)
        call = Call(_account(scope, environ), scope.region, self._store)
        try:
            with self._store.lock:
                result = handler(call, params)
        except ServiceException as error:
            result = error
        except HTTPException as error:
            # The older style of error in moto: already rendered for its service.
            headers = {name: str(value) for name, value in error.get_headers()}
            return Answer(error.code or 400, headers, (error.description or "").encode())
        return _serialize(protocol, operation, result)


def _account(scope: CredentialScope, environ: dict[str, Any]) -> str:
    """The account of a request, found in the same order as moto finds it."""
    fixed = os.environ.get("MOTO_ACCOUNT_ID") or environ.get("HTTP_X_MOTO_ACCOUNT_ID")
    return fixed or iam_models.get_account_id_from(scope.access_key)


def _parse(
    protocol: str, operation: OperationModel, request: Request, path_params: dict[str, Any]
) -> dict[str, Any]:
    parser = PROTOCOL_PARSERS[protocol](operation, map_type=dict)
    parsed = parser.parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": path_params,
        }
    )
    return parsed or {}


def _serialize(protocol: str, operation: OperationModel, result: Any) -> Answer:
    serializer_class = get_serializer_class(operation.service_model.service_name, protocol)
    serializer = serializer_class(operation_model=operation, value_picker=XFormedAttributePicker())
    serialized = serializer.serialize(result)
    body = serialized["body"]
    status = getattr(result, "status", None) if isinstance(result, Exception) else None
    return Answer(
        status=int(status or serialized["status_code"]),
        headers={name: str(value) for name, value in serialized["headers"].items()},
        body=body if isinstance(body, bytes) else str(body).encode(),
    )
