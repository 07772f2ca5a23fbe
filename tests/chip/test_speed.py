"""The whole chip check stays within its budget: dump, proof and checks, p95 at most 10 ms (issue 2)."""

from __future__ import annotations

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
BUDGET_MS = 10.0


@pytest.mark.parametrize("generation", [1, 2])
def test_whole_chip_check_is_fast(generation: int, tmp_path: Path) -> None:
    listed = (Listed(f"{n}.crt", maker(generation).certificate) for n, maker in enumerate((forger, ca)))
    store = TrustStore.load(trust_folder(tmp_path, *listed), "production")
    dump = dump_json(first() if generation == 1 else second(), NUMBER, AT)
    policy = Policy("test", "1")
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        reading = read_dump(dump, LIMITS)
        proof = prove(reading, store, AT)
        case = Case(AT, "production", chip=reading, chip_proof=proof)
        run_checks(CHECKS, case, policy)
        took.append((time.process_time() - began) * 1000)
    assert proof.trusted
    assert sorted(took)[int(ROUNDS * 0.95)] <= BUDGET_MS
