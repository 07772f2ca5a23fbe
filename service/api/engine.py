"""What the door needs of the engine, and its loading."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import structlog

from service.api.admission import Lane, lane_of
from service.errors import HonmonoError, Overloaded
from service.logs import places
from service.registry import Registry
from service.report import Report
from service.settings import Settings
from service.submission import Submission
from service.worker.pool import EnginePool

__all__ = ["EngineSlot", "ProcessEngine", "Verifier"]

log = structlog.get_logger(__name__)

_RETRY_AFTER_S = 30
_PICTURE_NICE = 2
"""Scheduling priority of pictures below that of chips (0) and above that of batches."""
_READINESS_S = 5.0
"""Seconds that an answer about readiness holds. Every model is read and hashed for it, and anyone may ask."""


class Verifier(Protocol):
    """The whole path from a submission to a report (``service.verify.Engine``)."""

    def verify(
        self,
        submission: Submission,
        *,
        now: datetime,
        verification_id: str,
        language: str = "en",
        registry: Registry | None = None,
    ) -> Report:
        """Judge one submission; raises Problem where it cannot be processed."""

    def readiness(self) -> Mapping[str, Any]:
        """State of models and anchors, with ``ready`` among it."""


def _readiness(settings: Settings, digest: str, calibration: str) -> dict[str, Any]:
    """State of models, anchors and enrolments on disk now; not ready where anchors are others than in use.

    The processes that run keep what they have loaded and proven; a restart takes in what is new.
    """
    from service.verify import Engine

    try:
        found = Engine.load(settings)
    except HonmonoError as error:
        return {"ready": False, "trust_store": str(error)}
    state = found.readiness()
    if found.trust.digest != digest:
        state |= {"ready": False, "trust_store": "changed"}
    if found.enrolments.calibration != calibration:
        state |= {"calibration": calibration, "calibration_after_restart": state["calibration"]}
    return state


class ProcessEngine:
    """The engine in child processes, some for pictures and some for chips alone.

    Pictures run at a lower priority: where both want a processor, the chip check gets it.
    """

    def __init__(self, settings: Settings, readiness: Callable[[], Mapping[str, Any]]) -> None:
        self._readiness = readiness
        self._pools = {
            Lane.PICTURE: EnginePool(settings, settings.concurrency, nice=_PICTURE_NICE),
            Lane.CHIP: EnginePool(settings, settings.chip_concurrency),
        }

    def start(self) -> None:
        """Start every process; each loads by itself while the service already answers."""
        for pool in self._pools.values():
            pool.start()

    def verify(
        self,
        submission: Submission,
        *,
        now: datetime,
        verification_id: str,
        language: str = "en",
        registry: Registry | None = None,
    ) -> Report:
        """Judge one submission in a process of its lane; ``registry`` is asked in this one."""
        pool = self._pools[lane_of(submission)]
        return pool.verify(
            submission, now=now, verification_id=verification_id, language=language, registry=registry
        )

    def readiness(self) -> Mapping[str, Any]:
        """State of models and anchors as this process finds them now."""
        return self._readiness()

    def close(self) -> None:
        """End every process."""
        for pool in self._pools.values():
            pool.close()


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
            engine = Engine.load(self._settings)
        except HonmonoError as error:
            self._fault = str(error)
            log.error("engine.not_loaded", error=places(error))  # its text is for /readyz
            return
        self._engine = ProcessEngine(
            self._settings,
            partial(_readiness, self._settings, engine.trust.digest, engine.enrolments.calibration),
        )
        self._engine.start()

    def get(self) -> Verifier:
        """The engine; Overloaded where it could not be loaded."""
        if self._engine is None:
            detail = "The service is not ready to verify; /readyz says what is missing."
            raise Overloaded(detail, retry_after_s=_RETRY_AFTER_S)
        return self._engine

    def close(self) -> None:
        """End the processes that were started here."""
        if isinstance(self._engine, ProcessEngine):
            self._engine.close()

    def readiness(self) -> dict[str, Any]:
        """State of the engine, with ``ready``; looked up anew once it is some seconds old."""
        if self._engine is None:
            return {"ready": False, "engine": self._fault}
        with self._lock:
            now = self._clock()
            if self._known is None or now - self._known[0] >= _READINESS_S:
                self._known = (now, dict(self._engine.readiness()))
            return dict(self._known[1])
