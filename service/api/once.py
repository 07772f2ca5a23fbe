"""A POST that is done once for each idempotency key: deed and answer stand or fall in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from service.api.desk import Desk
from service.store.idempotency import Claim
from service.store.keys import ApiKey

__all__ = ["Deed", "once"]

_LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, and its answer."""

    subject: str
    """Id of what it was done to: erasing that erases the kept answer too."""
    answer: BaseModel | dict[str, Any]


def once(
    desk: Desk,
    key: ApiKey,
    idempotency_key: str | None,
    asked: tuple[str, BaseModel | None],
    work: Callable[[Session, datetime], Deed],
    *,
    status: int = 200,
) -> Response:
    """Do ``work`` in one transaction, or give the first answer again.

    ``asked`` is the operation with its body: the same idempotency key with another one is refused. Raises
    what ``Idempotency.claim`` and ``work`` raise; a claim is given back then.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    claim: Claim | None = None
    if idempotency_key is not None:
        operation, body = asked
        canonical = f"{operation}\0{body.model_dump_json() if body is not None else ''}".encode()
        keep = timedelta(hours=desk.settings.idempotency_hours)
        first = desk.store.idempotency.claim(
            key.id, idempotency_key, canonical, now=now, lease=_LEASE, keep=keep
        )
        if isinstance(first, bytes):
            return _response(first, status, replayed=True)
        claim = first
    try:
        with desk.store.database.write() as session:
            deed = work(session, now)
            content = _json(deed.answer)
            if claim is not None:
                desk.store.idempotency.answer(session, claim, deed.subject, content)
    except Exception:
        if claim is not None:
            desk.store.idempotency.release(claim)
        raise
    return _response(content, status, replayed=False)


def _json(answer: BaseModel | dict[str, Any]) -> bytes:
    if isinstance(answer, BaseModel):
        return answer.model_dump_json(by_alias=True).encode()
    return json.dumps(answer, ensure_ascii=False).encode()


def _response(content: bytes, status: int, *, replayed: bool) -> Response:
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return Response(content, status_code=status, media_type="application/json", headers=headers)
