"""The error a call must end with, by AWS error code and HTTP status."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError


@contextmanager
def refused(code: str, status: int = 400, text: str = "") -> Iterator[dict[str, Any]]:
    """Yields a dict that holds the error response after the block."""
    response: dict[str, Any] = {}
    with pytest.raises(ClientError) as caught:
        yield response
    response.update(caught.value.response)
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert text in response["Error"]["Message"]
