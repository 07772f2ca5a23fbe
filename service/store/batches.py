"""Batches: many submissions that came in one request, worked off one by one.

A batch is first ``receiving``: nobody sees it and nobody works on it until it is whole. Finished items are
numbered in the order in which they finished, without gaps, so that a cursor loses and doubles nothing while
the batch still runs. Working on items is in ``service.store.batch_work``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.errors import Problem
from service.store.audit import AuditLog
from service.store.batch_tables import BatchItemRow, BatchPayloadRow, BatchRow
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import UlidClock
from service.store.outbox import Outbox
from service.store.packing import pack
from service.store.tables import IdempotencyRow
from service.submission import Submission

__all__ = ["Batch", "BatchItem", "Batches", "ItemResult", "problem_facts"]

_IDS = UlidClock()
_RECEIVING = timedelta(hours=1)
"""After which a batch that never became whole is swept away."""


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One item as it came in: something to verify, or the problem that it has already."""

    item_id: str
    detail: str
    content: Submission | Problem


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch and how far it is."""

    id: str
    owner: str
    created_at: datetime
    language: str
    state: str
    total: int
    running: int
    done: int
    failed: int
    cancelled: int
    finished_at: datetime | None
    expires_at: datetime

    @property
    def queued(self) -> int:
        """Items that nobody has begun."""
        return self.total - self.running - self.done - self.failed - self.cancelled

    @property
    def counts(self) -> dict[str, int]:
        """Items by state."""
        names = ("total", "queued", "running", "done", "failed", "cancelled")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What came out of one finished item."""

    place: int
    item_id: str
    detail: str
    state: str
    verification_id: str | None
    """Of the stored report; it may have been erased since."""
    outcome: Mapping[str, Any] | None
    """``{"problem": …}``, or ``{"report": …}`` where none was stored; None where its time has ended."""


def problem_facts(problem: Problem) -> dict[str, Any]:
    """A problem as it stands in a result (RFC 9457, without the request that it did not come with)."""
    facts: dict[str, Any] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.faults:
        facts["errors"] = [{"pointer": f.pointer, "detail": f.detail} for f in problem.faults]
    return facts


