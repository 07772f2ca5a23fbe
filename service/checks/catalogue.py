"""Every check of the service, in the order in which a report lists them."""

from __future__ import annotations

from service.checks import barcode, capture, chip, cross, layout, registry, security, text
from service.checks.base import Check

__all__ = ["CHECKS"]

CHECKS: tuple[Check, ...] = (
    *capture.CHECKS,
    *layout.CHECKS,
    *text.CHECKS,
    *barcode.CHECKS,
    *security.CHECKS,
    *chip.CHECKS,
    *cross.CHECKS,
    *registry.CHECKS,
)
