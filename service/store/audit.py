"""The audit log: lines without personal data, each sealed to the one before by a keyed hash."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import ConfigurationError
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.tables import AuditHeadRow, AuditRow

__all__ = ["AuditLine", "AuditLog"]

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing that was done."""

    seq: int
    at: datetime
    action: str
    actor: str
    """Id of the key that did it, or ``service``."""
    subject: str
    """Id of the verification or key it was done to."""
    facts: Mapping[str, str]


class AuditLog:
    """Appends inside the caller's transaction, so that a deed and its line stand or fall together."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher

    def _hash(self, previous: str, row: AuditRow) -> str:
        line = [previous, row.seq, row.at.isoformat(), row.action, row.actor, row.subject, row.facts]
        return self._cipher.fingerprint("audit", json.dumps(line).encode())

    def append(
        self,
        session: Session,
        *,
        at: datetime,
        action: str,
        actor: str,
        subject: str,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        """Add a line. ``facts`` are words from closed sets, never what was read from a card."""
        head = session.get(AuditHeadRow, 1, with_for_update=True)
        if head is None:
            raise ConfigurationError("the audit log has lost its head row")
        row = AuditRow(
            seq=head.seq + 1,
            at=at,
            action=action,
            actor=actor,
            subject=subject,
            facts=json.dumps(dict(facts or {}), sort_keys=True),
        )
        row.hash = self._hash(head.hash, row)
        session.add(row)
        head.seq, head.hash = row.seq, row.hash

    def lines(self, subject: str | None = None) -> tuple[AuditLine, ...]:
        """The lines in order, of one subject or all."""
        query = select(AuditRow).order_by(AuditRow.seq)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        with self._database.read() as session:
            return tuple(
                AuditLine(r.seq, r.at, r.action, r.actor, r.subject, json.loads(r.facts))
                for r in session.scalars(query)
            )

    def first_broken(self) -> int | None:
        """Number of the first line that was changed, or follows a removed one; None where all is whole."""
        query = select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=500)
        previous, expected = _START, 1
        with self._database.read() as session, closing(session.scalars(query)) as rows:
            for row in rows:
                if row.seq != expected or row.hash != self._hash(previous, row):
                    return expected
                previous, expected = row.hash, expected + 1
            head = session.get(AuditHeadRow, 1)
        if head is None or (head.seq, head.hash) != (expected - 1, previous):
            return expected
        return None
