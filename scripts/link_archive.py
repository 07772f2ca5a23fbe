"""An archive of drawn copies as rows of a re-check, without its reading: what links are measured on.

Texts are taken from the truth with the slips that were measured on the reader (docs/measures/records.md); the
pictures go through the same fingerprints as in a re-check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scripts.specimens.people import CardData
from scripts.specimens.workshops import WORKSHOPS, Copy, Template, forged, genuine, same_day
from service.archive.links.fingerprints import FIELDS, prints_of
from service.cards.layout import layout
from service.checks.case import Capture, Case
from service.evidence import CaptureKind, CardView, FieldReading, Location, Quality, Role, Side
from service.imaging import decode_picture
from service.settings import Settings

__all__ = ["KEY", "ROWS", "Plan", "drawn", "row_of", "write"]

KEY = b"measure links, this is no secret"
GEN1 = "jp.residence_card.gen1"
SLIPS = {"card_number": 0.01, "name_latin": 0.03, "date_of_birth": 0.02, "issue_date": 0.02}
"""Share that is not read with confidence; a third as many names and dates are read with one sign wrong."""
ROWS = pa.schema(
    [
        ("card_id", pa.string()),
        ("reference", pa.string()),
        ("layout", pa.string()),
        ("fingerprints", pa.struct(list(FIELDS.items()))),
        ("truth", pa.string()),
    ]
)
"""As the files of a run, with the truth beside: ``genuine``, or the workshop's number and what is shared."""
MM_PX = 11.81


@dataclass(frozen=True)
class Plan:
    """What an archive holds."""

    style: str = "a"
    genuine: int = 1000
    together: int = 60
    """Genuine cards of one status and day with numbers in a row; as many are copied twice."""
    cards: int = 40
    """Cards of each workshop."""
    seed: int = 1


def drawn(plan: Plan) -> Iterator[tuple[str, Copy]]:
    """Every copy with its truth, in an order of its own."""
    rng = np.random.default_rng((plan.seed, plan.style == "b"))
    for _ in range(plan.genuine):
        yield "genuine", genuine(rng, plan.style)
    group = list(same_day(rng, plan.together, plan.style))
    yield from (("genuine together", copy) for copy in group)
    yield from (("genuine again", genuine(rng, plan.style, copy.card)) for copy in group)
    for number, workshop in enumerate(WORKSHOPS if plan.cards else ()):
        template = Template.make(workshop, rng, plan.style)
        for index in range(plan.cards):
            copy = forged(template, index, number, rng, plan.style)
            yield f"{number} {' '.join(sorted(copy.shares))}", copy


def row_of(name: str, truth: str, copy: Copy, rng: np.random.Generator) -> dict[str, object]:
    """One row of ``ROWS``."""
    prints = prints_of(_case(copy, rng), KEY)
    return {"card_id": name, "reference": None, "layout": GEN1, "fingerprints": prints, "truth": truth}


def write(plan: Plan, path: Path) -> int:
    """Draw and write an archive; how many copies it holds."""
    rng = np.random.default_rng((plan.seed, 77))
    rows = [row_of(f"{plan.style}{i:05d}", truth, copy, rng) for i, (truth, copy) in enumerate(drawn(plan))]
    pq.write_table(pa.Table.from_pylist(rows, ROWS), path)
    return len(rows)


def _case(copy: Copy, rng: np.random.Generator) -> Case:
    picture = decode_picture(copy.data, Role.FRONT, Settings())
    place = np.array([[1, 0, copy.place[0] * MM_PX], [0, 1, copy.place[1] * MM_PX], [0, 0, 1]], np.float64)
    kind = CaptureKind.PHOTO if copy.kind == "phone" else CaptureKind.SCAN
    quality = Quality(11.8, 0.9, 0.0, 0.0, 1.0, 200.0, 180.0)
    view = CardView(Side.FRONT, Role.FRONT, copy.raster, place, kind, quality, GEN1, 0.99)
    return Case(
        reference_time=datetime(2026, 11, 22, tzinfo=UTC),
        trust_profile="sample",
        captures={"front": Capture(picture, Location((), 1, kind), view)},
        layout=layout(GEN1),
        layout_confidence=0.99,
        fields=tuple(_readings(copy.card, rng)),
    )


def _readings(card: CardData, rng: np.random.Generator) -> Iterator[FieldReading]:
    truth = {
        "card_number": card.card_number,
        "name_latin": " ".join(card.person.name_latin.split()),
        "date_of_birth": card.date_of_birth.isoformat(),
        "issue_date": card.issue_date.isoformat(),
    }
    for name, value in truth.items():
        unsure, wrong = rng.random() < SLIPS[name], rng.random() < SLIPS[name] / 3
        text = _slip(value, rng) if wrong and name in ("name_latin", "date_of_birth") else value
        yield FieldReading(name, "front", text, text, 0.5 if unsure else 0.99, side=Side.FRONT)


def _slip(text: str, rng: np.random.Generator) -> str:
    """One sign read as another; of a date only the last digit, so that it stays one."""
    place = len(text) - 1 if text[0].isdigit() else int(rng.integers(len(text)))
    return text[:place] + ("8" if text[place].isdigit() else "E") + text[place + 1 :]
