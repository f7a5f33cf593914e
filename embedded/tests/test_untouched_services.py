"""Services the data center uses that must stay as moto has them."""

import pytest
from conftest import ACCOUNT

from aidc_embedded.environment import SETTINGS


def test_ssm_parameters_by_path(aws):
    ssm = aws("ssm")
    for name in ("vpc-id", "subnets"):
        ssm.put_parameter(Name=f"/prod/network/v1/{name}", Value=name, Type="String")
    found = ssm.get_parameters_by_path(Path="/prod/network", Recursive=True)["Parameters"]
    assert sorted(one["Value"] for one in found) == ["subnets", "vpc-id"]


def test_vpc_endpoints_and_flow_logs(aws, vpc):
    ec2 = aws("ec2")
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc.id,
        ServiceName="com.amazonaws.us-east-1.eks",
        VpcEndpointType="Interface",
        SubnetIds=vpc.subnets,
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]
    (found,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])["VpcEndpoints"]
    assert sorted(found["SubnetIds"]) == sorted(vpc.subnets)
    aws("s3").create_bucket(Bucket="flow")
    logs = ec2.create_flow_logs(
        ResourceIds=[vpc.id],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::flow",
    )
    assert ec2.describe_flow_logs(FlowLogIds=logs["FlowLogIds"])["FlowLogs"][0]["ResourceId"] == vpc.id


@pytest.fixture
def managed_policies(monkeypatch):
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", SETTINGS["MOTO_IAM_LOAD_MANAGED_POLICIES"])


def test_iam_has_the_managed_policies(managed_policies, aws):
    iam = aws("iam")
    iam.create_role(RoleName="node", AssumeRolePolicyDocument="{}")
    arn = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
    iam.attach_role_policy(RoleName="node", PolicyArn=arn)
    (attached,) = iam.list_attached_role_policies(RoleName="node")["AttachedPolicies"]
    assert attached["PolicyArn"] == arn


def test_kms_grants(aws):
    kms = aws("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    role = f"arn:aws:iam::{ACCOUNT}:role/node"
    grant = kms.create_grant(KeyId=key, GranteePrincipal=role, Operations=["Decrypt"])["GrantId"]
    assert [one["GrantId"] for one in kms.list_grants(KeyId=key)["Grants"]] == [grant]
    kms.revoke_grant(KeyId=key, GrantId=grant)


def test_eventbridge_delivers_to_sqs(aws):
    sqs, events = aws("sqs"), aws("events")
    queue = sqs.create_queue(QueueName="interruptions")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="spot", EventPattern='{"source": ["test.ec2"]}')
    events.put_targets(Rule="spot", Targets=[{"Id": "queue", "Arn": arn}])
    events.put_events(Entries=[{"Source": "test.ec2", "DetailType": "warning", "Detail": "{}"}])
    assert len(sqs.receive_message(QueueUrl=queue)["Messages"]) == 1


def test_images_of_public_parameters_exist(aws):
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
    image_id = aws("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    (image,) = aws("ec2").describe_images(ImageIds=[image_id])["Images"]
    assert image["RootDeviceName"] == "/dev/xvda"
    assert image["ImageOwnerAlias"] == "amazon"
