"""EKS clusters (`aws_eks_cluster`), answered by us where moto 5.2.5 loses what it was told.

moto drops `accessConfig`, `upgradePolicy`, `zonalShiftConfig` and others, so the second plan wants to replace
the cluster. It returns neither a VPC nor a cluster security group, so nothing can refer to them. Its
UpdateClusterConfig answers in the wrong form and overwrites the VPC configuration with the changed part.
Describing and listing stay moto's, on the same cluster objects.
"""

import contextlib
import zlib
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.eks.models import Cluster

from ..call import Call, Params, Record
from ._eks import (
    ec2_backend,
    eks_backend,
    existing_cluster,
    existing_subnets,
    forget_cluster,
    in_use,
    invalid_parameter,
    invalid_request,
)
from .eks_updates import record_update

SERVICE = "eks"
LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
AUTHENTICATION_MODES = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
SERVICE_CIDR = "172.20.0.0/16"
GROUP_DESCRIPTION = (
    "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
    "as well as any managed workloads."
)

# Parameters moto ignores, with the attribute of its cluster object the serializer reads them from.
KEPT = {
    "computeConfig": "compute_config",
    "storageConfig": "storage_config",
    "zonalShiftConfig": "zonal_shift_config",  # absent, not disabled, when it was never asked for
    "outpostConfig": "outpost_config",
    "controlPlaneScalingConfig": "control_plane_scaling_config",
}
KEPT_UPDATE_TYPES = {
    "zonalShiftConfig": "ZonalShiftConfigUpdate",
    "controlPlaneScalingConfig": "ControlPlaneScalingConfigUpdate",
}
MOTO_PARAMETERS = {
    "name": "name",
    "roleArn": "role_arn",
    "version": "version",
    "clientRequestToken": "client_request_token",
    "tags": "tags",
    "encryptionConfig": "encryption_config",
    "remoteNetworkConfig": "remote_network_config",
}


def create_cluster(call: Call, params: Params) -> Record:
    name = params["name"]
    if name in eks_backend(call).clusters:
        raise in_use(f"Cluster already exists with name: {name}", clusterName=name)
    vpc_config = _checked_vpc_config(call, params["resourcesVpcConfig"])
    cluster = eks_backend(call).create_cluster(
        resources_vpc_config=vpc_config,
        kubernetes_network_config=_network_config(params.get("kubernetesNetworkConfig") or {}),
        logging=_logging(set(), params.get("logging")),
        **{argument: params.get(parameter) for parameter, argument in MOTO_PARAMETERS.items()},
    )
    mode = (params.get("accessConfig") or {}).get("authenticationMode", "CONFIG_MAP")
    # AWS does not return bootstrapClusterCreatorAdminPermissions, so neither do we.
    cluster.access_config = {"authenticationMode": mode}
    cluster.upgrade_policy = params.get("upgradePolicy") or {"supportType": "EXTENDED"}
    cluster.deletion_protection = bool(params.get("deletionProtection"))
    cluster.health = {"issues": []}
    for parameter, attribute in KEPT.items():
        setattr(cluster, attribute, params.get(parameter))
    vpc_config["clusterSecurityGroupId"] = _create_cluster_security_group(call, name, vpc_config["vpcId"])
    return {"cluster": cluster}


def _checked_vpc_config(call: Call, requested: Params) -> Record:
    """The VPC configuration EKS returns: the request, its defaults, and the VPC the subnets are in."""
    subnets = existing_subnets(call, requested.get("subnetIds") or [])
    if len({subnet.availability_zone for subnet in subnets}) < 2:
        raise invalid_parameter("Subnets specified must be in at least two different AZs")
    group_ids = requested.get("securityGroupIds") or []
    for group_id in group_ids:
        if ec2_backend(call).get_security_group_from_id(group_id) is None:
            raise invalid_parameter(f"The security group '{group_id}' does not exist")
    public = requested.get("endpointPublicAccess", True)
    private = requested.get("endpointPrivateAccess", False)
    _check_endpoints(public, private)
    return {
        "subnetIds": requested["subnetIds"],
        "securityGroupIds": group_ids,
        "vpcId": subnets[0].vpc_id,
        "endpointPublicAccess": public,
        "endpointPrivateAccess": private,
        "publicAccessCidrs": (requested.get("publicAccessCidrs") or ["0.0.0.0/0"]) if public else [],
    }


def _check_endpoints(public: bool, private: bool) -> None:
    if not public and not private:
        raise invalid_parameter("Private and public endpoint access cannot both be false")


def _network_config(requested: Params) -> Record:
    family = requested.get("ipFamily", "ipv4")
    config = {"ipFamily": family, "elasticLoadBalancing": {"enabled": False}}
    if family == "ipv4":
        config["serviceIpv4Cidr"] = SERVICE_CIDR
    return {**config, **requested}


def _logging(enabled: set[str], requested: Params | None) -> Record:
    """Log types sorted into enabled and disabled, as EKS returns them, after applying a request."""
    enabled = set(enabled)
    for setup in (requested or {}).get("clusterLogging", []):
        types = set(setup.get("types", []))
        enabled = enabled | types if setup.get("enabled") else enabled - types
    sides = [
        {"types": [name for name in LOG_TYPES if (name in enabled) is side], "enabled": side}
        for side in (True, False)
    ]
    return {"clusterLogging": [side for side in sides if side["types"]]}


def _enabled_logs(cluster: Cluster) -> set[str]:
    return {
        name for setup in cluster.logging["clusterLogging"] if setup["enabled"] for name in setup["types"]
    }


