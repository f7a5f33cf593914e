"""S3: what a bucket's policy refuses.

moto: takes a statement whose condition does not hold as a refusal, whatever its effect.
AWS: such a statement says nothing about the request.
Breaks without it: `aws_s3_object`, and all other objects of a bucket that refuses requests without TLS.

The emulator listens on loopback without TLS, in place of an endpoint with it: requests count as secure.
"""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from flask import has_request_context, request
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from ._patch import replace

OVER_TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}

OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "Bool": lambda found, wanted: found.lower() == wanted.lower(),
    "StringEquals": lambda found, wanted: found == wanted,
    "StringLike": fnmatchcase,
    "ArnLike": fnmatchcase,
    "ArnEquals": fnmatchcase,
    "NumericEquals": lambda found, wanted: float(found) == float(wanted),
    "NumericLessThan": lambda found, wanted: float(found) < float(wanted),
    "NumericGreaterThan": lambda found, wanted: float(found) > float(wanted),
}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _request_values() -> dict[str, str]:
    headers = request.headers.items() if has_request_context() else ()
    return OVER_TLS | {
        f"s3:{name.lower()}": value for name, value in headers if name.lower().startswith("x-amz-")
    }


def _holds(operator: str, wanted: list[str], found: str | None) -> bool:
    if operator == "Null":
        return str(found is None).lower() in [text.lower() for text in wanted]
    if operator.endswith("IfExists"):
        return found is None or _holds(operator.removesuffix("IfExists"), wanted, found)
    negated = "Not" in operator
    test = OPERATORS.get(operator.replace("Not", ""))
    if test is None:  # conditions that nobody here asks for
        return False
    if found is None:
        return negated
    return any(test(found, text) for text in wanted) != negated


def _conditions_hold(statement: dict[str, Any], values: dict[str, str]) -> bool:
    return all(
        _holds(operator, [str(text) for text in _as_list(wanted)], values.get(key))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def _concerns(statement: dict[str, Any], action: str, resource: str) -> bool:
    if "NotAction" in statement:
        acts = not any(fnmatchcase(action, pattern) for pattern in _as_list(statement["NotAction"]))
    else:
        acts = any(fnmatchcase(action, pattern) for pattern in _as_list(statement.get("Action", [])))
    # Who asks is not known here: what is said of others than everybody is passed over.
    everybody = statement.get("Principal", "*") in ("*", {"AWS": "*"})
    return (
        acts
        and everybody
        and any(fnmatchcase(resource, pattern) for pattern in _as_list(statement["Resource"]))
    )


def _get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
    if self.policy is None:
        return PermissionResult.NEUTRAL
    values = _request_values()
    effects = {
        statement["Effect"]
        for statement in _as_list(json.loads(self.policy.decode())["Statement"])
        if _concerns(statement, action, resource) and _conditions_hold(statement, values)
    }
    if "Deny" in effects:
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if "Allow" in effects else PermissionResult.NEUTRAL


def apply() -> None:
    replace(FakeBucket, "get_permission", _get_permission)
