"""``/v1/keys``: who may use the service. For administrators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy.orm import Session

from service.api.access import Admin, desk_of
from service.api.deeds import Deed, answered, do
from service.api.desk_schemas import KeyModel, KeyRequest, KeysModel, NewKeyModel, key_model, key_values
from service.api.openapi import model_answer, problem_answers
from service.api.routes.verify import IdempotencyKey
from service.api.small_body import described, small_body
from service.store.keys import ApiKey, KeyRole, KeyScope

__all__ = ["router"]

router = APIRouter(prefix="/v1/keys", tags=["keys"])

Id = Annotated[str, Path(max_length=64, description="As the list shows it: `key_…`.")]
_OPERATION = "POST /v1/keys"


def _with_secret(key: ApiKey, secret: str) -> Deed:
    return Deed(key.id, NewKeyModel.model_validate({**key_values(key), "key": secret}))


@router.get(
    "",
    summary="List keys",
    operation_id="list_keys",
    responses={**model_answer(KeysModel, "Every key."), **problem_answers(401, 403, 429)},
)
def list_keys(request: Request, key: Admin) -> Response:
    """Every key but its text: oldest first, those out of force too."""
    return answered(KeysModel(data=[key_model(k) for k in desk_of(request).store.keys.all()]))


@router.post(
    "",
    status_code=201,
    summary="Make a key",
    operation_id="create_key",
    responses={
        **model_answer(NewKeyModel, "The key with its text, shown this once.", 201),
        **problem_answers(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
    openapi_extra=described(KeyRequest, KeyRequest.example),
)
def create_key(
    request: Request,
    key: Admin,
    asked: Annotated[KeyRequest, Depends(small_body(KeyRequest))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The text is kept only as a keyed hash, and for the idempotency answer, encrypted, for 24 hours."""
    desk = desk_of(request)
    scopes = frozenset(map(KeyScope, asked.scopes)) if asked.scopes is not None else None

    def work(session: Session, now: datetime) -> Deed:
        ends = now + timedelta(days=asked.expires_days) if asked.expires_days is not None else None
        return _with_secret(
            *desk.store.keys.create_in(
                session,
                KeyRole(asked.role),
                asked.name,
                expires_at=ends,
                scopes=scopes,
                requests_per_minute=asked.requests_per_minute,
                actor=key.id,
                now=now,
            )
        )

    return do(desk, key, idempotency_key, _OPERATION, asked, work, status=201)


@router.post(
    "/{id}/rotate",
    summary="Give a key a new text",
    operation_id="rotate_key",
    responses={
        **model_answer(NewKeyModel, "The key with its new text, shown this once."),
        **problem_answers(400, 401, 403, 404, 409, 422, 429),
    },
)
def rotate_key(request: Request, id: Id, key: Admin, idempotency_key: IdempotencyKey = None) -> Response:
    """The key keeps its id and its reports; the old text works for a day more (HONMONO_KEY_OVERLAP_HOURS)."""
    desk = desk_of(request)
    overlap = timedelta(hours=desk.settings.key_overlap_hours)

    def work(session: Session, now: datetime) -> Deed:
        return _with_secret(*desk.store.keys.rotate_in(session, id, overlap=overlap, actor=key.id, now=now))

    return do(desk, key, idempotency_key, f"{_OPERATION}/{id}/rotate", None, work)


@router.delete(
    "/{id}",
    summary="Revoke a key",
    operation_id="revoke_key",
    responses={
        **model_answer(KeyModel, "The key, out of force."),
        **problem_answers(400, 401, 403, 404, 429),
    },
)
def revoke_key(request: Request, id: Id, key: Admin) -> Response:
    """Out of force at once, with every browser that signed in with it. Its reports stay."""
    return answered(key_model(desk_of(request).store.keys.revoke(id, actor=key.id, now=datetime.now(UTC))))
