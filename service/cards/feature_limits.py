"""What a genuine face shows of each static feature, as data: one TOML file per layout in ``limits/``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any, Final

__all__ = ["LIMITS_DIR", "SOURCES", "FeatureLimit", "feature_limits"]

LIMITS_DIR: Final = Path(__file__).parent / "limits"
SOURCES: Final = frozenset({"synthetic", "measured", "consistency", "enrolled"})
_HEAD: Final = frozenset({"source", "accuses", "note"})
_REACH: Final[Mapping[str, tuple[float, float]]] = {
    "aspect": (0.0, inf),
    "blue_green": (-inf, inf),
    "coarsest_octave": (-10.0, 10.0),
    "energy": (0.0, inf),
    "finest_octave": (-10.0, 10.0),
    "hue": (-180.0, 180.0),
    "offset_mm": (0.0, inf),
    "overlay": (0.0, inf),
    "regular": (0.0, inf),
    "rounded": (0.0, 4.0),
    "seam": (0.0, inf),
    "share": (0.0, 1.0),
    "smoothest_field": (0.0, inf),
    "spread": (0.0, inf),
    "strength": (0.0, inf),
}
"""Values that a measure can have at all: an edge of a range that lies there is nothing to come near to."""


@dataclass(frozen=True, slots=True)
class FeatureLimit:
    """The ranges of one feature."""

    id: str
    source: str
    """``synthetic`` (set on specimens drawn here), ``measured`` (on the issuer's specimens), ``consistency``
    (compares a card with itself alone) or ``enrolled`` (on an operator's genuine cards)."""
    accuses: bool
    """Whether a measure beyond its range speaks against the card."""
    ranges: Mapping[str, tuple[float, float]]
    """Least and greatest value by the name of the measure."""

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise ValueError(f"{self.id}: unknown source {self.source!r}")
        if self.accuses and self.source == "synthetic":
            raise ValueError(f"{self.id}: a limit set on drawn specimens may not accuse")
        for name, (least, greatest) in self.ranges.items():
            if not least <= greatest:
                raise ValueError(f"{self.id}.{name}: {least} > {greatest}")

    def holds(self, name: str, value: float) -> bool:
        """Whether a measure lies within its range; KeyError for one that has none."""
        least, greatest = self.ranges[name]
        return least <= value <= greatest

    def margin(self, name: str, value: float) -> float | None:
        """Distance to the nearer edge that can be crossed, in widths of the range: -1 ... +1, 0 at the edge.

        None where the range has no such edge. A range with two of them counts by half its width.
        """
        least, greatest = self.ranges[name]
        floor, ceiling = _REACH.get(name, (-inf, inf))
        spare = [value - least] * (least > floor) + [greatest - value] * (greatest < ceiling)
        width = (greatest - least) / max(len(spare), 1)
        if not spare or width <= 0:
            return None
        return max(-1.0, min(1.0, min(spare) / width))


def _limit(id: str, row: Mapping[str, Any]) -> FeatureLimit:
    ranges = {name: (float(v[0]), float(v[1])) for name, v in row.items() if name not in _HEAD}
    return FeatureLimit(id, row["source"], row["accuses"], ranges)


@lru_cache(maxsize=16)
def feature_limits(layout: str, folder: Path = LIMITS_DIR) -> Mapping[str, FeatureLimit]:
    """The limits of a layout by feature; empty for a layout that has none.

    ValueError for a file that is not well-formed, TOMLDecodeError for one that is no TOML.
    """
    path = folder / f"{layout}.toml"
    if not path.is_file():
        return {}
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return {id: _limit(id, row) for id, row in data.items() if isinstance(row, dict)}
