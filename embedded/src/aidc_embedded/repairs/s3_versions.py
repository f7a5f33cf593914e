"""S3: delete markers as versions like others.

moto: crashes when an object with a delete marker is deleted from a bucket whose versioning is suspended.
AWS: deletes it.
Breaks without it: the destruction of `aws_s3_bucket` with `force_destroy`, once something in it was deleted.
"""

from moto.s3.models import FakeDeleteMarker

from ._patch import add


def _dispose(self: FakeDeleteMarker, garbage: bool = False) -> None:
    """Nothing is held: a marker has no content."""


def apply() -> None:
    add(FakeDeleteMarker, "dispose", _dispose)
