"""Document layouts as data: where a card shows what. One TOML file per layout in ``layouts/``.

A layout says what is confirmed and what is not; only confirmed facts may give more than ``inconclusive``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import hypot
from pathlib import Path
from typing import Any

__all__ = [
    "Area",
    "FieldPlace",
    "Label",
    "Layout",
    "Ovd",
    "SideLayout",
    "distance_mm",
    "layout",
    "layouts",
]

LAYOUT_DIR = Path(__file__).parent / "layouts"

CARD_MM = (85.6, 53.98)
Box = tuple[float, float, float, float]


def distance_mm(one: Box, other: Box) -> float:
    """The gap between two places of an ID-1 card (ISO/IEC 7810), millimetres; 0 where they touch."""
    across = max(other[0] - one[0] - one[2], one[0] - other[0] - other[2], 0.0) * CARD_MM[0]
    down = max(other[1] - one[1] - one[3], one[1] - other[1] - other[3], 0.0) * CARD_MM[1]
    return hypot(across, down)


@dataclass(frozen=True, slots=True)
class Label:
    """A fixed, pre-printed text."""

    id: str
    text: str
    box: Box
    """x, y, width, height as fractions of the card."""
    required: bool = True
    """Whether a genuine card always shows it in this place."""
    anchor: bool = False
    """Whether it serves to recognise the layout and to register the card."""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A variable text."""

    name: str
    """Field name of the contract."""
    box: Box
    """Where the text may stand; readers look a little beyond it."""
    kind: str
    """How it is read: ``card_number``, ``latin_name``, ``date``, ``date_full_width``, ``closed_set``,
    ``text``, ``period_with_date`` or ``permission``."""
    charset: str = "japanese"
    """Name of the set of signs that can occur."""
    lines: int = 1
    optional: bool = False
    """Whether a genuine card may leave it empty."""


@dataclass(frozen=True, slots=True)
class Area:
    """A place that is not text: a band, the photo, the seal, the mark."""

    id: str
    box: Box
    hue: tuple[float, float] | None = None
    """Range of HSV hue in degrees, where the design fixes one."""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Ovd:
    """An optically variable device: a place that looks different with the angle of view or light."""

    id: str
    """``strip``, ``moj_mark``, ``letters``, ``silver``, ``watermark``."""
    box: Box
    gesture: str
    """What makes it change: ``vertical``, ``horizontal``, ``rotate`` or ``see_through``."""
    change: str
    """What it does then: ``colour``, ``shift``, ``inversion`` or ``appearance``."""
    colours: tuple[str, ...] = ()
    """The colours between which it changes, in the order in which the strip shows them."""
    beside: tuple[Box, ...] = ()
    """Plain ground next to it, with which its colour is compared."""
    confirmed: bool = False
    """Whether place and behaviour are known well enough for more than ``inconclusive``."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SideLayout:
    """One side of the document."""

    labels: tuple[Label, ...] = ()
    fields: tuple[FieldPlace, ...] = ()
    areas: tuple[Area, ...] = ()
    barcodes: str = "unconfirmed"
    """Whether this side carries bar codes: ``none``, ``possible`` or ``unconfirmed``."""
    ovds: tuple[Ovd, ...] = ()

    def field(self, name: str) -> FieldPlace | None:
        """The place of a field, None where this side does not show it."""
        return next((f for f in self.fields if f.name == name), None)

    def area(self, id: str) -> Area | None:
        """An area by its id."""
        return next((a for a in self.areas if a.id == id), None)

    def ovd(self, id: str) -> Ovd | None:
        """An optically variable device by its id."""
        return next((o for o in self.ovds if o.id == id), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of document."""

    id: str
    title: str
    document: str
    """``residence_card``, ``special_permanent_resident``, ``residence_permit`` or ``passport``."""
    generation: int | None
    source: str
    confirmed: bool
    """Whether the face is known well enough to judge it."""
    issued_from: date | None = None
    issued_until: date | None = None
    size_mm: tuple[float, float] = (85.60, 53.98)
    required_checks: tuple[str, ...] = ()
    """Checks that must be decided before pictures of this layout get a verdict."""
    sides: Mapping[str, SideLayout] = field(default_factory=dict)

    @property
    def front(self) -> SideLayout:
        """The front, empty where unknown."""
        return self.sides.get("front", SideLayout())

    @property
    def back(self) -> SideLayout:
        """The back, empty where unknown."""
        return self.sides.get("back", SideLayout())


def _box(values: list[float]) -> Box:
    x, y, w, h = (float(v) for v in values)
    if not (0 <= x < 1 and 0 <= y < 1 and 0 < w <= 1 and 0 < h <= 1):
        raise ValueError(f"box outside the card: {values}")
    return (x, y, w, h)


def _ovd(row: Mapping[str, Any]) -> Ovd:
    lists = {
        "box": _box(row["box"]),
        "beside": tuple(_box(box) for box in row.get("beside", ())),
        "colours": tuple(row.get("colours", ())),
    }
    return Ovd(**{**row, **lists})


def _side(data: Mapping[str, Any]) -> SideLayout:
    return SideLayout(
        labels=tuple(Label(**{**row, "box": _box(row["box"])}) for row in data.get("labels", ())),
        fields=tuple(FieldPlace(**{**row, "box": _box(row["box"])}) for row in data.get("fields", ())),
        areas=tuple(
            Area(**{**row, "box": _box(row["box"]), "hue": tuple(row["hue"]) if "hue" in row else None})
            for row in data.get("areas", ())
        ),
        barcodes=data.get("barcodes", "unconfirmed"),
        ovds=tuple(_ovd(row) for row in data.get("ovds", ())),
    )


def _load(path: Path) -> Layout:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    sides: dict[str, SideLayout] = {name: _side(data[name]) for name in ("front", "back") if name in data}
    head = {k: v for k, v in data.items() if k not in ("front", "back")}
    for key in ("required_checks", "size_mm"):
        if key in head:
            head[key] = tuple(head[key])
    head.setdefault("generation", None)
    return Layout(**head, sides=sides)


@lru_cache(maxsize=1)
def layouts() -> Mapping[str, Layout]:
    """Every layout that is shipped, by id."""
    loaded = [_load(path) for path in sorted(LAYOUT_DIR.glob("*.toml"))]
    return {item.id: item for item in loaded}


def layout(id: str) -> Layout:
    """One layout; KeyError where there is none of that id."""
    return layouts()[id]
