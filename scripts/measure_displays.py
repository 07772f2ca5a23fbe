"""Measure what tells a photographed display: cells on the card, cells that run on beside it, straight edges.

    .venv/bin/python -m scripts.measure_displays [--styles b c] [--seed N] [--displays 40] [--genuine 60]

The cards lie where they truly lie, up to 0.15 mm. ``seed`` draws the displays, the next one genuine scans and
photos, the one after that genuine photos in very bad light.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from scripts.forensics_report import case_of
from scripts.rates import rate
from scripts.specimens.stream import Item, forgeries, genuine
from service.checks.base import run_check
from service.checks.forensics import CHECKS
from service.policies import policy
from service.verdict import CheckResult, Result

ASKED = ("forensics.recapture", "forensics.display_cells", "forensics.borders")
HARD = 0.9


@dataclass(frozen=True)
class Seen:
    """What the checks said of one picture, in the order of ``ASKED``."""

    results: tuple[CheckResult, ...]

    def against(self, check: int) -> bool:
        """Whether one of them speaks against the card."""
        return self.results[check].result is Result.SUSPECT


def seen(item: Item, number: int) -> Seen:
    """Judge one picture."""
    pictures, _, _, answer = item
    corners = np.array(answer.corners["front"], np.float32)
    rng = np.random.default_rng(number)
    case = case_of(pictures["front"], corners, rng, "scan" if answer.capture == "scan" else "phone")
    checks = {check.id: check for check in CHECKS}
    return Seen(tuple(run_check(checks[id], case, policy("default")) for id in ASKED))


def report(name: str, items: Iterator[Item]) -> None:
    """Print what was told of one group."""
    found = [seen(item, number) for number, item in enumerate(items)]
    grid, cells, edges = (sum(one.against(k) for one in found) for k in range(3))
    either = sum(one.against(0) or one.against(1) for one in found)
    asked = [one.results[1] for one in found if one.results[1].measured is not None]
    print(f"{name}: {len(found)} pictures, cells could be asked of {len(asked)}")
    print(f"  pattern on the card          {rate(grid, len(found))}")
    print(f"  cells beside it too          {rate(cells, len(found))}")
    print(f"  either                       {rate(either, len(found))}")
    print(f"  edges on two sides (a note)  {rate(edges, len(found))}")
    top = sorted((one.measured or 0.0 for one in asked), reverse=True)[:5]
    print(f"  strongest cells              {' '.join(f'{value:.2f}' for value in top)}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--styles", nargs="*", default=["b", "c"], choices=("a", "b", "c"))
    parser.add_argument("--seed", type=int, default=8101)
    parser.add_argument("--displays", type=int, default=40)
    parser.add_argument("--genuine", type=int, default=60)
    parser.add_argument("--families", nargs="*", default=["display_photo", "display_framed"])
    args = parser.parse_args(argv)
    cv2.setNumThreads(1)
    for style in args.styles:
        for family in args.families:
            report(f"{style} {family}", forgeries(family, args.seed, args.displays, "phone", style))
        report(f"{style} genuine", genuine(args.seed + 1, args.genuine, "mixed", style))
        hard = genuine(args.seed + 2, args.genuine, "phone", style, hardness=HARD)
        report(f"{style} genuine, very bad light", hard)
    return 0


if __name__ == "__main__":
    sys.exit(main())
