from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.reading.lexicon import default_lexicon, fold, skeleton
from service.reading.look_alikes import settle_by_neighbours, settle_number

WORK = frozenset({"就労不可", "就労制限なし"})
STATUSES = default_lexicon().statuses


def test_a_doubtful_sign_is_folded_onto_the_only_near_value() -> None:
    assert fold("就労不町", (0.99, 0.99, 0.95, 0.4), WORK) == ("就労不可", True)


def test_a_sure_sign_is_not_folded() -> None:
    assert fold("就労不町", (0.99,) * 4, WORK) == ("就労不町", False)


def test_two_near_values_are_left_alone() -> None:
    values = frozenset({"特定技能1号", "特定技能2号"})
    assert fold("特定技能3号", (0.3,) * 6, values) == ("特定技能3号", False)


@given(st.sampled_from(sorted(STATUSES)))
def test_a_legal_value_never_becomes_another(status: str) -> None:
    assert fold(status, (0.0,) * len(status), STATUSES) == (status, False)


def test_look_alikes_fold_whatever_the_confidence() -> None:
    assert fold("高度専門職1号口", (1.0,) * 8, STATUSES) == ("高度専門職1号ロ", False)


def test_look_alikes_follow_their_neighbours() -> None:
    assert settle_by_neighbours("霞が関八イツ202号") == "霞が関ハイツ202号"
    assert settle_by_neighbours("千代田区ニ番町") == "千代田区二番町"
    assert settle_by_neighbours("八王子市") == "八王子市"
    assert settle_by_neighbours("コーポみどリ115号") == "コーポみどり115号"
    assert settle_by_neighbours("マリンハイツ") == "マリンハイツ"


def test_number_signs_go_where_their_kind_belongs() -> None:
    assert settle_number("A8I234567OC0") == "ABI2345670CO".replace("I", "1")
    assert settle_number("ABI2345678C0") == "AB12345678CO"
    assert settle_number("AB123") == "AB123"


@given(st.text(max_size=20))
def test_the_skeleton_is_stable(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)
