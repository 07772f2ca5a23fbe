"""What static features measure on both styles of specimens, and how far each tells attacks from genuine.

    .venv/bin/python -m scripts.measure_security [--cards 40] [--attacks 8] [--seed 71]

Cards are put in place by their true corners with an error of 0.2 mm (sigma), as registration leaves it; the
recogniser is not run. For every feature and style the 1st, 50th and 99th percentile of genuine cards and the
area under the curve against each family are printed, and how many genuine cards the shipped limits accuse.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from time import process_time

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.stream import Item, forgeries, genuine
from service.cards.feature_limits import feature_limits
from service.cards.layout import layout
from service.checks.security import CHECKS
from service.checks.security.colour import bands_seen
from service.evidence import CaptureKind, CardView, ImageMetadata, Picture, Quad, Role, Side
from service.imaging.pyramid import halved
from service.imaging.quality import measure_quality
from service.imaging.rectify import rectify
from service.imaging.security import SecurityMeasures, measure_security

KNOWN = layout("jp.residence_card.gen1")
LIMITS = feature_limits(KNOWN.id)
FAMILIES = ("printed_card", "recapture_paper", "recapture_screen", "photo_replaced", "edit_birth")
CORNER_MM = 0.2
Values = dict[str, float]


def measure(item: Item, rng: np.random.Generator, grey: bool) -> tuple[Values, float]:
    """The measures of one captured card, and the processor time in ms."""
    pictures, _, _, answer = item
    pixels = cv2.imdecode(np.frombuffer(pictures["front"], np.uint8), cv2.IMREAD_COLOR)
    if grey:
        pixels = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    corners = np.array(answer.corners["front"], np.float32)
    per_mm = float(np.linalg.norm(corners[1] - corners[0])) / 85.6
    corners = (corners + rng.normal(0, CORNER_MM * per_mm, (4, 2))).astype(np.float32)
    array = np.asarray(pixels, np.uint8)
    picture = Picture(Role.FRONT, "0" * 64, "image/jpeg", array, ImageMetadata("JPEG"), halved(array))
    view = _view(picture, corners, CaptureKind.SCAN if answer.capture == "scan" else CaptureKind.PHOTO)
    areas = {area.id: area.box for area in KNOWN.front.areas}
    fields = {field.name: field.box for field in KNOWN.front.fields}
    start = process_time()
    seen = measure_security(picture, view, areas, fields)
    return values(seen, view), (process_time() - start) * 1000


def _view(picture: Picture, corners: NDArray[np.float32], kind: CaptureKind) -> CardView:
    raster, homography = rectify(picture, Quad(corners))
    quality = measure_quality(picture, homography, raster)
    return CardView(Side.FRONT, Role.FRONT, raster, homography, kind, quality, KNOWN.id, 1.0)


def values(seen: SecurityMeasures, view: CardView) -> Values:
    """Measures by feature and range, as the limits name them."""
    out: Values = {}
    bands = bands_seen(seen, view)
    if bands is not None:
        out |= {f"band_colour.{name}": value for name, value in bands.values.items()}
    if seen.middle is not None:
        out["background_colour.blue_green"] = seen.middle.blue_green
    for name in ("ovi_mark", "seal", "strip"):
        found = getattr(seen, "mark" if name == "ovi_mark" else name)
        if found is not None:
            out |= {f"{name}.share": found.share, f"{name}.hue": (found.hue + 180) % 360 - 180}
    if seen.lines is not None:
        out |= {"fine_lines.energy": seen.lines.energy, "line_continuity.seam": seen.lines.seam}
        out["line_continuity.smoothest_field"] = seen.lines.smoothest_field
    if seen.photo is not None and seen.photo.size_mm is not None:
        out["photo_place.offset_mm"] = max(abs(o) for o in seen.photo.offsets_mm if o is not None)
        out["photo_place.aspect"] = seen.photo.size_mm[0] / seen.photo.size_mm[1]
        out["hologram.overlay"] = seen.photo.overlay
    if seen.screen is not None:
        out["print_structure.regular"] = seen.screen.regular
    if seen.body is not None:
        out |= {"shape.aspect": seen.body.aspect, "punched_hole.holes": float(len(seen.body.holes))}
    return out


def accused(found: Values) -> list[str]:
    """Names of the measures beyond a limit that may accuse, or of holes that cancel."""
    names = [name for name, value in found.items() if _beyond(name, value)]
    return names + ["punched_hole.holes"] * (found.get("punched_hole.holes", 0) >= 2)


def _beyond(name: str, value: float) -> bool:
    feature, _, measure_name = name.partition(".")
    limit = LIMITS.get(feature)
    return limit is not None and limit.accuses and not limit.holds(measure_name, value)


def area(genuine_values: list[float], attack_values: list[float]) -> float:
    """Area under the curve, whichever way the attack moves the measure; 0.5 tells nothing."""
    good, bad = np.array(genuine_values), np.array(attack_values)
    above = float((bad[:, None] > good[None]).mean() + 0.5 * (bad[:, None] == good[None]).mean())
    return max(above, 1 - above)


def _stream(family: str, seed: int, count: int, capture: str, style: str) -> Iterator[Item]:
    if family in ("genuine", "grey_copy"):
        return genuine(seed, count, capture, style)
    return forgeries(family, seed, count, capture, style)


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cards", type=int, default=40, help="genuine cards of each style and capture")
    parser.add_argument("--attacks", type=int, default=8, help="of each family, style and capture")
    parser.add_argument("--seed", type=int, default=71)
    args = parser.parse_args(argv)
    cv2.setNumThreads(1)
    print(f"{len(CHECKS)} checks; limits that accuse:", [k for k, v in LIMITS.items() if v.accuses])
    rng, times = np.random.default_rng(args.seed), []
    rows: dict[tuple[str, str], list[Values]] = {}
    for style in "ab":
        for family in ("genuine", "grey_copy", *FAMILIES):
            count = args.cards if family == "genuine" else args.attacks
            for capture in ("scan", "phone"):
                for item in _stream(family, args.seed, count, capture, style):
                    found, ms = measure(item, rng, family == "grey_copy")
                    rows.setdefault((family, style), []).append(found)
                    times.append(ms)
    for (family, style), found_ in rows.items():
        hits = [accused(v) for v in found_]
        reasons = sorted({name for names in hits for name in names})
        print(f"{family:17s} {style}: accused {sum(map(bool, hits))} of {len(found_)} {reasons}")
    _print_areas(rows)
    print(
        f"processor time: median {np.median(times):.0f} ms, 95th percentile {np.percentile(times, 95):.0f} ms"
    )
    return 0


def _print_areas(rows: dict[tuple[str, str], list[Values]]) -> None:
    for style in "ab":
        good = rows["genuine", style]
        for name in good[0]:
            known = [v[name] for v in good if name in v]
            low, middle, high = np.percentile(known, (1, 50, 99))
            areas = {
                family: area(known, seen)
                for (family, other), found in rows.items()
                if other == style and family != "genuine" and (seen := [v[name] for v in found if name in v])
            }
            told = "  ".join(f"{family} {value:.2f}" for family, value in areas.items())
            print(f"{style} {name:32s} {low:8.3f} {middle:8.3f} {high:8.3f}   {told}")


if __name__ == "__main__":
    raise SystemExit(main())
