"""EKS updates, and tags of everything EKS has."""

from conftest import ACCOUNT
from expect import refused

ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


def test_unknown_updates_are_refused(aws, cluster):
    eks = aws("eks")
    with refused("ResourceNotFoundException", 404):
        eks.describe_update(name="train", updateId="00000000-0000-0000-0000-000000000000")
    with refused("ResourceNotFoundException", 404, "No cluster found"):
        eks.list_updates(name="other")


def test_updates_are_listed_by_what_they_changed(aws, cluster):
    eks = aws("eks")
    eks.create_addon(clusterName="train", addonName="coredns")
    eks.update_addon(clusterName="train", addonName="coredns", addonVersion="v2")
    update = eks.update_cluster_config(name="train", zonalShiftConfig={"enabled": True})["update"]
    assert eks.list_updates(name="train")["updateIds"] == [update["id"]]


def test_every_resource_can_be_tagged(aws, cluster, vpc):
    eks = aws("eks")
    arns = [
        cluster["arn"],
        eks.create_nodegroup(clusterName="train", nodegroupName="gpu", subnets=vpc.subnets, nodeRole=ROLE)[
            "nodegroup"
        ]["nodegroupArn"],
        eks.create_addon(clusterName="train", addonName="coredns")["addon"]["addonArn"],
        eks.create_access_entry(clusterName="train", principalArn=ROLE)["accessEntry"]["accessEntryArn"],
        eks.create_pod_identity_association(
            clusterName="train", namespace="ai", serviceAccount="a", roleArn=ROLE
        )["association"]["associationArn"],
    ]
    for arn in arns:
        eks.tag_resource(resourceArn=arn, tags={"a": "1", "b": "2"})
        eks.untag_resource(resourceArn=arn, tagKeys=["a"])
        assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}, arn
    assert eks.describe_addon(clusterName="train", addonName="coredns")["addon"]["tags"] == {"b": "2"}


def test_unknown_resources_cannot_be_tagged(aws, cluster):
    with refused("ResourceNotFoundException", 404):
        aws("eks").tag_resource(resourceArn=cluster["arn"] + "x", tags={"a": "1"})
