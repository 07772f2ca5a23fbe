"""Which faces on pages make one card, by where they lie."""

from __future__ import annotations

from service.archive.item import PairedBy
from service.archive.survey import Card, Face, put_together
from service.evidence import Side

F, B = Side.FRONT, Side.BACK
W, H = 1012, 638


def face(side: Side | None, page: int = 0, left: int = 0, top: int = 0, part: int = 0) -> Face:
    return Face(part, page, (left, top, left + W, top + H), side)


def pairs(cards: tuple[Card, ...]) -> list[tuple[Face | None, Face | None]]:
    return [(card.front, card.back) for card in cards]


def test_sides_beside_each_other_and_sides_below_each_other() -> None:
    for places in (((0, 0), (1100, 0), (0, 700), (1100, 700)), ((0, 0), (0, 700), (1100, 0), (1100, 700))):
        faces = [face(side, 0, *place) for side, place in zip((F, B, F, B), places, strict=True)]
        cards = put_together(sorted(faces, key=lambda f: (f.centre[1], f.centre[0])))
        assert {card.paired_by for card in cards} == {PairedBy.PAGE}
        assert set(pairs(cards)) == {(faces[0], faces[1]), (faces[2], faces[3])}


def test_a_back_on_the_next_page() -> None:
    one, two, three, four = face(F, 0), face(B, 1), face(F, 2), face(B, 3)
    assert pairs(put_together([one, two, three, four])) == [(one, two), (three, four)]


def test_a_back_two_pages_on_belongs_to_nobody() -> None:
    one, blank, two = face(F, 0), face(None, 1), face(B, 2)
    assert pairs(put_together([one, blank, two])) == [(one, None), (blank, None), (two, None)]


def test_fronts_alone_stay_alone_and_nothing_is_lost() -> None:
    faces = [face(F, 0), face(F, 1), face(B, 2), face(B, 3)]
    cards = put_together(faces)
    assert pairs(cards) == [(faces[0], None), (faces[1], faces[2]), (faces[3], None)]


def test_two_fronts_and_one_back_on_a_page_are_three_rows() -> None:
    faces = [face(F), face(F, 0, 1100), face(B, 0, 0, 700)]
    assert pairs(put_together(faces)) == [(one, None) for one in faces]


def test_pages_of_two_files_may_be_two_sides() -> None:
    one, two = face(F, 0, part=0), face(B, 0, part=1)
    assert pairs(put_together([one, two])) == [(one, two)]
