"""What a POST of a person does: once for each idempotency key, answered as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from service.api.desk import Desk
from service.api.idempotent import once
from service.store.keys import ApiKey

__all__ = ["Deed", "answered", "do"]


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, and its answer."""

    subject: str
    """Id of what it was done to: erasing that erases the kept answer too."""
    answer: BaseModel | dict[str, Any]


def answered(answer: BaseModel, *, status: int = 200, replayed: bool = False) -> Response:
    """A model as a JSON answer."""
    return _response(answer.model_dump_json(by_alias=True).encode(), status, replayed)


def _json(answer: BaseModel | dict[str, Any]) -> bytes:
    if isinstance(answer, BaseModel):
        return answer.model_dump_json(by_alias=True).encode()
    return json.dumps(answer, ensure_ascii=False).encode()


def _response(body: bytes, status: int, replayed: bool) -> Response:
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def do(
    desk: Desk,
    key: ApiKey,
    idempotency_key: str | None,
    operation: str,
    body: BaseModel | None,
    work: Callable[[Session, datetime], Deed],
    *,
    status: int = 200,
) -> Response:
    """Do ``work`` in one transaction, or give the first answer again.

    ``operation`` (method and path) and ``body`` are what was asked: the same idempotency key with another
    one is refused. Raises what ``once`` and ``work`` raise.
    """
    asked = f"{operation}\0{body.model_dump_json() if body is not None else ''}".encode()

    def deed(session: Session, now: datetime) -> tuple[str, bytes]:
        done = work(session, now.replace(microsecond=0))
        return done.subject, _json(done.answer)

    content, replayed = once(desk, key, idempotency_key, asked, deed)
    return _response(content, status, replayed)
