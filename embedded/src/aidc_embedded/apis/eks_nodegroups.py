"""EKS managed node groups (`aws_eks_node_group`), answered by us where moto 5.2.5 loses or invents things.

moto drops `updateConfig` and `nodeRepairConfig` at creation, invents a remote access key, a disk size and
instance types for groups that have a launch template, takes launch templates that do not exist, and has no
UpdateNodegroupVersion: the second plan wants to replace the group, and a changed launch template cannot be
rolled out. Describing, listing and deleting stay moto's, on the same objects.
"""

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.eks.models import Cluster, Nodegroup

from ..call import Call, Params, Record, pick, utcnow
from ._eks import (
    ec2_backend,
    eks_backend,
    existing_cluster,
    existing_nodegroup,
    existing_subnets,
    invalid_parameter,
    invalid_request,
)
from .eks_updates import record_update

SERVICE = "eks"

MOTO_PARAMETERS = {
    "clusterName": "cluster_name",
    "nodegroupName": "nodegroup_name",
    "nodeRole": "node_role",
    "subnets": "subnets",
    "diskSize": "disk_size",
    "instanceTypes": "instance_types",
    "remoteAccess": "remote_access",
    "labels": "labels",
    "taints": "taints",
    "tags": "tags",
    "clientRequestToken": "client_request_token",
    "capacityType": "capacity_type",
}


def create_nodegroup(call: Call, params: Params) -> Record:
    cluster = existing_cluster(call, params["clusterName"])
    subnets = existing_subnets(call, params["subnets"])
    if subnets[0].vpc_id != cluster.resources_vpc_config["vpcId"]:
        raise invalid_parameter("Node group subnets must be in the VPC of the cluster")
    scaling = {"minSize": 1, "maxSize": 2, "desiredSize": 2, **(params.get("scalingConfig") or {})}
    _check_scaling(scaling)
    template = _resolved_template(call, params["launchTemplate"]) if params.get("launchTemplate") else None
    data = _template_data(call, template) if template else {}
    _check_template(params, data)
    nodegroup = eks_backend(call).create_nodegroup(
        scaling_config=scaling,
        launch_template=template,
        ami_type="CUSTOM" if data.get("ImageId") else params.get("amiType"),
        version=params.get("version") or cluster.version,
        release_version=params.get("releaseVersion"),
        **{argument: params.get(parameter) for parameter, argument in MOTO_PARAMETERS.items()},
    )
    _undo_inventions(nodegroup, cluster, params, data)
    return {"nodegroup": nodegroup}


def _undo_inventions(nodegroup: Nodegroup, cluster: Cluster, params: Params, data: Record) -> None:
    """Give back what was asked for, and AWS's defaults instead of moto's."""
    nodegroup.update_config = params.get("updateConfig") or {"maxUnavailable": 1}
    nodegroup.node_repair_config = params.get("nodeRepairConfig")
    nodegroup.remote_access = params.get("remoteAccess")
    nodegroup.health = {"issues": []}
    if not nodegroup.remote_access:
        nodegroup.resources.pop("remoteAccessSecurityGroup", None)
    nodegroup.disk_size = params.get("diskSize") or (None if params.get("launchTemplate") else 20)
    if data.get("InstanceType"):
        nodegroup.instance_types = None
    nodegroup.release_version = params.get("releaseVersion") or _release(nodegroup.version, data)


def _release(version: str, data: Record) -> str:
    """For an AMI of one's own the release is the id of the AMI; else a release of the Kubernetes version."""
    return data.get("ImageId") or f"{version}.0-20250101"


def _resolved_template(call: Call, requested: Params) -> Record:
    """The launch template by id, name and version number.

    EKS accepts "$Latest" and "$Default" but returns the number they stood for, which is why Terraform
    shows a difference on every plan for those who use them. moto keeps the text and hides that.
    """
    ec2 = ec2_backend(call)
    if ("id" in requested) == ("name" in requested):
        raise invalid_parameter("Launch template must have either an id or a name, and not both")
    try:
        if "id" in requested:
            template = ec2.get_launch_template(requested["id"])
        else:
            template = ec2.get_launch_template_by_name(requested["name"])
        version = template.get_version(requested.get("version") or "$Default")
    except (EC2ClientError, ValueError) as error:
        raise invalid_parameter(f"The launch template could not be found: {error}") from None
    return {"id": template.id, "name": template.name, "version": str(version.number)}


def _template_data(call: Call, template: Record) -> dict[str, Any]:
    return ec2_backend(call).get_launch_template(template["id"]).get_version(template["version"]).data


