"""What the routes of batches and webhooks take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.store.batches import Batch
from service.store.outbox import EVENTS, Delivery
from service.store.webhooks import Webhook

__all__ = [
    "BatchModel",
    "BatchesModel",
    "DeliveriesModel",
    "DeliveryModel",
    "NewWebhook",
    "NewWebhookModel",
    "WebhookModel",
    "WebhooksModel",
    "batch_model",
    "delivery_model",
    "webhook_model",
]

BatchState = Literal["queued", "running", "done", "cancelled"]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CountsModel(_Answer):
    """Items of a batch by state; they add up to ``total``."""

    total: int
    queued: int
    running: int
    done: int = Field(description="Items that have a report.")
    failed: int = Field(description="Items that have a problem of their own.")
    cancelled: int


class BatchModel(_Answer):
    """A batch and how far it is."""

    id: str
    object: Literal["batch"] = "batch"
    state: BatchState
    created_at: datetime
    finished_at: datetime | None = Field(description="When the last item came to its end.")
    expires_at: datetime = Field(description="When the batch and its results are removed.")
    counts: CountsModel
    results: str = Field(description="Where the results are; readable while the batch runs.")


class BatchesModel(_Answer):
    """A page of batches, newest first."""

    object: Literal["list"] = "list"
    data: list[BatchModel]
    has_more: bool
    next_cursor: str | None


class NewWebhook(_Answer):
    """An address to be told of events."""

    url: str = Field(min_length=1, max_length=2048, description="An https URL that is reachable publicly.")
    events: list[Literal["batch.done", "batch.cancelled"]] = Field(
        default=["batch.done", "batch.cancelled"], min_length=1, max_length=len(EVENTS)
    )
    description: str | None = Field(default=None, max_length=200)


class WebhookModel(_Answer):
    """An address that is told of events."""

    id: str
    object: Literal["webhook"] = "webhook"
    url: str
    events: list[str]
    everyones: bool = Field(description="Told of the events of every key; those of administrators are.")
    description: str | None
    created_at: datetime
    disabled_at: datetime | None = Field(description="When its receiver answered 410: nothing is sent since.")


class NewWebhookModel(WebhookModel):
    """A new address with its secret, which is shown this once."""

    secret: str = Field(description="`whsec_` and base64: the key of the signatures.")


class WebhooksModel(_Answer):
    """Every address of a key."""

    object: Literal["list"] = "list"
    data: list[WebhookModel]


class DeliveryModel(_Answer):
    """A message and how its sending went."""

    id: str = Field(description="The `webhook-id` that the receiver sees, the same at every try.")
    object: Literal["delivery"] = "delivery"
    event: str
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    created_at: datetime
    next_at: datetime | None
    delivered_at: datetime | None
    last_status: int | None
    last_fault: str | None


class DeliveriesModel(_Answer):
    """A page of messages, newest first."""

    object: Literal["list"] = "list"
    data: list[DeliveryModel]
    has_more: bool
    next_cursor: str | None


def batch_model(batch: Batch) -> BatchModel:
    """A batch as it is shown."""
    return BatchModel.model_validate(
        {
            "id": batch.id,
            "state": batch.state,
            "created_at": batch.created_at,
            "finished_at": batch.finished_at,
            "expires_at": batch.expires_at,
            "counts": batch.counts,
            "results": f"/v1/batches/{batch.id}/results",
        }
    )


def webhook_model(webhook: Webhook) -> WebhookModel:
    """An address as it is shown."""
    return WebhookModel(
        id=webhook.id,
        url=webhook.url,
        events=list(webhook.events),
        everyones=webhook.everyones,
        description=webhook.description,
        created_at=webhook.created_at,
        disabled_at=webhook.disabled_at,
    )


def delivery_model(delivery: Delivery) -> DeliveryModel:
    """A message as it is shown."""
    return DeliveryModel.model_validate(
        {
            "id": delivery.id,
            "event": delivery.event,
            "state": delivery.state,
            "attempts": delivery.attempts,
            "created_at": delivery.created_at,
            "next_at": delivery.next_at,
            "delivered_at": delivery.delivered_at,
            "last_status": delivery.last_status,
            "last_fault": delivery.last_fault,
        }
    )
