"""Table of the indexes of linked cards that an operator imported from his re-checks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base

__all__ = ["WorkshopIndexRow"]


class WorkshopIndexRow(Base):
    """One index; it holds keyed hashes and sketches alone, and ends by itself."""

    __tablename__ = "workshop_indexes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(40))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    cards: Mapped[int]
    clusters: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """``service.workshops.WorkshopIndex.to_bytes``, sealed."""
