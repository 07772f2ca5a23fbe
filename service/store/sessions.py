"""Sessions in which a dump is handed over: a code out, one dump in, one verification, nothing left.

The code is shown once and kept as a keyed hash. The dump is sealed, has an end of its own, and is erased by
the verification that uses it. An ended session keeps its row for a day, so that it can say that it has ended.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.errors import RateLimited
from service.store.audit import AuditLog
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import session_id
from service.store.session_tables import ChipSessionRow

__all__ = ["ChipSession", "ChipSessions", "SessionState", "normal_code"]

CODE_LENGTH = 8
CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: 40 bits in eight signs, none of which is read for another."""
MISREAD = str.maketrans("OIL", "011", "- ")
REMEMBERED = timedelta(days=1)


class SessionState(StrEnum):
    """Where a session stands."""

    WAITING = "waiting"
    RECEIVED = "received"
    USED = "used"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ChipSession:
    """A session as its owner may see it."""

    id: str
    state: SessionState
    created_at: datetime
    expires_at: datetime
    received_at: datetime | None


def normal_code(text: str) -> str | None:
    """A code as typed in its normal form, None where it cannot be one."""
    code = text.upper().translate(MISREAD)
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_SIGNS) else None


def _new_code() -> str:
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def _state(row: ChipSessionRow, now: datetime) -> SessionState:
    if row.used_at is not None:
        return SessionState.USED
    if row.expires_at <= now:
        return SessionState.EXPIRED
    return SessionState.RECEIVED if row.received_at is not None else SessionState.WAITING


def _shown(row: ChipSessionRow, now: datetime) -> ChipSession:
    return ChipSession(row.id, _state(row, now), row.created_at, row.expires_at, row.received_at)


class ChipSessions:
    """Makes sessions, takes dumps by code, gives them to their owner's verification."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit

    def create(
        self, session: Session, owner: str, *, now: datetime, lasts: timedelta, at_most: int
    ) -> tuple[ChipSession, str]:
        """A session of a key and its code, inside the caller's transaction.

        Raises RateLimited where ``at_most`` sessions of this key are open already.
        """
        self.end(session, now)
        live = (
            ChipSessionRow.owner == owner,
            ChipSessionRow.used_at.is_(None),
            ChipSessionRow.expires_at > now,
        )
        if (session.scalar(select(func.count()).select_from(ChipSessionRow).where(*live)) or 0) >= at_most:
            wait = max(1, int(lasts.total_seconds()))
            raise RateLimited(f"This key has {at_most} sessions open; use or await them.", retry_after_s=wait)
        code = _new_code()
        row = ChipSessionRow(
            id=session_id(now),
            owner=owner,
            code_hash=self._hash(code),
            created_at=now,
            expires_at=now + lasts,
            received_at=None,
            used_at=None,
            dump=None,
        )
        session.add(row)
        self._audit.append(session, at=now, action="session.created", actor=owner, subject=row.id)
        session.flush()
        return _shown(row, now), code

    def knows(self, code: str, *, now: datetime) -> bool:
        """Whether a code holds now: asked before a body is read."""
        with self._database.read() as session:
            return self._waiting(session, code, now) is not None

    def receive(self, code: str, dump: bytes, *, now: datetime, kept: timedelta) -> bool:
        """Take the dump of a code, which is over with it; False where the code does not hold (any more)."""
        with self._database.write() as session:
            row = self._waiting(session, code, now, lock=True)
            if row is None:
                return False
            row.code_hash, row.received_at, row.expires_at = None, now, now + kept
            row.dump = self._cipher.seal(dump, f"chip-session/{row.id}")
            self._audit.append(session, at=now, action="session.received", actor="service", subject=row.id)
            return True

    def get(self, id: str, *, owner: str, now: datetime) -> ChipSession | None:
        """A session of this owner."""
        with self._database.read() as session:
            row = session.get(ChipSessionRow, id)
        return None if row is None or row.owner != owner else _shown(row, now)

    def dump(self, id: str, *, owner: str, now: datetime) -> bytes | None:
        """The dump that lies in a session of this owner, None where there is none (any more)."""
        with self._database.read() as session:
            row = session.get(ChipSessionRow, id)
        if row is None or row.owner != owner or _state(row, now) is not SessionState.RECEIVED:
            return None
        return None if row.dump is None else self._cipher.open_sealed(row.dump, f"chip-session/{id}")

    def use(self, session: Session, id: str, *, owner: str, now: datetime) -> None:
        """Erase the dump of a session that a verification has used, inside the caller's transaction."""
        row = session.get(ChipSessionRow, id, with_for_update=True)
        if row is None or row.owner != owner or row.used_at is not None:
            return
        row.used_at, row.dump, row.code_hash = now, None, None
        self._audit.append(session, at=now, action="session.used", actor=owner, subject=id)

    def end(self, session: Session, now: datetime) -> None:
        """Erase the dumps and codes of sessions that are over, and the rows of those long over."""
        over = ChipSessionRow.expires_at <= now
        emptied = {"dump": None, "code_hash": None}
        session.execute(update(ChipSessionRow).where(over).values(emptied))
        session.execute(delete(ChipSessionRow).where(ChipSessionRow.expires_at <= now - REMEMBERED))

    def _hash(self, code: str) -> str:
        return self._cipher.fingerprint("session code", code.encode())

    def _waiting(
        self, session: Session, code: str, now: datetime, *, lock: bool = False
    ) -> ChipSessionRow | None:
        query = select(ChipSessionRow).where(
            ChipSessionRow.code_hash == self._hash(code), ChipSessionRow.expires_at > now
        )
        return session.scalar(query.with_for_update() if lock else query)
