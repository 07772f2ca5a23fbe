"""How much is let in at once: bounded workers, a bounded queue, and a rate for each key."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from service.api.metrics import Metrics
from service.errors import Overloaded, RateLimited
from service.settings import Settings

__all__ = ["Admission", "RateLimiter"]

T = TypeVar("T")

_RETRY_AFTER_S = 2
_DOOR_THREADS = 2


class Admission:
    """Places for verifications. All of it lives in one event loop; only the work runs in threads.

    A request holds its place from before its body is read until it is answered, so that memory is bounded
    too: at most ``concurrency + queue_length`` bodies are held at once.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._places = settings.concurrency + settings.queue_length
        self._inside = 0
        self._metrics = metrics
        self._wait_limit_s = 2 * settings.time_limit_s
        self._workers = ThreadPoolExecutor(settings.concurrency, thread_name_prefix="verify")
        self._door = ThreadPoolExecutor(_DOOR_THREADS, thread_name_prefix="door")

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place; Overloaded where there is none."""
        if self._inside >= self._places:
            self._metrics.refused.labels("queue_full").inc()
            raise Overloaded("Every place is taken; try again shortly.", retry_after_s=_RETRY_AFTER_S)
        self._change(1)
        try:
            yield
        finally:
            self._change(-1)

    def _change(self, by: int) -> None:
        self._inside += by
        self._metrics.inside.set(self._inside)

    async def at_door(self, work: Callable[[], T]) -> T:
        """Short work that must not hold up the event loop: parsing, hashing, the database."""
        return await asyncio.get_running_loop().run_in_executor(self._door, work)

    async def verify(self, work: Callable[[], T]) -> T:
        """Heavy work, in its turn. Overloaded where turn and work together take twice the time limit.

        A thread cannot be stopped: work that overruns keeps its place until it has ended.
        """
        future = self._workers.submit(work)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._wait_limit_s)
        except TimeoutError as error:
            if not future.cancel() and not future.done():
                self._change(1)
                loop = asyncio.get_running_loop()
                future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._change, -1))
            self._metrics.refused.labels("time_limit").inc()
            detail = "The verification was not done within the time limit; try again later."
            raise Overloaded(detail, retry_after_s=_RETRY_AFTER_S) from error

    def close(self) -> None:
        """Take no more work; what is waiting is dropped, what runs is waited for."""
        self._workers.shutdown(cancel_futures=True)
        self._door.shutdown(cancel_futures=True)


class RateLimiter:
    """A token bucket for each key of this process: a minute's worth at once, refilled evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key_id: str) -> None:
        """Use one request of a key; RateLimited, with the seconds to wait, where none is left."""
        with self._lock:
            now = self._clock()
            tokens, at = self._buckets.get(key_id, (self._capacity, now))
            tokens = min(self._capacity, tokens + (now - at) * self._per_second)
            allowed = tokens >= 1
            self._buckets[key_id] = (tokens - 1 if allowed else tokens, now)
        if not allowed:
            wait = max(1, math.ceil((1 - tokens) / self._per_second))
            raise RateLimited("This key has used up its requests for now.", retry_after_s=wait)
