"""An additive model of weights of evidence, monotone in every margin, as numbers: its terms and its fit.

A check's term is ``pass`` (never above 0), plus what ``suspect`` and ``fail`` add (never below 0), plus a
piecewise linear function that never falls as the margin falls. A silent check has the term 0. The checks of a
group depend on each other and are fitted jointly, by logistic regression with a ridge on equal classes; the
groups are added, and one slope in log-odds takes back what the addition counts twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from service.scoring.features import State

__all__ = ["LIMIT_BITS", "Additive", "Table", "fit", "slope_of"]

Floats = NDArray[np.float64]
STARTS = np.array([0.6, 0.4, 0.2, 0.1, 0.0, -0.3])
WIDTHS = np.array([0.2, 0.2, 0.1, 0.1, 0.3, 0.7])
"""Pieces of the function of a margin. They do not follow the data: what is good enough counts alike, so that
the spread among one renderer's genuine cards teaches nothing."""
LIMIT_BITS = 13.2877
"""log2 of 10,000, the top of the verbal scale of evidence (ENFSI 2015): no score says more than that."""
RIDGE = 5e-4
STEPS = 600


@dataclass(frozen=True)
class Table:
    """Evidence of many cards. Rows are cards, columns the checks."""

    checks: tuple[str, ...]
    states: NDArray[np.int64]
    margins: Floats
    """NaN where there is none."""
    forged: NDArray[np.bool_]
    weights: Floats
    """Weight of a card in a fit; both classes add up to 1/2."""

    def rows(self, chosen: NDArray[np.bool_]) -> Table:
        """Some of the cards, their weights made equal by class again."""
        weights = self.weights[chosen]
        forged = self.forged[chosen]
        for mine in (forged, ~forged):
            total = weights[mine].sum()
            weights[mine] *= 0.5 / total if total else 0.0
        return replace(
            self,
            states=self.states[chosen],
            margins=self.margins[chosen],
            forged=forged,
            weights=weights,
        )


@dataclass(frozen=True)
class Additive:
    """The model as tables: rows are checks."""

    checks: tuple[str, ...]
    offsets: Floats
    """(checks, 5) bits of each state."""
    starts: Floats
    """(checks, knots) margin from which a piece begins to count, going down."""
    widths: Floats
    """(checks, knots) length of a piece, above 0."""
    rises: Floats
    """(checks, knots) bits that a piece adds, never below 0."""
    lowest: Floats
    """(checks,) what a term may say for a card at most, not above 0."""
    highest: Floats
    """(checks,) what it may say against a card at most, not below 0."""

    @classmethod
    def silent(cls, checks: Sequence[str]) -> Additive:
        """A model in which nothing weighs anything."""
        n = len(checks)
        none = np.zeros((n, len(STARTS)))
        return cls(
            tuple(checks), np.zeros((n, 5)), none + STARTS, none + WIDTHS, none, np.zeros(n), np.zeros(n)
        )

    def terms(self, states: NDArray[np.int64], margins: Floats) -> Floats:
        """Bits (cards, checks) before the limit of the whole."""
        measured = ~np.isnan(margins)
        at = np.where(measured, margins, 1.0)
        pieces = np.clip((self.starts - at[..., None]) / self.widths, 0.0, 1.0)
        rise = (pieces * self.rises).sum(-1) * measured
        base = np.take_along_axis(self.offsets[None], states[..., None], 2)[..., 0]
        return np.asarray(np.clip(base + rise, self.lowest, self.highest) * (states != State.SILENT))

    def totals(self, states: NDArray[np.int64], margins: Floats) -> Floats:
        """Weight of evidence of each card in bits, without the prior."""
        return np.asarray(np.clip(self.terms(states, margins).sum(1), -LIMIT_BITS, LIMIT_BITS))

    def scaled(self, slope: float) -> Additive:
        """The model with every term multiplied, within the same limits."""
        return replace(self, offsets=self.offsets * slope, rises=self.rises * slope)


def _columns(states: NDArray[np.int64], margins: Floats) -> Floats:
    """One check's columns: speaks for the card, suspect, fail, and the pieces; each counts upwards."""
    spoken = states != State.SILENT
    at = np.where(np.isnan(margins), 1.0, margins)
    pieces = np.clip((STARTS - at[:, None]) / WIDTHS, 0.0, 1.0) * (spoken & ~np.isnan(margins))[:, None]
    flags = np.stack([-1.0 * spoken, states >= State.SUSPECT, states == State.FAIL], axis=1)
    return np.hstack([flags, pieces])


def _logistic(design: Floats, forged: NDArray[np.bool_], weights: Floats, ridge: float) -> Floats:
    """Coefficients, none below 0, of a ridge logistic regression in bits; accelerated projected gradient."""
    sign = np.where(forged, 1.0, -1.0)
    signed = design * sign[:, None] * np.log(2.0)
    scale = float(np.linalg.norm(signed * np.sqrt(weights)[:, None], 2) ** 2) / 4 + ridge
    found = np.zeros(design.shape[1])
    ahead, pace = found, 1.0
    for _ in range(STEPS):
        wrong = weights / (1.0 + np.exp(np.clip(signed @ ahead, -50, 50)))
        step = np.maximum(ahead + (signed.T @ wrong - ridge * ahead) / scale, 0.0)
        faster = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = step + (pace - 1) / faster * (step - found)
        found, pace = step, faster
    return found


def _group(table: Table, columns: Sequence[int], model: Additive, ridge: float) -> None:
    """Fit the checks of one group jointly and write their terms into the model's tables."""
    spoken = (table.states[:, columns] != State.SILENT).any(1)
    rows = table.rows(spoken)
    if not spoken.any() or rows.forged.all() or not rows.forged.any():
        return
    parts = []
    for column in columns:
        parts.append(_columns(rows.states[:, column], rows.margins[:, column]))
    found = _logistic(np.hstack(parts), rows.forged, rows.weights, ridge).reshape(len(columns), -1)
    for column, (agrees, suspect, fail, *rises) in zip(columns, found, strict=True):
        model.offsets[column] = [0.0, -agrees, -agrees, suspect - agrees, suspect + fail - agrees]
        model.rises[column] = rises


def _supported(table: Table, column: int) -> tuple[float, float]:
    """How far a term may go: with no case among n, a rate of 3 / n is not excluded (95 %)."""
    spoken = table.states[:, column] != State.SILENT
    forged, genuine = int((spoken & table.forged).sum()), int((spoken & ~table.forged).sum())
    return -np.log2(max(forged / 3, 1.0)), np.log2(max(genuine / 3, 1.0))


def fit(table: Table, groups: Mapping[str, Sequence[str]], ridge: float = RIDGE) -> Additive:
    """Terms of the checks named by ``groups``; every other check stays silent."""
    model = Additive.silent(table.checks)
    for checks in groups.values():
        columns = [table.checks.index(id) for id in checks if id in table.checks]
        if columns:
            _group(table, columns, model, ridge)
        for column in columns:
            model.lowest[column], model.highest[column] = _supported(table, column)
    return model


def slope_of(totals: Floats, forged: NDArray[np.bool_], weights: Floats) -> float:
    """The slope in log-odds that calibrates totals of cards which had no part in the fit; 0 ... 1.5."""
    found = _logistic(totals[:, None], forged, weights, 0.0)
    return float(min(found[0], 1.5))
