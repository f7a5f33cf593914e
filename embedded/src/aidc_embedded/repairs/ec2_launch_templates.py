"""EC2: the tags of a launch template are not part of what it launches.

moto: adds the tags of the template itself to the template's data, as a specification of tags for the
resource type "launch-template".
AWS: keeps the two apart.
Breaks without it: `aws_launch_template` wants to remove a `tag_specifications` block on every plan.
"""

from typing import Any

from moto.ec2.models import EC2Backend

from ._patch import Replacement, wrap


def _create_launch_template(
    original: Replacement,
    backend: EC2Backend,
    name: str,
    description: str,
    template_data: dict[str, Any],
    tag_spec: dict[str, dict[str, str]],
) -> Any:
    kept = [
        specification
        for specification in template_data.pop("TagSpecifications", None) or []
        if specification.get("ResourceType") != "launch-template"
    ]
    if kept:
        template_data["TagSpecifications"] = kept
    return original(backend, name, description, template_data, tag_spec)


def apply() -> None:
    wrap(EC2Backend, "create_launch_template", _create_launch_template)
