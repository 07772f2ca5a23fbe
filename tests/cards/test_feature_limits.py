from __future__ import annotations

from pathlib import Path

import pytest

from service.cards.feature_limits import LIMITS_DIR, FeatureLimit, feature_limits
from service.cards.layout import layouts

FILES = sorted(path.stem for path in LIMITS_DIR.glob("*.toml"))


@pytest.mark.parametrize("id", FILES)
def test_every_file_belongs_to_a_layout_and_is_well_formed(id: str) -> None:
    assert id in layouts()
    limits = feature_limits(id)
    assert limits
    assert all(limit.ranges for limit in limits.values())


@pytest.mark.parametrize("id", FILES)
def test_only_features_with_ground_beyond_our_own_drawings_accuse(id: str) -> None:
    accusing = {name: limit.source for name, limit in feature_limits(id).items() if limit.accuses}
    assert accusing == {"band_colour": "measured", "print_structure": "consistency"}


def test_a_limit_set_on_drawn_specimens_may_not_accuse() -> None:
    with pytest.raises(ValueError, match="may not accuse"):
        FeatureLimit("seal", "synthetic", True, {"share": (0.1, 1.0)})


@pytest.mark.parametrize(
    ("source", "least", "greatest", "why"),
    [("guessed", 0.0, 1.0, "unknown source"), ("enrolled", 2.0, 1.0, "2.0 > 1.0")],
)
def test_a_bad_row_is_refused(source: str, least: float, greatest: float, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        FeatureLimit("seal", source, False, {"share": (least, greatest)})


def test_an_enrolled_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    text = '[seal]\nsource = "enrolled"\naccuses = true\nshare = [0.3, 0.8]\n'
    (tmp_path / "jp.residence_card.gen1.toml").write_text(text, encoding="utf-8")
    limits = feature_limits("jp.residence_card.gen1", tmp_path)
    assert list(limits) == ["seal"]
    assert limits["seal"].accuses
    assert limits["seal"].holds("share", 0.3)
    assert not limits["seal"].holds("share", 0.29)


def test_a_layout_without_a_file_has_no_limits() -> None:
    assert feature_limits("jp.residence_card.gen2") == {}


@pytest.mark.parametrize(
    ("name", "edges", "value", "margin"),
    [
        ("strength", (0.1, 2.1), 0.1, 0.0),
        ("strength", (0.1, 2.1), 0.6, 0.5),
        ("strength", (0.1, 2.1), -5.0, -1.0),
        ("regular", (0.0, 5.0), 0.0, 1.0),
        ("regular", (0.0, 5.0), 7.5, -0.5),
        ("share", (0.25, 1.0), 1.0, 1.0),
        ("hue", (-180.0, 180.0), 33.0, None),
    ],
)
def test_a_margin_tells_how_near_an_edge_that_can_be_crossed_is(
    name: str, edges: tuple[float, float], value: float, margin: float | None
) -> None:
    limit = FeatureLimit("feature", "enrolled", False, {name: edges})
    assert limit.margin(name, value) == (None if margin is None else pytest.approx(margin))


@pytest.mark.parametrize("id", FILES)
def test_what_lies_within_every_range_has_no_negative_margin(id: str) -> None:
    for limit in feature_limits(id).values():
        for name, (least, greatest) in limit.ranges.items():
            margins = [limit.margin(name, value) for value in (least, (least + greatest) / 2, greatest)]
            assert all(margin is None or margin >= 0 for margin in margins)
