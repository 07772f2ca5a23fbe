"""From the results of checks to one calibrated score, and to the weight of each check in it."""

from __future__ import annotations

from service.scoring.calibration import LEAST, SYNTHETIC, Calibration, conformal_threshold
from service.scoring.fusion import MODEL, Fusion, fusion_model
from service.scoring.patched import Patched, patched
from service.scoring.score import SCORE_CHECK, Score, Weighed, weigh

__all__ = [
    "LEAST",
    "MODEL",
    "SCORE_CHECK",
    "SYNTHETIC",
    "Calibration",
    "Fusion",
    "Patched",
    "Score",
    "Weighed",
    "conformal_threshold",
    "fusion_model",
    "patched",
    "weigh",
]
