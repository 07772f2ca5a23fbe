"""Every golden picture is recognised and read: its layout, its side, each field exactly (docs/layouts.md)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from service.evidence import Role
from service.report import Report
from service.settings import Settings
from service.submission import Submission, VerifyRequest
from service.verify import Engine
from tests.golden.draw import GOLDEN

FOLDERS = sorted(path.parent for path in GOLDEN.glob("*/answer.json"))
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _id(folder: Path) -> str:
    return folder.name


@cache
def _report(folder: Path) -> Report:
    engine = Engine.load(Settings(trust_profile="sample", onnx_threads=1))
    pictures = {Role.FRONT: (folder / "front.jpg").read_bytes()}
    submission = Submission(pictures=pictures, request=VerifyRequest())
    return engine.verify(submission, now=NOW, verification_id="vrf_" + "0" * 26)


def _answer(folder: Path) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    return answer


def test_there_are_golden_pictures() -> None:
    assert FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=_id)
def test_it_is_recognised_as_its_layout(folder: Path) -> None:
    assert _report(folder).document.layout == folder.name


@pytest.mark.parametrize("folder", FOLDERS, ids=_id)
def test_every_field_is_read(folder: Path) -> None:
    read = {field.name.value: field.value for field in _report(folder).fields}
    wanted = _answer(folder)["fields"]
    assert {name: read.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("folder", FOLDERS, ids=_id)
def test_it_gets_the_verdict_that_its_layout_allows(folder: Path) -> None:
    report, answer = _report(folder), _answer(folder)
    assert (report.verdict.value, report.verdict_reason) == (answer["verdict"], answer["reason"])


@pytest.mark.parametrize("folder", FOLDERS, ids=_id)
def test_nothing_speaks_against_it(folder: Path) -> None:
    against = [c.id for c in _report(folder).checks if c.result.value in ("fail", "suspect", "error")]
    assert against == []
