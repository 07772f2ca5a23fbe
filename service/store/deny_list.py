"""The operator's own list of card numbers that a person must look at. Numbers stand there as keyed hashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.errors import Conflict, NotFound
from service.store.audit import AuditLog
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import denied_id
from service.store.registry import RegistryBook
from service.store.registry_tables import DeniedRow

__all__ = ["Denied", "DenyList"]


@dataclass(frozen=True, slots=True)
class Denied:
    """One line of the list; the number itself is not kept."""

    id: str
    added_at: datetime
    added_by: str
    expires_at: datetime | None
    reason: str | None


class DenyList:
    """Adds, lists and removes."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog, registry: RegistryBook) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit
        self._registry = registry

    def add(
        self,
        session: Session,
        number: str,
        *,
        reason: str | None,
        expires_at: datetime | None,
        actor: str,
        now: datetime,
    ) -> Denied:
        """Put a number on the list, inside the caller's transaction; Conflict where it stands there."""
        number_hash = self._registry.number_hash(number)
        known = session.scalar(select(DeniedRow).where(DeniedRow.number_hash == number_hash))
        if known is not None:
            raise Conflict("This number stands on the list already.")
        id = denied_id(now)
        note = self._cipher.seal(reason.encode(), f"denied/{id}") if reason is not None else None
        row = DeniedRow(
            id=id, number_hash=number_hash, added_at=now, added_by=actor, expires_at=expires_at, note=note
        )
        session.add(row)
        self._audit.append(session, at=now, action="deny_list.added", actor=actor, subject=id)
        session.flush()
        return self._shown(row)

    def all(self, *, now: datetime) -> tuple[Denied, ...]:
        """Every line in force, oldest first."""
        query = select(DeniedRow).order_by(DeniedRow.id)
        with self._database.read() as session:
            rows = session.scalars(query)
            return tuple(self._shown(row) for row in rows if row.expires_at is None or row.expires_at > now)

    def remove(self, id: str, *, actor: str, now: datetime) -> None:
        """Take a line off; NotFound where there is none of that id."""
        with self._database.write() as session:
            row = session.get(DeniedRow, id)
            if row is None:
                raise NotFound("There is no line of this id on the list.")
            session.delete(row)
            self._audit.append(session, at=now, action="deny_list.removed", actor=actor, subject=id)

    @staticmethod
    def purge(session: Session, now: datetime) -> None:
        """Remove lines whose time has ended."""
        session.execute(delete(DeniedRow).where(DeniedRow.expires_at <= now))

    def _shown(self, row: DeniedRow) -> Denied:
        reason = None
        if row.note is not None:
            reason = self._cipher.open_sealed(row.note, f"denied/{row.id}").decode()
        return Denied(row.id, row.added_at, row.added_by, row.expires_at, reason)
