"""What all parts of a launch spec have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

LOCATION_SCHEMES = ("file", "gs", "hdfs", "memory", "s3")
"""Schemes of object stores and file systems that `data.locations` opens."""

Location = Annotated[
    str,
    StringConstraints(pattern=r"^((s3|gs|hdfs|file|memory)://|/)[^\s]+$"),
    Field(description="s3://bucket/prefix, hdfs://nameservice/path, gs://bucket/prefix, file:///path or /path"),
]

ImportPath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")]
"""`package.module:name` of something that the image holds."""


class Part(BaseModel):
    """A part of the spec: immutable, and strict about names, so that a misspelt option is no silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, use_attribute_docstrings=True)
