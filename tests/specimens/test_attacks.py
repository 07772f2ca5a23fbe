"""Every family says what it breaks, and does break it."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from scripts.specimens import tables
from scripts.specimens.attacks import FAMILIES
from scripts.specimens.rules import RULE_FAMILIES
from scripts.specimens.specimen import Bench
from scripts.specimens.stream import ALL_FAMILIES, forge, forgeries, genuine
from scripts.specimens.tilt import ATTACKS, AXES, tilt_frames

THREATS = {f"T{i}" for i in range(1, 9)}
VERDICTS = {"forged", "invalid", "suspect", "inconclusive", "authentic", "no_sign_of_forgery"}
KNOWN_CHECK = re.compile(r"(chip|cross|text|layout|registry)\.[a-z_]+")


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench.fresh(chip=True)


def test_every_threat_class_has_a_family(bench: Bench) -> None:
    threats = {forge(family, 1, 0, Bench()).answer.threat for family in FAMILIES}
    assert threats == THREATS


@pytest.mark.parametrize("family", sorted(ALL_FAMILIES))
def test_answers_are_complete(family: str, bench: Bench) -> None:
    made = forge(family, 2, 0, bench)
    answer = made.answer
    assert answer.family == family
    assert set(answer.verdicts) == {"sample", "production"}
    assert all(set(v) <= VERDICTS and v for v in answer.verdicts.values())
    assert all(KNOWN_CHECK.fullmatch(id) for id in answer.checks)
    assert all(e.reason is None or e.reason.startswith(id) for id, e in answer.checks.items())
    assert "reference_time" in made.request
    assert answer.has_chip == (made.dump is not None)
    assert answer.to_json()["fields"]["nationality"]
    if family in RULE_FAMILIES:
        assert answer.broken_rule


@pytest.mark.parametrize("family", ["impostor", "expired"])
def test_genuine_cards_in_bad_hands_keep_their_verdict(family: str, bench: Bench) -> None:
    assert forge(family, 1, 0, bench).answer.verdicts["sample"] == ("authentic",)
    assert forge(family, 1, 0, Bench()).answer.verdicts["sample"] == ("no_sign_of_forgery",)


def test_period_and_work_families_break_the_tables() -> None:
    allowed = {s.name: s.periods for s in tables.STATUSES}
    for index in range(4):
        fields = forge("period_not_allowed", 1, index, Bench()).answer.fields
        assert fields["period_of_stay"] not in allowed[fields["status_of_residence"]]
        fields = forge("work_not_fitting", 1, index, Bench()).answer.fields
        status = next(s for s in tables.STATUSES if s.name == fields["status_of_residence"])
        assert fields["work_restriction"] != tables.WORK_TEXTS[status.work]


def test_old_layout_family_is_dated_after_the_end() -> None:
    for index in range(4):
        assert forge("old_layout_after_end", 1, index, Bench()).answer.fields["issue_date"] > "2026-06-13"


def test_stream_repeats_itself() -> None:
    first, second = list(genuine(3, 2, capture="scan")), list(genuine(3, 2, capture="scan"))
    assert [item[0] for item in first] == [item[0] for item in second]
    assert first[0][3] == second[0][3]
    assert first[0][0] != first[1][0]


def test_stream_of_forgeries_edits_the_finished_picture() -> None:
    pictures, dump, request, answer = next(forgeries("edit_work", 1, 1, capture="phone"))
    assert pictures["front"][:2] == b"\xff\xd8"
    assert dump is None
    assert answer.capture == "phone"
    assert answer.fields["work_restriction"] == "就労制限なし"
    assert json.loads(json.dumps(request)) == request


@pytest.mark.parametrize("axis", AXES)
def test_tilt_moves_the_corners_there_and_back(axis: str) -> None:
    card = forge("impostor", 1, 0, Bench()).card
    shots = tilt_frames(card, axis, np.random.default_rng(1), frames=5)
    ends = float(np.abs(shots[0].corners - shots[4].corners).max())
    middle = float(np.abs(shots[0].corners - shots[2].corners).max())
    assert middle > 2 * ends


def test_strip_goes_from_green_to_pink_and_a_print_does_not() -> None:
    card = forge("impostor", 1, 0, Bench()).card

    def swing(attack: str | None) -> float:
        shots = tilt_frames(card, "vertical", np.random.default_rng(1), attack, frames=5)
        tints = []
        for shot in (shots[0], shots[2]):
            x, y = (shot.corners[0] + shot.corners[3]) / 2
            _, green, red = shot.pixels[int(y) - 20 : int(y) + 20, int(x) + 2 : int(x) + 6].mean((0, 1))
            tints.append(red - green)
        return float(tints[1] - tints[0])

    assert swing(None) > 60
    assert abs(swing("print")) < 40
    assert len(ATTACKS) == 6
