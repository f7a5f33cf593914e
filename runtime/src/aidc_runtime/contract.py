"""The contract of the two languages, as JSON files: the launch spec's schema, exit codes, environment and metrics."""

import json
from pathlib import Path
from typing import Any

from aidc_runtime.config.load import schema
from aidc_runtime.environment import PORTS, VARIABLES
from aidc_runtime.exit_codes import FINAL, ExitCode
from aidc_runtime.observe.catalogue import as_json


def contract_files() -> dict[str, Any]:
    """What each file of `runtime/schema` holds, by its name."""
    return {
        "launch-spec.v1.json": schema(),
        "exit-codes.v1.json": {code.name: {"code": int(code), "final": code in FINAL} for code in ExitCode},
        "environment.v1.json": {"variables": {v.name: v.meaning for v in VARIABLES}, "ports": PORTS},
        "metrics.v1.json": as_json(),
    }


def write_contract(folder: Path) -> None:
    """Write the files anew; the same contract gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contract_files().items():
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
