"""EKS add-ons."""

from conftest import ACCOUNT
from expect import refused

ROLE = f"arn:aws:iam::{ACCOUNT}:role/ebs"


def test_creates_and_describes(aws, cluster):
    eks = aws("eks")
    made = eks.create_addon(
        clusterName="train",
        addonName="vpc-cni",
        addonVersion="v1.20.0-eksbuild.1",
        configurationValues='{"env":{}}',
        serviceAccountRoleArn=ROLE,
        tags={"team": "ai"},
    )["addon"]
    assert made["status"] == "ACTIVE"
    assert made["addonArn"].startswith(f"arn:aws:eks:us-east-1:{ACCOUNT}:addon/train/vpc-cni/")
    assert made["health"] == {"issues": []}
    assert made["configurationValues"] == '{"env":{}}'
    assert made["serviceAccountRoleArn"] == ROLE
    assert eks.describe_addon(clusterName="train", addonName="vpc-cni")["addon"] == made
    assert eks.list_addons(clusterName="train")["addons"] == ["vpc-cni"]


def test_updates_and_the_update_can_be_waited_for(aws, cluster):
    eks = aws("eks")
    eks.create_addon(clusterName="train", addonName="coredns", addonVersion="v1")
    update = eks.update_addon(clusterName="train", addonName="coredns", addonVersion="v2")["update"]
    assert update["type"] == "AddonUpdate"
    found = eks.describe_update(name="train", addonName="coredns", updateId=update["id"])["update"]
    assert found["status"] == "Successful"
    assert eks.list_updates(name="train", addonName="coredns")["updateIds"] == [update["id"]]
    assert eks.describe_addon(clusterName="train", addonName="coredns")["addon"]["addonVersion"] == "v2"


def test_deletes(aws, cluster):
    eks = aws("eks")
    eks.create_addon(clusterName="train", addonName="coredns")
    assert eks.delete_addon(clusterName="train", addonName="coredns")["addon"]["status"] == "DELETING"
    with refused("ResourceNotFoundException", 404) as response:
        eks.describe_addon(clusterName="train", addonName="coredns")
    assert response["addonName"] == "coredns"


def test_refuses_duplicates_and_unknown_names(aws, cluster):
    eks = aws("eks")
    eks.create_addon(clusterName="train", addonName="coredns")
    with refused("ResourceInUseException", 409) as response:
        eks.create_addon(clusterName="train", addonName="coredns")
    assert (response["clusterName"], response["addonName"]) == ("train", "coredns")
    for operation in ("create_addon", "describe_addon", "update_addon", "delete_addon"):
        with refused("ResourceNotFoundException", 404, "No cluster found"):
            getattr(eks, operation)(clusterName="other", addonName="coredns")
    for operation in ("describe_addon", "update_addon", "delete_addon"):
        with refused("ResourceNotFoundException", 404, "No addon"):
            getattr(eks, operation)(clusterName="train", addonName="other")


def test_owns_its_pod_identity_associations(aws, cluster):
    eks = aws("eks")
    wanted = [{"serviceAccount": "ebs-csi", "roleArn": ROLE}]
    addon = eks.create_addon(
        clusterName="train", addonName="aws-ebs-csi-driver", podIdentityAssociations=wanted
    )["addon"]
    (association,) = eks.list_pod_identity_associations(clusterName="train")["associations"]
    assert addon["podIdentityAssociations"] == [association["associationArn"]]
    assert association["ownerArn"] == addon["addonArn"]
    assert association["namespace"] == "kube-system"

    eks.update_addon(clusterName="train", addonName="aws-ebs-csi-driver", podIdentityAssociations=[])
    assert eks.list_pod_identity_associations(clusterName="train")["associations"] == []

    eks.update_addon(clusterName="train", addonName="aws-ebs-csi-driver", podIdentityAssociations=wanted)
    eks.delete_addon(clusterName="train", addonName="aws-ebs-csi-driver")
    assert eks.list_pod_identity_associations(clusterName="train")["associations"] == []


def test_versions_offer_the_default_version(aws, cluster):
    eks = aws("eks")
    (addon,) = eks.describe_addon_versions(addonName="vpc-cni", kubernetesVersion="1.33")["addons"]
    (version,) = addon["addonVersions"]
    assert version["compatibilities"][0]["defaultVersion"] is True
    made = eks.create_addon(clusterName="train", addonName="vpc-cni")["addon"]
    assert made["addonVersion"] == version["addonVersion"]
    assert len(eks.describe_addon_versions()["addons"]) > 5
