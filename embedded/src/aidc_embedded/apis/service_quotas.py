"""Service quotas (`aws_servicequotas_service_quota`).

moto 5.2.5 knows the quotas of VPC only and takes no requests. Here every quota exists, and a request is
approved at once. Values are AWS's published defaults where listed below; for other quotas the value means
nothing.
"""

from uuid import uuid4

from moto.servicequotas.resources.default_quotas.vpc import VPC_DEFAULT_QUOTAS

from ..call import AwsError, Call, Params, Record, pick, utcnow

SERVICE = "servicequotas"
VALUES = "servicequotas.quota"
REQUESTS = "servicequotas.request"
OTHER_DEFAULT = 5.0

# vCPU limits of accelerated instances: a new account has none, which is why the requests matter.
EC2_DEFAULTS = {
    "L-1216C47A": ("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5.0),
    "L-417A185B": ("Running On-Demand P instances", 0.0),
    "L-DB2E81BA": ("Running On-Demand G and VT instances", 0.0),
    "L-2C3B7624": ("Running On-Demand Trn instances", 0.0),
    "L-1945791B": ("Running On-Demand Inf instances", 0.0),
    "L-6E869C2A": ("Running On-Demand DL instances", 0.0),
    "L-7212CCBC": ("All P4, P3 and P2 Spot Instance Requests", 0.0),
    "L-3819A6DF": ("All G and VT Spot Instance Requests", 0.0),
    "L-6B0D517C": ("All Trn Spot Instance Requests", 0.0),
    "L-B5D1601B": ("All Inf Spot Instance Requests", 0.0),
    "L-85EED4F7": ("All DL Spot Instance Requests", 0.0),
}
SUMMARY = ("ServiceCode", "ServiceName", "QuotaCode", "QuotaName", "QuotaArn", "GlobalQuota", "Unit")


def _default(call: Call, service: str, code: str) -> Record:
    name, value = code, OTHER_DEFAULT
    if service == "ec2":
        name, value = EC2_DEFAULTS.get(code, (code, OTHER_DEFAULT))
    for quota in VPC_DEFAULT_QUOTAS if service == "vpc" else ():
        if quota["QuotaCode"] == code:
            name, value = quota["QuotaName"], quota["Value"]
    return {
        "ServiceCode": service,
        "ServiceName": service,
        "QuotaCode": code,
        "QuotaName": name,
        "QuotaArn": call.arn("servicequotas", f"{service}/{code}"),
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }


def get_default_quota(call: Call, params: Params) -> Record:
    return {"Quota": _default(call, params["ServiceCode"], params["QuotaCode"])}


def _applied(call: Call, service: str, code: str) -> Record:
    quota = _default(call, service, code)
    return {**quota, "Value": call.table(VALUES).get((service, code), quota["Value"])}


def get_service_quota(call: Call, params: Params) -> Record:
    return {"Quota": _applied(call, params["ServiceCode"], params["QuotaCode"])}


def request_increase(call: Call, params: Params) -> Record:
    service, code, desired = params["ServiceCode"], params["QuotaCode"], float(params["DesiredValue"])
    quota = _applied(call, service, code)
    if desired <= quota["Value"]:
        raise AwsError(
            "IllegalArgumentException",
            f"You must provide a quota value greater than the current quota value of {quota['Value']}.",
        )
    now = utcnow()
    request = {
        **pick(quota, *SUMMARY),
        "Id": uuid4().hex,
        "DesiredValue": desired,
        "Status": "APPROVED",
        "Created": now,
        "LastUpdated": now,
        "QuotaRequestedAtLevel": "ACCOUNT",
    }
    call.table(REQUESTS)[request["Id"]] = request
    call.table(VALUES)[service, code] = desired
    return {"RequestedQuota": request}


def get_requested_change(call: Call, params: Params) -> Record:
    try:
        return {"RequestedQuota": call.table(REQUESTS)[params["RequestId"]]}
    except KeyError:
        raise AwsError("NoSuchResourceException", "The specified request does not exist.") from None


def list_requested_changes(call: Call, params: Params) -> Record:
    wanted = pick(params, "ServiceCode", "QuotaCode", "Status")
    requests = call.table(REQUESTS).values()
    return {
        "RequestedQuotas": [
            request for request in requests if all(request[name] == value for name, value in wanted.items())
        ]
    }


OPERATIONS = {
    "GetAWSDefaultServiceQuota": get_default_quota,
    "GetServiceQuota": get_service_quota,
    "RequestServiceQuotaIncrease": request_increase,
    "GetRequestedServiceQuotaChange": get_requested_change,
    "ListRequestedServiceQuotaChangeHistory": list_requested_changes,
    "ListRequestedServiceQuotaChangeHistoryByQuota": list_requested_changes,
}
