"""Bytes to one upright 8-bit picture. The type is told by content; limits are checked before decoding.

A file is read strictly: what is cut short or broken is refused, never half shown, since a check that looks
at an invented grey area would accuse an honest holder.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any, NoReturn

import cv2
import numpy as np
import pi_heif
from numpy.typing import NDArray
from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from service.errors import (
    Fault,
    ImageUndecodable,
    MediaTypeUnsupported,
    PayloadTooLarge,
    Problem,
    TooManyPixels,
)
from service.evidence import ImageMetadata, Picture, Role
from service.imaging.colour import colour_kind, to_bgr
from service.imaging.container import MEDIA_TYPES, sniff, webp_header
from service.imaging.jpeg import jpeg_to_bgr
from service.imaging.metadata import metadata_of, orientation_of
from service.imaging.pdf import PdfTooLarge, PdfTooManyPages, render_page
from service.imaging.pyramid import halved
from service.settings import Settings

__all__ = ["REDUCE_ABOVE_PIXELS", "as_stored", "decode_picture"]

REDUCE_ABOVE_PIXELS = 32_000_000
"""Pictures beyond this are halved: an A4 page at 600 dpi then has the raster's own 300 dpi."""
_MAX_JPEG_SCANS = 100
"""Progressive JPEG with thousands of scans costs minutes; encoders write about ten."""
_MIN_SIDE = 16

_TURNS: dict[int, Callable[[NDArray[Any]], NDArray[Any]]] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: a[::-1].transpose(1, 0, 2),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: a.transpose(1, 0, 2)[::-1],
}
"""EXIF 2.32, tag 0x0112: what to do to see the picture upright."""
_BACK = {6: 8, 8: 6}
"""Orientations that another one undoes; the others undo themselves."""


def as_stored(upright: NDArray[Any], orientation: int) -> NDArray[Any]:
    """A view of an upright picture as its file holds it, (height, width, channels)."""
    turn = _TURNS.get(_BACK.get(orientation, orientation))
    return turn(upright) if turn else upright


def decode_picture(data: bytes, role: Role, limits: Settings) -> Picture:
    """Decode one submitted picture or PDF page.

    Raises PayloadTooLarge, TooManyPixels, MediaTypeUnsupported or ImageUndecodable, each with a Fault that
    points at the role; nothing else.
    """
    reader = _Reader(data, role, limits)
    try:
        pixels, metadata = reader.read()
    except Problem:
        raise
    except MemoryError as error:
        raise reader.problem(TooManyPixels, "needs too much memory; send a smaller picture") from error
    except Exception as error:  # decoders raise whatever their parsers meet; all of it means a broken file
        raise reader.problem(
            ImageUndecodable, "is damaged or cut short; save or take the picture again"
        ) from error
    return Picture(
        role=role,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=MEDIA_TYPES[metadata.format],
        pixels=pixels,
        metadata=metadata,
        reduced=halved(pixels),
    )


