"""Shared by the FSx additions. Not an API by itself."""

from moto.fsx.models import FileSystem, FSxBackend, fsx_backends

from ..call import AwsError, Call

ASSOCIATIONS = "fsx.data-repository-association"


def fsx_backend(call: Call) -> FSxBackend:
    return fsx_backends[call.account][call.region]


def existing_file_system(call: Call, file_system_id: str) -> FileSystem:
    try:
        return fsx_backend(call).file_systems[file_system_id]
    except KeyError:
        raise AwsError("FileSystemNotFound", f"File system '{file_system_id}' does not exist.") from None
