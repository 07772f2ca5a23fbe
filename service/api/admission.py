"""How much is let in at once: bounded workers, bounded queues, and a rate for each key.

There are two lanes. Pictures take seconds and megabytes, a chip dump alone takes neither: each lane has its
own places and its own workers, so that a crowd of pictures cannot hold up a chip check.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import TypeVar

from service.api.metrics import Metrics
from service.errors import Overloaded, RateLimited
from service.settings import Settings
from service.submission import Submission

__all__ = ["Admission", "Lane", "Place", "RateLimiter", "lane_of"]

T = TypeVar("T")

_RETRY_AFTER_S = 2
_DOOR_THREADS = 4
_REQUEST_BYTES = 128 * 1024
"""Room for what comes with a dump: the request member, boundaries, names."""


class Lane(StrEnum):
    """Which workers a submission needs."""

    PICTURE = "picture"
    CHIP = "chip"


def lane_of(submission: Submission) -> Lane:
    """Chip alone, or anything with a picture."""
    return Lane.PICTURE if submission.pictures or submission.tilt else Lane.CHIP


class _Places:
    """The places of one lane, counted in one event loop, and its workers."""

    def __init__(self, lane: Lane, workers: int, waiting: int) -> None:
        self.lane = lane
        self.size = workers + waiting
        self.inside = 0
        self.workers = ThreadPoolExecutor(workers, thread_name_prefix=f"verify-{lane}")


class Place:
    """What one request holds from before its body is read until it is answered."""

    def __init__(self, admission: Admission, lane: Lane) -> None:
        self._admission = admission
        self.lane = lane

    def move(self, lane: Lane) -> None:
        """Change to the lane that the submission turned out to need; Overloaded where it is full."""
        if lane is not self.lane:
            self._admission.enter(lane)
            self._admission.leave(self.lane)
            self.lane = lane

    async def verify(self, work: Callable[[], T]) -> T:
        """Do the heavy work in its turn, see ``Admission.verify``."""
        return await self._admission.verify(work, self.lane)


class Admission:
    """Places for verifications. All of it lives in one event loop; only the work runs in threads.

    A request holds its place from before its body is read until it is answered, so that memory is bounded
    too: at most the places of both lanes are held at once, and those of the chip lane are small.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._metrics = metrics
        self._lanes = {
            Lane.PICTURE: _Places(Lane.PICTURE, settings.concurrency, settings.queue_length),
            Lane.CHIP: _Places(Lane.CHIP, settings.chip_concurrency, settings.chip_queue_length),
        }
        self._wait_limit_s = 2 * settings.time_limit_s
        self._small_bytes = settings.max_dump_bytes * 4 // 3 + _REQUEST_BYTES
        self._uploads = settings.batch_uploads
        self._uploading = 0
        self._uploaders = ThreadPoolExecutor(settings.batch_uploads, thread_name_prefix="upload")
        self._door = ThreadPoolExecutor(_DOOR_THREADS, thread_name_prefix="door")

    def expected_lane(self, content_length: str | None) -> Lane:
        """The lane of a body by its length alone: what is no longer than a dump may be may hold one."""
        known = content_length is not None and content_length.isdecimal() and len(content_length) < 20
        small = known and int(content_length or "0") <= self._small_bytes
        return Lane.CHIP if small else Lane.PICTURE

    @asynccontextmanager
    async def place(self, lane: Lane = Lane.PICTURE) -> AsyncIterator[Place]:
        """Hold a place; Overloaded where there is none."""
        self.enter(lane)
        place = Place(self, lane)
        try:
            yield place
        finally:
            self.leave(place.lane)

    @asynccontextmanager
    async def upload(self) -> AsyncIterator[None]:
        """Hold a place for a batch while it comes in; Overloaded where there is none."""
        if self._uploading >= self._uploads:
            raise self._refusal("uploads_full", "Too many batches are coming in; try again shortly.")
        self._uploading += 1
        try:
            yield
        finally:
            self._uploading -= 1

    def enter(self, lane: Lane) -> None:
        """Take a place in a lane; Overloaded where there is none."""
        if self._lanes[lane].inside >= self._lanes[lane].size:
            raise self._refusal("queue_full", "Every place is taken; try again shortly.")
        self._change(lane, 1)

    def leave(self, lane: Lane) -> None:
        """Give a place back."""
        self._change(lane, -1)

    def _change(self, lane: Lane, by: int) -> None:
        self._lanes[lane].inside += by
        self._metrics.inside.labels(lane.value).set(self._lanes[lane].inside)

    def _refusal(self, reason: str, detail: str) -> Overloaded:
        self._metrics.refused.labels(reason).inc()
        return Overloaded(detail, retry_after_s=_RETRY_AFTER_S)

    async def at_door(self, work: Callable[[], T]) -> T:
        """Short work that must not hold up the event loop: parsing, hashing, the database."""
        return await asyncio.get_running_loop().run_in_executor(self._door, work)

    async def at_upload(self, work: Callable[[], T]) -> T:
        """Work on a batch that is coming in, for as long as it takes; uploads have threads of their own."""
        return await asyncio.get_running_loop().run_in_executor(self._uploaders, work)

    async def verify(self, work: Callable[[], T], lane: Lane = Lane.PICTURE) -> T:
        """Heavy work, in its turn. Overloaded where turn and work together take twice the time limit.

        A thread cannot be stopped: work that overruns keeps its place until it has ended.
        """
        future = self._lanes[lane].workers.submit(work)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._wait_limit_s)
        except TimeoutError as error:
            if not future.cancel() and not future.done():
                self._change(lane, 1)
                loop = asyncio.get_running_loop()
                future.add_done_callback(lambda _: loop.call_soon_threadsafe(self.leave, lane))
            detail = "The verification was not done within the time limit; try again later."
            raise self._refusal("time_limit", detail) from error

    def close(self) -> None:
        """Take no more work; what is waiting is dropped, what runs is waited for."""
        for places in self._lanes.values():
            places.workers.shutdown(cancel_futures=True)
        self._uploaders.shutdown(cancel_futures=True)
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
