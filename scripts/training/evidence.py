"""The evidence of a data set's cards as a table for the fusion model, with the truth about each card beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.training.additive import Additive, Table
from service.scoring.features import State, state_of
from service.verdict import Result

__all__ = ["Plan", "class_weights", "plan", "table_of", "with_fixed"]

PATCHES = "model.patches"


@dataclass(frozen=True)
class Plan:
    """What ``weights.toml`` says."""

    groups: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, Mapping[str, float]]
    """Check -> bits by result."""
    unbounded: frozenset[str]
    """Checks whose bits rest on no sample."""

    @property
    def checks(self) -> tuple[str, ...]:
        """Every check that the model weighs, fitted ones first."""
        return (*(id for ids in self.groups.values() for id in ids), *self.fixed)


@lru_cache(maxsize=1)
def plan(path: Path = Path(__file__).with_name("weights.toml")) -> Plan:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    fixed = {id: bits for kind in data["fixed"].values() for id, bits in kind.items()}
    groups = {name: tuple(ids) for name, ids in data["groups"].items()}
    return Plan(groups, fixed, frozenset(data["fixed"]["cryptographic"]))


def table_of(
    rows: Sequence[Mapping[str, Any]], checks: Sequence[str], patches: Mapping[str, float] | None = None
) -> Table:
    """States and margins of the cards; ``patches`` gives the margin of ``model.patches`` by the card's id."""
    states = np.zeros((len(rows), len(checks)), np.int64)
    margins = np.full((len(rows), len(checks)), np.nan)
    column = {id: index for index, id in enumerate(checks)}
    for number, row in enumerate(rows):
        for check in row["checks"]:
            at = column.get(check["id"])
            if at is None:
                continue
            state = state_of(Result(check["result"]), check["margin"])
            states[number, at] = state
            if state != State.SILENT and check["margin"] is not None:
                margins[number, at] = check["margin"]
        margin = (patches or {}).get(row["id"])
        if margin is not None and PATCHES in column:
            states[number, column[PATCHES]] = State.PASS if margin >= 0 else State.SUSPECT
            margins[number, column[PATCHES]] = margin
    forged = np.array([bool(row["forged"]) for row in rows])
    return Table(tuple(checks), states, margins, forged, class_weights(rows))


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


def with_fixed(model: Additive, chosen: Plan, genuine: Mapping[str, int]) -> Additive:
    """The model with the fixed bits written in. ``genuine`` says on how many genuine cards a check spoke."""
    for id, bits in chosen.fixed.items():
        row = model.checks.index(id)
        supported = np.inf if id in chosen.unbounded else np.log2(max(genuine.get(id, 0) / 3, 1.0))
        against = {result: min(value, supported) if value > 0 else value for result, value in bits.items()}
        suspect = against.get("suspect", 0.0)
        fail = max(against.get("fail", suspect), suspect)
        model.offsets[row] = [0.0, bits.get("pass", 0.0), 0.0, suspect, fail]
        model.lowest[row], model.highest[row] = model.offsets[row].min(), model.offsets[row].max()
    return model


def spoken_on(table: Table) -> dict[str, int]:
    """On how many genuine cards each check said anything."""
    found = ((table.states != State.SILENT) & ~table.forged[:, None]).sum(0)
    return dict(zip(table.checks, (int(n) for n in found), strict=True))


def chosen_rows(rows: Iterable[Mapping[str, Any]], **wanted: Any) -> list[Mapping[str, Any]]:
    """The rows whose columns have the wanted values."""
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]
