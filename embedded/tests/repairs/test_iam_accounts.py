"""IAM accounts."""

import pytest
from conftest import ACCOUNT


@pytest.mark.repair
def test_requests_make_no_accounts_in_other_partitions(aws):
    from moto.iam.models import iam_backends

    aws("ec2").describe_vpcs()
    aws("ec2").describe_vpcs()
    assert set(iam_backends[ACCOUNT].keys()) == {"aws"}


def test_keys_of_another_account_are_found(aws):
    from moto.iam.models import get_account_id_from, iam_backends

    iam = aws("iam")
    iam.create_user(UserName="trainer")
    key = iam.create_access_key(UserName="trainer")["AccessKey"]["AccessKeyId"]
    other = iam_backends["210987654321"]["aws-cn"]
    other.create_user("us-east-1", "other")
    assert get_account_id_from(key) == ACCOUNT
    assert get_account_id_from(other.create_access_key("other").access_key_id) == "210987654321"
    assert get_account_id_from("nobody's") == ACCOUNT
