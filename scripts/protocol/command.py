"""The protocol as one command: folds, groups, pairs, harms, worst cards; one HTML page and one JSON file.

    scripts/evaluate --protocol --data DIR [DIR ...] [--third DIR] [--out docs/measures/classifier]

``--data`` is what the shipped models were trained on (``scripts/make_dataset``): a fifth of its pairs was
left for this. ``--third`` is a set in a style that nothing was trained on.
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scripts.protocol.drawn import CHANGES, Answered, counterfactual, harmed, thumbnail
from scripts.protocol.figures import Rate, reliability
from scripts.protocol.folds import (
    Cards,
    Fold,
    Rotated,
    devices_left_out,
    families_left_out,
    families_of_the_surface,
    judged_by_rotation,
    renderers_left_out,
    rotated,
    without_network,
)
from scripts.protocol.groups import apcer_by_family, bpcer_by_group, verdicts_by_group
from scripts.protocol.page import page
from scripts.training.fusion import load_evidence
from service.settings import ROOT

__all__ = ["main"]

NETWORK = ROOT / "models" / "patch-net.onnx"
ACCUSING = ("suspect", "forged", "invalid")
WORST = 20
ABOUT = (
    "Every card here is a drawn specimen. The figures find faults; they claim nothing about real cards.",
    "Scores are weights of evidence in bits without the prior. EER and AUC tell the families from genuine "
    "cards; APCER is the share of forged cards that do not reach the high band, BPCER the share of genuine "
    "cards above it (ISO/IEC 30107-3). Intervals: Clopper-Pearson for rates, bootstrap for EER and AUC.",
    "What is left out of a fit is left out of groups, slope and bands. The patch network is trained once, on "
    "renderer a without the families that models/patch-net.md names; no fold fits it "
    "again, and the shipped score gives it no weight.",
)  # fmt: skip
NOTE = (
    "Rule and chip families change no surface: what tells them is fixed bits of rules and signatures, where "
    "the card's texts and chip could be judged. A family that nothing here measures stays near one half."
)


def _cards(folders: Sequence[Path], third: Sequence[Path], network: Path) -> tuple[Cards, Cards]:
    """The data set, and the same with the third style added; the network's limits are those of the first."""
    rows, table, limits = load_evidence(folders, network)
    more, wider, _ = load_evidence([*folders, *third], network, limits)
    return Cards(rows, table), Cards(more, wider)


def _as_json(folds: Sequence[Fold]) -> list[dict[str, Any]]:
    return [fold.to_json() for fold in folds]


def _mean(folds: Sequence[Fold]) -> float:
    return float(np.mean([fold.separation.eer for fold in folds])) if folds else float("nan")


def _families(args: argparse.Namespace) -> dict[str, Any]:
    families, again = families_left_out(_shipped_cards(args))
    groups = sorted({fold.group for fold in families})
    return {
        "families": _as_json(families),
        "families_again": {name: _as_json(folds) for name, folds in again.items()},
        "families_mean_eer": _mean(families),
        "families_worst_eer": max(fold.separation.eer for fold in families),
        "families_note": NOTE,
        "group_mean_eer": {g: _mean([fold for fold in families if fold.group == g]) for g in groups},
    }


def _plain(args: argparse.Namespace) -> dict[str, Any]:
    return {"families_plain": _as_json(families_of_the_surface(without_network(_shipped_cards(args))))}


def _others(args: argparse.Namespace) -> dict[str, Any]:
    cards, wider = _cards(args.data, args.third, NETWORK)
    return {
        "renderers": _as_json(renderers_left_out(wider)),
        "devices": _as_json(devices_left_out(cards)),
    }


def _shipped_cards(args: argparse.Namespace) -> Cards:
    return _cards(args.data, [], NETWORK)[0]


def whole(cards: Cards, judged: Rotated) -> dict[str, Any]:
    """What is said of every card by a fit that its pair had no part in."""
    forged, totals = cards.table.forged, judged.totals
    highs = sorted({float(value) for value in judged.high if np.isfinite(value)})
    return {
        "whole": judged_by_rotation(cards, judged).to_json(),
        "genuine_totals": [round(float(t), 3) for t in totals[~forged]],
        "forged_totals": [round(float(t), 3) for t in totals[forged]],
        "bands": [round(value, 3) for value in highs],
        "reliability": reliability(totals, forged, cards.table.weights),
        "bpcer": bpcer_by_group(cards, judged),
        "verdicts": verdicts_by_group(cards),
        "apcer": apcer_by_family(cards, judged),
    }


