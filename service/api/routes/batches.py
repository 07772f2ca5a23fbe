"""``/v1/batches``: many cards in one request, judged one after another."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from service.api.access import Client, desk_of, owner_scope
from service.api.batch_intake import NDJSON_TYPES, ZIP_TYPES, receive
from service.api.batch_results import lines, parquet
from service.api.batch_schemas import BatchesModel, BatchModel, batch_model
from service.api.desk import Desk
from service.api.idempotent import once
from service.api.openapi import problem_answers
from service.api.routes.verify import IdempotencyKey
from service.errors import NotFound, RequestInProgress
from service.store.batches import Batch
from service.store.keys import ApiKey, KeyRole

__all__ = ["router"]

router = APIRouter(prefix="/v1/batches", tags=["batches"])

Id = Annotated[str, Path(max_length=64, description="As the batch was given: `bat_…`.")]
BatchCursor = Annotated[
    str | None,
    Query(pattern=r"^bat_[0-9A-HJKMNP-TV-Z]{26}$", description="`next_cursor` of the page before."),
]
ResultCursor = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{1,9}$", description="`Honmono-Next-Cursor` of the page before."),
]
_ABSENT = "There is no batch of this id, or its time has ended."
_NDJSON = "application/x-ndjson"
_PARQUET = "application/vnd.apache.parquet"
_REPLAYED = {"Idempotency-Replayed": "true"}
_LINE = (
    '{"item_id": "a-1", "front": "<base64>", "chip": "<base64>", "request": {"client_reference": "a-1"}}\n'
)
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_LINES: dict[str, Any] = {
    "schema": {"type": "string", "description": "Lines with `item_id`, and `report` or `problem`."}
}
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        NDJSON_TYPES[0]: {
            "schema": {
                "type": "string",
                "description": "Objects, one a line: `item_id`, and what `POST /v1/verify` takes as JSON.",
            },
            "example": _LINE,
        },
        ZIP_TYPES[0]: _BINARY,
    },
}
_LOCATION = {"Location": {"description": "Where the batch is.", "schema": {"type": "string"}}}


def _owner_to_change(key: ApiKey) -> str | None:
    """Each key changes its own; administrators change any."""
    return None if key.role.covers(KeyRole.ADMIN) else key.id


def _found(desk: Desk, id: str, owner: str | None) -> Batch:
    batch = desk.store.batches.get(id, owner=owner, now=datetime.now(UTC))
    if batch is None:
        raise NotFound(_ABSENT)
    return batch


@router.post(
    "",
    status_code=202,
    summary="Send a batch",
    operation_id="create_batch",
    responses={
        202: {"model": BatchModel, "description": "Kept; work has begun or will.", "headers": _LOCATION},
        **problem_answers(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
    openapi_extra={"requestBody": _BODY},
)
async def create_batch(
    request: Request,
    key: Client,
    idempotency_key: IdempotencyKey = None,
    accept_language: Annotated[
        str | None, Header(alias="Accept-Language", description="`ja` for messages in Japanese.")
    ] = None,
) -> Response:
    """Lines of JSON, or a ZIP whose `manifest.ndjson` names its members; a report or a problem for each.

    An item that cannot be processed is its own problem and does not hold up the others. With an
    `Idempotency-Key` a batch that is sent again is not done again.
    """
    language = "ja" if (accept_language or "").strip().lower().startswith("ja") else "en"
    accepted = await receive(desk_of(request), request, key, idempotency_key, language)
    headers = {"Location": f"/v1/batches/{accepted.id}", **(_REPLAYED if accepted.replayed else {})}
    return Response(accepted.body, status_code=202, media_type="application/json", headers=headers)


@router.get(
    "",
    summary="List batches, newest first",
    operation_id="list_batches",
    responses={200: {"description": "A page."}, **problem_answers(400, 401, 403, 429)},
)
def list_batches(
    request: Request,
    key: Client,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: BatchCursor = None,
) -> BatchesModel:
    """A client sees its own batches; inspectors and administrators see those of all keys."""
    batches, following = desk_of(request).store.batches.page(
        owner=owner_scope(key), now=datetime.now(UTC), limit=limit, cursor=cursor
    )
    data = [batch_model(batch) for batch in batches]
    return BatchesModel(data=data, has_more=following is not None, next_cursor=following)


@router.get(
    "/{id}",
    summary="How far a batch is",
    operation_id="get_batch",
    responses={200: {"description": "The batch."}, **problem_answers(400, 401, 403, 404, 429)},
)
def get_batch(request: Request, id: Id, key: Client) -> BatchModel:
    """State and counts. Another client's batch is not found."""
    return batch_model(_found(desk_of(request), id, owner_scope(key)))


