"""The day of a copy: the strongest believable word, never one that accuses by a wrong clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PIL import Image

from service.archive.dates import exif_time, pdf_time, scan_dates
from service.archive.documents import open_document
from service.archive.item import Entry, Item, Part, PartRole, ScanDateSource
from service.settings import Settings
from tests.archive.cards import NOW, encoded

LIMITS = Settings()
MODIFIED = datetime(2018, 5, 6, tzinfo=UTC)
PICTURE = Image.new("RGB", (64, 40), "white")


def told(
    data: bytes, scan_date: datetime | None = None, modified: datetime | None = MODIFIED
) -> list[tuple[str, str]]:
    entry = Entry("1", "1", len(data), modified.timestamp() if modified else None)
    found = Item((Part(PartRole.ANY, entry),), scan_date=scan_date)
    dated = scan_dates(found, entry, open_document(data, LIMITS), NOW)
    return [(source.value, when.astimezone(UTC).isoformat()[:10]) for when, source in dated]


def jpeg(**tags: str) -> bytes:
    exif = Image.Exif()
    if "changed" in tags:
        exif[0x0132] = tags["changed"]
    if "original" in tags:
        exif.get_ifd(0x8769)[0x9003] = tags["original"]
    return encoded(PICTURE, "JPEG", exif=exif)


def test_every_source_in_its_place() -> None:
    data = jpeg(original="2017:01:02 12:00:00", changed="2017:03:04 12:00:00")
    assert told(data, datetime(2016, 1, 1, 12, tzinfo=UTC)) == [
        ("manifest", "2016-01-01"),
        ("exif", "2017-01-02"),
        ("exif", "2017-03-04"),
        ("modified", "2018-05-06"),
        ("run", "2026-11-22"),
    ]


def test_a_tiff_states_its_own() -> None:
    data = encoded(PICTURE, "TIFF", tiffinfo={306: "2015:02:03 04:05:06"})
    assert told(data)[0] == ("tiff", "2015-02-02")  # in Japan it was the third


def test_a_pdf_states_its_own() -> None:
    import time

    data = encoded(PICTURE, "PDF", creationDate=time.gmtime(1_400_000_000))
    assert told(data)[0] == ("pdf", "2014-05-13")


@pytest.mark.parametrize(
    "clock", ["0000:00:00 00:00:00", "1980:01:01 00:00:00", "2031:01:01 00:00:00", "soon"]
)
def test_clocks_that_were_never_set_are_not_believed(clock: str) -> None:
    assert told(jpeg(original=clock), modified=None) == [("run", "2026-11-22")]


@pytest.mark.parametrize(
    ("text", "offset", "wanted"),
    [
        ("2019:04:01 10:20:30", "", "2019-04-01T01:20:30+00:00"),
        ("2019:04:01 10:20:30", "+02:00", "2019-04-01T08:20:30+00:00"),
        ("2019:13:01 10:20:30", "", None),
    ],
)
def test_times_of_exif(text: str, offset: str, wanted: str | None) -> None:
    found = exif_time(text, offset)
    assert (found.astimezone(UTC).isoformat() if found else None) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("D:20190401102030+09'00'", "2019-04-01T01:20:30+00:00"),
        ("D:20190401102030Z", "2019-04-01T10:20:30+00:00"),
        ("D:20190401102030-05'30'", "2019-04-01T15:50:30+00:00"),
        ("D:20190401", "2019-03-31T15:00:00+00:00"),
        ("D:20191301", None),
        ("yesterday", None),
    ],
)
def test_dates_of_pdf(text: str, wanted: str | None) -> None:
    found = pdf_time(text)
    assert (found.astimezone(UTC).isoformat() if found else None) == wanted


def test_the_run_stands_last() -> None:
    assert told(jpeg())[-1][0] == ScanDateSource.RUN.value
