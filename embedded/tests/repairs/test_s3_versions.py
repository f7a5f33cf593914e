"""Versions of objects."""

import pytest


@pytest.mark.repair
def test_a_bucket_can_be_emptied_of_delete_markers(aws):
    s3 = aws("s3")
    s3.create_bucket(Bucket="runs")
    s3.put_bucket_versioning(Bucket="runs", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="runs", Key="ner/step", Body=b"state")
    s3.delete_object(Bucket="runs", Key="ner/step")
    # As Terraform does, which takes the versioning away before the bucket.
    s3.put_bucket_versioning(Bucket="runs", VersioningConfiguration={"Status": "Suspended"})
    found = s3.list_object_versions(Bucket="runs")
    for kind in ("Versions", "DeleteMarkers"):
        objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found[kind]]
        assert "Errors" not in s3.delete_objects(Bucket="runs", Delete={"Objects": objects})
    s3.delete_bucket(Bucket="runs")
