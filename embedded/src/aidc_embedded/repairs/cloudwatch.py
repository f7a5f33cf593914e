"""CloudWatch: composite alarms.

moto: its PutMetricAlarm keeps an AlarmRule, and DescribeAlarms returns alarms that have one as composite,
but PutCompositeAlarm itself is missing.
Breaks without it: `aws_cloudwatch_composite_alarm`. The rule is not evaluated: the alarm never fires.
"""

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from ._patch import add


def _put_composite_alarm(response: CloudWatchResponse) -> ActionResult:
    response.put_metric_alarm()
    return EmptyResult()


def apply() -> None:
    add(CloudWatchResponse, "put_composite_alarm", _put_composite_alarm)
