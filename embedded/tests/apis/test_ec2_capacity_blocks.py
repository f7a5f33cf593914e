"""EC2 Capacity Blocks."""

from datetime import datetime, timedelta, timezone

import pytest
from expect import refused

REQUEST = {"InstanceType": "p5.48xlarge", "InstanceCount": 4, "CapacityDurationHours": 48}
PLATFORM = {"InstancePlatform": "Linux/UNIX"}


def offerings(ec2, **more):
    return ec2.describe_capacity_block_offerings(**{**REQUEST, **more})["CapacityBlockOfferings"]


def buy(ec2, **more):
    (offering, *_) = offerings(ec2, **more)
    offering_id = offering["CapacityBlockOfferingId"]
    bought = ec2.purchase_capacity_block(CapacityBlockOfferingId=offering_id, **PLATFORM)
    return offering, bought["CapacityReservation"]


def describe(ec2, reservation_id):
    found = ec2.describe_capacity_reservations(CapacityReservationIds=[reservation_id])
    return found["CapacityReservations"][0]


def test_offers_a_block_in_every_zone_that_has_the_type(aws):
    found = offerings(aws("ec2"), InstanceType="p5en.48xlarge")
    assert [one["AvailabilityZone"] for one in found] == ["us-east-1a", "us-east-1c"]
    for one in found:
        assert (one["StartDate"].hour, one["StartDate"].minute) == (11, 30)
        assert one["StartDate"] > datetime.now(timezone.utc)
        assert one["EndDate"] - one["StartDate"] == timedelta(hours=48)
        assert one["UpfrontFee"] == "1920.00"


def test_offers_within_the_dates_that_are_asked_for(aws):
    ec2 = aws("ec2")
    start = datetime(2031, 5, 1, 12, tzinfo=timezone.utc)
    (offering, *_) = offerings(ec2, StartDateRange=start)
    assert offering["StartDate"] == datetime(2031, 5, 2, 11, 30, tzinfo=timezone.utc)
    assert offerings(ec2, StartDateRange=start, EndDateRange=start + timedelta(days=2)) == []


def test_a_bought_block_is_a_reservation_that_waits_for_its_start(aws):
    ec2 = aws("ec2")
    offering, bought = buy(ec2)
    assert (bought["ReservationType"], bought["State"]) == ("capacity-block", "scheduled")
    assert (bought["TotalInstanceCount"], bought["AvailableInstanceCount"]) == (4, 0)
    assert (bought["EndDateType"], bought["InstanceMatchCriteria"]) == ("limited", "targeted")
    assert bought["AvailabilityZone"] == offering["AvailabilityZone"]
    assert (bought["StartDate"], bought["EndDate"]) == (offering["StartDate"], offering["EndDate"])
    assert describe(ec2, bought["CapacityReservationId"]) == bought


def test_a_block_can_be_tagged_when_it_is_bought(aws):
    ec2 = aws("ec2")
    (offering, *_) = offerings(ec2)
    tags = [{"ResourceType": "capacity-reservation", "Tags": [{"Key": "team", "Value": "ai"}]}]
    bought = ec2.purchase_capacity_block(
        CapacityBlockOfferingId=offering["CapacityBlockOfferingId"], TagSpecifications=tags, **PLATFORM
    )
    assert bought["CapacityReservation"]["Tags"] == [{"Key": "team", "Value": "ai"}]


def test_an_offering_is_sold_once(aws):
    ec2 = aws("ec2")
    offering, _ = buy(ec2)
    for offering_id in (offering["CapacityBlockOfferingId"], "cb-0123456789abcdef0"):
        with refused("InvalidParameterValue"):
            ec2.purchase_capacity_block(CapacityBlockOfferingId=offering_id, **PLATFORM)


def test_a_block_cannot_be_changed_or_cancelled(aws):
    ec2 = aws("ec2")
    _, bought = buy(ec2)
    reservation = {"CapacityReservationId": bought["CapacityReservationId"]}
    with refused("OperationNotPermitted"):
        ec2.cancel_capacity_reservation(**reservation)
    with refused("OperationNotPermitted"):
        ec2.modify_capacity_reservation(**reservation, InstanceCount=8)


@pytest.mark.parametrize(
    "more",
    [
        {"InstanceType": "m5.large"},
        {"InstanceCount": 65},
        {"CapacityDurationHours": 25},
        {"CapacityDurationHours": 15 * 24},
    ],
)
def test_what_is_not_sold_is_refused(aws, more):
    with refused("InvalidParameterValue"):
        offerings(aws("ec2"), **more)


def test_whole_weeks_are_sold(aws):
    assert offerings(aws("ec2"), CapacityDurationHours=3 * 7 * 24) != []
