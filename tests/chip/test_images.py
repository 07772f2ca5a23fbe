from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from service.chip.errors import ImageError
from service.chip.images import FRONT_HEIGHT, FRONT_WIDTH, decode_face, decode_text_image
from service.chip.tiff import read_tiff, wrap_mmr
from tests.chip.world import face, saved, text_image

TRUTH = np.array(Image.open(io.BytesIO(text_image())).convert("L"))


def test_front_image_padded_with_nul() -> None:
    pixels = decode_text_image(text_image().ljust(7000, b"\x00"))
    assert pixels.dtype == np.uint8
    assert np.array_equal(pixels, TRUTH)
    assert pixels[10, 10] == 0
    assert pixels[-1, -1] == 255


def test_bare_mmr_is_given_its_header() -> None:
    bare = b"".join(read_tiff(text_image()).strips)
    assert np.array_equal(decode_text_image(bare.ljust(7000, b"\x00")), TRUTH)


def test_several_strips_are_put_together() -> None:
    image = Image.open(io.BytesIO(text_image()))
    data = saved(image, "TIFF", compression="group4", tiffinfo={278: 100})
    assert len(read_tiff(data).strips) == 5
    assert np.array_equal(decode_text_image(data), TRUTH)


def test_polarity_does_not_depend_on_the_header() -> None:
    inverted = Image.fromarray(255 - TRUTH).convert("1")
    data = saved(inverted, "TIFF", compression="group4")
    assert np.array_equal(decode_text_image(data), TRUTH)


def test_png_of_a_re_encoded_dump() -> None:
    png = saved(Image.fromarray(TRUTH), "PNG")
    assert np.array_equal(decode_text_image(png), TRUTH)


def test_face_padded_with_nul_is_bgr() -> None:
    red = saved(Image.new("RGB", (40, 50), (200, 10, 10)), "JPEG2000")
    pixels = decode_face(red.ljust(3000, b"\x00"))
    assert pixels.shape == (50, 40, 3)
    assert pixels[25, 20, 2] > 150 > pixels[25, 20, 0]


@pytest.mark.parametrize("data", [b"", b"II*\x00", b"II*\x00\xff\xff\xff\xff", bytes(7000), b"\x00\x01" * 50])
def test_what_is_no_text_image(data: bytes) -> None:
    with pytest.raises(ImageError):
        decode_text_image(data)


@pytest.mark.parametrize("data", [b"", bytes(3000), b"\xff\x4f\xff\x51", b"\x89PNG"])
def test_what_is_no_photograph(data: bytes) -> None:
    with pytest.raises(ImageError):
        decode_face(data)


def test_uncompressed_tiff_is_refused() -> None:
    with pytest.raises(ImageError, match="group 4"):
        decode_text_image(saved(Image.new("1", (20, 20)), "TIFF"))


def test_a_huge_tiff_is_refused_before_decoding() -> None:
    with pytest.raises(ImageError, match="size"):
        decode_text_image(wrap_mmr(b"\x00\x10\x01", 30_000, 30_000))


def test_a_huge_jpeg_2000_is_refused_before_decoding() -> None:
    data = bytearray(face())
    at = data.index(b"\xff\x4f\xff\x51")
    data[at + 8 : at + 16] = struct.pack(">II", 30_000, 30_000)
    with pytest.raises(ImageError, match="size"):
        decode_face(bytes(data))


def test_a_huge_png_is_refused() -> None:
    with pytest.raises(ImageError):
        decode_face(saved(Image.new("1", (3000, 3000)), "PNG"))


def test_the_nominal_raster_is_id_1_at_200_dpi() -> None:
    width, height = round(85.6 / 25.4 * 200), round(53.98 / 25.4 * 200)
    assert (width, height) == (FRONT_WIDTH, FRONT_HEIGHT)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutated_pictures_raise_nothing_but_the_typed_error(data: st.DataObject) -> None:
    source, decode = data.draw(st.sampled_from([(text_image(), decode_text_image), (face(), decode_face)]))
    mutated = bytearray(source)
    for _ in range(data.draw(st.integers(1, 4))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    try:
        pixels = decode(bytes(mutated))
    except ImageError:
        return
    assert pixels.dtype == np.uint8
