"""Figures behind the limits of ``registry.*``: photo fingerprints, and what is read surely but wrongly.

    .venv/bin/python -m scripts.measure_registry [--cards 60]

Each card is captured three times, its corners 0.25 mm off as a finder leaves them; the card is the same, so
every difference is a slip that must accuse nobody.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.specimens.capture import Shot, phone, scan
from scripts.specimens.people import CardData, card_data
from scripts.specimens.specimen import Bench, genuine_specimen
from service.cards.layout import layout
from service.checks.identity import SURE
from service.checks.registry import ANOTHER_BIRTH, ANOTHER_NAME
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, Quad, Role
from service.imaging import decode_picture, rectify
from service.imaging.photo_features import photo_features
from service.reading.side import read_raster
from service.settings import Settings
from service.store.cipher import Cipher
from service.store.prints import Prints, photo_likeness, text_likeness

FRONT = layout("jp.residence_card.gen1").front
MISPLACED_MM = 0.25
CAPTURES = ("scan", "phone", "hard phone")
PRINTS = Prints(Cipher((b"measure registry, not a secret..",)))


@dataclass(frozen=True)
class Look:
    """One capture of one card."""

    card: CardData
    capture: str
    photo: bytes | None
    raster: NDArray[np.uint8]


def shots(front: NDArray[np.uint8], rng: np.random.Generator) -> dict[str, Shot]:
    """A scan and two photos of 12 megapixels."""
    size = (4032, 3024)
    return {
        "scan": scan(front, rng),
        "phone": phone(front, rng, 0.2, size=size),
        "hard phone": phone(front, rng, 0.5, size=size),
    }


def looks(style: str, cards: int) -> Iterator[Look]:
    """Every card in every capture."""
    bench = Bench.fresh(style=style)
    for index in range(cards):
        rng = np.random.default_rng((7300, index, style == "b"))
        card = card_data(rng, child=False)
        for capture, shot in shots(genuine_specimen(card, bench, index).front, rng).items():
            raster = _raster(shot, rng)
            yield Look(card, capture, _print(raster), raster)


def _raster(shot: Shot, rng: np.random.Generator) -> NDArray[np.uint8]:
    picture = decode_picture(shot.encode(), Role.FRONT, Settings())
    corners = np.asarray(shot.corners, np.float32)
    per_mm = float(np.linalg.norm(corners[1] - corners[0])) / 85.6
    off = rng.normal(0, MISPLACED_MM * per_mm, corners.shape)
    return rectify(picture, Quad((corners + off).astype(np.float32)))[0]


def _print(raster: NDArray[np.uint8]) -> bytes | None:
    area = FRONT.area("photo")
    if area is None:
        return None
    x, y, w, h = area.box
    left, right = round(x * RASTER_WIDTH), round((x + w) * RASTER_WIDTH)
    top, bottom = round(y * RASTER_HEIGHT), round((y + h) * RASTER_HEIGHT)
    features = photo_features(raster[top:bottom, left:right])
    return PRINTS.photo(features) if features is not None else None


def photographs(seen: list[Look]) -> None:
    """Likeness of one photograph in two captures, and of two photographs; and how often a slice is shared."""
    own: dict[str, list[float]] = defaultdict(list)
    others: list[float] = []
    found: Counter[bool] = Counter()
    for i, one in enumerate(seen):
        for other in seen[i + 1 :]:
            alike = photo_likeness(one.photo, other.photo)
            if alike is None or one.photo is None or other.photo is None:
                continue
            if one.card is other.card:
                own[f"{one.capture}, {other.capture}"].append(alike)
                pairs = zip(PRINTS.bands(one.photo), PRINTS.bands(other.photo), strict=True)
                found[any(a == b for a, b in pairs)] += 1
            else:
                others.append(alike)
    for name, values in {**own, "two photographs": others}.items():
        marks = np.percentile(values, (0, 1, 5, 50, 95, 99, 100))
        print(f"  {name}: {len(values)}, 0/1/5/50/95/99/100 %:", *(f"{v:.3f}" for v in marks))
    print("  one photograph found by its slices:", dict(found))


def texts(seen: list[Look]) -> None:
    """What was read surely, and what of it wrongly."""
    counts: Counter[str] = Counter()
    for look in seen:
        truth = {f.name: f for f in read_raster(look.raster, FRONT)[0]}
        holder = " ".join(look.card.person.name_latin.split())
        wanted = {"card_number": look.card.card_number, "name_latin": holder}
        for field, value in wanted.items():
            reading = truth.get(field)
            sure = reading is not None and reading.value is not None and reading.confidence >= SURE
            counts[f"{field} {'sure' if sure else 'unsure'}"] += 1
            if sure and reading is not None and reading.value != value:
                counts[f"{field} surely wrong"] += 1
        name, birth = truth.get("name_latin"), truth.get("date_of_birth")
        if name and name.value and name.confidence >= SURE:
            alike = text_likeness(PRINTS.name(name.value), PRINTS.name(holder))
            counts["taken for another name"] += (alike or 0.0) < ANOTHER_NAME
        if birth and birth.value and birth.confidence >= SURE:
            day = look.card.date_of_birth.isoformat()
            alike = text_likeness(PRINTS.birth(birth.value), PRINTS.birth(day))
            counts["taken for another birth"] += (alike or 0.0) < ANOTHER_BIRTH
    print(" ", dict(counts))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=60, help="cards of each renderer")
    count = parser.parse_args().cards
    for style in ("a", "b"):
        print("renderer", style)
        captured = list(looks(style, count))
        photographs(captured)
        texts(captured)
