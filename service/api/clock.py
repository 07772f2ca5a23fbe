"""Does the clock tell the truth? Retention erases by it, so one that was set wrong must not be believed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["ClockMoved", "ClockWatch"]

_TOLERANCE_S = 300.0
"""Corrections up to here are no reason to wait: every period that retention counts is hours or days."""


class ClockMoved(Exception):
    """The wall clock was set while the service ran; nothing is erased by it until a restart."""


def _now() -> datetime:
    return datetime.now(UTC)


class ClockWatch:
    """Holds the wall clock against one that only counts, from the start of the process on."""

    def __init__(
        self, wall: Callable[[], datetime] = _now, counting: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall = wall
        self._counting = counting
        self._from = (wall(), counting())

    def believable(self) -> bool:
        """Whether the wall clock has gone on as far as the other; a restart takes in a new time."""
        started, count = self._from
        gone = (self._wall() - started).total_seconds()
        return abs(gone - (self._counting() - count)) <= _TOLERANCE_S
