"""EKS access entries and their policies (`aws_eks_access_entry`, `aws_eks_access_policy_association`).

moto 5.2.5 implements neither. Whether the IAM principal exists is not checked: a data center may grant
access to roles that live outside of it, and an emulator starts with an empty account.
"""

import re
from uuid import uuid4

from ..call import Call, Params, Record, pick, utcnow
from ._eks import (
    ACCESS_ENTRIES,
    existing_cluster,
    in_use,
    invalid_parameter,
    invalid_request,
    not_found,
    of_cluster,
)

SERVICE = "eks"
PRINCIPAL = re.compile(r"arn:aws[\w-]*:iam::(?P<account>\d{12}):(?P<kind>role|user)/(?:.+/)?(?P<name>[^/]+)")
POLICY = re.compile(r"arn:aws[\w-]*:eks::aws:cluster-access-policy/\w+")
NODE_TYPES = ("EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX", "EC2")
FIELDS = (
    "clusterName",
    "principalArn",
    "kubernetesGroups",
    "accessEntryArn",
    "createdAt",
    "modifiedAt",
    "tags",
    "username",
    "type",
)


def create_access_entry(call: Call, params: Params) -> Record:
    cluster_name, principal = params["clusterName"], params["principalArn"]
    _check_mode(call, cluster_name)
    match = PRINCIPAL.fullmatch(principal)
    if not match:
        raise invalid_parameter(f"The principalArn parameter format is not valid: {principal}")
    if (cluster_name, principal) in call.table(ACCESS_ENTRIES):
        raise in_use(
            "The specified access entry resource is already in use on this cluster.", clusterName=cluster_name
        )
    kind = params.get("type", "STANDARD")
    _check_entry(kind, params)
    now = utcnow()
    path = f"access-entry/{cluster_name}/{match['kind']}/{match['account']}/{match['name']}/{uuid4()}"
    entry = {
        "clusterName": cluster_name,
        "principalArn": principal,
        "accessEntryArn": call.arn("eks", path),
        "type": kind,
        "username": params.get("username") or _default_username(kind, match),
        "kubernetesGroups": _groups(kind, params),
        "tags": dict(params.get("tags") or {}),
        "createdAt": now,
        "modifiedAt": now,
        "policies": {},
    }
    call.table(ACCESS_ENTRIES)[cluster_name, principal] = entry
    return {"accessEntry": _described(entry)}


def _check_mode(call: Call, cluster_name: str) -> None:
    mode = existing_cluster(call, cluster_name).access_config["authenticationMode"]
    if mode == "CONFIG_MAP":
        raise invalid_request(
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] "
            "to perform this operation.",
            clusterName=cluster_name,
        )


def _check_entry(kind: str, params: Params) -> None:
    if kind != "STANDARD" and kind not in NODE_TYPES:
        raise invalid_parameter(f"The type {kind} is not valid")
    if kind in NODE_TYPES and (params.get("username") or params.get("kubernetesGroups")):
        raise invalid_parameter("Only access entries of type STANDARD can have a username or groups")
    for group in params.get("kubernetesGroups") or []:
        if group.startswith("system:"):
            raise invalid_parameter(
                f"The kubernetes group name {group} is invalid, it cannot start with system:"
            )


def _default_username(kind: str, principal: re.Match[str]) -> str:
    """The Kubernetes user EKS makes of a principal when no name is given."""
    if kind in NODE_TYPES:
        return "system:node:{{EC2PrivateDNSName}}"
    if principal["kind"] == "user":
        return principal[0]
    partition = principal[0].split(":")[1]
    return f"arn:{partition}:sts::{principal['account']}:assumed-role/{principal['name']}/{{{{SessionName}}}}"


def _groups(kind: str, params: Params) -> list[str]:
    return ["system:nodes"] if kind in NODE_TYPES else list(params.get("kubernetesGroups") or [])


def _described(entry: Record) -> Record:
    return pick(entry, *FIELDS)


def _existing(call: Call, params: Params) -> Record:
    cluster_name, principal = params["clusterName"], params["principalArn"]
    try:
        return of_cluster(call, ACCESS_ENTRIES, cluster_name)[principal]
    except KeyError:
        raise not_found(
            f"The specified principalArn could not be found: {principal}", clusterName=cluster_name
        ) from None


def describe_access_entry(call: Call, params: Params) -> Record:
    return {"accessEntry": _described(_existing(call, params))}


def list_access_entries(call: Call, params: Params) -> Record:
    entries = of_cluster(call, ACCESS_ENTRIES, params["clusterName"])
    policy = params.get("associatedPolicyArn")
    arns = [arn for arn, entry in entries.items() if not policy or policy in entry["policies"]]
    return {"accessEntries": arns}


def update_access_entry(call: Call, params: Params) -> Record:
    entry = _existing(call, params)
    _check_entry(entry["type"], params)
    entry.update(pick(params, "kubernetesGroups", "username"), modifiedAt=utcnow())
    return {"accessEntry": _described(entry)}


def delete_access_entry(call: Call, params: Params) -> Record:
    entry = _existing(call, params)
    del call.table(ACCESS_ENTRIES)[entry["clusterName"], entry["principalArn"]]
    return {}


def associate_access_policy(call: Call, params: Params) -> Record:
    """Associating a policy a second time changes its scope."""
    entry = _existing(call, params)
    policy, scope = params["policyArn"], params["accessScope"]
    if not POLICY.fullmatch(policy):
        raise invalid_parameter(f"The policyArn parameter format is not valid: {policy}")
    if scope.get("type") == "namespace" and not scope.get("namespaces"):
        raise invalid_parameter("An access scope of type namespace must name namespaces")
    if scope.get("type") == "cluster" and scope.get("namespaces"):
        raise invalid_parameter("An access scope of type cluster cannot name namespaces")
    now = utcnow()
    associated_at = entry["policies"].get(policy, {}).get("associatedAt", now)
    association = {
        "policyArn": policy,
        "accessScope": {"type": scope["type"], "namespaces": scope.get("namespaces", [])},
        "associatedAt": associated_at,
        "modifiedAt": now,
    }
    entry["policies"][policy] = association
    return {**pick(entry, "clusterName", "principalArn"), "associatedAccessPolicy": association}


def list_associated_access_policies(call: Call, params: Params) -> Record:
    entry = _existing(call, params)
    associations = list(entry["policies"].values())
    return {**pick(entry, "clusterName", "principalArn"), "associatedAccessPolicies": associations}


def disassociate_access_policy(call: Call, params: Params) -> Record:
    entry = _existing(call, params)
    if entry["policies"].pop(params["policyArn"], None) is None:
        message = f"The specified policyArn is not associated: {params['policyArn']}"
        raise not_found(message, clusterName=entry["clusterName"])
    return {}


OPERATIONS = {
    "CreateAccessEntry": create_access_entry,
    "DescribeAccessEntry": describe_access_entry,
    "ListAccessEntries": list_access_entries,
    "UpdateAccessEntry": update_access_entry,
    "DeleteAccessEntry": delete_access_entry,
    "AssociateAccessPolicy": associate_access_policy,
    "ListAssociatedAccessPolicies": list_associated_access_policies,
    "DisassociateAccessPolicy": disassociate_access_policy,
}
