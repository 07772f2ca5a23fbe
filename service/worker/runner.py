"""What works beside the answering of requests: threads that claim items, renew leases and send webhooks.

The heavy work is done by child processes; the threads only wait for them. Any number of runners may work on
one database: ``honmono serve`` has one, each ``honmono worker`` another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.report import Report
from service.settings import Settings
from service.store import Store
from service.store.batch_work import ClaimedItem
from service.worker.delivery import deliver
from service.worker.items import Ended, Judge, work_on

__all__ = ["Runner"]

log = structlog.get_logger(__name__)

_POLL_S = 1.0
"""Seconds between looks at the database where nothing waits."""
_BACKOFF_S = 5.0
"""Seconds to wait after the database or the engine could not serve."""
_SENDERS = 2


class Runner:
    """Works off one store until it is stopped."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        engine: Judge,
        workers: int,
        on_report: Callable[[Report], None] | None = None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._on_report = on_report
        self._lease = timedelta(seconds=settings.batch_lease_s)
        self._engine = engine
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._more = threading.Event()
        self._held: dict[str, ClaimedItem] = {}
        self._lock = threading.Lock()
        senders = _SENDERS if settings.webhooks_enabled else 0
        loops = [("batch", self._next_item)] * workers + [("webhook", self._next_message)] * senders
        self._threads = [
            threading.Thread(target=self._loop, args=(step,), name=f"{name}-{number}", daemon=True)
            for number, (name, step) in enumerate(loops)
        ]
        self._renewer = threading.Thread(target=self._renew, name="batch-lease", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        for thread in (*self._threads, self._renewer):
            thread.start()

    def notify(self) -> None:
        """Say that something came in; otherwise it is found at the next look."""
        self._more.set()

    def stop(self, grace_s: float) -> None:
        """Begin nothing more and wait for what runs; what is not done in time is taken up again by others."""
        self._stopping.set()
        self._more.set()
        deadline = time.monotonic() + grace_s
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        self._ended.set()

    def _loop(self, step: Callable[[], bool]) -> None:
        """Take step after step; wait where one finds nothing to do, and longer where one fails."""
        while not self._stopping.is_set():
            try:
                if not step():
                    self._wait(_POLL_S)
            except SQLAlchemyError as error:
                log.error("database.unavailable", error=type(error).__name__)
                self._stopping.wait(_BACKOFF_S)
            except Exception:  # one bad item or message must not end the thread that serves all others
                log.exception("runner.failed")
                self._stopping.wait(_BACKOFF_S)

    def _wait(self, seconds: float) -> None:
        self._more.wait(seconds)
        if not self._stopping.is_set():
            self._more.clear()

    def _next_item(self) -> bool:
        item = self._store.batch_work.claim(now=_now(), lease=self._lease)
        if item is None:
            return False
        with self._lock:
            self._held[item.claim] = item
        try:
            ended, report = work_on(item, self._store, self._engine, self._settings)
        finally:
            with self._lock:
                del self._held[item.claim]
        log.info("batch.item", ended=ended.value, attempt=item.attempt)
        if ended is Ended.KEPT and report is not None and self._on_report is not None:
            self._on_report(report)
        if ended is Ended.NOT_READY:
            self._stopping.wait(_BACKOFF_S)
        return True

    def _renew(self) -> None:
        """Keep the leases of what is being worked on."""
        while not self._ended.wait(self._settings.batch_lease_s / 4):
            with self._lock:
                held = list(self._held.values())
            try:
                if held:
                    self._store.batch_work.renew(held, now=_now(), lease=self._lease)
            except SQLAlchemyError as error:
                log.error("database.unavailable", error=type(error).__name__)

    def _next_message(self) -> bool:
        hold = timedelta(seconds=4 * self._settings.webhook_timeout_s)
        message = self._store.outbox.claim(now=_now(), hold=hold)
        if message is None:
            return False
        outcome = deliver(message, self._settings, now=_now())
        state = self._store.outbox.settle(message, now=_now(), status=outcome.status, fault=outcome.fault)
        log.info("webhook.sent", message=message.id, state=state, status=outcome.status, fault=outcome.fault)
        return True


def _now() -> datetime:
    return datetime.now(UTC)
