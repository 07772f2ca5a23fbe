"""What names alone say of files that belong together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.archive.item import Entry, PartRole
from service.archive.pairing import paired


def grouped(*names: str) -> list[list[tuple[str, str]]]:
    items = paired([Entry(name, name) for name in names])
    return [[(part.role.value, part.entry.path) for part in item.parts] for item in items]


@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("0001_front.jpg", "0001_back.jpg"),
        ("a/0001-FRONT.JPG", "a/0001-Back.png"),
        ("田中 表.jpg", "田中 裏.jpg"),
        ("田中（表面）.jpg", "田中（裏面）.jpg"),
        ("x omote.tif", "x ura.tif"),
        ("7_f.jpg", "7_b.jpg"),
        ("7_1.jpg", "7_2.jpg"),
        ("7-a.jpg", "7-b.jpg"),
        ("front.jpg", "back.jpg"),
    ],
)
def test_two_sides_are_known_by_their_names(front: str, back: str) -> None:
    assert grouped(*sorted((front, back))) == [[("front", front), ("back", back)]]


def test_a_count_is_no_pair() -> None:
    assert grouped("scan_1.jpg", "scan_2.jpg", "scan_3.jpg") == [
        [("any", "scan_1.jpg")],
        [("any", "scan_2.jpg")],
        [("any", "scan_3.jpg")],
    ]


def test_a_dump_belongs_to_the_scan_of_its_name() -> None:
    assert grouped("7.jpg", "7.json", "8_chip.json", "8_front.jpg", "9.json") == [
        [("any", "7.jpg"), ("chip", "7.json")],
        [("front", "8_front.jpg"), ("chip", "8_chip.json")],
        [("chip", "9.json")],
    ]


def test_words_inside_of_words_mean_nothing() -> None:
    assert grouped("futura.jpg", "storefront.jpg") == [[("any", "futura.jpg")], [("any", "storefront.jpg")]]


def test_the_same_side_twice_is_two_cards() -> None:
    assert grouped("1_back.jpg", "1_front.jpg", "1_front.png") == [
        [("any", "1_back.jpg")],
        [("any", "1_front.jpg")],
        [("any", "1_front.png")],
    ]


def test_what_could_not_be_listed_stands_alone() -> None:
    items = list(paired([Entry("1_back.jpg", "", fault="link-not-followed"), Entry("1_front.jpg", "")]))
    assert [len(item.parts) for item in items] == [1, 1]


@given(
    st.lists(
        st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=12), unique=True, max_size=8
    )
)
def test_every_file_is_in_exactly_one_item(names: list[str]) -> None:
    parts = [part.entry.path for item in paired([Entry(n, n) for n in names]) for part in item.parts]
    assert sorted(parts) == sorted(names)


def test_roles_of_an_item_come_once() -> None:
    items = paired([Entry(n, n) for n in ("1.json", "1.zip", "1_front.jpg")])
    for found in items:
        roles = [part.role for part in found.parts]
        assert len(roles) == len(set(roles))
        assert PartRole.CHIP in roles or PartRole.ANY in roles or PartRole.FRONT in roles
