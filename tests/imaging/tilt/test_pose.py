"""Angles from homographies alone, for lenses that nobody told about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scripts.specimens.tilt_camera import Lens, Pose, view
from service.imaging.tilt.pose import poses

TO_RASTER = np.diag([2.0, 2.0, 1.0])
"""The specimens' 300 dpi card -> the 150 dpi raster."""


@pytest.mark.parametrize("share", [0.8, 1.3, 2.4])
@pytest.mark.parametrize("axis", ["across", "along"])
def test_tilt_is_found_with_its_sign(share: float, axis: str) -> None:
    lens = Lens((1280, 720), share * 1280, share * 1280 * 85.6 / 850, 0, 90, 0)
    angles = [-14.0, -3.0, 0.0, 8.0, 17.0, 29.0]
    upright = Pose(across=0.0, along=0.0, spin=4.0, shift=(20.0, -9.0), share=0)
    shown = [replace(upright, across=a) if axis == "across" else replace(upright, along=a) for a in angles]
    found = poses([view(pose, lens) @ TO_RASTER for pose in shown], lens.size)
    name, other = ("vertical", "horizontal") if axis == "across" else ("horizontal", "vertical")
    seen = np.array([getattr(pose, name) for pose in found])
    assert np.abs(np.abs(np.corrcoef(seen, angles)[0, 1])) > 0.99
    assert np.ptp(seen) == pytest.approx(43.0, abs=4.5)
    assert max(abs(getattr(pose, other)) for pose in found) < 5.5


def test_a_turn_beyond_a_half_goes_on() -> None:
    lens = Lens((1280, 720), 1280, 250, 0, 90, 0)
    shown = [Pose(0, 0, float(a), (0, 0), 0) for a in range(0, 271, 30)]
    turned = [pose.turned for pose in poses([view(p, lens) @ TO_RASTER for p in shown], lens.size)]
    assert np.diff(turned) == pytest.approx([30.0] * 9, abs=0.5)


def test_no_frames_have_no_poses() -> None:
    assert poses([], (1280, 720)) == ()
