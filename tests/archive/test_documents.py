"""Files as pages: every fault has its own word, and no page is invented."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from service.archive.documents import open_document, page_picture, png
from service.archive.problems import Unread
from service.evidence import Role
from service.imaging import decode_picture
from service.settings import Settings
from tests.archive.cards import encoded

LIMITS = Settings()
PAGES = [Image.new("RGB", (320, 200), colour) for colour in ("red", "lime", "blue")]
_ENCRYPT = b"<</Filter/Standard/V 1/R 2/O <%s>/U <%s>/P -44>>" % (b"41" * 32, b"42" * 32)
ENCRYPTED_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"4 0 obj" + _ENCRYPT + b"endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<41><41>]/Size 5>>\n%%EOF\n"
)


def several(form: str) -> bytes:
    first, *more = (page.copy() for page in PAGES)
    return encoded(first, form, save_all=True, append_images=more)


@pytest.mark.parametrize("form", ["PDF", "TIFF"])
def test_every_page_is_had_in_its_colour(form: str) -> None:
    document = open_document(several(form), LIMITS)
    assert (document.pages, document.whole) == ((0, 1, 2), False)
    middles = []
    for page in document.pages:
        pixels = page_picture(document, page, LIMITS).pixels
        middles.append(pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].argmax())
    assert middles == [2, 1, 0]  # BGR


def test_one_page_is_the_file_as_it_is() -> None:
    for form in ("PDF", "TIFF", "JPEG", "PNG", "WEBP"):
        assert open_document(encoded(PAGES[0], form), LIMITS).whole


def test_a_small_copy_inside_a_tiff_is_no_page() -> None:
    small = PAGES[0].resize((64, 40))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    data = encoded(PAGES[0], "TIFF", save_all=True, append_images=[small])
    assert open_document(data, LIMITS).pages == (0,)


def test_pages_beyond_the_limit_are_left_out_and_told() -> None:
    document = open_document(several("PDF"), LIMITS.model_copy(update={"archive_max_pages": 2}))
    assert (document.pages, document.more) == ((0, 1), True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ENCRYPTED_PDF, "encrypted"),
        (b"%PDF-1.4\nnothing", "document-unreadable"),
        (b"II*\x00\x08\x00\x00\x00", "document-unreadable"),
        (b"II*\x00\x08\x00\x00\x00\xff\xff", "document-unreadable"),
        (b"hello", "media-type-unsupported"),
        (b"\x00\x00\x00\x20ftypavif", "media-type-unsupported"),
    ],
)
def test_what_is_no_document_says_why(data: bytes, code: str) -> None:
    def read() -> None:
        document = open_document(data, LIMITS)
        page_picture(document, document.pages[0], LIMITS)

    with pytest.raises(Unread) as caught:
        read()
    assert caught.value.code == code


def test_a_page_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    data = encoded(
        Image.new("1", (12_000, 12_000)),
        "TIFF",
        save_all=True,
        append_images=[PAGES[0].convert("1")],
        compression="group4",
    )
    with pytest.raises(Unread) as caught:
        page_picture(open_document(data, LIMITS), 0, LIMITS)
    assert caught.value.code == "too-many-pixels"


def test_a_piece_is_cut_out_without_loss() -> None:
    rng = np.random.default_rng(3)
    noise = Image.fromarray(rng.integers(0, 255, (100, 160, 3), dtype=np.uint8))
    document = open_document(encoded(noise, "PNG"), LIMITS)
    page = page_picture(document, 0, LIMITS)
    piece = decode_picture(png(page, (16, 32, 96, 80)), Role.FRONT, LIMITS)
    assert np.array_equal(piece.pixels, page.pixels[32:80, 16:96])


@given(
    st.binary(max_size=200), st.sampled_from([b"%PDF-1.7\n", b"II*\x00", b"MM\x00*", b"\xff\xd8\xff", b""])
)
def test_any_bytes_are_a_document_or_a_problem(data: bytes, start: bytes) -> None:
    try:
        document = open_document(start + data, LIMITS)
        for page in document.pages[:2]:
            page_picture(document, page, LIMITS)
    except Unread:
        return
    assert document.pages
