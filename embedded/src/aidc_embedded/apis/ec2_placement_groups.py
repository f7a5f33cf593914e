"""EC2 placement groups (`aws_placement_group`), which moto 5.2.5 does not implement."""

from moto.ec2.utils import random_id

from ..call import AwsError, Call, Params, Record, pick
from ._ec2 import forget_tags, matches, save_tags, tags_of

SERVICE = "ec2"
KIND = "ec2.placement-group"
MAX_PARTITIONS = 7
DEFAULT_PARTITIONS = 2

FILTERS = {
    "group-name": lambda group: group["GroupName"],
    "group-arn": lambda group: group["GroupArn"],
    "spread-level": lambda group: group.get("SpreadLevel"),
    "state": lambda group: group["State"],
    "strategy": lambda group: group["Strategy"],
}


def create_placement_group(call: Call, params: Params) -> Record:
    groups = call.table(KIND)
    name = params.get("GroupName")
    strategy = params.get("Strategy", "cluster")
    if not name:
        raise AwsError("MissingParameter", "The request must contain the parameter groupName")
    if strategy not in ("cluster", "partition", "spread"):
        raise AwsError("InvalidParameterValue", f"Value ({strategy}) for parameter strategy is invalid.")
    if name in groups:
        raise AwsError("InvalidPlacementGroup.Duplicate", f"The Placement Group '{name}' already exists.")
    group = {
        "GroupName": name,
        "GroupId": random_id("pg"),
        "GroupArn": call.arn("ec2", f"placement-group/{name}"),
        "State": "available",
        "Strategy": strategy,
        **_strategy_details(strategy, params),
    }
    save_tags(call, group["GroupId"], "placement-group", params)
    groups[name] = group
    return {"PlacementGroup": _described(call, group)}


def _strategy_details(strategy: str, params: Params) -> Record:
    """What belongs to one strategy only; AWS refuses it with another."""
    if params.get("PartitionCount") is not None and strategy != "partition":
        raise AwsError("InvalidParameterCombination", "Partition count needs the 'partition' strategy")
    if strategy == "partition":
        count = int(params.get("PartitionCount", DEFAULT_PARTITIONS))
        if not 1 <= count <= MAX_PARTITIONS:
            raise AwsError("InvalidParameterValue", f"Partition count must be from 1 to {MAX_PARTITIONS}")
        return {"PartitionCount": count}
    if strategy == "spread":
        return {"SpreadLevel": params.get("SpreadLevel", "rack")}
    return {}


def describe_placement_groups(call: Call, params: Params) -> Record:
    groups = call.table(KIND)
    names, ids = params.get("GroupNames", []), params.get("GroupIds", [])
    known_ids = {group["GroupId"] for group in groups.values()}
    for unknown in [name for name in names if name not in groups] + [i for i in ids if i not in known_ids]:
        raise _unknown(unknown)
    described = [_described(call, group) for group in groups.values()]
    selected = [
        group
        for group in described
        if (not names or group["GroupName"] in names)
        and (not ids or group["GroupId"] in ids)
        and matches(group, params.get("Filters", []), FILTERS)
    ]
    return {"PlacementGroups": selected}


def delete_placement_group(call: Call, params: Params) -> Record:
    groups = call.table(KIND)
    name = params.get("GroupName", "")
    if name not in groups:
        raise _unknown(name)
    forget_tags(call, groups.pop(name)["GroupId"])
    return {}


def _unknown(name: str) -> AwsError:
    return AwsError("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.")


def _described(call: Call, group: Record) -> Record:
    names = ("GroupName", "GroupId", "GroupArn", "State", "Strategy", "PartitionCount", "SpreadLevel")
    return {**pick(group, *names), "Tags": tags_of(call, group["GroupId"])}


OPERATIONS = {
    "CreatePlacementGroup": create_placement_group,
    "DescribePlacementGroups": describe_placement_groups,
    "DeletePlacementGroup": delete_placement_group,
}
