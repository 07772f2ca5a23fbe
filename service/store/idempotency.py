"""Answers that are given again when a request is sent again (``Idempotency-Key``).

A request first claims its key. The claim is a lease: where a process dies, the key is free again after it.
The answer is written in the transaction that stores the report, so that a crash leaves both or neither.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import IdempotencyKeyReused, NotFound, RequestInProgress
from service.store.cipher import Cipher
from service.store.database import Database
from service.store.tables import IdempotencyRow

__all__ = ["Claim", "Idempotency"]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer for one idempotency key."""

    owner: str
    key_hash: str
    token: str

    @property
    def row(self) -> tuple[str, str]:
        """Primary key of the row."""
        return (self.owner, self.key_hash)


class Idempotency:
    """Claims and answers, apart for each owner."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher

    def claim(
        self, owner: str, key: str, request: bytes, *, now: datetime, lease: timedelta, keep: timedelta
    ) -> Claim | bytes:
        """Claim a key for a request (any canonical bytes of it), or give the answer of the first one.

        Raises RequestInProgress while another request holds the claim, IdempotencyKeyReused where the key
        came with another request, NotFound where the answer has been erased since.
        """
        key_hash = self._cipher.fingerprint("idempotency key", key.encode())
        request_hash = self._cipher.fingerprint("idempotent request", request)
        claim = Claim(owner, key_hash, secrets.token_hex(16))
        try:
            with self._database.write() as session:
                row = session.get(IdempotencyRow, claim.row, with_for_update=True)
                if row is not None and row.expires_at <= now:
                    session.delete(row)
                    session.flush()
                    row = None
                if row is None:
                    session.add(_fresh(claim, request_hash, now, lease, keep))
                    return claim
                return self._existing(row, claim, request_hash, now, lease)
        except IntegrityError as error:  # two first requests at the same instant; the other one won
            raise RequestInProgress("A request with this idempotency key is being processed.") from error

    def _existing(
        self, row: IdempotencyRow, claim: Claim, request_hash: str, now: datetime, lease: timedelta
    ) -> Claim | bytes:
        if row.request_hash != request_hash:
            raise IdempotencyKeyReused(
                "This idempotency key came before with another request; use a new one."
            )
        if row.erased:
            raise NotFound("The verification of this idempotency key has been erased.")
        if row.answer is not None:
            return self._cipher.open_sealed(row.answer, f"answer/{row.owner}/{row.key_hash}")
        if row.locked_until > now:
            raise RequestInProgress("A request with this idempotency key is being processed.")
        row.claim, row.locked_until = claim.token, now + lease
        return claim

    def answer(self, session: Session, claim: Claim, verification_id: str, body: bytes) -> None:
        """Keep the answer, inside the caller's transaction; nothing where the claim has been taken over."""
        row = session.get(IdempotencyRow, claim.row, with_for_update=True)
        if row is None or row.claim != claim.token:
            return
        row.verification_id = verification_id
        row.answer = self._cipher.seal(body, f"answer/{row.owner}/{row.key_hash}")

    def release(self, claim: Claim) -> None:
        """Give up a claim without an answer: the same request may be tried again at once."""
        with self._database.write() as session:
            session.execute(
                delete(IdempotencyRow).where(
                    IdempotencyRow.owner == claim.owner,
                    IdempotencyRow.key_hash == claim.key_hash,
                    IdempotencyRow.claim == claim.token,
                    IdempotencyRow.answer.is_(None),
                )
            )


def _fresh(
    claim: Claim, request_hash: str, now: datetime, lease: timedelta, keep: timedelta
) -> IdempotencyRow:
    return IdempotencyRow(
        owner=claim.owner,
        key_hash=claim.key_hash,
        request_hash=request_hash,
        claim=claim.token,
        locked_until=now + lease,
        expires_at=now + keep,
        verification_id=None,
        answer=None,
        erased=False,
    )
