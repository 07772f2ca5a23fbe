"""The data set: recipes that repeat, shards that are whole or absent, alterations in their places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.dataset.cards import Judged
from scripts.dataset.families import CAMERA_ONLY, MAKERS, altered_boxes, group_of, weights
from scripts.dataset.recipe import recipe
from scripts.dataset.shards import load_patches, load_rows, shard_path, write_shard
from scripts.dataset.surfaces import make_surface
from scripts.specimens.specimen import Bench


def test_a_recipe_is_the_same_again_and_another_for_another_pair() -> None:
    assert recipe(5, 3) == recipe(5, 3)
    assert recipe(5, 3) != recipe(5, 4)
    assert recipe(5, 3) != recipe(6, 3)


def test_no_display_is_scanned_and_every_chip_family_brings_a_chip() -> None:
    found = [recipe(1, pair) for pair in range(2000)]
    assert {how.kind for how in found if how.family in CAMERA_ONLY} == {"phone"}
    assert all(how.chip for how in found if group_of(how.family) == "chip")
    assert {how.family for how in found} == set(MAKERS)


def test_shares_of_families_add_up() -> None:
    assert sum(weights().values()) == pytest.approx(1.0)
    assert set(weights(["copy_laser", "two_rules"])) == {"copy_laser", "two_rules"}


def test_a_style_that_is_held_out_is_drawn_only_when_asked_for() -> None:
    assert {recipe(1, pair).style[0] for pair in range(60)} == {"a", "b"}
    assert {recipe(1, pair, ("c",)).style for pair in range(20)} == {"c"}


def test_a_shard_is_read_as_it_was_written(tmp_path: Path) -> None:
    patches = np.arange(2 * 80 * 80 * 3, dtype=np.uint8).reshape(2, 80, 80, 3)
    shown = np.array([True, False])
    cards = [
        Judged({"id": "1-0-0", "pair": 0, "forged": False, "has_patches": True}, patches, shown),
        Judged({"id": "1-0-1", "pair": 0, "forged": True, "has_patches": False}, None, None),
    ]
    write_shard(tmp_path, 0, cards)
    assert load_rows(tmp_path, ("id", "forged")).to_pylist() == [
        {"id": "1-0-0", "forged": False},
        {"id": "1-0-1", "forged": True},
    ]
    ids, pixels, seen = load_patches(tmp_path)
    assert ids == ["1-0-0"]
    assert (pixels[0] == patches).all()
    assert (seen[0] == shown).all()
    assert {path.name for path in tmp_path.iterdir()} == {"cards-00000.npz", "cards-00000.parquet"}


def test_patches_of_a_shard_that_was_not_finished_are_not_read(tmp_path: Path) -> None:
    patches = np.zeros((1, 80, 80, 3), np.uint8)
    for number in (0, 1):
        card = Judged({"id": f"1-{number}-0", "pair": number}, patches, np.array([True]))
        write_shard(tmp_path, number, [card])
    shard_path(tmp_path, 1).unlink()
    assert load_patches(tmp_path)[0] == ["1-0-0"]


def test_a_card_is_drawn_again_to_the_last_pixel_and_knows_where_it_was_altered() -> None:
    how = recipe(8, 1, ("a",), ("edit_birth",))
    one, two = (make_surface(how, True, Bench()) for _ in range(2))
    assert one.patches is not None
    assert two.patches is not None
    assert (one.patches == two.patches).all()
    assert one.row["altered"] == [[0.136, 0.242, 0.364, 0.294]]
    genuine = make_surface(how, False, Bench())
    assert genuine.row["altered"] == []
    assert (genuine.row["forged"], genuine.row["family"]) == (False, "genuine")


@pytest.mark.parametrize(
    ("family", "group"),
    [("two_rules", "rule"), ("chip_resigned", "chip"), ("copy_grey", "recapture"), ("field_typed", "edit"),
     ("printed_card", "print"), ("photo_replaced", "replaced"), ("expired", "genuine")],
)  # fmt: skip
def test_every_family_has_its_group(family: str, group: str) -> None:
    assert group_of(family) == group


def test_what_only_lies_in_words_or_chip_alters_no_surface() -> None:
    how = recipe(8, 2, ("a",), ("field_replaced",))
    made = MAKERS["field_replaced"](np.random.default_rng(1), Bench("a"), 1)
    assert how.family == "field_replaced"
    assert altered_boxes(made.answer) == ()
