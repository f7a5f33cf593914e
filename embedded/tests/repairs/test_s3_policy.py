import json

import pytest
from botocore.exceptions import ClientError
from conftest import ClientFactory

KEY = "arn:aws:kms:us-east-1:123456789012:key/1b2c3d4e-0000-4000-8000-123456789012"
SSE, SSE_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"


def bucket_with(aws: ClientFactory, *conditions: dict[str, dict[str, str]], actions: str = "s3:*"):
    s3 = aws("s3")
    s3.create_bucket(Bucket="guarded")
    statements = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": actions,
            "Resource": ["arn:aws:s3:::guarded", "arn:aws:s3:::guarded/*"],
            "Condition": condition,
        }
        for condition in conditions
    ]
    s3.put_bucket_policy(
        Bucket="guarded", Policy=json.dumps({"Version": "2012-10-17", "Statement": statements})
    )
    return s3


@pytest.mark.repair
def test_a_refusal_of_plain_http_lets_requests_pass(aws: ClientFactory) -> None:
    s3 = bucket_with(
        aws, {"Bool": {"aws:SecureTransport": "false"}}, {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    )
    s3.put_object(Bucket="guarded", Key="a/b", Body=b"text")
    assert s3.get_object(Bucket="guarded", Key="a/b")["Body"].read() == b"text"
    assert "Errors" not in s3.delete_objects(Bucket="guarded", Delete={"Objects": [{"Key": "a/b"}]})


@pytest.mark.repair
def test_a_refusal_of_foreign_keys_refuses_them_alone(aws: ClientFactory) -> None:
    s3 = bucket_with(
        aws,
        {"Null": {SSE: "false"}, "StringNotEquals": {SSE: "aws:kms"}},
        {"Null": {SSE_KEY: "false"}, "StringNotEquals": {SSE_KEY: KEY}},
        {"Null": {SSE_KEY: "true"}, "StringEquals": {SSE: "aws:kms"}},
        actions="s3:PutObject",
    )
    s3.put_object(Bucket="guarded", Key="default", Body=b"")
    s3.put_object(Bucket="guarded", Key="named", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=KEY)
    for wrong in (
        {"ServerSideEncryption": "AES256"},
        {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": f"{KEY}x"},
        {"ServerSideEncryption": "aws:kms"},
    ):
        with pytest.raises(ClientError, match="Forbidden"):
            s3.put_object(Bucket="guarded", Key="wrong", Body=b"", **wrong)


def test_a_refusal_without_a_condition_stays_one(aws: ClientFactory) -> None:
    s3 = bucket_with(aws, {})
    with pytest.raises(ClientError, match="Forbidden"):
        s3.put_object(Bucket="guarded", Key="a", Body=b"")
