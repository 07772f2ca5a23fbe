"""The shipped model: monotone, bounded, silent where nothing is known, and blind to who the holder is."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import pairwise
from math import log2

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from service.cards.layout import layout
from service.checks.catalogue import CHECKS
from service.evidence import CaptureKind, CardView, Quality, Role, Side
from service.models import manifest, model_bytes
from service.scoring import MODEL, SCORE_CHECK, Calibration, fusion_model, weigh
from service.scoring.features import State, evidence
from service.scoring.patched import patched
from service.scoring.patches import PATCH_MODEL
from service.verdict import Basis, CheckResult, Effect, Group, Policy, Refutes, Result

POLICY = Policy("test", "1", evaluatory=frozenset({SCORE_CHECK}))
IDS = fusion_model().checks
WIDTH = len(IDS)
ABOUT_THE_HOLDER = {"name", "sex", "nationality", "address", "birth", "age", "kanji"}
LIMIT = 13.2878
GOOD = Quality(12.0, 0.9, 0.0, 0.0, 1.0, 200.0, 150.0)

CARDS = 5_000


def _cards(seed: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Evidence of every kind at random, also such as no card would give."""
    rng = np.random.default_rng(seed)
    states = rng.integers(0, 5, (CARDS, WIDTH)) * (rng.random((CARDS, WIDTH)) < rng.random((CARDS, 1)))
    margins = rng.uniform(-1, 1, (CARDS, WIDTH)).astype(np.float32)
    margins[rng.random((CARDS, WIDTH)) < 0.3] = np.nan
    return states.astype(np.int64), margins


def _bits(states: NDArray[np.int64], margins: NDArray[np.float32]) -> NDArray[np.float64]:
    return fusion_model().bits(states, margins)


def _card(state: list[int], margin: list[float]) -> float:
    return float(_bits(np.array([state], np.int64), np.array([margin], np.float32)).sum())


def _result(id: str, result: Result, margin: float | None = None) -> CheckResult:
    return CheckResult(
        id, Group.MODEL, result, f"{id}.x", Basis.STATISTICAL, Effect.SUPPORTING, "", "front", margin=margin
    )


def test_a_worse_margin_never_lowers_the_score() -> None:
    states, margins = _cards(1)
    rng = np.random.default_rng(2)
    worse = margins.copy()
    at = (np.arange(CARDS), rng.integers(0, WIDTH, CARDS))
    worse[at] = np.maximum(margins[at] - rng.uniform(0, 2, CARDS).astype(np.float32), -1.0)
    assert (_bits(states, worse).sum(1) >= _bits(states, margins).sum(1) - 1e-4).all()
    assert (_bits(states, worse).sum(1) > _bits(states, margins).sum(1) + 0.1).any()


def test_a_worse_result_never_lowers_the_score() -> None:
    states, margins = _cards(3)
    at = (np.arange(CARDS), np.random.default_rng(4).integers(0, WIDTH, CARDS))
    ladder = []
    for state in (State.PASS, State.DOUBT, State.SUSPECT, State.FAIL):
        states[at] = state
        ladder.append(_bits(states, margins).sum(1))
    assert all((worse >= better - 1e-4).all() for better, worse in pairwise(ladder))


def test_the_whole_stays_within_its_limit_and_silence_weighs_nothing() -> None:
    states, margins = _cards(5)
    bits = _bits(states, margins)
    assert (np.abs(bits.sum(1)) <= LIMIT + 1e-3).all()
    assert (bits[states == State.SILENT] == 0).all()


def test_a_card_that_passes_everything_at_its_best_is_not_made_worse_by_any_check() -> None:
    _, margins = _cards(6)
    best = np.where(np.isnan(margins), np.nan, 1.0).astype(np.float32)
    assert (_bits(np.ones_like(best, np.int64), best) <= 1e-6).all()


def test_what_is_fixed_is_not_moved_by_a_margin() -> None:
    for id in ("text.stay_until", "chip.card_number", "cross.face"):
        at = IDS.index(id)
        for state in (State.PASS, State.DOUBT, State.FAIL):
            row = [int(state) if i == at else 0 for i in range(WIDTH)]
            spread = {round(_card(row, [m] * WIDTH), 5) for m in (-1.0, 0.0, 1.0, float("nan"))}
            assert len(spread) == 1


