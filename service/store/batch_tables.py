"""Tables of the batches. What was submitted stands here sealed, and only until it was looked at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base

__all__ = ["BatchItemRow", "BatchPayloadRow", "BatchRow"]


class BatchRow(Base):
    """A batch and how far it is."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("api_keys.id"))
    created_at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16))
    """``receiving`` until it is whole, then ``queued``, ``running``, ``done`` or ``cancelled``."""
    total: Mapped[int]
    done: Mapped[int]
    """Items that have a report."""
    failed: Mapped[int]
    """Items that have a problem of their own."""
    cancelled: Mapped[int]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_batches_owner_id", "owner", "id"),)


class BatchItemRow(Base):
    """One item of a batch: who works on it, and what came out."""

    __tablename__ = "batch_items"

    batch_id: Mapped[str] = mapped_column(ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Its place in the batch as sent, from 0."""
    state: Mapped[str] = mapped_column(String(16))
    """``queued``, ``running``, ``done``, ``failed`` or ``cancelled``."""
    attempts: Mapped[int]
    claim: Mapped[str | None] = mapped_column(String(32))
    """Random; only the worker that holds it may finish the item."""
    leased_until: Mapped[datetime | None]
    place: Mapped[int | None]
    """Its place among the finished ones, from 1 and without gaps: what cursors count."""
    verification_id: Mapped[str | None] = mapped_column(String(40))
    """The stored report, where one was stored."""
    label: Mapped[bytes] = mapped_column(LargeBinary)
    """The caller's ``item_id`` and the detail that was asked for, sealed."""
    outcome: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A problem, or the report where none was to be stored, sealed."""
    outcome_until: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        UniqueConstraint("batch_id", "place", name="uq_batch_items_place"),
        Index("ix_batch_items_state_seq", "state", "seq", "batch_id"),
    )


class BatchPayloadRow(Base):
    """What was submitted for one item, sealed; erased in the transaction that finishes the item."""

    __tablename__ = "batch_payloads"

    batch_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        ForeignKeyConstraint(
            ["batch_id", "seq"],
            ["batch_items.batch_id", "batch_items.seq"],
            name="fk_batch_payloads_item",
            ondelete="CASCADE",
        ),
    )
