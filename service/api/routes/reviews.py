"""``/v1/reviews``: reports that a person must look at. For inspectors; two of them to report a forgery."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from service.api.access import Admin, Inspector, desk_of
from service.api.deeds import Deed, answered, do
from service.api.desk import Desk
from service.api.openapi import model_answer, problem_answers
from service.api.review_schemas import (
    DecisionRequest,
    ReviewModel,
    ReviewsModel,
    SecondRequest,
    StatisticsModel,
    review_model,
)
from service.api.routes.verify import IdempotencyKey
from service.api.small_body import described, small_body
from service.store.reviews import Decision, Review, ReviewEvent, ReviewState, Wanted
from service.verdict import Verdict

__all__ = ["router"]

router = APIRouter(prefix="/v1/reviews", tags=["review"])

Id = Annotated[str, Path(max_length=64, description="That of the verification: `vrf_…`.")]
_REVIEW = {
    **model_answer(ReviewModel, "The review as it stands now."),
    **problem_answers(400, 401, 403, 404, 409, 413, 415, 422, 429),
}


@router.get(
    "",
    summary="The queue, oldest first",
    operation_id="list_reviews",
    responses={**model_answer(ReviewsModel, "A page."), **problem_answers(400, 401, 403, 429)},
)
def list_reviews(
    request: Request,
    key: Inspector,
    state: ReviewState | None = None,
    verdict: Annotated[Verdict | None, Query(description="What the service had said.")] = None,
    mine: Annotated[bool, Query(description="Only those that this key has taken up or decided.")] = False,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=64, pattern=r"^vrf_[0-9A-Z]{26}$")] = None,
) -> Response:
    """Every report that ended `suspect` or `inconclusive`, as long as it is kept."""
    desk, now = desk_of(request), datetime.now(UTC)
    wanted = Wanted(state=state, verdict=verdict, actor=key.id if mine else None)
    page, following = desk.store.reviews.page(wanted, now=now, limit=limit, cursor=cursor)
    data = [_shown(desk, review, now) for review in page]
    return answered(ReviewsModel(data=data, has_more=following is not None, next_cursor=following))


def _shown(
    desk: Desk, review: Review, now: datetime, history: Sequence[ReviewEvent] | None = None
) -> ReviewModel:
    """A review with its report and the names of its people."""
    report = desk.store.records.get(review.verification_id, owner=None, now=now)
    actors = {review.claimed_by, review.decided_by, review.seconded_by, *(e.actor for e in history or ())}
    keys = (desk.store.keys.find(actor) for actor in sorted(a for a in actors if a is not None))
    people = {key.id: key.name for key in keys if key is not None}
    return review_model(review, report=report, people=people, history=history)


@router.get(
    "/statistics",
    summary="How often people agreed with the verdict",
    operation_id="review_statistics",
    responses={**model_answer(StatisticsModel, "Counts."), **problem_answers(401, 403, 429)},
)
def statistics(request: Request, key: Inspector) -> Response:
    """Counted from the audit log, so that erased and ended reports still count."""
    counts = desk_of(request).store.reviews.agreement()
    table: dict[str, dict[str, int]] = {}
    for (verdict, decision), count in sorted(counts.items()):
        table.setdefault(verdict, {})[decision] = count
    suspect = table.get("suspect", {})
    forged, genuine = suspect.get("report_as_forged", 0), suspect.get("genuine", 0)
    share = forged / (forged + genuine) if forged + genuine else None
    return answered(StatisticsModel(decided=sum(counts.values()), counts=table, suspect_confirmed=share))


@router.get(
    "/labelled-cases",
    summary="Cases with what people found, for re-training",
    operation_id="labelled_cases",
    response_class=Response,
    responses={
        200: {
            "description": "One JSON object per line: id, label, results of the checks, kept parts.",
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        },
        **problem_answers(401, 403, 429),
    },
)
def labelled_cases(request: Request, key: Admin) -> Response:
    """Nothing that was read from a card: results, measures and the names of kept files."""
    return StreamingResponse(_labelled(desk_of(request)), media_type="application/x-ndjson")


def _labelled(desk: Desk) -> Iterator[bytes]:
    now = datetime.now(UTC)
    for id, decision in desk.store.reviews.labelled(now=now):
        report = desk.store.records.get(id, owner=None, now=now)
        if report is not None:
            checks = [c.model_dump(mode="json", exclude={"message", "citation"}) for c in report.checks]
            line: dict[str, Any] = {
                "id": id,
                "label": "genuine" if decision is Decision.GENUINE else "forged",
                "verdict": report.verdict.value,
                "layout": report.document.layout,
                "engine": report.engine.version,
                "checks": checks,
                "inputs": [part.model_dump(mode="json") for part in report.inputs],
                "evidence": desk.store.records.evidence_parts(id, now=now),
            }
            yield json.dumps(line).encode() + b"\n"


@router.get(
    "/{id}",
    summary="One review with its history",
    operation_id="get_review",
    responses={**model_answer(ReviewModel, "The review."), **problem_answers(400, 401, 403, 404, 429)},
)
def get_review(request: Request, id: Id, key: Inspector) -> Response:
    """Every step, by whom, and why."""
    desk, now = desk_of(request), datetime.now(UTC)
    review, history = desk.store.reviews.get(id, now=now), desk.store.reviews.history(id, now=now)
    return answered(_shown(desk, review, now, history))


def _step(review: Callable[[Session, datetime], Review]) -> Callable[[Session, datetime], Deed]:
    def work(session: Session, now: datetime) -> Deed:
        done = review(session, now)
        return Deed(done.verification_id, review_model(done))

    return work


@router.post("/{id}/claim", summary="Take a review up", operation_id="claim_review", responses=_REVIEW)
def claim(request: Request, id: Id, key: Inspector, idempotency_key: IdempotencyKey = None) -> Response:
    """Nobody else can decide it meanwhile. The claim ends by itself (HONMONO_CLAIM_HOURS)."""
    desk = desk_of(request)
    lasts = timedelta(hours=desk.settings.claim_hours)
    work = _step(
        lambda session, now: desk.store.reviews.claim(session, id, actor=key.id, now=now, lasts=lasts)
    )
    return do(desk, key, idempotency_key, f"POST /v1/reviews/{id}/claim", None, work)


@router.post("/{id}/release", summary="Give a review back", operation_id="release_review", responses=_REVIEW)
def release(request: Request, id: Id, key: Inspector, idempotency_key: IdempotencyKey = None) -> Response:
    """Back to the queue, for somebody else."""
    desk = desk_of(request)
    work = _step(lambda session, now: desk.store.reviews.release(session, id, actor=key.id, now=now))
    return do(desk, key, idempotency_key, f"POST /v1/reviews/{id}/release", None, work)


@router.post(
    "/{id}/decision",
    summary="Decide a claimed review",
    operation_id="decide_review",
    responses=_REVIEW,
    openapi_extra=described(DecisionRequest, DecisionRequest.example),
)
def decide(
    request: Request,
    id: Id,
    key: Inspector,
    asked: Annotated[DecisionRequest, Depends(small_body(DecisionRequest))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """With a reason. `report_as_forged` then waits for a second person."""
    desk = desk_of(request)
    work = _step(
        lambda session, now: desk.store.reviews.decide(
            session, id, Decision(asked.decision), asked.reason, actor=key.id, now=now
        )
    )
    return do(desk, key, idempotency_key, f"POST /v1/reviews/{id}/decision", asked, work)


@router.post(
    "/{id}/second",
    summary="Be the second person for a report as forged",
    operation_id="second_review",
    responses=_REVIEW,
    openapi_extra=described(SecondRequest, SecondRequest.example),
)
def second(
    request: Request,
    id: Id,
    key: Inspector,
    asked: Annotated[SecondRequest, Depends(small_body(SecondRequest))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """With another key than the first person's. Where the two do not agree, the review is open again."""
    desk = desk_of(request)
    work = _step(
        lambda session, now: desk.store.reviews.second(
            session, id, asked.agrees, asked.reason, actor=key.id, now=now
        )
    )
    return do(desk, key, idempotency_key, f"POST /v1/reviews/{id}/second", asked, work)
