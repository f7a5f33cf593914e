"""Budgets: subscribers, tags and changes.

moto: has no UpdateBudget, DescribeSubscribersForNotification, ListTagsForResource, TagResource or
UntagResource, and drops the tags of CreateBudget.
Breaks without it: `aws_budgets_budget` fails right after its creation, and every later plan while reading it.
"""

import json
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget, BudgetsBackend
from moto.budgets.responses import BudgetsResponse
from moto.utilities.tagging_service import TaggingService

from ._patch import Replacement, add, wrap

NOTIFICATION_KEY = ("NotificationType", "ComparisonOperator", "Threshold")


def _new_backend(original: Replacement, backend: BudgetsBackend, *arguments: Any, **named: Any) -> None:
    original(backend, *arguments, **named)
    backend.tagger = TaggingService()


def _budget(response: BudgetsResponse, name: str) -> Budget:
    account = response._get_param("AccountId")
    try:
        return response.backend.budgets[account][name]
    except KeyError:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.") from None


def _arn(response: BudgetsResponse, name: str) -> str:
    return f"arn:{response.partition}:budgets::{response._get_param('AccountId')}:budget/{name}"


def _create_budget(original: Replacement, response: BudgetsResponse) -> str:
    result = original(response)
    arn = _arn(response, response._get_param("Budget")["BudgetName"])
    response.backend.tagger.tag_resource(arn, response._get_param("ResourceTags") or [])
    return result


def _update_budget(response: BudgetsResponse) -> str:
    changed = response._get_param("NewBudget")
    budget = _budget(response, changed["BudgetName"])
    budget.budget = {**changed, "TimePeriod": changed.get("TimePeriod", budget.budget["TimePeriod"])}
    return json.dumps({})


def _delete_budget(original: Replacement, response: BudgetsResponse) -> str:
    result = original(response)
    response.backend.tagger.delete_all_tags_for_resource(_arn(response, response._get_param("BudgetName")))
    return result


def _describe_subscribers(response: BudgetsResponse) -> str:
    wanted = response._get_param("Notification")
    for notification in _budget(response, response._get_param("BudgetName")).notifications:
        if all(notification.details.get(name) == wanted.get(name) for name in NOTIFICATION_KEY):
            return json.dumps({"Subscribers": notification.subscribers})
    raise NotFoundException("Unable to find the notification")


def _list_tags(response: BudgetsResponse) -> str:
    tags = response.backend.tagger.list_tags_for_resource(response._get_param("ResourceARN"))["Tags"]
    return json.dumps({"ResourceTags": tags})


def _tag(response: BudgetsResponse) -> str:
    tags = response._get_param("ResourceTags")
    response.backend.tagger.tag_resource(response._get_param("ResourceARN"), tags)
    return json.dumps({})


def _untag(response: BudgetsResponse) -> str:
    keys = response._get_param("ResourceTagKeys")
    response.backend.tagger.untag_resource_using_names(response._get_param("ResourceARN"), keys)
    return json.dumps({})


def apply() -> None:
    wrap(BudgetsBackend, "__init__", _new_backend)
    wrap(BudgetsResponse, "create_budget", _create_budget)
    wrap(BudgetsResponse, "delete_budget", _delete_budget)
    add(BudgetsResponse, "update_budget", _update_budget)
    add(BudgetsResponse, "describe_subscribers_for_notification", _describe_subscribers)
    add(BudgetsResponse, "list_tags_for_resource", _list_tags)
    add(BudgetsResponse, "tag_resource", _tag)
    add(BudgetsResponse, "untag_resource", _untag)