class _Reader:
    """One decoding: the bytes, what they are for, and the limits that hold."""

    def __init__(self, data: bytes, role: Role, limits: Settings) -> None:
        self.data = data
        self.role = role
        self.limits = limits

    def problem(self, kind: type[Problem], what: str) -> Problem:
        detail = f"{self.role.value} {what}."
        return kind(detail, Fault(f"/{self.role.value}", detail))

    def refuse(self, kind: type[Problem], what: str) -> NoReturn:
        raise self.problem(kind, what)

    def read(self) -> tuple[NDArray[np.uint8], ImageMetadata]:
        if not self.data:
            self.refuse(ImageUndecodable, "is empty; choose the file again")
        if len(self.data) > self.limits.max_part_bytes:
            limit = self.limits.max_part_bytes
            self.refuse(
                PayloadTooLarge,
                f"has {len(self.data)} bytes, at most {limit} are read; send a smaller picture",
            )
        form = sniff(self.data)
        if form is None:
            self.refuse(
                MediaTypeUnsupported,
                "is not a picture that is read here; send JPEG, PNG, TIFF, WebP, HEIC or PDF",
            )
        if form == "PDF":
            return self._read_pdf()
        image = self._open_heif() if form == "HEIF" else self._open(form)
        self._check_size(*image.size)
        orientation = orientation_of(image) if form != "HEIF" else 1
        reduce = 2 if image.width * image.height > REDUCE_ABOVE_PIXELS else 1
        stated = metadata_of(image, form, orientation)
        pixels = jpeg_to_bgr(self.data, image, reduce) if form == "JPEG" else None
        if pixels is None:
            if form == "JPEG" and reduce > 1:
                image.draft(None, (image.width // reduce, image.height // reduce))
            image.load()
            pixels = to_bgr(image)
        image.close()
        if form == "TIFF":
            orientation = 1  # Pillow turns a TIFF itself while loading
        pixels = self._upright(pixels, orientation)
        return pixels, stated(colour_kind(pixels))

    def _check_size(self, width: int, height: int) -> None:
        if width < _MIN_SIDE or height < _MIN_SIDE:
            self.refuse(ImageUndecodable, "is only a few pixels wide; send a picture of the card")
        if width * height > self.limits.max_pixels or max(width, height) > self.limits.max_side_px:
            self.refuse(
                TooManyPixels,
                f"has {width} x {height} pixels, at most {self.limits.max_pixels} in all and "
                f"{self.limits.max_side_px} along a side are read; send a smaller picture",
            )

    def _open(self, form: str) -> ImageFile.ImageFile:
        """Read the header alone. The classes are called directly: the limits are ours, not Pillow's."""
        stream = io.BytesIO(self.data)
        if form == "JPEG":
            if self.data.count(b"\xff\xda") > _MAX_JPEG_SCANS:
                self.refuse(ImageUndecodable, "has an unusual number of scans; save it again as a plain JPEG")
            return JpegImagePlugin.JpegImageFile(stream)
        if form == "WEBP":
            header = webp_header(self.data)
            if header is None:
                raise ValueError("WebP without a frame header")
            self._check_size(header.width, header.height)
            if header.animated:
                self._refuse_several("is animated")
            return WebPImagePlugin.WebPImageFile(stream)
        if form == "PNG":
            png = PngImagePlugin.PngImageFile(stream)
            if png.is_animated:
                self._refuse_several("is animated")
            return png
        return self._open_tiff(stream)

    def _open_tiff(self, stream: io.BytesIO) -> ImageFile.ImageFile:
        tiff = TiffImagePlugin.TiffImageFile(stream)
        try:
            tiff.seek(self.limits.max_pages)
            self._refuse_several("has several pages")
        except EOFError:
            tiff.seek(0)
        return tiff

    def _open_heif(self) -> Image.Image:
        heif = pi_heif.open_heif(self.data, convert_hdr_to_8bit=True)
        self._check_size(*heif.size)
        if len(heif) > self.limits.max_pages:
            self._refuse_several("holds several pictures")
        picture: Image.Image = heif[heif.primary_index].to_pillow()
        return picture

    def _refuse_several(self, what: str) -> NoReturn:
        self.refuse(ImageUndecodable, f"{what}; send one still picture of one side of the card")

    def _read_pdf(self) -> tuple[NDArray[np.uint8], ImageMetadata]:
        try:
            rendered, dpi = render_page(self.data, self.limits.max_pages, self.limits.max_pixels)
        except PdfTooManyPages:
            self._refuse_several("has several pages")
        except PdfTooLarge as error:
            raise self.problem(
                TooManyPixels, "holds a picture with too many pixels; send a smaller one"
            ) from error
        code = cv2.COLOR_GRAY2BGR if rendered.ndim == 2 or rendered.shape[2] == 1 else None
        pixels = np.ascontiguousarray(
            rendered if code is None else cv2.cvtColor(rendered, code), dtype=np.uint8
        )
        self._check_size(pixels.shape[1], pixels.shape[0])
        return pixels, ImageMetadata("PDF", colour_kind(pixels), (round(dpi, 1), round(dpi, 1)))

    def _upright(self, pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
        if pixels.shape[0] * pixels.shape[1] > REDUCE_ABOVE_PIXELS:
            half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
            pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        turn = _TURNS.get(orientation)
        return np.ascontiguousarray(turn(pixels)) if turn else pixels
