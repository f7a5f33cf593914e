"""Cost anomaly monitors and subscriptions (`aws_ce_anomaly_monitor`, `aws_ce_anomaly_subscription`).

moto 5.2.5 implements neither. Nothing is ever detected here, so nobody is ever alerted.
"""

from uuid import uuid4

from moto.ce.models import CostExplorerBackend, ce_backends

from ..call import AwsError, Call, Params, Record, pick, utcnow

SERVICE = "ce"
MONITORS = "ce.anomaly-monitor"
SUBSCRIPTIONS = "ce.anomaly-subscription"
CHANGEABLE = (
    "Threshold",
    "Frequency",
    "MonitorArnList",
    "Subscribers",
    "SubscriptionName",
    "ThresholdExpression",
)


def _ce_backend(call: Call) -> CostExplorerBackend:
    return ce_backends[call.account][call.partition]


def _new_arn(call: Call, kind: str, params: Params) -> str:
    """An ARN (Cost Explorer is global: no region in it), tagged where moto's ListTagsForResource looks."""
    arn = f"arn:{call.partition}:ce::{call.account}:{kind}/{uuid4()}"
    _ce_backend(call).tag_resource(arn, params.get("ResourceTags") or [])
    return arn


def create_monitor(call: Call, params: Params) -> Record:
    arn = _new_arn(call, "anomalymonitor", params)
    today = utcnow().strftime("%Y-%m-%d")
    monitor = {**params["AnomalyMonitor"], "MonitorArn": arn, "CreationDate": today, "LastUpdatedDate": today}
    call.table(MONITORS)[arn] = monitor
    return {"MonitorArn": arn}


def _monitor(call: Call, arn: str) -> Record:
    try:
        return call.table(MONITORS)[arn]
    except KeyError:
        raise AwsError("UnknownMonitorException", f"No anomaly monitor with ARN {arn}") from None


def get_monitors(call: Call, params: Params) -> Record:
    arns = params.get("MonitorArnList")
    monitors = [_monitor(call, arn) for arn in arns] if arns else list(call.table(MONITORS).values())
    return {"AnomalyMonitors": monitors}


def update_monitor(call: Call, params: Params) -> Record:
    monitor = _monitor(call, params["MonitorArn"])
    monitor.update(pick(params, "MonitorName"), LastUpdatedDate=utcnow().strftime("%Y-%m-%d"))
    return pick(monitor, "MonitorArn")


def delete_monitor(call: Call, params: Params) -> Record:
    del call.table(MONITORS)[_monitor(call, params["MonitorArn"])["MonitorArn"]]
    return {}


def create_subscription(call: Call, params: Params) -> Record:
    subscription = params["AnomalySubscription"]
    for monitor_arn in subscription["MonitorArnList"]:
        _monitor(call, monitor_arn)
    arn = _new_arn(call, "anomalysubscription", params)
    call.table(SUBSCRIPTIONS)[arn] = {**subscription, "SubscriptionArn": arn, "AccountId": call.account}
    return {"SubscriptionArn": arn}


def _subscription(call: Call, arn: str) -> Record:
    try:
        return call.table(SUBSCRIPTIONS)[arn]
    except KeyError:
        raise AwsError("UnknownSubscriptionException", f"No anomaly subscription with ARN {arn}") from None


def get_subscriptions(call: Call, params: Params) -> Record:
    arns, monitor = params.get("SubscriptionArnList"), params.get("MonitorArn")
    found = [_subscription(call, arn) for arn in arns] if arns else list(call.table(SUBSCRIPTIONS).values())
    return {"AnomalySubscriptions": [one for one in found if not monitor or monitor in one["MonitorArnList"]]}


def update_subscription(call: Call, params: Params) -> Record:
    subscription = _subscription(call, params["SubscriptionArn"])
    subscription.update(pick(params, *CHANGEABLE))
    return pick(subscription, "SubscriptionArn")


def delete_subscription(call: Call, params: Params) -> Record:
    del call.table(SUBSCRIPTIONS)[_subscription(call, params["SubscriptionArn"])["SubscriptionArn"]]
    return {}


OPERATIONS = {
    "CreateAnomalyMonitor": create_monitor,
    "GetAnomalyMonitors": get_monitors,
    "UpdateAnomalyMonitor": update_monitor,
    "DeleteAnomalyMonitor": delete_monitor,
    "CreateAnomalySubscription": create_subscription,
    "GetAnomalySubscriptions": get_subscriptions,
    "UpdateAnomalySubscription": update_subscription,
    "DeleteAnomalySubscription": delete_subscription,
}
