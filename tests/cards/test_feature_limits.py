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
