"""For people who hire: entitlement in words, the employer's notice, what expires."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Path, Query, Request, Response

from service.api.access import Client, desk_of, owner_scope
from service.api.deeds import answered
from service.api.openapi import model_answer, problem_answers
from service.api.record_schemas import (
    ExpiringModel,
    ExpiringStayModel,
    ExplainedModel,
    NoticeFieldModel,
    NoticeModel,
)
from service.employment import FORM, explain, notice, notice_csv
from service.errors import Conflict, Fault, NotFound, RequestInvalid
from service.report import Report
from service.store.keys import ApiKey
from service.verdict import Verdict

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["employment"])

JAPAN = ZoneInfo("Asia/Tokyo")
VERIFIED = (Verdict.AUTHENTIC, Verdict.NO_SIGN_OF_FORGERY)
"""Verdicts after which a card's fields may go into a notice."""
_REFUTED = (Verdict.FORGED, Verdict.INVALID)
_WITHIN = re.compile(r"([1-9][0-9]{0,3})d", re.ASCII)
_MAX_DAYS = 3650
Id = Annotated[str, Path(max_length=64, description="As in the report: `vrf_…`.")]


def _report(request: Request, id: str, key: ApiKey) -> Report:
    records = desk_of(request).store.records
    report = records.get(id, owner=owner_scope(key), now=datetime.now(UTC))
    if report is None:
        raise NotFound("There is no report of this id, or its time has ended.")
    return report


@router.get(
    "/verifications/{id}/entitlement",
    summary="What the card, if real, allows, in words",
    operation_id="explain_entitlement",
    responses={
        **model_answer(ExplainedModel, "The explanation."),
        **problem_answers(400, 401, 403, 404, 429),
    },
)
def explain_entitlement(
    request: Request,
    id: Id,
    key: Client,
    accept_language: Annotated[
        str | None, Header(alias="Accept-Language", description="`ja` for Japanese.")
    ] = None,
) -> Response:
    """Until when, how many hours, which permission is missing, what to ask for."""
    report = _report(request, id, key)
    language = "ja" if (accept_language or "").strip().lower().startswith("ja") else "en"
    told = explain(report, language)
    return answered(
        ExplainedModel(
            id=report.id,
            verdict=report.verdict.value,
            card=told.card,
            stay=told.stay,
            work=told.work,
            missing=list(told.missing),
            ask_for=list(told.ask_for),
        )
    )


@router.get(
    "/verifications/{id}/employment-notice",
    summary="Fields of the 外国人雇用状況の届出",
    operation_id="employment_notice",
    responses={
        200: {
            "model": NoticeModel,
            "description": "The fields that a card holds; the rest is for the employer to fill in.",
            "content": {
                "application/json": {"example": NoticeModel.example},
                "text/csv": {"schema": {"type": "string"}},
            },
        },
        **problem_answers(400, 401, 403, 404, 409, 429),
    },
)
def employment_notice(
    request: Request, id: Id, key: Client, format: Literal["json", "csv"] = "json"
) -> Response:
    """From a verified card alone: 409 where the verdict does not allow to rely on it."""
    report = _report(request, id, key)
    if report.verdict not in VERIFIED:
        raise Conflict(f"The verdict is {report.verdict.value}: a notice needs a card that can be relied on.")
    found = notice(report)
    if format == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{report.id}.csv"'}
        content = b"\xef\xbb\xbf" + notice_csv(found).encode()
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
    fields = [
        NoticeFieldModel(
            name=f.name, label=f.label, value=f.value, source="card" if f.from_card else "employer"
        )
        for f in found.fields
    ]
    return answered(
        NoticeModel(id=report.id, form=FORM, needed=found.needed, fields=fields, missing=list(found.missing))
    )


@router.get(
    "/expiring",
    summary="Stays and cards that end soon",
    operation_id="list_expiring",
    responses={**model_answer(ExpiringModel, "The soonest first."), **problem_answers(400, 401, 403, 429)},
)
def list_expiring(
    request: Request,
    key: Client,
    within: Annotated[str, Query(max_length=8, description="Days from today, e.g. `90d`.")] = "90d",
) -> Response:
    """One line for each card, by its latest report that is kept. Forged and invalid cards are left out."""
    asked = _WITHIN.fullmatch(within)
    if asked is None or int(asked[1]) > _MAX_DAYS:
        raise RequestInvalid("The time is not understood.", Fault("/within", "days like 90d, at most 3650d"))
    now = datetime.now(UTC)
    today = now.astimezone(JAPAN).date()
    until = today + timedelta(days=int(asked[1]))
    reports = desk_of(request).store.records.expiring(
        owner=owner_scope(key), now=now, first=today, last=until
    )
    lines = [_line(report, today) for report in _latest(reports)]
    return answered(ExpiringModel(data=sorted(lines, key=lambda line: (line.days_left, line.id))))


def _latest(reports: tuple[Report, ...]) -> list[Report]:
    """The latest report of each card number; those without a number each for itself."""
    latest: dict[str, Report] = {}
    for report in reports:
        number = _value(report, "card_number") or report.id
        if number not in latest:
            latest[number] = report
    return [report for report in latest.values() if report.verdict not in _REFUTED]


def _value(report: Report, name: str) -> str | None:
    return next((f.value for f in report.fields if f.name.value == name), None)


def _line(report: Report, today: date) -> ExpiringStayModel:
    stay, card = report.entitlement.stay.until, report.entitlement.card.valid_until
    first = min(day for day in (stay, card) if day is not None)
    return ExpiringStayModel(
        id=report.id,
        client_reference=report.client_reference,
        card_number=_value(report, "card_number"),
        name=_value(report, "name_latin"),
        verdict=report.verdict.value,
        stay_until=stay,
        card_valid_until=card,
        days_left=(first - today).days,
    )
