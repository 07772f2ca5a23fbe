"""What signature and certificate of a chip prove. (Skeleton: the chip room fills it in.)"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ChipProof"]


@dataclass(frozen=True, slots=True)
class ChipProof:
    """Outcome of verifying one chip reading against a trust store."""
