"""Every check of the service, in the order in which a report lists them."""

from __future__ import annotations

from service.checks import (
    barcode,
    capture,
    chip,
    companion,
    cross,
    forensics,
    layout,
    model,
    mrz,
    registry,
    security,
    text,
    tilt,
)
from service.checks.base import Check

__all__ = ["CHECKS", "EVIDENCE_CHECKS", "SCORE_CHECKS"]

EVIDENCE_CHECKS: tuple[Check, ...] = (
    *capture.CHECKS,
    *layout.CHECKS,
    *text.CHECKS,
    *mrz.CHECKS,
    *barcode.CHECKS,
    *security.CHECKS,
    *forensics.CHECKS,
    *tilt.CHECKS,
    *chip.CHECKS,
    *cross.CHECKS,
    *companion.CHECKS,
    *registry.CHECKS,
    *model.PATCH_CHECKS,
)
SCORE_CHECKS: tuple[Check, ...] = model.SCORE_CHECKS
"""Asked when the others have been weighed."""
CHECKS: tuple[Check, ...] = (*EVIDENCE_CHECKS, *SCORE_CHECKS)
