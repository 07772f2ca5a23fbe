"""Working on the items of batches: claimed under a lease, renewed while at it, finished exactly once.

A claim is an update under the write lock (SQLite) or on a row that nobody else has locked (PostgreSQL, SKIP
LOCKED). An item whose worker died is free again when its lease has run out. Whoever finishes an item must
still hold its claim: work may be done twice, its result is kept once.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from service.store.batch_tables import BatchItemRow, BatchPayloadRow, BatchRow
from service.store.batches import Batches
from service.store.cipher import Cipher, DecryptionFailed
from service.store.database import Database
from service.store.packing import unpack
from service.submission import Submission

__all__ = ["BatchWork", "ClaimedItem"]

_BEYOND = 4
"""A lease that ends this many leases ahead was given before the clock was set back: it does not count."""


@dataclass(frozen=True, slots=True)
class ClaimedItem:
    """An item that this worker holds."""

    batch_id: str
    seq: int
    owner: str
    language: str
    claim: str
    attempt: int
    """1 at the first try."""
    submission: Submission | None
    """None where it can no longer be decrypted."""


class BatchWork:
    """The items as the workers see them."""

    def __init__(self, database: Database, cipher: Cipher, batches: Batches) -> None:
        self._database = database
        self._cipher = cipher
        self._batches = batches

    def claim(self, *, now: datetime, lease: timedelta) -> ClaimedItem | None:
        """The next item, None where nothing waits.

        Items go by their place in their batch, so that a small batch does not wait for a large one.
        """
        with self._database.write() as session:
            found = session.execute(_next(now, lease)).first()
            if found is None:
                return None
            item, batch = found
            item.state, item.claim = "running", secrets.token_hex(16)
            item.attempts += 1
            item.leased_until = now + lease
            if batch.state == "queued":
                session.execute(
                    update(BatchRow)
                    .where(BatchRow.id == batch.id, BatchRow.state == "queued")
                    .values(state="running")
                    .execution_options(synchronize_session=False)
                )
            sealed = session.get_one(BatchPayloadRow, (item.batch_id, item.seq)).content
            facts = (item.batch_id, item.seq, batch.owner, batch.language, item.claim, item.attempts)
        return ClaimedItem(*facts, self._opened(sealed, f"batch payload/{facts[0]}/{facts[1]}"))

    def _opened(self, sealed: bytes, row: str) -> Submission | None:
        try:
            return unpack(self._cipher.open_sealed(sealed, row))
        except (DecryptionFailed, ValueError):
            return None

    def renew(self, items: Iterable[ClaimedItem], *, now: datetime, lease: timedelta) -> None:
        """Say that these items are still being worked on."""
        with self._database.write() as session:
            for item in items:
                session.execute(_held(item).values(leased_until=now + lease))

    def give_back(self, item: ClaimedItem, *, now: datetime, counted: bool = True) -> None:
        """Let another worker take an item at once; a try that is not ``counted`` was none."""
        attempts = BatchItemRow.attempts - (0 if counted else 1)
        with self._database.write() as session:
            session.execute(_held(item).values(claim=None, leased_until=now, attempts=attempts))

    def finish(
        self,
        session: Session,
        item: ClaimedItem,
        *,
        now: datetime,
        verification_id: str | None = None,
        outcome: Mapping[str, Any] | None = None,
        outcome_until: datetime | None = None,
    ) -> bool:
        """Keep what came out and erase what was submitted, inside the caller's transaction.

        ``outcome`` is ``{"problem": …}``, or ``{"report": …}`` where none is stored. False, with nothing
        changed, where the claim was taken over or the batch erased: then the caller keeps nothing either.
        """
        batch = session.get(BatchRow, item.batch_id, with_for_update=True)
        row = session.get(BatchItemRow, (item.batch_id, item.seq), with_for_update=True)
        if batch is None or row is None or (row.state, row.claim) != ("running", item.claim):
            return False
        failed = outcome is not None and "problem" in outcome
        row.state, row.claim, row.leased_until = "failed" if failed else "done", None, None
        row.place = batch.done + batch.failed + batch.cancelled + 1
        row.verification_id = verification_id
        row.outcome_until = outcome_until
        if outcome is not None:
            text = json.dumps(outcome, ensure_ascii=False).encode()
            row.outcome = self._cipher.seal(text, f"batch outcome/{item.batch_id}/{item.seq}")
        batch.failed, batch.done = batch.failed + failed, batch.done + (not failed)
        session.execute(
            delete(BatchPayloadRow).where(
                BatchPayloadRow.batch_id == item.batch_id, BatchPayloadRow.seq == item.seq
            )
        )
        self._batches.settle(session, batch, now)
        return True


def _next(now: datetime, lease: timedelta) -> Any:
    free = (BatchItemRow.state == "queued") & BatchRow.state.in_(("queued", "running"))
    lapsed = (BatchItemRow.state == "running") & or_(
        BatchItemRow.leased_until <= now, BatchItemRow.leased_until > now + _BEYOND * lease
    )
    return (
        select(BatchItemRow, BatchRow)
        .join(BatchRow, BatchRow.id == BatchItemRow.batch_id)
        .where(or_(free, lapsed))
        .order_by(BatchItemRow.seq, BatchItemRow.batch_id)
        .limit(1)
        .with_for_update(skip_locked=True, of=BatchItemRow)
    )


def _held(item: ClaimedItem) -> Any:
    return update(BatchItemRow).where(
        BatchItemRow.batch_id == item.batch_id,
        BatchItemRow.seq == item.seq,
        BatchItemRow.state == "running",
        BatchItemRow.claim == item.claim,
    )
