"""EC2 On-Demand Capacity Reservations."""

from datetime import datetime, timezone

import pytest
from expect import refused

REQUEST = {
    "InstanceType": "p5.48xlarge",
    "InstancePlatform": "Linux/UNIX",
    "AvailabilityZone": "us-east-1a",
    "InstanceCount": 4,
}
UNKNOWN = "cr-0123456789abcdef0"


def create(ec2, **more):
    return ec2.create_capacity_reservation(**REQUEST, **more)["CapacityReservation"]


def describe(ec2, reservation_id):
    found = ec2.describe_capacity_reservations(CapacityReservationIds=[reservation_id])
    return found["CapacityReservations"][0]


def test_creates_and_describes(aws):
    ec2 = aws("ec2")
    tags = [{"ResourceType": "capacity-reservation", "Tags": [{"Key": "team", "Value": "ai"}]}]
    made = create(ec2, InstanceMatchCriteria="targeted", EbsOptimized=True, TagSpecifications=tags)
    assert made["State"] == "active"
    assert made["TotalInstanceCount"] == made["AvailableInstanceCount"] == 4
    assert made["EndDateType"] == "unlimited"
    assert made["Tenancy"] == "default"
    assert made["AvailabilityZoneId"].startswith("use1-az")
    assert made["Tags"] == [{"Key": "team", "Value": "ai"}]
    assert describe(ec2, made["CapacityReservationId"]) == made


def test_zone_can_be_named_by_id(aws):
    ec2 = aws("ec2")
    zone = ec2.describe_availability_zones()["AvailabilityZones"][1]
    request = {name: value for name, value in REQUEST.items() if name != "AvailabilityZone"}
    made = ec2.create_capacity_reservation(**request, AvailabilityZoneId=zone["ZoneId"])
    assert made["CapacityReservation"]["AvailabilityZone"] == zone["ZoneName"]


def test_changes_count_and_end(aws):
    ec2 = aws("ec2")
    reservation_id = create(ec2)["CapacityReservationId"]
    end = datetime(2031, 5, 1, tzinfo=timezone.utc)
    ec2.modify_capacity_reservation(CapacityReservationId=reservation_id, InstanceCount=8, EndDate=end)
    changed = describe(ec2, reservation_id)
    assert (changed["TotalInstanceCount"], changed["EndDateType"]) == (8, "limited")
    assert changed["EndDate"] == end
    ec2.modify_capacity_reservation(CapacityReservationId=reservation_id, EndDateType="unlimited")
    assert "EndDate" not in describe(ec2, reservation_id)


def test_cancelled_reservations_stay_visible_but_cannot_change(aws):
    ec2 = aws("ec2")
    reservation_id = create(ec2)["CapacityReservationId"]
    assert ec2.cancel_capacity_reservation(CapacityReservationId=reservation_id)["Return"] is True
    assert describe(ec2, reservation_id)["State"] == "cancelled"
    with refused("InvalidCapacityReservationState"):
        ec2.cancel_capacity_reservation(CapacityReservationId=reservation_id)


def test_filters_by_state(aws):
    ec2 = aws("ec2")
    ec2.cancel_capacity_reservation(CapacityReservationId=create(ec2)["CapacityReservationId"])
    active = create(ec2)["CapacityReservationId"]
    found = ec2.describe_capacity_reservations(Filters=[{"Name": "state", "Values": ["active"]}])
    assert [one["CapacityReservationId"] for one in found["CapacityReservations"]] == [active]


def test_filters_by_group_and_comes_in_pages(aws):
    ec2 = aws("ec2")
    group = ec2.create_placement_group(GroupName="close", Strategy="cluster")["PlacementGroup"]["GroupArn"]
    inside = create(ec2, PlacementGroupArn=group)
    assert inside["PlacementGroupArn"] == group
    filters = [{"Name": "placement-group-arn", "Values": [group]}]
    found = ec2.describe_capacity_reservations(Filters=filters)["CapacityReservations"]
    assert found == [inside]
    others = [create(ec2)["CapacityReservationId"] for _ in range(2)]
    paginator = ec2.get_paginator("describe_capacity_reservations")
    pages = [page["CapacityReservations"] for page in paginator.paginate(PaginationConfig={"PageSize": 2})]
    assert [len(page) for page in pages] == [2, 1]
    listed = {one["CapacityReservationId"] for page in pages for one in page}
    assert listed == {inside["CapacityReservationId"], *others}


def test_reservations_expire_at_their_end(aws):
    ec2 = aws("ec2")
    past = create(ec2, EndDate=datetime(2021, 5, 1, tzinfo=timezone.utc))
    assert (past["State"], past["AvailableInstanceCount"]) == ("expired", 0)


def test_tags_can_be_changed(aws):
    ec2 = aws("ec2")
    reservation_id = create(ec2)["CapacityReservationId"]
    ec2.create_tags(Resources=[reservation_id], Tags=[{"Key": "a", "Value": "1"}])
    assert describe(ec2, reservation_id)["Tags"] == [{"Key": "a", "Value": "1"}]


@pytest.mark.parametrize("operation", ["modify_capacity_reservation", "cancel_capacity_reservation"])
def test_unknown_reservations_are_refused(aws, operation):
    with refused("InvalidCapacityReservationId.NotFound"):
        getattr(aws("ec2"), operation)(CapacityReservationId=UNKNOWN)


def test_unknown_and_malformed_ids_cannot_be_described(aws):
    with refused("InvalidCapacityReservationId.NotFound"):
        describe(aws("ec2"), UNKNOWN)
    with refused("InvalidCapacityReservationId.Malformed"):
        describe(aws("ec2"), "reservation-1")


def test_impossible_requests_are_refused(aws):
    ec2 = aws("ec2")
    with refused("InvalidParameterCombination"):
        create(ec2, EndDateType="limited")
    with refused("InvalidParameterCombination"):
        create(ec2, EndDateType="unlimited", EndDate=datetime(2031, 5, 1))
    with refused("InvalidParameterValue"):
        ec2.create_capacity_reservation(**{**REQUEST, "AvailabilityZone": "eu-west-1a"})
