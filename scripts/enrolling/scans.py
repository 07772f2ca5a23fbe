"""The operator's pictures, each read by the service: usable as a genuine card, or refused with the reason."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from service.checks.case import Case
from service.errors import Problem
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH, CardView, Picture, QualityFault, Role
from service.imaging.forensics import Traces
from service.report import Report
from service.submission import Submission, VerifyRequest
from service.verify import Engine

__all__ = [
    "NOBODY",
    "Refused",
    "Scan",
    "bare_case",
    "pictures_in",
    "read_folder",
    "read_scan",
    "read_truths",
    "usable",
]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic", ".pdf"})
TOO_POOR = {
    QualityFault.RESOLUTION_LOW: "too coarse",
    QualityFault.BLURRED: "blurred",
    QualityFault.CUT_OFF: "cut off",
    QualityFault.TOO_DARK: "too dark",
    QualityFault.TOO_BRIGHT: "too bright",
    QualityFault.COVERED: "covered",
    QualityFault.GLARE: "hidden by glare",
}
NOBODY = "vrf_" + "0" * 26
SURE = 0.9
"""Confidence of a card number that tells one card from another."""
Truth = Mapping[str, str]
"""Field of the contract -> normal form."""


@dataclass(frozen=True)
class Scan:
    """One usable picture of one genuine card, its pixels let go."""

    file: str
    case: Case
    card: str
    """A digest that tells cards apart; kept in memory alone."""
    misread: tuple[str, ...] = ()
    """Fields that were read otherwise than the truth says, where it was given."""


@dataclass(frozen=True)
class Refused:
    """A picture that is of no use."""

    file: str
    why: str


def pictures_in(folder: Path) -> list[Path]:
    """Every picture of a folder and its sub-folders, in order."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())


def read_truths(path: Path | None) -> dict[str, Truth]:
    """File name -> true fields, from a CSV with a column ``file``, or JSON ``{"name.jpg": {field: value}}``.

    Raises ValueError for a file of another form.
    """
    if path is None:
        return {}
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".json":
        data = json.loads(text)
        if not isinstance(data, dict) or not all(isinstance(row, dict) for row in data.values()):
            raise ValueError(f"{path.name}: an object of objects is expected")
        return {name: {k: str(v) for k, v in row.items()} for name, row in data.items()}
    rows = list(csv.DictReader(text.splitlines()))
    if not rows or "file" not in rows[0]:
        raise ValueError(f"{path.name}: a column named file is expected")
    return {row["file"]: {k: v for k, v in row.items() if k != "file" and v} for row in rows}


def _bare(picture: Picture) -> Picture:
    """The picture without its pixels: nothing that is asked later looks at them."""
    return replace(picture, pixels=np.zeros((1, 1, 3), np.uint8), reduced=())


def _bare_view(view: CardView) -> CardView:
    return replace(view, raster=np.broadcast_to(np.uint8(0), (RASTER_HEIGHT, RASTER_WIDTH, 3)))


def _bare_traces(traces: Traces) -> Traces:
    """The traces with their measures, which were taken already, without what they were taken from."""
    bare = Traces(_bare(traces.picture), _bare_view(traces.view), traces.lines, traces.photo)
    taken = {
        name: getattr(traces, name)
        for name in (
            "grid",
            "cells",
            "borders",
            "portrait",
            "chroma",
            "edges",
            "photo_noise",
            "grain",
            "typeface",
            "full_width",
            "number",
            "name",
            "cleared",
        )
    }
    bare.__dict__.update(taken)  # where a cached property keeps what it found
    return bare


def bare_case(case: Case) -> Case:
    """The case without pixels, so that hundreds of cards fit into memory."""
    captures = {
        role: replace(c, picture=_bare(c.picture), view=c.view and _bare_view(c.view))
        for role, c in case.captures.items()
    }
    return replace(case, captures=captures, traces={s: _bare_traces(t) for s, t in case.traces.items()})


def read_scan(
    engine: Engine,
    file: str,
    data: bytes,
    layout: str,
    truth: Truth | None = None,
    at: datetime | None = None,
) -> Scan | Refused:
    """Read one picture. ``at`` is the day for which the card is judged, today by default."""
    cases: list[Case] = []
    now = datetime.now(UTC)
    request = VerifyRequest(reference_time=at, store="none")
    try:
        report = engine.verify(
            Submission(pictures={Role.FRONT: data}, request=request),
            now=now,
            verification_id=NOBODY,
            seen=cases.append,
        )
    except Problem as problem:
        return Refused(file, f"not a picture that can be read ({problem.name})")
    why = _unfit(cases[0], report, layout, engine.settings.trust_profile)
    if why is not None:
        return Refused(file, why)
    number = cases[0].printed("card_number")
    known = (truth or {}).get("card_number") or (number.value if number else None)
    card = hashlib.sha256((known or file).encode()).hexdigest()
    return Scan(file, bare_case(cases[0]), card, _misread(cases[0], truth or {}))


def _unfit(case: Case, report: Report, layout: str, profile: str) -> str | None:
    """Why a picture cannot stand for a genuine card of the layout."""
    view = case.view("front")
    if view is None:
        return "no card was found in it"
    if case.layout_id is None:
        return "no layout that is known was recognised"
    if case.layout_id != layout:
        return f"it shows a {case.layout_id}"
    poor = [word for fault, word in TOO_POOR.items() if fault in view.quality.faults]
    if poor:
        return f"the picture is too poor: {', '.join(poor)}"
    if not case.in_place:
        return "the fixed labels were not found in their places"
    if profile != "sample" and case.specimen_marks:
        return "it carries a 見本 mark: specimens are no genuine cards"
    number = case.printed("card_number")
    if number is None or number.value is None or number.confidence < SURE:
        return "its card number cannot be read: cards could not be told apart"
    failed = [check.reason for check in report.checks if check.result.value == "fail"]
    return f"it breaks a rule, so it is not taken for genuine: {failed[0]}" if failed else None


def _misread(case: Case, truth: Truth) -> tuple[str, ...]:
    read = {field.name: field.value for field in case.fields if field.source == "front"}
    return tuple(name for name, value in truth.items() if name in read and read[name] != value)


def usable(found: Iterable[Scan | Refused]) -> tuple[list[Scan], list[Refused]]:
    """Scans of different cards; a card that was scanned before is refused, and named with its first file."""
    scans: dict[str, Scan] = {}
    refused: list[Refused] = []
    for item in found:
        if isinstance(item, Refused):
            refused.append(item)
        elif item.card in scans:
            refused.append(Refused(item.file, f"it shows the same card as {scans[item.card].file}"))
        else:
            scans[item.card] = item
    return list(scans.values()), refused


def read_folder(
    engine: Engine, folder: Path, layout: str, truths: Mapping[str, Truth], at: datetime | None
) -> Iterator[Scan | Refused]:
    """Every picture of a folder, read one after the other."""
    for path in pictures_in(folder):
        yield read_scan(engine, path.name, path.read_bytes(), layout, truths.get(path.name), at)
