"""EKS managed node groups."""

import pytest
from conftest import ACCOUNT
from expect import refused

NODE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/node"
AMI = "ami-0123456789abcdef0"


def create(aws, vpc, **more):
    request = {"clusterName": "train", "nodegroupName": "gpu", "nodeRole": NODE_ROLE, "subnets": vpc.subnets}
    return aws("eks").create_nodegroup(**{**request, **more})["nodegroup"]


def describe(aws):
    return aws("eks").describe_nodegroup(clusterName="train", nodegroupName="gpu")["nodegroup"]


def template(aws, **data):
    made = aws("ec2").create_launch_template(
        LaunchTemplateName="gpu", LaunchTemplateData=data or {"EbsOptimized": True}
    )
    return made["LaunchTemplate"]["LaunchTemplateId"]


@pytest.mark.repair
def test_keeps_update_and_repair_configuration(aws, cluster, vpc):
    create(aws, vpc, updateConfig={"maxUnavailablePercentage": 33}, nodeRepairConfig={"enabled": True})
    nodegroup = describe(aws)
    assert nodegroup["updateConfig"] == {"maxUnavailablePercentage": 33}
    assert nodegroup["nodeRepairConfig"] == {"enabled": True}


@pytest.mark.repair
def test_invents_nothing_for_groups_with_a_launch_template(aws, cluster, vpc):
    create(aws, vpc, launchTemplate={"id": template(aws, InstanceType="p5.48xlarge"), "version": "1"})
    nodegroup = describe(aws)
    for name in ("remoteAccess", "diskSize", "instanceTypes"):
        assert name not in nodegroup
    assert "remoteAccessSecurityGroup" not in nodegroup["resources"]
    assert nodegroup["version"] == "1.33"
    assert nodegroup["updateConfig"] == {"maxUnavailable": 1}


def test_defaults_without_a_launch_template(aws, cluster, vpc):
    nodegroup = create(aws, vpc)
    assert nodegroup["diskSize"] == 20
    assert nodegroup["instanceTypes"] == ["t3.medium"]
    assert nodegroup["scalingConfig"] == {"minSize": 1, "maxSize": 2, "desiredSize": 2}


@pytest.mark.repair
def test_template_versions_by_word_become_numbers(aws, cluster, vpc):
    template_id = template(aws)
    aws("ec2").create_launch_template_version(
        LaunchTemplateId=template_id, LaunchTemplateData={"EbsOptimized": True}
    )
    nodegroup = create(aws, vpc, launchTemplate={"name": "gpu", "version": "$Latest"})
    assert nodegroup["launchTemplate"] == {"id": template_id, "name": "gpu", "version": "2"}


def test_own_ami_makes_the_group_custom(aws, cluster, vpc):
    nodegroup = create(aws, vpc, launchTemplate={"id": template(aws, ImageId=AMI)})
    assert (nodegroup["amiType"], nodegroup["releaseVersion"]) == ("CUSTOM", AMI)


@pytest.mark.parametrize(
    ("data", "more", "text"),
    [
        ({"InstanceType": "p5.48xlarge"}, {"instanceTypes": ["p5.48xlarge"]}, "not in both"),
        ({"ImageId": AMI}, {"amiType": "AL2023_x86_64_NVIDIA"}, "other than CUSTOM"),
        ({"ImageId": AMI}, {"version": "1.33"}, "custom AMIs"),
        ({"EbsOptimized": True}, {"amiType": "CUSTOM"}, "needs an image id"),
        ({"IamInstanceProfile": {"Name": "p"}}, {}, "instance profile"),
        ({"NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": "subnet-1"}]}, {}, "subnet"),
        ({"InstanceMarketOptions": {"MarketType": "spot"}}, {}, "Spot"),
        ({"InstanceMarketOptions": {"MarketType": "capacity-block"}}, {}, "go together"),
        ({"EbsOptimized": True}, {"diskSize": 100}, "launch template"),
    ],
)
def test_refuses_launch_templates_eks_refuses(aws, cluster, vpc, data, more, text):
    with refused("InvalidParameterException", text=text):
        create(aws, vpc, launchTemplate={"id": template(aws, **data)}, **more)


def test_capacity_block_groups(aws, cluster, vpc):
    template_id = template(
        aws, InstanceType="p5.48xlarge", InstanceMarketOptions={"MarketType": "capacity-block"}
    )
    nodegroup = create(aws, vpc, launchTemplate={"id": template_id}, capacityType="CAPACITY_BLOCK")
    assert nodegroup["capacityType"] == "CAPACITY_BLOCK"


