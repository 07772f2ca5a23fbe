"""One page of a PDF as a picture. PDFium is not thread-safe, so one page is rendered at a time."""

from __future__ import annotations

import math
import threading
from typing import Any

import pypdfium2 as pdfium
from numpy.typing import NDArray

__all__ = ["PdfTooLarge", "PdfTooManyPages", "pdf_facts", "render_page"]

_LOCK = threading.Lock()
_DPI = 300
_MAX_RENDERED_PIXELS = 16_000_000
"""A page larger than A3 is rendered more coarsely: phones wrap photos in pages of metres."""
_MIN_RENDERED_SIDE = 16


class PdfTooManyPages(ValueError):
    """More pages than one picture may have."""


class PdfTooLarge(ValueError):
    """A picture inside the page has more pixels than the limit."""


def pdf_facts(data: bytes) -> tuple[int, str]:
    """Number of pages, and the text of its creation date (ISO 32000-1, 7.9.4), empty where it has none.

    Raises ``pypdfium2.PdfiumError`` for a broken or encrypted file.
    """
    with _LOCK:
        document = pdfium.PdfDocument(data)
        try:
            return len(document), str(document.get_metadata_value("CreationDate"))
        finally:
            document.close()


def render_page(data: bytes, max_pages: int, max_pixels: int, index: int = 0) -> tuple[NDArray[Any], float]:
    """One page, the first by default, as (height, width, 3) BGR and the dots per inch it was rendered at.

    Raises PdfTooManyPages, PdfTooLarge, and ``pypdfium2.PdfiumError`` or ValueError for a broken or
    encrypted file.
    """
    with _LOCK:
        document = pdfium.PdfDocument(data)
        try:
            if len(document) > max_pages:
                raise PdfTooManyPages(str(len(document)))
            page = document[index]
            _check_images(page, max_pixels)
            scale = _scale(*page.get_size())
            bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=False)
            pixels = bitmap.to_numpy()
            colour = pixels[..., :3] if pixels.ndim == 3 and pixels.shape[2] >= 3 else pixels
            return colour.copy(), scale * 72
        finally:
            document.close()


def _check_images(page: pdfium.PdfPage, max_pixels: int) -> None:
    for item in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE]):
        width, height = item.get_px_size()
        if width * height > max_pixels:
            raise PdfTooLarge(f"{width} x {height}")


def _scale(width: float, height: float) -> float:
    """Pixels per point: 300 dpi, less where that gives more pixels than are of use."""
    if not (math.isfinite(width) and math.isfinite(height)) or min(width, height) <= 0:
        raise ValueError("page without a size")
    scale = min(_DPI / 72, math.sqrt(_MAX_RENDERED_PIXELS / (width * height)))
    if min(width, height) * scale < _MIN_RENDERED_SIDE:
        raise ValueError("page too narrow")
    return scale
