"""Genuine cards wrongly above the high band, by holder and card: a bug detector, no claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.protocol.figures import Rate
from scripts.protocol.folds import Cards, Rotated

__all__ = ["COLUMNS", "apcer_by_family", "bpcer_by_group", "verdicts_by_group"]

COLUMNS = ("nationality", "name_script", "skin_tone", "wear", "sex", "kind", "renderer")
ACCUSING = ("suspect", "forged", "invalid")


def bpcer_by_group(cards: Cards, found: Rotated) -> dict[str, dict[str, Any]]:
    """Share above the high band of the genuine cards, whole and by group."""
    chosen = ~cards.table.forged
    return _by_group(cards, chosen, found.above[chosen])


def verdicts_by_group(cards: Cards) -> dict[str, dict[str, Any]]:
    """Share of all genuine cards that the service's verdict accuses; nothing was fitted for it."""
    chosen = ~cards.table.forged
    return _by_group(cards, chosen, np.isin(cards.column("verdict")[chosen], ACCUSING))


def _by_group(cards: Cards, chosen: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {"all": {"all": Rate(int(wrong.sum()), len(wrong)).to_json()}}
    for name in COLUMNS:
        values = cards.column(name)[chosen]
        found[name] = {
            value: Rate(int(wrong[values == value].sum()), int((values == value).sum())).to_json()
            for value in sorted(set(values))
        }
    return found


def apcer_by_family(cards: Cards, found: Rotated) -> Mapping[str, Any]:
    """Share of each family's cards that stay below the high band."""
    families, low = cards.column("family"), ~found.above
    return {
        name: Rate(int(low[families == name].sum()), int((families == name).sum())).to_json()
        for name in sorted(set(families[cards.table.forged]))
    }
