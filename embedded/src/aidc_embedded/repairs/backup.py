"""AWS Backup: tags can be listed.

moto: takes the ARN from the last but one part of the path, which is right only with a slash at the end.
The AWS SDK for Go, which Terraform uses, sends none.
Breaks without it: `aws_backup_vault` loses its tags, and sets them again on every plan.
"""

import json
from urllib.parse import unquote

from moto.backup.responses import BackupResponse

from ._patch import replace


def _list_tags(response: BackupResponse) -> str:
    arn = unquote(response.path.partition("/tags/")[2].rstrip("/"))
    return json.dumps({"Tags": response.backup_backend.list_tags(resource_arn=arn)})


def apply() -> None:
    replace(BackupResponse, "list_tags", _list_tags)
