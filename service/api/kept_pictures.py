"""Pictures for the eyes of a person who reviews, made of kept files when they are asked for.

No rectified picture is ever kept, so each is found again. Whatever is shown went through ``clear`` first: a
My Number is black in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from service.api.desk import Desk
from service.cards.layout import Layout, layouts
from service.chip import ChipReading, decode_face, decode_text_image, read_dump
from service.chip.errors import ImageError
from service.errors import NotFound, Problem
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, CardView, Role, Side
from service.imaging import decode_picture, locate_card
from service.imaging.photograph import match_photograph
from service.reading.clearing import clear, clear_card, read_cleared
from service.report import Report
from service.settings import Settings
from service.tilt import aligned_frames

__all__ = ["PictureKind", "kept_files", "kept_picture", "side_view"]

Pixels = NDArray[np.uint8]
Files = Mapping[str, bytes]

_ABSENT: Final = "There is no report of this id, or its time has ended."
_NOT_KEPT: Final = (
    "The pictures of this verification were not kept: that needs store=evidence in its request."
)
_NOT_FOUND_ON: Final = "No card of this side is in the pictures that were kept."
_PHOTO_WIDTH = 480
"""Pixels to which photographs are brought, so that two of them lie on each other."""
_PHOTO_SURROUNDINGS = 0.14
"""Share of the photo's size that is searched beyond its nominal box."""


class PictureKind(StrEnum):
    """A picture to look at."""

    FRONT = "front"
    BACK = "back"
    PHOTO = "photo"
    """The printed photograph, laid as the chip's where there is one."""
    CHIP_TEXT = "chip_text"
    """The signed picture of the printed text (generation 1), in the size of the card."""
    CHIP_PHOTO = "chip_photo"
    TILT_VERTICAL = "tilt_vertical"
    """Frames of a tilt, one below the other, the card of each in the same place."""
    TILT_HORIZONTAL = "tilt_horizontal"
    TILT_ROTATE = "tilt_rotate"

    @property
    def parts(self) -> tuple[str, ...]:
        """Beginnings of the names of the kept files that it is made of."""
        if self in (PictureKind.CHIP_TEXT, PictureKind.CHIP_PHOTO):
            return ("chip",)
        if self is PictureKind.PHOTO:
            return ("front", "back", "chip")
        return ("front", "back", *((self.value,) if self.value.startswith("tilt_") else ()))


def kept_files(
    desk: Desk, id: str, parts: tuple[str, ...], *, actor: str, now: datetime
) -> tuple[Report, Files]:
    """The report and its kept files of these names; who looked at them is written into the audit log.

    NotFound where there is no such report, or nothing of it was kept.
    """
    records = desk.store.records
    report = records.get(id, owner=None, now=now)
    if report is None:
        raise NotFound(_ABSENT)
    wanted = [name for name in records.evidence_parts(id, now=now) if name.partition("/")[0] in parts]
    read = {name: records.read_evidence(id, name, actor=actor, now=now) for name in wanted}
    files = {name: content for name, content in read.items() if content is not None}
    if not files:
        raise NotFound(_NOT_KEPT)
    return report, files


def side_view(files: Files, side: Side, settings: Settings) -> CardView:
    """The rectified side, in whichever of the two pictures it is; NotFound where it is in neither."""
    roles = sorted((Role.FRONT, Role.BACK), key=lambda role: role.value != side.value)
    views = (_view(role, files[role.value], settings) for role in roles if role.value in files)
    view = next((v for v in views if v is not None and v.side is side), None)
    if view is None:
        raise NotFound(_NOT_FOUND_ON)
    return view


def _view(role: Role, data: bytes, settings: Settings) -> CardView | None:
    picture = decode_picture(data, role, settings)
    location = locate_card(picture)
    cleared = clear_card(clear(picture), location)
    if location.cards > 1:
        return None
    _, reading = read_cleared(cleared, location)
    return reading.view


def kept_picture(kind: PictureKind, files: Files, settings: Settings) -> bytes:
    """The picture as PNG; NotFound where the files do not hold it."""
    _, png = cv2.imencode(".png", _MAKERS[kind](files, settings))
    return png.tobytes()


def _front(files: Files, settings: Settings) -> Pixels:
    return side_view(files, Side.FRONT, settings).raster


