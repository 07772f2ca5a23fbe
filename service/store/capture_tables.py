"""Table of the tokens with which an embedded page may send one card."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base

__all__ = ["CaptureTokenRow"]


class CaptureTokenRow(Base):
    """One token. Its text is kept as a keyed hash, what it is bound to is sealed."""

    __tablename__ = "capture_tokens"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    whole_report: Mapped[bool] = mapped_column(Boolean)
    """Whether the page gets the report, or its reference alone."""
    steps: Mapped[str] = mapped_column(String(200))
    """Names of the capture's steps in their order, separated by spaces."""
    asked: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON of what the page cannot change: reference, policy, what is kept; sealed."""
