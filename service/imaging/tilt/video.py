"""A short video as a few frames. Limits are checked before a frame is decoded.

OpenCV reads files; its reader of streams in memory crashes the process. So the bytes stand in a file that
only this user can read, for as long as they are decoded.

Frames are thinned while they are read: memory holds at most twice the frames that are wanted.
"""

from __future__ import annotations

import tempfile

import cv2
import numpy as np
from numpy.typing import NDArray

from service.errors import (
    Fault,
    ImageUndecodable,
    MediaTypeUnsupported,
    PayloadTooLarge,
    Problem,
    TooManyPixels,
)
from service.evidence import Role
from service.imaging.container import sniff
from service.settings import Settings

__all__ = ["FRAME_SIDE", "reduced", "video_frames", "video_type"]

FRAME_SIDE = 1280
"""Longest side, pixels, to which a frame is reduced: a card then has about ten pixels per millimetre."""
_WEBM = b"\x1a\x45\xdf\xa3"


def video_type(data: bytes) -> str | None:
    """``video/mp4`` or ``video/webm`` by content; None for a picture or anything else."""
    if data[4:8] == b"ftyp" and sniff(data) is None:
        return "video/mp4"
    return "video/webm" if data.startswith(_WEBM) else None


def reduced(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A frame with its longest side at most ``FRAME_SIDE``."""
    shrink = FRAME_SIDE / max(pixels.shape[:2])
    if shrink >= 1:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)


def video_frames(data: bytes, role: Role, limits: Settings) -> list[NDArray[np.uint8]]:
    """Up to ``limits.video_frames`` frames, evenly over the video, reduced.

    Raises PayloadTooLarge for a video that is too long in bytes or time, TooManyPixels for one whose frames
    are too large, MediaTypeUnsupported where this machine has no video decoder, ImageUndecodable otherwise.
    """
    if len(data) > limits.max_part_bytes:
        raise _problem(
            PayloadTooLarge, role, f"has {len(data)} bytes, at most {limits.max_part_bytes} are read"
        )
    if cv2.CAP_FFMPEG not in cv2.videoio_registry.getStreamBackends():
        raise _problem(
            MediaTypeUnsupported, role, "is a video, and this machine has no decoder for it; send frames"
        )
    with tempfile.NamedTemporaryFile(prefix="honmono-tilt-") as file:
        file.write(data)
        file.flush()
        capture = cv2.VideoCapture(file.name, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        try:
            return _read(capture, role, limits)
        finally:
            capture.release()


_BROKEN = "cannot be decoded as a video; send mp4 (H.264) or webm (VP8, VP9), or single frames"


def _problem(kind: type[Problem], role: Role, what: str) -> Problem:
    detail = f"{role.value} {what}."
    return kind(detail, Fault(f"/{role.value}", detail))


def _read(capture: cv2.VideoCapture, role: Role, limits: Settings) -> list[NDArray[np.uint8]]:
    if not capture.isOpened():
        raise _problem(ImageUndecodable, role, _BROKEN)
    pixels = capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    if pixels > limits.max_video_pixels:
        raise _problem(
            TooManyPixels,
            role,
            f"has frames of more than {limits.max_video_pixels} pixels; record it smaller",
        )
    kept: list[NDArray[np.uint8]] = []
    stride = 1
    for index in range(limits.max_video_frames + 1):
        if not capture.grab():
            break
        seconds = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if index == limits.max_video_frames or seconds > limits.max_video_seconds:
            raise _problem(
                PayloadTooLarge, role, f"is longer than {limits.max_video_seconds:.0f} seconds or "
                f"{limits.max_video_frames} frames; record one movement there and back",
            )  # fmt: skip
        if index % stride == 0:
            found, frame = capture.retrieve()
            if found and frame is not None:
                kept.append(reduced(np.asarray(frame, np.uint8)))
        if len(kept) >= 2 * limits.video_frames:
            kept, stride = kept[::2], stride * 2
    if not kept:
        raise _problem(ImageUndecodable, role, _BROKEN)
    chosen = np.unique(np.linspace(0, len(kept) - 1, min(len(kept), limits.video_frames)).round().astype(int))
    return [kept[i] for i in chosen]
