"""Budgets."""

import pytest
from conftest import ACCOUNT
from expect import refused

pytestmark = pytest.mark.repair
ARN = f"arn:aws:budgets::{ACCOUNT}:budget/gpu"
BUDGET = {
    "BudgetName": "gpu",
    "BudgetLimit": {"Amount": "1000.0", "Unit": "USD"},
    "TimeUnit": "MONTHLY",
    "BudgetType": "COST",
}
NOTIFICATION = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
SUBSCRIBER = {"SubscriptionType": "EMAIL", "Address": "ops@example.com"}


@pytest.fixture
def budgets(aws):
    client = aws("budgets")
    client.create_budget(
        AccountId=ACCOUNT,
        Budget=BUDGET,
        NotificationsWithSubscribers=[{"Notification": NOTIFICATION, "Subscribers": [SUBSCRIBER]}],
        ResourceTags=[{"Key": "team", "Value": "ai"}],
    )
    return client


def test_subscribers_are_described(budgets):
    found = budgets.describe_subscribers_for_notification(
        AccountId=ACCOUNT, BudgetName="gpu", Notification=NOTIFICATION
    )
    assert found["Subscribers"] == [SUBSCRIBER]
    with refused("NotFoundException"):
        budgets.describe_subscribers_for_notification(
            AccountId=ACCOUNT, BudgetName="gpu", Notification={**NOTIFICATION, "Threshold": 90.0}
        )


def test_tags_are_kept_and_changed(budgets):
    assert budgets.list_tags_for_resource(ResourceARN=ARN)["ResourceTags"] == [{"Key": "team", "Value": "ai"}]
    budgets.tag_resource(ResourceARN=ARN, ResourceTags=[{"Key": "b", "Value": "2"}])
    budgets.untag_resource(ResourceARN=ARN, ResourceTagKeys=["team"])
    assert budgets.list_tags_for_resource(ResourceARN=ARN)["ResourceTags"] == [{"Key": "b", "Value": "2"}]
    budgets.delete_budget(AccountId=ACCOUNT, BudgetName="gpu")
    assert budgets.list_tags_for_resource(ResourceARN=ARN)["ResourceTags"] == []


def test_budgets_are_changed(budgets):
    limit = {"Amount": "2000.0", "Unit": "USD"}
    budgets.update_budget(AccountId=ACCOUNT, NewBudget={**BUDGET, "BudgetLimit": limit})
    found = budgets.describe_budget(AccountId=ACCOUNT, BudgetName="gpu")["Budget"]
    assert found["BudgetLimit"] == limit
    with refused("NotFoundException"):
        budgets.update_budget(AccountId=ACCOUNT, NewBudget={**BUDGET, "BudgetName": "other"})
