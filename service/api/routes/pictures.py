"""``/v1/verifications/{id}/pictures/{kind}``: what a person lays side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from service.api.access import Inspector, desk_of
from service.api.kept_pictures import PictureKind, kept_files, kept_picture
from service.api.openapi import problem_answers

__all__ = ["router"]

router = APIRouter(prefix="/v1/verifications", tags=["review"])


@router.get(
    "/{id}/pictures/{kind}",
    summary="A picture to compare",
    operation_id="get_picture",
    response_class=Response,
    responses={
        200: {
            "description": (
                "`front`, `back`: the rectified card. `photo`: the printed photograph, laid as the chip's "
                "where there is one. `chip_text`, `chip_photo`: the chip's own pictures. `tilt_…`: the "
                "frames of a tilt below each other, each 506 x 319 pixels, the card in one place in all."
            ),
            "content": {"image/png": {}},
        },
        **problem_answers(400, 401, 403, 404, 413, 415, 422, 429, 503),
    },
)
async def get_picture(
    request: Request,
    id: Annotated[str, Path(max_length=64, description="As in the report: `vrf_…`.")],
    kind: Annotated[PictureKind, Path(description="Which picture.")],
    key: Inspector,
) -> Response:
    """Only for reports whose files were kept; who looked is written into the audit log.

    A My Number is black in it, as in everything shown.
    """
    desk, now = desk_of(request), datetime.now(UTC)
    _, files = await desk.admission.at_door(partial(kept_files, desk, id, kind.parts, actor=key.id, now=now))
    async with desk.admission.place() as place:
        png = await place.verify(partial(kept_picture, kind, files, desk.settings))
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-store"})
