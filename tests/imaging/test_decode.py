"""Every format and pixel mode becomes upright 8-bit BGR; every bad file becomes the right problem."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from service.errors import (
    ImageUndecodable,
    MediaTypeUnsupported,
    PayloadTooLarge,
    Problem,
    TooManyPixels,
)
from service.evidence import Picture, Role
from service.imaging import decode_picture
from service.settings import Settings

LIMITS = Settings()


def scene(width: int = 120, height: int = 80) -> Image.Image:
    """Smooth colours, a different one in each corner, so that a wrong turn shows."""
    y, x = np.mgrid[0:height, 0:width]
    red, green = x * 255 // (width - 1), y * 255 // (height - 1)
    return Image.fromarray(np.dstack([red, green, 255 - red]).astype(np.uint8))


def stored(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def decode(data: bytes, limits: Settings = LIMITS) -> Picture:
    return decode_picture(data, Role.FRONT, limits)


def distance(picture: Picture, expected: Image.Image) -> float:
    wanted = np.asarray(expected.convert("RGB"))[..., ::-1].astype(int)
    assert picture.pixels.shape == wanted.shape
    return float(np.abs(picture.pixels.astype(int) - wanted).mean())


@pytest.mark.parametrize(
    ("form", "media_type", "options", "slack"),
    [
        ("JPEG", "image/jpeg", {"quality": 95, "subsampling": 0}, 2.0),
        ("JPEG", "image/jpeg", {"quality": 95, "subsampling": 0, "progressive": True}, 2.0),
        ("PNG", "image/png", {}, 0.0),
        ("TIFF", "image/tiff", {}, 0.0),
        ("TIFF", "image/tiff", {"compression": "tiff_lzw"}, 0.0),
        ("WEBP", "image/webp", {"lossless": True}, 0.0),
        ("WEBP", "image/webp", {"quality": 95}, 4.0),
    ],
)
def test_format_is_told_by_content(form: str, media_type: str, options: dict[str, Any], slack: float) -> None:
    picture = decode(stored(scene(), form, **options))
    assert picture.media_type == media_type
    assert picture.metadata.colour == "colour"
    assert distance(picture, scene()) <= slack


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_orientation_is_applied(form: str, orientation: int) -> None:
    turns = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    turn = turns[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = scene().transpose(turn) if turn is not None else scene()
    options: dict[str, Any] = {"lossless": True} if form == "WEBP" else {}
    picture = decode(stored(turned, form, exif=exif, **options))
    assert distance(picture, scene()) < 6
    assert picture.metadata.orientation == orientation


@pytest.mark.parametrize("mode", ["CMYK", "L", "1", "P", "LA", "RGBA"])
def test_pixel_modes(mode: str) -> None:
    image = scene().convert(mode)
    form = "TIFF" if mode == "CMYK" else "PNG"
    picture = decode(stored(image, form))
    assert distance(picture, image) < 1
    assert picture.metadata.colour == {"L": "grey", "LA": "grey", "1": "bilevel"}.get(mode, "colour")


def test_cmyk_jpeg_is_not_inverted() -> None:
    assert distance(decode(stored(scene().convert("CMYK"), "JPEG", quality=95)), scene()) < 6


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bit_grey(form: str) -> None:
    grey = scene().convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    assert distance(decode(stored(deep, form)), grey) < 1


def test_fax_page() -> None:
    page = Image.new("1", (400, 300), 1)
    page.paste(0, (100, 100, 200, 150))
    picture = decode(stored(page, "TIFF", compression="group4", dpi=(300, 300)))
    assert picture.metadata.colour == "bilevel"
    assert picture.metadata.dpi == (300, 300)
    assert picture.pixels[120, 150].tolist() == [0, 0, 0]


def test_alpha_lies_on_white() -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    assert decode(stored(clear, "PNG")).pixels.min() == 255


def test_profile_is_converted_to_srgb() -> None:
    """A LAB-made profile with swapped primaries must move the colours; a broken one must not matter."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert distance(decode(stored(scene(), "PNG", icc_profile=data)), scene()) < 1
    swapped = bytearray(data)
    at = {data[i : i + 4]: i for i in range(132, 132 + 12 * int.from_bytes(data[128:132], "big"), 12)}
    red, blue = at[b"rXYZ"], at[b"bXYZ"]
    swapped[red + 4 : red + 12], swapped[blue + 4 : blue + 12] = (
        data[blue + 4 : blue + 12],
        data[red + 4 : red + 12],
    )
    name = data.find("sRGB".encode("utf-16-be"))
    if name >= 0:
        swapped[name : name + 8] = "test".encode("utf-16-be")
    moved = decode(stored(scene(), "PNG", icc_profile=bytes(swapped)))
    assert distance(moved, scene()) > 20
    broken = data[:200] + b"\xff" * 200
    assert distance(decode(stored(scene(), "PNG", icc_profile=broken)), scene()) < 1


