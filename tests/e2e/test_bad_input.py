"""Everything a stranger may send: a problem or an honest "cannot tell", never a fault, never much memory."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image

from tests.e2e.samples import SAMPLE_CARDS, sample
from tests.e2e.service import Parts, Service, serving

MOST_MIB = 1536
WHITE = (255, 255, 255)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own, whose memory has seen nothing but this module."""
    folder = tmp_path_factory.mktemp("attacked")
    with serving(folder, trust_profile="sample", trust_dir=SAMPLE_CARDS / "trust") as running:
        yield running
        assert running.peak_mib() < MOST_MIB


def saved(picture: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def front() -> Image.Image:
    return Image.open(io.BytesIO(sample("genuine-a-0").read("front"))).convert("RGB")


def huge_png() -> bytes:
    """30,000 x 30,000 pixels in a header, and nearly nothing behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(9000)))
        + chunk(b"IEND", b"")
    )


def animated(form: str) -> bytes:
    frames = [Image.new("RGB", (64, 64), (shade, 0, 0)) for shade in (0, 255)]
    return saved(frames[0], form, save_all=True, append_images=frames[1:], duration=50)


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def nested_zip_bomb() -> bytes:
    return zipped({"MF/EF01.bin": bytes(64 * 1024 * 1024)})


PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "image-undecodable"),
    "text": (lambda: b"this is no picture at all", "media-type-unsupported"),
    "truncated_jpeg": (lambda: sample("genuine-a-0").read("front")[:20_000], "image-undecodable"),
    "head_of_a_jpeg": (lambda: b"\xff\xd8\xff\xe0", "image-undecodable"),
    "mislabelled": (lambda: b"\x89PNG\r\n\x1a\n" + sample("genuine-a-0").read("front"), "image-undecodable"),
    "huge_png": (huge_png, "too-many-pixels"),
    "long_and_thin": (lambda: saved(Image.new("L", (30_000, 20)), "PNG"), "too-many-pixels"),
    "animated_gif": (lambda: animated("GIF"), "media-type-unsupported"),
    "animated_webp": (lambda: animated("WEBP"), "image-undecodable"),
    "animated_png": (lambda: animated("PNG"), "image-undecodable"),
    "two_pages": (lambda: animated("TIFF"), "image-undecodable"),
    "one_pixel": (lambda: saved(Image.new("RGB", (1, 1)), "PNG"), "image-undecodable"),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "media-type-unsupported"),
    "broken_pdf": (lambda: b"%PDF-1.7\n%broken", "image-undecodable"),
    "broken_heic": (lambda: b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "image-undecodable"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_what_cannot_be_read_is_a_problem_that_names_the_part(attacked: Service, name: str) -> None:
    make, expected = PICTURES[name]
    answer = attacked.verify({"front": make()})
    assert answer.problem == expected
    assert answer.json["errors"][0]["pointer"] == "/front"
    assert 400 <= answer.status < 500


def noise() -> bytes:
    pixels = np.random.default_rng(1).integers(0, 256, (1500, 2000, 3), dtype=np.uint8)
    return saved(Image.fromarray(pixels), "JPEG", quality=90)


BLANK: dict[str, Callable[[], bytes]] = {
    "noise": noise,
    "white": lambda: saved(Image.new("RGB", (1600, 1000), WHITE), "JPEG"),
    "black": lambda: saved(Image.new("RGB", (1600, 1000)), "PNG"),
    "sixteen_pixels": lambda: saved(Image.new("RGB", (16, 16), WHITE), "PNG"),
    "one_bit": lambda: saved(Image.new("1", (800, 600)), "PNG"),
    "fifty_megapixels": lambda: saved(Image.new("RGB", (8_300, 6_000), (120, 90, 60)), "JPEG"),
    "half_a_card": lambda: saved(front().crop((0, 0, 400, 700)), "JPEG", quality=92),
}


@pytest.mark.parametrize("name", BLANK)
def test_a_picture_without_a_card_is_inconclusive_and_to_be_taken_again(attacked: Service, name: str) -> None:
    report = attacked.verify({"front": BLANK[name]()}).json
    assert report["verdict"] == "inconclusive"
    assert report["next_action"] == "retake_image"
    assert report["summary"]["error"] == 0


def cmyk() -> bytes:
    return saved(front().convert("CMYK"), "JPEG", quality=92)


def sixteen_bit() -> bytes:
    grey = np.asarray(front().convert("L"), dtype=np.uint16) * 257
    return saved(Image.fromarray(grey), "PNG")


def heic() -> bytes:
    return (SAMPLE_CARDS.parent / "tests" / "imaging" / "two_colours.heic").read_bytes()


def with_alpha() -> bytes:
    picture = front().convert("RGBA")
    picture.putalpha(255)
    return saved(picture, "PNG")


def on_its_side() -> bytes:
    """Turned by a quarter, with the EXIF tag that says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(front().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=exif)


UNUSUAL: dict[str, Callable[[], bytes]] = {
    "cmyk_jpeg": cmyk,
    "sixteen_bit_png": sixteen_bit,
    "alpha_png": with_alpha,
    "tiff": lambda: saved(front(), "TIFF", compression="tiff_lzw", dpi=(300, 300)),
    "webp": lambda: saved(front(), "WEBP", quality=95),
    "pdf": lambda: saved(front(), "PDF", resolution=300),
    "exif_orientation": on_its_side,
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_every_kind_of_picture_that_a_scanner_writes_is_read(attacked: Service, name: str) -> None:
    case = sample("genuine-a-0")
    report = attacked.verify({"front": UNUSUAL[name]()}, case.request).json
    assert report["document"]["layout"] == "jp.residence_card.gen1"
    read = {field["name"]: field["value"] for field in report["fields"]}
    assert read["card_number"] == case.answer["fields"]["card_number"]
    assert report["verdict"] in ("no_sign_of_forgery", "inconclusive")


def test_a_heic_is_decoded(attacked: Service) -> None:
    report = attacked.verify({"front": heic()}).json
    assert report["inputs"][0]["media_type"] == "image/heic"
    assert (report["verdict"], report["next_action"]) == ("inconclusive", "retake_image")


DUMPS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"no dump",
    "empty_object": lambda: b"{}",
    "list": lambda: b"[]",
    "deep_json": lambda: b'{"files":' + b"[" * 100_000,
    "deep_and_whole": lambda: b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "not_utf8": lambda: b'{"format": "\xff\xfe"}',
    "nan": lambda: b'{"format": NaN}',
    "other_format": lambda: json.dumps({"format": "passport/9", "files": {"a": "AA=="}}).encode(),
    "wrong_base64": lambda: json.dumps(
        {"format": "residence-card-dump/1", "files": {"MF/EF01": "???"}}
    ).encode(),
    "zip_without_files": lambda: zipped({}),
    "zip_path_tricks": lambda: zipped({"../../etc/passwd": b"root", "/etc/shadow": b"x", "C:\\a": b"y"}),
    "zip_bomb": nested_zip_bomb,
    "broken_zip": lambda: zipped({"MF/EF01.bin": b"\xc0\x04123 "})[:-30],
}


@pytest.mark.parametrize("name", DUMPS)
def test_a_dump_that_is_none_is_a_problem(attacked: Service, name: str) -> None:
    answer = attacked.verify({"chip": DUMPS[name]()})
    expected = "no-evidence" if name == "empty" else "dump-unreadable"
    assert answer.problem == expected
    assert 400 <= answer.status < 500


def cut_dump() -> bytes:
    dump = json.loads(sample("genuine-a-0").read("chip"))
    dump["files"] = {name: data[: len(data) // 8 * 4] for name, data in dump["files"].items()}
    return json.dumps(dump).encode()


def test_a_dump_that_was_cut_short_is_reported_with_what_it_holds(attacked: Service) -> None:
    report = attacked.verify({"chip": cut_dump()}).json
    by_id = {check["id"]: check["result"] for check in report["checks"]}
    assert by_id["chip.dump"] == "inconclusive"
    assert report["verdict"] == "inconclusive"


BODIES: dict[str, tuple[bytes, str, str]] = {
    "deep_json": (b'{"front":' * 50_000, "application/json", "request-invalid"),
    "list": (b"[]", "application/json", "request-invalid"),
    "no_evidence": (b"{}", "application/json", "no-evidence"),
    "form": (b"front=1", "application/x-www-form-urlencoded", "media-type-unsupported"),
    "no_boundary": (b"--x--", "multipart/form-data", "request-invalid"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_none_is_a_problem(attacked: Service, name: str) -> None:
    body, kind, expected = BODIES[name]
    assert attacked.send("POST", "/v1/verify", body, **{"Content-Type": kind}).problem == expected


def test_a_huge_picture_as_a_companion_is_refused_as_well(attacked: Service) -> None:
    parts: Parts = {"front": sample("genuine-a-0").read("front"), "companion": huge_png()}
    answer = attacked.verify(parts)
    assert answer.problem == "too-many-pixels"
    assert answer.json["errors"][0]["pointer"] == "/companion"


def test_after_all_that_a_good_request_works_within_the_memory(attacked: Service) -> None:
    case = sample("genuine-a-0")
    assert attacked.verify(case.parts, case.request).json["verdict"] == "authentic"
    assert attacked.send("GET", "/readyz").status == 200
    assert attacked.peak_mib() < MOST_MIB
    assert "request.failed" not in attacked.log_with('"/readyz"')
