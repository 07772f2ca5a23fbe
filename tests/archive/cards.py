"""Files that an archive may hold, made from the sample cards; and readers that stand in for processes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

from service.archive.item import Entry, Item, Part, PartRole, Row
from service.archive.rows import card_id, names_of
from service.archive.work import Done, Job, Timing, Work
from service.settings import ROOT

PEOPLE = sorted((ROOT / "sample_cards" / "people").iterdir())
KEY = bytes(range(32))
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
JOB = Job(now=NOW, key=KEY)
PAPER = (246, 246, 244)
A4 = (1240, 1754)
CARD = (506, 319)
"""Pixels of a card on a page of 150 dpi."""


def person(number: int, part: str = "front.jpg") -> Path:
    """A file of one of the invented people."""
    return PEOPLE[number] / part


def page(*cards: tuple[int, int, Path], size: tuple[int, int] = A4, mode: str = "RGB") -> Image.Image:
    """A flat-bed page with cards at places given as left and top."""
    paper = Image.new("RGB", size, PAPER)
    for left, top, file in cards:
        paper.paste(face(file), (left, top))
    return paper.convert(mode)


def face(file: Path) -> Image.Image:
    """One face without its ground."""
    with Image.open(file) as image:
        return image.convert("RGB").resize(CARD)


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