def _back(files: Files, settings: Settings) -> Pixels:
    return side_view(files, Side.BACK, settings).raster


def _layout_of(view: CardView) -> Layout:
    layout = layouts().get(view.layout or "")
    if layout is None:
        raise NotFound("The card in the kept pictures is of no layout that is known here.")
    return layout


def _chip(files: Files, settings: Settings) -> ChipReading:
    if "chip" not in files:
        raise NotFound("No chip dump of this verification was kept.")
    try:
        return read_dump(files["chip"], settings)
    except Problem as problem:
        raise NotFound("Nothing of the kept chip dump can be read.") from problem


def _chip_text(files: Files, settings: Settings) -> Pixels:
    image = _chip(files, settings).front_image
    grey = _decoded(decode_text_image, image, "text")
    return _resized(grey, RASTER_WIDTH, RASTER_HEIGHT)


def _chip_photo(files: Files, settings: Settings) -> Pixels:
    face = _decoded(decode_face, _chip(files, settings).face, "photograph")
    return _photo_sized(face, face.shape[0] / face.shape[1])


def _decoded(decode: Callable[[bytes], Pixels], data: bytes | None, what: str) -> Pixels:
    if data is None or not data.strip(b"\x00"):
        raise NotFound(f"The chip dump holds no picture of its {what}.")
    try:
        return decode(data)
    except ImageError as error:
        raise NotFound(f"The picture of the {what} in the chip dump cannot be decoded.") from error


def _photo(files: Files, settings: Settings) -> Pixels:
    view = side_view(files, Side.FRONT, settings)
    area = _layout_of(view).front.area("photo")
    if area is None:
        raise NotFound("This layout has no place for a photograph.")
    x, y, w, h = area.box
    width, height = w * RASTER_WIDTH, h * RASTER_HEIGHT
    margin = _PHOTO_SURROUNDINGS
    top, left = (
        max(0, round(y * RASTER_HEIGHT - height * margin)),
        max(0, round(x * RASTER_WIDTH - width * margin)),
    )
    bottom, right = (
        round((y + h) * RASTER_HEIGHT + height * margin),
        round((x + w) * RASTER_WIDTH + width * margin),
    )
    around = np.ascontiguousarray(view.raster[top:bottom, left:right])
    try:
        face = _decoded(decode_face, _chip(files, settings).face, "photograph")
    except NotFound:
        return _photo_sized(around, around.shape[0] / around.shape[1])
    bx, by, bw, bh = match_photograph(around, face, (width, height)).box
    found = np.ascontiguousarray(around[max(0, by) : by + bh, max(0, bx) : bx + bw])
    return _photo_sized(found, face.shape[0] / face.shape[1])


def _photo_sized(pixels: Pixels, tall: float) -> Pixels:
    return _resized(pixels, _PHOTO_WIDTH, round(_PHOTO_WIDTH * tall))


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    way = cv2.INTER_AREA if pixels.shape[1] > width else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=way), np.uint8)


def _tilt(axis: str) -> Callable[[Files, Settings], Pixels]:
    def made(files: Files, settings: Settings) -> Pixels:
        start = f"tilt_{axis}/"
        names = sorted((n for n in files if n.startswith(start)), key=lambda n: int(n.removeprefix(start)))
        if not names:
            raise NotFound("No frames of this tilt were kept.")
        view = side_view(files, Side.FRONT, settings)
        frames = aligned_frames(axis, [files[name] for name in names], view, _layout_of(view), settings)
        if not frames:
            raise NotFound("The card was not found in the frames of this tilt.")
        return np.concatenate(frames)

    return made


_MAKERS: Mapping[PictureKind, Callable[[Files, Settings], Pixels]] = {
    PictureKind.FRONT: _front,
    PictureKind.BACK: _back,
    PictureKind.PHOTO: _photo,
    PictureKind.CHIP_TEXT: _chip_text,
    PictureKind.CHIP_PHOTO: _chip_photo,
    PictureKind.TILT_VERTICAL: _tilt("vertical"),
    PictureKind.TILT_HORIZONTAL: _tilt("horizontal"),
    PictureKind.TILT_ROTATE: _tilt("rotate"),
}
