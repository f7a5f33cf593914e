"""EC2 placement groups."""

import pytest
from expect import refused


def test_creates_describes_and_deletes(aws):
    ec2 = aws("ec2")
    tags = [{"ResourceType": "placement-group", "Tags": [{"Key": "team", "Value": "ai"}]}]
    created = ec2.create_placement_group(GroupName="fabric", Strategy="cluster", TagSpecifications=tags)
    group = created["PlacementGroup"]
    assert group["GroupId"].startswith("pg-")
    assert group["GroupArn"] == "arn:aws:ec2:us-east-1:123456789012:placement-group/fabric"
    assert ec2.describe_placement_groups(GroupNames=["fabric"])["PlacementGroups"] == [group]
    assert group["Tags"] == [{"Key": "team", "Value": "ai"}]

    ec2.delete_placement_group(GroupName="fabric")
    assert ec2.describe_placement_groups()["PlacementGroups"] == []


def test_tags_can_be_changed(aws):
    ec2 = aws("ec2")
    group_id = ec2.create_placement_group(GroupName="fabric", Strategy="cluster")["PlacementGroup"]["GroupId"]
    ec2.create_tags(Resources=[group_id], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    ec2.delete_tags(Resources=[group_id], Tags=[{"Key": "a"}])
    (group,) = ec2.describe_placement_groups(GroupIds=[group_id])["PlacementGroups"]
    assert group["Tags"] == [{"Key": "b", "Value": "2"}]
    (tag,) = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [group_id]}])["Tags"]
    assert tag["ResourceType"] == "placement-group"


def test_strategies_keep_their_details(aws):
    ec2 = aws("ec2")
    ec2.create_placement_group(GroupName="part", Strategy="partition", PartitionCount=5)
    ec2.create_placement_group(GroupName="spread", Strategy="spread")
    groups = {group["GroupName"]: group for group in ec2.describe_placement_groups()["PlacementGroups"]}
    assert groups["part"]["PartitionCount"] == 5
    assert groups["spread"]["SpreadLevel"] == "rack"


def test_filters(aws):
    ec2 = aws("ec2")
    tags = [{"ResourceType": "placement-group", "Tags": [{"Key": "pool", "Value": "h100"}]}]
    ec2.create_placement_group(GroupName="one", Strategy="cluster", TagSpecifications=tags)
    ec2.create_placement_group(GroupName="two", Strategy="spread")

    def names(name, value):
        found = ec2.describe_placement_groups(Filters=[{"Name": name, "Values": [value]}])["PlacementGroups"]
        return [group["GroupName"] for group in found]

    assert names("strategy", "spread") == ["two"]
    assert names("tag:pool", "h100") == ["one"]
    assert names("tag-key", "pool") == ["one"]
    with refused("InvalidParameterValue"):
        names("colour", "blue")


def test_unknown_and_duplicate_groups_are_refused(aws):
    ec2 = aws("ec2")
    ec2.create_placement_group(GroupName="fabric", Strategy="cluster")
    with refused("InvalidPlacementGroup.Duplicate"):
        ec2.create_placement_group(GroupName="fabric", Strategy="cluster")
    with refused("InvalidPlacementGroup.Unknown"):
        ec2.describe_placement_groups(GroupNames=["nothing"])
    with refused("InvalidPlacementGroup.Unknown"):
        ec2.delete_placement_group(GroupName="nothing")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"Strategy": "cluster", "PartitionCount": 2}, "InvalidParameterCombination"),
        ({"Strategy": "partition", "PartitionCount": 8}, "InvalidParameterValue"),
        ({"Strategy": "triangle"}, "InvalidParameterValue"),
    ],
)
def test_impossible_strategies_are_refused(aws, request_, code):
    with refused(code):
        aws("ec2").create_placement_group(GroupName="fabric", **request_)


def test_regions_are_apart(aws):
    aws("ec2").create_placement_group(GroupName="fabric", Strategy="cluster")
    assert aws("ec2", "eu-west-1").describe_placement_groups()["PlacementGroups"] == []
