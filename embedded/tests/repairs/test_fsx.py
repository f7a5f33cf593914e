"""FSx file systems."""

import pytest
from conftest import ACCOUNT
from expect import refused

pytestmark = pytest.mark.repair


def create(aws, vpc, **lustre):
    return aws("fsx").create_file_system(
        FileSystemType="LUSTRE", StorageCapacity=1200, SubnetIds=vpc.subnets[:1], LustreConfiguration=lustre
    )["FileSystem"]


def test_file_systems_are_complete(aws, vpc):
    made = create(aws, vpc, DeploymentType="PERSISTENT_2", PerUnitStorageThroughput=250)
    assert made["Lifecycle"] == "AVAILABLE"
    assert (made["VpcId"], made["OwnerId"]) == (vpc.id, ACCOUNT)
    assert made["FileSystemTypeVersion"] == "2.15"
    assert len(made["NetworkInterfaceIds"]) == 1
    lustre = made["LustreConfiguration"]
    assert len(lustre["MountName"]) == 8
    assert (lustre["DataCompressionType"], lustre["PerUnitStorageThroughput"]) == ("NONE", 250)
    (found,) = aws("fsx").describe_file_systems(FileSystemIds=[made["FileSystemId"]])["FileSystems"]
    assert found == made


def test_scratch_1_is_mounted_as_fsx(aws, vpc):
    made = create(aws, vpc, DeploymentType="SCRATCH_1")
    assert made["LustreConfiguration"]["MountName"] == "fsx"
    assert made["FileSystemTypeVersion"] == "2.10"


def test_unknown_file_systems_cannot_be_described(aws):
    with refused("FileSystemNotFound"):
        aws("fsx").describe_file_systems(FileSystemIds=["fs-01234567"])
