"""Tables of the registry: numbers and photos that were seen, as keyed hashes and compact fingerprints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base

__all__ = ["DeniedRow", "LapseInquiryRow", "PhotoBandRow", "SightingRow"]


def _verification(*, primary_key: bool = False, index: bool = False) -> Mapped[str]:
    """A link to the report; it goes when the report goes."""
    link = ForeignKey("verifications.id", ondelete="CASCADE")
    return mapped_column(link, primary_key=primary_key, index=index)


class SightingRow(Base):
    """One card as it was seen in one stored verification; it goes with the report."""

    __tablename__ = "registry_sightings"

    verification_id: Mapped[str] = _verification(primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("api_keys.id"))
    seen_at: Mapped[datetime]
    number_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    """Keyed hash of the card number; None where it was not read with confidence."""
    name_print: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Keyed Bloom filter of the name's pairs of letters: two names can be compared, none can be read."""
    birth_print: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The same of the digits of the date of birth with their places."""
    photo_print: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Signs of keyed random projections of the printed photo."""
    content_hash: Mapped[str] = mapped_column(String(64))
    """Keyed hash over the digests of what was submitted: the same files again are no new look."""


class PhotoBandRow(Base):
    """A slice of a photo fingerprint, to find the few that may be near without reading them all."""

    __tablename__ = "registry_photo_bands"

    verification_id: Mapped[str] = _verification(primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]

    __table_args__ = (Index("ix_registry_photo_bands_band_value", "band", "value"),)


class DeniedRow(Base):
    """A card number that the operator does not want to see again."""

    __tablename__ = "registry_denied"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number_hash: Mapped[str] = mapped_column(String(64), unique=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(40))
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Why, sealed."""


class LapseInquiryRow(Base):
    """An answer of the issuer's public inquiry, recorded by hand; it goes with the report."""

    __tablename__ = "lapse_inquiries"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    verification_id: Mapped[str] = _verification(index=True)
    number_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    result: Mapped[str] = mapped_column(String(16))
    inquired_at: Mapped[datetime | None]
    person: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Who asked, sealed."""
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(40))
    shared: Mapped[bool]
    """Recorded by an inspector or administrator: it holds for every key; else for ``recorded_by`` alone."""
