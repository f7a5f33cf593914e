"""EKS clusters: what moto loses is kept, and what EKS refuses is refused."""

import pytest
from conftest import ACCOUNT
from expect import refused

ROLE = f"arn:aws:iam::{ACCOUNT}:role/cluster"


def create(aws, vpc, name="train", **more):
    request = {
        "name": name,
        "roleArn": ROLE,
        "version": "1.33",
        "resourcesVpcConfig": {"subnetIds": vpc.subnets},
    }
    return aws("eks").create_cluster(**{**request, **more})["cluster"]


def describe(aws, name="train"):
    return aws("eks").describe_cluster(name=name)["cluster"]


@pytest.mark.repair
def test_keeps_access_upgrade_and_zonal_shift_configuration(aws, vpc):
    create(
        aws,
        vpc,
        accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        upgradePolicy={"supportType": "STANDARD"},
        zonalShiftConfig={"enabled": True},
    )
    cluster = describe(aws)
    assert cluster["accessConfig"] == {"authenticationMode": "API"}
    assert cluster["upgradePolicy"] == {"supportType": "STANDARD"}
    assert cluster["zonalShiftConfig"] == {"enabled": True}


@pytest.mark.repair
def test_fills_in_the_defaults_of_eks(aws, vpc):
    cluster = create(aws, vpc)
    assert cluster["accessConfig"]["authenticationMode"] == "CONFIG_MAP"
    assert cluster["upgradePolicy"]["supportType"] == "EXTENDED"
    assert cluster["resourcesVpcConfig"]["endpointPublicAccess"] is True
    assert cluster["resourcesVpcConfig"]["publicAccessCidrs"] == ["0.0.0.0/0"]
    assert cluster["kubernetesNetworkConfig"]["ipFamily"] == "ipv4"
    assert cluster["logging"]["clusterLogging"][0]["enabled"] is False
    assert cluster["status"] == "ACTIVE"
    assert "zonalShiftConfig" not in cluster


@pytest.mark.repair
def test_has_a_real_security_group_in_the_vpc_of_its_subnets(aws, vpc):
    config = create(aws, vpc)["resourcesVpcConfig"]
    assert config["vpcId"] == vpc.id
    ec2 = aws("ec2")
    (group,) = ec2.describe_security_groups(GroupIds=[config["clusterSecurityGroupId"]])["SecurityGroups"]
    assert group["VpcId"] == vpc.id
    assert group["GroupName"].startswith("eks-cluster-sg-train-")
    assert {"Key": "kubernetes.io/cluster/train", "Value": "owned"} in group["Tags"]
    (rule,) = group["IpPermissions"]
    assert rule["IpProtocol"] == "-1"
    assert rule["UserIdGroupPairs"][0]["GroupId"] == group["GroupId"]
    (egress,) = group["IpPermissionsEgress"]
    assert egress["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]

    ec2.authorize_security_group_ingress(
        GroupId=group["GroupId"],
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
        ],
    )


def test_deletion_takes_everything_that_belongs_to_the_cluster(aws, cluster, vpc):
    eks = aws("eks")
    eks.create_addon(clusterName="train", addonName="vpc-cni")
    eks.create_pod_identity_association(
        clusterName="train", namespace="ai", serviceAccount="a", roleArn=f"arn:aws:iam::{ACCOUNT}:role/a"
    )
    assert eks.delete_cluster(name="train")["cluster"]["status"] == "DELETING"
    group_id = cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
    with refused("InvalidGroup.NotFound"):
        aws("ec2").describe_security_groups(GroupIds=[group_id])
    with refused("ResourceNotFoundException", 404):
        describe(aws)
    create(aws, vpc)
    assert eks.list_addons(clusterName="train")["addons"] == []
    assert eks.list_pod_identity_associations(clusterName="train")["associations"] == []


def test_cluster_with_node_groups_cannot_be_deleted(aws, cluster, vpc):
    eks = aws("eks")
    eks.create_nodegroup(
        clusterName="train",
        nodegroupName="gpu",
        subnets=vpc.subnets,
        nodeRole=f"arn:aws:iam::{ACCOUNT}:role/node",
    )
    with refused("ResourceInUseException", 409, "nodegroups attached"):
        eks.delete_cluster(name="train")


