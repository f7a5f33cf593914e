"""EKS pod identity associations (`aws_eks_pod_identity_association`), which moto 5.2.5 does not implement."""

from uuid import uuid4

from ..call import Call, Params, Record, pick, utcnow
from ._eks import POD_IDENTITIES, existing_cluster, in_use, not_found, of_cluster

SERVICE = "eks"
SUMMARY = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId", "ownerArn")
OPTIONAL = ("targetRoleArn", "policy")


def create_association(call: Call, params: Params, owner: str | None = None) -> Record:
    """A new association; a service account can have only one. `owner` is the add-on that made it."""
    cluster_name = params["clusterName"]
    existing_cluster(call, cluster_name)
    account = (params["namespace"], params["serviceAccount"])
    for other in of_cluster(call, POD_IDENTITIES, cluster_name).values():
        if (other["namespace"], other["serviceAccount"]) == account:
            raise in_use(f"Association already exists: {other['associationId']}", clusterName=cluster_name)
    association_id = f"a-{uuid4().hex[:17]}"
    now = utcnow()
    association = {
        **pick(params, "clusterName", "namespace", "serviceAccount", "roleArn", *OPTIONAL),
        "associationId": association_id,
        "associationArn": call.arn("eks", f"podidentityassociation/{cluster_name}/{association_id}"),
        "tags": dict(params.get("tags") or {}),
        "createdAt": now,
        "modifiedAt": now,
        "disableSessionTags": params.get("disableSessionTags", False),
        **_external_id(call, params),
        **({"ownerArn": owner} if owner else {}),
    }
    call.table(POD_IDENTITIES)[cluster_name, association_id] = association
    return association


def _external_id(call: Call, params: Params) -> Record:
    """EKS makes an external id for the trust policy of a target role."""
    return {"externalId": str(uuid4())} if params.get("targetRoleArn") else {}


def create_pod_identity_association(call: Call, params: Params) -> Record:
    return {"association": create_association(call, params)}


def _existing(call: Call, params: Params) -> Record:
    cluster_name, association_id = params["clusterName"], params["associationId"]
    try:
        return of_cluster(call, POD_IDENTITIES, cluster_name)[association_id]
    except KeyError:
        raise not_found(f"Association not found: {association_id}", clusterName=cluster_name) from None


def describe_pod_identity_association(call: Call, params: Params) -> Record:
    return {"association": _existing(call, params)}


def list_pod_identity_associations(call: Call, params: Params) -> Record:
    wanted = pick(params, "namespace", "serviceAccount")
    associations = of_cluster(call, POD_IDENTITIES, params["clusterName"]).values()
    return {
        "associations": [
            pick(association, *SUMMARY)
            for association in associations
            if all(association[name] == value for name, value in wanted.items())
        ]
    }


def update_pod_identity_association(call: Call, params: Params) -> Record:
    association = _existing(call, params)
    association.update(pick(params, "roleArn", "disableSessionTags", *OPTIONAL), modifiedAt=utcnow())
    if association.get("targetRoleArn") and "externalId" not in association:
        association.update(_external_id(call, params))
    return {"association": association}


def delete_pod_identity_association(call: Call, params: Params) -> Record:
    association = _existing(call, params)
    del call.table(POD_IDENTITIES)[association["clusterName"], association["associationId"]]
    return {"association": association}


OPERATIONS = {
    "CreatePodIdentityAssociation": create_pod_identity_association,
    "DescribePodIdentityAssociation": describe_pod_identity_association,
    "ListPodIdentityAssociations": list_pod_identity_associations,
    "UpdatePodIdentityAssociation": update_pod_identity_association,
    "DeletePodIdentityAssociation": delete_pod_identity_association,
}
