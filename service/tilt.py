"""Tilt frames as they come in: decoded against the limits and recorded. They are not judged yet.

A report that was given tilt frames says ``tilt_not_assessed`` among its limits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from service.errors import Fault, PayloadTooLarge
from service.evidence import Role
from service.imaging import decode_picture
from service.report import InputReport
from service.settings import Settings

__all__ = ["tilt_inputs"]

_VIDEO = {b"ftyp": "video/mp4", b"\x1a\x45\xdf\xa3": "video/webm"}


def _video_type(data: bytes) -> str | None:
    if data[4:8] == b"ftyp":
        return _VIDEO[b"ftyp"]
    return _VIDEO.get(data[:4])


def tilt_inputs(tilt: Mapping[str, Sequence[bytes]], limits: Settings) -> tuple[InputReport, ...]:
    """One line per frame or video. Raises a Problem for a frame that cannot be decoded or for too many."""
    lines: list[InputReport] = []
    for axis, frames in tilt.items():
        role = Role(f"tilt_{axis}")
        if len(frames) > limits.max_frames:
            raise PayloadTooLarge(
                f"A tilt sequence may have at most {limits.max_frames} frames.",
                Fault(f"/{role.value}", f"Send at most {limits.max_frames} frames."),
            )
        for data in frames:
            digest = hashlib.sha256(data).hexdigest()
            video = _video_type(data)
            if video:
                lines.append(InputReport(role=role.value, sha256=digest, media_type=video))
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
    return tuple(lines)
