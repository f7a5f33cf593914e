"""FSx data repository associations (`aws_fsx_data_repository_association`), not in moto 5.2.5.

They link a directory of a Lustre file system to an S3 prefix. No data moves here.
"""

from uuid import uuid4

from ..call import AwsError, Call, Params, Record, pick, utcnow
from ._fsx import ASSOCIATIONS, existing_file_system, fsx_backend

SERVICE = "fsx"
DEFAULT_CHUNK_MIB = 1024
FILTERS = {"file-system-id": "FileSystemId"}


def create_data_repository_association(call: Call, params: Params) -> Record:
    file_system = existing_file_system(call, params["FileSystemId"])
    deployment = (file_system.lustre_configuration or {}).get("DeploymentType")
    if file_system.file_system_type != "LUSTRE" or deployment == "SCRATCH_1":
        raise AwsError("BadRequest", "Associations need a Lustre file system newer than SCRATCH_1")
    path = params.get("FileSystemPath")
    if any(
        other["FileSystemId"] == file_system.file_system_id and other.get("FileSystemPath") == path
        for other in call.table(ASSOCIATIONS).values()
    ):
        raise AwsError("BadRequest", f"The path {path} is linked to a data repository already")
    association_id = f"dra-{uuid4().hex[:17]}"
    association = {
        **pick(
            params,
            "FileSystemId",
            "FileSystemPath",
            "DataRepositoryPath",
            "BatchImportMetaDataOnCreate",
            "S3",
        ),
        "AssociationId": association_id,
        "ResourceARN": call.arn("fsx", f"association/{file_system.file_system_id}/{association_id}"),
        "Lifecycle": "AVAILABLE",
        "ImportedFileChunkSize": params.get("ImportedFileChunkSize", DEFAULT_CHUNK_MIB),
        "CreationTime": utcnow(),
    }
    # moto's FSx tags, so that TagResource and ListTagsForResource stay moto's.
    fsx_backend(call).tagger.tag_resource(association["ResourceARN"], params.get("Tags") or [])
    call.table(ASSOCIATIONS)[association_id] = association
    return {"Association": _described(call, association)}


def _described(call: Call, association: Record) -> Record:
    return {**association, "Tags": fsx_backend(call).list_tags_for_resource(association["ResourceARN"])}


def _existing(call: Call, association_id: str) -> Record:
    try:
        return call.table(ASSOCIATIONS)[association_id]
    except KeyError:
        message = f"Data repository association {association_id} does not exist"
        raise AwsError("DataRepositoryAssociationNotFound", message) from None


def describe_data_repository_associations(call: Call, params: Params) -> Record:
    ids = params.get("AssociationIds")
    records = [_existing(call, i) for i in ids] if ids else list(call.table(ASSOCIATIONS).values())
    for condition in params.get("Filters") or []:
        field = FILTERS.get(condition["Name"])
        if field is None:
            raise AwsError("BadRequest", f"The filter {condition['Name']} is not supported here")
        records = [record for record in records if record[field] in condition["Values"]]
    return {"Associations": [_described(call, record) for record in records]}


def update_data_repository_association(call: Call, params: Params) -> Record:
    association = _existing(call, params["AssociationId"])
    association.update(pick(params, "S3", "ImportedFileChunkSize"))
    return {"Association": _described(call, association)}


def delete_data_repository_association(call: Call, params: Params) -> Record:
    association = _existing(call, params["AssociationId"])
    del call.table(ASSOCIATIONS)[association["AssociationId"]]
    return {
        "AssociationId": association["AssociationId"],
        "Lifecycle": "DELETING",
        "DeleteDataInFileSystem": params.get("DeleteDataInFileSystem", False),
    }


OPERATIONS = {
    "CreateDataRepositoryAssociation": create_data_repository_association,
    "DescribeDataRepositoryAssociations": describe_data_repository_associations,
    "UpdateDataRepositoryAssociation": update_data_repository_association,
    "DeleteDataRepositoryAssociation": delete_data_repository_association,
}
