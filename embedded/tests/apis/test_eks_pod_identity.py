"""EKS pod identity associations."""

from conftest import ACCOUNT
from expect import refused

ROLE = f"arn:aws:iam::{ACCOUNT}:role/trainer"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/other"


def create(aws, **more):
    request = {"clusterName": "train", "namespace": "ai", "serviceAccount": "trainer", "roleArn": ROLE}
    return aws("eks").create_pod_identity_association(**{**request, **more})["association"]


def test_creates_and_describes(aws, cluster):
    made = create(aws, tags={"team": "ai"})
    assert made["associationArn"].endswith(f"podidentityassociation/train/{made['associationId']}")
    found = aws("eks").describe_pod_identity_association(
        clusterName="train", associationId=made["associationId"]
    )
    assert found["association"] == made


def test_lists_by_namespace_and_service_account(aws, cluster):
    create(aws)
    create(aws, serviceAccount="reader")
    create(aws, namespace="web")
    eks = aws("eks")
    assert len(eks.list_pod_identity_associations(clusterName="train")["associations"]) == 3
    found = eks.list_pod_identity_associations(clusterName="train", namespace="ai", serviceAccount="reader")
    assert [one["serviceAccount"] for one in found["associations"]] == ["reader"]


def test_updates(aws, cluster):
    association_id = create(aws)["associationId"]
    updated = aws("eks").update_pod_identity_association(
        clusterName="train", associationId=association_id, roleArn=OTHER_ROLE, targetRoleArn=ROLE
    )["association"]
    assert (updated["roleArn"], updated["targetRoleArn"]) == (OTHER_ROLE, ROLE)
    assert updated["externalId"]


def test_deletes(aws, cluster):
    association_id = create(aws)["associationId"]
    eks = aws("eks")
    eks.delete_pod_identity_association(clusterName="train", associationId=association_id)
    assert eks.list_pod_identity_associations(clusterName="train")["associations"] == []
    create(aws)  # the service account is free again


def test_refuses_a_second_association_of_a_service_account(aws, cluster):
    made = create(aws)
    with refused("ResourceInUseException", 409, made["associationId"]):
        create(aws, roleArn=OTHER_ROLE)


def test_refuses_unknown_names(aws, cluster):
    eks = aws("eks")
    with refused("ResourceNotFoundException", 404, "No cluster found"):
        create(aws, clusterName="other")
    names = {"clusterName": "train", "associationId": "a-0123456789abcdef0"}
    for operation in ("describe", "update", "delete"):
        with refused("ResourceNotFoundException", 404):
            getattr(eks, f"{operation}_pod_identity_association")(**names)
