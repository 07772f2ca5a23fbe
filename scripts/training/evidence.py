"""The evidence of a data set's cards as a table for the fusion model."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.training.additive import Additive, Table
from service.scoring.features import State, state_of
from service.verdict import Effect, Result

__all__ = ["LEARNED", "Plan", "Trials", "class_weights", "plan", "table_of", "trials", "with_fixed"]

LEARNED = ("model.patches", "model.conformity")
"""Checks of the patch network, which the data set does not hold: it is trained on it."""
ENOUGH = 100
"""Trials from which a check may stand for others of its kind that were never tried."""


@dataclass(frozen=True)
class Plan:
    """What ``weights.toml`` says."""

    groups: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, Mapping[str, float]]
    """Check -> bits by result."""
    unbounded: frozenset[str]
    """Checks whose bits rest on no sample."""
    earlier: Mapping[str, int]
    """Check -> genuine cards of a committed measurement on which it accused none."""
    silent: tuple[str, ...]
    """Checks that it takes without giving them weight."""
    kinds: Mapping[str, tuple[str, ...]]
    """Fixed check -> all fixed checks of its kind."""

    @property
    def checks(self) -> tuple[str, ...]:
        """Every check that the model takes, fitted ones first."""
        return (*(id for ids in self.groups.values() for id in ids), *self.silent, *self.fixed)


@lru_cache(maxsize=1)
def plan() -> Plan:
    data = tomllib.loads(Path(__file__).with_name("weights.toml").read_text(encoding="utf-8"))
    fixed = {id: bits for kind in data["fixed"].values() for id, bits in kind.items()}
    groups = {name: tuple(ids) for name, ids in data["groups"].items()}
    kinds = {id: tuple(kind) for kind in data["fixed"].values() for id in kind}
    silent = tuple(id for ids in data["silent"].values() for id in ids)
    return Plan(groups, fixed, frozenset(data["fixed"]["cryptographic"]), data["earlier"], silent, kinds)


def table_of(
    rows: Sequence[Mapping[str, Any]],
    checks: Sequence[str],
    learned: Mapping[str, Sequence[float]] | None = None,
) -> Table:
    """States and margins of the cards; ``learned`` gives the margins of ``LEARNED`` by the card's id."""
    states = np.zeros((len(rows), len(checks)), np.int64)
    margins = np.full((len(rows), len(checks)), np.nan)
    column = {id: index for index, id in enumerate(checks)}
    for number, row in enumerate(rows):
        for id, state, margin in _said(row, learned or {}):
            if id in column and state != State.SILENT:
                states[number, column[id]] = state
                margins[number, column[id]] = np.nan if margin is None else margin
    forged = np.array([bool(row["forged"]) for row in rows])
    return Table(tuple(checks), states, margins, forged, class_weights(rows))


def _said(
    row: Mapping[str, Any], learned: Mapping[str, Sequence[float]]
) -> Iterator[tuple[str, State, float | None]]:
    for check in row["checks"]:
        if check["id"] not in LEARNED and check["effect"] != Effect.INFORMATIVE.value:
            yield check["id"], state_of(Result(check["result"]), check["margin"]), check["margin"]
    for id, margin in zip(LEARNED, learned.get(row["id"], ()), strict=False):
        yield id, State.PASS if margin >= 0 else State.SUSPECT, margin


def class_weights(rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    """Equal classes, and within each class every group of families, and within these every family, equal."""
    families: dict[tuple[bool, str], set[str]] = {}
    counts: dict[tuple[bool, str, str], int] = {}
    for row in rows:
        families.setdefault((row["forged"], _kind(row)), set()).add(row["family"])
        key = (row["forged"], _kind(row), row["family"])
        counts[key] = counts.get(key, 0) + 1
    kinds = {forged: sum(f == forged for f, _ in families) for forged in (True, False)}
    return np.array([_share(row, families, counts, kinds) for row in rows])


def _share(
    row: Mapping[str, Any],
    families: Mapping[tuple[bool, str], set[str]],
    counts: Mapping[tuple[bool, str, str], int],
    kinds: Mapping[bool, int],
) -> float:
    forged, kind = row["forged"], _kind(row)
    return 0.5 / kinds[forged] / len(families[forged, kind]) / counts[forged, kind, row["family"]]


def _kind(row: Mapping[str, Any]) -> str:
    """Group of the family; broken rules and altered chips leave the card's surface alone and count as one."""
    return "surface untouched" if row["group"] in ("rule", "chip") else str(row["group"])


@dataclass(frozen=True)
class Trials:
    """Genuine cards on which a check said anything, and those on which it spoke against the card."""

    spoken: int
    against: int

    @property
    def supported_bits(self) -> float:
        """log2 of the inverse of the highest rate of false alarms that is not excluded (95 %, Poisson)."""
        return float(np.log2(max(self.spoken / (3.0 + 1.6 * self.against), 1.0)))


def trials(table: Table) -> dict[str, Trials]:
    """The trials of every check on the genuine cards."""
    states = table.states[~table.forged]
    spoken, against = (states != State.SILENT).sum(0), (states >= State.SUSPECT).sum(0)
    earlier = plan().earlier
    return {
        id: Trials(int(n) + earlier.get(id, 0), int(k))
        for id, n, k in zip(table.checks, spoken, against, strict=True)
    }


def _supported(chosen: Plan, tried: Mapping[str, Trials], id: str) -> float:
    """What the check's trials support; without any, the least that those of its kind do."""
    if tried[id].spoken:
        return tried[id].supported_bits
    alike = (tried[other] for other in chosen.kinds[id])
    return min((trial.supported_bits for trial in alike if trial.spoken >= ENOUGH), default=0.0)


def with_fixed(model: Additive, chosen: Plan, tried: Mapping[str, Trials]) -> Additive:
    """The model with the fixed bits written in, cut back to what the trials support."""
    for id, bits in chosen.fixed.items():
        row = model.checks.index(id)
        most = np.inf if id in chosen.unbounded else _supported(chosen, tried, id)
        suspect = min(bits.get("suspect", 0.0), most)
        fail = max(min(bits.get("fail", 0.0), most), suspect)
        model.offsets[row] = [0.0, bits.get("pass", 0.0), 0.0, suspect, fail]
        model.lowest[row], model.highest[row] = model.offsets[row].min(), model.offsets[row].max()
    return model
