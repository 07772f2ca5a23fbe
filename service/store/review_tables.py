"""Tables of people's work: reviews with their history, and the browser sessions of those who sign in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base

__all__ = ["BrowserSessionRow", "ReviewEventRow", "ReviewRow"]


class ReviewRow(Base):
    """A report that a person must look at; it goes with the report."""

    __tablename__ = "reviews"

    verification_id: Mapped[str] = mapped_column(
        ForeignKey("verifications.id", ondelete="CASCADE"), primary_key=True
    )
    verdict: Mapped[str] = mapped_column(String(32))
    """What the service said when the review was opened."""
    state: Mapped[str] = mapped_column(String(16), index=True)
    """``open``, ``claimed``, ``awaiting_second`` or ``decided``."""
    opened_at: Mapped[datetime]
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(String(32))
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime | None]
    seconded_by: Mapped[str | None] = mapped_column(String(40))


class ReviewEventRow(Base):
    """One step of a review."""

    __tablename__ = "review_events"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    verification_id: Mapped[str] = mapped_column(
        ForeignKey("verifications.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(32))
    decision: Mapped[str | None] = mapped_column(String(32))
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The reason in a person's words, sealed."""


class BrowserSessionRow(Base):
    """Somebody who signed in with a key from a browser."""

    __tablename__ = "browser_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
