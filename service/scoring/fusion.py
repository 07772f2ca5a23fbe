"""The fusion model: an additive model of weights of evidence, one term for each check.

``models/card-forgery.onnx`` takes the states and margins of the checks and gives the bits of each; their
sum is the weight of evidence. What it was fitted on, and how far a term may go, stands in its model card. The
list of its checks, the bands and the margins it was fitted on are metadata of the file, under one digest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from service.errors import ConfigurationError
from service.models import session
from service.scoring.calibration import SYNTHETIC, Calibration
from service.scoring.features import evidence
from service.verdict import CheckResult

__all__ = ["MODEL", "Fusion", "fusion_model", "margin_references"]

MODEL = "card-forgery"


@dataclass(frozen=True, slots=True)
class Fusion:
    """The model as it was opened."""

    checks: tuple[str, ...]
    """Ids of the checks that it weighs, in the order of its inputs."""
    calibration: Calibration
    """The bands that it was shipped with."""
    references: Mapping[str, tuple[int, ...]]
    """Check -> counts of genuine margins by ``drift.EDGES``."""
    patches: Mapping[str, float] | None
    """Limits of the patch network's numbers, None where it was fitted without them."""
    network: str | None
    """SHA-256 of the patch network that these limits belong to."""
    _session: onnxruntime.InferenceSession

    def bits(self, states: NDArray[np.int64], margins: NDArray[np.float32]) -> NDArray[np.float64]:
        """Bits (cards, checks) of rows of evidence, positive towards forged."""
        (bits,) = self._session.run(["bits"], {"states": states, "margins": margins})
        return np.asarray(bits, np.float64)

    def weights(
        self, results: Sequence[CheckResult], silent: frozenset[str] = frozenset()
    ) -> dict[str, float] | None:
        """Bits by check of one card; None where no check that the model knows says anything."""
        states, margins = evidence(results, self.checks, silent)
        if not states.any():
            return None
        found = self.bits(states, margins)[0]
        return {id: round(float(value), 4) + 0.0 for id, value in zip(self.checks, found, strict=True)}


@lru_cache(maxsize=1)
def fusion_model() -> Fusion:
    """The pinned model; ConfigurationError where its file is absent, differs or does not fit."""
    opened = session(MODEL, 1)
    facts = opened.get_modelmeta().custom_metadata_map
    try:
        bands = json.loads(facts["bands"])
        return Fusion(
            tuple(json.loads(facts["checks"])),
            Calibration(SYNTHETIC, _limit(bands["middle"]), _limit(bands["high"])),
            {id: tuple(counts) for id, counts in json.loads(facts["margins"]).items()},
            json.loads(facts.get("patches", "null")),
            json.loads(facts.get("network", "null")),
            opened,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"model {MODEL}: its metadata do not fit this version") from error


def margin_references() -> Mapping[str, tuple[int, ...]]:
    """Genuine margins that the model was calibrated on, by check; empty where the model is missing."""
    try:
        return fusion_model().references
    except ConfigurationError:
        return {}


def _limit(value: Any) -> float:
    """A limit of a band; null where too few cards stood behind it to promise the error asked."""
    return inf if value is None else float(value)
