"""AWS Backup."""

import json
import urllib.request

import pytest


@pytest.mark.repair
def test_tags_are_listed_for_a_path_without_a_slash_at_its_end(aws, server_url):
    backup = aws("backup")
    arn = backup.create_backup_vault(BackupVaultName="v", BackupVaultTags={"team": "ai"})["BackupVaultArn"]
    # boto3 puts a slash after the ARN; the SDK for Go does not.
    request = urllib.request.Request(
        f"{server_url}/tags/{urllib.request.quote(arn, safe='')}",
        headers={
            "Authorization": "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/backup/aws4_request, "
            "SignedHeaders=host, Signature=0"
        },
    )
    with urllib.request.urlopen(request) as response:
        assert json.load(response)["Tags"] == {"team": "ai"}
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"team": "ai"}
