"""S3 intelligent tiering configurations."""

import pytest
from expect import refused

CONFIGURATION = {
    "Id": "cold",
    "Status": "Enabled",
    "Filter": {"Prefix": "raw/"},
    "Tierings": [
        {"AccessTier": "ARCHIVE_ACCESS", "Days": 90},
        {"AccessTier": "DEEP_ARCHIVE_ACCESS", "Days": 180},
    ],
}


@pytest.fixture
def s3(aws):
    client = aws("s3")
    client.create_bucket(Bucket="data")
    return client


def put(s3, **more):
    s3.put_bucket_intelligent_tiering_configuration(
        **{"Bucket": "data", "Id": "cold", "IntelligentTieringConfiguration": CONFIGURATION, **more}
    )


def test_put_get_list_and_delete(s3):
    put(s3)
    found = s3.get_bucket_intelligent_tiering_configuration(Bucket="data", Id="cold")
    assert found["IntelligentTieringConfiguration"] == CONFIGURATION
    listed = s3.list_bucket_intelligent_tiering_configurations(Bucket="data")
    assert listed["IntelligentTieringConfigurationList"] == [CONFIGURATION]
    s3.delete_bucket_intelligent_tiering_configuration(Bucket="data", Id="cold")
    with refused("NoSuchConfiguration", 404):
        s3.get_bucket_intelligent_tiering_configuration(Bucket="data", Id="cold")


def test_put_replaces(s3):
    put(s3)
    put(s3, IntelligentTieringConfiguration={**CONFIGURATION, "Status": "Disabled"})
    found = s3.get_bucket_intelligent_tiering_configuration(Bucket="data", Id="cold")
    assert found["IntelligentTieringConfiguration"]["Status"] == "Disabled"


def test_unknown_buckets_and_configurations_are_refused(s3):
    with refused("NoSuchBucket", 404):
        put(s3, Bucket="nothing")
    with refused("NoSuchConfiguration", 404):
        s3.delete_bucket_intelligent_tiering_configuration(Bucket="data", Id="cold")
    with refused("InvalidArgument"):
        put(s3, Id="warm")


def test_objects_are_still_motos(s3):
    s3.put_object(Bucket="data", Key="intelligent-tiering/x", Body=b"weights", Metadata={"step": "7"})
    found = s3.get_object(Bucket="data", Key="intelligent-tiering/x")
    assert (found["Body"].read(), found["Metadata"]) == (b"weights", {"step": "7"})
