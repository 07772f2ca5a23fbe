"""``Idempotency-Key`` for a short deed: done once, in the transaction that keeps its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from service.api.desk import Desk
from service.store.idempotency import Claim
from service.store.keys import ApiKey

__all__ = ["once"]

_LEASE = timedelta(seconds=60)


def once(
    desk: Desk,
    key: ApiKey,
    idempotency_key: str | None,
    asked: bytes,
    deed: Callable[[Session, datetime], tuple[str, bytes]],
) -> tuple[bytes, bool]:
    """The answer, and whether it is that of an earlier request.

    ``asked`` says what the request is, path and body; ``deed`` does it and gives the id of what it was done
    to and the answer. Raises RequestInProgress, IdempotencyKeyReused, NotFound, and what ``deed`` raises:
    then nothing was done and the key is free again.
    """
    store, now = desk.store, datetime.now(UTC)
    claim: Claim | bytes | None = None
    if idempotency_key is not None:
        keep = timedelta(hours=desk.settings.idempotency_hours)
        claim = store.idempotency.claim(key.id, idempotency_key, asked, now=now, lease=_LEASE, keep=keep)
    if isinstance(claim, bytes):
        return claim, True
    try:
        with store.database.write() as session:
            subject, body = deed(session, now)
            if claim is not None:
                store.idempotency.answer(session, claim, subject, body)
    except Exception:
        if claim is not None:
            store.idempotency.release(claim)
        raise
    return body, False
