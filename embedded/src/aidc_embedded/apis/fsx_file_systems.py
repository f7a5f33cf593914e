"""Changing and deleting FSx file systems.

moto 5.2.5 has no UpdateFileSystem, so Terraform cannot change an `aws_fsx_lustre_file_system`; and it knows
nothing of data repository associations, which on AWS are deleted with their file system.
"""

from typing import Any

from moto.fsx.models import FileSystem

from ..call import AwsError, Call, Params, Record
from ._fsx import ASSOCIATIONS, existing_file_system, fsx_backend

SERVICE = "fsx"


def update_file_system(call: Call, params: Params) -> Record:
    file_system = existing_file_system(call, params["FileSystemId"])
    if params.get("StorageCapacity") is not None:
        _grow(file_system, int(params["StorageCapacity"]))
    if params.get("FileSystemTypeVersion"):
        file_system.file_system_type_version = params["FileSystemTypeVersion"]
    for name, attribute in {
        "LustreConfiguration": "lustre_configuration",
        "WindowsConfiguration": "windows_configuration",
        "OntapConfiguration": "ontap_configuration",
        "OpenZFSConfiguration": "open_zfs_configuration",
    }.items():
        if params.get(name):
            setattr(file_system, attribute, _merged(getattr(file_system, attribute) or {}, params[name]))
    return {"FileSystem": file_system.to_dict()}


def _grow(file_system: FileSystem, capacity: int) -> None:
    if capacity < file_system.storage_capacity:
        raise AwsError("BadRequest", "Storage capacity can only be increased")
    file_system.storage_capacity = capacity


def _merged(current: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Changes of one level below too: MetadataConfiguration may name Iops only."""
    nested = {
        name: {**current.get(name, {}), **value} for name, value in changes.items() if isinstance(value, dict)
    }
    return {**current, **changes, **nested}


def delete_file_system(call: Call, params: Params) -> Record:
    file_system_id = params["FileSystemId"]
    existing_file_system(call, file_system_id)
    fsx_backend(call).delete_file_system(file_system_id, "", None, None, None)
    associations = call.table(ASSOCIATIONS)
    for key in [key for key, record in associations.items() if record["FileSystemId"] == file_system_id]:
        del associations[key]
    return {"FileSystemId": file_system_id, "Lifecycle": "DELETING"}


OPERATIONS = {"UpdateFileSystem": update_file_system, "DeleteFileSystem": delete_file_system}
