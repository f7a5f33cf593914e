"""The WSGI application: own paths, routing, locking, and answers for what is missing."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from expect import refused
from moto.core.utils import get_service_model

from aidc_embedded import apis
from aidc_embedded.scope import CredentialScope, credential_scope


def get_json(url):
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def test_health(server_url):
    assert get_json(f"{server_url}/_aidc/health") == {"status": "ok"}


def test_inventory_counts_and_reset_empties(aws, server_url, cluster):
    aws("ec2").create_placement_group(GroupName="a", Strategy="cluster")
    aws("ec2", "eu-west-1").create_placement_group(GroupName="a", Strategy="cluster")
    aws("eks").create_addon(clusterName="train", addonName="vpc-cni")
    counts = get_json(f"{server_url}/_aidc/inventory")
    assert (counts["ec2.placement-group"], counts["eks.addon"]) == (2, 1)

    urllib.request.urlopen(urllib.request.Request(f"{server_url}/moto-api/reset", method="POST")).close()
    assert get_json(f"{server_url}/_aidc/inventory") == {}
    assert aws("eks").list_clusters()["clusters"] == []
    assert aws("ec2").describe_placement_groups()["PlacementGroups"] == []


@pytest.mark.parametrize(
    ("service", "call"),
    [
        (
            "ec2",
            lambda client: client.describe_capacity_block_extension_offerings(
                CapacityReservationId="cr-0123456789abcdef0", CapacityBlockExtensionDurationHours=24
            ),
        ),
        ("fsx", lambda client: client.describe_data_repository_tasks()),
        ("sns", lambda client: client.get_sms_sandbox_account_status()),
    ],
)
def test_missing_operations_are_final_errors_not_passing_faults(aws, service, call):
    # SDKs repeat a request that ends in 500 and give up at 501.
    with refused("NotImplemented", 501, "has not been implemented"):
        call(aws(service))


def test_many_requests_at_a_time(aws):
    ec2, iam, eks = aws("ec2"), aws("iam"), aws("eks")

    def work(index):
        ec2.create_placement_group(GroupName=f"g{index}", Strategy="cluster")
        ec2.create_security_group(GroupName=f"g{index}", Description="d")
        ec2.describe_security_groups()
        iam.create_role(RoleName=f"r{index}", AssumeRolePolicyDocument="{}")
        iam.list_roles()
        eks.list_clusters()

    with ThreadPoolExecutor(30) as pool:
        list(pool.map(work, range(30)))
    assert len(ec2.describe_placement_groups()["PlacementGroups"]) == 30
    assert len(iam.list_roles()["Roles"]) == 30


def test_waiting_for_messages_stops_nobody_else(aws):
    sqs = aws("sqs")
    queue = sqs.create_queue(QueueName="interruptions")["QueueUrl"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sqs.receive_message, QueueUrl=queue, WaitTimeSeconds=3)
        for _ in range(3):
            aws("ec2").describe_placement_groups()
        assert not waiting.done()
        assert "Messages" not in waiting.result()


def test_every_added_operation_exists_in_the_model_of_its_service():
    for service, name in apis.operations():
        model = CredentialScope("key", "us-east-1", service).model_name
        assert name in get_service_model(model).operation_names


def test_credential_scope():
    credential = "Credential=AKID/20250101/eu-west-1/servicequotas/aws4_request"
    signed = {"HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}
    scope = credential_scope(signed)
    assert (scope.access_key, scope.region, scope.service) == ("AKID", "eu-west-1", "servicequotas")
    assert scope.model_name == "service-quotas"
    presigned = {"QUERY_STRING": "X-Amz-Credential=AKID%2F20250101%2Feu-west-1%2Fs3%2Faws4_request"}
    assert credential_scope(presigned).service == "s3"
    assert credential_scope({}) is None
