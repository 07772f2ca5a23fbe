"""What came in, typed and frozen: pictures, the card found in them, and what was read from it.

Arrays are checked on construction. Colour is BGR (OpenCV), 8 bit. Boxes are fractions of the rectified card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CARD_HEIGHT_MM",
    "CARD_WIDTH_MM",
    "RASTER_HEIGHT",
    "RASTER_WIDTH",
    "Box",
    "CaptureKind",
    "CardView",
    "FieldReading",
    "ImageMetadata",
    "LabelReading",
    "Location",
    "Picture",
    "Quad",
    "Quality",
    "QualityFault",
    "Role",
    "Side",
]

CARD_WIDTH_MM = 85.60
CARD_HEIGHT_MM = 53.98
"""ISO/IEC 7810 ID-1."""
RASTER_WIDTH = 1012
RASTER_HEIGHT = 638
"""The rectified card: ID-1 at 300 dpi."""

Box = tuple[float, float, float, float]
"""x, y, width, height as fractions of the rectified card, origin top left."""


class Side(StrEnum):
    """Side of the card."""

    FRONT = "front"
    BACK = "back"


class Role(StrEnum):
    """Part of the submission that a picture came as."""

    FRONT = "front"
    BACK = "back"
    TILT_VERTICAL = "tilt_vertical"
    TILT_HORIZONTAL = "tilt_horizontal"
    TILT_ROTATE = "tilt_rotate"
    SEE_THROUGH = "see_through"
    COMPANION = "companion"


class CaptureKind(StrEnum):
    """How the picture was taken, judged from the picture itself."""

    SCAN = "scan"
    PHOTO = "photo"


def _check_array(name: str, array: NDArray[np.generic], dtype: type, shape: tuple[int | None, ...]) -> None:
    if array.dtype != np.dtype(dtype):
        raise ValueError(f"{name}: dtype {array.dtype}, expected {np.dtype(dtype)}")
    if len(array.shape) != len(shape) or any(
        want is not None and want != have for want, have in zip(shape, array.shape, strict=True)
    ):
        raise ValueError(f"{name}: shape {array.shape}, expected {shape}")


@dataclass(frozen=True, slots=True)
class ImageMetadata:
    """What the file says about itself. Informative only; nothing here identifies a person."""

    format: str
    """``JPEG``, ``PNG``, ``TIFF``, ``WEBP``, ``HEIF`` or ``PDF``."""
    colour: str = "colour"
    """``colour``, ``grey`` or ``bilevel`` as decoded."""
    dpi: tuple[float, float] | None = None
    """Stated resolution, where present and believable (30 ... 4800)."""
    orientation: int = 1
    """EXIF orientation that was applied, 1 ... 8."""
    software: str | None = None
    """Name of an editing program stated in the metadata, cut to 64 printable characters."""
    quantisation: tuple[tuple[int, ...], ...] = ()
    """JPEG quantisation tables, zigzag order, empty for other formats."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture, upright by its EXIF orientation."""

    role: Role
    sha256: str
    """Digest of the submitted bytes, lower-case hex."""
    media_type: str
    pixels: NDArray[np.uint8]
    """(height, width, 3) BGR."""
    metadata: ImageMetadata
    reduced: tuple[NDArray[np.uint8], ...] = field(default=(), repr=False)
    """The same pixels at 1/2, 1/4, ... of the size, where the picture is large."""

    def __post_init__(self) -> None:
        for pixels in (self.pixels, *self.reduced):
            _check_array("Picture.pixels", pixels, np.uint8, (None, None, 3))

    @property
    def width(self) -> int:
        """Width in pixels after orientation."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels after orientation."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners of a card in a picture's pixels, in reading order of the upright card."""

    corners: NDArray[np.float32]
    """(4, 2) x, y: top left, top right, bottom right, bottom left."""
    confidence: float = 1.0
    method: str = ""
    """How it was found, e.g. ``whole_picture``, ``contour``, ``network``, ``labels``."""

    def __post_init__(self) -> None:
        _check_array("Quad.corners", self.corners, np.float32, (4, 2))


