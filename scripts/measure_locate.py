"""Measure the card finder on fresh specimens: ``scripts/measure_locate [--count 100] [--seed 900000]``."""

from __future__ import annotations

import argparse
import time

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.back import render_back
from scripts.specimens.capture import Shot, phone, scan
from scripts.specimens.front import render_front
from scripts.specimens.people import card_data
from service.evidence import CARD_WIDTH_MM, Location, Picture, Role
from service.imaging import decode_picture, locate_card, measure_quality, rectify
from service.settings import Settings

GROUPS = ("scan", "page", "phone", "hard", "large")


def shot(group: str, seed: int) -> Shot:
    rng = np.random.default_rng(seed)
    card = card_data(rng)
    face = render_back(card) if seed % 5 == 4 else render_front(card)
    if group in ("scan", "page"):
        return scan(face, rng, page="a5" if group == "page" else "cropped")
    size = (4032, 3024) if group == "large" else (1600, 1200)
    return phone(face, rng, 0.8 if group == "hard" else 0.3, size=size)


def error_mm(location: Location, truth: NDArray[np.float32], first_only: bool) -> float:
    """Largest corner error of the best hypothesis in any rotation, in millimetres of the card."""
    per_mm = float(np.linalg.norm(truth[1] - truth[0])) / CARD_WIDTH_MM
    quads = location.quads[:1] if first_only else location.quads
    errors = [
        float(np.linalg.norm(np.roll(quad.corners, k, axis=0) - truth, axis=1).max()) / per_mm
        for quad in quads
        for k in range(4)
    ]
    return min(errors, default=99.0)


def run(group: str, count: int, seed: int, verbose: bool) -> None:
    first, any_, kinds, cards, times, faults = [], [], [], [], [], []
    for i in range(count):
        taken = shot(group, seed + i)
        start = time.perf_counter()
        picture = decode_picture(taken.encode(), Role.FRONT, Settings())
        marks = [time.perf_counter()]
        location = locate_card(picture)
        marks.append(time.perf_counter())
        first.append(error_mm(location, taken.corners, True))
        any_.append(error_mm(location, taken.corners, False))
        kinds.append(str(location.kind) == {"scan": "scan", "phone": "photo"}[taken.kind])
        cards.append(location.cards == 1)
        if location.quads:
            faults.append(_quality(picture, location))
            marks.append(time.perf_counter())
            times.append(np.diff([start, *marks]) * 1000)
        if verbose and first[-1] > 1:
            methods = [f"{q.method} {q.confidence:.2f}" for q in location.quads]
            print(f"  {group} {seed + i}: first {first[-1]:.2f} any {any_[-1]:.2f} mm {methods}")
    one, best = np.array(first), np.array(any_)
    stages = " ".join(
        f"{n} {t:.0f}" for n, t in zip(("decode", "locate", "rest"), np.median(times, 0), strict=True)
    )
    print(
        f"{group:6} n={count} first: median {np.median(one):.2f} mm, <=0.3 {np.mean(one <= 0.3):.2f}, "
        f"<=1 {np.mean(one <= 1):.2f}, <=1.5 {np.mean(one <= 1.5):.2f}, >3 {np.mean(one > 3):.2f} | "
        f"any: <=0.3 {np.mean(best <= 0.3):.2f}, <=1 {np.mean(best <= 1):.2f}, "
        f"<=1.5 {np.mean(best <= 1.5):.2f}, >3 {np.mean(best > 3):.2f} | kind {np.mean(kinds):.2f} one card "
        f"{np.mean(cards):.2f} quality passes {np.mean(faults):.2f} | p50 ms {stages}",
        flush=True,
    )


def _quality(picture: Picture, location: Location) -> bool:
    raster, homography = rectify(picture, location.quads[0])
    return not measure_quality(picture, homography, raster).faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=900_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--groups", nargs="*", default=list(GROUPS))
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    cv2.setNumThreads(args.threads)
    for group in args.groups:
        run(group, args.count, args.seed, args.verbose)


if __name__ == "__main__":
    main()
