"""The score at the real service: what a client sees of it, and what a model that differs leads to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.samples import SAMPLE_CARDS, sample
from tests.e2e.service import ROOT, Service, serving

MODELS = ("card-forgery", "patch-net")
CHECKS = {"card-forgery": "model.forgery_score", "patch-net": "model.patches"}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "models", tmp_path / "models"))


@pytest.mark.parametrize("model", MODELS)
def test_a_swapped_model_is_not_used_and_nothing_crashes(model: str, models: Path, tmp_path: Path) -> None:
    path = models / f"{model}.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    case = sample("genuine")
    with serving(
        tmp_path, trust_profile="sample", trust_dir=SAMPLE_CARDS / "trust", models_dir=models
    ) as running:
        ready = running.send("GET", "/readyz")
        assert ready.status == 503
        assert model in ready.json["models"]
        answer = running.verify({"front": case.read("front")}, {"store": "none", "detail": "full"})
    assert answer.status == 200
    checks = {check["id"]: check for check in answer.json["checks"]}
    found = checks[CHECKS[model]]
    assert (found["result"], found["not_run_reason"]) == ("not_run", "dependency_unavailable")
    assert answer.json["verdict"] == "no_sign_of_forgery"
    if model == "card-forgery":
        assert answer.json["forgery_score"] is None
        assert all(check["weight_bits"] is None for check in checks.values())
    else:
        assert answer.json["forgery_score"]["model"] == "card-forgery"
        assert checks["model.patches"]["weight_bits"] == 0.0


def test_a_client_sees_the_band_and_no_weights(service: Service) -> None:
    case = sample("genuine")
    answer = service.verify({"front": case.read("front")}, {"store": "none"})
    assert answer.json["forgery_score"] == {
        "value": 0.0, "band": "low", "prior": 0.05, "model": "card-forgery",
    }  # fmt: skip
    assert not any("weight_bits" in check or "margin" in check for check in answer.json["checks"])
    assert "card-forgery" in {model["id"] for model in answer.json["engine"]["models"]}
    assert service.send("GET", "/readyz").json["calibration"] == "synthetic"
