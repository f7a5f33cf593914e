"""EC2 On-Demand Capacity Reservations (`aws_ec2_capacity_reservation`), which moto 5.2.5 does not implement.

Capacity is unlimited here, and nothing ever uses a reservation: available is always total.
"""

import re

from moto.ec2.utils import random_id

from ..call import AwsError, Call, Params, Record, pick, utcnow
from ._ec2 import ec2_backend, matches, save_tags, tags_of

SERVICE = "ec2"
KIND = "ec2.capacity-reservation"
ID_FORM = re.compile(r"cr-[0-9a-f]{8,17}")

FILTERS = {
    "instance-type": lambda reservation: reservation["InstanceType"],
    "instance-match-criteria": lambda reservation: reservation["InstanceMatchCriteria"],
    "instance-platform": lambda reservation: reservation["InstancePlatform"],
    "availability-zone": lambda reservation: reservation["AvailabilityZone"],
    "tenancy": lambda reservation: reservation["Tenancy"],
    "state": lambda reservation: reservation["State"],
    "end-date-type": lambda reservation: reservation["EndDateType"],
    "placement-group-arn": lambda reservation: reservation.get("PlacementGroupArn"),
    "owner-id": lambda reservation: reservation["OwnerId"],
}


def create_capacity_reservation(call: Call, params: Params) -> Record:
    reservation_id = random_id("cr")
    count = int(params["InstanceCount"])
    now = utcnow()
    reservation = {
        "CapacityReservationId": reservation_id,
        "CapacityReservationArn": call.arn("ec2", f"capacity-reservation/{reservation_id}"),
        "OwnerId": call.account,
        "InstanceType": params["InstanceType"],
        "InstancePlatform": params["InstancePlatform"],
        **_zone(call, params),
        "Tenancy": params.get("Tenancy", "default"),
        "TotalInstanceCount": count,
        "AvailableInstanceCount": count,
        "EbsOptimized": params.get("EbsOptimized", False),
        "EphemeralStorage": params.get("EphemeralStorage", False),
        "State": "active",
        "StartDate": now,
        "CreateDate": now,
        "InstanceMatchCriteria": params.get("InstanceMatchCriteria", "open"),
        "ReservationType": "default",
        **_end(params, {}),
        **pick(params, "PlacementGroupArn", "OutpostArn"),
    }
    save_tags(call, reservation_id, "capacity-reservation", params)
    call.table(KIND)[reservation_id] = reservation
    return {"CapacityReservation": _described(call, reservation)}


def _zone(call: Call, params: Params) -> Record:
    """The zone by name and by id; a request has one of them."""
    name, zone_id = params.get("AvailabilityZone"), params.get("AvailabilityZoneId")
    if not name and not zone_id:
        raise AwsError("MissingParameter", "The request must contain the parameter AvailabilityZone")
    for zone in ec2_backend(call).describe_availability_zones():
        if name == zone.name or (not name and zone_id == zone.zone_id):
            return {"AvailabilityZone": zone.name, "AvailabilityZoneId": zone.zone_id}
    raise AwsError("InvalidParameterValue", f"Invalid availability zone: [{name or zone_id}]")


def _end(params: Params, current: Record) -> Record:
    """EndDate and EndDateType, which AWS accepts only in step."""
    end_date = params.get("EndDate")
    kind = params.get("EndDateType") or ("limited" if end_date else current.get("EndDateType", "unlimited"))
    end_date = end_date or (current.get("EndDate") if kind == "limited" else None)
    if kind == "limited" and end_date is None:
        raise AwsError("InvalidParameterCombination", "An end date is required when EndDateType is 'limited'")
    if kind == "unlimited" and params.get("EndDate"):
        raise AwsError("InvalidParameterCombination", "EndDate cannot be given with EndDateType 'unlimited'")
    return {"EndDateType": kind, "EndDate": end_date}


def describe_capacity_reservations(call: Call, params: Params) -> Record:
    ids = params.get("CapacityReservationIds", [])
    for reservation_id in ids:
        _existing(call, reservation_id)
    described = [_described(call, reservation) for reservation in call.table(KIND).values()]
    selected = [
        reservation
        for reservation in described
        if (not ids or reservation["CapacityReservationId"] in ids)
        and matches(reservation, params.get("Filters", []), FILTERS)
    ]
    return {"CapacityReservations": selected}


def modify_capacity_reservation(call: Call, params: Params) -> Record:
    reservation = _active(call, params["CapacityReservationId"])
    if params.get("InstanceCount") is not None:
        count = int(params["InstanceCount"])
        reservation.update(TotalInstanceCount=count, AvailableInstanceCount=count)
    reservation.update(pick(params, "InstanceMatchCriteria"))
    reservation.update(_end(params, reservation))
    return {"Return": True}


def cancel_capacity_reservation(call: Call, params: Params) -> Record:
    """Cancelled reservations stay visible, as on AWS; Terraform waits for exactly that state."""
    reservation = _active(call, params["CapacityReservationId"])
    reservation.update(State="cancelled", AvailableInstanceCount=0)
    return {"Return": True}


def _existing(call: Call, reservation_id: str) -> Record:
    if not ID_FORM.fullmatch(reservation_id):
        raise AwsError("InvalidCapacityReservationId.Malformed", f"Invalid id: {reservation_id}")
    try:
        return call.table(KIND)[reservation_id]
    except KeyError:
        raise AwsError(
            "InvalidCapacityReservationId.NotFound",
            f"The capacity reservation ID '{reservation_id}' does not exist",
        ) from None


def _active(call: Call, reservation_id: str) -> Record:
    reservation = _existing(call, reservation_id)
    if reservation["State"] != "active":
        raise AwsError(
            "InvalidCapacityReservationState",
            f"The capacity reservation {reservation_id} is {reservation['State']}",
        )
    return reservation


def _described(call: Call, reservation: Record) -> Record:
    tags = tags_of(call, reservation["CapacityReservationId"])
    return {**{name: value for name, value in reservation.items() if value is not None}, "Tags": tags}


OPERATIONS = {
    "CreateCapacityReservation": create_capacity_reservation,
    "DescribeCapacityReservations": describe_capacity_reservations,
    "ModifyCapacityReservation": modify_capacity_reservation,
    "CancelCapacityReservation": cancel_capacity_reservation,
}
