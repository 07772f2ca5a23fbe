"""Tables of the webhooks: who is told, and what is still to be told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base

__all__ = ["OutboxRow", "WebhookRow"]


class WebhookRow(Base):
    """An address that is told of events."""

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), index=True)
    everyones: Mapped[bool]
    """Registered by an administrator: told of the events of every key."""
    url: Mapped[str] = mapped_column(String(2048))
    events: Mapped[str] = mapped_column(String(512))
    """Names with blanks between."""
    description: Mapped[str | None] = mapped_column(String(200))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Sealed."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class OutboxRow(Base):
    """One message for one address, written in the transaction of what it tells of."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    """The JSON text as it is signed and sent. Holds ids, states and counts."""
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    """``waiting``, ``delivered`` or ``failed``."""
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    """When it is tried next; pushed ahead while a sender holds it."""
    delivered_at: Mapped[datetime | None]
    last_status: Mapped[int | None]
    """HTTP status of the last answer; None where there was none."""
    last_fault: Mapped[str | None] = mapped_column(String(32))
    """A word of a closed set: why there was no good answer."""

    __table_args__ = (
        Index("ix_outbox_state_next_at", "state", "next_at"),
        Index("ix_outbox_webhook_id_id", "webhook_id", "id"),
    )