@router.get(
    "/{id}/results",
    summary="Results of a batch",
    operation_id="get_batch_results",
    response_class=Response,
    responses={
        200: {
            "description": "Lines in the order in which items finished; or a Parquet file.",
            "headers": {
                "Honmono-Next-Cursor": {
                    "description": "Cursor of what is still to come; absent behind the last item.",
                    "schema": {"type": "string"},
                }
            },
            "content": {
                _NDJSON: _LINES,
                _PARQUET: _BINARY,
            },
        },
        **problem_answers(400, 401, 403, 404, 409, 429),
    },
)
def get_batch_results(
    request: Request,
    id: Id,
    key: Client,
    format: Literal["ndjson", "parquet"] = "ndjson",
    cursor: ResultCursor = None,
    limit: Annotated[int | None, Query(ge=1, le=10_000, description="Items; all without it.")] = None,
) -> Response:
    """What is finished so far, from the cursor on; readable while the batch runs. Parquet once it is done."""
    desk = desk_of(request)
    batch = _found(desk, id, owner_scope(key))
    if format == "parquet" and batch.finished_at is None:
        raise RequestInProgress("The batch is not done yet: Parquet is written at its end.")
    after = int(cursor or "0")
    finished = batch.done + batch.failed + batch.cancelled
    until = min(finished, after + limit) if limit is not None else finished
    headers = {"Honmono-Next-Cursor": str(max(after, until))} if max(after, until) < batch.total else {}
    if format == "parquet":
        headers["Content-Disposition"] = f'attachment; filename="{batch.id}.parquet"'
        return StreamingResponse(parquet(desk, id, after, until), media_type=_PARQUET, headers=headers)
    return StreamingResponse(lines(desk, id, after, until), media_type=_NDJSON, headers=headers)


@router.post(
    "/{id}/cancel",
    summary="Cancel a batch",
    operation_id="cancel_batch",
    responses={
        200: {"model": BatchModel, "description": "Nothing further is begun."},
        **problem_answers(400, 401, 403, 404, 409, 422, 429),
    },
)
def cancel_batch(request: Request, id: Id, key: Client, idempotency_key: IdempotencyKey = None) -> Response:
    """Items in work are finished; the others are erased unseen. Results so far stay readable."""
    desk = desk_of(request)
    owner = _owner_to_change(key)

    def cancel(session: Any, now: datetime) -> tuple[str, bytes]:
        batch = desk.store.batches.cancel(session, id, owner=owner, actor=key.id, now=now)
        if batch is None:
            raise NotFound(_ABSENT)
        return id, batch_model(batch).model_dump_json().encode()

    asked = f"POST /v1/batches/{id}/cancel".encode()
    body, replayed = once(desk, key, idempotency_key, asked, partial(cancel))
    return Response(body, media_type="application/json", headers=_REPLAYED if replayed else {})


@router.delete(
    "/{id}",
    status_code=204,
    summary="Erase a batch",
    operation_id="delete_batch",
    responses={204: {"description": "Erased."}, **problem_answers(400, 401, 403, 404, 429)},
)
def delete_batch(request: Request, id: Id, key: Client) -> Response:
    """Erase its pictures and results and stop what is left. Stored reports stay: erase those one by one."""
    owner = _owner_to_change(key)
    batches = desk_of(request).store.batches
    if not batches.erase(id, owner=owner, actor=key.id, now=datetime.now(UTC)):
        raise NotFound(_ABSENT)
    return Response(status_code=204)
