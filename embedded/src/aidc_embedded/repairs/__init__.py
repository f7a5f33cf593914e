"""Corrections of what moto 5.2.5 answers wrongly, one file per service.

Each says what moto does, what AWS does, and which Terraform resource breaks without it. Each has tests
marked `repair`, which must fail on stock moto: `pytest --stock-moto -m repair` checks that.
"""

from . import (
    autoscaling,
    backup,
    budgets,
    cloudwatch,
    ec2_instances,
    ec2_launch_templates,
    ec2_reserved_instances,
    ec2_security_groups,
    ec2_type_offerings,
    ec2_vpc_endpoints,
    fsx,
    iam_accounts,
    kms,
    route53,
    s3_logging,
    s3_policy,
    s3_versions,
)

MODULES = (
    autoscaling,
    backup,
    budgets,
    cloudwatch,
    ec2_instances,
    ec2_launch_templates,
    ec2_reserved_instances,
    ec2_security_groups,
    ec2_type_offerings,
    ec2_vpc_endpoints,
    fsx,
    iam_accounts,
    kms,
    route53,
    s3_logging,
    s3_policy,
    s3_versions,
)

_applied = False


def apply_all() -> None:
    """Patch moto, once per process."""
    global _applied
    if not _applied:
        _applied = True
        for module in MODULES:
            module.apply()
