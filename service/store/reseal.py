"""Every sealed value written again under the newest storage key, so that an old one can be taken away.

A table that seals something is listed in ``SEALED``; a test seals, rotates and opens each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, literal, select, tuple_

from service.store.batch_tables import BatchItemRow, BatchPayloadRow
from service.store.capture_tables import CaptureTokenRow
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.registry_tables import DeniedRow, LapseInquiryRow
from service.store.review_tables import ReviewEventRow
from service.store.session_tables import ChipSessionRow
from service.store.tables import Base, EvidenceRow, IdempotencyRow, VerificationRow
from service.store.webhook_tables import WebhookRow
from service.store.workshop_tables import WorkshopIndexRow

__all__ = ["SEALED", "Sealed", "reseal"]

_BATCH = 50


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column of sealed values, and the row that each is bound to."""

    table: type[Base]
    column: str
    row: Callable[[Any], str]


SEALED = (
    Sealed(VerificationRow, "report", lambda r: f"report/{r.id}"),
    Sealed(EvidenceRow, "content", lambda r: f"evidence/{r.verification_id}/{r.part}"),
    Sealed(IdempotencyRow, "answer", lambda r: f"answer/{r.owner}/{r.key_hash}"),
    Sealed(ReviewEventRow, "note", lambda r: f"review/{r.verification_id}/{r.id}"),
    Sealed(DeniedRow, "note", lambda r: f"denied/{r.id}"),
    Sealed(LapseInquiryRow, "person", lambda r: f"inquiry/{r.id}"),
    Sealed(ChipSessionRow, "dump", lambda r: f"chip-session/{r.id}"),
    Sealed(CaptureTokenRow, "asked", lambda r: f"capture-token/{r.id}"),
    Sealed(BatchItemRow, "label", lambda r: f"batch label/{r.batch_id}/{r.seq}"),
    Sealed(BatchItemRow, "outcome", lambda r: f"batch outcome/{r.batch_id}/{r.seq}"),
    Sealed(BatchPayloadRow, "content", lambda r: f"batch payload/{r.batch_id}/{r.seq}"),
    Sealed(WorkshopIndexRow, "content", lambda r: f"workshops/{r.id}"),
    Sealed(WebhookRow, "secret", lambda r: f"webhook secret/{r.id}"),
)


def reseal(database: Database, cipher: Cipher) -> int:
    """Write every value again that an older key sealed, a few in each transaction; how many there were.

    May be broken off and begun again. Raises DecryptionFailed where a value opens under none of the keys.
    """
    return sum(_column(database, cipher, sealed) for sealed in SEALED)


def _column(database: Database, cipher: Cipher, sealed: Sealed) -> int:
    done, after = 0, None
    keys = inspect(sealed.table).primary_key
    column = getattr(sealed.table, sealed.column)
    while True:
        query = select(sealed.table).where(column.is_not(None)).order_by(*keys).limit(_BATCH)
        if after is not None:
            query = query.where(_later(keys, after))
        with database.write() as session:
            rows = list(session.scalars(query.with_for_update()))
            for row in rows:
                value = getattr(row, sealed.column)
                if not cipher.is_current(value):
                    plain = cipher.open_sealed(value, sealed.row(row))
                    setattr(row, sealed.column, cipher.seal(plain, sealed.row(row)))
                    done += 1
            after = tuple(getattr(rows[-1], key.name) for key in keys) if rows else None
        if len(rows) < _BATCH:
            return done


def _later(keys: tuple[Any, ...], after: tuple[Any, ...]) -> Any:
    """Rows behind one, by the whole primary key."""
    return tuple_(*keys) > tuple_(*(literal(value) for value in after))
