"""Short videos from memory: thinned evenly, refused clearly."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from scripts.specimens.tilt_clip import encode_video
from service.errors import ImageUndecodable, MediaTypeUnsupported, PayloadTooLarge, Problem, TooManyPixels
from service.evidence import Role
from service.imaging.tilt.video import FRAME_SIDE, reduced, video_frames, video_type
from service.settings import Settings

ROLE = Role.TILT_VERTICAL


def frames(count: int, width: int = 320) -> tuple[bytes, ...]:
    """Grey frames, each a little lighter than the one before."""
    return tuple(
        bytes(cv2.imencode(".jpg", np.full((width * 9 // 16, width, 3), 20 + 2 * i, np.uint8))[1])
        for i in range(count)
    )


@pytest.fixture(scope="module")
def mp4() -> bytes:
    return encode_video(frames(100), 25)


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_both_containers_are_read(kind: str) -> None:
    video = encode_video(frames(9), 8, kind)
    assert video_type(video) == f"video/{kind}"
    assert len(video_frames(video, ROLE, Settings())) == 9


def test_a_longer_video_is_thinned_evenly(mp4: bytes) -> None:
    levels = [float(f.mean()) for f in video_frames(mp4, ROLE, Settings(video_frames=20))]
    assert len(levels) == 20
    assert levels[0] < 30
    assert levels[-1] > 200
    assert max(np.diff(levels)) < 3 * min(np.diff(levels)) + 6


@pytest.mark.parametrize(
    ("limits", "kind"),
    [
        ({"max_video_seconds": 2.0}, PayloadTooLarge),
        ({"max_video_frames": 50}, PayloadTooLarge),
        ({"max_part_bytes": 1000}, PayloadTooLarge),
        ({"max_video_pixels": 10_000}, TooManyPixels),
    ],
)
def test_limits_are_named(mp4: bytes, limits: dict[str, float], kind: type[Problem]) -> None:
    with pytest.raises(kind) as raised:
        video_frames(mp4, ROLE, Settings(**limits))  # type: ignore[arg-type]
    assert raised.value.faults[0].pointer == "/tilt_vertical"


@pytest.mark.parametrize("cut", [12, 40, 300])
def test_a_broken_video_is_refused(mp4: bytes, cut: int) -> None:
    with pytest.raises(ImageUndecodable):
        video_frames(mp4[:cut], ROLE, Settings())


def test_a_machine_without_decoder_says_so(mp4: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.videoio_registry, "getStreamBackends", lambda: ())
    with pytest.raises(MediaTypeUnsupported, match="no decoder"):
        video_frames(mp4, ROLE, Settings())


def test_pictures_are_no_videos() -> None:
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
    assert video_type(heic) is None
    assert video_type(frames(1)[0]) is None
    assert video_type(b"") is None


def test_large_frames_are_reduced() -> None:
    assert max(reduced(np.zeros((3000, 4000, 3), np.uint8)).shape) == FRAME_SIDE
    assert reduced(np.zeros((300, 400, 3), np.uint8)).shape == (300, 400, 3)
