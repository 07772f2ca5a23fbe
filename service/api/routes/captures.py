"""``/v1/capture-tokens`` and ``/v1/capture-plan``: what a page needs before it may capture a card."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session

from service.api.access import Client, desk_of
from service.api.capture_access import Sender
from service.api.capture_schemas import (
    STEPS,
    CapturePlanModel,
    CaptureTokenModel,
    CaptureTokenRequest,
    capture_token_model,
    plan_model,
    shuffled,
)
from service.api.deeds import Deed, answered, do
from service.api.openapi import model_answer, problem_answers
from service.api.routes.verify import IdempotencyKey
from service.api.small_body import described, small_body
from service.errors import Fault, RequestInvalid

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["capture"])


@router.post(
    "/capture-tokens",
    status_code=201,
    summary="Let a page capture one card",
    operation_id="create_capture_token",
    responses={
        **model_answer(CaptureTokenModel, "The token, shown this once.", 201),
        **problem_answers(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
    openapi_extra=described(CaptureTokenRequest, CaptureTokenRequest.example),
)
def create_capture_token(
    request: Request,
    key: Client,
    asked: Annotated[CaptureTokenRequest, Depends(small_body(CaptureTokenRequest))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """For servers alone: the page gets the token and never a key. The report belongs to this key."""
    desk = desk_of(request)
    settings = desk.settings
    if asked.store == "evidence" and not settings.evidence_enabled:
        fault = Fault("/store", "The operator has not enabled evidence: HONMONO_EVIDENCE_ENABLED.")
        raise RequestInvalid("Submitted pictures are not kept here.", fault)

    def work(session: Session, now: datetime) -> Deed:
        made, secret = desk.store.capture_tokens.create(
            session,
            key.id,
            steps=shuffled(asked.steps),
            asked={name: getattr(asked, name) for name in ("client_reference", "policy", "store")},
            whole_report=asked.answer == "report",
            now=now,
            lasts=timedelta(minutes=asked.minutes or settings.capture_token_minutes),
            at_most=settings.max_open_capture_tokens,
        )
        return Deed(made.id, capture_token_model(made, secret))

    return do(desk, key, idempotency_key, "POST /v1/capture-tokens", asked, work, status=201)


@router.get(
    "/capture-plan",
    summary="The steps of a capture, in the order to take them",
    operation_id="get_capture_plan",
    responses={
        **model_answer(CapturePlanModel, "The plan."),
        **problem_answers(401, 403, 429),
    },
)
def get_capture_plan(request: Request, caller: Sender) -> Response:
    """A token always has the same order, chosen when it was made; a key gets a new one each time."""
    steps = caller.token.steps if caller.token is not None else shuffled(STEPS)
    return answered(plan_model(steps, desk_of(request).settings))
