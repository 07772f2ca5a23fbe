"""Table of the sessions in which a dump is handed over from a reader to whoever verifies it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base

__all__ = ["ChipSessionRow"]


class ChipSessionRow(Base):
    """One session. Holds a dump only between its delivery and its use or end."""

    __tablename__ = "chip_sessions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("api_keys.id"), index=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Keyed hash of the one-time code; None once it is used or over."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """Until when the code holds, and from the delivery on until when the dump is kept."""
    received_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    dump: Mapped[bytes | None] = mapped_column(LargeBinary)
    """As delivered, sealed."""
