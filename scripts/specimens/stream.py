"""Fresh specimens without end: the same seeds give the same pictures, for evaluation and for training."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from scripts.specimens.answers import Answer
from scripts.specimens.attacks import FAMILIES
from scripts.specimens.back import render_back
from scripts.specimens.capture import Shot, phone, scan
from scripts.specimens.chip_attacks import CHIP_FAMILIES
from scripts.specimens.edits import EDITS
from scripts.specimens.paint import Picture
from scripts.specimens.people import card_data
from scripts.specimens.pki import SampleCA
from scripts.specimens.recapture import FRAMED, RECAPTURES
from scripts.specimens.specimen import Bench, Specimen, genuine_specimen
from scripts.specimens.third.machines import photographed, scanned

__all__ = ["ALL_FAMILIES", "PICTURE_FAMILIES", "Item", "capture_specimen", "forge", "forgeries", "genuine"]

Item = tuple[dict[str, bytes], bytes | None, dict[str, Any], Answer]
"""Pictures by role as JPEG, chip dump or None, request, answer."""
Rng = np.random.Generator

ALL_FAMILIES = {**FAMILIES, **CHIP_FAMILIES}
PICTURE_FAMILIES = {**EDITS, **RECAPTURES, **FRAMED}
"""Pictures that are altered, copied or photographed again after the capture."""
PLAIN_HARDNESS = (0.05, 0.4)
"""Phone photos of people who follow the guide."""


def _seeds(word: str, seed: int, index: int) -> Rng:
    return np.random.default_rng([zlib.crc32(word.encode()), seed, index])


def _shot(
    picture: Picture, rng: Rng, capture: str, hardness: float | None, dpi: int | None, style: str
) -> Shot:
    if capture == "scan":
        resolution = dpi or int(rng.choice([200, 300], p=[0.3, 0.7]))
        return scanned(picture, rng, resolution) if style == "c" else scan(picture, rng, resolution)
    hard = float(rng.uniform(*PLAIN_HARDNESS)) if hardness is None else hardness
    return photographed(picture, rng, hard) if style == "c" else phone(picture, rng, hard)


def capture_specimen(
    made: Specimen,
    rng: Rng,
    capture: str = "mixed",
    *,
    hardness: float | None = None,
    dpi: int | None = None,
    back: bool = False,
) -> Item:
    """Scan or photograph a specimen: ``capture`` is ``scan``, ``phone`` or ``mixed`` (at random).

    Style ``c`` has a scanner and a camera of its own.
    """
    how = str(rng.choice(["scan", "phone"])) if capture == "mixed" else capture
    shot = _shot(made.front, rng, how, hardness, dpi, made.answer.style)
    if made.edit:
        shot = made.edit(shot)
    answer = replace(made.answer, capture=how).with_corners("front", shot.corners.round(2).tolist())
    pictures = {"front": shot.encode()}
    if back:
        reverse = _shot(render_back(made.card, made.answer.style), rng, how, hardness, dpi, made.answer.style)
        pictures["back"] = reverse.encode()
        answer = answer.with_corners("back", reverse.corners.round(2).tolist())
    return pictures, made.dump, dict(made.request), answer


def _style(rng: Rng, style: str) -> str:
    return str(rng.choice(["a", "b"])) if style == "mixed" else style


def genuine(
    seed: int,
    n: int,
    capture: str = "mixed",
    style: str = "mixed",
    chip: bool = False,
    *,
    ca: SampleCA | None = None,
    hardness: float | None = None,
    dpi: int | None = None,
    back: bool = False,
    **wanted: Any,
) -> Iterator[Item]:
    """``n`` genuine cards; ``ca`` signs the chips; ``wanted`` goes to ``card_data`` (status ...).

    ``style`` is ``a``, ``b``, ``mixed`` (one of the two at random), or ``c``, which nothing was trained on.
    """
    bench = Bench.fresh(ca, chip=chip) if chip else None
    for index in range(n):
        rng = _seeds("genuine", seed, index)
        chosen = _style(rng, style)
        card = card_data(rng, **wanted)
        made = genuine_specimen(card, _bench(bench, chosen), index)
        yield capture_specimen(made, rng, capture, hardness=hardness, dpi=dpi, back=back)


def _bench(bench: Bench | None, style: str) -> Bench:
    return replace(bench, style=style) if bench else Bench(style)


def forge(family: str, seed: int, index: int, bench: Bench) -> Specimen:
    """One uncaptured specimen of a family; KeyError for a family that there is not."""
    return {**ALL_FAMILIES, **PICTURE_FAMILIES}[family](_seeds(family, seed, index), bench, index)


def forgeries(
    family: str,
    seed: int,
    n: int,
    capture: str = "mixed",
    style: str = "mixed",
    chip: bool = False,
    *,
    ca: SampleCA | None = None,
    hardness: float | None = None,
    dpi: int | None = None,
) -> Iterator[Item]:
    """``n`` specimens of a family; ``chip`` adds the genuine dump where the attack leaves one."""
    needs_keys = chip or family in CHIP_FAMILIES
    bench = Bench.fresh(ca, chip=True) if needs_keys else None
    for index in range(n):
        rng = _seeds(f"{family}/capture", seed, index)
        made = forge(family, seed, index, _bench(bench, _style(rng, style)))
        yield capture_specimen(made, rng, capture, hardness=hardness, dpi=dpi)
