"""S3 intelligent tiering configurations (`aws_s3_bucket_intelligent_tiering_configuration`).

moto 5.2.5 takes the request for a CreateBucket and answers IllegalLocationConstraintException. No object
ever changes its tier here.
"""

from moto.s3.models import s3_backends

from ..call import AwsError, Call, Params, Record

SERVICE = "s3"
KIND = "s3.intelligent-tiering"


def _check_bucket(call: Call, name: str) -> None:
    s3_backends[call.account][call.partition].get_bucket(name)  # raises NoSuchBucket


def _configurations(call: Call) -> dict[tuple[str, str], Record]:
    # Bucket names are global, and a request may be signed for another region than the bucket's.
    return call.store.table(call.account, call.partition, KIND)


def put_configuration(call: Call, params: Params) -> Record:
    _check_bucket(call, params["Bucket"])
    configuration = params["IntelligentTieringConfiguration"]
    if configuration.get("Id") != params["Id"]:
        raise AwsError("InvalidArgument", "The id in the request differs from the id in the configuration")
    _configurations(call)[params["Bucket"], params["Id"]] = configuration
    return {}


def _existing(call: Call, params: Params) -> Record:
    _check_bucket(call, params["Bucket"])
    try:
        return _configurations(call)[params["Bucket"], params["Id"]]
    except KeyError:
        message = "The specified configuration does not exist."
        raise AwsError("NoSuchConfiguration", message, status=404) from None


def get_configuration(call: Call, params: Params) -> Record:
    return {"IntelligentTieringConfiguration": _existing(call, params)}


def list_configurations(call: Call, params: Params) -> Record:
    _check_bucket(call, params["Bucket"])
    found = [one for (bucket, _), one in _configurations(call).items() if bucket == params["Bucket"]]
    return {"IsTruncated": False, "IntelligentTieringConfigurationList": found}


def delete_configuration(call: Call, params: Params) -> Record:
    _existing(call, params)
    del _configurations(call)[params["Bucket"], params["Id"]]
    return {}


OPERATIONS = {
    "PutBucketIntelligentTieringConfiguration": put_configuration,
    "GetBucketIntelligentTieringConfiguration": get_configuration,
    "ListBucketIntelligentTieringConfigurations": list_configurations,
    "DeleteBucketIntelligentTieringConfiguration": delete_configuration,
}
