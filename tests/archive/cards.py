"""Files that an archive may hold, made from the sample cards; and readers that stand in for processes."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from scripts.specimens.back import render_back
from scripts.specimens.front import render_front
from scripts.specimens.people import CardData, card_data
from service.archive.item import Entry, Item, Part, PartRole, Row
from service.archive.rows import card_id, names_of
from service.archive.work import Done, Job, Timing, Work
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH

KEY = bytes(range(32))
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
JOB = Job(now=NOW, key=KEY)
PAPER = (246, 246, 244)
A4 = (2480, 3508)
"""Pixels at 300 dpi."""
CARD = (RASTER_WIDTH, RASTER_HEIGHT)


@dataclass(frozen=True)
class Person:
    """An invented person with a drawn card."""

    data: CardData
    front: Image.Image
    back: Image.Image

    @property
    def copied(self) -> datetime:
        """A time at which the card is valid."""
        return datetime.combine(self.data.reference_date, time(3), UTC)


@lru_cache
def person(number: int) -> Person:
    """One of the invented adults."""
    data = card_data(np.random.default_rng(100 + number), child=False)
    front, back = render_front(data), render_back(data)
    return Person(data, Image.fromarray(front[..., ::-1]), Image.fromarray(back[..., ::-1]))


def page(
    *cards: tuple[int, int, Image.Image], size: tuple[int, int] = A4, mode: str = "RGB", seed: int = 1
) -> Image.Image:
    """A flat-bed page with cards at places given as left and top."""
    noise = np.random.default_rng(seed).normal(0, 1.2, (size[1], size[0], 1))
    paper = Image.fromarray(np.clip(np.array(PAPER) + noise, 0, 255).astype(np.uint8))
    corners = Image.new("L", CARD)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, CARD[0] - 1, CARD[1] - 1), 37, fill=255)
    for left, top, card in cards:
        paper.paste(card, (left, top), corners)
    return paper.convert(mode)


def scanned(card: Image.Image) -> Image.Image:
    """One card with a margin of its scanner's lid around it."""
    return page((100, 90, card), size=(CARD[0] + 200, CARD[1] + 180))


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    image.copy().save(out, form, **options)
    return out.getvalue()


def item(*names: str, role: PartRole = PartRole.ANY) -> Item:
    """An item of files that nobody opens."""
    return Item(tuple(Part(role, Entry(name, name, 1)) for name in names))


def row(of: Item, number: int = 0, **columns: Any) -> Row:
    """A row with little in it."""
    id = card_id(KEY, of, number)
    return Row(id, f"content {id}", "source", (), first=number == 0, **columns)


def done(of: Item, number: int = 0, **columns: Any) -> Done:
    """A finished row with little in it."""
    made = row(of, number, **columns)
    return Done(made, Timing(made.card_id, 0.5, {"total": 500.0}), names_of(made.card_id, of, None))


class Scripted:
    """A reader that does what a function says."""

    def __init__(self, run: Callable[[Work, Callable[[Any], None]], None]) -> None:
        self._run = run
        self.asked: list[Work] = []

    def run(self, work: Work, part: Callable[[Any], None]) -> None:
        """See ``EnginePool.run``."""
        self.asked.append(work)
        self._run(work, part)


def one_row_each() -> Scripted:
    """Finds one card without a fault in every item."""

    def run(work: Work, part: Callable[[Any], None]) -> None:
        part(("whole", 0, 0))
        part(done(work.item, verdict="no_sign_of_forgery", reference_time=NOW, reference_source="run"))

    return Scripted(run)
