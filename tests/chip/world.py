"""Sample CAs, pictures and trust folders that the tests of the chip share. Drawn and made here."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from scripts.specimens.dump import PrintedEntries, gen1_files, gen2_files
from scripts.specimens.pki import CardKey, SampleCA, make_ca
from service.settings import Settings

NUMBER = "AB12345678CD"
AT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
LIMITS = Settings()
ENTRIES = PrintedEntries("20290701", "19900102", "2", "VNM", "SAMPLE", "0300")


@lru_cache
def _ca(generation: int, trusted: bool) -> SampleCA:
    return make_ca(generation)


@lru_cache
def _card_key(generation: int) -> CardKey:
    return ca(generation).issue()


def ca(generation: int = 1) -> SampleCA:
    """The sample CA that the tests trust."""
    return _ca(generation, trusted=True)


def forger(generation: int = 1) -> SampleCA:
    """A CA that nobody trusts, with the same name and serial number."""
    return _ca(generation, trusted=False)


def card_key(generation: int = 1) -> CardKey:
    """A card key under the trusted CA."""
    return _card_key(generation)


@lru_cache
def text_image(width: int = 674, height: int = 425) -> bytes:
    """A bilevel group 4 TIFF with some text."""
    image = Image.new("1", (width, height), 1)
    draw = ImageDraw.Draw(image)
    draw.text((width // 3, 10), f"SAMPLE {NUMBER}", fill=0)
    draw.rectangle((5, 5, 25, 15), fill=0)
    return saved(image, "TIFF", compression="group4")


@lru_cache
def face() -> bytes:
    """A JPEG 2000 picture below 3000 bytes, of no face at all."""
    image = Image.radial_gradient("L").resize((120, 150)).convert("RGB")
    return saved(image, "JPEG2000", quality_mode="rates", quality_layers=[60])


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def first(**options: Any) -> dict[str, bytes]:
    """Files of an intact generation-1 card; ``options`` as in ``gen1_files``."""
    settings: dict[str, Any] = {"card_number": NUMBER, "ca": ca(), "card_key": card_key()} | options
    return gen1_files(text_image(), face(), **settings)


def second(**options: Any) -> dict[str, bytes]:
    """Files of an intact generation-2 card; ``options`` as in ``gen2_files``."""
    settings: dict[str, Any] = {
        "card_number": NUMBER,
        "entries": ENTRIES,
        "ca": ca(2),
        "card_key": card_key(2),
    } | options
    return gen2_files(text_image(300, 40), face(), text_image(300, 60), **settings)


def changed(files: dict[str, bytes], name: str, at: int, xor: int = 0x01) -> dict[str, bytes]:
    """The files with one byte of one file changed."""
    data = bytearray(files[name])
    data[at] ^= xor
    return files | {name: bytes(data)}


@dataclass(frozen=True)
class Listed:
    """One line of a test's ``anchors.json``; ``content`` None leaves the file out."""

    file: str
    der: bytes
    profile: str = "production"
    content: bytes | None = b""
    options: tuple[tuple[str, object], ...] = ()


def trust_folder(folder: Path, *listed: Listed) -> Path:
    """Write a trust folder."""
    rows = []
    for item in listed:
        digest = hashlib.sha256(item.der).hexdigest()
        rows.append({"file": item.file, "sha256": digest, "profile": item.profile} | dict(item.options))
        if item.content is not None:
            (folder / item.file).write_bytes(item.content or item.der)
    (folder / "anchors.json").write_text(json.dumps(rows), encoding="utf-8")
    return folder
