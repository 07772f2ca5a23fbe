"""Everything that is measured of a face's security features, in one pass over its raster and picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from service.evidence import Box, CardView, Picture
from service.imaging.portrait import shows_portrait
from service.imaging.security.body import Body, measure_body
from service.imaging.security.colour import (
    Coloured,
    Contrast,
    band_contrast,
    beside,
    coloured_share,
    contrast,
    flanks,
)
from service.imaging.security.lines import Lines, measure_lines
from service.imaging.security.photo import PhotoPlace, find_photo
from service.imaging.security.screen import Screen, find_screen

__all__ = ["BANDS", "SecurityMeasures", "measure_security"]

BANDS = ("header_band", "work_box", "validity_band")
_STRIP_BESIDE: Box = (0.022, 0.13, 0.010, 0.72)
_MIDDLE: Box = (0.50, 0.13, 0.12, 0.10)
_SIDES: tuple[Box, ...] = ((0.10, 0.30, 0.20, 0.05), (0.76, 0.13, 0.20, 0.10))
"""Background zones of the first generation: pale blue-violet in the middle, pale green left and right."""


@dataclass(frozen=True, slots=True)
class SecurityMeasures:
    """What one face shows. None or empty: it could not be measured."""

    bands: Mapping[str, Contrast] = field(default_factory=dict)
    """Colour of each printed band against the background beside it, by area id."""
    middle: Contrast | None = None
    """Background of the middle against that of both sides."""
    mark: Coloured | None = None
    strip: Coloured | None = None
    seal: Coloured | None = None
    lines: Lines | None = None
    photo: PhotoPlace | None = None
    portrait: bool = True
    """Whether a portrait stands in the photo's place; a child's card has none."""
    screen: Screen | None = None
    body: Body | None = None


def measure_security(
    picture: Picture, view: CardView, areas: Mapping[str, Box], fields: Mapping[str, Box]
) -> SecurityMeasures:
    """Measure a front by the places of its layout; areas that the layout lacks are left out."""
    half = np.asarray(cv2.resize(view.raster, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    bands = {id: band_contrast(half, areas[id]) for id in BANDS if id in areas}
    photo = areas.get("photo")
    return SecurityMeasures(
        bands={id: found for id, found in bands.items() if found is not None},
        middle=contrast(half, _MIDDLE, _SIDES),
        mark=_coloured(half, areas.get("ovi_mark"), beside),
        strip=_coloured(half, areas.get("strip"), lambda _: (_STRIP_BESIDE,)),
        seal=_coloured(half, areas.get("seal"), flanks),
        lines=measure_lines(half, photo, fields),
        photo=find_photo(half, photo) if photo is not None else None,
        portrait=photo is not None and shows_portrait(cv2.cvtColor(half, cv2.COLOR_BGR2GRAY), photo),
        screen=find_screen(picture, view.homography),
        body=measure_body(picture, half, view.homography),
    )


def _coloured(
    half: NDArray[np.uint8], box: Box | None, around: Callable[[Box], Sequence[Box]]
) -> Coloured | None:
    return None if box is None else coloured_share(half, box, around(box))
