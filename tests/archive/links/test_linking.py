from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from service.archive.links.linking import Linked, link, needed_bits
from service.imaging.ground_print import BLOCKS, REGIONS
from tests.archive.links.made import Made

EVERYWHERE = range(REGIONS)


def clustered(linked: Linked, cards: list[int]) -> set[int]:
    """Numbers of the clusters of some cards, 0 for those without."""
    return set(linked.clusters[cards].tolist())


def archive(genuine: int = 250, seed: int = 1) -> Made:
    made = Made(seed)
    for _ in range(genuine):
        made.add()
    return made


def test_an_archive_of_genuine_cards_has_no_links(tmp_path: Path) -> None:
    made = archive()
    for index in range(30):  # people who came together: one day, numbers in a row
        made.add(number=f"AB{41_000_000 + index:08d}CD", issued_day=7000)
    linked = link(made.prints(tmp_path))
    assert len(linked.pairs) == 0
    assert not linked.clusters.any()


@pytest.mark.parametrize(("strength", "regions"), [(12.0, EVERYWHERE), (8.0, EVERYWHERE), (14.0, BLOCKS[0])])
def test_cards_of_one_template_are_linked_and_no_other(
    tmp_path: Path, strength: float, regions: Sequence[int]
) -> None:
    made = archive()
    template = made.template(strength, regions)
    forged = [made.add(ground=made.ground(template)) for _ in range(12)]
    linked = link(made.prints(tmp_path))
    assert clustered(linked, forged) == {1}
    assert np.count_nonzero(linked.clusters) == len(forged)
    assert {linked.reason(row) for row in range(len(linked.pairs))} == {"link.ground"}


def test_one_photo_on_several_people(tmp_path: Path) -> None:
    made = archive()
    face = made.face()
    forged = [made.add(photo=made.photo(face)) for _ in range(3)]
    linked = link(made.prints(tmp_path))
    assert clustered(linked, forged) == {1}
    assert np.count_nonzero(linked.clusters) == 3
    assert linked.reason(0) == "link.photo"


def test_one_number_on_several_people(tmp_path: Path) -> None:
    made = archive(60)
    forged = [made.add(number="AB12345678CD") for _ in range(3)]
    linked = link(made.prints(tmp_path))
    assert clustered(linked, forged) == {1}
    assert {linked.reason(row) for row in range(len(linked.pairs))} == {"link.number"}


def test_numbers_in_a_row_count_only_where_the_dates_lie_apart(tmp_path: Path) -> None:
    made = archive(60)
    forged = [made.add(number=f"AB{9_000_060 + 2 * i:08d}CD", issued_day=6000 + 90 * i) for i in range(4)]
    together = [made.add(number=f"XY{9_000_060 + 2 * i:08d}CD", issued_day=6000 + i) for i in range(4)]
    linked = link(made.prints(tmp_path))
    assert clustered(linked, forged) == {1}
    assert clustered(linked, together) == {0}


@pytest.mark.parametrize("same", ["number, name and birth", "name", "birth"])
def test_a_card_scanned_twice_or_issued_anew_is_no_link(tmp_path: Path, same: str) -> None:
    made = archive()
    face, template = made.face(), made.template(20.0)
    person = {
        "number, name and birth": {"number": "AB12345678CD", "name": "GREEN ANNA", "birth": "1990-01-02"},
        "name": {"name": "GREEN ANNA"},
        "birth": {"birth": "1990-01-02"},
    }[same]
    for _ in range(2):
        made.add(photo=made.photo(face), ground=made.ground(template), **person)
    assert len(link(made.prints(tmp_path)).pairs) == 0


def test_what_was_not_read_links_nobody(tmp_path: Path) -> None:
    made = archive()
    face = made.face()
    for _ in range(3):
        made.add(photo=made.photo(face), name=None, birth=None)
    assert len(link(made.prints(tmp_path)).pairs) == 0


def test_a_pattern_that_many_show_is_the_print(tmp_path: Path) -> None:
    """Two editions of the genuine print in one archive, three cards in ten of the second."""
    made = archive(140)
    edition = made.template(12.0)
    for _ in range(60):
        made.add(ground=made.ground(edition))
    assert len(link(made.prints(tmp_path)).pairs) == 0


def test_files_written_alike_link_nobody(tmp_path: Path) -> None:
    made = archive()
    for _ in range(10):
        made.add(coding="rare", device="rare")
    assert len(link(made.prints(tmp_path)).pairs) == 0


def test_dust_of_a_scanner_with_a_fixed_place_is_no_link(tmp_path: Path) -> None:
    made = archive()
    dust, corners = made.template(14.0), np.array([[100, 80], [1112, 80], [1112, 718], [100, 718]])
    for _ in range(12):
        made.add(ground=made.ground(dust), device="feeder", corners=corners)
    assert len(link(made.prints(tmp_path)).pairs) == 0


def test_others_in_the_same_place_acquit_the_glass(tmp_path: Path) -> None:
    made = archive(200)
    template, corners = made.template(14.0), np.array([[100, 80], [1112, 80], [1112, 718], [100, 718]])
    for _ in range(100):
        made.add(device="feeder", corners=corners)
    forged = [made.add(ground=made.ground(template), device="feeder", corners=corners) for _ in range(8)]
    assert clustered(link(made.prints(tmp_path)), forged) == {1}


def test_a_small_archive_is_linked_by_numbers_alone(tmp_path: Path) -> None:
    made = archive(5)
    face = made.face()
    twice = [made.add(number="AB12345678CD", photo=made.photo(face)) for _ in range(2)]
    again = [made.add(photo=made.photo(face)) for _ in range(2)]
    linked = link(made.prints(tmp_path))
    assert clustered(linked, twice) == {1}
    assert clustered(linked, again) == {0}


def test_nothing_at_all(tmp_path: Path) -> None:
    made = Made()
    made.add(number=None, name=None, birth=None, photo=None, ground=None)
    linked = link(made.prints(tmp_path))
    assert (len(linked.pairs), linked.needed) == (0, needed_bits(1))
