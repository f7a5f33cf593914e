"""EKS add-ons (`aws_eks_addon`), which moto 5.2.5 does not implement. An added add-on is ACTIVE at once.

Which versions exist, and what configuration they accept, only AWS knows: any version and any configuration
text is taken, and DescribeAddonVersions invents one version per Kubernetes version.
"""

from uuid import uuid4

from ..call import Call, Params, Record, pick, utcnow
from ._eks import ADDONS, POD_IDENTITIES, existing_cluster, in_use, not_found, of_cluster
from .eks_pod_identity import create_association
from .eks_updates import record_update

SERVICE = "eks"
DEFAULT_VERSION = "v1.0.0-eksbuild.1"
DEFAULT_NAMESPACE = "kube-system"
CLUSTER_VERSIONS = tuple(f"1.{minor}" for minor in range(30, 36))
KNOWN_ADDONS = {
    "amazon-cloudwatch-observability": "observability",
    "aws-ebs-csi-driver": "storage",
    "aws-efs-csi-driver": "storage",
    "aws-fsx-csi-driver": "storage",
    "aws-mountpoint-s3-csi-driver": "storage",
    "coredns": "networking",
    "eks-node-monitoring-agent": "observability",
    "eks-pod-identity-agent": "security",
    "kube-proxy": "networking",
    "metrics-server": "observability",
    "snapshot-controller": "storage",
    "vpc-cni": "networking",
}


def create_addon(call: Call, params: Params) -> Record:
    cluster_name, name = params["clusterName"], params["addonName"]
    existing_cluster(call, cluster_name)
    if (cluster_name, name) in call.table(ADDONS):
        raise in_use("Addon already exists.", clusterName=cluster_name, addonName=name)
    namespace = (params.get("namespaceConfig") or {}).get("namespace", DEFAULT_NAMESPACE)
    now = utcnow()
    addon = {
        "addonName": name,
        "clusterName": cluster_name,
        "status": "ACTIVE",
        "addonVersion": params.get("addonVersion") or DEFAULT_VERSION,
        "health": {"issues": []},
        "addonArn": call.arn("eks", f"addon/{cluster_name}/{name}/{uuid4()}"),
        "createdAt": now,
        "modifiedAt": now,
        "tags": dict(params.get("tags") or {}),
        "namespaceConfig": {"namespace": namespace},
        **pick(params, "serviceAccountRoleArn", "configurationValues"),
    }
    addon["podIdentityAssociations"] = _associate(call, addon, params.get("podIdentityAssociations") or [])
    call.table(ADDONS)[cluster_name, name] = addon
    return {"addon": addon}


def _associate(call: Call, addon: Record, requested: list[Params]) -> list[str]:
    """Pod identity associations the add-on owns; the add-on is described with their ARNs."""
    associations = [
        create_association(
            call,
            {
                "clusterName": addon["clusterName"],
                "namespace": addon["namespaceConfig"]["namespace"],
                "serviceAccount": association["serviceAccount"],
                "roleArn": association["roleArn"],
            },
            owner=addon["addonArn"],
        )
        for association in requested
    ]
    return [association["associationArn"] for association in associations]


def _dissociate(call: Call, addon: Record) -> None:
    table = call.table(POD_IDENTITIES)
    for key in [key for key, record in table.items() if record.get("ownerArn") == addon["addonArn"]]:
        del table[key]


def _existing(call: Call, params: Params) -> Record:
    cluster_name, name = params["clusterName"], params["addonName"]
    try:
        return of_cluster(call, ADDONS, cluster_name)[name]
    except KeyError:
        raise not_found(
            f"No addon: {name} found in cluster: {cluster_name}", clusterName=cluster_name, addonName=name
        ) from None


def describe_addon(call: Call, params: Params) -> Record:
    return {"addon": _existing(call, params)}


def list_addons(call: Call, params: Params) -> Record:
    return {"addons": sorted(of_cluster(call, ADDONS, params["clusterName"]))}


def update_addon(call: Call, params: Params) -> Record:
    addon = _existing(call, params)
    changes = pick(params, "addonVersion", "serviceAccountRoleArn", "configurationValues")
    addon.update(changes, modifiedAt=utcnow())
    if params.get("podIdentityAssociations") is not None:
        _dissociate(call, addon)
        addon["podIdentityAssociations"] = _associate(call, addon, params["podIdentityAssociations"])
    return record_update(call, addon["clusterName"], "AddonUpdate", changes, addon=addon["addonName"])


def delete_addon(call: Call, params: Params) -> Record:
    addon = _existing(call, params)
    del call.table(ADDONS)[addon["clusterName"], addon["addonName"]]
    if not params.get("preserve"):
        _dissociate(call, addon)
    return {"addon": {**addon, "status": "DELETING"}}


def describe_addon_versions(call: Call, params: Params) -> Record:
    """One invented version per add-on: the one CreateAddon takes by default."""
    name = params.get("addonName")
    asked = params.get("kubernetesVersion")
    versions = [asked] if asked else list(CLUSTER_VERSIONS)
    compatible = [
        {"clusterVersion": version, "platformVersions": ["*"], "defaultVersion": True} for version in versions
    ]
    version = {
        "addonVersion": DEFAULT_VERSION,
        "architecture": ["amd64", "arm64"],
        "compatibilities": compatible,
    }
    names = [name] if name else sorted(KNOWN_ADDONS)
    addons = [
        {
            "addonName": addon,
            "type": KNOWN_ADDONS.get(addon, "other"),
            "owner": "aws",
            "publisher": "eks",
            "addonVersions": [version],
        }
        for addon in names
    ]
    return {"addons": addons}


OPERATIONS = {
    "CreateAddon": create_addon,
    "DescribeAddon": describe_addon,
    "ListAddons": list_addons,
    "UpdateAddon": update_addon,
    "DeleteAddon": delete_addon,
    "DescribeAddonVersions": describe_addon_versions,
}
