"""Measure the patch network on cards that it never saw: ``scripts/measure_patches.py --data DIR [DIR ...]``.

For each renderer and attack family: AUC against the genuine cards of the same renderer, with a 95 % interval
(pairs drawn anew), for both of the network's numbers. Cards whose role was to teach are left out. Prints a
table in Markdown and, with ``--shortcuts``, what can be learned from facts of the files in the same data.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from scripts.dataset.shards import load_rows
from scripts.dataset.shortcuts import LEARNERS, auc, auc_interval, held_out_scores
from scripts.training.patch_data import LEFT_OUT, Cards, Role, load_cards, middle, role_of
from service.settings import ROOT

Values = NDArray[np.float64]
FACTS = ("width", "height", "jpeg_quality", "subsampling", "dpi", "saved_before")
LEAST = 4
"""Forged cards of a family below which no figure is given."""


@dataclass(frozen=True)
class Line:
    """One family on one renderer."""

    renderer: str
    family: str
    seen: bool
    """Whether the network was taught with cards of this family, though not with these."""
    forged: int
    genuine: int
    attack: tuple[float, float, float]
    """AUC of the attack head and its interval."""
    nearness: tuple[float, float, float]

    def row(self) -> str:
        """The line in Markdown."""
        cells = " | ".join(
            f"{v:.3f} ({low:.3f} to {high:.3f})" for v, low, high in (self.attack, self.nearness)
        )
        return (
            f"| {self.renderer} | `{self.family}` | {'yes' if self.seen else 'no'} | "
            f"{self.forged} / {self.genuine} | {cells} |"
        )


def scores_of(model: Path, cards: Cards) -> tuple[Values, float]:
    """(cards, 2) nearness and attack log-odds, and milliseconds of one card on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    network = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    found, start = [], time.process_time()
    for patches, shown in zip(middle(cards.patches), cards.shown, strict=True):
        feed = {
            "patches": patches.transpose(0, 3, 1, 2).astype(np.float32),
            "shown": shown.astype(np.float32),
        }
        found.append(network.run(["card"], feed)[0])
    took = (time.process_time() - start) / max(1, len(found)) * 1000
    return np.asarray(found, np.float64), took


def _figure(scores: Values, genuine: NDArray[np.bool_], forged: NDArray[np.bool_],
            pairs: NDArray[np.int64]) -> tuple[float, float, float]:  # fmt: skip
    rows = np.concatenate([np.flatnonzero(genuine), np.flatnonzero(forged)])
    labels = forged[rows].astype(np.float64)
    return auc(scores[rows], labels), *auc_interval(scores[rows], labels, pairs[rows])


def lines(cards: Cards, scores: Values) -> list[Line]:
    """Every family on every renderer, and all families that were left out of teaching together."""
    column = {name: np.array([row[name] for row in cards.rows]) for name in ("renderer", "family", "pair")}
    forged = np.array([row["forged"] for row in cards.rows])
    surface = np.array([bool(row["altered"]) for row in cards.rows])
    found = []
    for renderer in sorted(set(column["renderer"])):
        here = column["renderer"] == renderer
        groups = {name: here & (column["family"] == name) & surface for name in sorted(set(column["family"]))}
        groups["all left out"] = here & surface & np.isin(column["family"], sorted(LEFT_OUT))
        groups["all taught"] = here & surface & ~np.isin(column["family"], sorted(LEFT_OUT))
        for family, chosen in groups.items():
            if chosen.sum() >= LEAST:
                genuine, pairs = here & ~forged, column["pair"]
                attack = _figure(scores[:, 1], genuine, chosen, pairs)
                nearness = _figure(-scores[:, 0], genuine, chosen, pairs)
                seen = family not in LEFT_OUT and family != "all left out"
                found.append(
                    Line(renderer, family, seen, int(chosen.sum()), int(genuine.sum()), attack, nearness)
                )
    return found


def shortcuts(folders: Sequence[Path]) -> list[str]:
    """AUC of learners that see facts of the files alone, with 95 % intervals."""
    rows = [
        row for folder in folders for row in load_rows(folder, [*FACTS, "forged", "seed", "pair"]).to_pylist()
    ]
    facts = np.array([[float(row[name] or 0) for name in FACTS] for row in rows])
    labels = np.array([float(row["forged"]) for row in rows])
    pairs = np.array([row["pair"] + 1_000_000 * row["seed"] for row in rows])
    found = []
    for name, learner in LEARNERS.items():
        scores = held_out_scores(learner, facts, labels, pairs)
        low, high = auc_interval(scores, labels, pairs, rounds=300)
        found.append(f"{name}: AUC {auc(scores, labels):.3f} ({low:.3f} to {high:.3f}), {len(rows)} cards")
    return found


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "patch-net.onnx")
    parser.add_argument("--shortcuts", action="store_true")
    args = parser.parse_args(argv)
    cards = load_cards(args.data)
    cards = cards.where([role_of(row) != Role.TEACH for row in cards.rows])
    scores, took = scores_of(args.model, cards)
    print(f"{len(cards.rows)} cards that did not teach; {took:.1f} ms of CPU a card, one thread\n")
    print("| renderer | family | taught | forged / genuine | attack head: AUC | nearness to genuine: AUC |")
    print("| --- | --- | --- | --- | --- | --- |")
    for line in lines(cards, scores):
        print(line.row())
    if args.shortcuts:
        print("\n".join(["", *shortcuts(args.data)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
