"""Is this a document that we know, with its fixed labels in place, and does its face fit its date?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Any

from service.cards.dates import parse_date
from service.cards.enrolled import LabelTolerance
from service.cards.lookalike import as_far_as_seen, edits, fold, near
from service.cards.tables import Certainty, provenance, table, window
from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.reading_limits import ACCUSING, LAYOUT_CERTAIN
from service.checks.text.question import JAPANESE
from service.evidence import LabelReading
from service.verdict import Basis, Effect, NextAction, Region, Result

__all__ = ["CHECKS", "offsets"]

_LIKE = 0.60
"""Similarity from which a place counts as showing its label. Synthetic until calibrated."""
_UNLIKE = 0.40
"""Similarity below which a place does not look like its label at all. Synthetic until calibrated."""
_FEWEST_SIGNS = 3
"""Shorter labels are too easily taken for their neighbours."""
_APART = 7.0
"""Nats by which the picture must speak against the label before a wrong reading counts: misreadings in hard
photos have up to 5, one wrong sign 5 and mostly 8 and more, two 20 and more (docs/measures.md)."""
_DISPLACED_MM = 2.0
"""Distance of a label from its place, beside the shift common to all, that registration cannot explain."""
_FEWEST_FOR_PLACE = 4
"""Labels needed before the common shift can be told from one that stands wrong."""


def _document(case: Case) -> Finding:
    if case.layout is None:
        return Finding("layout.document.unknown", next_action=NextAction.RETAKE_IMAGE)
    reason, action = "layout.document.known", None
    if case.layout_confidence < LAYOUT_CERTAIN:
        reason, action = "layout.document.doubtful", NextAction.RETAKE_IMAGE
    elif not case.layout.confirmed:
        reason, action = "layout.document.unconfirmed", NextAction.MANUAL_REVIEW
    return Finding(reason, measured=case.layout_confidence, threshold=LAYOUT_CERTAIN, next_action=action)


def _region(label: LabelReading) -> Region | None:
    return Region(label.side.value, label.box) if label.box else None


def _surely_wrong(label: LabelReading) -> bool:
    """Whether it was read as something else with confidence, and its picture speaks against the label."""
    return label.confidence >= ACCUSING and label.apart is not None and label.apart >= _APART


def _other_text(label: LabelReading) -> bool:
    """Whether picture and text both say, with confidence, that another text stands there."""
    if not label.text or not _surely_wrong(label) or label.similarity >= _UNLIKE:
        return False
    return not near(label.text, (label.expected,))


def _misspelled(labels: Sequence[LabelReading]) -> LabelReading | None:
    """The worst of several labels that surely say something else, None where fewer are wrong.

    A reader slips on one label in some thousand; that it slips on two of one card, twice each, is beyond
    belief. One label alone speaks only if most of its signs are right and several are not. Signs that are
    missing at an end may lie under a reflection or a finger.
    """
    wrong = []
    for label in labels:
        if not label.text or not _surely_wrong(label):
            continue
        slips = edits(fold(label.text), fold(as_far_as_seen(label.expected, label.text)))
        if slips and len(label.expected) >= _FEWEST_SIGNS + label.expected.isascii():
            wrong.append((slips, label))
    if not wrong:
        return None
    slips, worst = max(wrong, key=lambda pair: pair[0])
    alone = 1 < slips <= len(fold(worst.expected)) // 2
    return worst if len(wrong) > 1 or alone else None


def _tolerance(case: Case) -> LabelTolerance:
    """The operator's own tolerances, where he has enrolled cards."""
    own = case.enrolled.labels if case.enrolled else None
    return own or LabelTolerance(_LIKE, _DISPLACED_MM)


def _shown(label: LabelReading, like: float) -> bool:
    read = (
        label.text is not None and label.confidence >= ACCUSING and fold(label.text) == fold(label.expected)
    )
    return label.similarity >= like or read


def _whole(label: LabelReading, like: float) -> bool:
    """Whether its ends were seen: under a reflection a label seems to begin where its print comes out."""
    seen = label.text is None or fold(as_far_as_seen(label.expected, label.text)) == fold(label.expected)
    return label.similarity >= like and seen


def offsets(labels: Sequence[LabelReading]) -> dict[str, tuple[float, float]] | None:
    """Offset of each label from its place in mm beside the shift common to all; None for too few labels."""
    if len(labels) < _FEWEST_FOR_PLACE:
        return None
    shift_x = median(label.offset_mm[0] for label in labels)
    shift_y = median(label.offset_mm[1] for label in labels)
    return {label.id: (label.offset_mm[0] - shift_x, label.offset_mm[1] - shift_y) for label in labels}


def _displaced(
    labels: Sequence[LabelReading], tolerance: LabelTolerance
) -> tuple[LabelReading, float] | None:
    """The label that stands farthest from its place beside the common shift, with its distance in mm."""
    found = offsets(labels)
    if found is None:
        return None
    distances = [(math.dist(found[item.id], tolerance.place(item.id)), item) for item in labels]
    distance, worst = max(distances, key=lambda pair: pair[0])
    return worst, distance


