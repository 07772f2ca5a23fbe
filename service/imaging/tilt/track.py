"""Where the card lies in every frame: matched to a picture of the card, then followed from frame to frame.

The optically variable places are left out of every fit: what moves there is not the card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from service.imaging.tilt.raster import HEIGHT, WIDTH, Raster, structure

__all__ = ["Placed", "Tracker"]

Homography = NDArray[np.float64]
Points = NDArray[np.float32]

_SEARCH_SIDE = 900
"""Longest side of the copy of a frame on which features are matched."""
_FEATURES = 700
_RATIO = 0.8
"""Best over second-best distance of a match (Lowe 2004)."""
_MIN_MATCHES = 14
_MATCH_SLACK_PX = 4.0
_POINTS = 220
_FLOW_SLACK_PX = (3.0, 1.5)
"""Pixels of the 150 dpi raster (1.5 is 0.25 mm), first for a guess, then for its correction."""
_MIN_FOLLOWED = 45
_MIN_SHARE = 0.3
"""Share of the points that must move as one plane."""
_MIN_LIKENESS = 0.25
"""Correlation of the line structure with the reference, below which it is not this kind of card."""
_DOTS = 1.1
"""Pixels (sigma) over which lines are smoothed: the dots of a printer or a display have more corners than
the print that they make up."""
_SETTLED_PX = 2.0
"""A step that moves no corner farther than this needs no second one."""
_MAX_MISSED = 6
"""Frames in a row without the card after which it is looked for no more."""
_LEVELLED = (128.0, 42.0)


@dataclass(frozen=True, slots=True)
class Placed:
    """One frame in which the card was found."""

    index: int
    homography: Homography
    """(3, 3), pixels of the 506 x 319 raster -> pixels of the frame."""
    raster: Raster
    likeness: float
    """Correlation of the card's lines with those of the reference, -1 ... 1."""


def _levelled(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    middle, gain = _LEVELLED
    lines = cv2.GaussianBlur(structure(pixels), (0, 0), _DOTS)
    return np.asarray(cv2.convertScaleAbs(lines + middle / gain, alpha=gain), np.uint8)


class Tracker:
    """Finds one card, known from a picture of it, in frames."""

    def __init__(self, reference: NDArray[np.uint8], changing: NDArray[np.bool_]) -> None:
        """``reference``: the upright card, any size; ``changing``: (319, 506), the places left out."""
        small = cv2.resize(reference, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        self._still = np.asarray(~changing, np.uint8)
        self._levelled = _levelled(np.asarray(small, np.uint8))
        self._points = cv2.goodFeaturesToTrack(self._levelled, _POINTS, 0.02, 7, mask=self._still)
        self._features = cv2.SIFT.create(_FEATURES)
        self._keys, self._codes = self._features.detectAndCompute(self._levelled, self._still)
        self._matcher = cv2.BFMatcher(cv2.NORM_L2)

    def follow(self, frames: Iterable[NDArray[np.uint8]]) -> Iterator[Placed | None]:
        """One answer per frame, in order; None where the card was not found."""
        before: Homography | None = None
        last: Homography | None = None
        missed = 0
        for index, frame in enumerate(frames):
            found = self._followed(frame, before, last)
            if found is None and missed < _MAX_MISSED:
                guess = self._matched(frame)
                found = self._refined(frame, guess) if guess is not None else None
            missed = missed + 1 if found is None else 0
            before, last = last, found
            yield self._placed(index, frame, found) if found is not None else None

    def _followed(
        self, frame: NDArray[np.uint8], before: Homography | None, last: Homography | None
    ) -> Homography | None:
        """The card where it was, moved on as it moved before."""
        if last is None:
            return None
        onward = last if before is None else last @ np.linalg.inv(before) @ last
        return self._refined(frame, onward if _sound(onward) else last)

    def _placed(self, index: int, frame: NDArray[np.uint8], homography: Homography) -> Placed | None:
        raster = _rectified(frame, homography)
        likeness = self._likeness(_levelled(raster))
        return Placed(index, homography, raster, likeness) if likeness >= _MIN_LIKENESS else None

    def _likeness(self, levelled: NDArray[np.uint8]) -> float:
        still = self._still > 0
        return float(np.corrcoef(self._levelled[still], levelled[still])[0, 1])

    def _matched(self, frame: NDArray[np.uint8]) -> Homography | None:
        """The card's place from features alone."""
        if self._codes is None:
            return None
        shrink = min(1.0, _SEARCH_SIDE / max(frame.shape[:2]))
        small = cv2.resize(frame, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        keys, codes = self._features.detectAndCompute(_levelled(np.asarray(small, np.uint8)), None)
        if codes is None or len(keys) < _MIN_MATCHES:
            return None
        pairs = [p for p in self._matcher.knnMatch(self._codes, codes, k=2) if len(p) == 2]
        good = [a for a, b in pairs if a.distance < _RATIO * b.distance]
        if len(good) < _MIN_MATCHES:
            return None
        source = np.array([self._keys[m.queryIdx].pt for m in good], np.float32)
        target = np.array([keys[m.trainIdx].pt for m in good], np.float32) / shrink
        return _fit(source, target, _MATCH_SLACK_PX, _MIN_MATCHES, 0.0)

    def _refined(self, frame: NDArray[np.uint8], guess: Homography) -> Homography | None:
        """The guess corrected by the flow of the card's own lines, to a fraction of a pixel."""
        for slack in _FLOW_SLACK_PX:
            step = self._flow(_levelled(_rectified(frame, guess)), slack)
            if step is None:
                return None
            guess = guess @ step
            if _reach(step) < _SETTLED_PX:
                break
        return np.asarray(guess / guess[2, 2], np.float64)

    def _flow(self, seen: NDArray[np.uint8], slack: float) -> Homography | None:
        if self._points is None or len(self._points) < _MIN_FOLLOWED:
            return None
        moved, found, _ = cv2.calcOpticalFlowPyrLK(
            self._levelled, seen, self._points, None, winSize=(17, 17), maxLevel=3
        )
        kept = found[:, 0] > 0
        source = np.asarray(self._points[kept].reshape(-1, 2), np.float32)
        target = np.asarray(moved[kept].reshape(-1, 2), np.float32)
        return _fit(source, target, slack, _MIN_FOLLOWED, _MIN_SHARE)


def _fit(source: Points, target: Points, slack: float, least: int, share: float) -> Homography | None:
    if len(source) < least:
        return None
    found, agree = cv2.findHomography(source, target, cv2.RANSAC, slack, maxIters=800)
    if found is None or agree is None or int(agree.sum()) < max(least, share * len(source)):
        return None
    return np.asarray(found, np.float64) if _sound(found) else None


def _sound(homography: NDArray[np.float64]) -> bool:
    """Whether the card keeps its sense of rotation and some size: no folded or vanishing quadrangle."""
    corners = np.array([[[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]]], np.float64)
    quad = cv2.perspectiveTransform(corners, np.asarray(homography, np.float64))[0]
    edges = np.roll(quad, -1, axis=0) - quad
    after = np.roll(edges, -1, axis=0)
    turns = edges[:, 0] * after[:, 1] - edges[:, 1] * after[:, 0]
    return bool((turns > 100).all())


def _reach(step: Homography) -> float:
    """How far a step moves the card's corners, pixels of the raster."""
    corners = np.array([[[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]]], np.float64)
    return float(np.abs(cv2.perspectiveTransform(corners, step) - corners).max())


def _rectified(frame: NDArray[np.uint8], homography: Homography) -> Raster:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(
        frame, homography, (WIDTH, HEIGHT), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)