def test_refuses_unknown_templates_subnets_and_clusters(aws, cluster, vpc):
    with refused("InvalidParameterException", text="launch template"):
        create(aws, vpc, launchTemplate={"id": "lt-0123456789abcdef0"})
    with refused("InvalidParameterException", text="launch template"):
        create(aws, vpc, launchTemplate={"id": template(aws), "version": "7"})
    with refused("InvalidParameterException", text="does not exist"):
        create(aws, vpc, subnets=["subnet-0123456789abcdef0"])
    with refused("ResourceNotFoundException", 404):
        create(aws, vpc, clusterName="other")


def test_refuses_subnets_of_another_vpc(aws, cluster, vpc):
    ec2 = aws("ec2")
    other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=other, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    with refused("InvalidParameterException", text="VPC"):
        create(aws, vpc, subnets=[subnet])


@pytest.mark.parametrize("sizes", [(3, 2, 3), (2, 4, 1), (1, 2, 3)])
def test_refuses_impossible_sizes(aws, cluster, vpc, sizes):
    scaling = dict(zip(("minSize", "maxSize", "desiredSize"), sizes, strict=True))
    with refused("InvalidParameterException"):
        create(aws, vpc, scalingConfig=scaling)


def test_duplicates_are_refused(aws, cluster, vpc):
    create(aws, vpc)
    with refused("ResourceInUseException", 409) as response:
        create(aws, vpc)
    assert response["nodegroupName"] == "gpu"


@pytest.mark.repair
def test_configuration_updates_can_be_waited_for(aws, cluster, vpc):
    create(aws, vpc)
    eks = aws("eks")
    update = eks.update_nodegroup_config(
        clusterName="train",
        nodegroupName="gpu",
        scalingConfig={"minSize": 0, "maxSize": 8, "desiredSize": 4},
        taints={"addOrUpdateTaints": [{"key": "gpu", "value": "true", "effect": "NO_SCHEDULE"}]},
    )["update"]
    found = eks.describe_update(name="train", nodegroupName="gpu", updateId=update["id"])["update"]
    assert found["status"] == "Successful"
    nodegroup = describe(aws)
    assert nodegroup["scalingConfig"] == {"minSize": 0, "maxSize": 8, "desiredSize": 4}
    assert nodegroup["taints"] == [{"key": "gpu", "value": "true", "effect": "NO_SCHEDULE"}]
    with refused("InvalidParameterException"):
        eks.update_nodegroup_config(
            clusterName="train", nodegroupName="gpu", scalingConfig={"desiredSize": 9}
        )


def test_new_template_version_is_rolled_out(aws, cluster, vpc):
    template_id = template(aws, ImageId=AMI)
    create(aws, vpc, launchTemplate={"id": template_id, "version": "1"})
    newer = "ami-0fedcba9876543210"
    aws("ec2").create_launch_template_version(
        LaunchTemplateId=template_id, LaunchTemplateData={"ImageId": newer}
    )
    update = aws("eks").update_nodegroup_version(
        clusterName="train", nodegroupName="gpu", launchTemplate={"id": template_id, "version": "2"}
    )["update"]
    assert update["type"] == "VersionUpdate"
    nodegroup = describe(aws)
    assert (nodegroup["launchTemplate"]["version"], nodegroup["releaseVersion"]) == ("2", newer)


def test_version_follows_the_cluster(aws, cluster, vpc):
    create(aws, vpc)
    eks = aws("eks")
    eks.update_cluster_version(name="train", version="1.34")
    assert describe(aws)["version"] == "1.33"
    eks.update_nodegroup_version(clusterName="train", nodegroupName="gpu")
    assert describe(aws)["version"] == "1.34"


def test_template_cannot_be_exchanged(aws, cluster, vpc):
    create(aws, vpc, launchTemplate={"id": template(aws)})
    other = aws("ec2").create_launch_template(
        LaunchTemplateName="b", LaunchTemplateData={"EbsOptimized": True}
    )
    with refused("InvalidRequestException"):
        aws("eks").update_nodegroup_version(
            clusterName="train",
            nodegroupName="gpu",
            launchTemplate={"id": other["LaunchTemplate"]["LaunchTemplateId"]},
        )


def test_unknown_groups_are_refused(aws, cluster):
    eks = aws("eks")
    for operation in (
        "describe_nodegroup",
        "delete_nodegroup",
        "update_nodegroup_config",
        "update_nodegroup_version",
    ):
        with refused("ResourceNotFoundException", 404):
            getattr(eks, operation)(clusterName="train", nodegroupName="other")


def test_deletion(aws, cluster, vpc):
    create(aws, vpc)
    eks = aws("eks")
    eks.delete_nodegroup(clusterName="train", nodegroupName="gpu")
    assert eks.list_nodegroups(clusterName="train")["nodegroups"] == []
