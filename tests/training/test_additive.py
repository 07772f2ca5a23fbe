"""The fit of the fusion model on tables that are made up: what it learns, what it may not, what it writes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import onnxruntime
import pytest

from scripts.training.additive import LIMIT_BITS, Additive, Table, fit, slope_of
from scripts.training.evidence import (
    LEARNED,
    Trials,
    class_weights,
    plan,
    table_of,
    trials,
    with_fixed,
)
from scripts.training.fusion import fit_fusion
from scripts.training.fusion_graph import onnx_bytes
from service.checks.catalogue import CHECKS
from service.scoring import LEAST
from service.scoring.features import State

IDS = ("one", "twin", "idle", "rare")
GROUPS = {"alike": ("one", "twin"), "other": ("idle", "rare")}
FACTS: dict[str, Any] = {"bands": {"middle": 0.0, "high": 1.0}, "margins": {}}


def table(cards: int = 1200, seed: int = 1) -> Table:
    """``one`` tells half of the forged cards, ``twin`` repeats it; ``idle`` and ``rare`` know little."""
    rng = np.random.default_rng(seed)
    forged = rng.random(cards) < 0.5
    told = forged & (rng.random(cards) < 0.5)
    one = np.where(told, rng.normal(-0.3, 0.2, cards), rng.normal(0.6, 0.2, cards)).clip(-1, 1)
    margins = np.column_stack([one, one, rng.uniform(-1, 1, cards), np.where(told, -0.5, 0.5)])
    states = np.where(margins >= 0, State.PASS, State.SUSPECT).astype(np.int64)
    states[:, 3] *= rng.random(cards) < 0.02
    margins[states == State.SILENT] = np.nan
    weights = np.where(forged, 0.5 / forged.sum(), 0.5 / (~forged).sum())
    return Table(IDS, states, margins, forged, weights)


@pytest.fixture(scope="module")
def made() -> tuple[Table, Additive]:
    cards = table()
    return cards, fit(cards, GROUPS)


def test_what_tells_is_learned_and_what_does_not_is_not(made: tuple[Table, Additive]) -> None:
    cards, model = made
    terms = model.terms(cards.states, cards.margins)
    told = cards.forged & (cards.margins[:, 0] < -0.1)
    assert terms[told][:, :2].sum(1).min() > 2.0
    assert np.abs(terms[:, 2]).mean() < 0.25


def test_two_checks_that_repeat_each_other_count_once(made: tuple[Table, Additive]) -> None:
    cards, model = made
    alone = fit(cards, {"alike": ("one",)})
    told = cards.forged & (cards.margins[:, 0] < -0.1)
    both = model.terms(cards.states, cards.margins)[told][:, :2].sum(1).mean()
    single = alone.terms(cards.states, cards.margins)[told][:, 0].mean()
    assert both == pytest.approx(single, rel=0.35)


def test_a_term_ends_where_its_trials_do(made: tuple[Table, Additive]) -> None:
    cards, model = made
    spoken = cards.states[:, 3] != State.SILENT
    genuine = int((spoken & ~cards.forged).sum())
    assert model.highest[3] == pytest.approx(np.log2(max(genuine / 3, 1.0)))
    assert model.terms(cards.states, cards.margins)[:, 3].max() <= model.highest[3]


def test_the_file_says_what_the_tables_say_and_two_fits_are_one(made: tuple[Table, Additive]) -> None:
    cards, model = made
    data = onnx_bytes(model, FACTS)
    assert data == onnx_bytes(fit(table(), GROUPS), FACTS)
    opened = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    feed = {"states": cards.states, "margins": cards.margins.astype(np.float32)}
    (bits,) = opened.run(["bits"], feed)
    assert np.abs(bits.sum(1) - model.totals(cards.states, cards.margins)).max() < 1e-4


def test_more_than_the_limit_is_shared_out_evenly() -> None:
    model = replace(Additive.silent(("a", "b")), highest=np.array([40.0, 40.0]))
    model.offsets[:, State.FAIL] = [30.0, 10.0]
    opened = onnxruntime.InferenceSession(onnx_bytes(model, FACTS), providers=["CPUExecutionProvider"])
    feed = {"states": np.full((1, 2), State.FAIL, np.int64), "margins": np.full((1, 2), np.nan, np.float32)}
    (bits,) = opened.run(["bits"], feed)
    assert bits.sum() == pytest.approx(LIMIT_BITS, abs=1e-4)
    assert bits[0, 0] == pytest.approx(3 * bits[0, 1], rel=1e-4)


def test_the_slope_of_calibrated_odds_is_one() -> None:
    rng = np.random.default_rng(3)
    totals = rng.normal(0, 2, 20_000)
    forged = rng.random(20_000) < 1 / (1 + 2.0**-totals)
    assert slope_of(totals, forged, np.full(20_000, 1 / 20_000)) == pytest.approx(1.0, abs=0.05)
    assert slope_of(2 * totals, forged, np.full(20_000, 1 / 20_000)) == pytest.approx(0.5, abs=0.03)


def _row(
    id: str, forged: bool, family: str, group: str, *checks: tuple[str, str, float | None]
) -> dict[str, Any]:
    said = [{"id": c, "result": r, "margin": m, "effect": "supporting"} for c, r, m in checks]
    return {"id": id, "forged": forged, "family": family, "group": group, "checks": said}


def test_rows_become_states_as_the_service_sees_them_and_the_networks_answers_are_added() -> None:
    rows = [
        _row(
            "1",
            False,
            "genuine",
            "genuine",
            ("forensics.recapture", "pass", 0.3),
            ("text.dates", "not_run", None),
        ),
        _row("2", True, "printed_card", "print", ("forensics.recapture", "inconclusive", None)),
        _row("3", True, "edit_name", "edit", ("forensics.recapture", "inconclusive", -0.2)),
    ]
    rows[2]["checks"].append(
        {"id": "text.dates", "result": "suspect", "margin": -0.5, "effect": "informative"}
    )
    checks = ("forensics.recapture", "text.dates", *LEARNED)
    found = table_of(rows, checks, {"2": (-0.4, 0.1)})
    assert found.states.tolist() == [
        [State.PASS, 0, 0, 0], [0, 0, State.SUSPECT, State.PASS], [State.DOUBT, 0, 0, 0],
    ]  # fmt: skip
    assert found.margins[1].tolist()[2:] == [-0.4, 0.1]
    assert found.weights.tolist() == [0.5, 0.25, 0.25]


def test_families_of_a_group_share_its_weight_and_rules_and_chips_are_one_group() -> None:
    rows = [_row(str(n), True, f, g) for n, (f, g) in enumerate(
        [("a", "print"), ("a", "print"), ("b", "print"), ("c", "rule"), ("d", "chip")])]  # fmt: skip
    assert class_weights(rows).tolist() == pytest.approx([0.0625, 0.0625, 0.125, 0.125, 0.125])


def test_what_accuses_is_cut_back_to_its_trials_and_signatures_are_not() -> None:
    chosen = plan()
    tried = {id: Trials(30, 0) for id in chosen.checks}
    model = with_fixed(Additive.silent(chosen.checks), chosen, tried)
    assert model.offsets[chosen.checks.index("text.dates"), State.FAIL] == pytest.approx(np.log2(10))
    assert model.offsets[chosen.checks.index("chip.signature"), State.FAIL] == 13.0
    assert model.offsets[chosen.checks.index("cross.fields"), State.PASS] == -2.0
    assert Trials(300, 3).supported_bits < Trials(300, 0).supported_bits < np.log2(101)


def test_a_check_that_never_spoke_takes_the_least_of_its_kind() -> None:
    chosen = plan()
    tried = {id: Trials(400, 0) for id in chosen.checks}
    tried |= {"cross.fields": Trials(0, 0), "cross.face": Trials(400, 6), "tilt.same_card": Trials(3, 0)}
    model = with_fixed(Additive.silent(chosen.checks), chosen, tried)
    expected = Trials(400, 6).supported_bits
    assert model.offsets[chosen.checks.index("cross.fields"), State.FAIL] == pytest.approx(expected)


def test_trials_are_counted_on_genuine_cards() -> None:
    cards = table(200)
    found = trials(replace(cards, checks=tuple(plan().checks[: len(IDS)])))
    assert found[plan().checks[0]].spoken == int((~cards.forged).sum())


def test_the_plan_names_checks_that_there_are() -> None:
    known = {check.id for check in CHECKS}
    assert set(plan().checks) <= known
    assert len(plan().checks) == len(set(plan().checks))
    assert set(plan().earlier) <= set(plan().fixed)


def test_bands_never_begin_where_the_evidence_speaks_for_the_card() -> None:
    """Where every genuine card stays far below, a thousandth of a bit more would be a high band."""
    checks = plan().checks
    cards = 600
    rng = np.random.default_rng(4)
    forged = rng.random(cards) < 0.5
    states = np.zeros((cards, len(checks)), np.int64)
    column = checks.index("forensics.recapture")
    states[:, column] = np.where(forged, State.SUSPECT, State.PASS)
    margins = np.full((cards, len(checks)), np.nan)
    margins[:, column] = np.where(forged, -0.5, 0.5)
    made = Table(checks, states, margins, forged, np.full(cards, 1 / cards))
    fitted = fit_fusion(made, np.arange(cards) % 2 == 0, np.arange(cards) % 2 == 1)
    assert (fitted.middle, fitted.high) == (LEAST["middle"], LEAST["high"])
