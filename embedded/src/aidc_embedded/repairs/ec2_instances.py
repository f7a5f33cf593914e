"""EC2: single instances (an access host), as Terraform writes and reads them.

moto: has no MonitorInstances and UnmonitorInstances; forgets the security groups of an instance when they
come with a network interface, as they do as soon as a public address is asked for or ruled out; and gives
every interface an (empty) association, which reads as a public address.
AWS: has the operations; an instance has the groups of its primary interface; an interface without a public
address has no association.
Breaks without it: `aws_instance` with `monitoring` is left tainted, and one with
`associate_public_ip_address = false` is to be replaced on every plan.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.core.serialize import return_if_not_empty
from moto.ec2.models.instances import Instance
from moto.ec2.responses import EC2Response
from moto.ec2.responses._base_response import EC2BaseResponse

from ._patch import Replacement, replace, wrap


def _new_instance(original: Replacement, instance: Instance, *arguments: Any, **named: Any) -> None:
    original(instance, *arguments, **named)
    primary = instance.nics.get(0)
    if not instance.security_groups and primary is not None:
        instance.security_groups = list(primary.group_set)


def _set_monitoring(response: EC2Response, state: str) -> ActionResult:
    instances = response.ec2_backend.get_multi_instances_by_id(response._get_param("InstanceIds", []))
    for instance in instances:
        instance.monitoring_state = state
    return ActionResult(
        {
            "InstanceMonitorings": [
                {"InstanceId": instance.id, "Monitoring": {"State": state}} for instance in instances
            ]
        }
    )


def _monitor_instances(response: EC2Response) -> ActionResult:
    return _set_monitoring(response, "enabled")


def _unmonitor_instances(response: EC2Response) -> ActionResult:
    return _set_monitoring(response, "disabled")


def apply() -> None:
    wrap(Instance, "__init__", _new_instance)
    replace(EC2Response, "monitor_instances", _monitor_instances)
    replace(EC2Response, "unmonitor_instances", _unmonitor_instances)
    EC2BaseResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER["InstanceNetworkInterface.Association"] = (
        return_if_not_empty
    )
