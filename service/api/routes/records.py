"""Kept files of a report, exports by log profile, and the audit log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from service.api.access import Admin, Inspector, desk_of
from service.api.deeds import answered
from service.api.desk import Desk
from service.api.openapi import model_answer, problem_answers
from service.api.record_schemas import EvidenceListModel
from service.errors import NotFound
from service.exports import LogProfile, exported

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["records"])

Id = Annotated[str, Path(max_length=64, description="As in the report: `vrf_…`.")]
_NDJSON = "application/x-ndjson"
_ABSENT = "There is no report of this id, its time has ended, or no such file was kept."
_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"RIFF", "image/webp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_LINES = {"description": "One JSON object per line.", "content": {_NDJSON: {"schema": {"type": "string"}}}}


@router.get(
    "/verifications/{id}/evidence",
    summary="Which files were kept",
    operation_id="list_evidence",
    responses={**model_answer(EvidenceListModel, "Their names."), **problem_answers(400, 401, 403, 404, 429)},
)
def list_evidence(request: Request, id: Id, key: Inspector) -> Response:
    """Files are kept only where operator and caller both wanted it."""
    records, now = desk_of(request).store.records, datetime.now(UTC)
    if records.get(id, owner=None, now=now) is None:
        raise NotFound(_ABSENT)
    return answered(EvidenceListModel(data=records.evidence_parts(id, now=now)))


@router.get(
    "/verifications/{id}/evidence/{part:path}",
    summary="One kept file",
    operation_id="get_evidence",
    response_class=Response,
    responses={
        200: {
            "description": "The file as it was sent.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problem_answers(400, 401, 403, 404, 429),
    },
)
def get_evidence(
    request: Request,
    id: Id,
    part: Annotated[str, Path(max_length=40, description="`front`, `chip`, `tilt_vertical/3` …")],
    key: Inspector,
) -> Response:
    """Decrypted for this answer; who looked at it is written into the audit log."""
    records = desk_of(request).store.records
    content = records.read_evidence(id, part, actor=key.id, now=datetime.now(UTC))
    if content is None:
        raise NotFound(_ABSENT)
    kind = next((kind for magic, kind in _MAGIC if content.startswith(magic)), "application/octet-stream")
    headers = {
        "Content-Disposition": f'inline; filename="{part.replace("/", "-")}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type=kind, headers=headers)


@router.get(
    "/exports",
    summary="Every kept report in a log profile",
    operation_id="export_reports",
    response_class=Response,
    responses={200: _LINES, **problem_answers(400, 401, 403, 429)},
)
def export_reports(
    request: Request, key: Admin, profile: LogProfile = "basic", since: AwareDatetime | None = None
) -> Response:
    """`basic` without personal data, `standard` with the details of what failed, `full` as it stands."""
    desk, now = desk_of(request), datetime.now(UTC)
    desk.store.audit.note(at=now, action="reports.exported", actor=key.id, facts={"profile": profile})
    return StreamingResponse(_reports(desk, profile, now, since), media_type=_NDJSON)


def _reports(desk: Desk, profile: LogProfile, now: datetime, since: datetime | None) -> Iterator[bytes]:
    for report in desk.store.records.every(now=now, since=since):
        yield json.dumps(exported(report, profile), ensure_ascii=False).encode() + b"\n"


@router.get(
    "/audit",
    summary="The audit log",
    operation_id="read_audit",
    response_class=Response,
    responses={200: _LINES, **problem_answers(400, 401, 403, 429)},
)
def read_audit(
    request: Request,
    key: Admin,
    after: Annotated[int, Query(ge=0, le=2**53, description="Number of the line before the first.")] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    subject: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """Lines without personal data, in order. `honmono audit verify` proves that none was changed."""
    lines = desk_of(request).store.audit.lines(subject, after=after, limit=limit)
    shown: list[dict[str, Any]] = [
        {
            "seq": line.seq,
            "at": line.at.isoformat(),
            "action": line.action,
            "actor": line.actor,
            "subject": line.subject,
            "facts": dict(line.facts),
        }
        for line in lines
    ]
    return Response(b"".join(json.dumps(line).encode() + b"\n" for line in shown), media_type=_NDJSON)
