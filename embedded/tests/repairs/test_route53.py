"""Route 53 hosted zones."""

import pytest


@pytest.mark.repair
def test_zone_with_a_vpc_is_private(aws, vpc):
    route53 = aws("route53")
    made = route53.create_hosted_zone(
        Name="ai.internal",
        CallerReference="1",
        VPC={"VPCRegion": "us-east-1", "VPCId": vpc.id},
        HostedZoneConfig={"Comment": "training"},
    )
    found = route53.get_hosted_zone(Id=made["HostedZone"]["Id"])
    assert found["HostedZone"]["Config"] == {"Comment": "training", "PrivateZone": True}
    assert found["VPCs"] == [{"VPCRegion": "us-east-1", "VPCId": vpc.id}]


def test_zone_without_a_vpc_is_public(aws):
    zone = aws("route53").create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]
    assert zone["Config"]["PrivateZone"] is False
