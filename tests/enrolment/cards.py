"""Genuine scans: one that the engine really read, and others that differ from it in their measures."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from scripts.enrolling.scans import Refused, Scan, read_scan
from service.imaging.security import SecurityMeasures
from service.imaging.security.colour import Coloured, Contrast
from service.settings import ROOT, Settings
from service.verify import Engine

LAYOUT = "jp.residence_card.gen1"
SAMPLES = ROOT / "sample_cards" / "people"
DAY = datetime(2026, 6, 1, tzinfo=UTC)
Rng = np.random.Generator


def front(number: int) -> bytes:
    """The scan of a sample card."""
    return (sorted(SAMPLES.glob("*"))[number] / "front.jpg").read_bytes()


def engine(folder: Path | None = None) -> Engine:
    """The real engine, with the enrolments of a folder."""
    return Engine.load(
        Settings(trust_profile="sample", onnx_threads=1, enrolment_dir=folder or Path("/nowhere"))
    )


@cache
def scan() -> Scan:
    """A sample card as the engine reads it."""
    found = read_scan(engine(), "a.jpg", front(0), LAYOUT, at=DAY)
    if isinstance(found, Refused):
        raise AssertionError(found.why)
    return found


def _contrast(seen: Contrast, rng: Rng) -> Contrast:
    return replace(
        seen,
        red_green=seen.red_green + float(rng.normal(0, 0.01)),
        blue_green=seen.blue_green + float(rng.normal(0, 0.01)),
    )


def _coloured(seen: Coloured | None, rng: Rng) -> Coloured | None:
    return seen and replace(seen, share=seen.share + float(rng.normal(0, 0.01)))


def _varied(seen: SecurityMeasures, rng: Rng) -> SecurityMeasures:
    return replace(
        seen,
        bands={id: _contrast(band, rng) for id, band in seen.bands.items()},
        middle=seen.middle and _contrast(seen.middle, rng),
        seal=_coloured(seen.seal, rng),
        lines=seen.lines and replace(seen.lines, energy=seen.lines.energy + float(rng.normal(0, 0.05))),
    )


def others(count: int, seed: int = 1) -> list[Scan]:
    """Cards whose measures spread around those of the one that was read."""
    rng, first = np.random.default_rng(seed), scan()
    if first.case.security is None:
        raise AssertionError("the sample card was not measured")
    found = []
    for number in range(count):
        case = replace(first.case, security=_varied(first.case.security, rng))
        found.append(Scan(f"{number}.jpg", case, hashlib.sha256(bytes([number])).hexdigest()))
    return found
