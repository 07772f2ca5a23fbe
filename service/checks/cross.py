"""Sources of one card against each other: what the chip holds, what is printed, what was said beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.comparison import Likeness
from service.checks.print_and_chip import print_against_chip
from service.evidence import FieldReading
from service.imaging.photograph import PhotographMatch
from service.verdict import Basis, Effect, NextAction, NotRunReason, Region, Result

__all__ = ["CHECKS"]

CRITICAL = frozenset(
    {
        "card_number",
        "name_latin",
        "date_of_birth",
        "sex",
        "nationality",
        "status_of_residence",
        "work_restriction",
        "stay_until",
        "card_valid_until",
    }
)
"""Fields that must be found equal before the face counts as agreeing with the chip."""

AGREES_FROM = 0.92
"""Correlation that the same photograph has; 360 own ones without hard light have 0.945 and more."""
UNLIKE_OWN = 3.5
"""Details without explanation, levels of luma, up to which the two are the same photograph."""
UNLIKE_ALIKE, ALIKE_FROM = 4.1, 0.955
"""The same where the structure agrees so well; own photographs under a hologram have that."""
UNLIKE_ANOTHER = 4.8
"""Details without explanation from which a person must look; between the two nothing is said: 630 own photos,
half of them in light as hard as it is drawn, have up to 4.1. docs/measures/chip.md has the figures."""
STRUCTURE_ANOTHER = 0.60
"""Correlation up to which it is another's however little detail it has; own ones have 0.71 and more."""
UNLIKE_LESS = 4.8
"""Details by which the limit falls with each unit of correlation below ``STRUCTURE_OWN``: own photos whose
structure a hard light has spoilt have details of up to 3.9."""
STRUCTURE_OWN = 0.85
CONTRAST_FROM = 18.0
"""Standard deviation of luma that the printed photo needs before it may be called another: below it what lies
over the photo outweighs what is in it."""
CLEAR_FROM = 0.6
"""Share of the printed photo that must not be washed out by light before it may be called another."""


def _pairs(case: Case) -> list[tuple[FieldReading, FieldReading]]:
    """Chip and front readings of the same field; an address replaced on the back is left out."""
    moved = case.reading("address", "back") is not None or any(
        f.name == "address" and f.source == "chip" and f.evidence == "unsigned_chip" for f in case.fields
    )
    found = []
    for chip in case.fields:
        if chip.source != "chip" or not chip.raw or (moved and chip.name == "address"):
            continue
        printed = case.printed(chip.name)
        if printed is not None and printed.raw:
            found.append((chip, printed))
    return found


def _region(reading: FieldReading) -> Region | None:
    return Region(reading.side.value, reading.box) if reading.side and reading.box else None


def _compare(case: Case, prefix: str, pairs: Sequence[tuple[FieldReading, FieldReading]]) -> Finding:
    outcome = {chip.name: (print_against_chip(case, chip, printed), printed) for chip, printed in pairs}
    differing = [
        name
        for name, (result, _) in outcome.items()
        if result.likeness is Likeness.DIFFER and case.stands(name)
    ]
    if differing:
        worst = min(differing, key=lambda name: outcome[name][0].agreement)
        return Finding(
            f"{prefix}.disagrees",
            fields=frozenset(differing),
            measured=outcome[worst][0].agreement,
            region=_region(outcome[worst][1]),
            params=(("fields", ", ".join(sorted(differing))),),
            # What an app has converted is nobody's statement any more: a doubt at most (contract §4).
            softened=case.chip is not None and case.chip.reencoded,
        )
    held = {f.name for f in case.fields if f.source == "chip" and f.raw} & CRITICAL
    agreeing = {name for name, (result, _) in outcome.items() if result.likeness is Likeness.AGREE}
    if held and held <= agreeing:
        return Finding(f"{prefix}.agrees", fields=frozenset(agreeing))
    unclear = frozenset(held - agreeing)
    return Finding(
        f"{prefix}.unreadable",
        fields=unclear,
        next_action=NextAction.RETAKE_IMAGE,
        params=(("fields", ", ".join(sorted(unclear))),),
    )


def _front_image(case: Case) -> Finding:
    if case.chip is None or case.chip.generation != 1:
        return Finding("cross.front_image.not_applicable")
    if case.view("front") is None or not any(f.source == "chip" for f in case.fields):
        return Finding("cross.front_image.not_run", not_run_reason=NotRunReason.PREREQUISITE_FAILED)
    return _compare(case, "cross.front_image", _pairs(case))


