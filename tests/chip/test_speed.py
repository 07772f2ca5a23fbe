"""The whole chip check stays within its budget: dump, proof and checks, p95 at most 10 ms (issue 2).

A shared processor adds time and never takes any away: the quietest of a few sets is nearest to the code.
"""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest

from scripts.specimens.dump import dump_json
from service.checks.base import run_checks
from service.checks.case import Case
from service.checks.chip import CHECKS
from service.chip import TrustStore, prove, read_dump
from service.verdict import Policy
from tests.chip.world import AT, LIMITS, NUMBER, Listed, ca, first, forger, second, trust_folder

ROUNDS = 60
SETS = 8
BUDGET_MS = 10.0


@pytest.mark.parametrize("generation", [1, 2])
def test_whole_chip_check_is_fast(generation: int, tmp_path: Path) -> None:
    listed = (Listed(f"{n}.crt", maker(generation).certificate) for n, maker in enumerate((forger, ca)))
    store = TrustStore.load(trust_folder(tmp_path, *listed), "production")
    dump = dump_json(first() if generation == 1 else second(), NUMBER, AT)
    policy = Policy("test", "1")

    def one_check() -> float:
        began = time.process_time()
        reading = read_dump(dump, LIMITS)
        proof = prove(reading, store, AT)
        run_checks(CHECKS, Case(AT, "production", chip=reading, chip_proof=proof), policy)
        spent = time.process_time() - began
        assert proof.trusted
        return spent * 1000

    quietest = math.inf
    for _ in range(SETS):
        quietest = min(quietest, sorted(one_check() for _ in range(ROUNDS))[int(ROUNDS * 0.95)])
        if quietest <= BUDGET_MS:
            return
    pytest.fail(f"p95 of the quietest of {SETS} sets: {quietest:.1f} ms")