def test_nothing_about_the_holder_can_enter() -> None:
    """Not one check about who he is, and no input that could hold a text or a pixel."""
    assert set(IDS) <= {check.id for check in CHECKS}
    assert not {id for id in IDS if ABOUT_THE_HOLDER & set(id.replace(".", "_").split("_"))}
    opened = onnxruntime.InferenceSession(model_bytes(MODEL), providers=["CPUExecutionProvider"])
    assert {(i.name, i.type, tuple(i.shape)) for i in opened.get_inputs()} == {
        ("states", "tensor(int64)", ("n", WIDTH)),
        ("margins", "tensor(float)", ("n", WIDTH)),
    }
    assert len(model_bytes(MODEL)) < 1024 * 1024


def test_what_speaks_against_being_in_force_alone_weighs_nothing() -> None:
    lapsed = replace(_result(IDS[0], Result.FAIL, -1.0), refutes=Refutes.FORCE)
    found, _ = evidence([lapsed], IDS)
    assert not found.any()


@pytest.mark.parametrize("result", [Result.NOT_RUN, Result.NOT_APPLICABLE, Result.ERROR, Result.INCONCLUSIVE])
def test_missing_evidence_weighs_nothing(result: Result) -> None:
    weighed = weigh([_result(IDS[0], result), _result("forensics.recapture", Result.PASS, 0.2)], POLICY)
    assert weighed.results[0].weight_bits == 0.0
    alone = weigh([_result(IDS[0], result)], POLICY)
    assert (alone.score, alone.results[0].weight_bits) == (None, None)


@pytest.mark.parametrize("prior", [0.001, 0.05, 0.5])
def test_the_bits_and_the_prior_add_up_to_the_score(prior: float) -> None:
    policy = replace(POLICY, prior=prior)
    weighed = weigh([_result(id, Result.SUSPECT, -0.5) for id in IDS[:3]], policy)
    assert weighed.score is not None
    odds = log2(weighed.score.value / (1 - weighed.score.value))
    bits = sum(r.weight_bits or 0.0 for r in weighed.results)
    assert odds == pytest.approx(bits + log2(prior / (1 - prior)), abs=1e-6)
    assert bits > 0


def test_a_check_on_trial_has_no_weight_in_a_score_that_counts() -> None:
    results = [_result("forensics.recapture", Result.SUSPECT, -1.0), _result(IDS[0], Result.PASS, 1.0)]
    silent = Policy("trial", "1", evaluatory=frozenset({"forensics.recapture"}))
    both = replace(silent, evaluatory=silent.evaluatory | {SCORE_CHECK})
    assert weigh(results, silent).results[0].weight_bits == 0.0
    assert (weigh(results, both).results[0].weight_bits or 0.0) > 1.0


def test_the_operators_bands_are_used_where_he_has_any() -> None:
    results = [_result("forensics.recapture", Result.SUSPECT, -1.0)]
    strict = weigh(results, POLICY, Calibration("enr_1", -20.0, -19.0)).score
    mild = weigh(results, POLICY, Calibration("enr_1", 20.0, 21.0)).score
    assert strict is not None
    assert mild is not None
    assert (strict.band.value, mild.band.value) == ("high", "low")
    assert strict.calibration.id == "enr_1"


def test_the_limits_of_the_patch_network_belong_to_the_network_that_ships() -> None:
    """Whoever trains the one must fit the other anew, or its checks are not run."""
    assert fusion_model().network == manifest()[PATCH_MODEL].sha256
    assert fusion_model().patches is not None


def test_another_network_than_the_limits_were_set_for_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(fusion_model(), network="0" * 64)
    monkeypatch.setattr(sys.modules["service.scoring.patched"], "fusion_model", lambda: other)
    raster = np.zeros((638, 1012, 3), np.uint8)
    view = CardView(
        Side.FRONT, Role.FRONT, raster, np.eye(3), CaptureKind.SCAN, GOOD, "jp.residence_card.gen1", 1.0
    )
    assert patched(view, layout("jp.residence_card.gen1"), []).limits is None
