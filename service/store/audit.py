"""The audit log: lines without personal data, each sealed to the one before by a keyed hash."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from service.errors import ConfigurationError
from service.store.audit_anchor import AuditAnchor, AuditHead
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.tables import AuditHeadRow, AuditRow

__all__ = ["AuditHead", "AuditLine", "AuditLog"]

_START = "0" * 64
_PENDING = "honmono.audit_head"


def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


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

    def __init__(self, database: Database, cipher: Cipher, anchor: AuditAnchor | None = None) -> None:
        self._database = database
        self._cipher = cipher
        self._anchor = anchor

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
        self._record_after_commit(session, AuditHead(row.seq, row.hash))

    def _record_after_commit(self, session: Session, head: AuditHead) -> None:
        if self._anchor is None:
            return
        if _PENDING not in session.info:
            event.listen(session, "after_commit", self._record, once=True)
            event.listen(session, "after_rollback", _forget, once=True)
        session.info[_PENDING] = head

    def _record(self, session: Session) -> None:
        head = session.info.pop(_PENDING, None)
        if self._anchor is not None and head is not None:
            self._anchor.advance(head)

    def head(self) -> AuditHead:
        """The end of the chain as the database has it."""
        with self._database.read() as session:
            row = session.get(AuditHeadRow, 1)
            return AuditHead(row.seq, row.hash) if row is not None else AuditHead(0, _START)

    def note(self, *, at: datetime, action: str, actor: str, facts: Mapping[str, str] | None = None) -> None:
        """Add a line about all records, in a transaction of its own."""
        with self._database.write() as session:
            self.append(session, at=at, action=action, actor=actor, subject="all", facts=facts)

    def lines(
        self,
        subject: str | None = None,
        *,
        action: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> tuple[AuditLine, ...]:
        """The lines in order after a number, of one subject, of one action, or all."""
        query = select(AuditRow).where(AuditRow.seq > after).order_by(AuditRow.seq).limit(limit)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        if action is not None:
            query = query.where(AuditRow.action == action)
        with self._database.read() as session:
            return tuple(
                AuditLine(r.seq, r.at, r.action, r.actor, r.subject, json.loads(r.facts))
                for r in session.scalars(query)
            )

    def first_broken(self, also: Sequence[AuditHead] = ()) -> int | None:
        """Number of the first line that was changed, or follows a removed one; None where all is whole.

        Held against the database's own head, the head recorded in the data folder, and those in ``also``
        that somebody has written down elsewhere: an older state of the whole table is found by them.
        """
        recorded = self._anchor.recorded() if self._anchor is not None else None
        wanted = {head for head in (*also, recorded) if head is not None and head.seq}
        query = select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=500)
        previous, expected = _START, 1
        with self._database.read() as session, closing(session.scalars(query)) as rows:
            for row in rows:
                if row.seq != expected or row.hash != self._hash(previous, row):
                    return expected
                if any(head.seq == row.seq and head.hash != row.hash for head in wanted):
                    return expected
                previous, expected = row.hash, expected + 1
            head = session.get(AuditHeadRow, 1)
        if head is None or (head.seq, head.hash) != (expected - 1, previous):
            return expected
        return expected if any(head.seq >= expected for head in wanted) else None
