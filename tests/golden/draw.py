"""Draws the front of a layout from its own data, with a 見本 mark: the golden picture of a face that no
public specimen shows.

    .venv/bin/python -m tests.golden.draw jp.special_permanent_resident.gen1

writes ``front.jpg`` beside the ``answer.json`` of that layout, whose ``printed`` gives each field's text.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.background import back_ground
from scripts.specimens.capture import scan
from scripts.specimens.paint import Colour, Ink, area, ink
from scripts.specimens.style import STYLES
from service.cards.layout import FieldPlace, Layout, layout

GOLDEN = Path(__file__).parent
YELLOW: Colour = (252, 240, 170)
RED: Colour = (232, 12, 20)
FACE: Colour = (196, 214, 226)
STYLE = STYLES["b"]


def _field(place: FieldPlace, text: str) -> list[Ink]:
    x, y, _, h = place.box
    rows = text.split("\n")
    pitch = h / max(len(rows), place.lines if len(rows) > 1 else 1)
    em = min(0.044, pitch * 0.8)
    return [
        Ink(
            row,
            x + 0.006,
            y + pitch * i + (pitch + em * 0.72) / 2,
            em,
            STYLE.value,
            latin=STYLE.digits,
            bold=1.2,
        )
        for i, row in enumerate(rows)
    ]


def draw(known: Layout, printed: dict[str, str]) -> NDArray[np.uint8]:
    """The front, (638, 1012, 3) BGR."""
    canvas = back_ground(STYLE)
    for zone in known.front.areas:
        x, y, w, h = zone.box
        box = (x, y, x + w, y + h)
        if zone.id in ("header_band", "validity_band"):
            area(canvas, box, YELLOW)
        elif zone.id == "photo":
            area(canvas, box, FACE)
            area(canvas, (x, y + h - 0.075, x + w, y + h), RED)
            ink(
                canvas,
                Ink(
                    "見本・SAMPLE",
                    x + 0.02,
                    y + h - 0.02,
                    0.050,
                    "gothic_biz",
                    colour=(255, 255, 255),
                    bold=0.5,
                ),
            )
    for label in known.front.labels:
        x, y, w, h = label.box
        kanji = STYLE.label_latin if label.text.isascii() else STYLE.label
        ink(canvas, Ink(label.text, x, y + h * 0.9, h * 1.12, kanji, max_width=w, colour=STYLE.label_ink))
    for place in known.front.fields:
        for run in _field(place, printed.get(place.name, "")):
            ink(canvas, run)
    return canvas


def main(id: str) -> None:
    """Draw, scan and store one golden picture."""
    folder = GOLDEN / id
    answer = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    shot = scan(
        draw(layout(id), answer["printed"]),
        np.random.default_rng(1),
        300,
        lid="grey",
        rotation=0.6,
        quality=80,
    )
    (folder / "front.jpg").write_bytes(shot.encode())


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main(sys.argv[1])