def test_protected_cluster_cannot_be_deleted(aws, vpc):
    create(aws, vpc, deletionProtection=True)
    with refused("InvalidRequestException"):
        aws("eks").delete_cluster(name="train")
    aws("eks").update_cluster_config(name="train", deletionProtection=False)
    aws("eks").delete_cluster(name="train")


def test_refuses_networks_eks_refuses(aws, vpc):
    with refused("InvalidParameterException", text="does not exist"):
        create(aws, vpc, resourcesVpcConfig={"subnetIds": ["subnet-0123456789abcdef0", vpc.subnets[0]]})
    with refused("InvalidParameterException", text="two different AZs"):
        create(aws, vpc, resourcesVpcConfig={"subnetIds": vpc.subnets[:1]})
    with refused("InvalidParameterException", text="security group"):
        config = {"subnetIds": vpc.subnets, "securityGroupIds": ["sg-0123456789abcdef0"]}
        create(aws, vpc, resourcesVpcConfig=config)
    with refused("InvalidParameterException", text="cannot both be false"):
        config = {"subnetIds": vpc.subnets, "endpointPublicAccess": False, "endpointPrivateAccess": False}
        create(aws, vpc, resourcesVpcConfig=config)
    assert aws("eks").list_clusters()["clusters"] == []


def test_refuses_duplicates_and_unknown_names(aws, vpc, cluster):
    with refused("ResourceInUseException", 409) as response:
        create(aws, vpc)
    assert response["clusterName"] == "train"
    eks = aws("eks")
    for call in (
        lambda: eks.delete_cluster(name="other"),
        lambda: eks.update_cluster_config(name="other", deletionProtection=True),
        lambda: eks.update_cluster_version(name="other", version="1.34"),
    ):
        with refused("ResourceNotFoundException", 404, "No cluster found for name: other."):
            call()


@pytest.mark.repair
def test_update_answers_with_an_update_and_changes_only_what_was_sent(aws, cluster, vpc):
    eks = aws("eks")
    update = eks.update_cluster_config(
        name="train", resourcesVpcConfig={"endpointPublicAccess": False, "endpointPrivateAccess": True}
    )["update"]
    assert (update["status"], update["type"]) == ("Successful", "EndpointAccessUpdate")
    config = describe(aws)["resourcesVpcConfig"]
    assert config["subnetIds"] == vpc.subnets
    assert config["endpointPrivateAccess"] is True
    assert config["clusterSecurityGroupId"] == cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]


def test_log_types_are_switched_one_by_one(aws, cluster):
    eks = aws("eks")
    eks.update_cluster_config(
        name="train", logging={"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]}
    )
    update = eks.update_cluster_config(
        name="train", logging={"clusterLogging": [{"types": ["api"], "enabled": False}]}
    )
    assert update["update"]["type"] == "LoggingUpdate"
    on, off = describe(aws)["logging"]["clusterLogging"]
    assert on == {"types": ["audit"], "enabled": True}
    assert off == {"types": ["api", "authenticator", "controllerManager", "scheduler"], "enabled": False}


def test_authentication_mode_moves_forward_one_step_at_a_time(aws, vpc):
    create(aws, vpc)
    eks = aws("eks")

    def change(mode):
        eks.update_cluster_config(name="train", accessConfig={"authenticationMode": mode})

    with refused("InvalidParameterException", text="Unsupported authentication mode update"):
        change("API")
    change("API_AND_CONFIG_MAP")
    change("API")
    with refused("InvalidParameterException"):
        change("CONFIG_MAP")


def test_version_moves_up_one_minor_at_a_time(aws, cluster):
    eks = aws("eks")
    for version in ("1.33", "1.35", "1.32", "two"):
        with refused("InvalidParameterException"):
            eks.update_cluster_version(name="train", version=version)
    assert eks.update_cluster_version(name="train", version="1.34")["update"]["type"] == "VersionUpdate"
    assert describe(aws)["version"] == "1.34"


def test_encryption_is_added_once(aws, cluster):
    eks = aws("eks")
    encryption = [
        {"resources": ["secrets"], "provider": {"keyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/k"}}
    ]
    eks.associate_encryption_config(clusterName="train", encryptionConfig=encryption)
    assert describe(aws)["encryptionConfig"] == encryption
    with refused("ResourceInUseException", 409):
        eks.associate_encryption_config(clusterName="train", encryptionConfig=encryption)
