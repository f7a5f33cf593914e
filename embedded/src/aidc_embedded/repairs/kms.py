"""KMS: the period of key rotation.

moto: ignores RotationPeriodInDays and never returns one.
AWS: 365 days unless told otherwise, from 90 to 2560.
Breaks without it: `aws_kms_key` with `rotation_period_in_days` sets it again on every plan.
"""

import json

from moto.kms.exceptions import ValidationException
from moto.kms.models import Key
from moto.kms.responses import KmsResponse

from ._patch import Replacement, wrap

DEFAULT_DAYS = 365
ALLOWED_DAYS = range(90, 2561)


def _enable_key_rotation(original: Replacement, response: KmsResponse) -> str:
    days = response._get_param("RotationPeriodInDays") or DEFAULT_DAYS
    if days not in ALLOWED_DAYS:
        raise ValidationException(
            f"1 validation error detected: Value '{days}' at 'rotationPeriodInDays' failed to satisfy "
            f"constraint: Member must be between {ALLOWED_DAYS.start} and {ALLOWED_DAYS.stop - 1}"
        )
    result = original(response)
    _key(response).rotation_period_in_days = days
    return result


def _get_key_rotation_status(original: Replacement, response: KmsResponse) -> str:
    status = json.loads(original(response))
    if status["KeyRotationEnabled"]:
        # A key may have been given rotation by CloudFormation, past EnableKeyRotation.
        status["RotationPeriodInDays"] = getattr(_key(response), "rotation_period_in_days", DEFAULT_DAYS)
    return json.dumps(status)


def _key(response: KmsResponse) -> Key:
    backend = response.kms_backend
    return backend.keys[backend.get_key_id(response._get_param("KeyId"))]


def apply() -> None:
    wrap(KmsResponse, "enable_key_rotation", _enable_key_rotation)
    wrap(KmsResponse, "get_key_rotation_status", _get_key_rotation_status)
