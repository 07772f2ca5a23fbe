"""One item of a batch: verified, and its result kept together with everything that a single check keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import structlog

from service.errors import Overloaded, Problem
from service.registry import Registry
from service.report import Report, standard_detail
from service.settings import Settings
from service.store import Store
from service.store.batch_work import ClaimedItem
from service.store.batches import problem_facts
from service.store.ids import verification_id
from service.store.keeping import keep_report
from service.store.registry import Visit
from service.submission import Submission
from service.worker.pool import EngineFailed, Interrupted, OverTime

__all__ = ["MOST_ATTEMPTS", "Ended", "ItemFailed", "Judge", "work_on"]

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3
"""Tries of one item whose process dies or overruns: a hostile picture must not occupy a worker for ever."""


class Judge(Protocol):
    """What verifies: an ``EnginePool``, or what stands in for one."""

    def verify(
        self,
        submission: Submission,
        *,
        now: datetime,
        verification_id: str,
        language: str = "en",
        registry: Registry | None = None,
    ) -> Report:
        """See ``EnginePool.verify``."""


class Ended(StrEnum):
    """How work on an item ended."""

    KEPT = "kept"
    LOST = "lost"
    """Somebody else holds the item, or its batch is gone: nothing was kept."""
    GIVEN_BACK = "given_back"
    NOT_READY = "not_ready"
    """Given back since no model can be loaded: working on would only burn tries."""


class ItemFailed(Problem):
    """A fault of ours, not of the item; its cause is in the log."""

    name = "internal"
    status = 500
    title = "A fault of the service"


def work_on(
    item: ClaimedItem, store: Store, engine: Judge, settings: Settings
) -> tuple[Ended, Report | None]:
    """Verify one claimed item and keep what comes out; the report where there is one.

    Raises SQLAlchemyError where the database does not answer: the lease then runs out by itself.
    """
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(batch=item.batch_id, item=item.seq)
    key = store.keys.find(item.owner)
    if item.submission is None or key is None:
        return _fail(item, store, ItemFailed("What was submitted can no longer be opened.")), None
    visit = store.registry.visit(key, _now())
    try:
        report = engine.verify(
            item.submission,
            now=_now().replace(microsecond=0),
            verification_id=verification_id(_now()),
            language=item.language,
            registry=visit,
        )
    except (Interrupted, OverTime) as problem:
        return _again(item, store, problem), None
    except Overloaded:
        store.batch_work.give_back(item, now=_now(), counted=False)
        return Ended.NOT_READY, None
    except Problem as problem:
        return _fail(item, store, problem), None
    except EngineFailed as error:
        log.error("batch.item_failed", error=str(error))
        return _fail(item, store, ItemFailed("The service has failed on this item; it is logged.")), None
    return _keep(item, item.submission, store, report, visit, settings), report


def _now() -> datetime:
    return datetime.now(UTC)


def _again(item: ClaimedItem, store: Store, problem: Problem) -> Ended:
    if item.attempt >= MOST_ATTEMPTS:
        return _fail(item, store, problem)
    store.batch_work.give_back(item, now=_now())
    return Ended.GIVEN_BACK


def _fail(item: ClaimedItem, store: Store, problem: Problem) -> Ended:
    with store.database.write() as session:
        outcome = {"problem": problem_facts(problem)}
        kept = store.batch_work.finish(session, item, now=_now(), outcome=outcome)
    return Ended.KEPT if kept else Ended.LOST


def _keep(
    item: ClaimedItem, submission: Submission, store: Store, report: Report, visit: Visit, settings: Settings
) -> Ended:
    """Result, report, files, sighting and message in one transaction: all of it or nothing."""
    asked, now = submission.request, _now()
    result: dict[str, Any] = {"verification_id": report.id}
    if asked.store == "none":
        shown = report.full_detail() if asked.detail == "full" else standard_detail(report)
        until = now + timedelta(hours=settings.idempotency_hours)
        result = {"outcome": {"report": shown}, "outcome_until": until}
    with store.database.write() as session:
        if not store.batch_work.finish(session, item, now=now, **result):
            return Ended.LOST
        keep_report(store, session, submission, report, visit, settings)
    return Ended.KEPT
