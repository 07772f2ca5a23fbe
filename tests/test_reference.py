"""The issuer's own specimen through the whole path: the same answer however it was captured (issue 2)."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import cv2
import pytest

from service.evidence import Role
from service.report import Report
from service.settings import Settings
from service.submission import Submission, VerifyRequest
from service.verify import Engine
from tests.reading.samples import SPECIMEN, TRUTH, VARIANTS, load, needs_specimen

pytestmark = [pytest.mark.reference, needs_specimen]

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@cache
def engine() -> Engine:
    return Engine.load(Settings(trust_profile="production"))


@cache
def report(variant: str) -> Report:
    pixels, _ = VARIANTS[variant](load(SPECIMEN))
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])
    front = SPECIMEN.read_bytes() if variant == "as_published" else encoded.tobytes()
    submission = Submission(pictures={Role.FRONT: front}, request=VerifyRequest())
    return engine().verify(submission, now=NOW, verification_id="vrf_" + "0" * 26)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_field_is_read_exactly(variant: str) -> None:
    found = {f.name.value: f.value for f in report(variant).fields}
    assert found == TRUTH


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_is_invalid_by_its_mark_and_expired(variant: str) -> None:
    answer = report(variant)
    assert answer.document.layout == "jp.residence_card.gen1"
    assert (answer.verdict.value, answer.verdict_reason) == ("invalid", "security.specimen_mark.present")
    assert answer.entitlement.card.state.value == "expired"
    assert answer.entitlement.stay.state.value == "expired"


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_on_it_counts_as_forged(variant: str) -> None:
    counted = [check for check in report(variant).checks if check.effect.value != "informative"]
    against = {check.id for check in counted if check.result.value in ("fail", "suspect")}
    assert against == {"security.specimen_mark"}


@pytest.mark.parametrize("id", ["date_print", "full_width_print", "number_print", "name_print"])
def test_its_texts_are_of_the_faces_that_the_checks_expect(id: str) -> None:
    """The issuer's own drawing bears out what these checks rest on."""
    found = next(check for check in report("as_published").checks if check.id == f"forensics.{id}")
    assert found.reason == f"forensics.{id}.alike"
