"""``/v1/webhooks``: addresses that are told when something is done."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy.orm import Session

from service.api.access import Client, desk_of
from service.api.batch_schemas import (
    DeliveriesModel,
    DeliveryModel,
    NewWebhook,
    NewWebhookModel,
    WebhookModel,
    WebhooksModel,
    delivery_model,
    webhook_model,
)
from service.api.desk import Desk
from service.api.idempotent import once
from service.api.openapi import problem_answers
from service.api.routes.verify import IdempotencyKey
from service.errors import Fault, NotFound, RequestInvalid
from service.store.keys import ApiKey, KeyRole
from service.store.webhooks import Webhook
from service.worker.addresses import Refused, target

__all__ = ["router"]

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

Id = Annotated[str, Path(max_length=64, description="As the webhook was given: `whk_…`.")]
MessageId = Annotated[str, Path(max_length=64, description="The `webhook-id` of the message: `msg_…`.")]
Cursor = Annotated[
    str | None,
    Query(pattern=r"^msg_[0-9A-HJKMNP-TV-Z]{26}$", description="`next_cursor` of the page before."),
]
_ABSENT = "There is no webhook of this id."
_REPLAYED = {"Idempotency-Replayed": "true"}


def _owner(key: ApiKey) -> str | None:
    """Each key has its own; administrators reach any."""
    return None if key.role.covers(KeyRole.ADMIN) else key.id


def _found(desk: Desk, id: str, key: ApiKey) -> Webhook:
    webhook = desk.store.webhooks.get(id, owner=_owner(key))
    if webhook is None:
        raise NotFound(_ABSENT)
    return webhook


def _answer(body: bytes, replayed: bool, status: int) -> Response:
    headers = _REPLAYED if replayed else {}
    return Response(body, status_code=status, media_type="application/json", headers=headers)


@router.post(
    "",
    status_code=201,
    summary="Register a webhook",
    operation_id="create_webhook",
    responses={
        201: {"model": NewWebhookModel, "description": "Registered; its secret is shown this once."},
        **problem_answers(400, 401, 403, 404, 409, 422, 429),
    },
)
def create_webhook(
    request: Request, asked: NewWebhook, key: Client, idempotency_key: IdempotencyKey = None
) -> Response:
    """Messages are signed as Standard Webhooks says and hold ids and counts, nothing read from a card.

    The address must be public and https, unless the operator has allowed its host.
    """
    desk = desk_of(request)
    if not desk.settings.webhooks_enabled:
        raise RequestInvalid("The operator has switched webhooks off.")
    try:
        target(asked.url, desk.settings)
    except Refused as refused:
        raise RequestInvalid("No webhook may go there.", Fault("/url", refused.detail)) from refused

    def register(session: Session, now: datetime) -> tuple[str, bytes]:
        webhook, secret = desk.store.webhooks.add(
            session,
            key.id,
            asked.url,
            tuple(asked.events),
            everyones=key.role.covers(KeyRole.ADMIN),
            description=asked.description,
            now=now,
        )
        body = {**webhook_model(webhook).model_dump(mode="json"), "secret": secret}
        return webhook.id, json.dumps(body).encode()

    what = b"POST /v1/webhooks\0" + asked.model_dump_json().encode()
    return _answer(*once(desk, key, idempotency_key, what, register), 201)


@router.get(
    "",
    summary="List webhooks",
    operation_id="list_webhooks",
    responses={200: {"description": "All of them."}, **problem_answers(401, 403, 429)},
)
def list_webhooks(request: Request, key: Client) -> WebhooksModel:
    """Those of this key; an administrator sees every one."""
    webhooks = desk_of(request).store.webhooks.all(owner=_owner(key))
    return WebhooksModel(data=[webhook_model(webhook) for webhook in webhooks])


@router.get(
    "/{id}",
    summary="Read a webhook",
    operation_id="get_webhook",
    responses={200: {"description": "The webhook."}, **problem_answers(400, 401, 403, 404, 429)},
)
def get_webhook(request: Request, id: Id, key: Client) -> WebhookModel:
    """Everything but its secret."""
    return webhook_model(_found(desk_of(request), id, key))


@router.delete(
    "/{id}",
    status_code=204,
    summary="Remove a webhook",
    operation_id="delete_webhook",
    responses={204: {"description": "Removed."}, **problem_answers(400, 401, 403, 404, 429)},
)
def delete_webhook(request: Request, id: Id, key: Client) -> Response:
    """Messages that wait for it are removed with it."""
    webhooks = desk_of(request).store.webhooks
    if not webhooks.remove(id, owner=_owner(key), actor=key.id, now=datetime.now(UTC)):
        raise NotFound(_ABSENT)
    return Response(status_code=204)


@router.post(
    "/{id}/test",
    status_code=202,
    summary="Send a test message",
    operation_id="test_webhook",
    responses={
        202: {"model": DeliveryModel, "description": "Will be sent; a webhook put out of use is used again."},
        **problem_answers(400, 401, 403, 404, 409, 422, 429),
    },
)
def send_test(request: Request, id: Id, key: Client, idempotency_key: IdempotencyKey = None) -> Response:
    """A message `webhook.test` that holds the id of the webhook."""
    desk = desk_of(request)
    _found(desk, id, key)

    def tell(session: Session, now: datetime) -> tuple[str, bytes]:
        delivery = desk.store.webhooks.test(session, id, now=now)
        return id, delivery_model(delivery).model_dump_json().encode()

    body, replayed = once(desk, key, idempotency_key, f"POST /v1/webhooks/{id}/test".encode(), tell)
    desk.notify()
    return _answer(body, replayed, 202)


@router.get(
    "/{id}/deliveries",
    summary="Messages of a webhook",
    operation_id="list_deliveries",
    responses={200: {"description": "A page, newest first."}, **problem_answers(400, 401, 403, 404, 429)},
)
def list_deliveries(
    request: Request,
    id: Id,
    key: Client,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Cursor = None,
) -> DeliveriesModel:
    """How the sending of each went. Messages are kept for 30 days."""
    desk = desk_of(request)
    _found(desk, id, key)
    deliveries, following = desk.store.outbox.page(id, limit=limit, cursor=cursor)
    data = [delivery_model(delivery) for delivery in deliveries]
    return DeliveriesModel(data=data, has_more=following is not None, next_cursor=following)


@router.post(
    "/{id}/deliveries/{message_id}/replay",
    status_code=202,
    summary="Send a message again",
    operation_id="replay_delivery",
    responses={
        202: {"model": DeliveryModel, "description": "Will be sent again, under the same id."},
        **problem_answers(400, 401, 403, 404, 409, 422, 429),
    },
)
def replay_delivery(
    request: Request, id: Id, message_id: MessageId, key: Client, idempotency_key: IdempotencyKey = None
) -> Response:
    """For a receiver that lost it; one that did not knows it by its id."""
    desk = desk_of(request)
    _found(desk, id, key)

    def again(session: Session, now: datetime) -> tuple[str, bytes]:
        delivery = desk.store.outbox.replay(session, id, message_id, now=now)
        if delivery is None:
            raise NotFound("There is no message of this id.")
        return id, delivery_model(delivery).model_dump_json().encode()

    asked = f"POST /v1/webhooks/{id}/deliveries/{message_id}/replay".encode()
    body, replayed = once(desk, key, idempotency_key, asked, again)
    desk.notify()
    return _answer(body, replayed, 202)
