"""Sessions of people who signed in with a key from a browser: a random token, kept as a keyed hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.store.audit import AuditLog
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.keys import ApiKey
from service.store.review_tables import BrowserSessionRow

__all__ = ["BrowserSession", "BrowserSessions"]

_TOKEN_BYTES = 32
_MAX_TOKEN_LENGTH = 128


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """Who is signed in, and the word that a page must send along with what it changes."""

    key_id: str
    csrf_token: str
    expires_at: datetime


class BrowserSessions:
    """Opens, finds and ends sessions. A session is worth no more than its key: see ``Keys.by_id``."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit

    def _hash(self, token: str) -> str:
        return self._cipher.fingerprint("browser session", token.encode())

    def _csrf(self, token: str) -> str:
        return self._cipher.fingerprint("browser session csrf", token.encode())

    def open(self, key: ApiKey, *, now: datetime, lasts: timedelta) -> tuple[BrowserSession, str]:
        """A new session of a key and its token, which is not kept; it ends with the key at the latest."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        ends = min(now + lasts, key.expires_at or now + lasts)
        with self._database.write() as session:
            session.add(
                BrowserSessionRow(
                    token_hash=self._hash(token), key_id=key.id, created_at=now, expires_at=ends
                )
            )
            self._audit.append(session, at=now, action="browser.signed_in", actor=key.id, subject=key.id)
        return BrowserSession(key.id, self._csrf(token), ends), token

    def find(self, token: str, *, now: datetime) -> BrowserSession | None:
        """The session of a token in its time, None where there is none."""
        if not 0 < len(token) <= _MAX_TOKEN_LENGTH or not token.isascii():
            return None
        with self._database.read() as session:
            row = session.get(BrowserSessionRow, self._hash(token))
        if row is None or row.expires_at <= now:
            return None
        return BrowserSession(row.key_id, self._csrf(token), row.expires_at)

    def end(self, token: str, *, key_id: str, now: datetime) -> None:
        """Sign out: the token is worth nothing from now on."""
        with self._database.write() as session:
            row = session.get(BrowserSessionRow, self._hash(token))
            if row is not None:
                session.delete(row)
                self._audit.append(session, at=now, action="browser.signed_out", actor=key_id, subject=key_id)

    @staticmethod
    def purge(session: Session, now: datetime) -> None:
        """Remove sessions that have ended."""
        session.execute(delete(BrowserSessionRow).where(BrowserSessionRow.expires_at <= now))
