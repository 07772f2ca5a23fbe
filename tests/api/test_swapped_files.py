"""Files changed under a running service: a corrupted model, swapped anchors. Readiness says which."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.api.engine import EngineSlot
from service.models import manifest
from service.settings import ROOT, Settings


class Clock:
    now = 0.0

    def __call__(self) -> float:
        self.now += 60
        return self.now


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shutil.copytree(ROOT / "sample_cards" / "trust", tmp_path / "trust")
    shutil.copytree(ROOT / "models", tmp_path / "models")
    return Settings(
        data_dir=tmp_path / "data",
        trust_dir=tmp_path / "trust",
        models_dir=tmp_path / "models",
        trust_profile="sample",
        concurrency=1,
    )


@pytest.fixture
def slot(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineSlot]:
    monkeypatch.setenv("HONMONO_ENGINE_LOADER", "tests.worker.engines:obedient")
    made = EngineSlot(settings, clock=Clock())
    made.load()
    yield made
    made.close()
    manifest.cache_clear()


def test_a_corrupted_model_is_named_until_it_is_mended(slot: EngineSlot, settings: Settings) -> None:
    assert slot.readiness()["ready"] is True
    entry = next(model for model in manifest(settings.models_dir).values() if ":" not in model.file)
    path = settings.models_dir / entry.file
    intact = path.read_bytes()
    path.write_bytes(intact[:-1] + bytes([intact[-1] ^ 1]))
    state = slot.readiness()
    assert state["ready"] is False
    assert entry.id in state["models"]
    path.write_bytes(intact)
    assert slot.readiness()["ready"] is True


def test_a_swapped_anchor_is_refused_and_named(slot: EngineSlot, settings: Settings) -> None:
    assert slot.readiness()["trust_store"] == "ready"
    (settings.trust_dir / "sample-ca-1.crt").write_bytes(b"another certificate")
    state = slot.readiness()
    assert (state["ready"], state["trust_store"]) == (False, "changed")
    assert state["refused_anchors"] == ["sample-ca-1.crt"]


def test_another_list_of_anchors_is_not_ready_before_a_restart(slot: EngineSlot, settings: Settings) -> None:
    (settings.trust_dir / "anchors.json").write_text(json.dumps([]), encoding="utf-8")
    assert slot.readiness()["trust_store"] == "changed"
    (settings.trust_dir / "anchors.json").write_text("{", encoding="utf-8")
    assert "anchors.json" in slot.readiness()["trust_store"]


def test_a_removed_manifest_is_said(slot: EngineSlot, settings: Settings) -> None:
    (settings.models_dir / "manifest.json").unlink()
    manifest.cache_clear()
    assert slot.readiness()["ready"] is False
