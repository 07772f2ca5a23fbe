"""An operator's own cards as rows of the data set."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.dataset.own import OWN, labelled, reviewed_cards, write_own
from scripts.dataset.shards import load_patches, load_rows
from scripts.training.patch_data import Role, role_of
from scripts.training.steps import STANDARD
from tests.enrolment.cards import SAMPLES, engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A genuine card twice, and one forged in a way that has no name here."""
    place = tmp_path / "cards"
    (place / "genuine").mkdir(parents=True)
    (place / "forged" / "scratched_off").mkdir(parents=True)
    first, second = sorted(SAMPLES.glob("*"))[:2]
    shutil.copy(first / "front.jpg", place / "genuine" / "one.jpg")
    shutil.copy(first / "front.jpg", place / "genuine" / "same.jpg")
    shutil.copy(second / "front.jpg", place / "forged" / "scratched_off" / "two.jpg")
    (place / "genuine" / "note.txt").write_text("no picture", encoding="utf-8")
    return place


def test_a_labelled_folder_becomes_rows_that_teach(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "own"
    assert write_own(folder, out, engine()) == 2
    rows = {row["family"]: row for row in load_rows(out).to_pylist()}
    assert set(rows) == {"genuine", "scratched_off"}
    assert not rows["genuine"]["forged"]
    assert rows["scratched_off"]["forged"]
    assert {row["renderer"] for row in rows.values()} == {OWN}
    assert role_of({**rows["genuine"], "pair": 1}) == Role.TEACH
    assert {check["id"] for check in rows["genuine"]["checks"]} >= {"layout.labels", "security.seal"}
    ids, patches, shown = load_patches(out)
    assert ids == [rows["genuine"]["id"]]  # nobody said where the forged one was altered
    assert patches.shape[0] == shown.shape[0] == 1


def test_families_known_by_name_keep_their_group(tmp_path: Path) -> None:
    (tmp_path / "forged" / "printed_card").mkdir(parents=True)
    (tmp_path / "forged" / "printed_card" / "x.jpg").write_bytes(b"")
    (card,) = labelled(tmp_path)
    assert (card.family, card.group, card.forged) == ("printed_card", "print", True)
    with pytest.raises(ValueError, match="neither genuine"):
        labelled(tmp_path / "forged")


def test_decided_cases_become_rows_without_pictures(tmp_path: Path) -> None:
    check = {
        "id": "layout.labels", "group": "layout", "result": "pass", "reason": "layout.labels.as_expected",
        "not_run_reason": None, "effect": "supporting", "measured": None, "threshold": None, "margin": None,
        "region": None,
    }  # fmt: skip
    line = {
        "id": "vrf_1", "label": "forged", "verdict": "suspect", "layout": "jp.residence_card.gen1",
        "checks": [check], "inputs": [{"role": "front", "width": 10, "height": 6, "quality": None}],
    }  # fmt: skip
    export = tmp_path / "cases.ndjson"
    export.write_text(json.dumps(line) + "\n", encoding="utf-8")
    (made,) = reviewed_cards(export)
    assert (made.row["forged"], made.row["family"], made.row["verdict"]) == (True, "reviewed", "suspect")
    assert made.row["checks"][0]["id"] == "layout.labels"
    assert write_own(export, tmp_path / "own") == 1
    assert load_rows(tmp_path / "own").num_rows == 1
    export.write_text('{"id": "vrf_1"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="line 1"):
        list(reviewed_cards(export))


def test_training_reads_added_sets_beside_the_drawn_one(tmp_path: Path) -> None:
    run = replace(STANDARD, data=tmp_path / "drawn", added=(tmp_path / "cards",))
    drawn, own = run.sets
    assert drawn == tmp_path / "drawn"
    assert own.parent == tmp_path
    assert own == run.sets[1]
