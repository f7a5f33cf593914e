"""FSx: file systems that are complete.

moto: returns no Lifecycle, creation time, owner, VPC, network interfaces or type version, and of the Lustre
configuration only what was sent; describing an unknown file system finds nothing instead of failing.
AWS: returns all of it, with defaults filled in, and FileSystemNotFound.
Breaks without it: `aws_fsx_lustre_file_system` fails with "unexpected state ''" and is left tainted.
"""

import time
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.utils import random_eni_id
from moto.fsx.exceptions import FileSystemNotFound
from moto.fsx.models import FileSystem, FSxBackend
from moto.moto_api._internal import mock_random

from ._patch import Replacement, wrap

LUSTRE_DEFAULTS = {
    "DeploymentType": "SCRATCH_1",
    "DataCompressionType": "NONE",
    "WeeklyMaintenanceStartTime": "1:00:00",
    "AutomaticBackupRetentionDays": 0,
    "CopyTagsToBackups": False,
    "LogConfiguration": {"Level": "DISABLED"},
    "EfaEnabled": False,
}
# What FSx installs when no version is asked for.
DEFAULT_LUSTRE_VERSIONS = {"SCRATCH_1": "2.10", "SCRATCH_2": "2.10", "PERSISTENT_1": "2.10"}
NEWEST_LUSTRE_VERSION = "2.15"


def _create_file_system(
    original: Replacement, backend: FSxBackend, *arguments: Any, **named: Any
) -> FileSystem:
    file_system = original(backend, *arguments, **named)
    file_system.creation_time = time.time()
    file_system.vpc_id = _vpc_of(backend, file_system.subnet_ids)
    # An id only: a real interface would keep its subnet from being deleted, also after `terraform state rm`.
    file_system.network_interface_ids = [random_eni_id()]
    file_system.file_system_type_version = named.get("file_system_type_version")
    if file_system.file_system_type == "LUSTRE":
        _complete_lustre(file_system)
    return file_system


def _vpc_of(backend: FSxBackend, subnet_ids: list[str]) -> str | None:
    try:
        return ec2_backends[backend.account_id][backend.region_name].get_subnet(subnet_ids[0]).vpc_id
    except (EC2ClientError, IndexError, TypeError):
        return None


def _complete_lustre(file_system: FileSystem) -> None:
    configuration = {**LUSTRE_DEFAULTS, **(file_system.lustre_configuration or {})}
    deployment = configuration["DeploymentType"]
    # Scratch 1 file systems are always mounted as "fsx", the others under a name of their own.
    own_name = mock_random.get_random_string(length=8, lower_case=True)
    configuration["MountName"] = "fsx" if deployment == "SCRATCH_1" else own_name
    file_system.lustre_configuration = configuration
    if not file_system.file_system_type_version:
        file_system.file_system_type_version = DEFAULT_LUSTRE_VERSIONS.get(deployment, NEWEST_LUSTRE_VERSION)


def _to_dict(original: Replacement, file_system: FileSystem) -> dict[str, Any]:
    added = {
        "Lifecycle": "AVAILABLE",
        "OwnerId": file_system.backend.account_id,
        "CreationTime": file_system.creation_time,
        "VpcId": file_system.vpc_id,
        "NetworkInterfaceIds": file_system.network_interface_ids,
        "FileSystemTypeVersion": file_system.file_system_type_version,
    }
    return {**original(file_system), **{name: value for name, value in added.items() if value is not None}}


def _describe_file_systems(
    original: Replacement, backend: FSxBackend, file_system_ids: list[str] | None = None, **paging: Any
) -> Any:
    for file_system_id in file_system_ids or []:
        if file_system_id not in backend.file_systems:
            raise FileSystemNotFound(file_system_id)
    return original(backend, file_system_ids=file_system_ids, **paging)


def apply() -> None:
    wrap(FSxBackend, "create_file_system", _create_file_system)
    wrap(FSxBackend, "describe_file_systems", _describe_file_systems)
    wrap(FileSystem, "to_dict", _to_dict)
