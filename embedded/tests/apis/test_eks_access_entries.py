"""EKS access entries and access policy associations."""

import pytest
from conftest import ACCOUNT
from expect import refused

ADMIN = f"arn:aws:iam::{ACCOUNT}:role/team/Admin"
VIEW_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
CLUSTER_SCOPE = {"type": "cluster"}


def create(aws, **more):
    return aws("eks").create_access_entry(**{"clusterName": "train", "principalArn": ADMIN, **more})[
        "accessEntry"
    ]


def test_creates_and_describes_a_principal_with_a_path(aws, cluster):
    made = create(aws, kubernetesGroups=["viewers"], tags={"team": "ai"})
    assert made["type"] == "STANDARD"
    assert made["username"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/{{{{SessionName}}}}"
    assert made["accessEntryArn"].startswith(
        f"arn:aws:eks:us-east-1:{ACCOUNT}:access-entry/train/role/{ACCOUNT}/Admin/"
    )
    eks = aws("eks")
    assert eks.describe_access_entry(clusterName="train", principalArn=ADMIN)["accessEntry"] == made
    assert eks.list_access_entries(clusterName="train")["accessEntries"] == [ADMIN]


def test_node_entries_get_the_node_group(aws, cluster):
    entry = create(aws, type="EC2_LINUX")
    assert entry["kubernetesGroups"] == ["system:nodes"]
    assert entry["username"] == "system:node:{{EC2PrivateDNSName}}"


def test_updates(aws, cluster):
    create(aws)
    eks = aws("eks")
    eks.update_access_entry(
        clusterName="train", principalArn=ADMIN, kubernetesGroups=["ops"], username="boss"
    )
    entry = eks.describe_access_entry(clusterName="train", principalArn=ADMIN)["accessEntry"]
    assert (entry["kubernetesGroups"], entry["username"]) == (["ops"], "boss")


def test_deletes(aws, cluster):
    create(aws)
    eks = aws("eks")
    eks.delete_access_entry(clusterName="train", principalArn=ADMIN)
    assert eks.list_access_entries(clusterName="train")["accessEntries"] == []


def test_refuses_duplicates_and_unknown_names(aws, cluster):
    eks = aws("eks")
    with refused("ResourceNotFoundException", 404, "No cluster found"):
        create(aws, clusterName="other")
    for operation in ("describe_access_entry", "update_access_entry", "delete_access_entry"):
        with refused("ResourceNotFoundException", 404):
            getattr(eks, operation)(clusterName="train", principalArn=ADMIN)
    create(aws)
    with refused("ResourceInUseException", 409):
        create(aws)


@pytest.mark.parametrize(
    "request_",
    [
        {"kubernetesGroups": ["system:masters"]},
        {"type": "EC2_LINUX", "kubernetesGroups": ["viewers"]},
        {"type": "EC2_LINUX", "username": "node"},
        {"type": "ROBOT"},
        {"principalArn": "Admin"},
    ],
)
def test_refuses_entries_eks_refuses(aws, cluster, request_):
    with refused("InvalidParameterException"):
        create(aws, **request_)


def test_needs_an_authentication_mode_with_api(aws, vpc):
    aws("eks").create_cluster(
        name="old",
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/cluster",
        resourcesVpcConfig={"subnetIds": vpc.subnets},
        accessConfig={"authenticationMode": "CONFIG_MAP"},
    )
    with refused("InvalidRequestException", text="authentication mode"):
        create(aws, clusterName="old")


def test_policies_are_associated_changed_and_dissociated(aws, cluster):
    create(aws)
    eks = aws("eks")
    names = {"clusterName": "train", "principalArn": ADMIN}
    made = eks.associate_access_policy(**names, policyArn=VIEW_POLICY, accessScope=CLUSTER_SCOPE)
    assert made["associatedAccessPolicy"]["accessScope"]["type"] == "cluster"

    namespaces = {"type": "namespace", "namespaces": ["ai"]}
    eks.associate_access_policy(**names, policyArn=VIEW_POLICY, accessScope=namespaces)
    (found,) = eks.list_associated_access_policies(**names)["associatedAccessPolicies"]
    assert (found["policyArn"], found["accessScope"]) == (VIEW_POLICY, namespaces)
    assert found["associatedAt"] == made["associatedAccessPolicy"]["associatedAt"]
    by_policy = eks.list_access_entries(clusterName="train", associatedPolicyArn=VIEW_POLICY)
    assert by_policy["accessEntries"] == [ADMIN]

    eks.disassociate_access_policy(**names, policyArn=VIEW_POLICY)
    assert eks.list_associated_access_policies(**names)["associatedAccessPolicies"] == []
    with refused("ResourceNotFoundException", 404):
        eks.disassociate_access_policy(**names, policyArn=VIEW_POLICY)


def test_refuses_associations_eks_refuses(aws, cluster):
    eks = aws("eks")
    names = {"clusterName": "train", "principalArn": ADMIN}
    with refused("ResourceNotFoundException", 404):
        eks.associate_access_policy(**names, policyArn=VIEW_POLICY, accessScope=CLUSTER_SCOPE)
    create(aws)
    for policy, scope in (
        ("arn:aws:iam::aws:policy/AdministratorAccess", CLUSTER_SCOPE),
        (VIEW_POLICY, {"type": "namespace"}),
        (VIEW_POLICY, {"type": "cluster", "namespaces": ["ai"]}),
    ):
        with refused("InvalidParameterException"):
            eks.associate_access_policy(**names, policyArn=policy, accessScope=scope)
