"""From a picture to the text of its machine-readable zone, with how surely each character was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from service.cards.mrz import ALPHABET, FORMATS
from service.cards.mrz_repair import Decoded, decode
from service.evidence import Picture
from service.reading.mrz.cells import Grid, Line, fit_grid, read_along, read_cells, surety
from service.reading.mrz.finder import Band, find_bands
from service.reading.mrz.strip import Row, Strip, cut_strip, find_rows

__all__ = ["ZoneReading", "read_zone"]

_SHAPES = sorted({(f.lines, f.length) for f in FORMATS.values()})
_MOST_BANDS = 4
_LIKELY = 0.8
"""Confidence of a band from which it is looked at twice."""
_WIDER = 1.35
"""Length of the second look, in lengths of the band."""
_MOST_ROWS = 7
_ACROSS = 0.78
"""Share of a rectified card's width that a zone takes at least; 30 characters take 0.89."""
_GRID_SURE = 0.35
"""Score of a line's grid below which no zone is read there."""
_LEGIBLE = -0.5
"""Mean logarithm of the characters' probabilities below which what was read is no zone."""
_HOPELESS = -1.5
"""The same below which it is not worth reading again."""
_CERTAIN = -0.06
"""The same above which nothing is read again."""
_AS_IT_IS = ((1.0, 0.0),)
_AGAIN = ((1.0, 0.0), (0.92, 0.0), (1.1, 0.0), (1.0, 1.5), (1.0, -1.5))
"""Heights and lifts with which a doubtful zone is read again."""
_SAME_HEIGHT = 1.5


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """A machine-readable zone as read from one picture."""

    decoded: Decoded
    places: NDArray[np.float32]
    """(lines, characters, 2) middle of each character, picture pixels."""
    pitch: float
    """Picture pixels between characters."""
    confidence: float
    """0 ... 1: mean probability of the characters."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The text, corrected where check digits prove it."""
        return self.decoded.lines


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Rows of one strip taken for the lines of a zone."""

    strip: Strip
    rows: tuple[Row, ...]
    grids: tuple[Grid, ...]

    @property
    def score(self) -> float:
        return float(np.mean([grid.score for grid in self.grids]))


def read_zone(picture: Picture, *, thorough: bool = True) -> ZoneReading | None:
    """Find and read the zone in a picture, whichever way up; None where there is none that can be read.

    ``thorough`` also looks for a zone that is small in the picture. Without it the picture is taken for a
    rectified card, which a zone would cross; one that has none costs a run of a small network.
    """
    best: ZoneReading | None = None
    for bands in _looks(picture, thorough):
        for band in bands[:_MOST_BANDS]:
            found = _read_band(picture, band)
            if found is not None and (best is None or _rank(found) > _rank(best)):
                best = found
            if best is not None and best.decoded.holds:
                return best
        if best is not None:
            return best
    return best


def _looks(picture: Picture, thorough: bool) -> Iterator[tuple[Band, ...]]:
    bands = find_bands(picture)
    if not thorough:
        yield tuple(band for band in bands if band.length >= _ACROSS * picture.width)
        return
    yield bands
    yield find_bands(picture, closer=True)


def _rank(reading: ZoneReading) -> tuple[int, float]:
    return -reading.decoded.broken, reading.decoded.likelihood


def _read_band(picture: Picture, band: Band) -> ZoneReading | None:
    """Read a band as it was found, and where that fails, beyond its ends: fillers are faint from afar."""
    reading = _read_strip(cut_strip(picture, band))
    if (reading is not None and reading.decoded.holds) or band.confidence < _LIKELY:
        return reading
    wider = _read_strip(cut_strip(picture, replace(band, length=_WIDER * band.length)))
    return max((r for r in (reading, wider) if r is not None), key=_rank, default=None)


def _read_strip(strip: Strip) -> ZoneReading | None:
    candidate = _candidate(strip, find_rows(strip))
    if candidate is None or candidate.score < _GRID_SURE:
        return None
    reading = _read(candidate, _AS_IT_IS)
    if reading is None or reading.decoded.likelihood < _HOPELESS:
        return None
    if not reading.decoded.holds or reading.decoded.likelihood < _CERTAIN:
        again = _read(candidate, _AGAIN)
        reading = max((r for r in (reading, again) if r is not None), key=_rank)
    return reading if reading.decoded.likelihood >= _LEGIBLE else None


def _candidate(strip: Strip, rows: Sequence[Row]) -> _Candidate | None:
    """The rows, the way up in which they can be read, that look most like a zone's lines."""
    if not 2 <= len(rows) <= _MOST_ROWS:
        return None
    turned, lines = _upright(strip, rows)
    answers, x = read_along(turned, lines)
    best: _Candidate | None = None
    for count, length in _SHAPES:
        if count > len(lines):
            continue
        grids = [fit_grid(answer, x, length) for answer in answers]
        for start in range(len(lines) - count + 1):
            some = [grid for grid in grids[start : start + count] if grid is not None]
            if len(some) < count or not _alike(lines[start : start + count], some):
                continue
            candidate = _Candidate(turned, lines[start : start + count], tuple(some))
            if best is None or candidate.score > best.score:
                best = candidate
    return best


def _upright(strip: Strip, rows: Sequence[Row]) -> tuple[Strip, tuple[Row, ...]]:
    """The strip and its rows the way up in which the strongest row is read more surely."""
    strongest = max(rows, key=lambda row: row.strength * row.height)
    height = strip.grey.shape[0]
    other = strip.turned()
    as_is = surety(read_along(strip, [strongest])[0][0])
    over = surety(read_along(other, [strongest.turned(height)])[0][0])
    if as_is >= over:
        return strip, tuple(rows)
    return other, tuple(row.turned(height) for row in reversed(rows))


def _alike(rows: Sequence[Row], grids: Sequence[Grid]) -> bool:
    """Whether rows are of one height and one pitch, begin together and lie close."""
    heights = [row.height for row in rows]
    pitches = [grid.pitch for grid in grids]
    starts = [float(grid.x[0]) for grid in grids]
    pitch = float(np.mean(pitches))
    gaps = np.diff([row.curve[0] for row in rows])
    return (
        max(heights) <= _SAME_HEIGHT * min(heights)
        and max(pitches) <= 1.1 * min(pitches)
        and max(starts) - min(starts) <= 1.6 * pitch
        and bool((gaps > 1.15 * pitch).all() and (gaps < 3.6 * pitch).all())
    )


def _read(candidate: _Candidate, tries: Sequence[tuple[float, float]]) -> ZoneReading | None:
    lines = read_cells(candidate.strip, candidate.rows, candidate.grids, tries)
    decoded = decode([[_seen(place) for place in line.shares] for line in lines])
    if decoded is None:
        return None
    shares = np.concatenate([np.asarray(row) for row in decoded.confidences])
    places = np.stack(
        [_places(candidate, row, line) for row, line in zip(candidate.rows, lines, strict=True)]
    )
    pitch = float(np.linalg.norm(places[:, -1] - places[:, 0], axis=1).mean() / (places.shape[1] - 1))
    return ZoneReading(decoded, places, pitch, float(shares.mean()))


def _seen(shares: NDArray[np.float32]) -> dict[str, float]:
    return dict(zip(ALPHABET, shares.tolist(), strict=True))


def _places(candidate: _Candidate, row: Row, line: Line) -> NDArray[np.float32]:
    x = line.grid.x
    y = row.middle(x, candidate.strip.grey.shape[1])
    points = np.stack([x, y, np.ones_like(x)])
    return np.asarray((candidate.strip.place @ points)[:2].T, np.float32)
