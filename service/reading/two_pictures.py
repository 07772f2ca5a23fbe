"""Do two pictures of a line show one text? What the recogniser thinks of either text in either picture.

A recogniser that reads 月 for 目 in the chip's small picture does so with a near second choice; where two
texts differ, each picture speaks against the other's text by orders of magnitude. So the question is never
how sure a reading is, but how much less likely the other reading is in the same picture: a ratio of
likelihoods (Graves et al. 2006, connectionist temporal classification, the best path through the steps).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from service.cards.layout import SideLayout
from service.cards.lookalike import fold
from service.reading.fields import plan_fields
from service.reading.ink import ink_map
from service.reading.recogniser import LEAST, Recogniser, recogniser

__all__ = ["Apart", "LineSigns", "exchanged", "signs_of", "texts_apart"]

Steps = NDArray[np.float64]
"""(steps, signs) log probabilities."""
Span = tuple[int, int]
"""Begin and end of a place in a text, the end exclusive."""


@dataclass(frozen=True, slots=True)
class LineSigns:
    """What the recogniser sees in the lines of a row, step by step from left to right."""

    steps: Steps
    reader: Recogniser

    def log_likelihood(self, text: str) -> float | None:
        """Of the best path that spells the text, with anything before and after it; None for other signs.

        The same signs before and after a text cost the same whichever text is asked for, so that a field
        that shares its row with another can be asked for alone.
        """
        classes = self.reader.classes(text)
        return None if classes is None else _best_path(self.steps, classes, self.reader.blank)


def signs_of(raster: NDArray[np.uint8], side: SideLayout, names: Sequence[str]) -> dict[str, LineSigns]:
    """The rows of the named fields on a side in place, (638, 1012, 3) BGR; those not found are left out."""
    reader = recogniser()
    found: dict[str, LineSigns] = {}
    for request in plan_fields(ink_map(raster), side):
        asked = {place.name for place in request.places} & set(names)
        if asked and request.lines:
            lines = reader.log_probabilities(request.crops(raster))
            found |= dict.fromkeys(asked, LineSigns(_joined(lines, reader.blank), reader))
    return found


def _joined(lines: Sequence[Steps], blank: int) -> Steps:
    """Lines one after the other, a blank between them, so that a sign may end one and begin the next."""
    gap = np.full((1, lines[0].shape[1]), np.log(LEAST))
    gap[0, blank] = 0.0
    parts = [part for line in lines for part in (line, gap)]
    return np.concatenate(parts[:-1])


@dataclass(frozen=True, slots=True)
class Apart:
    """How much less likely the other's text is in both pictures, nats, at the place that shows it best.

    For each place where the texts differ, the lesser of what the first picture says against the second's
    signs there and of the reverse. 0 where the texts differ in look-alikes alone.
    """

    known: float = 0.0
    """Greatest where a digit, letter or kana stands for another: signs that every recogniser knows."""
    kanji: float = 0.0
    """Greatest of the other places: there are kanji that a recogniser has hardly ever seen."""
    exchanged: float = 0.0
    """Greatest of all places where as many signs stand for as many others, where both texts were read."""

    @property
    def most(self) -> float:
        """Greatest of all."""
        return max(self.known, self.kanji)


def exchanged(first: str, second: str) -> bool:
    """Whether anywhere as many signs stand for as many others, look-alikes apart."""
    return any(b - a == d - c for (a, b), (c, d) in _differing(first, second))


def texts_apart(first: str, second: str, in_first: LineSigns | None, in_second: LineSigns) -> Apart | None:
    """Weigh two texts, each read in a picture of its own; None where a sign is not known to the recogniser.

    ``in_first`` is None where the first text was never read, but stood there as text. Nothing is called
    exchanged then: a rare kanji is as unlikely in its own picture as another sign would be.
    """
    read_first = _Seen(first, in_first) if in_first is not None else None
    read_second = _Seen(second, in_second)
    found = Apart()
    for one, other in _differing(first, second):
        signs, others = first[slice(*one)], second[slice(*other)]
        nats = read_second.against(other, signs)
        back = read_first.against(one, others) if read_first is not None else nats
        if nats is None or back is None:
            return None
        least = min(nats, back)
        if read_first is not None and len(signs) == len(others):
            found = replace(found, exchanged=max(found.exchanged, least))
        if _known(signs) and _known(others):
            found = replace(found, known=max(found.known, least))
        else:
            found = replace(found, kanji=max(found.kanji, least))
    return found


class _Seen:
    """A text with what the recogniser sees in the picture that it was read in."""

    def __init__(self, text: str, signs: LineSigns) -> None:
        self._text, self._signs = text, signs
        self._as_read = signs.log_likelihood(text)

    def against(self, span: Span, others: str) -> float | None:
        """How much less likely the text is with other signs in a place, nats; None for unknown signs."""
        begin, end = span
        otherwise = self._signs.log_likelihood(self._text[:begin] + others + self._text[end:])
        return None if self._as_read is None or otherwise is None else self._as_read - otherwise


def _known(text: str) -> bool:
    return any(sign.isalnum() and not "\u3400" <= sign <= "\u9fff" for sign in text)


def _differing(first: str, second: str) -> list[tuple[Span, Span]]:
    """Places where the texts differ by more than look-alikes, as spans of both."""
    a, b = [fold(sign) for sign in first], [fold(sign) for sign in second]
    opcodes = SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes()
    spans = [((i, j), (k, m)) for tag, i, j, k, m in opcodes if tag != "equal"]
    if len(a) == len(b):
        exchanged = [
            ((i, i + 1), (i, i + 1)) for i, (one, other) in enumerate(zip(a, b, strict=True)) if one != other
        ]
        if len(exchanged) <= sum(max(j - i, m - k) for (i, j), (k, m) in spans):
            spans = exchanged
    return [span for span in spans if "".join(a[slice(*span[0])]) != "".join(b[slice(*span[1])])]


def _best_path(steps: Steps, classes: Sequence[int], blank: int) -> float:
    """Viterbi over the text with blanks between its signs; before and after it every step is as it likes."""
    states = np.full(2 * len(classes) + 1, blank)
    states[1::2] = classes
    jump = np.zeros(len(states), bool)
    jump[3::2] = states[3::2] != states[1:-2:2]
    emitted, free = steps[:, states], steps.max(axis=1)
    emitted[:, 0] = emitted[:, -1] = free
    best = np.full(len(states), -np.inf)
    best[:2] = emitted[0, :2]
    for now in emitted[1:]:
        before = best
        best = before.copy()
        np.maximum(best[1:], before[:-1], out=best[1:])
        np.maximum(best[2:], before[:-2], out=best[2:], where=jump[2:])
        best += now
    return float(best[-2:].max())
