"""Tilt frames as they come in: decoded against the limits, recorded, and measured against the front.

A sequence is frames in order, or one short video. Without a picture of the front nothing is measured: the
card in the frames is found by it, and must be it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.cards.layout import Layout, Ovd, SideLayout
from service.errors import Fault, PayloadTooLarge, RequestInvalid
from service.evidence import CardView, Role
from service.imaging import decode_picture
from service.imaging.tilt import Patch, Places, TiltFacts, measure_sequence
from service.imaging.tilt.raster import place_mask
from service.imaging.tilt.track import Tracker
from service.imaging.tilt.video import reduced, video_frames, video_type
from service.report import InputReport
from service.settings import Settings

__all__ = ["TiltReading", "aligned_frames", "places_of", "read_tilt"]

_OWN = ("card_number", "date_of_birth", "name_latin", "nationality", "stay_until", "issue_date")
"""Lines that differ from holder to holder."""


@dataclass(frozen=True, slots=True)
class TiltReading:
    """What came in, and what was measured in it."""

    inputs: tuple[InputReport, ...] = ()
    facts: TiltFacts | None = None
    """None where no frames were sent."""


def read_tilt(
    tilt: Mapping[str, Sequence[bytes]], front: CardView | None, layout: Layout | None, limits: Settings
) -> TiltReading:
    """Decode and measure every sequence.

    Raises a Problem for a frame or video that cannot be decoded, for too many, or for both in one sequence.
    """
    lines: list[InputReport] = []
    sequences = {}
    side = layout.front if layout else SideLayout()
    for axis, parts in tilt.items():
        frames = _frames(Role(f"tilt_{axis}"), parts, limits, lines)
        if front is None or not side.ovds:
            for _ in frames:
                continue
        else:
            sequences[axis] = measure_sequence(axis, frames, front.raster, places_of(side))
    facts = TiltFacts(sequences, tuple(f"tilt_{axis}" for axis in tilt)) if tilt else None
    return TiltReading(tuple(lines), facts)


def aligned_frames(
    axis: str, parts: Sequence[bytes], front: CardView, layout: Layout, limits: Settings
) -> tuple[NDArray[np.uint8], ...]:
    """The card of each frame in which it was found, each in place, (319, 506, 3) BGR, for a person to see.

    ``axis`` is ``vertical``, ``horizontal`` or ``rotate``. Raises a Problem as ``read_tilt`` does.
    """
    tracker = Tracker(front.raster, place_mask(places_of(layout.front).changing))
    frames = _frames(Role(f"tilt_{axis}"), parts, limits, [])
    return tuple(placed.raster for placed in tracker.follow(frames) if placed is not None)


def places_of(side: SideLayout) -> Places:
    """Where to look on a front, from its layout."""
    letters, silver = side.ovd("letters"), side.ovd("silver")
    anchors = tuple(label.box for label in side.labels if label.anchor)
    own = tuple(place.box for place in map(side.field, _OWN) if place is not None)
    return Places(
        films={ovd.id: Patch(ovd.box, ovd.beside) for ovd in side.ovds if ovd.change == "colour"},
        letters=letters.box if letters else None,
        silver=silver.box if silver else None,
        own=own,
        fixed=anchors,
        changing=tuple(_surroundings(ovd) for ovd in side.ovds if ovd.gesture != "see_through"),
    )


def _surroundings(ovd: Ovd) -> tuple[float, float, float, float]:
    """The place with a little more: where a device ends is not known to the millimetre."""
    x, y, w, h = ovd.box
    left, top = max(0.0, x - 0.014), max(0.0, y - 0.02)
    return (left, top, min(1.0, x + w + 0.014) - left, min(1.0, y + h + 0.02) - top)


def _frames(
    role: Role, parts: Sequence[bytes], limits: Settings, lines: list[InputReport]
) -> Iterator[NDArray[np.uint8]]:
    """Frames one at a time, reduced, without exact repeats; each part is recorded in ``lines``."""
    if len(parts) > limits.max_frames:
        raise PayloadTooLarge(
            f"A tilt sequence may have at most {limits.max_frames} frames.",
            Fault(f"/{role.value}", f"Send at most {limits.max_frames} frames."),
        )
    videos = [kind for kind in map(video_type, parts) if kind]
    if videos and len(parts) > 1:
        raise RequestInvalid(
            "A tilt sequence is either frames or one video.",
            Fault(f"/{role.value}", "Send one video, or frames alone."),
        )
    seen: set[str] = set()
    for data in parts:
        digest = hashlib.sha256(data).hexdigest()
        if videos:
            yield from _video(data, digest, videos[0], role, limits, lines)
            continue
        picture = decode_picture(data, role, limits)
        lines.append(
            InputReport(
                role=role.value,
                sha256=digest,
                media_type=picture.media_type,
                width=picture.width,
                height=picture.height,
            )
        )
        if digest not in seen:
            seen.add(digest)
            yield reduced(picture.pixels)


def _video(
    data: bytes, digest: str, kind: str, role: Role, limits: Settings, lines: list[InputReport]
) -> Iterator[NDArray[np.uint8]]:
    frames = video_frames(data, role, limits)
    height, width = frames[0].shape[:2]
    lines.append(InputReport(role=role.value, sha256=digest, media_type=kind, width=width, height=height))
    yield from frames
