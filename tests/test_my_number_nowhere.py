"""A made-up My Number goes through the whole service and is found nowhere: report, log, fields, store."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

import pytest
import structlog

from service.evidence import Role
from service.report import Report
from service.settings import Settings
from service.store.keeping import kept_files
from service.submission import Submission, VerifyRequest
from service.verify import Engine
from tests.reading.codes import GROUPED, MY_NUMBER, back, code, front, on_table, png, printed, with_code

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _files(name: str) -> Mapping[Role, bytes]:
    marked = with_code(printed(back(), GROUPED), code(MY_NUMBER), 760, 80)
    return {
        "back": {Role.FRONT: png(on_table(front())[0]), Role.BACK: png(on_table(marked)[0])},
        "sent_as_front": {Role.FRONT: png(on_table(marked)[0])},
        "light_behind": {Role.FRONT: png(on_table(front())[0]), Role.SEE_THROUGH: png(on_table(marked)[0])},
    }[name]


@cache
def _run(name: str) -> tuple[Report, str, Submission]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    logging.getLogger().addHandler(handler)
    submission = Submission(pictures=_files(name), request=VerifyRequest(store="evidence"))
    engine = Engine.load(Settings(trust_profile="sample", onnx_threads=1))
    with structlog.testing.capture_logs() as lines:
        report = engine.verify(submission, now=NOW, verification_id="vrf_" + "0" * 26)
    logging.getLogger().removeHandler(handler)
    return report, out.getvalue() + json.dumps(lines, default=repr), submission


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


CASES = ("back", "sent_as_front", "light_behind")


@pytest.mark.parametrize("name", CASES)
def test_the_report_says_so_and_holds_nothing_of_it(name: str) -> None:
    report, logged, _ = _run(name)
    assert "my_number_blacked_out" in report.limits
    text = json.dumps(report.full_detail(), ensure_ascii=False)
    for place in (text, logged):
        assert MY_NUMBER not in _bare(place)
        assert MY_NUMBER[4:8] + MY_NUMBER[8:] not in _bare(place)


@pytest.mark.parametrize("name", CASES)
def test_no_picture_of_the_request_is_kept(name: str) -> None:
    report, _, submission = _run(name)
    assert not any(role.value in kept_files(submission, report) for role in Role)


def test_a_genuine_front_keeps_its_fields() -> None:
    report, _, _ = _run("back")
    number = next(field for field in report.fields if field.name.value == "card_number")
    assert number.value
    assert len(number.value) == 12


def test_without_a_number_the_pictures_are_kept() -> None:
    submission = Submission(pictures={Role.FRONT: b"x"}, request=VerifyRequest(store="evidence"))
    report = _run("back")[0].model_copy(update={"limits": ()})
    assert kept_files(submission, report) == {"front": b"x"}
