"""From scans to limits: what is used, what is refused and why, and what the limits then say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scripts.enrolling.command import enrol, main
from scripts.enrolling.compare import outcome
from scripts.enrolling.scans import Scan, read_scan, read_truths, usable
from service.cards.enrolled import enrolled
from service.imaging.security.colour import Coloured
from service.scoring.patched import Patched
from service.settings import ROOT
from tests.enrolment.cards import DAY, LAYOUT, SAMPLES, engine, front, others, scan

NOW = datetime(2026, 11, 22, tzinfo=UTC)
GOLDEN = ROOT / "tests" / "golden" / "jp.special_permanent_resident.gen1" / "front.jpg"


def test_every_picture_that_is_of_no_use_is_named_with_its_reason() -> None:
    seen = engine()
    found = [
        scan(),
        read_scan(seen, "again.jpg", front(0), LAYOUT, at=DAY),
        read_scan(seen, "broken.jpg", front(1)[:4000], LAYOUT),
        read_scan(seen, "other.jpg", GOLDEN.read_bytes(), LAYOUT),
    ]
    scans, refused = usable(found)
    assert [item.file for item in scans] == ["a.jpg"]
    why = {item.file: item.why for item in refused}
    assert why["again.jpg"] == "it shows the same card as a.jpg"
    assert "image-undecodable" in why["broken.jpg"]
    assert why["other.jpg"] == "it shows a jp.special_permanent_resident.gen1"


def test_a_scan_keeps_no_pixels_and_is_judged_as_before() -> None:
    seen = scan()
    assert seen.case.captures["front"].picture.pixels.size == 3
    said = outcome(seen.case, None)
    assert (said.verdict, said.against) == ("no_sign_of_forgery", frozenset())


def test_the_truth_tells_what_was_misread() -> None:
    read = scan().case.printed("sex")
    assert read is not None
    wrong = {"sex": "X", "nationality": "?"}
    found = read_scan(engine(), "b.jpg", front(0), LAYOUT, wrong, DAY)
    assert isinstance(found, Scan)
    assert set(found.misread) == {"sex", "nationality"}


def test_truths_come_as_csv_or_json(tmp_path: Path) -> None:
    table = tmp_path / "truth.csv"
    table.write_text("file,card_number,sex\na.jpg,AB12345678CD,\n", encoding="utf-8")
    assert read_truths(table) == {"a.jpg": {"card_number": "AB12345678CD"}}
    other = tmp_path / "truth.json"
    other.write_text('{"a.jpg": {"sex": "F"}}', encoding="utf-8")
    assert read_truths(other) == {"a.jpg": {"sex": "F"}}
    other.write_text("[1]", encoding="utf-8")
    with pytest.raises(ValueError, match=r"truth\.json"):
        read_truths(other)


def test_twenty_cards_give_limits_that_may_accuse_and_hold_nothing_of_any_card() -> None:
    cards = others(20)
    made = enrol(cards, LAYOUT, NOW)
    limits = enrolled(made.document)
    assert limits.cards == 20
    assert limits.scope.holds("scan", 11.8)
    assert not limits.scope.holds("phone", 11.8)
    assert limits.features["seal"].accuses
    assert limits.features["seal"].source == "enrolled"
    assert not limits.features["ovi_mark"].accuses
    assert all(not after.against for _, _, after in made.held_out)
    text = json.dumps(made.document, ensure_ascii=False)
    read = [field.value for field in scan().case.fields if field.value and len(field.value) > 3]
    assert read
    assert not [value for value in read if value in text]
    assert "a.jpg" not in text


def test_a_card_beyond_an_enrolled_limit_is_suspect_and_was_a_note_before() -> None:
    limits = enrolled(enrol(others(20), LAYOUT, NOW).document)
    security = scan().case.security
    assert security is not None
    blue = replace(security, seal=Coloured(0.6, 220.0, 0.4, (0.89, 0.87, 0.07, 0.1)))
    forged = replace(scan().case, security=blue)
    before, after = outcome(forged, None), outcome(forged, limits)
    assert (before.verdict, "security.seal" in before.unusual) == ("no_sign_of_forgery", True)
    assert (after.verdict, after.against) == ("suspect", frozenset({"security.seal"}))


def test_what_a_held_out_scan_breaks_may_not_accuse() -> None:
    cards = others(20)
    security = cards[7].case.security
    assert security is not None
    assert security.seal is not None
    odd = replace(security, seal=replace(security.seal, share=security.seal.share - 0.3))
    cards[7] = replace(cards[7], case=replace(cards[7].case, security=odd))
    made = enrol(cards, LAYOUT, NOW)
    assert not made.document["features"]["seal"]["accuses"]
    assert "seal" in made.limits.doubtful
    assert outcome(cards[7].case, enrolled(made.document)).against == frozenset()


def test_fewer_than_twenty_cards_enrol_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HONMONO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HONMONO_TRUST_PROFILE", "sample")
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "broken.jpg").write_bytes(front(0)[:3000])
    assert main([str(tmp_path / "scans"), "--layout", LAYOUT]) == 2
    told = capsys.readouterr()
    assert "broken.jpg: not a picture" in told.out
    assert "20 are needed" in told.err
    assert not (tmp_path / "data" / "enrolments").exists()


@pytest.mark.parametrize(
    ("layout", "why"),
    [("jp.nothing", "there is no layout"), ("jp.residence_card.gen2", "not judged")],
)
def test_a_layout_that_is_not_judged_is_not_enrolled(
    layout: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(SAMPLES), "--layout", layout]) == 2
    assert why in capsys.readouterr().err


def test_the_patch_networks_limits_move_to_where_own_cards_lie() -> None:
    """A network taught on drawn cards finds every real one strange until it is told what is usual here."""
    if scan().case.patched.scores is None:
        raise AssertionError("the sample card was not shown to the network")
    cards = [
        replace(item, case=replace(item.case, patched=_nearness(item.case.patched, -0.4 + 0.004 * number)))
        for number, item in enumerate(others(20))
    ]
    limits = enrolled(enrol(cards, LAYOUT, NOW).document)
    assert "model.conformity" in outcome(cards[3].case, None).unusual
    assert "model.conformity" not in outcome(cards[3].case, limits).unusual
    stranger = replace(cards[3].case, patched=_nearness(cards[3].case.patched, -0.95))
    assert "model.conformity" in outcome(stranger, limits).unusual


def _nearness(seen: Patched, value: float) -> Patched:
    return replace(seen, scores=seen.scores and replace(seen.scores, genuine=value))
