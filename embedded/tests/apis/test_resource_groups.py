"""Members of resource groups."""

import pytest
from expect import refused

CONFIGURATION = [
    {"Type": "AWS::EC2::CapacityReservationPool"},
    {
        "Type": "AWS::ResourceGroups::Generic",
        "Parameters": [{"Name": "allowed-resource-types", "Values": ["AWS::EC2::CapacityReservation"]}],
    },
]
RESERVATION = "arn:aws:ec2:us-east-1:123456789012:capacity-reservation/cr-0123456789abcdef0"


def members(groups, group):
    found = groups.list_group_resources(Group=group)["Resources"]
    return [one["Identifier"] for one in found]


@pytest.fixture
def groups(aws):
    client = aws("resource-groups")
    client.create_group(Name="gpus", Configuration=CONFIGURATION)
    return client


def test_members_are_put_in_listed_and_taken_out(groups):
    arn = groups.get_group(GroupName="gpus")["Group"]["GroupArn"]
    assert members(groups, "gpus") == []
    assert groups.group_resources(Group="gpus", ResourceArns=[RESERVATION])["Succeeded"] == [RESERVATION]
    assert members(groups, arn) == members(groups, "gpus")
    (member,) = members(groups, "gpus")
    assert member == {"ResourceArn": RESERVATION, "ResourceType": "AWS::EC2::CapacityReservation"}
    groups.ungroup_resources(Group=arn, ResourceArns=[RESERVATION])
    assert members(groups, "gpus") == []


def test_groups_do_not_share_members(groups):
    groups.create_group(Name="others", Configuration=CONFIGURATION)
    groups.group_resources(Group="gpus", ResourceArns=[RESERVATION])
    assert members(groups, "others") == []


def test_unknown_groups_are_refused(groups):
    with refused("NotFoundException", 404):
        groups.list_group_resources(Group="none")
