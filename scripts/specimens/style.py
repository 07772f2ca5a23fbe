"""The two styles that specimens are drawn in, so that nothing is tuned to one way of drawing."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.specimens.paint import Colour

__all__ = ["STYLES", "Style"]


@dataclass(frozen=True)
class Style:
    """Fonts, colours and looseness of one way of drawing."""

    name: str
    value: str
    """Font of Japanese values."""
    value_bold: float
    digits: str
    """Font of half-width digits, names and numbers."""
    digits_scale: float
    digits_bold: float
    label: str
    label_latin: str
    label_bold: float
    heading: str
    heading_bold: float
    status_latin: str
    issuer: str
    band: Colour
    pale: tuple[Colour, Colour, Colour]
    """Background left, middle, right."""
    line: Colour
    """Green lines of the background."""
    mark: Colour
    seal: Colour
    label_ink: Colour
    jitter_mm: float
    """Largest wandering of a printed field."""
    background_seed: int
    photo: str
    """Model of the drawn photograph."""


STYLES = {
    "a": Style(
        name="a", value="mincho_ipa", value_bold=2.0, digits="century", digits_scale=1.08, digits_bold=1.2,
        label="mincho_ipa", label_latin="mincho_ipa", label_bold=1.6, heading="gothic_biz", heading_bold=0.8,
        status_latin="mono", issuer="mincho_noto_bold",
        band=(134, 210, 240), pale=((224, 240, 211), (223, 231, 241), (228, 242, 217)), line=(172, 218, 146),
        mark=(198, 62, 92), seal=(222, 92, 70), label_ink=(48, 50, 52),
        jitter_mm=0.12, background_seed=11, photo="a",
    ),
    "b": Style(
        name="b", value="mincho_biz", value_bold=1.2, digits="serif", digits_scale=1.1, digits_bold=0.0,
        label="gothic_noto", label_latin="narrow", label_bold=0.4, heading="gothic_noto_bold",
        heading_bold=0.0, status_latin="mono_sans", issuer="mincho_biz",
        band=(147, 205, 228), pale=((208, 227, 215), (200, 222, 237), (211, 228, 219)), line=(160, 205, 172),
        mark=(150, 92, 84), seal=(214, 132, 104), label_ink=(46, 48, 56),
        jitter_mm=0.3, background_seed=12, photo="b",
    ),
}  # fmt: skip
