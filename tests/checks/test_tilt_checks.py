"""What the facts of tilt sequences mean: every outcome, and who may be accused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from service.cards.layout import layout
from service.checks.base import run_check
from service.checks.case import Capture, Case
from service.checks.tilt import CHECKS
from service.checks.tilt_sequence import sequence_fault
from service.evidence import CaptureKind, ImageMetadata, Location, Picture, Role
from service.imaging.tilt import Change, LetterMotion, LightMotion, Sequence, TiltFacts
from service.imaging.tilt.identity import SameCard
from service.imaging.tilt.see_through import SeeThrough
from service.imaging.tilt.turned import Inversion
from service.policies import policy
from service.verdict import Group, NextAction, Result

FILM = Change(60, 0.97, 0.88, 0.95, 0.3, 170, -30, 30, 90, 16)
PRINT = Change(1.5, 0.3, 0.3, 0.1, 0.2, 3, 20, 21, 3, 16)
SWAPPED = Change(90, 0.1, 0.15, -0.2, 0.99, 160, -40, 50, 110, 16)
RAINBOW = Change(90, 0.3, 0.3, 0.7, 0.2, 600, -40, 50, 150, 16)
WEAK = replace(FILM, swing=11)
"""A film that answers, with a score of 9."""
DIM = Change(7, 0.9, 0.8, 0.8, 0.3, 20, -2, 5, 12, 16)
NO_LIGHT = LightMotion(0, 0.0, np.zeros((7, 11), np.bool_))
LIGHT = LightMotion(77, 60.0, np.ones((7, 11), np.bool_))
BESIDE = LightMotion(2, 20.0, np.zeros((7, 11), np.bool_))
"""A reflection that ran over another part than the photo."""
FAINT = LetterMotion(2.2, 3.0, 4.0, 16, 0.08)
"""Too little to count as floating, too much to count as missing."""
FLOAT, NO_LETTERS = LetterMotion(2.2, 9.0, 4.0, 16, 0.4), LetterMotion(2.2, 1.0, 2.0, 16, 0.03)
SAME, OTHER, POOR = SameCard(0.95, 0.95, 6), SameCard(0.1, 0.95, 6), SameCard(0.1, 0.3, 6)


def upright(
    strip: Change = FILM, mark: Change = FILM, light: LightMotion = LIGHT, same: SameCard = SAME
) -> Sequence:
    films = {"strip": strip, "moj_mark": mark}
    return Sequence("vertical", 16, 16, 16, (), 30.0, 2.0, True, films, -0.9, 0.0, light, same=same)


def sideways(letters: LetterMotion = FLOAT, light: LightMotion = LIGHT) -> Sequence:
    films = {"strip": PRINT, "moj_mark": PRINT}
    return Sequence("horizontal", 16, 16, 16, (), 30.0, 2.0, True, films, 0, 0, light, letters, same=SAME)


def case(
    *sequences: Sequence, layout_id: str = "jp.residence_card.gen1", through: SeeThrough | None = None
) -> Case:
    picture = Picture(Role.FRONT, "0" * 64, "image/png", np.zeros((4, 4, 3), np.uint8), ImageMetadata("PNG"))
    capture = Capture(picture, Location((), 1, CaptureKind.PHOTO), None)
    facts = TiltFacts({s.axis: s for s in sequences}, tuple(f"tilt_{s.axis}" for s in sequences))
    return Case(
        reference_time=datetime(2026, 11, 22, tzinfo=UTC),
        trust_profile="sample",
        captures={"front": capture, **({"see_through": capture} if through else {})},
        layout=layout(layout_id),
        tilt=facts,
        see_through=through,
    )


def reasons(given: Case) -> dict[str, str]:
    results = [run_check(check, given, policy("default")) for check in CHECKS]
    return {r.id.removeprefix("tilt."): r.reason.rpartition(".")[2] for r in results}


def results(given: Case) -> set[Result]:
    return {run_check(check, given, policy("default")).result for check in CHECKS}


def test_a_genuine_card_passes_everywhere() -> None:
    found = reasons(case(upright(), sideways()))
    assert found == {
        "sequence": "usable", "same_card": "same", "strip": "changes", "moj_mark": "changes",
        "letters": "float", "rotation": "not_run", "see_through": "not_run",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("upright_cells", "sideways_cells", "letters", "reason"),
    [
        (0, 4, FAINT, "static"),
        (4, 0, FAINT, "static"),
        (1, 3, NO_LETTERS, "static"),
        (2, 1, FAINT, "even_light"),
        (2, 1, NO_LETTERS, "even_light"),
        (0, 0, NO_LETTERS, "even_light"),
    ],
)
def test_one_lamp_serves_every_tilt(
    upright_cells: int, sideways_cells: int, letters: LetterMotion, reason: str
) -> None:
    first = upright(PRINT, PRINT, replace(LIGHT, cells=upright_cells))
    given = case(first, sideways(letters, replace(LIGHT, cells=sideways_cells)))
    assert reasons(given)["moj_mark"] == reason


@pytest.mark.parametrize(
    ("single", "evidence", "again", "reason"),
    [
        (0.1, 1.2, 0.05, "static"),
        (0.7, 1.5, 0.05, "static"),
        (0.1, 4.8, 0.04, "static"),
        (0.72, 0.9, 0.116, "unclear"),
        (0.7, 3.0, 0.10, "unclear"),
        (0.7, 9.4, 0.11, "unclear"),
        (0.1, 1.2, 0.30, "unclear"),
        (0.1, 4.8, None, "unclear"),
    ],
    ids=[
        "neither",
        "glare on the mark",
        "glare on the photo",
        "bright room",
        "both faintly",
        "letters",
        "again",
        "one way",
    ],
)
def test_faint_answers_of_mark_and_letters_add_up(
    single: float, evidence: float, again: float | None, reason: str
) -> None:
    """A lamp in a bright room: the laminate mirrors it, film and letters hardly answer, yet they do."""
    mark = replace(PRINT, single=single)
    letters = LetterMotion(2.2, evidence, 3.0, 16, again)
    assert reasons(case(upright(PRINT, mark), sideways(letters)))["moj_mark"] == reason


def test_films_that_answer_a_little_together_are_no_print() -> None:
    faint = replace(PRINT, swing=5.5, follows=0.95, step=0.88)
    assert reasons(case(upright(PRINT, faint), sideways(NO_LETTERS)))["moj_mark"] == "static"
    assert reasons(case(upright(faint, faint), sideways(NO_LETTERS)))["moj_mark"] == "unclear"


def test_a_glare_over_the_photo_is_no_letters() -> None:
    """What shifts, but is another when the card comes back to the angle, does not float."""
    glare = replace(FLOAT, evidence=4.8, again=0.09)
    assert reasons(case(upright(), sideways(glare)))["letters"] == "not_seen"


def test_a_glare_that_follows_the_angle_is_no_film_where_no_letters_float() -> None:
    """A film in another place excuses a still mark, but not on a card that lacks its letters too."""
    glare = replace(upright(PRINT, PRINT), elsewhere=20.0)
    assert reasons(case(glare, sideways(FAINT)))["moj_mark"] == "unclear"
    assert reasons(case(glare, sideways(NO_LETTERS)))["moj_mark"] == "static"


@pytest.mark.parametrize(
    ("strip", "mark", "cells", "reason"),
    [
        (PRINT, FILM, 1, "absent"),
        (PRINT, WEAK, 1, "not_seen"),
        (PRINT, FILM, 0, "not_seen"),
        (FILM, PRINT, 1, "not_seen"),
    ],
    ids=["strong mark", "weak mark", "no reflection", "the strip's place is not confirmed"],
)
def test_a_strong_mark_shows_that_letters_would_float(
    strip: Change, mark: Change, cells: int, reason: str
) -> None:
    first = upright(strip, mark, replace(BESIDE, cells=cells))
    assert reasons(case(first, sideways(NO_LETTERS, NO_LIGHT)))["letters"] == reason


def test_print_under_moving_light_is_suspect_by_the_mark_alone() -> None:
    """The strip's place is not confirmed: it may not accuse."""
    found = reasons(case(upright(PRINT, PRINT), sideways(NO_LETTERS)))
    assert (found["strip"], found["moj_mark"]) == ("unconfirmed", "static")


