"""EC2: where accelerator types are offered, and what instances know of their reservation."""

import pytest

RESERVATION = {
    "InstanceType": "p5.48xlarge",
    "InstancePlatform": "Linux/UNIX",
    "AvailabilityZone": "us-east-1a",
    "InstanceCount": 4,
}


def target(reservation_id):
    return {"CapacityReservationTarget": {"CapacityReservationId": reservation_id}}


def run(ec2, **more):
    request = {"ImageId": "ami-12345678", "InstanceType": "p5.48xlarge", "MinCount": 1, "MaxCount": 1}
    (instance,) = ec2.run_instances(**{**request, **more})["Instances"]
    described = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])
    return described["Reservations"][0]["Instances"][0]


@pytest.mark.repair
def test_an_instance_names_its_reservation_and_takes_a_place_in_it(aws):
    ec2 = aws("ec2")
    made = ec2.create_capacity_reservation(**RESERVATION)["CapacityReservation"]
    reservation_id = made["CapacityReservationId"]
    instance = run(ec2, CapacityReservationSpecification=target(reservation_id))
    assert instance["CapacityReservationId"] == reservation_id

    def available():
        found = ec2.describe_capacity_reservations(CapacityReservationIds=[reservation_id])
        return found["CapacityReservations"][0]["AvailableInstanceCount"]

    assert available() == 3
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    assert available() == 4


@pytest.mark.repair
def test_a_launch_template_names_reservation_and_market(aws):
    ec2 = aws("ec2")
    data = {
        "ImageId": "ami-12345678",
        "InstanceType": "p5.48xlarge",
        "CapacityReservationSpecification": target("cr-0123456789abcdef0"),
        "InstanceMarketOptions": {"MarketType": "capacity-block"},
    }
    ec2.create_launch_template(LaunchTemplateName="nodes", LaunchTemplateData=data)
    instance = run(ec2, LaunchTemplate={"LaunchTemplateName": "nodes"})
    assert instance["CapacityReservationId"] == "cr-0123456789abcdef0"
    assert instance["InstanceLifecycle"] == "capacity-block"


@pytest.mark.repair
def test_an_instance_in_a_block_is_no_spot_instance(aws):
    assert run(aws("ec2"), InstanceMarketOptions={"MarketType": "capacity-block"})["InstanceLifecycle"] == (
        "capacity-block"
    )


def test_other_instances_stay_as_they_are(aws):
    ec2 = aws("ec2")
    assert "InstanceLifecycle" not in run(ec2)
    assert "CapacityReservationId" not in run(ec2)
    assert run(ec2, InstanceMarketOptions={"MarketType": "spot"})["InstanceLifecycle"] == "spot"


def zones(aws, instance_type, region="us-east-1"):
    found = aws("ec2", region).describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": [instance_type]}]
    )
    return sorted(one["Location"] for one in found["InstanceTypeOfferings"])


@pytest.mark.repair
@pytest.mark.parametrize("instance_type", ["g4ad.4xlarge", "p5e.48xlarge", "trn2.48xlarge"])
def test_types_that_moto_does_not_offer_are_in_one_zone(aws, instance_type):
    assert zones(aws, instance_type) == ["us-east-1a"]


def test_what_moto_offers_stays_where_it_is(aws):
    assert zones(aws, "p6-b200.48xlarge") == ["us-east-1c"]
    assert zones(aws, "p5en.48xlarge") == ["us-east-1a", "us-east-1c"]
    assert zones(aws, "p5e.48xlarge", "us-west-2") == ["us-west-2c"]
    assert zones(aws, "p9.48xlarge") == []


@pytest.mark.repair
def test_regions_and_zone_ids_agree_with_the_zones(aws):
    ec2 = aws("ec2")
    names = [{"Name": "instance-type", "Values": ["trn2.48xlarge"]}]
    zone_id = ec2.describe_availability_zones(ZoneNames=["us-east-1a"])["AvailabilityZones"][0]["ZoneId"]
    for location_type, location in (("region", "us-east-1"), ("availability-zone-id", zone_id)):
        found = ec2.describe_instance_type_offerings(LocationType=location_type, Filters=names)
        assert [one["Location"] for one in found["InstanceTypeOfferings"]] == [location]
