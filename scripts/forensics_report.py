"""Measure the checks for traces of forging: genuine cards accused, altered cards missed, places hit.

    .venv/bin/python -m scripts.forensics_report [--seed N] [--genuine 600] [--attacks 40] [--style b]
                                                 [--rows FILE] [--read FILE ...] [--plot FILE]

The cards lie where they truly lie, up to 0.15 mm, and their texts are found by the service's own finder but
not read, so that hundreds of cards can be measured. An answer ``inconclusive`` counts as missed. Limits were
chosen on style ``a``; style ``b`` and the families of ``scripts.specimens.attacks`` were not looked at then.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from scripts.forensics_plot import strips
from scripts.rates import rate
from scripts.specimens.attacks import FAMILIES
from scripts.specimens.capture import Shot, jpeg, phone, scan
from scripts.specimens.edits import EDITS, region_of
from scripts.specimens.people import card_data
from scripts.specimens.recapture import FRAMED, RECAPTURES
from scripts.specimens.specimen import Bench, Specimen, genuine_specimen
from service.cards.layout import layout
from service.checks.base import run_check
from service.checks.case import Capture, Case
from service.checks.forensics import CHECKS
from service.evidence import CaptureKind, CardView, FieldReading, Location, Quad, Role, Side
from service.imaging import decode_picture
from service.imaging.forensics import Traces
from service.imaging.quality import measure_quality
from service.imaging.rectify import rectify
from service.policies import policy
from service.reading.crops import enclosing, fraction_of
from service.reading.fields import plan_fields
from service.reading.ink import ink_map
from service.settings import Settings
from service.verdict import CheckResult, Effect, Result

HELD_OUT = ("recapture_screen", "recapture_paper", "printed_card", "edit_name", "edit_birth", "edit_validity")
"""Families drawn before these checks were written, never used to choose a limit."""
MAKERS = {**EDITS, **RECAPTURES, **FRAMED, **{name: FAMILIES[name] for name in HELD_OUT}}
EDITED = {"edit_name": "name_latin", "edit_birth": "date_of_birth", "edit_validity": "card_valid_until"}
MODES = ("scan", "phone", "hard")
FRONT = layout("jp.residence_card.gen1")
ASKEW_MM = 0.15


@dataclass(frozen=True)
class Row:
    """What the checks said of one card."""

    family: str
    mode: str
    seed: int
    index: int
    against: tuple[str, ...]
    """Reasons that speak against it and count."""
    notes: tuple[str, ...]
    """Those of informative checks."""
    hit: bool | None
    """Whether a region covers the middle of the altered place, None where there is no such place."""
    measured: Mapping[str, float]
    ms: float


def captured(made: Specimen, rng: np.random.Generator, mode: str, quality: int) -> tuple[bytes, Any]:
    """The JPEG file and the true corners; half of the photos are of hands that shake or of bad light."""
    if mode == "scan":
        shot: Shot = scan(made.front, rng, int(rng.choice([200, 300, 400], p=[0.2, 0.6, 0.2])))
    else:
        hardness = float(rng.uniform(0.05, 0.4) if mode == "phone" else rng.uniform(0.5, 0.9))
        shot = phone(made.front, rng, hardness, size=(1600, 1200) if rng.random() < 0.7 else (2016, 1512))
    if made.edit:
        shot = made.edit(shot)
        return shot.encode(), shot.corners
    return jpeg(shot.pixels, quality, shot.dpi), shot.corners


def case_of(data: bytes, corners: Any, rng: np.random.Generator, mode: str) -> Case:
    """A case as the engine would make it, without the recogniser."""
    picture = decode_picture(data, Role.FRONT, Settings())
    unit = float(np.linalg.norm(corners[1] - corners[0])) / 85.6
    quad = Quad((corners + rng.normal(0, ASKEW_MM * unit, (4, 2))).astype(np.float32))
    raster, homography = rectify(picture, quad)
    quality = measure_quality(picture, homography, raster)
    kind = CaptureKind.SCAN if mode == "scan" else CaptureKind.PHOTO
    colour = picture.metadata.colour
    view = CardView(Side.FRONT, Role.FRONT, raster, homography, kind, quality, FRONT.id, 1.0, colour)
    fields = [
        FieldReading(
            request.places[0].name, "front", "", None, 0.9, side=Side.FRONT,
            box=fraction_of(enclosing(request.lines), raster.shape),
        )
        for request in plan_fields(ink_map(raster), FRONT.front)
        if request.lines
    ]  # fmt: skip
    photo = FRONT.front.area("photo")
    bands = [area.box for area in FRONT.front.areas if area.hue and area.confirmed]
    return Case(
        datetime.now(UTC),
        "sample",
        {"front": Capture(picture, Location((quad,), 1, kind), view)},
        layout=FRONT,
        fields=tuple(fields),
        traces={"front": Traces.of(picture, view, fields, photo.box if photo else None, None, bands)},
    )


def measured(family: str, style: str, seed: int, index: int) -> Row:
    """Draw, capture and judge one card."""
    rng = np.random.default_rng([seed, index, ord(style), len(family), sum(family.encode())])
    mode = MODES[index % 3]
    if family == "genuine":
        made = genuine_specimen(card_data(rng, child=False), Bench(style), index)
    else:
        made = MAKERS[family](rng, Bench(style), index)
    data, corners = captured(made, rng, mode, int(rng.integers(70, 101)))
    case = case_of(data, corners, rng, mode)
    start = cv2.getTickCount()
    results = [run_check(check, case, policy("default")) for check in CHECKS]
    took = (cv2.getTickCount() - start) / cv2.getTickFrequency() * 1000
    against = [r for r in results if r.result in (Result.SUSPECT, Result.FAIL)]
    counted = [r for r in against if r.effect is not Effect.INFORMATIVE]
    return Row(
        family, mode, seed, index,
        tuple(r.reason for r in counted),
        tuple(r.reason for r in against if r.effect is Effect.INFORMATIVE),
        _hit(family, made, counted),
        {r.id: r.measured for r in results if r.measured is not None},
        took,
    )  # fmt: skip


def _hit(family: str, made: Specimen, against: Sequence[CheckResult]) -> bool | None:
    field = EDITED.get(family, made.answer.broken_rule)
    if (family not in EDITS and family not in EDITED) or field is None:
        return None
    x0, y0, x1, y1 = region_of(family, field)
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    boxes = [r.region.box for r in against if r.region is not None]
    return any(b[0] <= x <= b[0] + b[2] and b[1] - 0.01 <= y <= b[1] + b[3] + 0.01 for b in boxes)


def rows(args: argparse.Namespace) -> Iterator[Row]:
    """Genuine cards, then each family."""
    for index in range(args.genuine):
        yield measured("genuine", args.style, args.seed, index)
    for family in args.families or MAKERS:
        for index in range(args.attacks):
            yield measured(family, args.style, args.seed, index)


def summarise(found: Sequence[Row]) -> None:
    """Print rates by family, the false alarms one by one."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        groups[row.family].append(row)
    genuine = groups.pop("genuine", [])
    accused = [row for row in genuine if row.against]
    print(f"genuine accused: {rate(len(accused), len(genuine))}")
    for row in accused:
        print(f"    {row.mode} seed {row.seed} index {row.index}: {row.against}")
    alarm = len(accused) / len(genuine) if genuine else 0.0
    for family, some in groups.items():
        caught = [row for row in some if row.against]
        share = len(caught) / len(some)
        precision = share / (share + alarm) if share else 0.0
        print(f"{family}: caught {rate(len(caught), len(some))}; precision at equal numbers {precision:.3f}")
        modes = {m: (sum(r.mode == m for r in caught), sum(r.mode == m for r in some)) for m in MODES}
        print(f"    {modes}")
        placed = [row for row in caught if row.hit is not None]
        if placed:
            print(f"    place hit {rate(sum(bool(row.hit) for row in placed), len(placed))}")
    times = sorted(row.ms for row in found)
    if times:
        print(f"all checks together: median {times[len(times) // 2]:.0f} ms")


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--genuine", type=int, default=600)
    parser.add_argument("--attacks", type=int, default=40, help="cards of each family")
    parser.add_argument("--families", nargs="*", default=None, choices=sorted(MAKERS))
    parser.add_argument("--style", default="b", choices=("a", "b"))
    parser.add_argument("--rows", type=Path, default=None, help="append every row here, as JSON lines")
    parser.add_argument("--read", type=Path, nargs="*", default=[], help="rows measured before, nothing new")
    parser.add_argument("--plot", type=Path, default=None, help="write the measures as an SVG picture")
    args = parser.parse_args(argv)
    cv2.setNumThreads(1)
    found = [Row(**json.loads(line)) for file in args.read for line in file.open(encoding="utf-8")]
    for row in rows(args) if not found else ():
        found.append(row)
        if args.rows:
            with args.rows.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
    summarise(found)
    if args.plot:
        args.plot.write_text(strips([(row.family, row.measured) for row in found]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
