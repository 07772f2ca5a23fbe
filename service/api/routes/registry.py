"""What the operator knows from before: his own list of numbers, links between reports, lapse inquiries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from sqlalchemy.orm import Session

from service.api.access import Admin, Client, Inspector, desk_of, owner_scope
from service.api.deeds import Deed, answered, do
from service.api.desk import Desk
from service.api.desk_schemas import (
    DeniedModel,
    DenyListModel,
    DenyRequest,
    LapseGuideModel,
    LapseRequest,
    card_number_of,
    denied_model,
)
from service.api.openapi import model_answer, problem_answers, report_answer
from service.api.record_schemas import LinksModel, link_model
from service.api.routes.verify import IdempotencyKey
from service.api.small_body import described, small_body
from service.errors import Fault, NotFound, RequestInvalid
from service.report import LapseInquiryReport, Report, standard_detail
from service.store.inquiries import Inquiry
from service.store.keys import ApiKey

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["registry"])

Id = Annotated[str, Path(max_length=64, description="As in the report: `vrf_…`.")]
Language = Annotated[str | None, Header(alias="Accept-Language", description="`ja` for Japanese.")]
_ABSENT = "There is no report of this id, or its time has ended."


def _report(desk: Desk, id: str, key: ApiKey) -> Report:
    report = desk.store.records.get(id, owner=owner_scope(key), now=datetime.now(UTC))
    if report is None:
        raise NotFound(_ABSENT)
    return report


def _value(report: Report, name: str) -> str | None:
    return next((f.value for f in report.fields if f.name.value == name), None)


@router.get(
    "/deny-list",
    summary="The operator's own list",
    operation_id="list_denied",
    responses={**model_answer(DenyListModel, "Every line in force."), **problem_answers(401, 403, 429)},
)
def list_denied(request: Request, key: Inspector) -> Response:
    """The numbers themselves are not kept: a line is known by its id and reason."""
    lines = desk_of(request).store.deny_list.all(now=datetime.now(UTC))
    return answered(DenyListModel(data=[denied_model(line) for line in lines]))


@router.post(
    "/deny-list",
    status_code=201,
    summary="Put a number on the list",
    operation_id="add_denied",
    responses={
        **model_answer(DeniedModel, "The line.", 201),
        **problem_answers(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
    openapi_extra=described(DenyRequest, DenyRequest.example),
)
def add_denied(
    request: Request,
    key: Admin,
    asked: Annotated[DenyRequest, Depends(small_body(DenyRequest))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Later cards with this number get `registry.deny_list.listed`: a person must look."""
    number = card_number_of(asked.card_number)
    if number is None:
        fault = Fault("/card_number", "two letters, eight digits, two letters")
        raise RequestInvalid("This is not the form of a card number.", fault)
    desk = desk_of(request)

    def work(session: Session, now: datetime) -> Deed:
        ends = now + timedelta(days=asked.days) if asked.days is not None else None
        line = desk.store.deny_list.add(
            session, number, reason=asked.reason, expires_at=ends, actor=key.id, now=now
        )
        return Deed(line.id, denied_model(line))

    return do(desk, key, idempotency_key, "POST /v1/deny-list", asked, work, status=201)


@router.delete(
    "/deny-list/{id}",
    status_code=204,
    summary="Take a line off the list",
    operation_id="remove_denied",
    responses={204: {"description": "Removed."}, **problem_answers(400, 401, 403, 404, 429)},
)
def remove_denied(
    request: Request, id: Annotated[str, Path(max_length=64, description="`den_…`.")], key: Admin
) -> Response:
    """At once; the audit line stays."""
    desk_of(request).store.deny_list.remove(id, actor=key.id, now=datetime.now(UTC))
    return Response(status_code=204)


@router.get(
    "/verifications/{id}/links",
    summary="Other reports with the same number or photo",
    operation_id="get_links",
    responses={**model_answer(LinksModel, "The links."), **problem_answers(400, 401, 403, 404, 429)},
)
def get_links(request: Request, id: Id, key: Inspector) -> Response:
    """For those who review: clients never learn of each other."""
    desk = desk_of(request)
    _report(desk, id, key)
    links = desk.store.registry.links(id, key, datetime.now(UTC))
    return answered(LinksModel(data=[link_model(link) for link in links]))


@router.get(
    "/verifications/{id}/lapse-inquiry",
    summary="How to ask whether the number has lapsed",
    operation_id="get_lapse_inquiry",
    responses={
        **model_answer(LapseGuideModel, "Link and words."),
        **problem_answers(400, 401, 403, 404, 429),
    },
)
def lapse_guide(request: Request, id: Id, key: Client) -> Response:
    """The issuer's page has no interface for programs: a person asks there and records the answer here."""
    desk = desk_of(request)
    report = _report(desk, id, key)
    recorded = [
        {"result": i.result, "at": i.at, "by": i.by, "recorded_at": i.recorded_at}
        for i in desk.store.inquiries.of(id)
    ]
    number, until = _value(report, "card_number"), _value(report, "card_valid_until")
    return answered(LapseGuideModel.of(desk.settings.lapse_inquiry_url, number, until, recorded))


@router.post(
    "/verifications/{id}/lapse-inquiry",
    summary="Record what the issuer's page answered",
    operation_id="record_lapse_inquiry",
    responses={
        **report_answer("The report, its verdict worked out again: `invalid` where the number has lapsed."),
        **problem_answers(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
    openapi_extra=described(LapseRequest, LapseRequest.example),
)
def record_lapse(
    request: Request,
    id: Id,
    key: Client,
    asked: Annotated[LapseRequest, Depends(small_body(LapseRequest))],
    idempotency_key: IdempotencyKey = None,
    accept_language: Language = None,
) -> Response:
    """Shown in the report from now on, with time and person."""
    from service.rejudge import with_inquiry  # here, since the catalogue of checks loads OpenCV

    desk = desk_of(request)
    language = "ja" if (accept_language or "").strip().lower().startswith("ja") else "en"

    def work(session: Session, now: datetime) -> Deed:
        if asked.at > now + timedelta(minutes=5):
            fault = Fault("/at", "lies in the future")
            raise RequestInvalid("An inquiry cannot be recorded before it was made.", fault)
        report = _report(desk, id, key)
        inquiry = LapseInquiryReport(result=asked.result, at=asked.at, by=asked.by)
        judged = with_inquiry(report, inquiry, language)
        desk.store.records.replace(session, judged)
        recorded = Inquiry(asked.result, asked.at, asked.by, now)
        number = _sure_number(report)
        desk.store.inquiries.add(session, id, number, recorded, key=key)
        return Deed(id, standard_detail(judged))

    return do(desk, key, idempotency_key, f"POST /v1/verifications/{id}/lapse-inquiry", asked, work)


def _sure_number(report: Report) -> str | None:
    """The number for later cards; None where it was not read surely: another holder's number may be meant."""
    field: Any = next((f for f in report.fields if f.name.value == "card_number"), None)
    if field is None or field.value is None or field.agreement.value == "disagree":
        return None
    sure = any((s.confidence or 0.0) >= 0.95 for s in field.sources if s.value == field.value)
    return card_number_of(field.value) if sure else None
