"""From frames to facts: follow the card, drop poor frames, balance, measure what belongs to the axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.tilt.balance import CLIPPED, balanced
from service.imaging.tilt.change import Change, colour_change, spearman
from service.imaging.tilt.colour import colour_trace
from service.imaging.tilt.facts import Places, Sequence
from service.imaging.tilt.identity import same_card
from service.imaging.tilt.letters import letter_motion
from service.imaging.tilt.light import light_motion
from service.imaging.tilt.pose import poses
from service.imaging.tilt.raster import place_mask
from service.imaging.tilt.track import Placed, Tracker
from service.imaging.tilt.turned import inversion

__all__ = ["measure_sequence", "travel"]

_LEAST_MEASURED = 4
_BLUR_SHARE = 0.25
"""A frame with less than this share of the median frame's sharpness is dropped."""
_MAX_FLOODED = 0.35
"""Share of a frame's card that may be clipped."""
_TURN_DEG = 4.0
"""A change of direction smaller than this is a trembling hand."""
_LEAST_CHROMA = 14.0
"""Difference of channels that the more colourful tenth of a card shows in a colour picture."""
_CELLS = (16, 10)
_LEAST_SWING = 5.0
"""Change of a* (CIE Lab) that is worth a closer look."""


@dataclass(frozen=True, slots=True)
class _Clip:
    """The frames that count, balanced, with the angle about the axis."""

    raw: NDArray[np.uint8]
    """As they came."""
    rasters: NDArray[np.uint8]
    angles: NDArray[np.float64]
    size: tuple[int, int]


def measure_sequence(
    axis: str, frames: Iterable[NDArray[np.uint8]], reference: NDArray[np.uint8], places: Places
) -> Sequence:
    """Measure one sequence.

    ``frames`` are (height, width, 3) BGR in order; ``reference`` is the upright front, (638, 1012, 3), by
    which the card is found. Frames are read one at a time; only the rectified card of each is kept.
    """
    changing = place_mask(places.changing)
    tracker = Tracker(reference, changing)
    placed, supplied, size = _place(tracker, frames)
    good = _usable(placed)
    if len(good) < _LEAST_MEASURED or size is None:
        return Sequence(axis, supplied, len(placed), len(good))
    raw = np.stack([p.raster for p in good])
    attitude = poses([p.homography for p in good], size)
    name = "turned" if axis == "rotate" else axis
    angles = np.array([getattr(pose, name) for pose in attitude], np.float64)
    clip = _Clip(raw, balanced(raw, ~changing), angles, size)
    return _measured(Sequence(axis, supplied, len(placed), len(good)), clip, reference, places)


def _place(
    tracker: Tracker, frames: Iterable[NDArray[np.uint8]]
) -> tuple[list[Placed], int, tuple[int, int] | None]:
    placed: list[Placed] = []
    sizes: list[tuple[int, int]] = []

    def counted() -> Iterable[NDArray[np.uint8]]:
        for frame in frames:
            sizes.append((int(frame.shape[1]), int(frame.shape[0])))
            yield frame

    for found in tracker.follow(counted()):
        # Frames of another size are of another camera: one focal length cannot serve both.
        if found is not None and sizes[found.index] == sizes[0]:
            placed.append(found)
    return placed, len(sizes), sizes[0] if sizes else None


def _usable(placed: list[Placed]) -> list[Placed]:
    """Without frames that are blurred beside the others or flooded with light."""
    if not placed:
        return []
    sharpness = [float(cv2.Laplacian(p.raster[::2, ::2, 1], cv2.CV_32F).var()) for p in placed]
    floor = _BLUR_SHARE * float(np.median(sharpness))
    flooded = [float((p.raster[::3, ::3].min(axis=-1) >= CLIPPED).mean()) for p in placed]
    return [p for p, s, f in zip(placed, sharpness, flooded, strict=True) if s >= floor and f <= _MAX_FLOODED]


def _measured(counts: Sequence, clip: _Clip, reference: NDArray[np.uint8], places: Places) -> Sequence:
    traces = {name: colour_trace(clip.rasters, patch).lab for name, patch in places.films.items()}
    films = {name: colour_change(lab, clip.angles) for name, lab in traces.items()}
    sideways = counts.axis == "horizontal" and places.letters is not None
    turning = counts.axis == "rotate" and places.silver is not None
    return Sequence(
        axis=counts.axis,
        supplied=counts.supplied,
        found=counts.found,
        used=counts.used,
        angles=tuple(round(float(a), 1) for a in clip.angles),
        span_deg=float(np.percentile(clip.angles, 97) - np.percentile(clip.angles, 3)),
        travel=travel(clip.angles),
        coloured=_coloured(clip.rasters),
        films=films,
        opposed=_opposed(list(traces.values())),
        elsewhere=_elsewhere(clip, places),
        light=light_motion(clip.raw, clip.angles, place_mask(places.changing)),
        letters=letter_motion(clip.rasters, clip.angles, places.letters)
        if sideways and places.letters
        else None,
        inversion=inversion(clip.rasters, clip.angles, places.silver) if turning and places.silver else None,
        same=same_card(reference, clip.rasters, places.own, places.fixed),
    )


def travel(angles: NDArray[np.float64]) -> float:
    """Length of the angle's way in spans, trembling left out: 1 for one sweep, 2 for there and back."""
    span = float(np.ptp(angles))
    if span < _TURN_DEG:
        return 0.0
    turns = [float(angles[0])]
    for angle in angles[1:]:
        onward = len(turns) > 1 and (turns[-1] - turns[-2]) * (angle - turns[-1]) > 0
        if onward:
            turns[-1] = float(angle)
        elif abs(angle - turns[-1]) >= _TURN_DEG:
            turns.append(float(angle))
    return float(np.abs(np.diff(turns)).sum()) / span


def _coloured(rasters: NDArray[np.uint8]) -> bool:
    sample = rasters[:, ::4, ::4].astype(np.int16)
    chroma = np.median(sample.max(axis=-1) - sample.min(axis=-1), axis=0)
    return float(np.percentile(chroma, 90)) >= _LEAST_CHROMA


def _opposed(traces: list[NDArray[np.float32]]) -> float:
    if len(traces) != 2:
        return 0.0
    first, second = traces
    both = np.isfinite(first[:, 0]) & np.isfinite(second[:, 0])
    return spearman(first[both, 1].astype(np.float64), second[both, 1].astype(np.float64))


def _elsewhere(clip: _Clip, places: Places) -> float:
    """The most film-like change of any cell of the card outside the known places."""
    small = np.stack([cv2.resize(r, _CELLS, interpolation=cv2.INTER_AREA) for r in clip.rasters])
    lab = np.stack([cv2.cvtColor(s.astype(np.float32) / 255, cv2.COLOR_BGR2LAB) for s in small])
    known = cv2.resize(place_mask(places.changing).astype(np.float32), _CELLS, interpolation=cv2.INTER_AREA)
    rest = known < 0.05
    lab = lab - np.median(lab[:, rest], axis=1)[:, None, None]
    swing = np.percentile(lab[..., 1], 90, axis=0) - np.percentile(lab[..., 1], 10, axis=0)
    worth = rest & (swing >= _LEAST_SWING)
    scores = [
        _film_like(colour_change(lab[:, y, x], clip.angles)) for y, x in zip(*np.where(worth), strict=True)
    ]
    return max(scores, default=0.0)


def _film_like(change: Change) -> float:
    return change.score * max(0.0, change.single)
