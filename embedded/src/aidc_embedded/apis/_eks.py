"""Shared by the EKS additions: looking things up, and the errors EKS answers with. Not an API by itself."""

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.eks.models import Cluster, EKSBackend, Nodegroup, eks_backends

from ..call import AwsError, Call

ADDONS = "eks.addon"
ACCESS_ENTRIES = "eks.access-entry"
POD_IDENTITIES = "eks.pod-identity-association"
UPDATES = "eks.update"


def eks_backend(call: Call) -> EKSBackend:
    return eks_backends[call.account][call.region]


def ec2_backend(call: Call) -> EC2Backend:
    return ec2_backends[call.account][call.region]


def not_found(message: str, **members: str) -> AwsError:
    return AwsError("ResourceNotFoundException", message, **members)


def in_use(message: str, **members: str) -> AwsError:
    return AwsError("ResourceInUseException", message, **members)


def invalid_parameter(message: str, **members: str) -> AwsError:
    return AwsError("InvalidParameterException", message, **members)


def invalid_request(message: str, **members: str) -> AwsError:
    return AwsError("InvalidRequestException", message, **members)


def existing_cluster(call: Call, name: str) -> Cluster:
    try:
        return eks_backend(call).clusters[name]
    except KeyError:
        raise not_found(f"No cluster found for name: {name}.", clusterName=name) from None


def existing_nodegroup(call: Call, cluster_name: str, name: str) -> Nodegroup:
    try:
        return existing_cluster(call, cluster_name).nodegroups[name]
    except KeyError:
        raise not_found(
            f"No node group found for name: {name}.", clusterName=cluster_name, nodegroupName=name
        ) from None


def existing_subnets(call: Call, subnet_ids: list[str]) -> list[Any]:
    """The subnets, all of one VPC. EKS refuses unknown ones and mixtures; moto takes any text."""
    if not subnet_ids:
        raise invalid_parameter("subnets can not be empty")
    subnets = []
    for subnet_id in subnet_ids:
        try:
            subnets.append(ec2_backend(call).get_subnet(subnet_id))
        except EC2ClientError:
            raise invalid_parameter(f"The subnet ID '{subnet_id}' does not exist") from None
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise invalid_parameter("Subnets specified must belong to the same VPC")
    return subnets


def of_cluster(call: Call, kind: str, cluster_name: str) -> dict[str, Any]:
    """The records of one kind that belong to a cluster, by their own key. Tables are keyed (cluster, key)."""
    existing_cluster(call, cluster_name)
    return {key: record for (owner, key), record in call.table(kind).items() if owner == cluster_name}


def forget_cluster(call: Call, cluster_name: str) -> None:
    """Deleting a cluster deletes its add-ons, access entries and associations, as on AWS."""
    for kind in (ADDONS, ACCESS_ENTRIES, POD_IDENTITIES, UPDATES):
        table = call.table(kind)
        for key in [key for key in table if key[0] == cluster_name]:
            del table[key]
