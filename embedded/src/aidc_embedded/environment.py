"""The process environment moto must see before it is imported: moto reads its settings at import time."""

import os

SETTINGS = {
    # Without it every attachment of an `arn:aws:iam::aws:policy/...` is refused as NoSuchEntity.
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    # `aws_instance` asks DescribeImages for the image that SSM publishes as the newest Amazon Linux;
    # loaded at the first EC2 call.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "true",
    # EventBridge API destinations would make moto send real HTTP requests.
    "MOTO_EVENTS_INVOKE_HTTP": "false",
    # boto3 sessions inside moto must never look for an account, a profile or an instance role.
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}


def prepare_environment() -> None:
    """Take every AWS setting of the caller away and put ours in place."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(SETTINGS)
