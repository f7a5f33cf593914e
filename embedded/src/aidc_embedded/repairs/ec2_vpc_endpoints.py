"""EC2: deleting a VPC endpoint twice.

moto: takes the routes of a gateway endpoint away a second time and answers InvalidRoute.NotFound.
AWS: deleting what is deleted already is not an error.
Breaks without it: the destroy of `aws_vpc_endpoint`, when an answer is lost and the provider asks again.
"""

from collections.abc import Callable

from moto.ec2.models.vpcs import VPCBackend

from ._patch import wrap

Original = Callable[[VPCBackend, list[str]], None]


def _delete_vpc_endpoints(original: Original, backend: VPCBackend, vpce_ids: list[str] | None = None) -> None:
    endpoints = [backend.vpc_end_points.get(vpce_id) for vpce_id in vpce_ids or []]
    original(backend, [endpoint.id for endpoint in endpoints if endpoint and endpoint.state != "deleted"])


def apply() -> None:
    wrap(VPCBackend, "delete_vpc_endpoints", _delete_vpc_endpoints)
