"""The styles that specimens are drawn in, so that nothing is tuned to one way of drawing.

Beside those named here, ``STYLES["a~17"]`` is a variation of style ``a``: other fonts, colours and lines, the
same for the same number. Training draws them so that a network learns no single look.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from scripts.specimens.paint import Colour

__all__ = ["HELD_OUT", "STYLES", "Style", "renderer_of", "style_named"]


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


VALUES = ("mincho_ipa", "mincho_biz", "mincho_ipaex", "mincho_noto")
DIGITS = (("century", 1.08), ("serif", 1.1), ("dejavu_serif", 1.0))
LABELS = (("mincho_ipa", "mincho_ipa"), ("gothic_noto", "narrow"), ("mincho_biz", "mincho_biz"),
          ("gothic_biz", "sans"), ("gothic_ipa", "gothic_ipa"))  # fmt: skip


def renderer_of(style: str) -> str:
    """The renderer that a style belongs to: ``a`` for ``a`` and for ``a~17``."""
    return style.partition("~")[0]


def _near(rng: np.random.Generator, colour: Colour, reach: int) -> Colour:
    moved = np.clip(np.array(colour) + rng.integers(-reach, reach + 1, 3), 0, 250)
    return cast(Colour, tuple(int(v) for v in moved))


def _variation(base: Style, name: str, number: int) -> Style:
    """Another look of a renderer: what a print run, another press or another artist would change."""
    rng = np.random.default_rng([base.background_seed, number])
    digits, scale = DIGITS[int(rng.integers(len(DIGITS)))]
    label, latin = LABELS[int(rng.integers(len(LABELS)))]
    shade = int(rng.integers(-8, 9))
    left, middle, right = (_near(rng, cast(Colour, tuple(v + shade for v in c)), 4) for c in base.pale)
    return replace(
        base,
        name=name, value=VALUES[int(rng.integers(len(VALUES)))], value_bold=float(rng.uniform(0.6, 2.2)),
        digits=digits, digits_scale=scale, digits_bold=float(rng.uniform(0, 1.4)),
        label=label, label_latin=latin, label_bold=float(rng.uniform(0.2, 1.6)),
        band=_near(rng, base.band, 6), pale=(left, middle, right), line=_near(rng, base.line, 16),
        mark=_near(rng, base.mark, 22), seal=_near(rng, base.seal, 20),
        label_ink=_near(rng, base.label_ink, 14), jitter_mm=float(rng.uniform(0.05, 0.35)),
        background_seed=int(rng.integers(100, 2**31)),
    )  # fmt: skip


class _Styles(dict[str, Style]):
    """The named styles; a variation is made when it is asked for."""

    def __missing__(self, name: str) -> Style:
        base, mark, number = name.partition("~")
        if not mark or base not in self or not number.isdecimal():
            raise KeyError(name)
        return _variation(self[base], name, int(number))


STYLES = _Styles({
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
})  # fmt: skip
"""Styles that training, limits and samples may use."""

HELD_OUT: dict[str, Style] = {
    "c": Style(
        name="c", value="mincho_ipaex", value_bold=1.0, digits="palatino", digits_scale=1.02, digits_bold=0.6,
        label="gothic_ipaex", label_latin="nimbus_narrow", label_bold=0.3, heading="gothic_biz_bold",
        heading_bold=0.0, status_latin="nimbus_mono", issuer="mincho_ipaex",
        band=(158, 198, 226), pale=((218, 236, 222), (222, 216, 238), (226, 238, 226)), line=(166, 206, 178),
        mark=(176, 84, 120), seal=(206, 62, 58), label_ink=(66, 62, 70),
        jitter_mm=0.2, background_seed=13, photo="c",
    ),
}  # fmt: skip
"""Styles that nothing was trained on and no limit was set on. Drawn only where asked for by name."""


def style_named(name: str) -> Style:
    """A style by its name; KeyError for one that there is not."""
    return HELD_OUT[name] if name in HELD_OUT else STYLES[name]
