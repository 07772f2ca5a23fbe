"""How long and how the patch network is trained; apart from the training, which needs torch."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Schooling"]


@dataclass(frozen=True)
class Schooling:
    """How long and how."""

    steps: int = 900
    cards: int = 10
    """Cards in a step, half of them forged."""
    patches: int = 20
    """Patches of each."""
    rate: float = 3e-3
    seed: int = 7
    threads: int = 1
