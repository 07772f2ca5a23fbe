"""What the measures share: one picture, the card in it, where its texts stand. Each is taken at most once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box, CardView, FieldReading, Picture
from service.imaging.forensics.borders import Borders, measure_borders
from service.imaging.forensics.cells import Cells, measure_cells
from service.imaging.forensics.chroma import Chroma, measure_chroma
from service.imaging.forensics.cleared import Cleared, measure_cleared
from service.imaging.forensics.compression import Compression, measure_compression
from service.imaging.forensics.edges import measure_edges
from service.imaging.forensics.grain import Grain, measure_grain
from service.imaging.forensics.photo import measure_photo_noise
from service.imaging.forensics.pieces import Pieces, pieces_beside, pieces_on
from service.imaging.forensics.spectrum import Grid, allowed, measure_grid
from service.imaging.forensics.typefaces.date_line import cut_dates
from service.imaging.forensics.typefaces.dates import Typeface, compare_dates
from service.imaging.forensics.typefaces.full_width import compare_full_width, cut_full_width
from service.imaging.forensics.typefaces.name_line import compare_name
from service.imaging.forensics.typefaces.number_line import compare_number, cut_number
from service.imaging.forensics.typefaces.print_line import PrintLine
from service.imaging.portrait import shows_portrait

__all__ = ["GROUND", "Traces"]

GROUND: Box = (0.03, 0.14, 0.64, 0.84)
"""The part of a face that holds neither photograph nor rim."""
_SURELY_READ = 0.90
"""Confidence of a text that is compared sign by sign."""


@dataclass(frozen=True)
class Traces:
    """Measures of one side, worked out when first asked for."""

    picture: Picture
    view: CardView
    lines: Mapping[str, Box] = field(default_factory=dict)
    """Where each variable text was found, by the field's name; fractions of the card."""
    photo: Box | None = None
    """Where the layout has the photograph."""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What was read with confidence in ``lines``, by the layout's kind of print and the field's name."""
    bands: tuple[Box, ...] = ()
    """Where the layout has a ground of its own colour: bands, the seal."""

    @classmethod
    def of(
        cls,
        picture: Picture,
        view: CardView,
        fields: Iterable[FieldReading],
        photo: Box | None,
        kinds: Mapping[str, str] | None = None,
        bands: Iterable[Box] = (),
    ) -> Traces:
        """The traces of a side from its picture, its place and what was read on it; ``kinds`` says how the
        layout prints each field, ``bands`` where it has a ground of its own."""
        mine = [f for f in fields if f.side is view.side and f.box is not None]
        lines = {f.name: f.box for f in mine if f.box is not None}
        texts: dict[str, dict[str, str]] = {}
        for reading in mine:
            if kinds and reading.name in kinds and reading.confidence >= _SURELY_READ:
                texts.setdefault(kinds[reading.name], {})[reading.name] = reading.raw
        return cls(picture, view, lines, photo, texts, tuple(bands))

    def measure(self) -> None:
        """Work out now what the checks will ask, beside other work on the same page."""
        _ = self.grid, self.portrait, self.chroma, self.edges, self.compression
        _ = self.photo_noise, self.grain, self.typeface, self.full_width, self.number, self.name
        _ = self.cells, self.borders, self.cleared

    @cached_property
    def luma(self) -> NDArray[np.uint8]:
        """(638, 1012) of the rectified card."""
        return np.asarray(cv2.cvtColor(self.view.raster, cv2.COLOR_BGR2GRAY), np.uint8)

    @cached_property
    def pieces(self) -> Pieces | None:
        """Spectra of places all over the card, None where too few lie in the picture."""
        return pieces_on(self.picture, self.view.homography, self.view.quality.px_per_mm, self.photo)

    @cached_property
    def grid(self) -> Grid | None:
        """The strongest regular pattern that runs through the whole card, None where none can be seen."""
        if self.pieces is None:
            return None
        return measure_grid(self.pieces, self.view.homography, self.view.quality.px_per_mm)

    @cached_property
    def cells(self) -> Cells | None:
        """The regular pattern that is strongest on card, photograph and table; None where one is not seen."""
        if self.pieces is None or not self.pieces.photo:
            return None
        beside = pieces_beside(self.picture, self.view.homography, self.pieces.size)
        fine = allowed(self.pieces.size, self.view.quality.px_per_mm)
        return measure_cells(self.pieces, beside, fine)

    @cached_property
    def borders(self) -> Borders:
        """The straight edges round the card."""
        return measure_borders(self.picture, self.view.homography)

    @cached_property
    def portrait(self) -> bool:
        """Whether a portrait stands where the layout has the photograph."""
        return self.photo is not None and shows_portrait(self.luma, self.photo)

    @cached_property
    def chroma(self) -> Chroma:
        """How much colour picture and card hold."""
        return measure_chroma(self.view.raster)

    @cached_property
    def edges(self) -> Mapping[str, float]:
        """How steep the edges of each text are for their height, by field."""
        return measure_edges(self.luma, self.lines)

    @cached_property
    def dates(self) -> Mapping[str, PrintLine]:
        """The half-width dates that can be cut into signs, by field."""
        return cut_dates(self.luma, self.lines, self.texts.get("date", {}))

    @cached_property
    def typeface(self) -> Typeface | None:
        """The date whose signs are least like those of the others; None where too few can be compared."""
        return compare_dates(self.dates)

    @cached_property
    def full_width(self) -> Typeface | None:
        """The full-width date that is least like the other dates; None where none can be compared."""
        texts = {**self.texts.get("period_with_date", {}), **self.texts.get("date_full_width", {})}
        cut = {
            name: cut_full_width(self.luma, text, self.lines[name], self.dates)
            for name, text in texts.items()
        }
        return compare_full_width({name: line for name, line in cut.items() if line}, self.dates)

    @cached_property
    def _number(self) -> PrintLine | None:
        text = self.texts.get("card_number", {}).get("card_number")
        return cut_number(self.luma, text, self.lines["card_number"], self.dates) if text else None

    @cached_property
    def number(self) -> Typeface | None:
        """How unlike the dates the card number's digits are; None where too few can be compared."""
        return compare_number("card_number", self._number, self.dates) if self._number else None

    @cached_property
    def name(self) -> Typeface | None:
        """How unlike the card number the Latin name's letters are; None where too few can be compared."""
        text = self.texts.get("latin_name", {}).get("name_latin")
        if text is None or self._number is None:
            return None
        box, kanji = self.lines["name_latin"], "name_kanji" in self.lines
        return compare_name("name_latin", self.luma, text, box, self._number, self.dates, kanji_below=kanji)

    @cached_property
    def cleared(self) -> Mapping[str, Cleared]:
        """How much evener the ground is about each text than just above and below it, by field."""
        borders = (*self.bands, *((self.photo,) if self.photo else ()))
        return measure_cleared(self.view.raster, self.lines, borders)

    @property
    def places(self) -> Mapping[str, Box]:
        """What is put in, where something is put into a picture: the texts, and the photograph."""
        return {**self.lines, **({"photo": self.photo} if self.photo else {})}

    @cached_property
    def compression(self) -> Compression | None:
        """How often each of the places was saved; None where the file does not show it."""
        return measure_compression(self.picture, self.view.homography, self.places)

    @cached_property
    def photo_noise(self) -> float | None:
        """Roughness of the photograph against the quietest ground; None where it cannot be compared."""
        return measure_photo_noise(self.luma, self.photo, (GROUND,)) if self.photo else None

    @cached_property
    def grain(self) -> Grain:
        """What varies along every direction, on the card and beside it."""
        return measure_grain(self.luma, self.picture, self.view.homography)
