"""Traces of forging in the picture: one question for each file."""

from __future__ import annotations

from collections.abc import Mapping

from service.checks.forensics import (
    borders,
    compression,
    copies,
    dates,
    displays,
    dots,
    edges,
    photo,
    software,
)

__all__ = ["CHECKS", "LIMITS"]

CHECKS = (
    *copies.CHECKS,
    *displays.CHECKS,
    *borders.CHECKS,
    *dots.CHECKS,
    *edges.CHECKS,
    *dates.CHECKS,
    *compression.CHECKS,
    *photo.CHECKS,
    *software.CHECKS,
)
LIMITS: Mapping[str, tuple[float, ...]] = {
    **copies.LIMITS,
    **displays.LIMITS,
    **borders.LIMITS,
    **dots.LIMITS,
    **edges.LIMITS,
    **dates.LIMITS,
    **compression.LIMITS,
    **photo.LIMITS,
}
"""Check -> values of its measure at which its answer changes."""
