"""Auto Scaling: scaling policies are enabled, and have no predictive configuration unless given one.

moto: does not keep `Enabled`, so a policy reads as disabled; and keeps an empty predictive configuration.
AWS: `Enabled` is true by default and returned; an absent configuration is absent.
Breaks without it: `aws_autoscaling_policy` shows `enabled` and `predictive_scaling_configuration` as changed
on every plan.
"""

from typing import Any

from moto.autoscaling.models import FakeScalingPolicy
from moto.autoscaling.responses import AutoScalingResponse

from ._patch import Replacement, wrap


def _new_policy(original: Replacement, policy: FakeScalingPolicy, *arguments: Any, **named: Any) -> None:
    original(policy, *arguments, **named)
    policy.enabled = True
    policy.predictive_scaling_configuration = policy.predictive_scaling_configuration or None


def _put_scaling_policy(original: Replacement, response: AutoScalingResponse) -> Any:
    result = original(response)
    enabled = response._get_bool_param("Enabled", True)
    response.autoscaling_backend.policies[response._get_param("PolicyName")].enabled = enabled
    return result


def apply() -> None:
    wrap(FakeScalingPolicy, "__init__", _new_policy)
    wrap(AutoScalingResponse, "put_scaling_policy", _put_scaling_policy)
