"""``POST /v1/verify``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from service.api.access import desk_of
from service.api.capture_access import Sender
from service.api.language import operator_language
from service.api.openapi import VERIFY_BODY, problem_answers, report_answer
from service.api.verification import verify

__all__ = ["router"]

router = APIRouter(tags=["verification"])

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]*$",
        description="Any unique text. The same request with the same key gets the same answer for 24 hours.",
    ),
]


@router.post(
    "/v1/verify",
    summary="Verify one card",
    operation_id="verify",
    responses={
        **report_answer("The report, whatever the verdict."),
        **problem_answers(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
    openapi_extra={"requestBody": VERIFY_BODY},
)
async def post_verify(
    request: Request,
    caller: Sender,
    idempotency_key: IdempotencyKey = None,
    accept_language: Annotated[
        str | None,
        Header(
            alias="Accept-Language",
            description="`ja` for messages in Japanese, `ja-easy` for やさしい日本語.",
        ),
    ] = None,
) -> Response:
    """Judge one card from pictures, a chip dump, or both. A forged card is a successful request.

    With a capture token as the bearer, only the steps of that token are taken, and unless it says otherwise
    the answer is a receipt with the number of the report.
    """
    language = operator_language(accept_language)
    answer = await verify(desk_of(request), request, caller, idempotency_key, language)
    headers = {"Idempotency-Replayed": "true"} if answer.replayed else {}
    return Response(answer.body, media_type="application/json", headers=headers)
