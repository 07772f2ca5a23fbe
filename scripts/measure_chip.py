"""Measures the chip check on cards made here: every change, every cut, and thousands of intact cards.

    python -m scripts.measure_chip [--cards 10000] [--keys 32] [--stride 1] [--seed 1]

Exit code 1 where a change was missed, a cut was accused, an intact card was doubted, or the check was slow.
Figures: docs/measures/chip.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scripts.chip_corpus import Authorities, Change, changes, intact, length_changes, swaps, truncations
from scripts.specimens.dump import dump_json
from scripts.specimens.emrtd import emrtd_dump
from service.checks.base import run_checks
from service.checks.case import Case
from service.checks.chip import CHECKS
from service.chip import TrustStore, prove, read_dump
from service.errors import Problem
from service.settings import Settings
from service.verdict import Policy

__all__ = ["KINDS", "Judge", "Outcome", "count", "main"]

KINDS = ("gen1", "gen2", "emrtd")
AT = datetime(2026, 11, 22, tzinfo=UTC)
BUDGET_MS = 10.0
EXAMPLES = 4
MISMATCH = "chip.signature.mismatch"
PROVEN = ("chip.signature.verified", "chip.certificate.trusted")


@dataclass(slots=True)
class Judge:
    """The whole chip check as a request meets it: dump, proof, every chip check."""

    store: TrustStore
    limits: Settings = field(default_factory=Settings)
    policy: Policy = field(default_factory=lambda: Policy("measure", "1"))

    def reasons(self, dump: bytes) -> tuple[str, ...]:
        """Reasons of signature and certificate, ``error`` for a crashed check, ``problem`` for a refusal."""
        try:
            reading = read_dump(dump, self.limits)
        except Problem:
            return ("problem",)
        proof = prove(reading, self.store, AT)
        case = Case(AT, "production", chip=reading, chip_proof=proof)
        results = run_checks(CHECKS, case, self.policy)
        if any(result.result.value == "error" for result in results):
            return ("error",)
        by_id = {result.id: result.reason for result in results}
        return by_id["chip.signature"], by_id["chip.certificate"]


@dataclass(slots=True)
class Outcome:
    """How many dumps gave which answer, with the first few of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Dumps that were judged."""
        return sum(self.counts.values())

    def add(self, answer: str, name: str) -> None:
        """Count one answer."""
        self.counts[answer] += 1
        shown = self.examples.setdefault(answer, [])
        if len(shown) < EXAMPLES:
            shown.append(name)


def count(judge: Judge, dumps: Iterable[Change]) -> Outcome:
    """Judge every dump; the answer is the signature's reason, or why there is none."""
    found = Outcome()
    for item in dumps:
        found.add(judge.reasons(item.dump)[0], item.name)
    return found


def _percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _intact(judge: Judge, authorities: Authorities, cards: int, seed: int) -> bool:
    """Intact cards of all kinds in turn; CPU time of the chip check alone."""
    doubted: list[str] = []
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(cards):
        kind = KINDS[number % 3]
        files = intact(kind, authorities, seed * 1_000_000 + number)
        dump = emrtd_dump(files) if kind == "emrtd" else dump_json(files)
        began = time.process_time()
        answer = judge.reasons(dump)
        times[kind].append((time.process_time() - began) * 1000)
        if answer != PROVEN:
            doubted.append(f"{kind} {number}: {answer}")
    print(f"intact: {cards - len(doubted)} of {cards} verified and trusted", *doubted[:5], sep="\n  ")
    for kind, each in times.items():
        print(f"  {kind}: CPU ms median {_percentile(each, 0.5):.2f}, p95 {_percentile(each, 0.95):.2f}")
    slow = any(_percentile(each, 0.95) > BUDGET_MS for each in times.values())
    return not doubted and not slow


def _changed(judge: Judge, authorities: Authorities, stride: int) -> bool:
    good = True
    for kind in KINDS:
        inside = count(judge, changes(kind, authorities, stride))
        swapped = count(judge, swaps(kind, authorities))
        cut = count(judge, truncations(kind, authorities, stride))
        lengths = Outcome() if kind == "emrtd" else count(judge, length_changes(kind, authorities, stride))
        for name, found in (("changed", inside), ("swapped", swapped), ("cut", cut), ("length", lengths)):
            print(f"{kind} {name}: {found.total}", dict(found.counts))
            if name in ("changed", "swapped"):
                good &= set(found.counts) == {MISMATCH}
        good &= not {"error", MISMATCH} & {*cut.counts, *lengths.counts}
        for answer in ({*inside.counts} - {MISMATCH}) | ({*cut.counts} & {MISMATCH, "error"}):
            print("  ", answer, inside.examples.get(answer), cut.examples.get(answer))
    return good


def main() -> int:
    """Run everything and print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--cards", type=int, default=10_000)
    options.add_argument("--keys", type=int, default=32)
    options.add_argument("--stride", type=int, default=1, help="every n-th change alone")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    authorities = Authorities.make(chosen.keys)
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(TrustStore.load(authorities.write(Path(folder)), "production"))
        good = _changed(judge, authorities, chosen.stride)
        good &= _intact(judge, authorities, chosen.cards, chosen.seed)
    print("held" if good else "NOT held")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
