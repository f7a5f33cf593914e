"""The operations moto lacks, or answers so wrongly that replacing them is simpler than repairing them.

A module has the name of its service as it stands in signatures (`SERVICE`) and a table from the name of the
operation to its handler (`OPERATIONS`). To add an API: write such a module and list it here.
"""

from ..call import Handler
from . import (
    cost_anomaly,
    ec2_capacity_blocks,
    ec2_capacity_reservations,
    ec2_placement_groups,
    eks_access_entries,
    eks_addons,
    eks_clusters,
    eks_nodegroups,
    eks_pod_identity,
    eks_tags,
    eks_updates,
    fsx_data_repositories,
    fsx_file_systems,
    resource_groups,
    s3_intelligent_tiering,
    service_quotas,
)

MODULES = (
    cost_anomaly,
    ec2_capacity_blocks,
    ec2_capacity_reservations,
    ec2_placement_groups,
    eks_access_entries,
    eks_addons,
    eks_clusters,
    eks_nodegroups,
    eks_pod_identity,
    eks_tags,
    eks_updates,
    fsx_data_repositories,
    fsx_file_systems,
    resource_groups,
    s3_intelligent_tiering,
    service_quotas,
)


def operations() -> dict[tuple[str, str], Handler]:
    """Every added operation, by (service, operation)."""
    table: dict[tuple[str, str], Handler] = {}
    for module in MODULES:
        for name, handler in module.OPERATIONS.items():
            if (module.SERVICE, name) in table:
                raise ValueError(f"{module.SERVICE} {name} is defined twice")
            table[module.SERVICE, name] = handler
    return table
