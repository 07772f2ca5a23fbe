"""The two pictures in a first-generation chip: the printed text (D0) and the face (D1)."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scripts.specimens.front import Changes, photo_of, texts_of
from scripts.specimens.paint import ink
from scripts.specimens.people import CardData
from scripts.specimens.style import style_named
from scripts.specimens.values import underlines, value_ink

__all__ = ["D0_MAX", "D1_MAX", "face_jp2", "front_image_d0", "text_picture"]

D0_WIDTH, D0_HEIGHT = 674, 425
"""ID-1 at 200 dpi."""
D0_MAX = 7000
D1_MAX = 3000
INK_LEVEL = 160
FACE_SIZE = (150, 200)


def text_picture(card: CardData, style: str = "a", changes: Changes | None = None) -> NDArray[np.uint8]:
    """The variable text alone, (425, 674) grey: black on white."""
    canvas = np.full((D0_HEIGHT, D0_WIDTH), 255, np.uint8)
    texts = texts_of(card, changes or Changes())
    for _, run in value_ink(style_named(style), texts):
        ink(canvas, run)
    for x0, x1, y in underlines(texts):
        canvas[round(y * D0_HEIGHT), round(x0 * D0_WIDTH) : round(x1 * D0_WIDTH)] = 0
    return canvas


def front_image_d0(card: CardData, style: str = "a", changes: Changes | None = None) -> bytes:
    """TIFF with CCITT G4, 674 x 425, 1 bit; at most 7000 bytes, not padded."""
    grey = text_picture(card, style, changes)
    bilevel = Image.fromarray(np.where(grey < INK_LEVEL, 0, 255).astype(np.uint8)).convert("1")
    out = io.BytesIO()
    bilevel.save(out, "TIFF", compression="group4", dpi=(200, 200))
    data = out.getvalue()
    if len(data) > D0_MAX:
        raise ValueError(f"front image takes {len(data)} bytes, more than {D0_MAX}")
    return data


def face_jp2(photo: NDArray[np.uint8]) -> bytes:
    """The printed photograph as JPEG 2000 of at most 3000 bytes, not padded."""
    picture = Image.fromarray(photo[..., ::-1]).resize(FACE_SIZE, Image.Resampling.LANCZOS)
    for rate in range(32, 200, 4):
        out = io.BytesIO()
        picture.save(out, "JPEG2000", quality_mode="rates", quality_layers=[rate], irreversible=True)
        if len(out.getvalue()) <= D1_MAX:
            return out.getvalue()
    raise ValueError("photograph does not fit into the chip")


def card_face(card: CardData, style: str = "a", photo: NDArray[np.uint8] | None = None) -> bytes:
    """D1 of a card; empty under 16."""
    shown = photo if photo is not None else photo_of(card, style)
    return b"" if shown is None else face_jp2(shown)
