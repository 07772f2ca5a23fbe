"""Text lines from small crops: one ONNX model, a greedy CTC decoder, the set of signs masked per crop.

The model sees crops of 48 px height; its cost is proportional to their width. It is used unchanged
(``models/text-recogniser.md``) or, where ``python -m service.reading.prune`` has been run, with the
classes left out that no field can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from service.models import session
from service.reading.charsets import Charset
from service.reading.pruned import kept_signs, pruned_session
from service.settings import settings

__all__ = ["CROP_HEIGHT", "Recogniser", "TextLine", "recogniser"]

MODEL = "text-recogniser"
CROP_HEIGHT = 48
"""Pixels; fixed by the model."""
MIN_WIDTH = 32
MAX_WIDTH = 1280
WIDTH_STEP = 8
"""The model's stride."""
BLANK = 0
LEAST = 1e-9
"""Least probability of a class where a logarithm is asked for: 20.7 nats below certainty."""
SAME_PRINT = {"·": "・", "•": "・", "〜": "～", "(": "（", ")": "）", "：": ":", "，": ","}
"""Classes that are one and the same sign on a card, to the one that stands for both."""

Crop = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line as read."""

    text: str
    confidence: float
    """0 ... 1: the least confident sign; 0 for no text."""
    char_confidences: tuple[float, ...] = ()
    positions: tuple[float, ...] = ()
    """Centre of each sign along the crop, 0 ... 1."""
    alternatives: tuple[tuple[tuple[str, float], ...], ...] = ()
    """For each sign the likeliest signs with their probabilities, best first, itself included."""

    def at_most(self, claim: float) -> TextLine:
        """The same line with no sign surer than ``claim``."""
        return replace(
            self,
            confidence=min(self.confidence, claim),
            char_confidences=tuple(min(c, claim) for c in self.char_confidences),
        )


@dataclass(frozen=True, slots=True)
class _Mask:
    columns: NDArray[np.intp]
    signs: tuple[str, ...]
    same: tuple[tuple[int, int], ...]
    """Pairs of classes whose probabilities belong together: the one that stays, the one that goes."""


class Recogniser:
    """Reads crops with one ONNX Runtime session; safe to share between threads."""

    def __init__(self, model: onnxruntime.InferenceSession, workers: int = 1) -> None:
        self._session = model
        self._input = model.get_inputs()[0].name
        characters = model.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ["", *characters, " "]
        self._class_of = {sign: i for i, sign in reversed(list(enumerate(self._characters))) if sign}
        self._possible = self._columns(kept_signs())
        self._masks: dict[str, _Mask] = {}
        self._pool = ThreadPoolExecutor(workers, "recogniser") if workers > 1 else None

    def read(self, crops: Sequence[Crop], charsets: Sequence[Charset | None]) -> list[TextLine]:
        """Read each crop ((height, width, 3) BGR, one line of text) within its set of signs.

        None as a set allows every sign of the model. An empty crop gives an empty line.
        """
        if len(crops) != len(charsets):
            raise ValueError(f"{len(crops)} crops but {len(charsets)} sets of signs")
        widest_first = sorted(range(len(crops)), key=lambda i: -crops[i].shape[1])
        mapped = map if self._pool is None else self._pool.map
        lines = mapped(lambda i: self._read_one(crops[i], charsets[i]), widest_first)
        found = dict(zip(widest_first, lines, strict=True))
        return [found[i] for i in range(len(crops))]

    def _read_one(self, crop: Crop, charset: Charset | None) -> TextLine:
        """One crop on its own: batches were measured to be no faster, and pad the narrow ones."""
        if crop.size == 0:
            return TextLine("", 0.0)
        data, share = _prepare(crop)
        (output,) = self._session.run(None, {self._input: data})
        return _decode(output[0], self._mask(charset), self._possible, share * output.shape[1])

    @property
    def blank(self) -> int:
        """The class of no sign at all."""
        return BLANK

    def classes(self, text: str) -> list[int] | None:
        """The class of each sign; None where one is not known to the model."""
        found = [self._class_of.get(SAME_PRINT.get(sign, sign)) for sign in text]
        known = [number for number in found if number is not None]
        return known if len(known) == len(found) else None

    def log_probabilities(self, crops: Sequence[Crop]) -> list[NDArray[np.float64]]:
        """(steps, classes) of each crop that is not empty, one and the same print counted together."""
        mask, found = self._mask(None), []
        for crop in crops:
            if crop.size == 0:
                continue
            (output,) = self._session.run(None, {self._input: _prepare(crop)[0]})
            steps = np.asarray(output[0], np.float64)
            for stays, goes in mask.same:
                steps[:, stays] += steps[:, goes]
            found.append(np.log(np.maximum(steps, LEAST)))
        return found

    def _columns(self, signs: frozenset[str]) -> NDArray[np.intp]:
        return np.array([i for i, s in enumerate(self._characters) if i == BLANK or s in signs])

    def _mask(self, charset: Charset | None) -> _Mask:
        name = charset.name if charset else ""
        if name not in self._masks:
            columns = self._columns(charset.signs if charset else frozenset(self._characters))
            signs = tuple(self._characters[i] for i in columns)
            at = {sign: i for i, sign in enumerate(signs)}
            same = tuple((at[b], at[a]) for a, b in SAME_PRINT.items() if a in at and b in at)
            self._masks[name] = _Mask(columns, signs, same)
        return self._masks[name]


def _prepare(crop: Crop) -> tuple[NDArray[np.float32], float]:
    """The crop as (1, 3, 48, width), and the share of that width that it fills."""
    height, width = crop.shape[:2]
    target = int(np.clip(round(width * CROP_HEIGHT / height), MIN_WIDTH, MAX_WIDTH))
    shrink = height > CROP_HEIGHT
    resized = cv2.resize(
        crop, (target, CROP_HEIGHT), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC
    )
    padded = -target % WIDTH_STEP
    if padded:
        resized = cv2.copyMakeBorder(resized, 0, 0, 0, padded, cv2.BORDER_REPLICATE)
    data = cv2.dnn.blobFromImage(resized, 2 / 255, mean=(127.5, 127.5, 127.5))
    return np.asarray(data, np.float32), target / (target + padded)


def _decode(
    probabilities: NDArray[np.float32], mask: _Mask, possible: NDArray[np.intp], steps: float
) -> TextLine:
    """Greedy CTC over the allowed classes; a sign's confidence is that of its best step."""
    allowed = probabilities[:, mask.columns]
    for stays, goes in mask.same:
        allowed[:, stays] += allowed[:, goes]
        allowed[:, goes] = 0.0
    best = allowed.argmax(axis=1)
    starts = np.flatnonzero((best != BLANK) & np.r_[True, best[1:] != best[:-1]])
    text: list[str] = []
    confidences: list[float] = []
    positions: list[float] = []
    alternatives: list[tuple[tuple[str, float], ...]] = []
    for start in starts:
        end = start
        while end + 1 < len(best) and best[end + 1] == best[start]:
            end += 1
        peak = start + int(allowed[start : end + 1, best[start]].argmax())
        text.append(mask.signs[best[start]])
        everything = float(probabilities[peak, possible].sum())
        confidences.append(_confidence(allowed[peak], best[start], everything))
        positions.append(float(min(1.0, (start + end + 1) / 2 / steps)))
        alternatives.append(_alternatives(allowed[peak], mask.signs))
    return TextLine(
        "".join(text),
        min(confidences, default=0.0),
        tuple(confidences),
        tuple(positions),
        tuple(alternatives),
    )


def _confidence(allowed: NDArray[np.float32], chosen: np.intp, everything: float) -> float:
    """Geometric mean of the sign's share of all signs that a card can hold and of the allowed ones.

    The first alone would punish a zero for looking like the letter O; the second alone would be sure
    about anything in a set of two. Classes outside every set count in neither, so that the full and the
    pruned model give the same figure.
    """
    value = float(allowed[chosen])
    return float(np.sqrt(value / max(everything, 1e-9) * value / max(float(allowed.sum()), 1e-9)))


def _alternatives(allowed: NDArray[np.float32], signs: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    count = min(3, len(signs))
    top = np.argpartition(-allowed, count - 1)[:count]
    ranked = sorted(top, key=lambda i: -allowed[i])
    total = max(float(allowed.sum()), 1e-9)
    return tuple((signs[i], float(allowed[i]) / total) for i in ranked if i != BLANK)


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The recogniser of this process, made at first use: the pruned model where it has been made."""
    model = pruned_session() or session(MODEL, 1)
    return Recogniser(model, workers=settings().onnx_threads)
