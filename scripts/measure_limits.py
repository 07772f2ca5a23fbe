"""Figures behind two limits: chip photographs against printed ones, and labels read on genuine cards.

    .venv/bin/python -m scripts.measure_limits [--cards 40]

The limits of ``cross.face`` and ``layout.labels`` were set on these; ``scripts/evaluate`` checks them.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.specimens.pki import make_ca
from scripts.specimens.stream import Item, forgeries, genuine
from service.cards.layout import layout
from service.checks.reading_limits import ACCUSING
from service.chip import decode_face, read_dump
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Quad, Role
from service.imaging import decode_picture, rectify
from service.imaging.photograph import match_photograph
from service.reading.side import read_raster
from service.settings import Settings

FRONT = layout("jp.residence_card.gen1").front
SURROUNDINGS = 0.14
MISPLACED_MM = 0.25
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Pair:
    """The printed photo with its surroundings, and the one in the card's chip."""

    printed: Pixels
    chip: Pixels
    size: tuple[float, float]


def raster(item: Item, index: int) -> Pixels:
    """The card in its true place, its corners a little off as a finder would leave them."""
    picture = decode_picture(item[0]["front"], Role.FRONT, Settings())
    corners = np.array(item[3].corners["front"], np.float32)
    per_mm = float(np.linalg.norm(corners[1] - corners[0])) / 85.6
    off = np.random.default_rng(index).normal(0, MISPLACED_MM * per_mm, corners.shape)
    return rectify(picture, Quad((corners + off).astype(np.float32)))[0]


def pair(item: Item, index: int) -> Pair | None:
    """The two photographs of a card, None for a child's card without one."""
    area, dump = FRONT.area("photo"), item[1]
    if area is None or dump is None:
        return None
    face = read_dump(dump, Settings()).face
    if not face or not face.strip(b"\x00"):
        return None
    x, y, w, h = area.box
    left, right = (x - w * SURROUNDINGS) * RASTER_WIDTH, (x + w * (1 + SURROUNDINGS)) * RASTER_WIDTH
    top, bottom = (y - h * SURROUNDINGS) * RASTER_HEIGHT, (y + h * (1 + SURROUNDINGS)) * RASTER_HEIGHT
    crop = raster(item, index)[round(top) : round(bottom), round(left) : round(right)]
    return Pair(crop, decode_face(face), (w * RASTER_WIDTH, h * RASTER_HEIGHT))


def photographs(cards: int) -> None:
    """Details without explanation: own pairs, neighbours' photographs, and replaced ones."""
    ca = make_ca(1)
    scores: dict[str, list[float]] = defaultdict(list)
    for name, capture, hardness in (("scan", "scan", None), ("phone", "phone", None), ("hard", "phone", 0.9)):
        own = [
            p
            for i, item in enumerate(genuine(77, cards, capture, chip=True, ca=ca, hardness=hardness))
            if (p := pair(item, i)) is not None
        ]
        for index, one in enumerate(own):
            scores[f"own, {name}"].append(match_photograph(one.printed, one.chip, one.size).unlike)
            for step in (1, 2):
                other = own[(index + step) % len(own)].chip
                scores["other"].append(match_photograph(one.printed, other, one.size).unlike)
        replaced = forgeries("photo_replaced", 78, cards // 2, capture, chip=True, ca=ca)
        for index, item in enumerate(replaced):
            if (found := pair(item, index)) is not None:
                scores["other"].append(match_photograph(found.printed, found.chip, found.size).unlike)
    for name, values in scores.items():
        marks = np.percentile(values, (0, 5, 50, 95, 100))
        print(f"photograph, {name}: {len(values)} pairs, 0/5/50/95/100 %:", *(f"{v:.3f}" for v in marks))


def labels(cards: int) -> None:
    """Labels of genuine cards that were read as something else."""
    seen: Counter[str] = Counter()
    for capture, seed in (("scan", 101), ("phone", 102)):
        for index, item in enumerate(genuine(seed, cards, capture)):
            for label in read_raster(raster(item, index), FRONT)[1]:
                wrong = bool(label.text) and label.text != label.expected
                seen["labels"] += 1
                seen["otherwise"] += wrong
                if wrong and label.confidence >= ACCUSING:
                    seen["with confidence"] += 1
                    print(f"  {capture} {index}: {label.expected} read as {label.text}")
    print("labels:", dict(seen))


def labels_apart(cards: int) -> None:
    """Nats by which the picture speaks against a label that was surely read as something else."""
    for style in "abc":
        hard = genuine(103, cards, "phone", style, hardness=0.8)
        forged = forgeries("misspelled_label", 104, cards // 2, "mixed", style)
        for title, items in (("genuine, hard photos", hard), ("misspelled", forged)):
            nats = [nats for index, item in enumerate(items) for nats in _against(item, index)]
            marks = np.percentile(nats, (0, 5, 50, 95, 100)) if nats else ()
            print(f"labels read as something else, style {style}, {title}: {len(nats)}, nats at", end=" ")
            print("0/5/50/95/100 %:", *(f"{v:.1f}" for v in marks))


def _against(item: Item, index: int) -> list[float]:
    read = read_raster(raster(item, index), FRONT)[1]
    return [label.apart for label in read if label.apart is not None and label.confidence >= ACCUSING]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=40, help="genuine cards of each capture")
    count = parser.parse_args().cards
    photographs(count)
    labels(count)
    labels_apart(count)
