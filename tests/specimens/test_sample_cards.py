"""The shipped collection: complete, small, keyless, and what its index says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2] / "sample_cards"


@pytest.fixture(scope="module")
def index() -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((ROOT / "index.json").read_text(encoding="utf-8"))["cases"]
    return cases


def test_index_names_every_file_and_nothing_else(index: list[dict[str, Any]]) -> None:
    named = [name for case in index for files in case["parts"].values() for name in files]
    assert len(named) == len(set(named))
    found = {p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*") if p.is_file()}
    extra = {"README.md", "index.json", "trust/anchors.json", "trust/sample-ca-1.crt"}
    assert found == set(named) | extra


def test_collection_is_small() -> None:
    assert sum(p.stat().st_size for p in ROOT.rglob("*") if p.is_file()) < 15_000_000


def test_enough_people_and_every_threat(index: list[dict[str, Any]]) -> None:
    people = [case for case in index if case["family"] == "genuine"]
    assert len(people) >= 12
    answers = [json.loads((ROOT / case["folder"] / "answer.json").read_text("utf-8")) for case in people]
    assert len({a["fields"]["nationality"] for a in answers}) >= 12
    assert len({a["fields"]["status_of_residence"] for a in answers}) >= 12
    assert sum("tilt_vertical" in case["parts"] for case in people) == 2
    assert all({"front", "back"} <= set(case["parts"]) for case in people)
    assert {case["threat"] for case in index} >= {f"T{i}" for i in range(1, 9)} | {"chip", None}


def test_answers_agree_with_the_index(index: list[dict[str, Any]]) -> None:
    for case in index:
        answer = json.loads((ROOT / case["folder"] / "answer.json").read_text("utf-8"))
        assert answer["verdicts"] == case["verdicts"]
        assert answer["has_chip"] == ("chip" in case["parts"])
        assert "reference_time" in json.loads((ROOT / case["folder"] / "request.json").read_text("utf-8"))


def test_pictures_are_jpeg_of_at_most_300_dpi(index: list[dict[str, Any]]) -> None:
    for case in index:
        with Image.open(ROOT / case["parts"]["front"][0]) as picture:
            assert picture.format == "JPEG"
            assert max(picture.info.get("dpi", (72, 72))) <= 300


def test_anchor_has_its_digest_and_no_key_is_shipped() -> None:
    anchors = json.loads((ROOT / "trust" / "anchors.json").read_text("utf-8"))
    assert [row["profile"] for row in anchors] == ["sample"]
    for row in anchors:
        assert hashlib.sha256((ROOT / "trust" / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    assert not any(
        b"PRIVATE KEY" in p.read_bytes() for p in ROOT.rglob("*") if p.suffix != ".jpg" and p.is_file()
    )