def _check_template(params: Params, data: Record) -> None:
    """What the EKS user guide forbids in the launch template of a managed node group."""
    if data.get("InstanceType") and params.get("instanceTypes"):
        raise invalid_parameter("Instance types can be in the request or in the launch template, not in both")
    if data.get("ImageId") and params.get("amiType") not in (None, "CUSTOM"):
        raise invalid_parameter(
            "You cannot specify an AMI Type other than CUSTOM, "
            "when specifying an image id in your launch template."
        )
    if params.get("amiType") == "CUSTOM" and not data.get("ImageId"):
        raise invalid_parameter("AMI type CUSTOM needs an image id in the launch template")
    if data.get("ImageId") and (params.get("version") or params.get("releaseVersion")):
        raise invalid_parameter(
            "You cannot specify the field kubernetesVersion or releaseVersion when using custom AMIs."
        )
    if data.get("IamInstanceProfile"):
        raise invalid_parameter("Launch template should not specify an instance profile.")
    if any(interface.get("SubnetId") for interface in data.get("NetworkInterfaces") or []):
        raise invalid_parameter("Launch template should not specify a subnet.")
    market = (data.get("InstanceMarketOptions") or {}).get("MarketType")
    if market == "spot":
        raise invalid_parameter("Launch template should not request Spot instances. Use capacityType SPOT.")
    if (params.get("capacityType") == "CAPACITY_BLOCK") != (market == "capacity-block"):
        raise invalid_parameter(
            "Capacity type CAPACITY_BLOCK and market type capacity-block of the launch template go together"
        )


def _check_scaling(scaling: Record) -> None:
    low, desired, high = scaling["minSize"], scaling["desiredSize"], scaling["maxSize"]
    if low > high:
        raise invalid_parameter(f"Minimum capacity {low} can't be greater than maximum size {high}")
    if desired < low:
        raise invalid_parameter(f"Minimum capacity {low} can't be greater than desired size {desired}")
    if desired > high:
        raise invalid_parameter(f"Desired capacity {desired} can't be greater than max size {high}")


def update_nodegroup_config(call: Call, params: Params) -> Record:
    """moto applies the change; we check it and answer with an update DescribeUpdate knows."""
    nodegroup = existing_nodegroup(call, params["clusterName"], params["nodegroupName"])
    if params.get("scalingConfig"):
        _check_scaling({**nodegroup.scaling_config, **params["scalingConfig"]})
    eks_backend(call).update_nodegroup_config(
        cluster_name=params["clusterName"],
        nodegroup_name=params["nodegroupName"],
        labels=params.get("labels"),
        taints=params.get("taints"),
        scaling_config=params.get("scalingConfig"),
        update_config=params.get("updateConfig"),
        node_repair_config=params.get("nodeRepairConfig"),
    )
    changes = pick(params, "labels", "taints", "scalingConfig", "updateConfig", "nodeRepairConfig")
    name = params["nodegroupName"]
    return record_update(call, params["clusterName"], "ConfigUpdate", changes, nodegroup=name)


def update_nodegroup_version(call: Call, params: Params) -> Record:
    """A new launch template version or Kubernetes version. Nodes do not exist here, so nothing is drained."""
    cluster = existing_cluster(call, params["clusterName"])
    nodegroup = existing_nodegroup(call, params["clusterName"], params["nodegroupName"])
    changes = pick(params, "version", "releaseVersion")
    data: dict[str, Any] = {}
    if params.get("launchTemplate"):
        if not nodegroup.launch_template:
            raise invalid_request("A node group created without a launch template cannot be given one")
        template = _resolved_template(call, params["launchTemplate"])
        if template["id"] != nodegroup.launch_template["id"]:
            raise invalid_request("A node group cannot change its launch template, only the version of it")
        nodegroup.launch_template = template
        changes["launchTemplateVersion"] = template["version"]
    if nodegroup.launch_template:
        data = _template_data(call, nodegroup.launch_template)
    if not data.get("ImageId"):
        nodegroup.version = params.get("version") or cluster.version
    nodegroup.release_version = params.get("releaseVersion") or _release(nodegroup.version, data)
    nodegroup.modified_at = utcnow()
    return record_update(call, cluster.name, "VersionUpdate", changes, nodegroup=params["nodegroupName"])


OPERATIONS = {
    "CreateNodegroup": create_nodegroup,
    "UpdateNodegroupConfig": update_nodegroup_config,
    "UpdateNodegroupVersion": update_nodegroup_version,
}
