"""The small reader: fixed texts, dates and numbers at a tenth of the general recogniser's cost.

It knows only the signs of the fixed texts, digits and Latin letters; any other sign comes out as
``STRANGER``. What it does not read beyond doubt, or what is not the text that it should be, is read by the
general recogniser (``service/reading/recogniser.py``): the small one can save time, never decide alone that
something is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from service.models import session
from service.reading.ink import brightest
from service.reading.recogniser import TextLine
from service.settings import settings

__all__ = ["STRANGER", "PrintReader", "print_reader"]

MODEL = "print-reader"
STRANGER = "□"
"""Stands for every sign outside the small alphabet."""
LINE_HEIGHT = 32
"""Pixels; fixed by the model."""
MIN_WIDTH, MAX_WIDTH = 24, 1024
WIDTH_STEP = 8
LEAST_CONTRAST = 16.0
BLANK = 0
RANKED = 3

Crop = NDArray[np.uint8]
Probabilities = NDArray[np.float32]


class PrintReader:
    """Reads crops with one ONNX Runtime session; safe to share between threads."""

    def __init__(self, model: onnxruntime.InferenceSession, workers: int = 1) -> None:
        self._session = model
        self._pool = ThreadPoolExecutor(workers, "print-reader") if workers > 1 else None
        characters = model.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._signs = ["", *characters]
        self._at = {sign: i for i, sign in enumerate(self._signs)}

    def read(self, crops: Sequence[Crop], words: bool = False) -> list[TextLine]:
        """Read each crop ((height, width, 3) BGR, one line of text); an empty crop gives an empty line.

        With ``words`` a zero counts as the letter O and spaces are left out, as in fixed labels.
        """
        mapped = map if self._pool is None else self._pool.map
        return list(mapped(lambda crop: self._read_one(crop, words), crops))

    def _read_one(self, crop: Crop, words: bool) -> TextLine:
        if crop.size == 0:
            return TextLine("", 0.0)
        data, share = _prepare(crop)
        (output,) = self._session.run(None, {"line": data})
        probabilities = np.array(output[0])
        if words:
            for goes, stays in ((self._at[" "], BLANK), (self._at["0"], self._at["O"])):
                probabilities[:, stays] += probabilities[:, goes]
                probabilities[:, goes] = 0
        return self._decode(probabilities, share)

    def _decode(self, probabilities: Probabilities, share: float) -> TextLine:
        """Greedy CTC; the claim of a sign is bounded by each step that another text would explain better."""
        best = probabilities.argmax(axis=1)
        starts = np.flatnonzero((best != BLANK) & np.r_[True, best[1:] != best[:-1]])
        if not starts.size:
            return TextLine("", 0.0)
        peaks = _peaks(probabilities, best, starts)
        signs = best[starts]
        explained = _explained(probabilities, signs, peaks)
        owner = np.abs(np.arange(len(best))[:, None] - peaks[None, :]).argmin(axis=1)
        claims = [
            float(min(probabilities[peak, sign], explained[owner == i].min()))
            for i, (peak, sign) in enumerate(zip(peaks, signs, strict=True))
        ]
        return TextLine(
            text="".join(self._signs[sign] for sign in signs),
            confidence=min(claims),
            char_confidences=tuple(claims),
            positions=tuple(float(min(1.0, (peak + 0.5) / (share * len(best)))) for peak in peaks),
            alternatives=self._ranked(probabilities[peaks]),
        )

    def _ranked(self, steps: Probabilities) -> tuple[tuple[tuple[str, float], ...], ...]:
        """For each step the likeliest signs, best first."""
        top = np.argpartition(-steps, RANKED, axis=1)[:, :RANKED]
        order = np.take_along_axis(top, np.argsort(-np.take_along_axis(steps, top, 1), axis=1), 1)
        shares = np.take_along_axis(steps, order, 1)
        return tuple(
            tuple((self._signs[i], p) for i, p in zip(row, probs, strict=True) if i != BLANK)
            for row, probs in zip(order.tolist(), shares.tolist(), strict=True)
        )


def _prepare(crop: Crop) -> tuple[NDArray[np.float32], float]:
    """The crop as (1, 1, 32, width) with its contrast brought to the full range; the share that it fills."""
    height, width = crop.shape[:2]
    target = int(np.clip(round(width * LINE_HEIGHT / height), MIN_WIDTH, MAX_WIDTH))
    way = cv2.INTER_AREA if height > LINE_HEIGHT else cv2.INTER_CUBIC
    line = cv2.resize(brightest(crop), (target, LINE_HEIGHT), interpolation=way).astype(np.float32)
    low, high = np.percentile(line[::2, ::2], [1, 99])
    line = np.clip((line - low) * (255 / max(LEAST_CONTRAST, high - low)), 0, 255)
    padded = -target % WIDTH_STEP
    if padded:
        line = cv2.copyMakeBorder(line, 0, 0, 0, padded, cv2.BORDER_REPLICATE)
    return np.asarray(line[None, None], np.float32), target / (target + padded)


def _peaks(
    probabilities: Probabilities, best: NDArray[np.intp], starts: NDArray[np.intp]
) -> NDArray[np.intp]:
    """The surest step of each run of one sign."""
    changes = np.flatnonzero(best[1:] != best[:-1]) + 1
    ends = np.r_[changes, len(best)][np.searchsorted(changes, starts, side="right")]
    return np.array(
        [
            start + int(probabilities[start:end, best[start]].argmax())
            for start, end in zip(starts, ends, strict=True)
        ]
    )


def _explained(
    probabilities: Probabilities, signs: NDArray[np.intp], peaks: NDArray[np.intp]
) -> NDArray[np.float32]:
    """For each step the probability that the text read leaves open there: blank or a neighbouring sign.

    Between two equal signs only a blank keeps them apart, so that the surest blank there counts.
    """
    steps = np.arange(len(probabilities))
    after = np.searchsorted(peaks, steps, side="left")
    left, right = signs[np.maximum(after - 1, 0)], signs[np.minimum(after, len(signs) - 1)]
    found = probabilities[:, BLANK] + probabilities[steps, left]
    found = found + np.where(left != right, probabilities[steps, right], 0)
    for i in np.flatnonzero(signs[1:] == signs[:-1]):
        between = slice(peaks[i] + 1, peaks[i + 1])
        found[between] = np.minimum(found[between], probabilities[between, BLANK].max(initial=0.0))
    return np.asarray(np.minimum(found, 1.0), np.float32)


@lru_cache(maxsize=1)
def print_reader() -> PrintReader:
    """The small reader of this process, made at first use."""
    return PrintReader(session(MODEL, 1), workers=settings().onnx_threads)
