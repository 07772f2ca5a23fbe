"""How often a key may ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from service.api.admission import RateLimiter

__all__ = ["KeyRates"]


class KeyRates:
    """A rate for every key: its own where it has one, else the service's."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._limiters: dict[int, RateLimiter] = {}
        self._lock = threading.Lock()

    def take(self, key_id: str, per_minute: int | None = None) -> None:
        """Use one request of a key; RateLimited, with the seconds to wait, where none is left."""
        rate = per_minute or self._per_minute
        with self._lock:
            limiter = self._limiters.setdefault(rate, RateLimiter(rate, self._clock))
        limiter.take(key_id)
