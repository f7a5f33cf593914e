"""EC2: instances know the reservation they were launched into, and how they were bought.

moto: forgets `CapacityReservationSpecification`, and takes every market type for Spot.
AWS: `CapacityReservationId` of an instance names the reservation that it was launched into; the lifecycle of
one in a Capacity Block is "capacity-block".
Breaks without it: `aidc preflight` takes a reservation that is full for an empty one.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.instances import Instance
from moto.ec2.responses import EC2Response

from ._patch import Replacement, wrap

BLOCK = "capacity-block"


def _run_instances(original: Replacement, response: EC2Response) -> ActionResult:
    result = original(response)
    wanted = _specification(response)
    target = wanted.get("CapacityReservationSpecification", {}).get("CapacityReservationTarget", {})
    for instance in result.result.instances:
        instance.capacity_reservation_id = target.get("CapacityReservationId")
        if wanted.get("InstanceMarketOptions", {}).get("MarketType") == BLOCK:
            instance.lifecycle = BLOCK
    return result


def _specification(response: EC2Response) -> dict[str, Any]:
    """What the request says, over what its launch template says."""
    template = response._get_param("LaunchTemplate", {})
    data = response.ec2_backend._get_template_from_args(template).data if template else {}
    names = ("CapacityReservationSpecification", "InstanceMarketOptions")
    return {name: response._get_param(name, None) or data.get(name) or {} for name in names}


def _new_instance(original: Replacement, instance: Instance, *arguments: Any, **named: Any) -> None:
    original(instance, *arguments, **named)
    instance.capacity_reservation_id = None


def apply() -> None:
    wrap(EC2Response, "run_instances", _run_instances)
    wrap(Instance, "__init__", _new_instance)
