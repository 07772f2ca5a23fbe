"""Text lines from small crops: one ONNX model, a greedy CTC decoder, the set of signs masked per crop.

The model sees crops of 48 px height; its cost is proportional to their width. It is used unchanged
(``models/text-recogniser.md``) or, where ``python -m service.reading.prune`` has been run, with the
classes left out that no field can hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
WIDTH_STEP = 16
"""Widths are rounded up to this, so that crops of like width share a batch."""
BATCH = 4
BLANK = 0
SAME_PRINT = {"·": "・", "•": "・", "〜": "～"}
"""Classes that are one and the same sign on a card."""

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


@dataclass(frozen=True, slots=True)
class _Mask:
    columns: NDArray[np.intp]
    signs: tuple[str, ...]


class Recogniser:
    """Reads crops with one ONNX Runtime session; safe to share between threads."""

    def __init__(self, model: onnxruntime.InferenceSession, workers: int = 1) -> None:
        self._session = model
        self._input = model.get_inputs()[0].name
        characters = model.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ["", *characters, " "]
        self._possible = self._columns(kept_signs())
        self._masks: dict[str, _Mask] = {}
        self._pool = ThreadPoolExecutor(workers, "recogniser") if workers > 1 else None

    def read(self, crops: Sequence[Crop], charsets: Sequence[Charset | None]) -> list[TextLine]:
        """Read each crop ((height, width, 3) BGR, one line of text) within its set of signs.

        None as a set allows every sign of the model. An empty crop gives an empty line.
        """
        if len(crops) != len(charsets):
            raise ValueError(f"{len(crops)} crops but {len(charsets)} sets of signs")
        inputs = [_prepare(crop) for crop in crops]
        order = sorted(range(len(crops)), key=lambda i: inputs[i].shape[2])
        batches = _batches(order, [x.shape[2] for x in inputs])
        lines: list[TextLine] = [TextLine("", 0.0)] * len(crops)

        def run(batch: Sequence[int]) -> None:
            for index, line in zip(batch, self._run(batch, inputs, charsets), strict=True):
                lines[index] = line

        heavy_first = sorted(batches, key=lambda b: -len(b) * inputs[b[-1]].shape[2])
        if self._pool is None:
            for batch in heavy_first:
                run(batch)
        else:
            list(self._pool.map(run, heavy_first))
        return lines

    def _run(
        self, batch: Sequence[int], inputs: Sequence[NDArray[np.float32]], sets: Sequence[Charset | None]
    ) -> list[TextLine]:
        width = max(inputs[i].shape[2] for i in batch)
        data = np.zeros((len(batch), 3, CROP_HEIGHT, width), np.float32)
        for row, i in enumerate(batch):
            data[row, :, :, : inputs[i].shape[2]] = inputs[i]
        (output,) = self._session.run(None, {self._input: data})
        steps = output.shape[1]
        lines = []
        for row, i in enumerate(batch):
            share = inputs[i].shape[2] / width
            used = max(1, min(steps, round(steps * share + 0.5)))
            lines.append(_decode(output[row, :used], self._mask(sets[i]), self._possible, steps * share))
        return lines

    def _columns(self, signs: frozenset[str]) -> NDArray[np.intp]:
        return np.array([i for i, s in enumerate(self._characters) if i == BLANK or s in signs])

    def _mask(self, charset: Charset | None) -> _Mask:
        name = charset.name if charset else ""
        if name not in self._masks:
            columns = self._columns(charset.signs if charset else frozenset(self._characters))
            self._masks[name] = _Mask(columns, tuple(SAME_PRINT.get(sign, sign) for sign in (self._characters[i] for i in columns)))
        return self._masks[name]


def _prepare(crop: Crop) -> NDArray[np.float32]:
    if crop.size == 0:
        return np.zeros((3, CROP_HEIGHT, MIN_WIDTH), np.float32)
    height, width = crop.shape[:2]
    target = int(np.clip(round(width * CROP_HEIGHT / height), MIN_WIDTH, MAX_WIDTH))
    shrink = height > CROP_HEIGHT
    resized = cv2.resize(
        crop, (target, CROP_HEIGHT), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_CUBIC
    )
    padded = -target % WIDTH_STEP
    if padded:
        resized = cv2.copyMakeBorder(resized, 0, 0, 0, padded, cv2.BORDER_REPLICATE)
    scaled = resized.astype(np.float32) * np.float32(2 / 255) - np.float32(1)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def _batches(order: Sequence[int], widths: Sequence[int]) -> list[list[int]]:
    """Neighbours in width together, as long as padding wastes less than an eighth."""
    batches: list[list[int]] = []
    for index in order:
        last = batches[-1] if batches else None
        if last is not None and len(last) < BATCH and widths[last[0]] >= 0.875 * widths[index]:
            last.append(index)
        else:
            batches.append([index])
    return batches


def _decode(
    probabilities: NDArray[np.float32], mask: _Mask, possible: NDArray[np.intp], steps: float
) -> TextLine:
    """Greedy CTC over the allowed classes; a sign's confidence is that of its best step."""
    allowed = probabilities[:, mask.columns]
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
