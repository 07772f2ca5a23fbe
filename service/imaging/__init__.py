"""Bytes -> decoded -> card found -> rectified -> quality measured."""

from service.imaging.decode import decode_picture
from service.imaging.locate import locate_card
from service.imaging.quality import LIMITS, QualityLimits, measure_quality
from service.imaging.rectify import compose, rectify

__all__ = [
    "LIMITS",
    "QualityLimits",
    "compose",
    "decode_picture",
    "locate_card",
    "measure_quality",
    "rectify",
]
