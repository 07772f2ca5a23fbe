"""A card that was found askew is read beside its fields: nothing read there may accuse its holder."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.cards.layout import layout
from service.checks.base import Check, run_checks
from service.checks.case import Case
from service.checks.catalogue import CHECKS
from service.evidence import LabelReading, Side
from service.imaging.photograph import PhotographMatch
from service.verdict import Policy, Result
from tests.checks.text_support import LABELS, TODAY, card

POLICY = Policy(id="test", version="1")
BOX = (0.1, 0.1, 0.1, 0.05)
FORGED = {
    "issue_date": "2026-06-20",
    "work_restriction": "就労制限なし",
    "stay_until": "2028-10-20",
    "card_number": "123456789012",
    "sex": "男F.",
}


def labels(right: int) -> tuple[LabelReading, ...]:
    """The labels of the layout, the first ``right`` of them found and the others read as something else."""
    return tuple(
        LabelReading(item.id, Side.FRONT, item.text, 1.0, item.text, 0.99, BOX)
        if index < right
        else LabelReading(item.id, Side.FRONT, item.text, 0.1, "月日次し", 0.99, BOX)
        for index, item in enumerate(LABELS)
    )


def forged(right: int) -> Case:
    """A card that breaks many rules, with so many of its labels found."""
    case = card(FORGED, now=TODAY)
    return replace(case, labels=labels(right), photograph=PhotographMatch(0.1, 40.0, (0, 0, 1, 1)))


def against(case: Case) -> set[str]:
    results = run_checks([c for c in CHECKS if _on_pictures(c)], case, POLICY)
    return {r.id for r in results if r.result in (Result.FAIL, Result.SUSPECT)}


def _on_pictures(check: Check) -> bool:
    return check.id.split(".")[0] in ("text", "layout")


def test_a_card_in_its_place_is_accused() -> None:
    assert against(forged(len(LABELS))) >= {"text.work_restriction", "text.stay_until", "text.card_number"}


@pytest.mark.parametrize("right", [0, len(LABELS) // 2])
def test_the_same_texts_beside_their_places_accuse_nobody(right: int) -> None:
    case = forged(right)
    assert not case.in_place
    assert against(case) == set()


def test_a_layout_without_labels_is_taken_as_in_place() -> None:
    assert replace(card(), labels=()).in_place


def astray(*ids: str) -> Case:
    """A card of the shipped layout that breaks rules, every label read, those named two millimetres off."""
    known = layout("jp.residence_card.gen1")
    read = tuple(
        LabelReading(
            item.id,
            Side.FRONT,
            item.text,
            1.0,
            item.text,
            0.99,
            item.box,
            (2.0 if item.id in ids else 0.1, 0.0),
        )
        for item in known.front.labels
    )
    return replace(card(FORGED, now=TODAY), layout=known, labels=read)


def test_a_field_whose_own_label_stands_elsewhere_accuses_nobody() -> None:
    case = astray("work_ja")
    assert case.in_place
    assert "text.work_restriction" in against(astray())
    assert "text.work_restriction" not in against(case)
    assert "text.card_number" in against(case)


def test_half_of_the_labels_beside_a_field_are_enough() -> None:
    assert astray("number_en").stands("card_number")
    assert not astray("number_en", "number_ja").stands("card_number")


FRONT = layout("jp.residence_card.gen1")


def spoilt(ids: set[str]) -> Case:
    """A card of which every label was read but these."""
    read = (
        LabelReading(item.id, Side.FRONT, item.text, 0.1 if item.id in ids else 1.0, item.text, 0.99, BOX)
        for item in FRONT.front.labels
    )
    return Case(TODAY, "sample", layout=FRONT, labels=tuple(read))


@pytest.mark.parametrize(("axis", "third"), [(0, 2), (1, 1), (1, 2)])
def test_labels_missing_on_one_side_alone_show_an_edge_that_is_not_the_cards(axis: int, third: int) -> None:
    boxes = {item.id: item.box for item in FRONT.front.labels}
    there = {id for id, box in boxes.items() if int(3 * (box[axis] + box[axis + 2] / 2)) == third}
    assert 3 <= len(there) < 0.4 * len(boxes)  # most labels are read: the whole alone would say nothing
    assert not spoilt(there).in_place
    assert spoilt(set()).in_place


def test_two_misspelled_labels_side_by_side_leave_a_card_in_its_place() -> None:
    assert spoilt({"nationality_ja", "nationality_en"}).in_place