def test_print_is_not_told_from_a_film_in_a_bright_room_without_a_look_at_the_letters() -> None:
    found = reasons(case(upright(PRINT, PRINT)))
    assert (found["strip"], found["moj_mark"]) == ("unclear", "unclear")


@pytest.mark.parametrize("letters", [FLOAT, NO_LETTERS])
def test_even_light_accuses_nobody(letters: LetterMotion) -> None:
    given = case(upright(PRINT, PRINT, NO_LIGHT), sideways(letters, NO_LIGHT))
    assert reasons(given)["moj_mark"] == "even_light"
    assert Result.SUSPECT not in results(given)


@pytest.mark.parametrize(
    "alive",
    [
        (upright(FILM, PRINT),),
        (upright(PRINT, PRINT), sideways(FLOAT)),
        (replace(upright(PRINT, PRINT), elsewhere=20.0),),
    ],
    ids=["strip", "letters", "elsewhere"],
)
def test_a_card_with_one_living_device_is_not_called_print(alive: tuple[Sequence, ...]) -> None:
    assert reasons(case(*alive))["moj_mark"] == "unclear"


@pytest.mark.parametrize(
    ("change", "reason"), [(SWAPPED, "jumps"), (RAINBOW, "strays"), (DIM, "unclear"), (PRINT, "static")]
)
def test_what_a_colour_does_names_the_outcome(change: Change, reason: str) -> None:
    assert reasons(case(upright(change, change), sideways(NO_LETTERS)))["moj_mark"] == reason


