"""From a report to the row of the results: what was found, without what names a person."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import cv2

from service.archive.item import CardEvidence, CheckRow, FileRow, Item, Names, QualityRow, Row
from service.checks.case import Case
from service.evidence import CardView
from service.report import CheckReport, FieldName, Report

__all__ = ["against", "card_id", "models_digest", "names_of", "portrait", "row_of", "row_of_problem"]

_AGAINST = frozenset({"forged", "suspect", "invalid"})
_CARD_WIDTH_PX = 480
_JPEG_QUALITY = 75
_ID_LENGTH = 26
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _keyed(key: bytes, purpose: str, value: bytes) -> bytes:
    return hmac.new(key, purpose.encode() + b"\0" + value, hashlib.sha256).digest()


def card_id(key: bytes, item: Item, number: int) -> str:
    """26 signs of Crockford's base 32: the same card of the same archive has the same at every run."""
    digest = _keyed(key, "archive card", f"{number}\0".encode() + b"\0".join(_paths(item)))
    value = int.from_bytes(digest[:16], "big")
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))[:_ID_LENGTH]


def _paths(item: Item) -> list[bytes]:
    return [os.fsencode(part.entry.path) for part in item.parts]


def _source(key: bytes, item: Item) -> str:
    return _keyed(key, "archive source", _paths(item)[0]).hex()[:16]


def _content(files: Sequence[FileRow], number: int, problem: str | None) -> str:
    """Digest of what was judged, wherever in the archive it lies."""
    told = [[f.sha256, f.page, f.place] for f in files]
    text = json.dumps([told, number if not any(f.sha256 for f in files) else 0, problem])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def row_of_problem(
    key: bytes, item: Item, number: int, files: Sequence[FileRow], problem: str, detail: str
) -> Row:
    """The row of a file that no report could be had of."""
    return Row(
        card_id=card_id(key, item, number),
        content_id=_content(files, number, problem),
        source=_source(key, item),
        files=tuple(files),
        first=number == 0,
        reference=item.reference,
        problem=problem,
        problem_detail=detail,
    )


def row_of(
    item: Item,
    number: int,
    files: Sequence[FileRow],
    evidence: CardEvidence,
    paired_by: str,
    reference_source: str,
    fingerprints: Mapping[str, Any],
) -> Row:
    """The row of a judged card."""
    report, case = evidence.report, evidence.case
    values = {field.name: field.value for field in report.fields}
    issued = values.get(FieldName.ISSUE_DATE)
    score, engine, allowed = report.forgery_score, report.engine, report.entitlement
    return Row(
        card_id=card_id(evidence.key, item, number),
        content_id=_content(files, number, None),
        source=_source(evidence.key, item),
        files=tuple(files),
        first=number == 0,
        reference=item.reference,
        paired_by=paired_by,
        verdict=report.verdict.value,
        verdict_reason=report.verdict_reason,
        next_action=report.next_action.value,
        assurance=report.assurance.value,
        score=score.value if score else None,
        score_band=score.band.value if score else None,
        layout=report.document.layout,
        layout_confidence=report.document.confidence,
        reference_time=report.reference_time,
        reference_source=reference_source,
        status_of_residence=values.get(FieldName.STATUS_OF_RESIDENCE),
        issue_year=int(issued[:4]) if issued else None,
        card_valid_until=allowed.card.valid_until,
        stay_until=allowed.stay.until,
        card_state=allowed.card.state.value,
        stay_state=allowed.stay.state.value,
        work_state=allowed.work.state.value,
        quality=tuple(_quality(c.view) for c in case.captures.values() if c.view is not None),
        checks=tuple(_check(check) for check in report.checks),
        limits=report.limits,
        engine_version=engine.version,
        models_digest=models_digest([(m.id, m.sha256) for m in engine.models]),
        policy_id=engine.policy.id,
        policy_version=engine.policy.version,
        trust_profile=engine.trust_store.profile,
        trust_digest=engine.trust_store.digest,
        fingerprints=fingerprints,
    )


def models_digest(models: Sequence[tuple[str, str]]) -> str:
    """One digest over ids and digests of every model in use."""
    return hashlib.sha256(json.dumps(sorted(models)).encode()).hexdigest()[:16]


def _quality(view: CardView) -> QualityRow:
    quality = view.quality
    return QualityRow(
        side=view.side.value,
        colour=view.colour,
        kind=view.kind.value,
        sharpness=quality.sharpness,
        px_per_mm=quality.px_per_mm,
        glare=quality.glare,
        cut_off=quality.cut_off,
        perspective=quality.perspective,
        brightness=quality.brightness,
        contrast=quality.contrast,
        faults=tuple(fault.value for fault in quality.faults),
    )


def _check(check: CheckReport) -> CheckRow:
    return CheckRow(
        id=check.id,
        group=check.group.value,
        result=check.result.value,
        reason=check.reason,
        basis=check.basis.value,
        effect=check.effect.value,
        not_run_reason=check.not_run_reason.value if check.not_run_reason else None,
        measured=check.measured,
        threshold=check.threshold,
        margin=check.margin,
        weight_bits=check.weight_bits,
        side=check.region.side if check.region else None,
        box=check.region.box if check.region else None,
    )


def names_of(row_id: str, item: Item, report: Report | None) -> Names:
    """Paths, number and name of a row, for who asked for them."""
    paths = tuple(path.decode("utf-8", "replace") for path in _paths(item))
    if report is None:
        return Names(row_id, paths)
    values = {field.name: field.value for field in report.fields}
    number = values.get(FieldName.CARD_NUMBER) or values.get(FieldName.DOCUMENT_NUMBER)
    return Names(row_id, paths, number, values.get(FieldName.NAME_LATIN) or values.get(FieldName.NAME_KANJI))


def against(row: Row) -> bool:
    """Whether something speaks against the card."""
    return row.verdict in _AGAINST


def portrait(case: Case) -> bytes | None:
    """A small JPEG of the rectified front, or of the side there is; None where no card was found."""
    views = [capture.view for capture in case.captures.values() if capture.view is not None]
    if not views:
        return None
    height, width = views[0].raster.shape[:2]
    small = cv2.resize(
        views[0].raster,
        (_CARD_WIDTH_PX, round(height * _CARD_WIDTH_PX / width)),
        interpolation=cv2.INTER_AREA,
    )
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return bytes(data)
