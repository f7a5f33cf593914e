"""EC2: descriptions of security group rules that name a group.

moto: looks for the description of a rule in its IP range only, and a rule that names a group has none.
AWS: returns the description whatever the source is.
Breaks without it: the rules EFA needs (a group that allows itself) written as
`aws_vpc_security_group_ingress_rule` and `..._egress_rule` change on every plan.
"""

from moto.ec2.models.security_groups import SecurityGroupRule

from ._patch import replace


def _description(rule: SecurityGroupRule) -> str | None:
    return rule.ip_range.get("Description") or rule.source_group.get("Description")


def apply() -> None:
    replace(SecurityGroupRule, "description", property(_description))
