"""Tokens for embedded captures: minted by a key, held by one page, good for one verification.

A page that a stranger sees must never hold a key. It gets a token instead, which lasts minutes, sends one
card, reads nothing, and is bound to what its key has fixed beforehand.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.errors import RateLimited
from service.store.audit import AuditLog
from service.store.capture_tables import CaptureTokenRow
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.ids import capture_token_id

__all__ = ["TOKEN_PREFIX", "CaptureToken", "CaptureTokens"]

TOKEN_PREFIX = "ct_"
"""Tells a token from a key, which begins with ``hk_``."""
_SECRET_BYTES = 32
_MAX_LENGTH = 128


@dataclass(frozen=True, slots=True)
class CaptureToken:
    """A token as the service sees it: everything but its text."""

    id: str
    owner: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    whole_report: bool
    steps: tuple[str, ...]
    asked: Mapping[str, Any]
    """Members of the request that the page cannot change."""


class CaptureTokens:
    """Makes tokens, finds them by their text, and ends them with the verification that used them."""

    def __init__(self, database: Database, cipher: Cipher, audit: AuditLog) -> None:
        self._database = database
        self._cipher = cipher
        self._audit = audit

    def _hash(self, secret: str) -> str:
        return self._cipher.fingerprint("capture token", secret.encode())

    def create(
        self,
        session: Session,
        owner: str,
        *,
        steps: tuple[str, ...],
        asked: Mapping[str, Any],
        whole_report: bool,
        now: datetime,
        lasts: timedelta,
        at_most: int,
    ) -> tuple[CaptureToken, str]:
        """A token of a key and its text, inside the caller's transaction.

        Raises RateLimited where ``at_most`` unused tokens of this key are open already.
        """
        self.end(session, now)
        self._leave_room(session, owner, lasts, at_most)
        secret = TOKEN_PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
        id = capture_token_id(now)
        row = CaptureTokenRow(
            id=id,
            owner=owner,
            token_hash=self._hash(secret),
            created_at=now,
            expires_at=now + lasts,
            used_at=None,
            whole_report=whole_report,
            steps=" ".join(steps),
            asked=self._cipher.seal(json.dumps(dict(asked)).encode(), f"capture-token/{id}"),
        )
        session.add(row)
        self._audit.append(session, at=now, action="capture_token.created", actor=owner, subject=id)
        session.flush()
        return self._shown(row), secret

    def _leave_room(self, session: Session, owner: str, lasts: timedelta, at_most: int) -> None:
        unused = (CaptureTokenRow.owner == owner, CaptureTokenRow.used_at.is_(None))
        count = session.scalar(select(func.count()).select_from(CaptureTokenRow).where(*unused)) or 0
        if count >= at_most:
            wait = max(1, int(lasts.total_seconds()))
            raise RateLimited(f"This key has {at_most} unused tokens open.", retry_after_s=wait)

    def find(self, secret: str, *, now: datetime) -> CaptureToken | None:
        """The token of a text in its time, used or not; None where there is none."""
        if not 0 < len(secret) <= _MAX_LENGTH or not secret.isascii():
            return None
        with self._database.read() as session:
            row = session.scalar(
                select(CaptureTokenRow).where(CaptureTokenRow.token_hash == self._hash(secret))
            )
            return self._shown(row) if row is not None and row.expires_at > now else None

    def use(self, session: Session, id: str, *, now: datetime) -> None:
        """Mark a token as used, inside the transaction that keeps the verification's answer."""
        row = session.get(CaptureTokenRow, id, with_for_update=True)
        if row is None or row.used_at is not None:
            return
        row.used_at = now
        self._audit.append(session, at=now, action="capture_token.used", actor=row.owner, subject=id)

    @staticmethod
    def end(session: Session, now: datetime) -> None:
        """Remove tokens whose time is over."""
        session.execute(delete(CaptureTokenRow).where(CaptureTokenRow.expires_at <= now))

    def _shown(self, row: CaptureTokenRow) -> CaptureToken:
        asked = json.loads(self._cipher.open_sealed(row.asked, f"capture-token/{row.id}"))
        return CaptureToken(
            id=row.id,
            owner=row.owner,
            created_at=row.created_at,
            expires_at=row.expires_at,
            used_at=row.used_at,
            whole_report=row.whole_report,
            steps=tuple(row.steps.split()),
            asked=asked,
        )
