"""``/v1/verifications/{id}/overlay.png``: a stored card with the places of its findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from service.api.access import Inspector, desk_of
from service.api.desk import Desk
from service.api.openapi import problem_answers
from service.errors import NotFound
from service.evidence import CardView, Role, Side
from service.imaging import decode_picture, locate_card
from service.imaging.annotate import Frame, annotated
from service.reading.clearing import clear, clear_card, read_cleared
from service.report import CheckReport, Report
from service.settings import Settings
from service.verdict import Result

__all__ = ["router"]

router = APIRouter(prefix="/v1/verifications", tags=["verification"])

_SIDES = (Role.FRONT, Role.BACK)
_ABSENT = "There is no report of this id, or its time has ended."
_NOT_KEPT = "The pictures of this verification were not kept: that needs store=evidence in its request."
_NOT_FOUND_ON = "No card of this side is in the pictures that were kept."
_COLOURS: Mapping[Result, tuple[int, int, int]] = {
    Result.FAIL: (30, 30, 200),
    Result.SUSPECT: (0, 110, 235),
    Result.INCONCLUSIVE: (120, 120, 120),
    Result.PASS: (80, 140, 40),
}
"""BGR; red, orange, grey and green, each named beside its frame for those who see no colours."""


@router.get(
    "/{id}/overlay.png",
    summary="See where on the card the findings are",
    operation_id="get_overlay",
    response_class=Response,
    responses={
        200: {
            "description": "The rectified card with a frame for each finding.",
            "content": {"image/png": {}},
        },
        **problem_answers(400, 401, 403, 404, 429),
    },
)
async def get_overlay(
    request: Request,
    id: Annotated[str, Path(max_length=64, description="As in the report: `vrf_…`.")],
    key: Inspector,
    side: Annotated[Side, Query(description="Side of the card.")] = Side.FRONT,
) -> Response:
    """Only for reports whose pictures were kept; a My Number is black in it, as in everything shown."""
    desk = desk_of(request)
    report, files = await desk.admission.at_door(partial(_kept, desk, id, key.id))
    async with desk.admission.place() as place:
        png = await place.verify(partial(_draw, report, files, side, desk.settings))
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})


def _kept(desk: Desk, id: str, actor: str) -> tuple[Report, dict[Role, bytes]]:
    """The report and its kept pictures; who looked at them is written into the audit log."""
    now = datetime.now(UTC)
    report = desk.store.records.get(id, owner=None, now=now)
    if report is None:
        raise NotFound(_ABSENT)
    read = {role: desk.store.records.read_evidence(id, role.value, actor=actor, now=now) for role in _SIDES}
    files = {role: content for role, content in read.items() if content is not None}
    if not files:
        raise NotFound(_NOT_KEPT)
    return report, files


def _draw(report: Report, files: Mapping[Role, bytes], side: Side, settings: Settings) -> bytes:
    """Find the side again, since no rectified picture is ever kept, and frame what was said of it."""
    first = sorted(files, key=lambda role: role.value != side.value)
    views = (_view(role, files[role], settings) for role in first)
    view = next((v for v in views if v is not None and v.side is side), None)
    if view is None:
        raise NotFound(_NOT_FOUND_ON)
    told = [frame for check in report.checks if (frame := _frame(check, side)) is not None]
    return annotated(view.raster, told)


def _view(role: Role, data: bytes, settings: Settings) -> CardView | None:
    picture = decode_picture(data, role, settings)
    location = locate_card(picture)
    cleared = clear_card(clear(picture), location)
    if location.cards > 1:
        return None
    _, reading = read_cleared(cleared, location)
    return reading.view


def _frame(check: CheckReport, side: Side) -> Frame | None:
    region, colour = check.region, _COLOURS.get(check.result)
    if region is None or colour is None or region.side != side.value:
        return None
    x, y, width, height = region.box
    return Frame((x, y, width, height), f"{check.id} {check.result.value}", colour)
