"""Messages that are still to be told: written in the transaction of what they tell of, sent later.

A message holds ids, states and counts, nothing that was read from a card. It is sent at least once; the
receiver knows it again by its id.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import UlidClock
from service.store.webhook_tables import OutboxRow, WebhookRow

__all__ = ["EVENTS", "Delivery", "DueMessage", "Outbox"]

EVENTS = ("batch.done", "batch.cancelled", "webhook.test")
"""What may be told."""
_IDS = UlidClock()
_DELAYS_S = (5, 300, 1800, 7200, 18_000, 36_000, 36_000)
"""Waits between the eight tries: about 28 hours in all."""
_JITTER = 0.2
_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message whose time has come, with what sending it takes."""

    id: str
    webhook_id: str
    url: str
    secret: bytes
    body: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and how its sending went."""

    id: str
    event: str
    created_at: datetime
    state: str
    attempts: int
    next_at: datetime | None
    delivered_at: datetime | None
    last_status: int | None
    last_fault: str | None


class Outbox:
    """Adds, hands out and settles messages."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher
        self._random = random.SystemRandom()

    def add(
        self, session: Session, *, owner: str, event: str, data: Mapping[str, Any], now: datetime
    ) -> None:
        """Tell every address that listens to this event of this owner, inside the caller's transaction.

        ``data`` holds ids, states and counts only.
        """
        query = select(WebhookRow).where(
            WebhookRow.disabled_at.is_(None), or_(WebhookRow.owner == owner, WebhookRow.everyones)
        )
        for webhook in session.scalars(query):
            if event in webhook.events.split():
                self.add_for(session, webhook.id, event=event, data=data, now=now)

    def add_for(
        self, session: Session, webhook_id: str, *, event: str, data: Mapping[str, Any], now: datetime
    ) -> Delivery:
        """Tell one address, inside the caller's transaction; the message."""
        id = f"msg_{_IDS.next(now)}"
        stamp = now.isoformat(timespec="seconds").replace("+00:00", "Z")
        body = json.dumps({"type": event, "timestamp": stamp, "data": data}, separators=(",", ":"))
        row = OutboxRow(
            id=id,
            webhook_id=webhook_id,
            event=event,
            body=body,
            created_at=now,
            state="waiting",
            attempts=0,
            next_at=now,
            delivered_at=None,
            last_status=None,
            last_fault=None,
        )
        session.add(row)
        return _shown(row)

    def claim(self, *, now: datetime, hold: timedelta) -> DueMessage | None:
        """The message that waits longest; nobody else gets it for ``hold``. None where none is due."""
        query = (
            select(OutboxRow, WebhookRow)
            .join(WebhookRow, WebhookRow.id == OutboxRow.webhook_id)
            .where(
                OutboxRow.state == "waiting",
                OutboxRow.next_at <= now,
                WebhookRow.disabled_at.is_(None),
            )
            .order_by(OutboxRow.next_at, OutboxRow.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=OutboxRow)
        )
        with self._database.write() as session:
            found = session.execute(query).first()
            if found is None:
                return None
            message, webhook = found
            message.attempts += 1
            message.next_at = now + hold
            sealed = webhook.secret
            facts = (message.id, webhook.id, webhook.url)
            body, attempt = message.body, message.attempts
        secret = self._cipher.open_sealed(sealed, f"webhook secret/{facts[1]}")
        return DueMessage(*facts, secret, body, attempt)

    def settle(self, message: DueMessage, *, now: datetime, status: int | None, fault: str | None) -> str:
        """Note how a try went, and when the next one is; the state of the message.

        ``fault`` None is a delivery; ``gone`` puts the address out of use (410, by the receiver's wish).
        """
        with self._database.write() as session:
            row = session.get(OutboxRow, message.id, with_for_update=True)
            if row is None:
                return "failed"
            row.last_status, row.last_fault = status, fault
            if fault is None:
                row.state, row.delivered_at = "delivered", now
            elif fault == "gone":
                row.state = "failed"
                webhook = session.get(WebhookRow, row.webhook_id)
                if webhook is not None:
                    webhook.disabled_at = now
            elif row.attempts > len(_DELAYS_S):
                row.state = "failed"
            else:
                row.next_at = now + self._delay(row.attempts)
            return row.state

    def _delay(self, attempts: int) -> timedelta:
        spread = self._random.uniform(1 - _JITTER, 1 + _JITTER)
        return timedelta(seconds=_DELAYS_S[attempts - 1] * spread)

    def page(
        self, webhook_id: str, *, limit: int, cursor: str | None = None
    ) -> tuple[tuple[Delivery, ...], str | None]:
        """Messages of one address, newest first, and the cursor of the next page."""
        query = select(OutboxRow).where(OutboxRow.webhook_id == webhook_id)
        if cursor is not None:
            query = query.where(OutboxRow.id < cursor)
        with self._database.read() as session:
            rows = list(session.scalars(query.order_by(OutboxRow.id.desc()).limit(limit + 1)))
        following = rows[limit - 1].id if len(rows) > limit else None
        return tuple(_shown(row) for row in rows[:limit]), following

    def replay(self, session: Session, webhook_id: str, id: str, *, now: datetime) -> Delivery | None:
        """Send a message again, with the same id, also to an address that was put out of use.

        Inside the caller's transaction; None where there is no such message.
        """
        row = session.get(OutboxRow, id, with_for_update=True)
        webhook = session.get(WebhookRow, webhook_id)
        if row is None or webhook is None or row.webhook_id != webhook_id:
            return None
        webhook.disabled_at = None
        row.state, row.attempts, row.next_at = "waiting", 0, now
        return _shown(row)

    def waiting(self) -> int:
        """How many messages wait."""
        with self._database.read() as session:
            query = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "waiting")
            return session.scalar(query) or 0

    def purge(self, session: Session, now: datetime) -> None:
        """Remove messages of long ago."""
        session.execute(delete(OutboxRow).where(OutboxRow.created_at <= now - _KEPT))


def _shown(row: OutboxRow) -> Delivery:
    return Delivery(
        id=row.id,
        event=row.event,
        created_at=row.created_at,
        state=row.state,
        attempts=row.attempts,
        next_at=row.next_at if row.state == "waiting" else None,
        delivered_at=row.delivered_at,
        last_status=row.last_status,
        last_fault=row.last_fault,
    )
