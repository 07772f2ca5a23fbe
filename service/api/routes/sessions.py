"""``/v1/sessions``: a dump handed over from the desk with the reader to the page that verifies.

What is delivered is a finished dump. No endpoint passes commands to a card.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse

from service.api.access import Client, desk_of
from service.api.body import read_all
from service.api.chip_sessions import NewSessionModel, SessionModel, new_session, session_shown
from service.api.desk import Desk
from service.api.guesses import network_of
from service.api.openapi import problem_answers
from service.api.routes.verify import IdempotencyKey
from service.errors import NotFound, Unauthenticated
from service.store.idempotency import Claim
from service.store.keys import ApiKey
from service.store.sessions import normal_code

__all__ = ["router"]

router = APIRouter(prefix="/v1/sessions", tags=["hand-over"])

Id = Annotated[str, Path(max_length=64, description="As the session was given: `ses_…`.")]
Code = Annotated[str, Path(max_length=32, description="The one-time code, with or without its hyphen.")]

_LEASE = timedelta(seconds=30)
_NO_CODE = "This code is not known, was used, or is over. Open a new session for a new one."


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _answer(model: type[SessionModel], about: str) -> dict[str, Any]:
    return {"model": model, "description": about, "content": {"application/json": {"example": model.example}}}


@router.post(
    "",
    status_code=201,
    summary="Open a session for a dump",
    operation_id="create_session",
    responses={
        201: _answer(NewSessionModel, "The session and its code, shown this once."),
        **problem_answers(400, 401, 403, 404, 409, 422, 429),
    },
)
def create_session(request: Request, key: Client, idempotency_key: IdempotencyKey = None) -> Response:
    """A short code for one delivery. It ends after some minutes, used or not."""
    desk = desk_of(request)
    body, replayed = _created(desk, key, idempotency_key)
    headers = {"Idempotency-Replayed": "true"} if replayed else {}
    return Response(body, status_code=201, media_type="application/json", headers=headers)


def _created(desk: Desk, key: ApiKey, idempotency_key: str | None) -> tuple[bytes, bool]:
    """The answer of a new session, or that of the first request with the same idempotency key."""
    store, settings, now = desk.store, desk.settings, _now()
    claim: Claim | None = None
    if idempotency_key is not None:
        keep = timedelta(hours=settings.idempotency_hours)
        asked = b"POST /v1/sessions"
        first = store.idempotency.claim(key.id, idempotency_key, asked, now=now, lease=_LEASE, keep=keep)
        if isinstance(first, bytes):
            return first, True
        claim = first
    try:
        with store.database.write() as session:
            made, code = store.chip_sessions.create(
                session,
                key.id,
                now=now,
                lasts=timedelta(minutes=settings.session_minutes),
                at_most=settings.max_open_sessions,
            )
            body = new_session(made, code).model_dump_json().encode()
            if claim is not None:
                store.idempotency.answer(session, claim, made.id, body)
    except Exception:
        if claim is not None:
            store.idempotency.release(claim)
        raise
    return body, False


@router.get(
    "/{id}",
    summary="See whether the dump has come",
    operation_id="get_session",
    responses={
        200: _answer(SessionModel, "The session; once the dump is there, what it holds."),
        **problem_answers(400, 401, 403, 404, 429),
    },
)
def get_session(request: Request, id: Id, key: Client) -> JSONResponse:
    """Waiting, received, used or expired. Only the key that opened the session sees it."""
    desk, now = desk_of(request), _now()
    session = desk.store.chip_sessions.get(id, owner=key.id, now=now)
    if session is None:
        raise NotFound("There is no session of this id, or its time has long ended.")
    dump = desk.store.chip_sessions.dump(id, owner=key.id, now=now)
    return JSONResponse(session_shown(session, dump, desk.settings).model_dump(mode="json"))


@router.put(
    "/{code}/chip",
    status_code=204,
    summary="Deliver a dump",
    operation_id="deliver_chip",
    responses={
        204: {"description": "Taken. The code is over."},
        **problem_answers(400, 401, 403, 413, 422, 429),
    },
    openapi_extra={
        "security": [{}],
        "requestBody": {
            "required": True,
            "description": "A chip dump in any shape that `POST /v1/verify` takes, told apart by content.",
            "content": {
                kind: {"schema": schema}
                for kind, schema in (
                    ("application/json", {"type": "object"}),
                    ("application/octet-stream", {"type": "string", "format": "binary"}),
                )
            },
        },
    },
)
async def deliver_chip(request: Request, code: Code) -> Response:
    """One dump for the session of this code; the code is all that is asked for, and lets nobody read."""
    desk = desk_of(request)
    network = network_of(request.client.host if request.client else None)
    typed = normal_code(code)
    # A guess is paid for before it is looked up, so that a thousand at once get no further than one by one.
    desk.guesses.take(network)
    known = typed is not None and await desk.admission.at_door(
        partial(desk.store.chip_sessions.knows, typed, now=_now())
    )
    if typed is None or not known:
        raise Unauthenticated(_NO_CODE)
    desk.guesses.give_back(network)
    dump = await read_all(request, desk.settings.max_dump_bytes, 2 * desk.settings.time_limit_s)
    if not await desk.admission.at_door(partial(_receive, desk, typed, dump)):
        raise Unauthenticated(_NO_CODE)
    return Response(status_code=204)


def _receive(desk: Desk, code: str, dump: bytes) -> bool:
    """Keep a dump that can be read; DumpUnreadable leaves the code as it was."""
    from service.chip import read_dump  # here, since it loads what decodes pictures

    read_dump(dump, desk.settings)
    kept = timedelta(minutes=desk.settings.session_dump_minutes)
    return desk.store.chip_sessions.receive(code, dump, now=_now(), kept=kept)