@pytest.mark.parametrize("change", [SWAPPED, RAINBOW, PRINT])
def test_a_layout_that_is_not_confirmed_accuses_nobody(change: Change) -> None:
    given = case(
        upright(change, change), sideways(NO_LETTERS), layout_id="jp.special_permanent_resident.gen1"
    )
    assert Result.SUSPECT not in results(given)


def test_other_layouts_have_no_such_devices() -> None:
    assert reasons(case(upright(), layout_id="jp.residence_card.gen2"))["moj_mark"] == "not_applicable"


@pytest.mark.parametrize(
    ("sequences", "reason"),
    [
        ((upright(), sideways(NO_LETTERS)), "absent"),
        ((upright(WEAK, WEAK), sideways(NO_LETTERS, NO_LIGHT)), "not_seen"),
        ((upright(), sideways(NO_LETTERS, BESIDE)), "absent"),
        ((upright(FILM, PRINT), sideways(NO_LETTERS, BESIDE)), "not_seen"),
        ((upright(FILM, PRINT), sideways(NO_LETTERS)), "absent"),
        ((upright(PRINT, PRINT), sideways(NO_LETTERS)), "not_seen"),
        ((sideways(NO_LETTERS),), "not_seen"),
        ((upright(), sideways(LetterMotion(2, 3.0, 3, 16, 0.03))), "not_seen"),
        ((upright(), sideways(replace(NO_LETTERS, again=0.18))), "not_seen"),
        ((upright(), sideways(replace(NO_LETTERS, again=None))), "not_seen"),
        ((upright(), sideways(replace(NO_LETTERS, frames=11))), "not_seen"),
        ((upright(), sideways(LetterMotion(0, 0, 0, 3))), "not_assessable"),
    ],
)
def test_letters_are_missed_only_where_they_must_show(sequences: tuple[Sequence, ...], reason: str) -> None:
    assert reasons(case(*sequences))["letters"] == reason


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"found": 7}, "card_not_found"),
        ({"used": 7}, "few_frames"),
        ({"span_deg": 19.0}, "small_range"),
        ({"travel": 1.1}, "one_way"),
        ({"coloured": False}, "no_colour"),
        ({}, None),
    ],
)
def test_a_sequence_that_cannot_show_it_is_not_judged(changes: dict[str, float], fault: str | None) -> None:
    sequence = replace(upright(PRINT, PRINT), **changes)  # type: ignore[arg-type]
    assert sequence_fault(sequence) == fault
    found = reasons(case(sequence))
    assert found["sequence"] == (fault or "usable")
    assert (found["moj_mark"] == "not_assessable") == (fault is not None)


def test_asking_again_names_what_to_do() -> None:
    result = run_check(CHECKS[0], case(replace(upright(), used=3)), policy("default"))
    assert result.next_action is NextAction.TILT_CARD
    assert result.group is Group.SECURITY


@pytest.mark.parametrize(("same", "reason"), [(SAME, "same"), (OTHER, "differs"), (POOR, "unclear")])
def test_frames_of_another_card_count_for_nothing(same: SameCard, reason: str) -> None:
    found = reasons(case(upright(same=same)))
    assert found["same_card"] == reason
    assert found["moj_mark"] == ("not_assessable" if reason == "differs" else "changes")


@pytest.mark.parametrize(("correlation", "reason"), [(-0.8, "inverts"), (0.7, "not_seen")])
def test_a_quarter_turn(correlation: float, reason: str) -> None:
    turned = Sequence(
        "rotate", 16, 16, 16, (), 88.0, 1.0, True, {}, 0, 0, LIGHT, inversion=Inversion(correlation, 3)
    )
    assert reasons(case(turned))["rotation"] == reason


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (SeeThrough(True, 60, 0.8), "letters_seen"),
        (SeeThrough(True, 60, 0.3), "not_seen"),
        (SeeThrough(True, -20, 0.8), "not_lit"),
        (SeeThrough(False, 0, 0), "not_found"),
    ],
)
def test_light_behind_the_card_never_accuses(seen: SeeThrough, reason: str) -> None:
    given = case(through=seen)
    assert reasons(given)["see_through"] == reason
    assert Result.SUSPECT not in results(given)


def test_without_a_front_nothing_is_measured() -> None:
    given = replace(case(), tilt=TiltFacts({}, ("tilt_vertical",)))
    assert reasons(given)["sequence"] == "no_reference"
    assert reasons(given)["moj_mark"] == "not_assessable"
