"""EC2 Capacity Blocks for ML (data source `aws_ec2_capacity_block_offering`; buying by API).

moto 5.2.5 has none of it. Here every type that AWS sells this way is on offer in every zone that has it, and
nothing is paid. As on AWS a block begins and ends at 11:30 UTC, and is a reservation that nobody can change
or cancel.
"""

from datetime import datetime, timedelta, timezone

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS
from moto.ec2.utils import random_id

from ..call import AwsError, Call, Params, Record, utcnow
from ._ec2 import ec2_backend
from .ec2_capacity_reservations import keep

SERVICE = "ec2"
OFFERINGS = "ec2.capacity-block-offering"

# eksctl `pkg/utils/instance/instance_types.go`, 2026-08-21. UltraServers are sold by other parameters.
FAMILIES = ("p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "p6-b300", "trn1", "trn2")
MOST_INSTANCES = 64
USD_PER_HOUR = 10.0  # of an instance; the price means nothing here


def describe_offerings(call: Call, params: Params) -> Record:
    instance_type, hours = params.get("InstanceType", ""), int(params["CapacityDurationHours"])
    count = int(params.get("InstanceCount", 1))
    _check(instance_type, count, hours)
    start = _first_start(params.get("StartDateRange"))
    end = start + timedelta(hours=hours)
    latest = params.get("EndDateRange")
    zones = [] if latest is not None and end > _utc(latest) else _zones(call.region, instance_type)
    offerings = [
        {
            "CapacityBlockOfferingId": random_id("cb"),
            "InstanceType": instance_type,
            "AvailabilityZone": zone,
            "InstanceCount": count,
            "StartDate": start,
            "EndDate": end,
            "CapacityBlockDurationHours": hours,
            "CapacityBlockDurationMinutes": hours * 60,
            "UpfrontFee": f"{USD_PER_HOUR * hours * count:.2f}",
            "CurrencyCode": "USD",
            "Tenancy": "default",
        }
        for zone in zones
    ]
    call.table(OFFERINGS).update({offering["CapacityBlockOfferingId"]: offering for offering in offerings})
    return {"CapacityBlockOfferings": offerings}


def _check(instance_type: str, count: int, hours: int) -> None:
    if instance_type.split(".")[0] not in FAMILIES:
        raise AwsError("InvalidParameterValue", f"Capacity Blocks of {instance_type} are not sold")
    if not 1 <= count <= MOST_INSTANCES:
        raise AwsError("InvalidParameterValue", f"A Capacity Block has from 1 to {MOST_INSTANCES} instances")
    days, rest = divmod(hours, 24)
    if rest or not (1 <= days <= 14 or (days % 7 == 0 and days <= 182)):
        raise AwsError("InvalidParameterValue", "The duration is 1 to 14 days, or whole weeks up to 26")


def _first_start(earliest: datetime | None) -> datetime:
    now = utcnow().replace(tzinfo=timezone.utc)
    earliest = max(now, _utc(earliest)) if earliest else now
    start = earliest.replace(hour=11, minute=30, second=0, microsecond=0)
    return start if start >= earliest else start + timedelta(days=1)


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=timezone.utc) if time.tzinfo is None else time


def _zones(region: str, instance_type: str) -> list[str]:
    offered = INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, [])
    return sorted(one["Location"] for one in offered if one["InstanceType"] == instance_type)


def purchase_block(call: Call, params: Params) -> Record:
    offering = call.table(OFFERINGS).pop(params["CapacityBlockOfferingId"], None)
    if offering is None:
        message = f"The offering {params['CapacityBlockOfferingId']} does not exist, or is sold"
        raise AwsError("InvalidParameterValue", message)
    reservation_id, zone = random_id("cr"), offering["AvailabilityZone"]
    (zone_id,) = [one.zone_id for one in ec2_backend(call).describe_availability_zones() if one.name == zone]
    reservation = {
        "CapacityReservationId": reservation_id,
        "CapacityReservationArn": call.arn("ec2", f"capacity-reservation/{reservation_id}"),
        "OwnerId": call.account,
        "InstanceType": offering["InstanceType"],
        "InstancePlatform": params["InstancePlatform"],
        "AvailabilityZone": zone,
        "AvailabilityZoneId": zone_id,
        "Tenancy": offering["Tenancy"],
        "TotalInstanceCount": offering["InstanceCount"],
        "EbsOptimized": True,
        "EphemeralStorage": False,
        "State": "active",
        "StartDate": offering["StartDate"],
        "EndDate": offering["EndDate"],
        "EndDateType": "limited",
        "CreateDate": utcnow(),
        "InstanceMatchCriteria": "targeted",
        "ReservationType": "capacity-block",
    }
    return {"CapacityReservation": keep(call, reservation, params)}


OPERATIONS = {
    "DescribeCapacityBlockOfferings": describe_offerings,
    "PurchaseCapacityBlock": purchase_block,
}
