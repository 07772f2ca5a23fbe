"""Traces of forging in the picture: one question for each file."""

from __future__ import annotations

from collections.abc import Mapping

from service.checks.forensics import (
    borders,
    cleared,
    compression,
    copies,
    displays,
    dots,
    edges,
    photo,
    software,
    typefaces,
)

__all__ = ["CHECKS", "LIMITS"]

CHECKS = (
    *copies.CHECKS,
    *displays.CHECKS,
    *borders.CHECKS,
    *dots.CHECKS,
    *edges.CHECKS,
    *typefaces.CHECKS,
    *cleared.CHECKS,
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
    **typefaces.LIMITS,
    **cleared.LIMITS,
    **compression.LIMITS,
    **photo.LIMITS,
}
"""Check -> values of its measure at which its answer changes."""
