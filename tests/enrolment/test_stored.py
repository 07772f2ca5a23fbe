"""Enrolments as files: signed, verified at the start, refused with a clear word, retired."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.api.engine import _readiness
from service.cards.enrolled import FORMAT, enrolled
from service.cli import app
from service.enrolments import KEY_FILE, PUBLIC_FILE, SigningKey, load_enrolments, retire, store
from service.errors import ConfigurationError
from service.evidence import Role
from service.settings import Settings, settings
from service.submission import Submission, VerifyRequest
from service.verify import Engine
from tests.enrolment.cards import DAY, LAYOUT, engine, front

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def document(id: str = "enr_1", made: str = "2026-11-20T00:00:00+00:00", **more: Any) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "id": id,
        "layout": LAYOUT,
        "created_at": made,
        "cards": 20,
        "scope": {"kinds": ["scan"], "px_per_mm": [7.0, 14.0]},
        "features": {"seal": {"accuses": True, "ranges": {"share": [0.2, 1.0], "hue": [-30.0, 45.0]}}},
        "traces": {"recapture": 4.4},
        "labels": {"like": 0.55, "displaced_mm": 1.2, "places_mm": {"name_ja": [0.1, -0.1]}},
        "bands": {"middle": 1.0, "high": None},
        **more,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "enrolments"


@pytest.fixture
def key(tmp_path: Path, folder: Path) -> SigningKey:
    return SigningKey.open(tmp_path, folder)


def test_the_private_key_is_the_operators_alone_and_is_kept(
    tmp_path: Path, folder: Path, key: SigningKey
) -> None:
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert b"PRIVATE" not in (folder / PUBLIC_FILE).read_bytes()
    again = SigningKey.open(tmp_path, folder)
    assert again.signed(document()) == key.signed(document())


def test_a_stored_enrolment_is_in_force(folder: Path, key: SigningKey) -> None:
    path = store(folder, document(), key)
    assert path == folder / LAYOUT / "enr_1.json"
    found = load_enrolments(folder)
    assert found.calibration == "enr_1"
    assert not found.refused
    one = found.by_layout[LAYOUT]
    assert one.features["seal"].holds("share", 0.2)
    assert one.trace("recapture", 3.9) == 4.4
    assert one.trace("field_edges", 0.2) == 0.2
    assert one.labels is not None
    assert one.labels.place("sex_ja") == (0.0, 0.0)


def test_the_newest_is_in_force_until_it_is_retired(folder: Path, key: SigningKey) -> None:
    store(folder, document("enr_new", "2026-11-21T00:00:00+00:00"), key)
    store(folder, document("enr_old"), key)
    assert load_enrolments(folder).calibration == "enr_new"
    retire(folder, "enr_new")
    assert load_enrolments(folder).calibration == "enr_old"
    with pytest.raises(ConfigurationError, match="no enrolment enr_new"):
        retire(folder, "enr_new")


def _rewritten(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"cards": 500}, "changed after it was signed"),
        ({"features": {}}, "changed after it was signed"),
        ({"signature": None}, "not signed"),
        ({"signature": {"algorithm": "none", "key": "", "value": ""}}, "another key"),
    ],
)
def test_a_changed_file_is_refused_with_its_reason(
    folder: Path, key: SigningKey, changes: dict[str, Any], why: str
) -> None:
    _rewritten(store(folder, document(), key), **changes)
    found = load_enrolments(folder)
    assert found.calibration == "synthetic"
    assert why in found.refused[f"{LAYOUT}/enr_1.json"]


def test_a_file_of_another_operator_under_another_name_or_of_no_form_is_refused(
    tmp_path: Path, folder: Path, key: SigningKey
) -> None:
    path = store(folder, document(), key)
    path.rename(path.with_name("enr_2.json"))
    (folder / LAYOUT / "enr_3.json").write_text("{", encoding="utf-8")
    foreign = SigningKey.open(tmp_path / "other", tmp_path / "other" / "enrolments")
    store(folder, document("enr_4"), foreign)
    why = load_enrolments(folder).refused
    assert "another name" in why[f"{LAYOUT}/enr_2.json"]
    assert "cannot be read" in why[f"{LAYOUT}/enr_3.json"]
    assert "another key" in why[f"{LAYOUT}/enr_4.json"]


def test_without_the_public_key_nothing_is_believed(folder: Path, key: SigningKey) -> None:
    store(folder, document(), key)
    (folder / PUBLIC_FILE).unlink()
    found = load_enrolments(folder)
    assert found.calibration == "synthetic"
    assert PUBLIC_FILE in next(iter(found.refused.values()))


def test_another_private_key_does_not_take_the_place_of_the_public_one(
    tmp_path: Path, folder: Path, key: SigningKey
) -> None:
    with pytest.raises(ConfigurationError, match="belongs to another"):
        SigningKey.open(tmp_path / "other", folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "honmono-enrolment/9"},
        {"traces": {"guess": 1.0}},
        {"created_at": "2026-11-20T00:00:00"},
        {"bands": {"middle": 3.0, "high": 1.0}},
        {"features": {"seal": {"accuses": True, "ranges": {"share": [1.0, 0.2]}}}},
        {"scope": {"kinds": ["scan"], "px_per_mm": [7.0, float("nan")]}},
        {"scope": 7},
    ],
)
def test_what_does_not_fit_is_no_enrolment(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        enrolled(document(**changes))


def test_the_command_lists_verifies_and_retires(
    tmp_path: Path, folder: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HONMONO_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    store(folder, document(), key)
    run = CliRunner().invoke
    assert "in force" in run(app, ["enrolments", "list"]).stdout
    assert run(app, ["enrolments", "verify"]).exit_code == 0
    _rewritten(folder / LAYOUT / "enr_1.json", cards=21)
    checked = run(app, ["enrolments", "verify"])
    assert (checked.exit_code, "changed after" in checked.stdout) == (2, True)
    assert run(app, ["enrolments", "retire", "enr_1"]).exit_code == 0
    assert run(app, ["enrolments", "verify"]).exit_code == 2
    settings.cache_clear()


def test_the_engine_takes_the_enrolment_in_and_says_so_in_readiness_and_report(
    folder: Path, key: SigningKey
) -> None:
    path = store(folder, document(), key)
    loaded = engine(folder)
    assert (loaded.readiness()["ready"], loaded.readiness()["calibration"]) == (True, "enr_1")
    request = VerifyRequest(reference_time=DAY, store="none")
    report = loaded.verify(
        Submission(pictures={Role.FRONT: front(2)}, request=request),
        now=NOW,
        verification_id="vrf_" + "0" * 26,
    )
    assert report.engine.calibration == "enr_1"
    assert "synthetic_calibration" not in report.limits
    _rewritten(path, cards=500)
    state = engine(folder).readiness()
    assert (state["ready"], state["calibration"]) == (False, "synthetic")
    assert "changed after it was signed" in state["enrolments_refused"][f"{LAYOUT}/enr_1.json"]


def test_a_capture_of_another_sort_is_judged_by_the_shipped_limits(folder: Path, key: SigningKey) -> None:
    store(folder, document(scope={"kinds": ["phone"], "px_per_mm": [7.0, 14.0]}), key)
    report = engine(folder).verify(
        Submission(pictures={Role.FRONT: front(3)}, request=VerifyRequest(reference_time=DAY, store="none")),
        now=NOW,
        verification_id="vrf_" + "0" * 26,
    )
    assert report.engine.calibration == "synthetic"
    assert "synthetic_calibration" in report.limits


def test_a_running_service_keeps_what_it_loaded_and_says_what_a_restart_takes_in(
    folder: Path, key: SigningKey
) -> None:
    given = Settings(trust_profile="sample", enrolment_dir=folder)
    in_use = Engine.load(given)
    path = store(folder, document(), key)
    state = _readiness(given, in_use.trust.digest, in_use.enrolments.calibration)
    assert (state["ready"], state["calibration"]) == (True, "synthetic")
    assert state["calibration_after_restart"] == "enr_1"
    _rewritten(path, cards=500)
    state = _readiness(given, in_use.trust.digest, in_use.enrolments.calibration)
    assert (state["ready"], list(state["enrolments_refused"])) == (False, [f"{LAYOUT}/enr_1.json"])
