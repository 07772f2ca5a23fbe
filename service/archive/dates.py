"""When a copy was made, by what its file says of itself; the strongest word first.

A card is judged at the day on which it was copied. A wrong clock must accuse nobody, so a date is only one of
several candidates: ``service.archive.judge`` passes on to the next where the card itself is younger.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from PIL import Image

from service.archive.documents import Document
from service.archive.item import Entry, Item, ScanDateSource
from service.checks.case import JAPAN

__all__ = ["Dated", "scan_dates"]

Dated = tuple[datetime, ScanDateSource]

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Before it nobody copied these cards: a clock that was never set."""
_LATER = timedelta(days=1)
_EXIF_IFD, _ORIGINAL, _DIGITISED, _OFFSET = 0x8769, 0x9003, 0x9004, 0x9011
_CHANGED = 0x0132
_EXIF_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_PDF_TIME = re.compile(r"D:(\d{4})(\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(?:([+\-Z])(?:(\d\d)'?(\d\d)?)?)?")


def scan_dates(item: Item, entry: Entry, document: Document | None, now: datetime) -> tuple[Dated, ...]:
    """Believable dates of a copy, strongest first; the time of the run stands last, always."""
    found = [dated for dated in _stated(item, entry, document) if _believable(dated[0], now)]
    return (*found, (now, ScanDateSource.RUN))


def _believable(when: datetime, now: datetime) -> bool:
    return _EARLIEST <= when <= now + _LATER


def _stated(item: Item, entry: Entry, document: Document | None) -> Iterator[Dated]:
    if item.scan_date is not None:
        yield item.scan_date, ScanDateSource.MANIFEST
    if document is not None and document.kind == "PDF":
        stated = pdf_time(document.stated)
        if stated is not None:
            yield stated, ScanDateSource.PDF
    elif document is not None:
        yield from _of_picture(document)
    if entry.modified is not None:
        try:
            yield datetime.fromtimestamp(entry.modified, UTC), ScanDateSource.MODIFIED
        except (ValueError, OverflowError, OSError):
            return


def _of_picture(document: Document) -> Iterator[Dated]:
    try:
        with Image.open(io.BytesIO(document.data)) as image:
            exif = image.getexif()
            details = exif.get_ifd(_EXIF_IFD)
            texts = [details.get(_ORIGINAL), details.get(_DIGITISED), exif.get(_CHANGED)]
            offset = str(details.get(_OFFSET) or "")
    except Exception:  # a header that cannot be read states no date; the picture is judged elsewhere
        return
    sources = (
        ScanDateSource.EXIF,
        ScanDateSource.EXIF,
        ScanDateSource.TIFF if document.kind == "TIFF" else ScanDateSource.EXIF,
    )
    for text, source in zip(texts, sources, strict=True):
        when = exif_time(str(text or ""), offset)
        if when is not None:
            yield when, source


def exif_time(text: str, offset: str = "") -> datetime | None:
    """A time of EXIF or TIFF (``2019:04:01 10:20:30``); without an offset it is taken for Japan's."""
    found = _EXIF_TIME.match(text)
    if found is None:
        return None
    try:
        when = datetime(*(int(part) for part in found.groups()))  # type: ignore[arg-type]
        if re.fullmatch(r"[+\-]\d\d:\d\d", offset):
            return datetime.fromisoformat(f"{when.isoformat()}{offset}")
        return when.replace(tzinfo=JAPAN)
    except ValueError:
        return None


def pdf_time(text: str) -> datetime | None:
    """A date of PDF (ISO 32000-1, 7.9.4); without an offset it is taken for Japan's."""
    found = _PDF_TIME.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        when = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    if sign is None:
        return when.replace(tzinfo=JAPAN)
    away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return when.replace(tzinfo=UTC) - (away if sign == "+" else -away)
