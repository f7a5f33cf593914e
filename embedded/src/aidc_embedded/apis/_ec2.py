"""Shared by the EC2 additions: tags and filters. Not an API by itself."""

from collections.abc import Callable, Mapping
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX

from ..call import AwsError, Call, Params, Record

FilterValue = Callable[[Record], Any]

# CreateTags refuses ids with a prefix moto does not know; DescribeTags names the type of a resource by it.
EC2_RESOURCE_TO_PREFIX.update({"placement-group": "pg", "capacity-reservation": "cr"})
EC2_PREFIX_TO_RESOURCE.update({"pg": "placement-group", "cr": "capacity-reservation"})


def ec2_backend(call: Call) -> EC2Backend:
    return ec2_backends[call.account][call.region]


def save_tags(call: Call, resource_id: str, resource_type: str, params: Params) -> None:
    """Store the tags of a create request with moto's EC2 tags, where DescribeTags finds them."""
    for specification in params.get("TagSpecifications", []):
        given = specification.get("ResourceType")
        if given != resource_type:
            message = f"'{given}' is not a valid taggable resource type for this operation."
            raise AwsError("InvalidParameterValue", message)
        tags = {tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags", [])}
        ec2_backend(call).create_tags([resource_id], tags)


def tags_of(call: Call, resource_id: str) -> list[dict[str, str]]:
    tags = ec2_backend(call).tags.get(resource_id, {})
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def forget_tags(call: Call, resource_id: str) -> None:
    ec2_backend(call).tags.pop(resource_id, None)


def matches(record: Record, filters: list[Params], values: Mapping[str, FilterValue]) -> bool:
    """Whether a record passes the filters of a Describe request. `record` has its tags in `Tags`."""
    tags = {tag["Key"]: tag["Value"] for tag in record["Tags"]}
    for condition in filters:
        name, wanted = condition["Name"], condition.get("Values", [])
        if name == "tag-key":
            passed = any(key in wanted for key in tags)
        elif name.startswith("tag:"):
            passed = tags.get(name.removeprefix("tag:")) in wanted
        elif name in values:
            passed = str(values[name](record)) in wanted
        else:
            raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
        if not passed:
            return False
    return True
