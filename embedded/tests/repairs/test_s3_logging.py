"""S3 access logs."""

import json

import pytest
from expect import refused

LOGGING = {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "s3/data/"}}
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
DELIVERY = {
    "Effect": "Allow",
    "Principal": {"Service": "logging.s3.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::logs/s3/*",
}


@pytest.fixture
def s3(aws):
    client = aws("s3")
    client.create_bucket(Bucket="data")
    client.create_bucket(Bucket="logs")
    return client


def set_policy(s3, *statements):
    s3.put_bucket_policy(Bucket="logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


@pytest.mark.repair
@pytest.mark.parametrize(
    "delivery",
    [
        DELIVERY,
        {**DELIVERY, "Principal": {"Service": ["logging.s3.amazonaws.com", "delivery.logs.amazonaws.com"]}},
        {**DELIVERY, "Action": ["s3:Put*"], "Resource": ["arn:aws:s3:::logs/*"]},
    ],
)
def test_logging_beside_a_refusal_of_requests_without_tls(s3, delivery):
    set_policy(s3, TLS_ONLY, delivery)
    s3.put_bucket_logging(Bucket="data", BucketLoggingStatus=LOGGING)
    assert s3.get_bucket_logging(Bucket="data")["LoggingEnabled"]["TargetPrefix"] == "s3/data/"


@pytest.mark.parametrize(
    "statement",
    [
        {**DELIVERY, "Effect": "Deny"},
        {**DELIVERY, "Action": "s3:GetObject"},
        {**DELIVERY, "Resource": "arn:aws:s3:::logs/elsewhere/*"},
    ],
)
def test_logging_without_permission_is_still_refused(s3, statement):
    set_policy(s3, statement)
    with refused("InvalidTargetBucketForLogging"):
        s3.put_bucket_logging(Bucket="data", BucketLoggingStatus=LOGGING)
