"""What a chip dump holds, parsed. (Skeleton: the chip room fills it in.)"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ChipReading"]


@dataclass(frozen=True, slots=True)
class ChipReading:
    """The files of one chip, parsed as far as they go."""
