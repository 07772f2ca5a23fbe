"""How much of which machine-readable zones is read: ``scripts/measure_mrz [--pages 10] [PICTURE...]``.

Rendered pages in every degradation, and pictures given by path, whose text is printed for a look.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np

from scripts.specimens.mrz_pages import CAPTURES, capture, draw_page
from scripts.specimens.mrz_text import FORMATS, holder
from service.evidence import Picture, Role
from service.imaging import decode_picture
from service.reading.mrz import ZoneReading, read_zone
from service.settings import settings


def taken(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Picture:
    """A picture as the service decodes it."""
    _, data = cv2.imencode(".png", pixels)
    return decode_picture(data.tobytes(), Role.COMPANION, settings())


def timed(picture: Picture) -> tuple[ZoneReading | None, float]:
    """The zone, and the processor time in milliseconds."""
    start = time.process_time()
    found = read_zone(picture)
    return found, (time.process_time() - start) * 1000


def rendered(pages: int, seed: int, kinds: Sequence[str]) -> None:
    """One line per degradation: zones read wholly, found, and wrong though every check digit holds."""
    print("capture        whole  found  wrong-but-holding  characters  median ms")
    for kind in kinds:
        rng = np.random.default_rng([seed, *hashlib.sha256(kind.encode()).digest()[:4]])
        whole = found = wrong = right = total = 0
        spent = []
        for _ in range(pages):
            format = str(rng.choice(list(FORMATS)))
            shot = capture(draw_page(rng, holder(rng), format), rng, kind)
            reading, milliseconds = timed(taken(shot.pixels))
            spent.append(milliseconds)
            total += sum(map(len, shot.lines))
            if reading is None:
                continue
            found += 1
            whole += reading.lines == shot.lines
            wrong += reading.decoded.holds and reading.lines != shot.lines
            pairs = zip("".join(reading.lines), "".join(shot.lines), strict=False)
            right += sum(a == b for a, b in pairs)
        share, usual = 100 * right / total, float(np.median(spent))
        print(f"{kind:13s} {whole:3d}/{pages} {found:5d} {wrong:10d} {share:16.2f} {usual:10.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--captures", nargs="+", choices=CAPTURES, default=CAPTURES)
    parser.add_argument("pictures", nargs="*", type=Path)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    for path in args.pictures:
        reading, milliseconds = timed(decode_picture(path.read_bytes(), Role.COMPANION, settings()))
        state = "none" if reading is None else f"{reading.decoded.format} broken {reading.decoded.broken}"
        print(f"{path.name}: {state}, {milliseconds:.0f} ms")
        for line in reading.lines if reading else ():
            print("   ", line)
    if not args.pictures:
        rendered(args.pages, args.seed, args.captures)


if __name__ == "__main__":
    main()
