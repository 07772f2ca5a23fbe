"""``/v1/verifications/{id}/overlay.png``: a stored card with the places of its findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from service.api.access import Inspector, desk_of
from service.api.kept_pictures import kept_files, side_view
from service.api.openapi import problem_answers
from service.evidence import Side
from service.imaging.annotate import Frame, annotated
from service.report import CheckReport, Report
from service.settings import Settings
from service.verdict import Result

__all__ = ["router"]

router = APIRouter(prefix="/v1/verifications", tags=["verification"])

_SIDES = ("front", "back")
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
    now = datetime.now(UTC)
    report, files = await desk.admission.at_door(partial(kept_files, desk, id, _SIDES, actor=key.id, now=now))
    async with desk.admission.place() as place:
        png = await place.verify(partial(_draw, report, files, side, desk.settings))
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})


def _draw(report: Report, files: Mapping[str, bytes], side: Side, settings: Settings) -> bytes:
    """Find the side again, since no rectified picture is ever kept, and frame what was said of it."""
    raster = side_view(files, side, settings).raster
    return annotated(raster, [frame for check in report.checks if (frame := _frame(check, side)) is not None])


def _frame(check: CheckReport, side: Side) -> Frame | None:
    region, colour = check.region, _COLOURS.get(check.result)
    if region is None or colour is None or region.side != side.value:
        return None
    x, y, width, height = region.box
    return Frame((x, y, width, height), f"{check.id} {check.result.value}", colour)
