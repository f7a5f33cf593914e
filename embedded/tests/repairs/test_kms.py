"""KMS key rotation."""

import boto3
import pytest
from botocore.config import Config
from expect import refused

pytestmark = pytest.mark.repair


def test_rotation_period_is_kept(aws):
    kms = aws("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 365
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180
    kms.disable_key_rotation(KeyId=key)
    assert "RotationPeriodInDays" not in kms.get_key_rotation_status(KeyId=key)


def test_impossible_periods_are_refused(aws, server_url):
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    # boto3 would refuse it by itself.
    kms = boto3.client(
        "kms",
        region_name="us-east-1",
        endpoint_url=server_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(parameter_validation=False),
    )
    with refused("ValidationException"):
        kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=30)
