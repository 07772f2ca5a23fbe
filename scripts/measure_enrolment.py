"""What enrolling twenty cards changes, on a style that no training and no limit has seen.

    .venv/bin/python -m scripts.measure_enrolment [--enrol 20] [--genuine 60] [--forged 5] [--seed 900]
        [--work DIR]

Cards of style ``c`` are scanned by that style's own scanner. Some are enrolled; others, which had no part in
it, are judged by the shipped limits and by the enrolled ones, and so are forgeries of the same style. The
picture of a card is read once: both judgements are of the same readings. With ``--work`` a stopped run goes
on.
"""

from __future__ import annotations

import argparse
import pickle
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2

from scripts.enrolling.command import enrol
from scripts.enrolling.compare import Outcome, outcome, table
from scripts.enrolling.scans import NOBODY, Scan, bare_case
from scripts.rates import rate
from scripts.specimens.stream import Item, forgeries, genuine
from service.cards.enrolled import Enrolled, enrolled
from service.checks.case import Case
from service.errors import Problem
from service.evidence import Role
from service.settings import Settings
from service.submission import Submission, VerifyRequest
from service.verify import Engine

LAYOUT = "jp.residence_card.gen1"
FAMILIES = (
    "printed_card",
    "real_number_own_data",
    "recapture_paper",
    "edit_validity",
    "edit_birth",
    "photo_replaced",
)
CAUGHT = ("suspect", "forged", "invalid")


@dataclass(frozen=True)
class Pair:
    """One card judged twice."""

    before: Outcome
    after: Outcome


@dataclass(frozen=True)
class Desk:
    """Reads cards, and keeps what it read where a folder was given."""

    engine: Engine
    work: Path | None

    def read(self, group: str, seed: int) -> Case | None:
        """The case of one drawn card, without pixels; None where its picture could not be used."""
        kept = self.work / f"{group}-{seed}.pickle" if self.work else None
        if kept is not None and kept.exists():
            found: Case | None = pickle.loads(kept.read_bytes())  # written by this script
            return found
        case = self._read(_drawn(group, seed))
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(pickle.dumps(case))
        return case

    def _read(self, item: Item) -> Case | None:
        cases: list[Case] = []
        request = VerifyRequest.model_validate({**item[2], "store": "none"})
        submission = Submission(pictures={Role.FRONT: item[0]["front"]}, request=request)
        try:
            self.engine.verify(submission, now=datetime.now(UTC), verification_id=NOBODY, seen=cases.append)
        except Problem:
            return None
        return bare_case(cases[0])


def _drawn(group: str, seed: int) -> Item:
    if group == "genuine":
        return next(genuine(seed, 1, "scan", "c", dpi=300))
    return next(forgeries(group, seed, 1, "scan", "c", dpi=300))


def pairs(cases: Iterator[Case | None], limits: Enrolled) -> Iterator[Pair]:
    """Each card by the shipped limits and by the operator's."""
    for case in cases:
        if case is not None:
            yield Pair(outcome(case, None), outcome(case, _in_scope(case, limits)))


def _in_scope(case: Case, limits: Enrolled) -> Enrolled | None:
    view = case.view("front")
    if view is None or case.layout_id != limits.layout:
        return None
    return limits if limits.scope.holds(view.kind.value, view.quality.px_per_mm) else None


def enrolled_cards(desk: Desk, seeds: range) -> list[Scan]:
    """Scans of as many cards."""
    cases = ((seed, desk.read("genuine", seed)) for seed in seeds)
    return [Scan(f"{seed}.jpg", case, str(seed)) for seed, case in cases if case is not None]


def forged_table(rows: Sequence[tuple[str, list[Pair]]]) -> str:
    """How many forgeries of each family are caught, before and after, and what their evidence comes to."""
    lines = [
        "| forgeries | caught before | caught after | checks against | mean bits |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_line(family, found) for family, found in rows]
    return "\n".join([*lines, _line("all", [pair for _, found in rows for pair in found])])


def _line(name: str, found: Sequence[Pair]) -> str:
    caught, against, bits = [], [], []
    for side in ("before", "after"):
        said: list[Outcome] = [getattr(pair, side) for pair in found]
        caught.append(rate(sum(one.verdict in CAUGHT for one in said), len(said)))
        against.append(f"{sum(len(one.against) for one in said) / max(len(said), 1):.2f}")
        bits.append(f"{sum(one.total or 0.0 for one in said) / max(len(said), 1):.1f}")
    return f"| {name} | {caught[0]} | {caught[1]} | {' -> '.join(against)} | {' -> '.join(bits)} |"


def separation(genuine_cards: Sequence[Pair], forged: Sequence[Pair]) -> str:
    """Probability that a forgery has more evidence against it than a genuine card, before and after."""
    areas = []
    for side in ("before", "after"):
        good = [getattr(pair, side).total or 0.0 for pair in genuine_cards]
        bad = [getattr(pair, side).total or 0.0 for pair in forged]
        wins = sum((b > g) + 0.5 * (b == g) for b in bad for g in good)
        areas.append(f"{wins / max(len(good) * len(bad), 1):.3f}")
    return f"area under the curve of the score: {areas[0]} before, {areas[1]} after"


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--enrol", type=int, default=20, help="cards that are enrolled")
    parser.add_argument("--genuine", type=int, default=60, help="genuine cards that are judged")
    parser.add_argument("--forged", type=int, default=5, help="forgeries of each family")
    parser.add_argument("--seed", type=int, default=900)
    parser.add_argument("--work", type=Path, help="folder that keeps what was read")
    args = parser.parse_args(argv)
    cv2.setNumThreads(1)
    desk = Desk(Engine.load(Settings(trust_profile="sample", onnx_threads=1)), args.work)
    first = args.seed * 1000
    scans = enrolled_cards(desk, range(first, first + args.enrol))
    made = enrol(scans, LAYOUT, datetime.now(UTC))
    limits = enrolled(made.document)
    accusing = sorted(id for id, limit in limits.features.items() if limit.accuses)
    print(f"{len(scans)} cards enrolled; may accuse: {', '.join(accusing)}", flush=True)
    print(
        f"notes only: {', '.join(made.limits.doubtful)}; limits of traces: {dict(limits.traces)}\n",
        flush=True,
    )
    others = range(first + args.enrol, first + args.enrol + args.genuine)
    judged = list(pairs((desk.read("genuine", seed) for seed in others), limits))
    print(table([p.before for p in judged], [p.after for p in judged]), flush=True)
    rows = []
    for family in FAMILIES:
        cases = (desk.read(family, seed) for seed in range(first, first + args.forged))
        rows.append((family, list(pairs(cases, limits))))
    print(f"\n{forged_table(rows)}")
    print(f"\n{separation(judged, [pair for _, found in rows for pair in found])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
