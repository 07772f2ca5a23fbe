"""Reading the fixed labels of one side: looked for at their places and read, so that a wrong letter shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from service.cards.layout import Label
from service.cards.lookalike import as_far_as_seen
from service.evidence import CARD_HEIGHT_MM, CARD_WIDTH_MM, LabelReading, Side
from service.reading.charsets import Charset, charset
from service.reading.crops import cut, fraction_of
from service.reading.ink import Ink, TextBox
from service.reading.lexicon import skeleton
from service.reading.print_reader import print_reader
from service.reading.recogniser import TextLine, recogniser
from service.reading.registration import find_labels
from service.reading.two_pictures import LineSigns

__all__ = [
    "LabelRequest",
    "label_apart",
    "label_readings",
    "labels_apart",
    "plan_labels",
    "read_labels",
    "read_small",
]

SQUASH = 0.5
"""At this width the issuer's specimen, 538 px wide, reads with few slips; those labels are read again."""
SQUASH_LONG = 0.75
LONG = 20
"""Labels of more signs are set in the smallest print: squeezed further they would be read again anyway."""
SQUASH_AGAIN = 0.85
PAD_ROWS = 0.08
"""Labels of two languages stand close above each other."""
SEARCH_PX = 14
"""After registration a label stands within 1.2 mm of its place."""
SURE = 0.6
"""A label read right at least this surely is not read again; a wrong one always is."""
SURE_SMALL = 0.8
"""The same for the small reader, which has seen these words in training."""
ASK_FROM = 0.80
"""Confidence of a wrong reading from which the picture is asked how likely the label itself is."""
PIECE_BELOW = 0.5
"""Likeness to the label below which a piece of a neighbouring label may have been read in its place."""
SHAPE_ONLY = 0.6
"""Most that a label may claim by its shape alone, without having been read."""


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """A label with the print found at its place."""

    label: Label
    nominal: TextBox | None = None
    found: TextBox | None = None

    @property
    def whole_place(self) -> TextBox | None:
        """From the left end of the print that was found as far as the label should reach, None for none."""
        if self.found is None or self.nominal is None:
            return None
        reach = max(self.found.x1, self.found.x0 + self.nominal.width)
        return replace(self.found, x1=reach)

    @property
    def charset(self) -> Charset:
        """Every sign: a label is not masked, or a misspelling would be read as the label."""
        return charset("any")

    def whole(self, raster: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        """The print as it stands, for the small reader; None where there is none."""
        return None if self.found is None else cut(raster, self.found, pad_rows=PAD_ROWS)

    def crop(self, raster: NDArray[np.uint8], again: bool = False) -> NDArray[np.uint8] | None:
        """The print, None where there is none; less squeezed where it is read ``again``."""
        if self.found is None:
            return None
        squash = SQUASH_LONG if len(self.label.text) > LONG else SQUASH
        return cut(raster, self.found, SQUASH_AGAIN if again else squash, PAD_ROWS)

    def reads_well(self, line: TextLine) -> bool:
        """Whether the squeezed reading is the label beyond doubt, so that it need not be read again."""
        return line.confidence >= SURE and _alike(self.label.text, line.text) == 1.0

    def settled_by(self, line: TextLine) -> bool:
        """Whether the small reader has read the label beyond doubt."""
        return line.confidence >= SURE_SMALL and _alike(self.label.text, line.text) == 1.0


def plan_labels(ink: Ink, labels: Sequence[Label]) -> tuple[LabelRequest, ...]:
    """Where each label's print stands."""
    found = find_labels(ink, labels, SEARCH_PX)
    return tuple(LabelRequest(label, *found.get(label.id, (None, None))) for label in labels)


def read_small(raster: NDArray[np.uint8], requests: Sequence[LabelRequest]) -> dict[str, TextLine]:
    """The labels that the small reader reads right beyond doubt, by id; no word about the others."""
    asked = [(request, crop) for request in requests if (crop := request.whole(raster)) is not None]
    lines = print_reader().read([crop for _, crop in asked], words=True)
    pairs = zip(asked, lines, strict=True)
    return {request.label.id: line for (request, _), line in pairs if request.settled_by(line)}


def read_labels(
    raster: NDArray[np.uint8], requests: Sequence[LabelRequest], first: Mapping[str, TextLine]
) -> dict[str, TextLine]:
    """The final reading of each label by id: doubtful ones are read again, less squeezed.

    Squeezing can swallow a letter without any doubt in the reader, so that a wrong word must be seen twice;
    of two readings the one nearer to the label counts.
    """
    again = [r for r in requests if r.label.id in first and not r.reads_well(first[r.label.id])]
    crops = [crop for request in again if (crop := request.crop(raster, again=True)) is not None]
    lines = recogniser().read(crops, [request.charset for request in again])
    second = {request.label.id: line for request, line in zip(again, lines, strict=True)}
    return {
        request.label.id: _nearer(request.label.text, first[request.label.id], second.get(request.label.id))
        for request in requests
        if request.label.id in first
    }


def labels_apart(
    raster: NDArray[np.uint8], requests: Sequence[LabelRequest], lines: Mapping[str, TextLine]
) -> dict[str, float]:
    """``label_apart`` of the labels that it is known of, by id."""
    found = {}
    for request in requests:
        line, place = lines.get(request.label.id), request.whole_place
        if line is not None and place is not None:
            found[request.label.id] = label_apart(raster, place, request.label.text, line)
    return {id: nats for id, nats in found.items() if nats is not None}


def label_apart(raster: NDArray[np.uint8], place: TextBox, expected: str, line: TextLine) -> float | None:
    """How much less likely a label is than what was read, in nats, in the picture of its place unsqueezed.

    Ends that were not seen count for neither. None where it was read right or with doubt, and where it has
    signs that the recogniser does not know.
    """
    if line.confidence < ASK_FROM or _alike(expected, line.text) == 1.0:
        return None
    reader = recogniser()
    found = reader.log_probabilities([cut(raster, place, pad_rows=PAD_ROWS)])
    if not found:
        return None
    signs = LineSigns(found[0], reader)
    as_read = signs.log_likelihood(line.text)
    as_known = signs.log_likelihood(as_far_as_seen(expected, line.text))
    return None if as_read is None or as_known is None else as_read - as_known


def _nearer(expected: str, first: TextLine, second: TextLine | None) -> TextLine:
    if second is None:
        return first
    return max(first, second, key=lambda line: (_alike(expected, line.text), line.confidence))


def label_readings(
    requests: Sequence[LabelRequest],
    texts: Mapping[str, TextLine],
    shape: tuple[int, ...],
    side: Side,
    apart: Mapping[str, float] | None = None,
) -> tuple[LabelReading, ...]:
    """One reading for each label, also for those that were not found; ``texts`` and ``apart`` by label id.

    Print that is another label was taken for this one by mistake: this one was not found.
    """
    words = {_plain(request.label.text) for request in requests}
    readings = []
    for request in requests:
        line = texts.get(request.label.id)
        if line is not None and _another(request.label.text, line.text, words):
            request, line = LabelRequest(request.label), None
        reading = _reading(request, line, shape, side)
        readings.append(replace(reading, apart=(apart or {}).get(reading.id) if line else None))
    return tuple(readings)


def _another(expected: str, seen: str, words: Set[str]) -> bool:
    """Whether what was seen is another label, word for word, or a piece of one that this label hardly has."""
    text, others = _plain(seen), words - {_plain(expected)}
    piece = bool(text) and _alike(expected, seen) < PIECE_BELOW and any(text in other for other in others)
    return text in others or piece


def _reading(
    request: LabelRequest, line: TextLine | None, shape: tuple[int, ...], side: Side
) -> LabelReading:
    label, nominal, found = request.label, request.nominal, request.found
    if nominal is None or found is None:
        return LabelReading(label.id, side, label.text, similarity=0.0)
    text, likeness = None, SHAPE_ONLY * _same_size(nominal, found)
    if line is not None:
        alike = _alike(label.text, line.text)
        text = label.text if alike == 1.0 else line.text
        likeness = alike
    return LabelReading(
        id=label.id,
        side=side,
        expected=label.text,
        similarity=likeness,
        text=text,
        confidence=line.confidence if line else 0.0,
        box=fraction_of(found, shape),
        offset_mm=_offset(nominal, found, shape),
    )


def _plain(text: str) -> str:
    return skeleton(unicodedata.normalize("NFKC", text)).replace("。", ".")


def _alike(expected: str, seen: str) -> float:
    return SequenceMatcher(None, _plain(expected), _plain(seen), autojunk=False).ratio()


def _same_size(nominal: TextBox, found: TextBox) -> float:
    return min(nominal.width, found.width) / max(nominal.width, found.width)


def _offset(nominal: TextBox, found: TextBox, shape: tuple[int, ...]) -> tuple[float, float]:
    """By the left end, which does not depend on the font's width, and the middle of the height."""
    right = (found.x0 - nominal.x0) * CARD_WIDTH_MM / shape[1]
    down = (found.y0 + found.y1 - nominal.y0 - nominal.y1) / 2 * CARD_HEIGHT_MM / shape[0]
    return (round(right, 3), round(down, 3))
