"""S3: who may write access logs into a bucket, read from its policy.

moto: crashes on a statement whose principal is "*" (the usual refusal of requests without TLS), and
understands a service principal, an action and a resource only as a single text.
AWS: reads policies as policies.
Breaks without it: `aws_s3_bucket_logging` into a bucket that any security baseline accepts.
"""

import json
from fnmatch import fnmatchcase
from typing import Any

from moto.s3.models import FakeBucket

from ._patch import replace

LOGGING_SERVICE = "logging.s3.amazonaws.com"


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _services(principal: Any) -> list[str]:
    return _as_list(principal.get("Service", [])) if isinstance(principal, dict) else []


def _allows_logs(statement: dict[str, Any], log_object: str) -> bool:
    return (
        statement.get("Effect") == "Allow"
        and LOGGING_SERVICE in _services(statement.get("Principal"))
        and any(fnmatchcase("s3:PutObject", action) for action in _as_list(statement.get("Action", [])))
        and any(fnmatchcase(log_object, pattern) for pattern in _as_list(statement.get("Resource", [])))
    )


def _log_permissions_enabled_policy(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
    if not target_bucket.policy:
        return False
    log_object = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}log"
    policy = json.loads(target_bucket.policy.decode())
    return any(_allows_logs(statement, log_object) for statement in _as_list(policy["Statement"]))


def apply() -> None:
    replace(FakeBucket, "_log_permissions_enabled_policy", staticmethod(_log_permissions_enabled_policy))