@dataclass(frozen=True, slots=True)
class Location:
    """Where cards may lie in a picture: hypotheses, best first, and how many cards there are."""

    quads: tuple[Quad, ...]
    cards: int
    """Number of separate cards seen; more than one in one picture is not judged."""
    kind: CaptureKind


class QualityFault(StrEnum):
    """What makes a capture too poor to judge; each maps to a hint for the user."""

    RESOLUTION_LOW = "resolution_low"
    BLURRED = "blurred"
    GLARE = "glare"
    CUT_OFF = "cut_off"
    PERSPECTIVE = "perspective"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of one rectified card, each against its own limit."""

    px_per_mm: float
    """Resolution on the card in the submitted picture: pixels per millimetre, worst direction."""
    sharpness: float
    """0 (blurred) ... 1 (as sharp as the raster allows)."""
    glare: float
    """Share of the card that is clipped to white by reflection."""
    cut_off: float
    """Share of the card outside the picture."""
    perspective: float
    """Ratio of the longer to the shorter of opposite edges, worst pair; 1 = flat."""
    brightness: float
    """Median luma 0 ... 255."""
    contrast: float
    """95th minus 5th percentile of luma 0 ... 255."""
    faults: tuple[QualityFault, ...] = ()
    """Faults beyond the limits that forbid judging."""


@dataclass(frozen=True, slots=True)
class CardView:
    """One side of a card, upright, rectified to the raster of its layout."""

    side: Side
    role: Role
    raster: NDArray[np.uint8]
    """(638, 1012, 3) BGR."""
    homography: NDArray[np.float64]
    """(3, 3), raster pixels -> picture pixels."""
    kind: CaptureKind
    quality: Quality
    layout: str | None
    """Layout id, or None where the document is not one that we know."""
    layout_confidence: float
    colour: str = "colour"
    """``colour``, ``grey`` or ``bilevel``: what the capture can show."""

    def __post_init__(self) -> None:
        _check_array("CardView.raster", self.raster, np.uint8, (RASTER_HEIGHT, RASTER_WIDTH, 3))
        _check_array("CardView.homography", self.homography, np.float64, (3, 3))


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field as read from one source."""

    name: str
    """Field name of the contract, e.g. ``card_number``."""
    source: str
    """``front``, ``back``, ``mrz``, ``barcode``, ``chip`` or ``companion``."""
    raw: str
    """What is printed, as read, before normalising."""
    value: str | None
    """Normal form of the contract, None where the text does not parse as this field."""
    confidence: float
    """0 ... 1: the least confident sign of the text."""
    char_confidence: tuple[float, ...] = ()
    """Confidence of each sign of ``raw``."""
    side: Side | None = None
    box: Box | None = None
    """Where the text was found (not the layout's nominal box)."""
    evidence: str = "printed"
    """``signed``, ``printed`` or ``unsigned_chip``."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further parts of the text, e.g. the authority in brackets behind the kind of permission."""


@dataclass(frozen=True, slots=True)
class LabelReading:
    """One fixed label of the layout as it was found on the card."""

    id: str
    side: Side
    expected: str
    similarity: float
    """0 ... 1: how well the place looks like the label (1 = certain)."""
    text: str | None = None
    """What the recogniser read there, where it was asked."""
    confidence: float = 0.0
    """Confidence of ``text``."""
    box: Box | None = None
    """Where the label was found."""
    offset_mm: tuple[float, float] = (0.0, 0.0)
    """Found place minus the layout's place, x and y in millimetres."""
    apart: float | None = None
    """How much less likely the label is than ``text`` in the picture of its place, natural logarithm of the
    ratio; None where it was not asked, because the label was read right or with doubt."""
