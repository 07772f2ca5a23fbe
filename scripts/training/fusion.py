"""The last step of training: fit the fusion model on a data set, calibrate it, write it and its model card.

    .venv/bin/python -m scripts.training.fusion --data DIR

Pairs are split by their number: of five, three teach, one sets the slope and the bands, one is left for the
reports (``scripts/evaluate --protocol``). What the patch network was trained on teaches nothing about it
here.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.dataset.shards import load_rows
from scripts.training.additive import LIMIT_BITS, Additive, Table, fit, slope_of
from scripts.training.evidence import LEARNED, plan, table_of, trials, with_fixed
from scripts.training.fusion_card import card_text
from scripts.training.fusion_graph import onnx_bytes
from scripts.training.manifest import pin
from scripts.training.patch_data import Role, role_of
from scripts.training.patch_evidence import limits_of, margins_of, raw_scores
from service.scoring import LEAST, conformal_threshold
from service.scoring.drift import counts
from service.scoring.patched import PatchLimits
from service.settings import ROOT

__all__ = ["HIGH", "MIDDLE", "Fitted", "fit_fusion", "load_evidence", "part_of", "train_fusion"]

HIGH, MIDDLE = 0.01, 0.1
"""Shares of genuine cards that may lie above the beginning of the bands."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Fitted:
    """A model with what it was calibrated to."""

    model: Additive
    slope: float
    middle: float
    high: float


def part_of(row: Row) -> str:
    """``teach``, ``set`` or ``report``, by the pair."""
    return ("teach", "teach", "teach", "set", "report")[int(row["pair"]) % 5]


def load_evidence(
    folders: Sequence[Path], network: Path | None, limits: PatchLimits | None = None
) -> tuple[list[dict[str, Any]], Table, PatchLimits | None]:
    """Rows, their table, and the limits of the patch network: those given, or set on genuine cards kept."""
    rows = [row for folder in folders for row in load_rows(folder).to_pylist() if row["verdict"] != "problem"]
    if network is None or not network.exists():
        return rows, table_of(rows, plan().checks), None
    scores = raw_scores(folders, rows, network)
    taught = {row["id"] for row in rows if role_of(row) == Role.TEACH}
    kept = [
        scores[row["id"]]
        for row in rows
        if row["id"] in scores and row["id"] not in taught and not row["forged"] and part_of(row) != "report"
    ]
    chosen = limits or limits_of(kept)
    honest = {id: pair for id, pair in scores.items() if id not in taught}
    return rows, table_of(rows, plan().checks, margins_of(honest, chosen)), chosen


def fit_fusion(table: Table, teach: NDArray[np.bool_], setting: NDArray[np.bool_]) -> Fitted:
    """Fit the groups on some cards, set slope and bands on others."""
    chosen = plan()
    model = with_fixed(fit(table.rows(teach), chosen.groups), chosen, trials(table.rows(teach | setting)))
    held = table.rows(setting)
    learned = _learned_only(held)
    slope = slope_of(model.totals(learned.states, learned.margins), learned.forged, learned.weights)
    model = _sloped(model, slope)
    genuine = [float(v) for v in model.totals(held.states, held.margins)[~held.forged]]
    middle, high = conformal_threshold(genuine, MIDDLE), conformal_threshold(genuine, HIGH)
    return Fitted(model, slope, max(middle, LEAST["middle"]), max(high, LEAST["high"]))


def _learned_only(table: Table) -> Table:
    """The table with everything silent that is not fitted: the slope is that of what was learned."""
    states = table.states.copy()
    fixed = [table.checks.index(id) for id in plan().fixed]
    states[:, fixed] = 0
    return Table(table.checks, states, table.margins, table.forged, table.weights)


def _sloped(model: Additive, slope: float) -> Additive:
    """The model with the slope on every fitted term; what is fixed stays as it is documented."""
    fixed = [model.checks.index(id) for id in plan().fixed]
    made = model.scaled(slope)
    made.offsets[fixed] = model.offsets[fixed]
    return made


def references(rows: Sequence[Row], table: Table) -> dict[str, tuple[int, ...]]:
    """Counts of genuine margins by check: of the data set's checks and of the patch network's."""
    found: dict[str, list[float]] = {}
    for number, row in enumerate(rows):
        if row["forged"] or part_of(row) == "report":
            continue
        for check in row["checks"]:
            if check["margin"] is not None and check["id"] not in LEARNED:
                found.setdefault(check["id"], []).append(check["margin"])
        for id in LEARNED:
            margin = table.margins[number, table.checks.index(id)]
            if not np.isnan(margin):
                found.setdefault(id, []).append(float(margin))
    return {id: counts(margins) for id, margins in sorted(found.items())}


def train_fusion(folders: Sequence[Path], models: Path) -> dict[str, Any]:
    """Fit on data sets and write ``card-forgery.onnx``, its digest and its card; gives its figures."""
    rows, table, limits = load_evidence(folders, models / "patch-net.onnx")
    part = np.array([part_of(row) for row in rows])
    fitted = fit_fusion(table, part == "teach", part == "set")
    bands = {"middle": _finite(fitted.middle), "high": _finite(fitted.high)}
    facts = {
        "bands": bands,
        "margins": references(rows, table),
        "patches": limits.to_json() if limits else None,
        "network": manifest_of(models).get("patch-net") if limits else None,
    }
    path = models / "card-forgery.onnx"
    path.write_bytes(onnx_bytes(fitted.model, facts))
    pin(models / "manifest.json", "card-forgery", path)
    figures = {
        "cards": {name: int((part == name).sum()) for name in ("teach", "set", "report")},
        "genuine": {name: int(((part == name) & ~table.forged).sum()) for name in ("teach", "set", "report")},
        "slope": round(fitted.slope, 3), "bands": bands, "bytes": path.stat().st_size,
        "limit_bits": LIMIT_BITS,
    }  # fmt: skip
    path.with_suffix(".md").write_text(card_text(fitted.model, figures), encoding="utf-8")
    return figures


def manifest_of(models: Path) -> dict[str, str]:
    """Digests of the models in a folder by id."""
    rows = json.loads((models / "manifest.json").read_text(encoding="utf-8"))
    return {row["id"]: row["sha256"] for row in rows}


def _finite(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Fit and write the fusion model.")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="what scripts/make_dataset wrote")
    parser.add_argument("--models", type=Path, default=ROOT / "models")
    args = parser.parse_args(argv)
    print(train_fusion(args.data, args.models))


if __name__ == "__main__":
    main()
