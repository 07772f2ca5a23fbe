"""Workshops: forged cards that come from one hand, planted among genuine ones, and what each of them shares.

A workshop scans one card, wipes its texts and prints the picture again with new people on it. Its cards share
the dust, the grain and the traces of the eraser, the defects of its printer, photographs that are used twice,
numbers that were counted on, and the way its files are written, in varying shares.
A flat, quick model of a scanner and of a phone stands for the capture, so that thousands can be drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.capture import jpeg
from scripts.specimens.front import Changes, photo_of, render_front
from scripts.specimens.paint import HEIGHT, WIDTH, Picture
from scripts.specimens.people import CardData, card_data

__all__ = ["WORKSHOPS", "Copy", "Template", "Workshop", "forged", "genuine", "same_day"]

Rng = np.random.Generator
Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Workshop:
    """How a workshop works."""

    name: str
    grain: float = 0.0
    """Noise of the scanned template, grey levels."""
    specks: int = 0
    """Dust and drops of ink."""
    wiped: int = 0
    """Places that an eraser left a little lighter or darker."""
    recaptured: bool = True
    """Whether cards are printed and captured anew; else the files themselves are sent."""
    ground_share: float = 0.95
    photo_share: float = 0.3
    photos: int = 4
    """Photographs that go round."""
    run_share: float = 0.5
    number_share: float = 0.1
    """Cards that take the number of an earlier one."""
    phone_share: float = 0.3


WORKSHOPS = (
    Workshop("grain", grain=4.0, specks=4, wiped=4),
    Workshop("specks", specks=14, wiped=2, photo_share=0.2, run_share=0.3),
    Workshop("files", grain=1.6, wiped=5, recaptured=False, run_share=0.2),
    Workshop("numbers and photos", ground_share=0.0, photo_share=0.6, run_share=0.8, number_share=0.2),
    Workshop("faint, by phone", grain=2.5, specks=3, wiped=3, phone_share=0.8, photo_share=0.2),
)


@dataclass(frozen=True)
class Template:
    """What all cards of a workshop are made from."""

    workshop: Workshop
    layer: Plane
    """(638, 1012) grey levels that the ground is changed by."""
    photos: tuple[NDArray[np.uint8], ...]
    number: tuple[str, int, str]
    """Letters, digits and letters at which its run begins."""
    quality: int
    """JPEG quality of its files."""

    @classmethod
    def make(cls, workshop: Workshop, rng: Rng, style: str) -> Template:
        """A new workshop of this kind."""
        people = [card_data(rng, child=False) for _ in range(workshop.photos)]
        photos = tuple(photo for who in people if (photo := photo_of(who, style)) is not None)
        number = card_data(rng).card_number
        start = number[:2], int(number[2:10]) % 99_000_000, number[10:]
        return cls(workshop, _layer(workshop, rng), photos, start, int(rng.integers(84, 96)))


@dataclass(frozen=True)
class Copy:
    """A copy of one card as it lies in an archive, rectified, with the truth about it."""

    card: CardData
    raster: Picture
    """(638, 1012, 3) BGR, corners as well found as the service finds them."""
    data: bytes
    """The JPEG file that it was decoded from."""
    kind: str
    """``scan`` or ``phone``."""
    place: tuple[float, float]
    """Where the card lay on the page, millimetres."""
    template: int | None = None
    """Number of the workshop, None for a genuine card."""
    shares: frozenset[str] = field(default_factory=frozenset)
    """What it shares with others of its workshop: ``ground``, ``photo``, ``run``, ``number``."""


def _layer(workshop: Workshop, rng: Rng) -> Plane:
    layer = np.zeros((HEIGHT, WIDTH), np.float32)
    if workshop.grain:
        layer += cv2.GaussianBlur(
            rng.normal(0, workshop.grain, layer.shape).astype(np.float32), (0, 0), rng.uniform(0.5, 0.8)
        )
    for _ in range(workshop.wiped):
        x, y = (int(v) for v in rng.uniform(0, 0.8, 2) * (WIDTH * 0.7, HEIGHT))
        patch = np.zeros_like(layer)
        cv2.rectangle(patch, (x, y), (x + int(rng.integers(40, 220)), y + int(rng.integers(16, 40))), 1.0, -1)
        layer += cv2.GaussianBlur(patch, (0, 0), 2.0) * float(rng.choice([-1, 1]) * rng.uniform(3, 7))
    for _ in range(workshop.specks):
        spot = np.zeros_like(layer)
        centre = int(rng.integers(20, WIDTH - 20)), int(rng.integers(20, HEIGHT - 20))
        size = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        cv2.ellipse(spot, centre, size, float(rng.uniform(0, 180)), 0, 360, 1.0, -1, cv2.LINE_AA)
        layer += spot * float(rng.choice([-60, -35, 25]))
    return layer


def _changed(front: Picture, layer: Plane) -> Picture:
    return np.asarray(np.clip(front.astype(np.float32) + layer[..., None], 0, 255), np.uint8)


def genuine(rng: Rng, style: str = "a", card: CardData | None = None) -> Copy:
    """A copy of a genuine card of an adult."""
    who = card or card_data(rng, child=False)
    kind = "phone" if rng.random() < 0.3 else "scan"
    return _captured(who, render_front(who, style), rng, kind)


def same_day(rng: Rng, count: int, style: str = "a") -> Iterator[Copy]:
    """Genuine cards of one status, issued on one day to people who came together, numbers in a row."""
    first = card_data(rng, status="技能実習1号ロ", child=False)
    start = int(first.card_number[2:10]) % 99_000_000
    for index in range(count):
        other = card_data(rng, status="技能実習1号ロ", child=False)
        number = f"{first.card_number[:2]}{start + index:08d}{first.card_number[10:]}"
        shared = replace(first, person=other.person, card_number=number, date_of_birth=other.date_of_birth)
        yield genuine(rng, style, shared)


def forged(template: Template, index: int, number: int, rng: Rng, style: str = "a") -> Copy:
    """Card ``index`` of workshop ``number``; at least one thing is shared."""
    how, shares = template.workshop, set[str]()
    drawn = rng.random(4) < (how.ground_share, how.photo_share, how.run_share, how.number_share)
    names = [name for name, hit in zip(("ground", "photo", "run", "number"), drawn, strict=True) if hit]
    shares.update(names or ["photo" if how.ground_share == 0 else "ground"])
    card = card_data(rng, child=False)
    if shares & {"run", "number"}:
        step = 2 * index if "run" in shares and "number" not in shares else 0
        start, digits, end = template.number
        card = replace(card, card_number=f"{start}{digits + step:08d}{end}")
        shares.discard("run" if "number" in shares else "")
    photo = template.photos[int(rng.integers(len(template.photos)))] if "photo" in shares else None
    front = render_front(card, style, Changes(photo=photo))
    if "ground" in shares:
        front = _changed(front, template.layer)
    kind = "phone" if rng.random() < how.phone_share else "scan"
    if how.recaptured:
        printed = cv2.GaussianBlur(front, (0, 0), float(rng.uniform(0.4, 0.7)))
        copy = _captured(card, np.asarray(printed, np.uint8), rng, kind, template.quality)
    else:
        copy = _copied(card, front, rng, template.quality)
    return replace(copy, template=number, shares=frozenset(shares))


def _copied(card: CardData, front: Picture, rng: Rng, quality: int) -> Copy:
    """The file as the workshop made it, stored once more."""
    first = cv2.imdecode(np.frombuffer(jpeg(front, quality), np.uint8), cv2.IMREAD_COLOR)
    data = jpeg(np.asarray(first, np.uint8), int(rng.integers(80, 95)), 300)
    raster = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    return Copy(card, _misplaced(raster, rng, 0.3), data, "scan", (0.0, 0.0))


def _captured(card: CardData, front: Picture, rng: Rng, kind: str, quality: int | None = None) -> Copy:
    phone = kind == "phone"
    flat = _misplaced(_worn(front, rng), rng, 0.8 if phone else 0.5)
    soft = cv2.GaussianBlur(flat, (0, 0), float(rng.uniform(0.6, 1.5) if phone else rng.uniform(0.4, 0.8)))
    lit = soft.astype(np.float32) * rng.uniform(0.92, 1.02, 3).astype(np.float32)
    if phone:
        lit *= _light(rng)
    lit += _noise(rng) * np.float32(rng.uniform(1.0, 3.5) if phone else rng.uniform(0.8, 2.4))
    stored = quality or int(rng.integers(80, 96))
    data = jpeg(np.asarray(np.clip(lit, 0, 255), np.uint8), stored, None if phone else 300)
    raster = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    x, y = (float(v) for v in rng.uniform(0, 60, 2))
    return Copy(card, raster, data, kind, (x, y))


@lru_cache(maxsize=1)
def _pool() -> Plane:
    return np.random.default_rng(5).standard_normal((2 * HEIGHT, 2 * WIDTH), np.float32)


def _noise(rng: Rng) -> Plane:
    """(638, 1012, 3) noise of a sensor: another place of one large field for each colour keeps it quick."""
    pool = _pool()
    corners = (tuple(int(v) for v in rng.integers((HEIGHT, WIDTH))) for _ in range(3))
    return np.dstack([pool[y : y + HEIGHT, x : x + WIDTH] for y, x in corners])


def _misplaced(front: Picture, rng: Rng, pixels: float) -> Picture:
    """Corners off by about this many pixels; docs/measures/links.md has what the service's own are."""
    square = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    there = square + rng.normal(0, pixels, square.shape).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(square, there)
    size = (WIDTH, HEIGHT)
    out = cv2.warpPerspective(front, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.uint8)


