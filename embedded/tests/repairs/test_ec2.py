"""EC2 launch templates and security group rules."""

import pytest

pytestmark = pytest.mark.repair


def tags(kind, **values):
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in values.items()]}]


@pytest.mark.parametrize("data", [{}, {"TagSpecifications": tags("instance", role="node")}])
def test_tags_of_a_launch_template_stay_out_of_its_data(aws, data):
    ec2 = aws("ec2")
    made = ec2.create_launch_template(
        LaunchTemplateName="gpu",
        LaunchTemplateData={"EbsOptimized": True, **data},
        TagSpecifications=tags("launch-template", team="ai"),
    )["LaunchTemplate"]
    assert made["Tags"] == [{"Key": "team", "Value": "ai"}]
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateName="gpu")["LaunchTemplateVersions"]
    kept = version["LaunchTemplateData"].get("TagSpecifications", [])
    assert kept == data.get("TagSpecifications", [])


def test_rules_that_name_a_group_keep_their_description(aws, vpc):
    ec2 = aws("ec2")
    group = ec2.create_security_group(GroupName="efa", Description="EFA", VpcId=vpc.id)["GroupId"]
    pair = {"GroupId": group, "Description": "EFA traffic within the group"}
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [pair]}]
    )
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    (rule,) = [one for one in rules["SecurityGroupRules"] if not one["IsEgress"]]
    assert rule["Description"] == "EFA traffic within the group"


def test_a_gateway_endpoint_can_be_deleted_twice(aws, vpc):
    ec2 = aws("ec2")
    table = ec2.create_route_table(VpcId=vpc.id)["RouteTable"]["RouteTableId"]
    service = "com.amazonaws.us-east-1.s3"
    made = ec2.create_vpc_endpoint(
        VpcId=vpc.id, ServiceName=service, VpcEndpointType="Gateway", RouteTableIds=[table]
    )
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]
    for _ in range(2):
        assert ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"] == []


@pytest.fixture
def instance(aws, vpc):
    """An instance that must not get a public address: its subnet and groups come with an interface."""
    group = aws("ec2").create_security_group(GroupName="host", Description="d", VpcId=vpc.id)["GroupId"]
    (made,) = aws("ec2").run_instances(
        ImageId="ami-0123456789abcdef0",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[
            {
                "DeviceIndex": 0,
                "SubnetId": vpc.subnets[0],
                "Groups": [group],
                "AssociatePublicIpAddress": False,
            }
        ],
    )["Instances"]
    return made["InstanceId"], group


def describe(aws, instance_id):
    return aws("ec2").describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]


def test_instance_has_the_groups_of_its_interface_and_no_public_address(aws, instance):
    instance_id, group = instance
    found = describe(aws, instance_id)
    assert [one["GroupId"] for one in found["SecurityGroups"]] == [group]
    assert "Association" not in found["NetworkInterfaces"][0]


def test_monitoring_is_switched(aws, instance):
    ec2 = aws("ec2")
    (switched,) = ec2.monitor_instances(InstanceIds=[instance[0]])["InstanceMonitorings"]
    assert switched["Monitoring"]["State"] == "enabled"
    assert describe(aws, instance[0])["Monitoring"]["State"] == "enabled"
    ec2.unmonitor_instances(InstanceIds=[instance[0]])
    assert describe(aws, instance[0])["Monitoring"]["State"] == "disabled"
