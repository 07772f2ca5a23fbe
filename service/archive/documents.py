"""One file of an archive as pages, and one page as a picture. Every fault is an ``Unread`` with its code."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import cv2
import numpy as np
import pypdfium2 as pdfium
import structlog
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from service.archive.problems import PROBLEMS, Unread
from service.errors import Problem
from service.evidence import ImageMetadata, Picture, Role
from service.imaging import decode_picture
from service.imaging.colour import colour_kind, to_bgr
from service.imaging.container import MEDIA_TYPES, sniff
from service.imaging.pdf import PdfTooLarge, pdf_facts, render_page
from service.imaging.pyramid import halved
from service.imaging.several import Piece
from service.settings import Settings

__all__ = ["Document", "open_document", "page_picture", "png", "reading"]

log = structlog.get_logger(__name__)

_PASSWORD = 4
"""FPDF_ERR_PASSWORD."""
_SUBFILE, _REDUCED = 254, 0x1
"""TIFF 6.0, NewSubfileType: a small copy of another page of the file."""
_PNG_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was opened far enough to know its pages."""

    data: bytes = field(repr=False)
    kind: str
    """A key of ``service.imaging.container.MEDIA_TYPES``."""
    pages: tuple[int, ...]
    """Numbers of the pages within the file, from 0."""
    stated: str = ""
    """Creation date as a PDF states it."""
    more: bool = False
    """Whether there are more pages than are read."""

    @property
    def whole(self) -> bool:
        """Whether the file as it is shows one picture."""
        return self.pages == (0,) and not self.more

    @property
    def sha256(self) -> str:
        """Digest of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def media_type(self) -> str:
        """Media type of the file."""
        return MEDIA_TYPES[self.kind]


@contextmanager
def reading(otherwise: str) -> Iterator[None]:
    """Turn whatever a decoder raises into ``Unread``; a code that nobody knows better is ``otherwise``."""
    try:
        yield
    except Unread:
        raise
    except Problem as problem:
        raise Unread(problem.name if problem.name in PROBLEMS else otherwise) from problem
    except MemoryError as error:
        raise Unread("out-of-memory") from error
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower()
        raise Unread("encrypted" if locked else otherwise) from error
    except PdfTooLarge as error:
        raise Unread("too-many-pixels") from error
    except Exception as error:  # decoders raise whatever their parsers meet
        if otherwise == "internal":
            log.exception("archive.fault")
        raise Unread(otherwise) from error


def open_document(data: bytes, limits: Settings) -> Document:
    """A file by its content; Unread where it is no picture or document that is read here."""
    kind = sniff(data)
    if kind is None:
        raise Unread("media-type-unsupported")
    with reading("document-unreadable"):
        if kind == "PDF":
            count, stated = pdf_facts(data)
            pages = range(min(count, limits.archive_max_pages))
            if not count:
                raise Unread("document-unreadable")
            return Document(data, kind, tuple(pages), stated, count > len(pages))
        if kind == "TIFF":
            found = _tiff_pages(data, limits.archive_max_pages + 1)
            return Document(
                data, kind, found[: limits.archive_max_pages], "", len(found) > limits.archive_max_pages
            )
        return Document(data, kind, (0,))


def _tiff_pages(data: bytes, most: int) -> tuple[int, ...]:
    tiff = TiffImagePlugin.TiffImageFile(io.BytesIO(data))
    found: list[int] = []
    number = 0
    while len(found) < most:
        try:
            tiff.seek(number)
        except EOFError:
            break
        if not int(tiff.tag_v2.get(_SUBFILE, 0)) & _REDUCED:
            found.append(number)
        number += 1
    return tuple(found) or (0,)


def page_picture(document: Document, page: int, limits: Settings) -> Picture:
    """One page decoded; Unread where it is damaged or too large."""
    with reading("image-undecodable"):
        if document.whole:
            return decode_picture(document.data, Role.FRONT, limits)
        if document.kind == "PDF":
            rendered, dots = render_page(document.data, limits.archive_max_pages * 2, limits.max_pixels, page)
            grey = rendered.ndim == 2 or rendered.shape[2] == 1
            pixels = cv2.cvtColor(rendered, cv2.COLOR_GRAY2BGR) if grey else rendered
            dpi: tuple[float, float] | None = (round(dots, 1), round(dots, 1))
        else:
            pixels, dpi = _tiff_page(document.data, page, limits)
        pixels = np.ascontiguousarray(pixels, dtype=np.uint8)
        metadata = ImageMetadata(document.kind, colour_kind(pixels), dpi)
        return Picture(Role.FRONT, document.sha256, document.media_type, pixels, metadata, halved(pixels))


def _tiff_page(
    data: bytes, page: int, limits: Settings
) -> tuple[NDArray[np.uint8], tuple[float, float] | None]:
    tiff = TiffImagePlugin.TiffImageFile(io.BytesIO(data))
    tiff.seek(page)
    width, height = tiff.size
    if width * height > limits.max_pixels or max(width, height) > limits.max_side_px:
        raise Unread("too-many-pixels")
    stated = tiff.info.get("dpi")
    tiff.load()
    dpi = (float(stated[0]), float(stated[1])) if stated and min(stated) >= 30 else None
    return to_bgr(tiff), dpi


def png(picture: Picture, piece: Piece | None) -> bytes:
    """A page, or a piece of it, as a file of its own without loss."""
    left, top, right, bottom = piece or (0, 0, picture.width, picture.height)
    cut = picture.pixels[top:bottom, left:right]
    image = Image.fromarray(np.ascontiguousarray(cut[:, :, ::-1]))
    if picture.metadata.colour != "colour":
        image = image.convert("L")
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=_PNG_LEVEL, dpi=picture.metadata.dpi or (0, 0))
    return out.getvalue()