def test_metadata_is_told() -> None:
    exif = Image.Exif()
    exif[0x0131] = "Photo Editor\x00 9" + "x" * 100
    picture = decode(stored(scene(), "JPEG", quality=80, dpi=(300, 300), exif=exif))
    assert picture.metadata.dpi == (300, 300)
    assert picture.metadata.software is not None
    assert picture.metadata.software.startswith("Photo Editor")
    assert len(picture.metadata.software) <= 64
    raw = stored(scene(), "JPEG", quality=80)
    start = raw.index(b"\xff\xdb") + 5
    assert picture.metadata.quantisation[0] == tuple(raw[start : start + 64])


def test_card_sized_pdf_page_gets_300_dpi() -> None:
    page = stored(scene(1011, 638), "PDF", resolution=300)
    picture = decode(page)
    assert picture.media_type == "application/pdf"
    assert abs(picture.width - 1011) <= 2
    assert distance(decode(page), scene(picture.width, picture.height)) < 6


def test_heic_is_read() -> None:
    """A file that libheif wrote: left half red, right half blue."""
    picture = decode((Path(__file__).parent / "two_colours.heic").read_bytes())
    assert picture.media_type == "image/heic"
    left, right = picture.pixels[32, 10].astype(int), picture.pixels[32, -10].astype(int)
    assert left[2] > 200 > 60 > left[0]
    assert right[0] > 200 > 60 > right[2]


def huge_png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


def huge_webp() -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (16382).to_bytes(3, "little") * 2
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def several(form: str) -> bytes:
    return stored(scene(), form, save_all=True, append_images=[scene().rotate(180)])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(b"", ImageUndecodable, id="empty"),
        pytest.param(b"\x00" * 500, MediaTypeUnsupported, id="zeros"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", MediaTypeUnsupported, id="svg"),
        pytest.param(b"<!doctype html>", MediaTypeUnsupported, id="html"),
        pytest.param(stored(scene(), "GIF"), MediaTypeUnsupported, id="gif"),
        pytest.param(stored(scene(), "BMP"), MediaTypeUnsupported, id="bmp"),
        pytest.param(huge_png(30_000, 30_000), TooManyPixels, id="png-bomb"),
        pytest.param(huge_png(25_000, 20), TooManyPixels, id="png-long"),
        pytest.param(huge_webp(), TooManyPixels, id="webp-bomb"),
        pytest.param(several("PNG"), ImageUndecodable, id="apng"),
        pytest.param(several("WEBP"), ImageUndecodable, id="webp-animated"),
        pytest.param(several("TIFF"), ImageUndecodable, id="tiff-pages"),
        pytest.param(several("PDF"), ImageUndecodable, id="pdf-pages"),
        pytest.param(stored(scene(), "JPEG")[:-200], ImageUndecodable, id="jpeg-cut"),
        pytest.param(stored(scene(), "PNG")[:-200], ImageUndecodable, id="png-cut"),
        pytest.param(stored(scene(), "WEBP", lossless=True)[:-100], ImageUndecodable, id="webp-cut"),
        pytest.param(stored(scene(), "TIFF")[:-100], ImageUndecodable, id="tiff-cut"),
        pytest.param(b"%PDF-1.7\nnothing", ImageUndecodable, id="pdf-empty"),
        pytest.param(b"\xff\xd8\xff\xe0" + b"\xff\xda" * 500, ImageUndecodable, id="jpeg-scans"),
        pytest.param(stored(scene(8, 8), "PNG"), ImageUndecodable, id="tiny"),
    ],
)
def test_bad_files_become_problems(data: bytes, kind: type[Problem]) -> None:
    with pytest.raises(Problem) as caught:
        decode(data)
    assert type(caught.value) is kind
    assert [fault.pointer for fault in caught.value.faults] == ["/front"]
    assert len(caught.value.faults[0].detail) > 20


def test_too_many_bytes() -> None:
    with pytest.raises(PayloadTooLarge):
        decode(stored(scene(), "PNG"), Settings(max_part_bytes=100))


def test_pdf_with_a_huge_picture_is_refused_before_rendering() -> None:
    with pytest.raises(TooManyPixels):
        decode(stored(scene(400, 400), "PDF"), Settings(max_pixels=100_000))


def test_a4_page_at_600_dpi_is_halved() -> None:
    picture = decode(stored(Image.new("L", (4960, 7016), 200), "PNG"))
    assert (picture.width, picture.height) == (2480, 3508)


SEEDS = [stored(scene(), form) for form in ("JPEG", "PNG", "TIFF", "WEBP", "PDF")]


@given(
    data=st.binary(max_size=300),
    start=st.sampled_from([b"", *(seed[:24] for seed in SEEDS), b"\0\0\0\x18ftypheic"]),
)
@settings(max_examples=80, deadline=None)
def test_random_bytes_raise_only_problems(data: bytes, start: bytes) -> None:
    with pytest.raises(Problem):
        decode(start + data)


@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_files_raise_only_problems(seed: bytes, changes: list[tuple[float, int]]) -> None:
    data = bytearray(seed)
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    with contextlib.suppress(Problem):
        assert decode(bytes(data)).pixels.shape[2] == 3
