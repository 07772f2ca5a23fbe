from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from service.archive.links.fingerprints import FIELDS, fingerprints
from service.archive.links.serials import HASH_BYTES, serial_prints
from service.checks.case import Case
from service.imaging.ground_print import GROUND_NUMBERS, REGIONS, ground_print, region_box
from service.imaging.photo_detail import photo_detail
from service.store.cipher import Cipher
from service.workshops import photo_sketch

CIPHER = Cipher((b"a key for tests, 32 bytes long..",))
OTHER = Cipher((b"another key, also 32 bytes long.",))


def paper(seed: int, level: int = 210) -> NDArray[np.uint8]:
    """A plain card with the grain of its own scan."""
    grain = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 20, (638, 1012)), (0, 0), 1.5)
    return np.repeat(np.clip(level + grain, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def cosine(one: NDArray[np.int8] | None, other: NDArray[np.int8] | None) -> float:
    assert one is not None
    assert other is not None
    a, b = one.astype(float), other.astype(float)
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def test_one_ground_is_known_again_after_a_small_shift_and_another_is_not() -> None:
    first = paper(1)
    shifted = np.roll(first, 1, axis=1)
    assert cosine(ground_print(first), ground_print(shifted)) > 0.7
    assert abs(cosine(ground_print(first), ground_print(paper(2)))) < 0.2


def test_text_and_hidden_places_are_no_ground() -> None:
    first, second = paper(1), paper(2)
    for card in (first, second):
        cv2.putText(card, "SAME TEXT ON BOTH", (60, 320), cv2.FONT_HERSHEY_SIMPLEX, 2.4, (20, 20, 20), 6)
        card[100:500, 720:960] = paper(3)[100:500, 720:960]
    seen = cosine(ground_print(first), ground_print(second))
    hidden = cosine(*(ground_print(card, [(0.7, 0.14, 0.26, 0.67)]) for card in (first, second)))
    assert abs(hidden) < 0.08 < seen


@pytest.mark.parametrize("level", [255, 0])
def test_a_card_without_ground_has_no_print(level: int) -> None:
    assert ground_print(np.full((638, 1012, 3), level, np.uint8)) is None


def test_regions_cover_the_card() -> None:
    boxes = [region_box(r) for r in range(REGIONS)]
    assert sum(w * h for _, _, w, h in boxes) == pytest.approx(1.0)
    assert max(x + w for x, _, w, _ in boxes) == pytest.approx(1.0)
    assert GROUND_NUMBERS % REGIONS == 0


def test_a_photo_is_sketched_under_the_key_alone() -> None:
    contrast = cv2.convertScaleAbs(paper(5)[:347, :260], alpha=6.0, beta=-1120.0)
    detail = photo_detail(np.asarray(contrast, np.uint8))
    assert detail is not None
    one, again = photo_sketch(detail, b"one"), photo_sketch(detail, b"one")
    assert cosine(one, again) == pytest.approx(1.0)
    assert abs(cosine(one, photo_sketch(detail, b"another"))) < 0.3
    assert photo_detail(np.full((347, 260, 3), 120, np.uint8)) is None


@pytest.mark.parametrize(("one", "other"), [(1000, 1001), (1023, 1024), (63, 64), (1055, 1057)])
def test_neighbours_share_a_block_and_nothing_can_be_read(one: int, other: int) -> None:
    (first, _), (second, _) = (serial_prints(f"AB{n:08d}CD", CIPHER) for n in (one, other))
    blocks = [(p[:HASH_BYTES], p[HASH_BYTES : 2 * HASH_BYTES]) for p in (first, second)]
    assert any(a == b for a, b in zip(*blocks, strict=True))
    assert first[2 * HASH_BYTES :] == second[2 * HASH_BYTES :]
    assert serial_prints(f"AB{one:08d}CD", OTHER)[0] != first


def test_far_numbers_and_other_letters_share_no_block() -> None:
    first = serial_prints("AB00001000CD", CIPHER)[0]
    for text in ("AB00001100CD", "AC00001000CD"):
        second = serial_prints(text, CIPHER)[0]
        assert first[:HASH_BYTES] != second[:HASH_BYTES]
        assert first[HASH_BYTES : 2 * HASH_BYTES] != second[HASH_BYTES : 2 * HASH_BYTES]


def test_a_card_of_no_known_layout_leaves_nothing() -> None:
    case = Case(datetime(2026, 11, 22, tzinfo=UTC), "sample")
    evidence = SimpleNamespace(case=case, key=bytes(32))
    prints = fingerprints(evidence)  # type: ignore[arg-type]
    assert set(prints) == set(FIELDS)
    assert set(prints.values()) == {None}
