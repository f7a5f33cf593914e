"""Tags of EKS resources. moto 5.2.5 tags clusters only; Terraform tags node groups, add-ons and the rest.

Without it, changing a tag of an `aws_eks_node_group`, `aws_eks_addon`, `aws_eks_access_entry` or
`aws_eks_pod_identity_association` ends in ResourceNotFoundException.
"""

from collections.abc import Iterator

from ..call import Call, Params, Record
from ._eks import ACCESS_ENTRIES, ADDONS, POD_IDENTITIES, eks_backend, not_found

SERVICE = "eks"
Tags = dict[str, str]
ARN_NAMES = {ADDONS: "addonArn", ACCESS_ENTRIES: "accessEntryArn", POD_IDENTITIES: "associationArn"}


def _taggable(call: Call) -> Iterator[tuple[str, Tags]]:
    for cluster in eks_backend(call).clusters.values():
        yield cluster.arn, cluster.tags
        for nodegroup in cluster.nodegroups.values():
            yield nodegroup.arn, nodegroup.tags
        for profile in cluster.fargate_profiles.values():
            yield profile.fargate_profile_arn, profile.tags
    for kind, arn_name in ARN_NAMES.items():
        for record in call.table(kind).values():
            yield record[arn_name], record["tags"]


def _tags(call: Call, params: Params) -> Tags:
    wanted = params["resourceArn"]
    for arn, tags in _taggable(call):
        if arn == wanted:
            return tags
    raise not_found(f"Resource was not found: {wanted}")


def tag_resource(call: Call, params: Params) -> Record:
    _tags(call, params).update(params["tags"])
    return {}


def untag_resource(call: Call, params: Params) -> Record:
    tags = _tags(call, params)
    for key in params["tagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags_for_resource(call: Call, params: Params) -> Record:
    return {"tags": _tags(call, params)}


OPERATIONS = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}
