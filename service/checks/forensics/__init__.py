"""Traces of forging in the picture: one question for each file."""

from __future__ import annotations

from collections.abc import Mapping

from service.checks.forensics import cleared, compression, copies, dates, dots, edges, photo, software

__all__ = ["CHECKS", "LIMITS"]

CHECKS = (
    *copies.CHECKS,
    *dots.CHECKS,
    *edges.CHECKS,
    *dates.CHECKS,
    *cleared.CHECKS,
    *compression.CHECKS,
    *photo.CHECKS,
    *software.CHECKS,
)
LIMITS: Mapping[str, tuple[float, ...]] = {
    **copies.LIMITS,
    **dots.LIMITS,
    **edges.LIMITS,
    **dates.LIMITS,
    **cleared.LIMITS,
    **compression.LIMITS,
    **photo.LIMITS,
}
"""Check -> values of its measure at which its answer changes."""
