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
