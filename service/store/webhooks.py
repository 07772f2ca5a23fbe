"""Addresses that are told of events, each with a secret of its own that signs what it is told."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.audit import AuditLog
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import UlidClock
from service.store.outbox import Delivery, Outbox
from service.store.webhook_tables import WebhookRow

__all__ = ["Webhook", "Webhooks"]

_IDS = UlidClock()
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address as it may be shown: everything but its secret."""

    id: str
    url: str
    events: tuple[str, ...]
    everyones: bool
    description: str | None
    created_at: datetime
    disabled_at: datetime | None


class Webhooks:
    """Registers, lists and removes addresses. ``owner`` is the id of a key; None is everyone's."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog, outbox: Outbox) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._outbox = outbox

    def add(
        self,
        session: Session,
        owner: str,
        url: str,
        events: tuple[str, ...],
        *,
        everyones: bool,
        description: str | None,
        now: datetime,
    ) -> tuple[Webhook, str]:
        """A new address, in the caller's transaction, and its secret (``whsec_…``), shown this once."""
        id = f"whk_{_IDS.next(now)}"
        secret = secrets.token_bytes(_SECRET_BYTES)
        row = WebhookRow(
            id=id,
            owner=owner,
            everyones=everyones,
            url=url,
            events=" ".join(events),
            description=description,
            secret=self._cipher.seal(secret, f"webhook secret/{id}"),
            created_at=now,
            disabled_at=None,
        )
        session.add(row)
        self._audit.append(session, at=now, action="webhook.created", actor=owner, subject=id)
        session.flush()
        return _shown(row), f"whsec_{base64.b64encode(secret).decode()}"

    def all(self, *, owner: str | None) -> tuple[Webhook, ...]:
        """The addresses of an owner, oldest first."""
        query = select(WebhookRow).order_by(WebhookRow.id)
        if owner is not None:
            query = query.where(WebhookRow.owner == owner)
        with self._database.read() as session:
            return tuple(_shown(row) for row in session.scalars(query))

    def get(self, id: str, *, owner: str | None) -> Webhook | None:
        """One address, None where there is none of this owner."""
        with self._database.read() as session:
            row = session.get(WebhookRow, id)
            return _shown(row) if row is not None and owner in (None, row.owner) else None

    def remove(self, id: str, *, owner: str | None, actor: str, now: datetime) -> bool:
        """Remove an address with its messages. Whether there was one of this owner."""
        with self._database.write() as session:
            row = session.get(WebhookRow, id)
            if row is None or owner not in (None, row.owner):
                return False
            session.delete(row)
            self._audit.append(session, at=now, action="webhook.removed", actor=actor, subject=id)
            return True

    def test(self, session: Session, id: str, *, now: datetime) -> Delivery:
        """Tell an address that it is heard, and use it again where it was put out of use.

        Inside the caller's transaction; the message.
        """
        session.get_one(WebhookRow, id).disabled_at = None
        return self._outbox.add_for(session, id, event="webhook.test", data={"id": id}, now=now)


def _shown(row: WebhookRow) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        events=tuple(row.events.split()),
        everyones=row.everyones,
        description=row.description,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
