"""Members of resource groups, which moto 5.2.5 does not keep.

Only groups with a configuration, such as those of Capacity Reservations, have members that are put in by
hand; those of a group with a query follow from tags, which is not implemented.
"""

from moto.resourcegroups.models import FakeResourceGroup, resourcegroups_backends

from ..call import AwsError, Call, Params, Record

SERVICE = "resource-groups"
KIND = "resource-groups.member"


def group_resources(call: Call, params: Params) -> Record:
    group, arns = _group(call, params), params["ResourceArns"]
    call.table(KIND).update({(group.arn, arn): arn for arn in arns})
    return {"Succeeded": arns, "Failed": [], "Pending": []}


def ungroup_resources(call: Call, params: Params) -> Record:
    group, arns = _group(call, params), params["ResourceArns"]
    for arn in arns:
        call.table(KIND).pop((group.arn, arn), None)
    return {"Succeeded": arns, "Failed": [], "Pending": []}


def list_group_resources(call: Call, params: Params) -> Record:
    group = _group(call, params)
    arns = [arn for (of_group, arn) in call.table(KIND) if of_group == group.arn]
    return {"Resources": [{"Identifier": _identifier(arn)} for arn in arns], "QueryErrors": []}


def _identifier(arn: str) -> Record:
    """The type as CloudFormation names it, as far as it is known here."""
    kind = {"ResourceType": "AWS::EC2::CapacityReservation"} if ":capacity-reservation/" in arn else {}
    return {"ResourceArn": arn, **kind}


def _group(call: Call, params: Params) -> FakeResourceGroup:
    """A group by its name or ARN."""
    groups = resourcegroups_backends[call.account][call.region].groups
    name = params.get("Group") or params.get("GroupName", "")
    if name not in groups:
        raise AwsError("NotFoundException", "Cannot find group.")
    group = groups[name]
    if group.resource_query:
        raise NotImplementedError("members of a resource group that has a query")
    return group


OPERATIONS = {
    "GroupResources": group_resources,
    "UngroupResources": ungroup_resources,
    "ListGroupResources": list_group_resources,
}
