"""Logs: one JSON object a line on stdout, or lines for people when stdout is a terminal, with one of progress below."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

LOGGER = logging.getLogger("aidc_runtime")


def event(message: str, level: int = logging.INFO, **fields: Any) -> None:
    """Log a message with fields, JSON data."""
    LOGGER.log(level, message, extra={"fields": fields})


class JsonLines(logging.Formatter):
    """`{"time", "level", "rank", "message", "fields", "error"}`; the last two where there are any."""

    def __init__(self, rank: int | None) -> None:
        super().__init__()
        self._rank = rank

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": when.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "rank": self._rank,
            "message": record.getMessage(),
        }
        if fields := getattr(record, "fields", None):
            line["fields"] = fields
        if record.name != LOGGER.name:
            line["logger"] = record.name
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        # JSON knows no NaN: a loss that is none is told as a string.
        return json.dumps(_finite(line), default=str, allow_nan=False, ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


class ForPeople(logging.Formatter):
    """`12:00:01 message  name=value ...`"""

    def format(self, record: logging.LogRecord) -> str:
        fields = "".join(f"  {name}={_short(value)}" for name, value in getattr(record, "fields", {}).items())
        level = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        text = f"{datetime.fromtimestamp(record.created):%H:%M:%S} {level}{record.getMessage()}{fields}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def _short(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


class Terminal(logging.StreamHandler[TextIO]):
    """A handler that keeps one line of progress at the bottom."""

    _progress = ""

    def emit(self, record: logging.LogRecord) -> None:
        if self._progress:
            self.stream.write("\r\x1b[2K")
        super().emit(record)
        self.progress(self._progress)

    def progress(self, line: str) -> None:
        """Show the line in place of the last one; empty: none."""
        if line or self._progress:
            self.stream.write(f"\r\x1b[2K{line}")
            self.stream.flush()
        self._progress = line


def set_up(rank: int | None, stream: TextIO | None = None) -> Terminal | None:
    """Send all logs of this process to the stream: of rank 0 and the launcher (None) from `info` on, of others from `warning` on.

    The terminal handler, if there is one, shows progress. Called again, it replaces what it set up before.
    """
    stream = stream or sys.stdout
    terminal = Terminal(stream) if stream.isatty() else None
    handler = terminal or logging.StreamHandler(stream)
    handler.setFormatter(ForPeople() if terminal else JsonLines(rank))
    root = logging.getLogger()
    for old in list(root.handlers):
        if getattr(old, "_aidc", False):
            root.removeHandler(old)
    handler._aidc = True  # type: ignore[union-attr]
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    LOGGER.setLevel(logging.INFO if not rank else logging.WARNING)
    return terminal
