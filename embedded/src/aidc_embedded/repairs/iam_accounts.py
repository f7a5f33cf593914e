"""IAM: finding the account of an access key without making accounts in other partitions.

moto: looks for the key in every partition (China, GovCloud, ...), which creates an IAM backend in each, and
each loads its own 1,500 managed policies: half a second on the first requests, and again after every reset.
A backend that does not exist yet cannot hold a key, so looking at the existing ones gives the same answer.
"""

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam import models

from ._patch import replace


def _get_account_id_from(access_key: str) -> str:
    for account_id, backends in list(models.iam_backends.items()):
        if any(access_key in backend.access_keys for backend in list(backends.values())):
            return str(account_id)
    return DEFAULT_ACCOUNT_ID


def apply() -> None:
    replace(models, "get_account_id_from", _get_account_id_from)
