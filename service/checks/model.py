"""What learned models say of the card. Neither question can refute, nor clear, a card by itself."""

from __future__ import annotations

from math import isfinite

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.evidence import RASTER_HEIGHT, RASTER_WIDTH
from service.scoring import SCORE_CHECK
from service.scoring.patched import PatchLimits
from service.scoring.patches import PatchScores
from service.verdict import Basis, Effect, NotRunReason, Region, Result

__all__ = ["PATCH_CHECKS", "SCORE_CHECKS"]

_SCALE_BITS = 10.0
"""Bits at which the margin of the score is full."""
_LEAST_SCALE = 1e-3


def _limits(case: Case) -> PatchLimits | None:
    """Where the network's numbers turn against a card; on the operator's own cards where he has enrolled."""
    limits, own = case.patched.limits, case.enrolled
    if limits is None or own is None:
        return limits
    attack, genuine = own.trace("patches", limits.attack), own.trace("conformity", limits.genuine)
    usual_attack = own.trace("patches_usual", limits.attack - limits.attack_scale)
    usual_genuine = own.trace("conformity_usual", limits.genuine + limits.genuine_scale)
    return PatchLimits(
        attack,
        max(attack - usual_attack, _LEAST_SCALE),
        genuine,
        max(usual_genuine - genuine, _LEAST_SCALE),
    )


def _patches(case: Case) -> Finding:
    scores, limits = case.patched.scores, _limits(case)
    if limits is None:
        return Finding("model.patches.not_run", not_run_reason=NotRunReason.DEPENDENCY_UNAVAILABLE)
    if scores is None or not case.in_place:
        return Finding("model.patches.not_assessable")
    margin = limits.attack_margin(scores.attack)
    return Finding(
        "model.patches.unaltered" if margin >= 0 else "model.patches.altered",
        measured=round(scores.attack, 4),
        threshold=limits.attack,
        margin=margin,
        region=None if margin >= 0 else _place(scores),
    )


def _conformity(case: Case) -> Finding:
    scores, limits = case.patched.scores, _limits(case)
    if limits is None:
        return Finding("model.conformity.not_run", not_run_reason=NotRunReason.DEPENDENCY_UNAVAILABLE)
    if scores is None or not case.in_place:
        return Finding("model.conformity.not_assessable")
    margin = limits.genuine_margin(scores.genuine)
    return Finding(
        "model.conformity.as_learned" if margin >= 0 else "model.conformity.strange",
        measured=round(scores.genuine, 4),
        threshold=limits.genuine,
        margin=margin,
    )


def _place(scores: PatchScores) -> Region:
    left, top, right, bottom = scores.most_suspicious.square(scores.size)
    width, height = right - left, bottom - top
    return Region(
        "front",
        (left / RASTER_WIDTH, top / RASTER_HEIGHT, width / RASTER_WIDTH, height / RASTER_HEIGHT),
    )


def _score(case: Case) -> Finding:
    weighed = case.weighed
    if weighed is None or not weighed.available:
        return Finding(f"{SCORE_CHECK}.not_run", not_run_reason=NotRunReason.DEPENDENCY_UNAVAILABLE)
    if weighed.score is None:
        return Finding(f"{SCORE_CHECK}.nothing_weighed")
    score, high = weighed.score, weighed.score.calibration.high
    return Finding(
        f"{SCORE_CHECK}.{score.band.value}",
        measured=round(score.total, 4),
        threshold=round(high, 4) if isfinite(high) else None,
        margin=round(max(-1.0, min(1.0, (high - score.total) / _SCALE_BITS)), 4),
    )


PATCH_CHECKS = (
    Check(
        id="model.patches",
        title="No place of the surface looks altered or copied to the patch network",
        citation="models/patch-net.md: learned on drawn specimens alone",
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "model.patches.unaltered": Result.PASS,
            "model.patches.altered": Result.SUSPECT,
            "model.patches.not_assessable": Result.INCONCLUSIVE,
        },
        run=_patches,
    ),
    Check(
        id="model.conformity",
        title="Every place of the surface looks to the patch network like that place on genuine cards",
        citation="models/patch-net.md: learned on drawn specimens alone",
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            "model.conformity.as_learned": Result.PASS,
            "model.conformity.strange": Result.SUSPECT,
            "model.conformity.not_assessable": Result.INCONCLUSIVE,
        },
        run=_conformity,
    ),
)
SCORE_CHECKS = (
    Check(
        id=SCORE_CHECK,
        title="The evidence of all checks together does not look like a forgery",
        citation="models/card-forgery.md: weights of evidence in bits, bands by split conformal prediction",
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front|back|chip",),
        reasons={
            f"{SCORE_CHECK}.low": Result.PASS,
            f"{SCORE_CHECK}.middle": Result.INCONCLUSIVE,
            f"{SCORE_CHECK}.high": Result.SUSPECT,
            f"{SCORE_CHECK}.nothing_weighed": Result.INCONCLUSIVE,
        },
        run=_score,
    ),
)
"""Asked after every other check has been weighed."""
