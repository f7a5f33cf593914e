"""FSx: changing and deleting file systems, and data repository associations."""

import pytest
from expect import refused


@pytest.fixture
def file_system(aws, vpc):
    return aws("fsx").create_file_system(
        FileSystemType="LUSTRE",
        StorageCapacity=1200,
        SubnetIds=vpc.subnets[:1],
        LustreConfiguration={
            "DeploymentType": "PERSISTENT_2",
            "PerUnitStorageThroughput": 250,
            "MetadataConfiguration": {"Mode": "USER_PROVISIONED", "Iops": 1500},
        },
    )["FileSystem"]["FileSystemId"]


def associate(aws, file_system, **more):
    request = {
        "FileSystemId": file_system,
        "FileSystemPath": "/datasets",
        "DataRepositoryPath": "s3://datasets/",
        "S3": {"AutoImportPolicy": {"Events": ["NEW", "CHANGED"]}},
        "Tags": [{"Key": "team", "Value": "ai"}],
    }
    return aws("fsx").create_data_repository_association(**{**request, **more})["Association"]


def test_file_system_is_changed(aws, file_system):
    fsx = aws("fsx")
    fsx.update_file_system(
        FileSystemId=file_system,
        StorageCapacity=2400,
        LustreConfiguration={"DataCompressionType": "LZ4", "MetadataConfiguration": {"Iops": 3000}},
    )
    (found,) = fsx.describe_file_systems(FileSystemIds=[file_system])["FileSystems"]
    lustre = found["LustreConfiguration"]
    assert found["StorageCapacity"] == 2400
    assert (lustre["DataCompressionType"], lustre["PerUnitStorageThroughput"]) == ("LZ4", 250)
    assert lustre["MetadataConfiguration"] == {"Mode": "USER_PROVISIONED", "Iops": 3000}
    with refused("BadRequest"):
        fsx.update_file_system(FileSystemId=file_system, StorageCapacity=1200)


def test_unknown_file_systems_are_refused(aws):
    fsx = aws("fsx")
    for operation in ("update_file_system", "delete_file_system"):
        with refused("FileSystemNotFound"):
            getattr(fsx, operation)(FileSystemId="fs-01234567")


def test_deleting_a_file_system_deletes_its_associations(aws, file_system):
    associate(aws, file_system)
    fsx = aws("fsx")
    assert fsx.delete_file_system(FileSystemId=file_system)["Lifecycle"] == "DELETING"
    assert fsx.describe_file_systems()["FileSystems"] == []
    assert fsx.describe_data_repository_associations()["Associations"] == []


def test_association_is_created_described_changed_and_deleted(aws, file_system):
    fsx = aws("fsx")
    made = associate(aws, file_system)
    association_id = made["AssociationId"]
    assert made["Lifecycle"] == "AVAILABLE"
    assert made["ImportedFileChunkSize"] == 1024
    assert made["Tags"] == [{"Key": "team", "Value": "ai"}]
    filters = [{"Name": "file-system-id", "Values": [file_system]}]
    assert fsx.describe_data_repository_associations(Filters=filters)["Associations"] == [made]

    policy = {"AutoExportPolicy": {"Events": ["NEW"]}}
    fsx.update_data_repository_association(AssociationId=association_id, S3=policy)
    fsx.tag_resource(ResourceARN=made["ResourceARN"], Tags=[{"Key": "b", "Value": "2"}])
    (found,) = fsx.describe_data_repository_associations(AssociationIds=[association_id])["Associations"]
    assert found["S3"] == policy
    assert {"Key": "b", "Value": "2"} in found["Tags"]

    fsx.delete_data_repository_association(AssociationId=association_id)
    assert fsx.describe_data_repository_associations()["Associations"] == []


def test_refuses_impossible_associations(aws, vpc, file_system):
    associate(aws, file_system)
    with refused("BadRequest"):
        associate(aws, file_system)
    with refused("FileSystemNotFound"):
        associate(aws, "fs-01234567")
    scratch = aws("fsx").create_file_system(
        FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=vpc.subnets[:1]
    )["FileSystem"]["FileSystemId"]
    with refused("BadRequest", text="SCRATCH_1"):
        associate(aws, scratch)


def test_unknown_associations_are_refused(aws):
    fsx = aws("fsx")
    unknown = "dra-0123456789abcdef0"
    with refused("DataRepositoryAssociationNotFound"):
        fsx.describe_data_repository_associations(AssociationIds=[unknown])
    for operation in ("update", "delete"):
        with refused("DataRepositoryAssociationNotFound"):
            getattr(fsx, f"{operation}_data_repository_association")(AssociationId=unknown)
