"""What a handler of an added operation gets (`Call`) and how it refuses (`AwsError`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.utils import utcnow
from moto.utilities.utils import get_partition

from .store import Store, Table

Params = dict[str, Any]
Record = dict[str, Any]

__all__ = ["AwsError", "Call", "Handler", "Params", "Record", "pick", "utcnow"]


class AwsError(ServiceException):
    """An error as AWS names it. The HTTP status comes from the service's model, unless the model lacks it.

    Keyword arguments become members of the error (`clusterName`, `addonName`, ...) where its shape has them.
    """

    def __init__(self, code: str, message: str, *, status: int | None = None, **members: str) -> None:
        super().__init__(code, message)
        self.status = status
        for name, value in members.items():
            setattr(self, name, value)


@dataclass(frozen=True)
class Call:
    """One call of an added operation: the account and region it is for, and the state it works on."""

    account: str
    region: str
    store: Store

    @property
    def partition(self) -> str:
        return get_partition(self.region)

    def table(self, kind: str) -> Table:
        return self.store.table(self.account, self.region, kind)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


Handler = Callable[[Call, Params], Any]
"""Takes the request in the form boto3 sends it, returns the answer in the form boto3 returns it."""


def pick(params: Params, *names: str) -> Record:
    """The named parameters that were sent, and no others."""
    return {name: params[name] for name in names if params.get(name) is not None}