def _fields(case: Case) -> Finding:
    if case.chip is None or case.chip.generation != 2:
        return Finding("cross.fields.not_applicable")
    if case.view("front") is None or not any(f.source == "chip" for f in case.fields):
        return Finding("cross.fields.not_run", not_run_reason=NotRunReason.PREREQUISITE_FAILED)
    return _compare(case, "cross.fields", _pairs(case))


def _likeness(case: Case, match: PhotographMatch) -> str:
    """Last part of the reason."""
    if match.clear < CLEAR_FROM or match.contrast < CONTRAST_FROM:
        return "unreadable"
    if match.unlike >= _most_unlike(match.score) or match.score <= STRUCTURE_ANOTHER:
        return "disagrees" if case.in_place else "unreadable"
    most = UNLIKE_ALIKE if match.score >= ALIKE_FROM else UNLIKE_OWN
    return "agrees" if match.unlike <= most and match.score >= AGREES_FROM else "unreadable"


def _most_unlike(score: float) -> float:
    """Details from which a photograph of this correlation is another's."""
    return UNLIKE_ANOTHER - UNLIKE_LESS * max(0.0, STRUCTURE_OWN - score)


def _face(case: Case) -> Finding:
    match = case.photograph
    if match is None:
        return Finding("cross.face.not_run", not_run_reason=NotRunReason.PREREQUISITE_FAILED)
    reason = _likeness(case, match)
    limit = _most_unlike(max(match.score, STRUCTURE_ANOTHER))
    by_structure = match.score <= STRUCTURE_ANOTHER and match.unlike < limit
    margin = match.score - STRUCTURE_ANOTHER if by_structure else 1.0 - match.unlike / limit
    area = case.layout.front.area("photo") if case.layout else None
    return Finding(
        f"cross.face.{reason}",
        measured=match.score if by_structure else match.unlike,
        threshold=STRUCTURE_ANOTHER if by_structure else round(limit, 2),
        margin=max(-1.0, min(1.0, margin)),
        region=Region("front", area.box) if area else None,
        next_action=NextAction.RETAKE_IMAGE if reason == "unreadable" else None,
    )


def _expected(case: Case) -> Finding:
    best: dict[str, str] = {}
    for reading in case.fields:
        if reading.value is not None and reading.name not in best:
            best[reading.name] = reading.value
    compared = {name: value for name, value in case.expected.items() if name in best}
    if not compared:
        return Finding("cross.expected.unreadable")
    differing = sorted(name for name, value in compared.items() if _plain(best[name]) != _plain(value))
    if differing:
        return Finding(
            "cross.expected.disagrees",
            fields=frozenset(differing),
            params=(("fields", ", ".join(differing)),),
        )
    return Finding("cross.expected.agrees", fields=frozenset(compared))


def _plain(value: str) -> str:
    return " ".join(value.upper().split())


def _comparison_check(id: str, title: str, citation: str, run: Callable[[Case], Finding]) -> Check:
    return Check(
        id=id,
        title=title,
        citation=citation,
        basis=Basis.CROSS_SOURCE,
        effect=Effect.DECISIVE,
        needs=("front", "chip"),
        reasons={
            f"{id}.agrees": Result.PASS,
            f"{id}.disagrees": Result.FAIL,
            f"{id}.unreadable": Result.INCONCLUSIVE,
        },
        run=run,
    )


CHECKS = (
    _comparison_check(
        "cross.front_image",
        "The printed text agrees with the chip's signed picture of it",
        "在留カード等仕様書 1.5 §3.3.4: D0 holds the front without pre-print and face",
        _front_image,
    ),
    _comparison_check(
        "cross.fields",
        "The printed text agrees with the chip's coded fields",
        "第二世代在留カード等仕様書 1.1 §3.3.4; BSI TR-03135-1 §5.7",
        _fields,
    ),
    Check(
        id="cross.face",
        title="The printed photograph is the one that the chip holds",
        citation="在留カード等仕様書 1.5 §3.3.4: D1 holds the printed photograph; BSI TR-03135-1 §5.7",
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front", "chip"),
        reasons={
            "cross.face.agrees": Result.PASS,
            "cross.face.disagrees": Result.SUSPECT,
            "cross.face.unreadable": Result.INCONCLUSIVE,
        },
        run=_face,
    ),
    Check(
        id="cross.expected",
        title="The card says what the caller was told",
        citation="Contract §2: compared for information only",
        basis=Basis.CROSS_SOURCE,
        effect=Effect.INFORMATIVE,
        needs=("expected",),
        reasons={
            "cross.expected.agrees": Result.PASS,
            "cross.expected.disagrees": Result.INCONCLUSIVE,
            "cross.expected.unreadable": Result.INCONCLUSIVE,
        },
        run=_expected,
    ),
)
