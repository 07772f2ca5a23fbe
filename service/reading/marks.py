"""What says that a card is a specimen."""

from __future__ import annotations

from dataclasses import dataclass

from service.evidence import Box, Side

__all__ = ["SpecimenMark"]


@dataclass(frozen=True, slots=True)
class SpecimenMark:
    """A 見本 or SAMPLE mark found on the card."""

    side: Side
    text: str
    confidence: float
    box: Box
