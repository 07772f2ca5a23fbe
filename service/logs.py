"""Logs: one JSON object per line on standard error, times in UTC, no personal data.

What was submitted, read or asked for never reaches a log call; queries and bodies are not logged. An
exception is written as its type and the places it passed: neither its text, which may quote what it choked
on, nor the values of variables.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

__all__ = ["configure_logging", "places"]

_TOO_TALKATIVE = ("alembic",)
"""Loggers of libraries whose information is none to an operator."""


def places(error: BaseException) -> str:
    """Type of an exception and the places it passed, innermost last: ``ValueError at verify.py:12 in f``."""
    frames = traceback.extract_tb(error.__traceback__)
    path = " > ".join(f"{f.filename.rpartition('/')[2]}:{f.lineno} in {f.name}" for f in frames)
    return f"{type(error).__name__} at {path or 'unknown place'}"


def _exception_as_places(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["exception"] = places(error)
    return event


def _first_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of a library's message, its first line: asyncio, for one, writes the text of an exception below it."""
    event["event"] = str(event.get("event", "")).partition("\n")[0]
    return event


def configure_logging(level: int = logging.INFO) -> None:
    """Send the logs of this package and of the libraries below it to standard error as JSON lines."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _exception_as_places,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, _first_line],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
        keep_exc_info=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    access = logging.getLogger("uvicorn.access")  # it would log queries
    access.handlers[:] = []
    access.propagate = False
