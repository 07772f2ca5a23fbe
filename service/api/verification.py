"""One verification over HTTP, on one page.

1. take a place, or refuse: too much is going on
2. read the body within its limits
3. is this caller allowed what he asks for?
4. claim the idempotency key, or give the first answer again
5. verify, in a worker thread
6. keep report, evidence and answer in one transaction
7. answer
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from fastapi import Request

from service.api.access import may_see_detail
from service.api.admission import lane_of
from service.api.body import bounded_stream, media_type, read_all
from service.api.capture_access import Caller, bound
from service.api.capture_schemas import CaptureReceiptModel
from service.api.chip_sessions import with_chip
from service.api.desk import Desk
from service.api.multipart import read_multipart
from service.api.parts import canonical, from_json, from_multipart, part_rules
from service.errors import (
    IdempotencyKeyReused,
    MediaTypeUnsupported,
    NotFound,
    RequestInvalid,
    Unauthenticated,
)
from service.report import Report, standard_detail
from service.store.capture_tokens import CaptureToken
from service.store.idempotency import Claim
from service.store.ids import verification_id
from service.store.keeping import check_store, keep_report
from service.store.keys import ApiKey
from service.store.registry import Visit
from service.submission import Detail, Submission

__all__ = ["Answer", "shown", "verify"]

_LEASE_MARGIN_S = 60
_USED = "This capture token has sent its card. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON text of a report, and whether it is a repetition."""

    body: bytes
    replayed: bool = False


def shown(report: Report, detail: Detail) -> dict[str, Any]:
    """A report in the detail that was asked for."""
    return report.full_detail() if detail == "full" else standard_detail(report)


async def verify(
    desk: Desk, request: Request, caller: Caller, idempotency_key: str | None, language: str
) -> Answer:
    """Answer ``POST /v1/verify``; raises Problem where the request cannot be processed."""
    key, token = caller.key, caller.token
    # 1. a place
    expected = desk.admission.expected_lane(request.headers.get("content-length"))
    async with desk.admission.place(expected) as place:
        engine = desk.engine.get()
        # 2. the body
        submission = await _read(desk, request)
        place.move(lane_of(submission))
        # 3. allowed?
        submission = bound(submission, token) if token is not None else submission
        may_see_detail(key, submission.request.detail)
        check_store(submission, desk.settings)
        # 4. first time?
        claim = await _claim(desk, caller, idempotency_key, submission)
        if isinstance(claim, bytes):
            return Answer(claim, replayed=True)
        try:
            # 5. verify
            now = datetime.now(UTC).replace(microsecond=0)
            submission = await desk.admission.at_door(partial(with_chip, desk, submission, key, now))
            id = verification_id(datetime.now(UTC))
            visit = desk.store.registry.visit(key, now)
            work = partial(
                engine.verify, submission, now=now, verification_id=id, language=language, registry=visit
            )
            report = await place.verify(work)
            # 6. keep
            body = _body(report, submission.request.detail, token)
            await desk.admission.at_door(partial(_keep, desk, submission, report, visit, claim, body, token))
        except Exception:
            if claim is not None:
                await desk.admission.at_door(partial(desk.store.idempotency.release, claim))
            raise
    # 7. answer
    desk.metrics.count(report)
    return Answer(body)


async def _read(desk: Desk, request: Request) -> Submission:
    kind, parameters = media_type(request)
    settings = desk.settings
    limit, seconds = settings.max_request_bytes, 2 * settings.time_limit_s
    parse: Callable[[], Submission]
    if kind == "multipart/form-data":
        if "boundary" not in parameters:
            raise RequestInvalid("The Content-Type of a multipart body needs its boundary.")
        pieces = bounded_stream(request, limit, seconds)
        rules = part_rules(settings)
        parts = await read_multipart(pieces, parameters["boundary"], rules, settings.max_parts)
        parse = partial(from_multipart, parts, settings)
    elif kind == "application/json":
        parse = partial(from_json, await read_all(request, limit, seconds), settings)
    else:
        raise MediaTypeUnsupported("Send multipart/form-data or application/json.")
    return await desk.admission.at_door(parse)


def _body(report: Report, detail: Detail, token: CaptureToken | None) -> bytes:
    if token is not None and not token.whole_report:
        receipt = CaptureReceiptModel(
            id=report.id, client_reference=report.client_reference, created_at=report.created_at
        )
        return receipt.model_dump_json().encode()
    return json.dumps(shown(report, detail), ensure_ascii=False).encode()


async def _claim(
    desk: Desk, caller: Caller, idempotency_key: str | None, submission: Submission
) -> Claim | bytes | None:
    """A capture token is an idempotency key in itself: one card, and its answer again if that was lost."""
    if caller.token is not None:
        return await _claim_token(desk, caller.key, caller.token, submission)
    if idempotency_key is None:
        return None
    return await _claim_key(desk, caller.key, idempotency_key, submission)


async def _claim_token(desk: Desk, key: ApiKey, token: CaptureToken, submission: Submission) -> Claim | bytes:
    """Unauthenticated where the token has sent another card, or one whose answer is gone."""
    try:
        claim = await _claim_key(desk, key, f"capture token {token.id}", submission)
    except (IdempotencyKeyReused, NotFound) as error:
        raise Unauthenticated(_USED) from error
    if isinstance(claim, Claim) and token.used_at is not None:
        await desk.admission.at_door(partial(desk.store.idempotency.release, claim))
        raise Unauthenticated(_USED)
    return claim


async def _claim_key(desk: Desk, key: ApiKey, idempotency_key: str, submission: Submission) -> Claim | bytes:
    lease = timedelta(seconds=2 * desk.settings.time_limit_s + _LEASE_MARGIN_S)
    keep = timedelta(hours=desk.settings.idempotency_hours)

    def work() -> Claim | bytes:
        asked = b"POST /v1/verify\0" + canonical(submission)
        now = datetime.now(UTC)
        return desk.store.idempotency.claim(key.id, idempotency_key, asked, now=now, lease=lease, keep=keep)

    return await desk.admission.at_door(work)


def _keep(
    desk: Desk,
    submission: Submission,
    report: Report,
    visit: Visit,
    claim: Claim | None,
    body: bytes,
    token: CaptureToken | None,
) -> None:
    """Keep what the request asks for; one transaction, so that a crash leaves all of it or nothing."""
    used = submission.request.chip_session
    if submission.request.store == "none" and claim is None and used is None:
        return
    with desk.store.database.write() as session:
        keep_report(desk.store, session, submission, report, visit, desk.settings)
        if claim is not None:
            desk.store.idempotency.answer(session, claim, report.id, body)
        if token is not None:
            desk.store.capture_tokens.use(session, token.id, now=visit.now)
        if used is not None:
            desk.store.chip_sessions.use(session, used, owner=visit.key.id, now=visit.now)
