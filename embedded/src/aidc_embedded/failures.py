"""Answers for what the embedded cloud cannot do, in the form the calling SDK understands.

moto raises NotImplementedError for an operation it lacks, which its server turns into an HTML page with
status 500; SDKs take that for a passing fault and try again. 501 is final, so Terraform stops at once and
says which operation is missing.
"""

import json
from typing import Any
from xml.sax.saxutils import escape

from .dispatcher import Answer
from .scope import CredentialScope

XML_SERVICES = frozenset({"s3", "route53", "cloudfront"})


def _xml(service: str, code: str, message: str) -> str:
    error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    if service == "ec2":
        return f"<Response><Errors>{error}</Errors><RequestID>embedded</RequestID></Response>"
    if service == "s3":
        return error
    return f"<ErrorResponse>{error}<RequestId>embedded</RequestId></ErrorResponse>"


def failure(
    scope: CredentialScope | None, environ: dict[str, Any], status: int, code: str, message: str
) -> Answer:
    service = scope.service if scope else ""
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    if service in XML_SERVICES or form:
        return Answer(status, {"Content-Type": "text/xml"}, _xml(service, code, message).encode())
    body = json.dumps({"__type": code, "message": message})
    return Answer(status, {"Content-Type": "application/json", "X-Amzn-ErrorType": code}, body.encode())


def not_implemented(scope: CredentialScope | None, environ: dict[str, Any], error: Exception) -> Answer:
    service = scope.service if scope else "unknown service"
    message = f"{service}: {error} (embedded/README.md tells how to add it to the embedded cloud)"
    return failure(scope, environ, 501, "NotImplemented", message)


def internal_failure(scope: CredentialScope | None, environ: dict[str, Any], error: Exception) -> Answer:
    message = f"the embedded cloud failed: {type(error).__name__}: {error}"
    return failure(scope, environ, 500, "InternalFailure", message)
