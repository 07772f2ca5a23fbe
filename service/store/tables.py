"""The tables. What could name a person is sealed (``service.store.cipher``) or a keyed hash."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

__all__ = [
    "ApiKeyRow",
    "AuditHeadRow",
    "AuditRow",
    "Base",
    "EvidenceRow",
    "IdempotencyRow",
    "UtcDateTime",
    "VerificationRow",
]


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times in, UTC out; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they mean a different instant on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of the tables."""

    type_annotation_map = {datetime: UtcDateTime}  # noqa: RUF012 (read by SQLAlchemy as a class attribute)


class ApiKeyRow(Base):
    """A key of the API, known by its keyed hash."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    """First signs of the key, to tell keys apart in a list."""
    role: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(16))
    """``created``, or ``bootstrap`` for one given from outside."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    requests_per_minute: Mapped[int | None]
    """Its own rate; None for the service's."""
    scopes: Mapped[str | None] = mapped_column(String(64))
    """Words of ``KeyScope`` with blanks between; None for all that the role may do."""
    previous_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """Hash of the text before the last rotation, valid until ``previous_until``."""
    previous_until: Mapped[datetime | None]


class VerificationRow(Base):
    """A stored report."""

    __tablename__ = "verifications"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("api_keys.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    verdict: Mapped[str] = mapped_column(String(32))
    client_reference_hash: Mapped[str | None] = mapped_column(String(64))
    report: Mapped[bytes] = mapped_column(LargeBinary)
    """The full report as JSON, sealed."""
    stay_until: Mapped[date | None] = mapped_column(index=True)
    """Ends of stay and card as read, for the list of what expires; a date names nobody."""
    card_until: Mapped[date | None]

    __table_args__ = (Index("ix_verifications_owner_id", "owner", "id"),)


class EvidenceRow(Base):
    """One submitted file, sealed, where operator and caller asked to keep it."""

    __tablename__ = "evidence"

    verification_id: Mapped[str] = mapped_column(
        ForeignKey("verifications.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Role, and the place in the sequence for tilt frames: ``front``, ``tilt_vertical/3``."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class IdempotencyRow(Base):
    """A claim on an idempotency key and, once there is one, the sealed answer."""

    __tablename__ = "idempotency"

    owner: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    claim: Mapped[str] = mapped_column(String(32))
    """Random; only the request that holds it may answer."""
    locked_until: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    verification_id: Mapped[str | None] = mapped_column(String(40), index=True)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    erased: Mapped[bool] = mapped_column(default=False)


class AuditRow(Base):
    """One line of the audit log. Holds no personal data."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    facts: Mapped[str] = mapped_column(String(2000))
    """JSON object of words from closed sets, e.g. the verdict."""
    hash: Mapped[str] = mapped_column(String(64))
    """Keyed hash over this line and the hash of the line before."""

    __table_args__ = (UniqueConstraint("hash", name="uq_audit_hash"),)


class AuditHeadRow(Base):
    """The end of the chain: shows a cut tail, and is the row that writers wait for."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
