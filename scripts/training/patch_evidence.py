"""What the patch network says of the cards of a data set, as the margins of its two checks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from scripts.training.patch_data import middle
from service.scoring.patched import PatchLimits
from service.scoring.patches import LEAST_PX_PER_MM, LEAST_SHARPNESS, LEAST_SHOWN

__all__ = ["limits_of", "margins_of", "raw_scores"]

ERROR = 0.01
"""Share of genuine cards that may lie beyond the limit of either number."""


def _good(row: Mapping[str, Any], shown: int) -> bool:
    sharp = (row["sharpness"] or 0.0) >= LEAST_SHARPNESS and (row["px_per_mm"] or 0.0) >= LEAST_PX_PER_MM
    found = any(c["id"] == "capture.front" and c["result"] == "pass" for c in row["checks"])
    return sharp and found and shown >= LEAST_SHOWN


def _scored(folder: Path, model: Path) -> dict[str, tuple[float, float, int]]:
    """Of every card with patches: nearness to genuine, log-odds of an attack, and how many places show.

    Kept beside the cards by the network's digest, since asking it takes minutes.
    """
    kept = folder / f"patch-scores-{hashlib.sha256(model.read_bytes()).hexdigest()[:16]}.json"
    known: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    shards = [p for p in sorted(folder.glob("cards-*.npz")) if p.with_suffix(".parquet").exists()]
    for path in (path for path in shards if path.name not in known):
        known[path.name] = _shard(path, model)
    kept.write_text(json.dumps(known), encoding="utf-8")
    return {id: (g, a, n) for shard in known.values() for id, (g, a, n) in shard.items()}


def _shard(path: Path, model: Path) -> dict[str, tuple[float, float, int]]:
    network, found = _network(model), {}
    with np.load(path) as data:
        for id, patches, shown in zip(data["id"], data["patches"], data["shown"], strict=True):
            pixels = middle(patches).transpose(0, 3, 1, 2).astype(np.float32)
            (card,) = network.run(["card"], {"patches": pixels, "shown": shown.astype(np.float32)})
            found[str(id)] = (float(card[0]), float(card[1]), int(shown.sum()))
    return found


@lru_cache(maxsize=2)
def _network(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def raw_scores(
    folders: Sequence[Path], rows: Sequence[Mapping[str, Any]], model: Path
) -> dict[str, tuple[float, float]]:
    """Nearness to genuine and log-odds of an attack by id, of the cards that the service would ask about."""
    known = {row["id"]: row for row in rows}
    scored = {id: found for folder in folders for id, found in _scored(folder, model).items()}
    return {
        id: (genuine, attack)
        for id, (genuine, attack, shown) in scored.items()
        if id in known and _good(known[id], shown)
    }


def limits_of(genuine_cards: Sequence[tuple[float, float]]) -> PatchLimits:
    """Limits from genuine cards that the network was not trained on."""
    nearness, attack = np.array(genuine_cards).T
    top, bottom = float(np.quantile(attack, 1 - ERROR)), float(np.quantile(nearness, ERROR))
    return PatchLimits(
        top,
        max(top - float(np.median(attack)), 1e-3),
        bottom,
        max(float(np.median(nearness)) - bottom, 1e-3),
    )


def margins_of(
    scores: Mapping[str, tuple[float, float]], limits: PatchLimits
) -> dict[str, tuple[float, float]]:
    """Margins by the card's id."""
    return {
        id: (limits.attack_margin(attack), limits.genuine_margin(genuine))
        for id, (genuine, attack) in scores.items()
    }