class Batches:
    """Takes in, shows, cancels and erases batches. ``owner`` is the id of a key; None is everyone's."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog, outbox: Outbox) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._outbox = outbox

    # Coming in

    def begin(self, owner: str, *, language: str, now: datetime, days: int) -> str:
        """Id of a new batch that is being received."""
        id = f"bat_{_IDS.next(now)}"
        with self._database.write() as session:
            session.add(
                BatchRow(
                    id=id,
                    owner=owner,
                    created_at=now,
                    language=language,
                    state="receiving",
                    total=0,
                    done=0,
                    failed=0,
                    cancelled=0,
                    finished_at=None,
                    expires_at=now + timedelta(days=days),
                )
            )
        return id

    def add(self, batch_id: str, first: int, items: Sequence[BatchItem]) -> None:
        """Keep some items of a batch that is being received, ``first`` being the place of the first."""
        with self._database.write() as session:
            for seq, item in enumerate(items, first):
                broken = isinstance(item.content, Problem)
                session.add(self._row(batch_id, seq, item))
                session.flush()
                if not broken:
                    session.add(self._payload(batch_id, seq, item))

    def _row(self, batch_id: str, seq: int, item: BatchItem) -> BatchItemRow:
        label = json.dumps({"item_id": item.item_id, "detail": item.detail}).encode()
        outcome = None
        if isinstance(item.content, Problem):
            outcome = json.dumps({"problem": problem_facts(item.content)}).encode()
        return BatchItemRow(
            batch_id=batch_id,
            seq=seq,
            state="queued" if outcome is None else "failed",
            attempts=0,
            claim=None,
            leased_until=None,
            place=None,
            verification_id=None,
            label=self._cipher.seal(label, f"batch label/{batch_id}/{seq}"),
            outcome=self._cipher.seal(outcome, f"batch outcome/{batch_id}/{seq}") if outcome else None,
            outcome_until=None,
        )

    def _payload(self, batch_id: str, seq: int, item: BatchItem) -> BatchPayloadRow:
        content = pack(item.content) if isinstance(item.content, Submission) else b""
        sealed = self._cipher.seal(content, f"batch payload/{batch_id}/{seq}")
        return BatchPayloadRow(batch_id=batch_id, seq=seq, content=sealed)

    def open(self, session: Session, id: str, *, now: datetime) -> Batch:
        """Let the work on a whole batch begin, inside the caller's transaction."""
        row = session.get_one(BatchRow, id, with_for_update=True)
        broken = list(
            session.scalars(
                select(BatchItemRow)
                .where(BatchItemRow.batch_id == id, BatchItemRow.state == "failed")
                .order_by(BatchItemRow.seq)
            )
        )
        for place, item in enumerate(broken, 1):
            item.place = place
        row.total = session.scalar(_count(id)) or 0
        row.failed = len(broken)
        row.state = "queued"
        facts = {"items": str(row.total)}
        self._audit.append(session, at=now, action="batch.created", actor=row.owner, subject=id, facts=facts)
        self.settle(session, row, now)
        return _shown(row, 0)

    def drop(self, id: str) -> None:
        """Forget a batch that is being received."""
        with self._database.write() as session:
            session.execute(delete(BatchRow).where(BatchRow.id == id, BatchRow.state == "receiving"))

    def settle(self, session: Session, row: BatchRow, now: datetime) -> None:
        """Close a batch of which every item has come to its end, and tell of it in the same transaction."""
        if row.finished_at is not None or row.done + row.failed + row.cancelled < row.total:
            return
        row.finished_at = now
        if row.state != "cancelled":
            row.state = "done"
        data = {"id": row.id, "state": row.state, "counts": _shown(row, 0).counts}
        self._outbox.add(session, owner=row.owner, event=f"batch.{row.state}", data=data, now=now)

    # Looking

    def get(self, id: str, *, owner: str | None, now: datetime) -> Batch | None:
        """A batch of this owner, None where there is none."""
        with self._database.read() as session:
            row = session.get(BatchRow, id)
            if row is None or not _visible(row, owner, now):
                return None
            return _shown(row, self._running(session, [id]).get(id, 0))

    def page(
        self, *, owner: str | None, now: datetime, limit: int, cursor: str | None = None
    ) -> tuple[tuple[Batch, ...], str | None]:
        """Batches before ``cursor`` (an id), newest first, and the cursor of the next page."""
        query = select(BatchRow).where(BatchRow.expires_at > now, BatchRow.state != "receiving")
        if owner is not None:
            query = query.where(BatchRow.owner == owner)
        if cursor is not None:
            query = query.where(BatchRow.id < cursor)
        with self._database.read() as session:
            rows = list(session.scalars(query.order_by(BatchRow.id.desc()).limit(limit + 1)))
            running = self._running(session, [row.id for row in rows])
        following = rows[limit - 1].id if len(rows) > limit else None
        return tuple(_shown(row, running.get(row.id, 0)) for row in rows[:limit]), following

    @staticmethod
    def _running(session: Session, ids: Sequence[str]) -> dict[str, int]:
        query = (
            select(BatchItemRow.batch_id, func.count())
            .where(BatchItemRow.state == "running", BatchItemRow.batch_id.in_(ids))
            .group_by(BatchItemRow.batch_id)
        )
        return {row[0]: row[1] for row in session.execute(query)}

    def results(self, id: str, *, after: int, limit: int) -> tuple[ItemResult, ...]:
        """Finished items behind a place, in the order in which they finished."""
        query = (
            select(BatchItemRow)
            .where(BatchItemRow.batch_id == id, BatchItemRow.place > after)
            .order_by(BatchItemRow.place)
            .limit(limit)
        )
        with self._database.read() as session:
            return tuple(self._result(row) for row in session.scalars(query))

    def _result(self, row: BatchItemRow) -> ItemResult:
        where = f"{row.batch_id}/{row.seq}"
        label = json.loads(self._cipher.open_sealed(row.label, f"batch label/{where}"))
        outcome = (
            json.loads(self._cipher.open_sealed(row.outcome, f"batch outcome/{where}"))
            if row.outcome is not None
            else None
        )
        return ItemResult(
            place=row.place or 0,
            item_id=label["item_id"],
            detail=label["detail"],
            state=row.state,
            verification_id=row.verification_id,
            outcome=outcome,
        )

    def depths(self) -> dict[str, int]:
        """How many items wait or are worked on, over all batches."""
        query = (
            select(BatchItemRow.state, func.count())
            .where(BatchItemRow.state.in_(("queued", "running")))
            .group_by(BatchItemRow.state)
        )
        with self._database.read() as session:
            return {row[0]: row[1] for row in session.execute(query)}

    # Ending

    def cancel(
        self, session: Session, id: str, *, owner: str | None, actor: str, now: datetime
    ) -> Batch | None:
        """Begin no further item; those in work are finished. The batch, None where there is none.

        Inside the caller's transaction. A batch that has ended stays as it is.
        """
        row = session.get(BatchRow, id, with_for_update=True)
        if row is None or not _visible(row, owner, now):
            return None
        if row.finished_at is None and row.state != "cancelled":
            row.state = "cancelled"
            for item in self._waiting(session, id):
                item.state, item.place = "cancelled", row.done + row.failed + row.cancelled + 1
                row.cancelled += 1
            self._erase_payloads(session, id)
            self._audit.append(session, at=now, action="batch.cancelled", actor=actor, subject=id)
            self.settle(session, row, now)
        return _shown(row, self._running(session, [id]).get(id, 0))

    @staticmethod
    def _waiting(session: Session, id: str) -> Iterator[BatchItemRow]:
        """Items that nobody has begun; one that a worker is just taking is his."""
        query = (
            select(BatchItemRow)
            .where(BatchItemRow.batch_id == id, BatchItemRow.state == "queued")
            .order_by(BatchItemRow.seq)
            .with_for_update(skip_locked=True)
        )
        yield from session.scalars(query)

    @staticmethod
    def _erase_payloads(session: Session, id: str) -> None:
        """Erase what was submitted for the items that nobody works on any more.

        One that still looks queued is just being taken by a worker, who needs what was submitted for it.
        """
        session.flush()
        alive = BatchItemRow.state.in_(("queued", "running"))
        ended = select(BatchItemRow.seq).where(BatchItemRow.batch_id == id, ~alive)
        session.execute(
            delete(BatchPayloadRow).where(BatchPayloadRow.batch_id == id, BatchPayloadRow.seq.in_(ended))
        )

    def erase(self, id: str, *, owner: str | None, actor: str, now: datetime) -> bool:
        """Erase a batch with its pictures and results; stored reports stay until they are erased.

        Work that is being done on it comes to nothing. Whether there was such a batch.
        """
        with self._database.write() as session:
            row = session.get(BatchRow, id, with_for_update=True)
            if row is None or not _visible(row, owner, now):
                return False
            session.execute(
                update(IdempotencyRow)
                .where(IdempotencyRow.verification_id == id)
                .values(answer=None, erased=True)
            )
            session.execute(delete(BatchRow).where(BatchRow.id == id))
            self._audit.append(session, at=now, action="batch.erased", actor=actor, subject=id)
            return True

    def purge(self, session: Session, now: datetime) -> int:
        """Remove batches whose time has ended or that never became whole, and results kept for hours."""
        over = BatchRow.expires_at <= now
        torn = (BatchRow.state == "receiving") & (BatchRow.created_at <= now - _RECEIVING)
        ended = list(session.scalars(select(BatchRow.id).where(over | torn)))
        for id in ended:
            self._audit.append(session, at=now, action="batch.purged", actor="service", subject=id)
        session.execute(delete(BatchRow).where(BatchRow.id.in_(ended)))
        session.execute(update(BatchItemRow).where(BatchItemRow.outcome_until <= now).values(outcome=None))
        return len(ended)


def _visible(row: BatchRow, owner: str | None, now: datetime) -> bool:
    return row.state != "receiving" and owner in (None, row.owner) and row.expires_at > now


def _count(id: str) -> Any:
    return select(func.count()).select_from(BatchItemRow).where(BatchItemRow.batch_id == id)


def _shown(row: BatchRow, running: int) -> Batch:
    return Batch(
        id=row.id,
        owner=row.owner,
        created_at=row.created_at,
        language=row.language,
        state=row.state,
        total=row.total,
        running=running,
        done=row.done,
        failed=row.failed,
        cancelled=row.cancelled,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )
