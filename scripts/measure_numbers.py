"""Card numbers alone, read as the service reads them: thousands of trials in the time of hundreds.

    .venv/bin/python -m scripts.measure_numbers --rows FILE --seed 101 --styles a b c --each 2000

The card is located, recognised and put in place as always, but only its number is read, and the quality of
the capture is measured. A number counts as accepted where the capture has no fault, and as wrong with
confidence where every sign of a wrong number claims more than a check asks for (``ACCUSING``). ``--rows``
keeps one JSON line for each card, without what was read on it but for the signs that differ, and goes on
where it stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

from scripts.rates import rate
from scripts.specimens.stream import genuine
from service.cards.layout import layout
from service.checks.reading_limits import ACCUSING
from service.evidence import FieldReading, Role, Side
from service.imaging import decode_picture, locate_card
from service.imaging.quality import measure_quality
from service.reading.fields import field_readings, read_lines, read_small
from service.reading.lexicon import default_lexicon
from service.reading.placing import placed
from service.reading.recognise_layout import recognise
from service.reading.recogniser import recogniser
from service.settings import Settings

__all__ = ["main"]

BLOCK = 10
"""Cards of one task: the seed of the stream moves on by one for each block."""


@dataclass(frozen=True)
class Row:
    """What became of one card's number."""

    style: str
    block: int
    index: int
    capture: str
    accepted: bool
    """Whether the card was found and its capture has no fault."""
    exact: bool
    confidence: float
    differing: tuple[str, ...]
    """Signs that were read wrong: place, sign printed, sign read."""


def _read_number(data: bytes) -> tuple[FieldReading | None, bool]:
    """The number on a front, and whether the capture has no fault."""
    settings = Settings()
    picture = decode_picture(data, Role.FRONT, settings)
    location = locate_card(picture)
    match = recognise(picture, location)
    if match is None:
        return None, False
    place = placed(picture, match, layout(match.layout).sides[match.side])
    accepted = not measure_quality(picture, place.homography, place.raster).faults
    requests = [one for one in place.plan.fields if one.places[0].name == "card_number"]
    lexicon = default_lexicon()
    small = read_small(place.raster, requests, lexicon)
    crops = [crop for request in requests for crop in request.crops(place.raster)]
    read = iter(recogniser().read(crops, [request.charset for request in requests for _ in request.lines]))
    first = [[next(read) for _ in request.lines] for request in requests]
    final = read_lines(place.raster, requests, first, small)
    fields = field_readings(requests, final, place.raster.shape, "front", Side.FRONT, lexicon)
    return next((field for field in fields if field.name == "card_number"), None), accepted


def _differing(truth: str, read: str) -> tuple[str, ...]:
    if len(truth) != len(read):
        return (f"length {len(read)}",)
    return tuple(f"{i}{a}{b}" for i, (a, b) in enumerate(zip(truth, read, strict=True)) if a != b)


def _block(task: tuple[str, int, int]) -> list[Row]:
    style, seed, block = task
    rows = []
    for index, (pictures, _, _, answer) in enumerate(genuine(seed * 100_000 + block, BLOCK, style=style)):
        field, accepted = _read_number(pictures["front"])
        value = field.value if field and isinstance(field.value, str) else ""
        truth = str(answer.fields["card_number"])
        confidence = round(field.confidence, 4) if field else 0.0
        rows.append(
            Row(
                style, block, index, answer.capture, accepted, value == truth, confidence,
                () if value == truth else _differing(truth, value),
            )
        )  # fmt: skip
    return rows


def _pin() -> None:
    import cv2

    cv2.setNumThreads(1)


def _known(path: Path) -> list[Row]:
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Row(**{**(row := json.loads(line)), "differing": tuple(row["differing"])}) for line in lines]


def _measure(args: argparse.Namespace, done: Sequence[Row]) -> Iterator[Row]:
    finished = {(row.style, row.block) for row in done}
    tasks = [
        (style, args.seed, block)
        for block in range(-(-args.each // BLOCK))
        for style in args.styles
        if (style, block) not in finished
    ]
    with ProcessPoolExecutor(args.workers, mp_context=get_context("spawn"), initializer=_pin) as pool:
        for rows in pool.map(_block, tasks):
            yield from rows


def summarise(rows: Iterable[Row]) -> None:
    """Print the rates by style and together."""
    found = list(rows)
    for style in [*sorted({row.style for row in found}), "all"]:
        accepted = [row for row in found if row.accepted and style in (row.style, "all")]
        wrong = [row for row in accepted if not row.exact]
        sure = [row for row in wrong if row.confidence > ACCUSING]
        print(f"\n{style}: accepted {len(accepted)} of {sum(style in (r.style, 'all') for r in found)}")
        print(f"  exact                  {rate(len(accepted) - len(wrong), len(accepted))}")
        print(f"  wrong with confidence  {rate(len(sure), len(accepted))}")
        print("  signs", dict(Counter(sign[1:] for row in wrong for sign in row.differing).most_common(12)))
        for row in sure:
            place = f"style {row.style} block {row.block} index {row.index} {row.capture}"
            print(f"    sure: {place}: {row.differing}")


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--styles", nargs="+", default=["a", "b", "c"], choices=("a", "b", "c"))
    parser.add_argument("--each", type=int, default=2000, help="cards of each style")
    parser.add_argument("--rows", type=Path, required=True, help="one JSON line for each card; goes on")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(argv)
    rows = _known(args.rows)
    with args.rows.open("a", encoding="utf-8") as out:
        for row in _measure(args, rows):
            out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")
            out.flush()
            rows.append(row)
    summarise(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
