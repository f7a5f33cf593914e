"""EC2 On-Demand Capacity Reservations (`aws_ec2_capacity_reservation`), which moto 5.2.5 does not implement.

Capacity is unlimited here. Instances that were launched into a reservation by its id take a place in it; open
reservations take in nobody by themselves. Capacity Blocks lie in the same table: `ec2_capacity_blocks.py`.
"""

import re
from datetime import datetime, timezone

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
    return {"CapacityReservation": keep(call, reservation, params)}


def keep(call: Call, reservation: Record, params: Params) -> Record:
    """Store a new reservation with its tags. Returns it as it is described."""
    reservation_id = reservation["CapacityReservationId"]
    save_tags(call, reservation_id, "capacity-reservation", params)
    call.table(KIND)[reservation_id] = reservation
    return _described(call, reservation)


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
    # The token is where the next page begins.
    start, size = int(params.get("NextToken") or 0), int(params.get("MaxResults") or 1000)
    more = {"NextToken": str(start + size)} if start + size < len(selected) else {}
    return {"CapacityReservations": selected[start : start + size], **more}


def modify_capacity_reservation(call: Call, params: Params) -> Record:
    reservation = _changeable(call, params["CapacityReservationId"])
    if params.get("InstanceCount") is not None:
        reservation["TotalInstanceCount"] = int(params["InstanceCount"])
    reservation.update(pick(params, "InstanceMatchCriteria"))
    reservation.update(_end(params, reservation))
    return {"Return": True}


def cancel_capacity_reservation(call: Call, params: Params) -> Record:
    """Cancelled reservations stay visible, as on AWS; Terraform waits for exactly that state."""
    _changeable(call, params["CapacityReservationId"])["State"] = "cancelled"
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


def _changeable(call: Call, reservation_id: str) -> Record:
    reservation = _existing(call, reservation_id)
    if reservation["ReservationType"] == "capacity-block":
        raise AwsError("OperationNotPermitted", f"The Capacity Block {reservation_id} cannot change")
    state = _state(reservation, utcnow())
    if state != "active":
        message = f"The capacity reservation {reservation_id} is {state}"
        raise AwsError("InvalidCapacityReservationState", message)
    return reservation


def _state(reservation: Record, now: datetime) -> str:
    """States follow the clock, unless somebody has ended the reservation."""
    if reservation["State"] != "active":
        return reservation["State"]
    if now < _naive(reservation["StartDate"]):
        return "scheduled"
    end = reservation.get("EndDate")
    return "expired" if end is not None and now >= _naive(end) else "active"


def _naive(time: datetime) -> datetime:
    """moto's clock tells UTC without saying so; requests come with their zone."""
    return time if time.tzinfo is None else time.astimezone(timezone.utc).replace(tzinfo=None)


def _available(call: Call, reservation: Record, state: str) -> int:
    """The places that are free; none while nothing can start."""
    if state != "active":
        return 0
    reservation_id = reservation["CapacityReservationId"]
    taken = sum(
        getattr(instance, "capacity_reservation_id", None) == reservation_id
        and instance._state.name in ("pending", "running")
        for instance in ec2_backend(call).all_instances()
    )
    return max(0, reservation["TotalInstanceCount"] - taken)


def _described(call: Call, reservation: Record) -> Record:
    state = _state(reservation, utcnow())
    known = {name: value for name, value in reservation.items() if value is not None}
    return {
        **known,
        "State": state,
        "AvailableInstanceCount": _available(call, reservation, state),
        "Tags": tags_of(call, reservation["CapacityReservationId"]),
    }


OPERATIONS = {
    "CreateCapacityReservation": create_capacity_reservation,
    "DescribeCapacityReservations": describe_capacity_reservations,
    "ModifyCapacityReservation": modify_capacity_reservation,
    "CancelCapacityReservation": cancel_capacity_reservation,
}