def pair_rows(answers: Sequence[Answered]) -> list[list[str]]:
    """One row for each change: how often the verdict is another one, and how far the score moves."""
    base = {a.card: a for a in answers if a.variant == "base"}
    rows = []
    for change in CHANGES:
        twins = [(base[a.card], a) for a in answers if a.variant == change]
        other = Rate(sum(one.verdict != two.verdict for one, two in twins), len(twins))
        moves = [abs((one.total or 0.0) - (two.total or 0.0)) for one, two in twins]
        low, high = other.ends
        words = f"{other.hits} of {other.trials} ({low:.1%} to {high:.1%})"
        rows.append([change, words, f"{max(moves, default=0.0):.2f}"])
    return rows


def harm_rows(answers: Sequence[Answered]) -> list[list[str]]:
    """One row for each harm."""
    rows = []
    for variant in dict.fromkeys(a.variant for a in answers):
        here = [a for a in answers if a.variant == variant]
        genuine, forged = ([a for a in here if a.forged == kind] for kind in (False, True))
        accused, told = (sum(a.verdict in ACCUSING for a in some) for some in (genuine, forged))
        means = [
            f"{np.mean([a.total for a in some if a.total is not None] or [np.nan]):+.1f}"
            for some in (genuine, forged)
        ]
        rows.append([variant, f"{accused} of {len(genuine)}", f"{told} of {len(forged)}", *means])
    return rows


def worst_cards(cards: Cards, judged: Rotated) -> list[dict[str, Any]]:
    """Genuine cards with the highest totals and forged ones with the lowest, half of each, as pictures."""
    totals, forged = judged.totals, cards.table.forged
    genuine = np.argsort(-np.where(forged, -np.inf, totals), kind="stable")[: WORST // 2]
    missed = np.argsort(np.where(forged, totals, np.inf), kind="stable")[: WORST // 2]
    return [_shown(cards.rows[i], float(totals[i])) for i in (*genuine, *missed)]


def _shown(row: Mapping[str, Any], total: float) -> dict[str, Any]:
    told = {name: str(row[name]) for name in ("id", "family", "renderer", "kind")}
    picture = base64.b64encode(thumbnail(row, ("a", "b"))).decode()
    return {**told, "total": round(total, 2), "picture": picture}


def _whole(args: argparse.Namespace) -> dict[str, Any]:
    cards, wider = _cards(args.data, args.third, NETWORK)
    title = "The classifier: what it tells, and what it does not"
    return {"title": title, "about": [*ABOUT, _counted(cards, wider)], **whole(cards, rotated(cards))}


def _worst(args: argparse.Namespace) -> dict[str, Any]:
    cards = _shipped_cards(args)
    return {"worst": worst_cards(cards, rotated(cards))}


PARTS: Mapping[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "whole": _whole,
    "families": _families,
    "plain": _plain,
    "others": _others,
    "worst": _worst,
    "pairs": lambda args: {"pairs_rows": pair_rows(counterfactual(args.seed, args.pairs, args.workers))},
    "harms": lambda args: {"harm_rows": harm_rows(harmed(args.seed + 1, args.harmed, args.workers))},
}
"""Parts of the report; each is worked out by itself and kept in the JSON file."""
NEEDED = ("whole", "families", "families_plain", "renderers", "worst", "pairs_rows", "harm_rows")
"""Members of the file without which there is no page."""


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="evaluate --protocol",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--third", type=Path, nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "measures" / "classifier")
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--pairs", type=int, default=20, help="cards with a twin for every change")
    parser.add_argument("--harmed", type=int, default=12, help="cards that everything is done to")
    parser.add_argument("--seed", type=int, default=606, help="of the cards drawn here")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    kept = args.out / "report.json"
    found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for part in args.parts:
        found |= PARTS[part](args)
        kept.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"{part}: done", flush=True)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        print(f"no page yet, these parts are missing: {', '.join(missing)}")
    else:
        (args.out / "report.html").write_text(page(found), encoding="utf-8")
    return 0


def _counted(cards: Cards, wider: Cards) -> str:
    genuine, added = int((~cards.table.forged).sum()), len(wider.rows) - len(cards.rows)
    teach, setting, report = (int((cards.part == part).sum()) for part in ("teach", "set", "report"))
    return (
        f"{len(cards.rows)} cards, {genuine} of them genuine: {teach} teach, {setting} set slope and bands, "
        f"{report} are left for the report. Cards of a style that nothing was trained on: {added}."
    )
