"""Elapsed time by stage, for the report's ``timing_ms``. Monotonic; no part in any judgement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

__all__ = ["Stopwatch"]


class Stopwatch:
    """Adds up milliseconds per stage."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what runs inside; a stage entered twice adds up."""
        start = perf_counter()
        try:
            yield
        finally:
            self._stages[name] = self._stages.get(name, 0.0) + (perf_counter() - start) * 1000

    def timings(self) -> dict[str, float]:
        """Milliseconds by stage, ``total`` first."""
        return {"total": (perf_counter() - self._start) * 1000, **self._stages}
