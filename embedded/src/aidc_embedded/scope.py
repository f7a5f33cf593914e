"""Who a request is for: the credential scope of its signature, `KEY/DATE/REGION/SERVICE/aws4_request`."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

_HEADER = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]+)/([^/]+)/aws4_request")

BOTOCORE_NAMES = {
    "aps": "amp",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
}
"""Services whose name in a signature is not the name of their model in botocore."""


@dataclass(frozen=True)
class CredentialScope:
    access_key: str
    region: str
    service: str

    @property
    def model_name(self) -> str:
        """The name of the service's model in botocore."""
        return BOTOCORE_NAMES.get(self.service, self.service)


def credential_scope(environ: dict[str, Any]) -> CredentialScope | None:
    """The scope from the Authorization header, or of a presigned URL; None for unsigned requests."""
    match = _HEADER.search(environ.get("HTTP_AUTHORIZATION", ""))
    if match:
        access_key, region, service = match.groups()
        return CredentialScope(access_key, region, service.lower())
    query = parse_qs(environ.get("QUERY_STRING", ""))
    parts = query.get("X-Amz-Credential", [""])[0].split("/")
    if len(parts) == 5:
        return CredentialScope(parts[0], parts[2], parts[3].lower())
    return None
