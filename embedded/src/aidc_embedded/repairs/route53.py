"""Route 53: a hosted zone created with a VPC is private.

moto: makes a zone private, and keeps its VPC, only when HostedZoneConfig says PrivateZone.
AWS: a zone created with a VPC is private; Terraform sends the VPC alone.
Breaks without it: `aws_route53_zone` with a `vpc` block loses it and is to be replaced on every plan.
"""

from typing import Any

from moto.route53.responses import Route53

from ._patch import Replacement, wrap


def _create_hosted_zone(original: Replacement, response: Route53) -> Any:
    if response._get_param("VPC.VPCId"):
        config = dict(response.params.get("HostedZoneConfig") or {})
        response.params["HostedZoneConfig"] = {**config, "PrivateZone": True}
    return original(response)


def apply() -> None:
    wrap(Route53, "create_hosted_zone", _create_hosted_zone)
