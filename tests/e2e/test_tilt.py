"""Tilt frames and a short video of a sample card through the real service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.specimens.tilt_clip import encode_video
from tests.e2e.samples import SAMPLE_CARDS, Sample, samples
from tests.e2e.service import Service


def _tilted(family: str) -> Sample:
    return next(s for s in samples().values() if "tilt_vertical" in s.files and s.answer["family"] == family)


def _frames(sample: Sample) -> list[bytes]:
    return [Path(SAMPLE_CARDS / name).read_bytes() for name in sample.files["tilt_vertical"]]


def _reasons(report: Any) -> dict[str, str]:
    return {check["id"]: check["reason"] for check in report["checks"] if check["id"].startswith("tilt.")}


@pytest.mark.parametrize("kind", ["frames", "mp4"])
def test_a_genuine_card_is_seen_to_change(service: Service, kind: str) -> None:
    sample = _tilted("genuine")
    frames = _frames(sample)
    sent: list[bytes] = frames if kind == "frames" else [encode_video(tuple(frames))]
    answer = service.verify({"front": sample.read("front"), "tilt_vertical": sent}, sample.request)
    assert answer.status == 200, answer.body
    report = answer.json
    assert _reasons(report)["tilt.sequence"] == "tilt.sequence.usable"
    assert _reasons(report)["tilt.same_card"] == "tilt.same_card.same"
    assert _reasons(report)["tilt.strip"] == "tilt.strip.changes"
    assert _reasons(report)["tilt.moj_mark"] == "tilt.moj_mark.changes"
    assert "tilt_replay_not_detectable" in report["limits"]
    assert "tilt_not_assessed" not in report["limits"]
    assert report["verdict"] != "suspect"


def test_a_broken_video_is_a_clear_problem(service: Service) -> None:
    sample = _tilted("genuine")
    broken = encode_video(tuple(_frames(sample)[:4]))[:200]
    answer = service.verify({"front": sample.read("front"), "tilt_vertical": [broken]}, sample.request)
    assert answer.problem == "image-undecodable"
