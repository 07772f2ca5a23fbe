"""What the door needs of the engine, and its loading."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import structlog

from service.errors import HonmonoError, Overloaded
from service.logs import places
from service.report import Report
from service.settings import Settings
from service.submission import Submission

__all__ = ["EngineSlot", "Verifier"]

log = structlog.get_logger(__name__)

_RETRY_AFTER_S = 30
_READINESS_S = 5.0
"""Seconds that an answer about readiness holds. Every model is read and hashed for it, and anyone may ask."""


class Verifier(Protocol):
    """The whole path from a submission to a report (``service.verify.Engine``)."""

    def verify(
        self, submission: Submission, *, now: datetime, verification_id: str, language: str = "en"
    ) -> Report:
        """Judge one submission; raises Problem where it cannot be processed."""

    def readiness(self) -> Mapping[str, Any]:
        """State of models and anchors, with ``ready`` among it."""


class EngineSlot:
    """Holds the engine, or the reason why there is none: the service starts all the same and says so."""

    def __init__(
        self,
        settings: Settings,
        engine: Verifier | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._fault = "loading"
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[float, dict[str, Any]] | None = None

    def load(self) -> None:
        """Load the real engine unless one was given. Never raises for a missing or refused file."""
        if self._engine is not None:
            return
        from service.verify import Engine  # here, since it loads OpenCV and ONNX Runtime

        try:
            self._engine = Engine.load(self._settings)
        except HonmonoError as error:
            self._fault = str(error)
            log.error("engine.not_loaded", error=places(error))  # its text is for /readyz

    def get(self) -> Verifier:
        """The engine; Overloaded where it could not be loaded."""
        if self._engine is None:
            detail = "The service is not ready to verify; /readyz says what is missing."
            raise Overloaded(detail, retry_after_s=_RETRY_AFTER_S)
        return self._engine

    def readiness(self) -> dict[str, Any]:
        """State of the engine, with ``ready``; looked up anew once it is some seconds old."""
        if self._engine is None:
            return {"ready": False, "engine": self._fault}
        with self._lock:
            now = self._clock()
            if self._known is None or now - self._known[0] >= _READINESS_S:
                self._known = (now, dict(self._engine.readiness()))
            return dict(self._known[1])
