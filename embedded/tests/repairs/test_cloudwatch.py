"""CloudWatch composite alarms."""

import pytest


@pytest.mark.repair
def test_composite_alarms(aws):
    cloudwatch = aws("cloudwatch")
    cloudwatch.put_composite_alarm(
        AlarmName="fleet", AlarmRule='ALARM("a") OR ALARM("b")', ActionsEnabled=True
    )
    (alarm,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert alarm["AlarmRule"] == 'ALARM("a") OR ALARM("b")'
    cloudwatch.delete_alarms(AlarmNames=["fleet"])
    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"] == []
