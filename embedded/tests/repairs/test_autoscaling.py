"""Auto Scaling policies."""

import pytest

pytestmark = pytest.mark.repair


def put_policy(aws, vpc, **more):
    template = aws("ec2").create_launch_template(
        LaunchTemplateName="t",
        LaunchTemplateData={"ImageId": "ami-0123456789abcdef0", "InstanceType": "t3.micro"},
    )["LaunchTemplate"]["LaunchTemplateId"]
    scaling = aws("autoscaling")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="workers",
        MinSize=0,
        MaxSize=1,
        DesiredCapacity=0,
        VPCZoneIdentifier=vpc.subnets[0],
        LaunchTemplate={"LaunchTemplateId": template},
    )
    scaling.put_scaling_policy(
        AutoScalingGroupName="workers",
        PolicyName="out",
        AdjustmentType="ChangeInCapacity",
        ScalingAdjustment=1,
        **more,
    )
    (policy,) = scaling.describe_policies(AutoScalingGroupName="workers")["ScalingPolicies"]
    return policy


def test_policies_are_enabled_and_not_predictive(aws, vpc):
    policy = put_policy(aws, vpc)
    assert policy["Enabled"] is True
    assert "PredictiveScalingConfiguration" not in policy


def test_policies_can_be_disabled(aws, vpc):
    assert put_policy(aws, vpc, Enabled=False)["Enabled"] is False
