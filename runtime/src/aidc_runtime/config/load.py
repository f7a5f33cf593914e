"""Reading a launch spec, and its JSON Schema."""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from aidc_runtime.exit_codes import BadSpec

from .spec import LaunchSpec

SCHEMA_ID = "launch-spec.v1.json"


def load_spec(path: str | Path) -> LaunchSpec:
    """The spec of a JSON file, checked whole: all faults are told at once. Raises BadSpec."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise BadSpec(f"the launch spec {path} cannot be read: {error.strerror}") from error
    return parse_spec(text, str(path))


def parse_spec(text: str, origin: str = "launch spec") -> LaunchSpec:
    """The spec of a JSON text. Raises BadSpec."""
    try:
        return LaunchSpec.model_validate_json(text)
    except ValidationError as error:
        raise BadSpec(f"{origin} is not valid:\n{_faults(error)}") from error


def _faults(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_url=False):
        where = ".".join(str(part) for part in fault["loc"]) or "(whole)"
        got = "" if fault["type"] == "missing" else f", got {_short(fault['input'])}"
        lines.append(f"  {where}: {fault['msg']}{got}")
    return "\n".join(lines)


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."


def spec_hash(spec: LaunchSpec) -> str:
    """Hash of all that decides what is learned. Where a run is watched, and how it is restarted, may change between starts of one
    run. What is as by default does not count, so that a release with one more option goes on with the runs of the last one."""
    others = {"observe", "resilience", "fabric", "launcher", "checkpoint"}
    learned = spec.model_dump(mode="json", exclude=others, exclude_defaults=True)
    return hashlib.sha256(json.dumps(learned, sort_keys=True).encode()).hexdigest()[:16]


def schema() -> dict[str, Any]:
    """JSON Schema of the launch spec, from which the TypeScript types are made."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
    } | LaunchSpec.model_json_schema()