def _worn(front: Picture, rng: Rng) -> Picture:
    """Scratches of a card that was carried for years, on every second one."""
    out = front.copy()
    for _ in range(int(rng.choice([0, 4, 12], p=[0.5, 0.35, 0.15]))):
        start = rng.uniform(0, 1, 2) * (WIDTH, HEIGHT)
        ends = [tuple(int(v) for v in p) for p in (start, start + rng.normal(0, 70, 2))]
        layer = out.copy()
        cv2.line(layer, ends[0], ends[1], (236, 238, 236), 1, cv2.LINE_AA)
        out = np.asarray(cv2.addWeighted(layer, 0.35, out, 0.65, 0), np.uint8)
    return out


def _light(rng: Rng) -> Plane:
    """Uneven light of a room, now and then a soft reflection."""
    yy, xx = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = ((xx / WIDTH - 0.5) * np.cos(angle) + (yy / HEIGHT - 0.5) * np.sin(angle)) * rng.uniform(0, 0.3)
    light = 1 + ramp
    if rng.random() < 0.3:
        x, y = rng.uniform(0.1, 0.9, 2) * (WIDTH, HEIGHT)
        radius = rng.uniform(50, 120)
        light += 0.25 * np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / radius**2)
    return np.asarray(light[..., None], np.float32)