def _create_cluster_security_group(call: Call, name: str, vpc_id: str) -> str:
    """The group EKS makes for control plane and nodes: open within itself and outwards.

    A real group of moto's EC2, so that rules and launch templates can name it.
    """
    ec2 = ec2_backend(call)
    group_name = f"eks-cluster-sg-{name}-{zlib.crc32(name.encode())}"
    tags = {
        "Name": group_name,
        f"kubernetes.io/cluster/{name}": "owned",
        "aws:eks:cluster-name": name,
    }
    group = ec2.create_security_group(group_name, GROUP_DESCRIPTION, vpc_id=vpc_id, tags=tags, force=True)
    ec2.authorize_security_group_ingress(
        group.id, "-1", "", "", [], source_groups=[{"GroupId": group.id}], vpc_id=vpc_id
    )
    return str(group.id)


def delete_cluster(call: Call, params: Params) -> Record:
    cluster = existing_cluster(call, params["name"])
    if cluster.deletion_protection:
        message = f"Cluster {cluster.name} has deletion protection enabled"
        raise invalid_request(message, clusterName=cluster.name)
    eks_backend(call).delete_cluster(cluster.name)  # refuses while there are node groups
    # A group that is still in use, or was deleted by hand, does not stop EKS either.
    with contextlib.suppress(EC2ClientError):
        group_id = cluster.resources_vpc_config["clusterSecurityGroupId"]
        ec2_backend(call).delete_security_group(group_id=group_id)
    forget_cluster(call, cluster.name)
    cluster.status = "DELETING"
    return {"cluster": cluster}


def update_cluster_config(call: Call, params: Params) -> Record:
    cluster = existing_cluster(call, params["name"])
    changes = {name: value for name, value in params.items() if name not in ("name", "clientRequestToken")}
    if not changes:
        raise invalid_parameter("No changes needed", clusterName=cluster.name)
    update_type = "ConfigUpdate"
    for name, value in changes.items():
        update_type = _apply_change(call, cluster, name, value)
    texts = {name[0].upper() + name[1:]: value for name, value in changes.items()}
    return record_update(call, cluster.name, update_type, texts)


def _apply_change(call: Call, cluster: Cluster, name: str, value: Any) -> str:
    """Change one thing of a cluster; returns the type of update it is for EKS."""
    if name == "resourcesVpcConfig":
        return _change_vpc_config(call, cluster, value)
    if name == "logging":
        cluster.logging = _logging(_enabled_logs(cluster), value)
        return "LoggingUpdate"
    if name == "accessConfig":
        _change_authentication_mode(cluster, value["authenticationMode"])
        return "AccessConfigUpdate"
    if name == "upgradePolicy":
        cluster.upgrade_policy = value
        return "UpgradePolicyUpdate"
    if name == "deletionProtection":
        cluster.deletion_protection = bool(value)
        return "DeletionProtectionUpdate"
    if name == "kubernetesNetworkConfig":
        cluster.kubernetes_network_config = {**cluster.kubernetes_network_config, **value}
        return "AutoModeUpdate"
    if name == "remoteNetworkConfig":
        cluster.remote_network_config = value
        return "RemoteNetworkConfigUpdate"
    if name in KEPT:
        setattr(cluster, KEPT[name], value)
        return KEPT_UPDATE_TYPES.get(name, "AutoModeUpdate")
    raise NotImplementedError(f"UpdateClusterConfig with {name}")


def _change_vpc_config(call: Call, cluster: Cluster, requested: Params) -> str:
    current = cluster.resources_vpc_config
    merged = _checked_vpc_config(call, {**current, **requested})
    if merged["vpcId"] != current["vpcId"]:
        raise invalid_parameter("Provided subnets belong to a different VPC than the cluster's")
    current.update(merged)
    return "VpcConfigUpdate" if {"subnetIds", "securityGroupIds"} & set(requested) else "EndpointAccessUpdate"


def _change_authentication_mode(cluster: Cluster, wanted: str) -> None:
    """The mode moves one step at a time and never back; Terraform replaces nothing, it just fails."""
    current = cluster.access_config["authenticationMode"]
    if AUTHENTICATION_MODES.index(wanted) != AUTHENTICATION_MODES.index(current) + 1:
        raise invalid_parameter(f"Unsupported authentication mode update from {current} to {wanted}")
    cluster.access_config = {"authenticationMode": wanted}


def update_cluster_version(call: Call, params: Params) -> Record:
    cluster = existing_cluster(call, params["name"])
    wanted = params["version"]
    if _minor(wanted) != _minor(cluster.version) + 1:
        raise invalid_parameter(
            f"Unsupported Kubernetes minor version update from {cluster.version} to {wanted}",
            clusterName=cluster.name,
        )
    cluster.version = wanted
    return record_update(call, cluster.name, "VersionUpdate", {"Version": wanted})


def _minor(version: str) -> int:
    major, _, minor = version.partition(".")
    if major != "1" or not minor.isdigit():
        raise invalid_parameter(f"unsupported Kubernetes version {version}")
    return int(minor)


def associate_encryption_config(call: Call, params: Params) -> Record:
    """Encryption can be added to a cluster once, and never taken away."""
    cluster = existing_cluster(call, params["clusterName"])
    if cluster.encryption_config:
        message = f"Cluster {cluster.name} already has an encryption configuration"
        raise in_use(message, clusterName=cluster.name)
    cluster.encryption_config = params["encryptionConfig"]
    changes = {"EncryptionConfig": params["encryptionConfig"]}
    return record_update(call, cluster.name, "AssociateEncryptionConfig", changes)


OPERATIONS = {
    "CreateCluster": create_cluster,
    "DeleteCluster": delete_cluster,
    "UpdateClusterConfig": update_cluster_config,
    "UpdateClusterVersion": update_cluster_version,
    "AssociateEncryptionConfig": associate_encryption_config,
}
