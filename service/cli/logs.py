"""Log lines on standard error that never hold what was read from a card.

A traceback is written as places in the code: neither the values of variables nor the text of an
exception of another library, which may quote its input.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

__all__ = ["configure", "places"]


def places(error: BaseException) -> str:
    """Type of an exception and the places it passed, innermost last: ``ValueError at verify.py:12 in f``."""
    frames = traceback.extract_tb(error.__traceback__)
    path = " > ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} in {frame.name}" for frame in frames
    )
    return f"{type(error).__name__} at {path or 'unknown place'}"


def _exception_as_places(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["exception"] = places(error)
    return event


def configure() -> None:
    """Write log events of the service as JSON lines to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _exception_as_places,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
