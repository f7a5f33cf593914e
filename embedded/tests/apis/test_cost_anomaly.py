"""Cost anomaly monitors and subscriptions."""

import pytest
from expect import refused

UNKNOWN = "arn:aws:ce::123456789012:anomalymonitor/none"


@pytest.fixture
def monitor(aws):
    return aws("ce").create_anomaly_monitor(
        AnomalyMonitor={"MonitorName": "gpu", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"},
        ResourceTags=[{"Key": "team", "Value": "ai"}],
    )["MonitorArn"]


def subscribe(aws, *monitors):
    return aws("ce").create_anomaly_subscription(
        AnomalySubscription={
            "SubscriptionName": "alerts",
            "MonitorArnList": list(monitors),
            "Subscribers": [{"Type": "EMAIL", "Address": "ops@example.com"}],
            "Frequency": "DAILY",
        }
    )["SubscriptionArn"]


def test_monitor_is_created_described_changed_and_deleted(aws, monitor):
    ce = aws("ce")
    (found,) = ce.get_anomaly_monitors(MonitorArnList=[monitor])["AnomalyMonitors"]
    assert (found["MonitorName"], found["MonitorDimension"]) == ("gpu", "SERVICE")
    assert ce.list_tags_for_resource(ResourceArn=monitor)["ResourceTags"] == [{"Key": "team", "Value": "ai"}]
    ce.update_anomaly_monitor(MonitorArn=monitor, MonitorName="accelerators")
    assert ce.get_anomaly_monitors()["AnomalyMonitors"][0]["MonitorName"] == "accelerators"
    ce.delete_anomaly_monitor(MonitorArn=monitor)
    assert ce.get_anomaly_monitors()["AnomalyMonitors"] == []


def test_unknown_monitors_are_refused(aws):
    ce = aws("ce")
    with refused("UnknownMonitorException"):
        ce.get_anomaly_monitors(MonitorArnList=[UNKNOWN])
    for operation in ("update_anomaly_monitor", "delete_anomaly_monitor"):
        with refused("UnknownMonitorException"):
            getattr(ce, operation)(MonitorArn=UNKNOWN)
    with refused("UnknownMonitorException"):
        subscribe(aws, UNKNOWN)


def test_subscription_is_created_described_changed_and_deleted(aws, monitor):
    ce = aws("ce")
    arn = subscribe(aws, monitor)
    (found,) = ce.get_anomaly_subscriptions(MonitorArn=monitor)["AnomalySubscriptions"]
    assert (found["SubscriptionArn"], found["Frequency"]) == (arn, "DAILY")
    ce.update_anomaly_subscription(SubscriptionArn=arn, Frequency="WEEKLY")
    (found,) = ce.get_anomaly_subscriptions(SubscriptionArnList=[arn])["AnomalySubscriptions"]
    assert found["Frequency"] == "WEEKLY"
    ce.delete_anomaly_subscription(SubscriptionArn=arn)
    assert ce.get_anomaly_subscriptions()["AnomalySubscriptions"] == []
    for operation in ("update_anomaly_subscription", "delete_anomaly_subscription"):
        with refused("UnknownSubscriptionException"):
            getattr(ce, operation)(SubscriptionArn=arn)
