"""Service quotas."""

from expect import refused

P_INSTANCES = {"ServiceCode": "ec2", "QuotaCode": "L-417A185B"}


def test_a_new_account_has_no_p_instances(aws):
    quotas = aws("service-quotas")
    assert quotas.get_aws_default_service_quota(**P_INSTANCES)["Quota"]["Value"] == 0
    assert quotas.get_service_quota(**P_INSTANCES)["Quota"]["Value"] == 0


def test_requests_are_approved_at_once(aws):
    quotas = aws("service-quotas")
    request = quotas.request_service_quota_increase(**P_INSTANCES, DesiredValue=768)["RequestedQuota"]
    assert request["Status"] == "APPROVED"
    assert quotas.get_service_quota(**P_INSTANCES)["Quota"]["Value"] == 768
    assert quotas.get_aws_default_service_quota(**P_INSTANCES)["Quota"]["Value"] == 0
    found = quotas.get_requested_service_quota_change(RequestId=request["Id"])["RequestedQuota"]
    assert found == request
    listed = quotas.list_requested_service_quota_change_history_by_quota(**P_INSTANCES)
    assert listed["RequestedQuotas"] == [request]


def test_spot_instances_have_quotas_of_their_own(aws):
    quotas = aws("service-quotas")
    spot = {"ServiceCode": "ec2", "QuotaCode": "L-3819A6DF"}
    found = quotas.get_service_quota(**spot)["Quota"]
    assert (found["QuotaName"], found["Value"]) == ("All G and VT Spot Instance Requests", 0)
    quotas.request_service_quota_increase(**spot, DesiredValue=192)
    assert quotas.get_service_quota(**spot)["Quota"]["Value"] == 192


def test_requests_must_raise_the_quota(aws):
    with refused("IllegalArgumentException"):
        aws("service-quotas").request_service_quota_increase(**P_INSTANCES, DesiredValue=0)


def test_unknown_requests_are_refused(aws):
    with refused("NoSuchResourceException"):
        aws("service-quotas").get_requested_service_quota_change(RequestId="none")


def test_vpc_quotas_stay_those_of_moto(aws):
    quotas = aws("service-quotas")
    (known, *_) = quotas.list_aws_default_service_quotas(ServiceCode="vpc")["Quotas"]
    found = quotas.get_service_quota(ServiceCode="vpc", QuotaCode=known["QuotaCode"])["Quota"]
    assert (found["QuotaName"], found["Value"]) == (known["QuotaName"], known["Value"])
