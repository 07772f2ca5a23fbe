"""``/v1/verifications``: stored reports, one by one and in pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response

from service.api.access import Client, desk_of, may_see_detail, owner_scope
from service.api.openapi import problem_answers, report_answer
from service.api.schemas import VerificationsModel
from service.api.verification import shown
from service.errors import NotFound
from service.store.keys import KeyRole
from service.submission import Detail
from service.tr03135 import document_check_xml
from service.verdict import Verdict

__all__ = ["router"]

router = APIRouter(prefix="/v1/verifications", tags=["verification"])

Id = Annotated[str, Path(max_length=64, description="As in the report: `vrf_…`.")]
Cursor = Annotated[
    str | None,
    Query(pattern=r"^vrf_[0-9A-HJKMNP-TV-Z]{26}$", description="`next_cursor` of the page before."),
]
_ABSENT = "There is no report of this id, or its time has ended."


_REPORT: dict[int | str, dict[str, Any]] = report_answer("The report.")
_REPORT[200]["content"] = {
    **_REPORT[200]["content"],
    "application/xml": {"schema": {"type": "string", "description": "In the shape of BSI TR-03135."}},
}


def _json(content: object) -> Response:
    return Response(json.dumps(content, ensure_ascii=False).encode(), media_type="application/json")


@router.get(
    "",
    summary="List stored reports, newest first",
    operation_id="list_verifications",
    responses={
        200: {"model": VerificationsModel, "description": "A page."},
        **problem_answers(400, 401, 403, 429),
    },
)
def list_verifications(
    request: Request,
    key: Client,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Cursor = None,
    verdict: Verdict | None = None,
    client_reference: Annotated[str | None, Query(max_length=200)] = None,
    detail: Detail = "standard",
) -> Response:
    """A client sees its own reports; inspectors and administrators see those of all keys."""
    may_see_detail(key, detail)
    page = desk_of(request).store.records.page(
        owner=owner_scope(key),
        now=datetime.now(UTC),
        limit=limit,
        cursor=cursor,
        verdict=verdict,
        client_reference=client_reference,
    )
    return _json(
        {
            "object": "list",
            "data": [shown(report, detail) for report in page.reports],
            "has_more": page.next_cursor is not None,
            "next_cursor": page.next_cursor,
        }
    )


@router.get(
    "/{id}",
    summary="Read a stored report",
    operation_id="get_verification",
    responses={**_REPORT, **problem_answers(400, 401, 403, 404, 429)},
)
def get_verification(
    request: Request,
    id: Id,
    key: Client,
    detail: Detail = "standard",
    format: Annotated[
        Literal["json", "tr03135"] | None,
        Query(
            description="`tr03135` for XML in the shape of BSI TR-03135; so does `Accept: application/xml`."
        ),
    ] = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """The report as it was given. Another client's report is not found."""
    may_see_detail(key, detail)
    report = desk_of(request).store.records.get(id, owner=owner_scope(key), now=datetime.now(UTC))
    if report is None:
        raise NotFound(_ABSENT)
    if format == "tr03135" or (format is None and _wants_xml(accept)):
        return Response(document_check_xml(report, details=detail == "full"), media_type="application/xml")
    return _json(shown(report, detail))


def _wants_xml(accept: str | None) -> bool:
    """Whether XML is named and JSON is not: a browser that takes anything gets JSON."""
    named = {part.partition(";")[0].strip().lower() for part in (accept or "").split(",")}
    return bool(named & {"application/xml", "text/xml"}) and not named & {"application/json", "text/html"}


@router.delete(
    "/{id}",
    status_code=204,
    summary="Erase a stored report",
    operation_id="delete_verification",
    responses={204: {"description": "Erased."}, **problem_answers(400, 401, 403, 404, 429)},
)
def delete_verification(request: Request, id: Id, key: Client) -> Response:
    """Erase the report, kept files and kept answers; the audit line, without personal data, stays.

    Each key erases its own; administrators erase any.
    """
    owner = None if key.role.covers(KeyRole.ADMIN) else key.id
    records = desk_of(request).store.records
    if not records.erase(id, owner=owner, actor=key.id, now=datetime.now(UTC)):
        raise NotFound(_ABSENT)
    return Response(status_code=204)
