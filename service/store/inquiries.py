"""Lapse inquiries recorded by hand: what the issuer's page answered, when, and who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.audit import AuditLog
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import inquiry_id
from service.store.keys import ApiKey, KeyRole
from service.store.registry import RegistryBook
from service.store.registry_tables import LapseInquiryRow

__all__ = ["Inquiries", "Inquiry"]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One recorded answer."""

    result: str
    at: datetime | None
    by: str | None
    recorded_at: datetime


class Inquiries:
    """Keeps inquiries with their reports; they go with them."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog, registry: RegistryBook) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._registry = registry

    def add(
        self,
        session: Session,
        verification_id: str,
        number: str | None,
        inquiry: Inquiry,
        *,
        key: ApiKey,
    ) -> None:
        """Record an answer, inside the caller's transaction.

        What an inspector or administrator records holds for every later card of the number; what a client
        records, for its own cards alone.
        """
        id = inquiry_id(inquiry.recorded_at)
        sealed = None
        if inquiry.by is not None:
            sealed = self._cipher.seal(inquiry.by.encode(), f"inquiry/{id}")
        session.add(
            LapseInquiryRow(
                id=id,
                verification_id=verification_id,
                number_hash=self._registry.number_hash(number) if number is not None else None,
                result=inquiry.result,
                inquired_at=inquiry.at,
                person=sealed,
                recorded_at=inquiry.recorded_at,
                recorded_by=key.id,
                shared=key.role.covers(KeyRole.INSPECTOR),
            )
        )
        self._audit.append(
            session,
            at=inquiry.recorded_at,
            action="lapse_inquiry.recorded",
            actor=key.id,
            subject=verification_id,
            facts={"result": inquiry.result},
        )

    def of(self, verification_id: str) -> tuple[Inquiry, ...]:
        """Every inquiry recorded with a report, oldest first."""
        query = (
            select(LapseInquiryRow)
            .where(LapseInquiryRow.verification_id == verification_id)
            .order_by(LapseInquiryRow.id)
        )
        with self._database.read() as session:
            return tuple(self._shown(row) for row in session.scalars(query))

    def _shown(self, row: LapseInquiryRow) -> Inquiry:
        by = None
        if row.person is not None:
            by = self._cipher.open_sealed(row.person, f"inquiry/{row.id}").decode()
        return Inquiry(row.result, row.inquired_at, by, row.recorded_at)
