"""Whatever is left out of a fit is what is reported: attack families, renderers, capture devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.protocol.figures import Rate, Separation, expected_calibration_error, separation
from scripts.training.additive import Table
from scripts.training.evidence import LEARNED
from scripts.training.fusion import Fitted, fit_fusion, part_of

__all__ = [
    "Cards",
    "Fold",
    "Rotated",
    "devices_left_out",
    "families_left_out",
    "families_of_the_surface",
    "judged_by_rotation",
    "renderers_left_out",
    "rotated",
    "without_network",
]

SEEDS = (1, 2, 3)
TURNS, TEACHING = 5, 3
WORST = 6
"""Families whose fits are repeated on other splits of the pairs."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cards:
    """A data set as the protocol sees it."""

    rows: Sequence[Mapping[str, Any]]
    table: Table

    def column(self, name: str) -> NDArray[np.str_]:
        """One truth of every card, as text."""
        return np.array([str(row[name]) for row in self.rows])

    @property
    def part(self) -> NDArray[np.str_]:
        """``teach``, ``set`` or ``report``."""
        return np.array([part_of(row) for row in self.rows])

    def totals(self, fitted: Fitted, chosen: Mask) -> NDArray[np.float64]:
        """Weights of evidence of some cards."""
        return fitted.model.totals(self.table.states[chosen], self.table.margins[chosen])


@dataclass(frozen=True)
class Fold:
    """What was left out, and how well it was told from genuine cards that were left out too."""

    left_out: str
    group: str
    separation: Separation
    apcer: Rate
    """Forged cards that stay at or below the beginning of the high band."""
    bpcer: Rate
    """Genuine cards above it."""
    ece: float

    def to_json(self) -> dict[str, Any]:
        return {
            "left_out": self.left_out, "group": self.group, **self.separation.to_json(),
            "apcer": self.apcer.to_json(), "bpcer": self.bpcer.to_json(), "ece": self.ece,
        }  # fmt: skip


def without_network(cards: Cards) -> Cards:
    """The cards with the patch network silent: it was trained once, and not without each family in turn."""
    states = cards.table.states.copy()
    states[:, [cards.table.checks.index(id) for id in LEARNED]] = 0
    return replace(cards, table=replace(cards.table, states=states))


def _fold(name: str, group: str, cards: Cards, fitted: Fitted, judged: Mask) -> Fold:
    totals, table = cards.totals(fitted, judged), cards.table.rows(judged)
    forged, genuine = totals[table.forged], totals[~table.forged]
    return Fold(
        name,
        group,
        separation(forged, genuine),
        Rate(int((forged <= fitted.high).sum()), len(forged)),
        Rate(int((genuine > fitted.high).sum()), len(genuine)),
        expected_calibration_error(totals, table.forged, table.weights),
    )


def _split(cards: Cards, seed: int) -> tuple[Mask, Mask, Mask]:
    """Teach, set and report: the parts of the shipped fit for seed 1, other splits of the pairs otherwise."""
    part = cards.part
    if seed != SEEDS[0]:
        pairs = np.array([int(row["pair"]) for row in cards.rows])
        drawn = np.random.default_rng(seed).permutation(int(pairs.max()) + 1)[pairs] % 5
        part = np.array(["teach", "teach", "teach", "set", "report"])[drawn]
    return part == "teach", part == "set", part == "report"


def _family(cards: Cards, family: str, seed: int) -> Fold:
    mine = cards.column("family") == family
    teach, setting, report = _split(cards, seed)
    fitted = fit_fusion(cards.table, teach & ~mine, setting & ~mine)
    group = next(str(row["group"]) for row in cards.rows if row["family"] == family)
    return _fold(family, group, cards, fitted, mine | (report & ~cards.table.forged))


def families_left_out(cards: Cards) -> tuple[list[Fold], dict[str, list[Fold]]]:
    """One fold for each family, and the worst ones again on two other splits."""
    names = sorted(set(cards.column("family")[cards.table.forged]))
    folds = [_family(cards, name, SEEDS[0]) for name in names]
    worst = sorted(folds, key=lambda fold: -fold.separation.eer)[:WORST]
    again = {fold.left_out: [fold, *(_family(cards, fold.left_out, s) for s in SEEDS[1:])] for fold in worst}
    return folds, again


def families_of_the_surface(cards: Cards) -> list[Fold]:
    """One fold for each family that alters the card's surface."""
    told = cards.table.forged & ~np.isin(cards.column("group"), ("rule", "chip"))
    return [_family(cards, name, SEEDS[0]) for name in sorted(set(cards.column("family")[told]))]


def _left_out(cards: Cards, column: str, inside: Callable[[Mask], Mask]) -> Iterable[Fold]:
    values = cards.column(column)
    teach, setting, report = _split(cards, SEEDS[0])
    for value in sorted(set(values)):
        mine = values == value
        fitted = fit_fusion(cards.table, teach & ~mine, setting & ~mine)
        yield _fold(value, column, cards, fitted, inside(mine) & (mine | report))


@dataclass(frozen=True)
class Rotated:
    """Every card judged by a fit whose pairs did not hold it: five fits, each with its own bands."""

    totals: NDArray[np.float64]
    high: NDArray[np.float64]
    """Where the high band of the card's fit begins."""

    @property
    def above(self) -> Mask:
        """Cards in the high band."""
        return np.asarray(self.totals > self.high)


def rotated(cards: Cards) -> Rotated:
    """Give every fifth of the pairs its turn to be left for the report."""
    pairs = np.array([int(row["pair"]) for row in cards.rows])
    totals, high = np.zeros(len(pairs)), np.zeros(len(pairs))
    for turn in range(TURNS):
        part = (pairs + turn) % TURNS
        fitted, report = fit_fusion(cards.table, part < TEACHING, part == TEACHING), part > TEACHING
        totals[report], high[report] = cards.totals(fitted, report), fitted.high
    return Rotated(totals, high)


def judged_by_rotation(cards: Cards, found: Rotated) -> Fold:
    """All cards together, no family, renderer or device left out."""
    forged = cards.table.forged
    above = found.above
    return Fold(
        "each pair in its turn",
        "all",
        separation(found.totals[forged], found.totals[~forged]),
        Rate(int((~above & forged).sum()), int(forged.sum())),
        Rate(int((above & ~forged).sum()), int((~forged).sum())),
        expected_calibration_error(found.totals, forged, cards.table.weights),
    )


def renderers_left_out(cards: Cards) -> list[Fold]:
    """Each renderer judged by a fit on the others."""
    return list(_left_out(cards, "renderer", lambda mine: mine))


def devices_left_out(cards: Cards) -> list[Fold]:
    """Each capture device judged by a fit on the others."""
    return list(_left_out(cards, "device", lambda mine: mine))