def _required(case: Case) -> tuple[str, ...]:
    layout = case.layout
    if layout is None:
        return ()
    sides = (layout.sides[name] for name in layout.sides if case.view(name) is not None)
    return tuple(label.id for side in sides for label in side.labels if label.required)


def _held_back(case: Case, reason: str) -> str:
    confirmed = case.layout is not None and case.layout.confirmed
    return reason if confirmed else "layout.labels.unconfirmed"


def _labels(case: Case) -> Finding:
    wanted = _required(case)
    found = {label.id: label for label in case.labels if label.id in wanted}
    wrong = next((label for label in found.values() if _other_text(label)), None)
    if wrong is not None and case.in_place:
        reason = _held_back(case, "layout.labels.wrong_text")
        return Finding(reason, measured=wrong.similarity, threshold=_UNLIKE, region=_region(wrong))
    misspelled = _misspelled(tuple(found.values()))
    if misspelled is not None and case.in_place:
        reason = _held_back(case, "layout.labels.misspelled")
        return Finding(reason, measured=misspelled.similarity, region=_region(misspelled))
    tolerance = _tolerance(case)
    shown = [label for label in found.values() if _shown(label, tolerance.like)]
    placed = _displaced([label for label in shown if _whole(label, tolerance.like)], tolerance)
    if placed is not None and placed[1] > tolerance.displaced_mm and case.in_place:
        reason = _held_back(case, "layout.labels.displaced")
        return Finding(
            reason, measured=placed[1], threshold=tolerance.displaced_mm, region=_region(placed[0])
        )
    if not wanted or len(found) < len(wanted):
        return Finding("layout.labels.missing", next_action=NextAction.RETAKE_IMAGE)
    if len(shown) < len(wanted):
        unclear = next(label for label in found.values() if not _shown(label, tolerance.like))
        return Finding(
            "layout.labels.unreadable",
            measured=unclear.similarity,
            threshold=tolerance.like,
            region=_region(unclear),
            next_action=NextAction.RETAKE_IMAGE,
        )
    return Finding("layout.labels.as_expected")


def _generation_row(number: int | None) -> dict[str, Any] | None:
    rows: list[dict[str, Any]] = table("generations")["generation"]
    return next((row for row in rows if row["number"] == number), None)


def _generation(case: Case) -> Finding:
    layout = case.layout
    row = _generation_row(layout.generation) if layout else None
    if row is None:
        return Finding("layout.generation.not_applicable")
    reading = case.printed("issue_date")
    issued = parse_date(reading.value or reading.raw) if reading else None
    if reading is None or issued is None:
        if row["number"] > 1:
            return Finding("layout.generation.not_applicable")
        return Finding("layout.generation.unreadable", next_action=NextAction.RETAKE_IMAGE)
    region = Region(reading.side.value, reading.box) if reading.side and reading.box else None
    if issued in window(row):
        return Finding("layout.generation.fits", region=region)
    if reading.confidence < ACCUSING:
        return Finding("layout.generation.unreadable", region=region, next_action=NextAction.RETAKE_IMAGE)
    sure = provenance(row).certainty is Certainty.CONFIRMED
    late = "until" in row and issued > row["until"]
    if sure and late and case.in_place:
        return Finding("layout.generation.ended", region=region)
    return Finding("layout.generation.unconfirmed", region=region, next_action=NextAction.MANUAL_REVIEW)


_INCONCLUSIVE = Result.INCONCLUSIVE

CHECKS = (
    Check(
        id="layout.document",
        title="The document is of a layout that is known",
        citation="card data sheet §1",
        basis=Basis.RULE,
        effect=Effect.SUPPORTING,
        needs=("front|back",),
        reasons={
            "layout.document.known": Result.PASS,
            "layout.document.unknown": _INCONCLUSIVE,
            "layout.document.doubtful": _INCONCLUSIVE,
            "layout.document.unconfirmed": _INCONCLUSIVE,
        },
        run=_document,
    ),
    Check(
        id="layout.labels",
        title="The fixed labels are there, spelled right and in place",
        citation="card data sheet §1.2, §1.4",
        basis=Basis.RULE,
        effect=Effect.SUPPORTING,
        needs=("front|back",),
        reasons={
            "layout.labels.as_expected": Result.PASS,
            "layout.labels.missing": _INCONCLUSIVE,
            "layout.labels.unreadable": _INCONCLUSIVE,
            "layout.labels.unconfirmed": _INCONCLUSIVE,
            "layout.labels.displaced": Result.SUSPECT,
            "layout.labels.misspelled": Result.FAIL,
            "layout.labels.wrong_text": Result.FAIL,
        },
        run=_labels,
        layouts=JAPANESE,
    ),
    Check(
        id="layout.generation",
        title="The face is of the generation that was issued on the printed day",
        citation="law 59 of 2024; card data sheet §1.2, §1.5",
        basis=Basis.RULE,
        effect=Effect.DECISIVE,
        needs=("front",),
        reasons={
            "layout.generation.fits": Result.PASS,
            "layout.generation.unreadable": _INCONCLUSIVE,
            "layout.generation.unconfirmed": _INCONCLUSIVE,
            "layout.generation.ended": Result.FAIL,
        },
        run=_generation,
        layouts=JAPANESE,
        fields=frozenset({"issue_date"}),
    ),
)
