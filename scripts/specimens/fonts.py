"""Fonts for drawing, found by file name; all come from Debian packages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

__all__ = ["FONT_FILES", "FontMissingError", "font"]

FONT_ROOTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")

FONT_FILES: dict[str, tuple[str, int, str]] = {
    "century": ("C059-Roman.otf", 0, "fonts-urw-base35"),
    "century_bold": ("C059-Bold.otf", 0, "fonts-urw-base35"),
    "palatino": ("P052-Roman.otf", 0, "fonts-urw-base35"),
    "nimbus_narrow": ("NimbusSansNarrow-Regular.otf", 0, "fonts-urw-base35"),
    "nimbus_mono": ("NimbusMonoPS-Bold.otf", 0, "fonts-urw-base35"),
    "serif": ("LiberationSerif-Bold.ttf", 0, "fonts-liberation"),
    "mono": ("LiberationMono-Bold.ttf", 0, "fonts-liberation"),
    "narrow": ("LiberationSansNarrow-Regular.ttf", 0, "fonts-liberation"),
    "sans": ("LiberationSans-Regular.ttf", 0, "fonts-liberation"),
    "sans_bold": ("LiberationSans-Bold.ttf", 0, "fonts-liberation"),
    "mono_sans": ("DejaVuSansMono.ttf", 0, "fonts-dejavu-core"),
    "dejavu_serif": ("DejaVuSerifCondensed.ttf", 0, "fonts-dejavu-extra"),
    "mincho_ipa": ("ipam.ttf", 0, "fonts-ipafont-mincho"),
    "gothic_ipa": ("ipag.ttf", 0, "fonts-ipafont-gothic"),
    "mincho_ipaex": ("ipaexm.ttf", 0, "fonts-ipaexfont-mincho"),
    "gothic_ipaex": ("ipaexg.ttf", 0, "fonts-ipaexfont-gothic"),
    "mincho_biz": ("BIZUDMincho-Regular.ttf", 0, "fonts-morisawa-bizud-mincho"),
    "gothic_biz": ("BIZUDGothic-Regular.ttf", 0, "fonts-morisawa-bizud-gothic"),
    "gothic_biz_bold": ("BIZUDGothic-Bold.ttf", 0, "fonts-morisawa-bizud-gothic"),
    "mincho_noto": ("NotoSerifCJK-Regular.ttc", 0, "fonts-noto-cjk"),
    "mincho_noto_bold": ("NotoSerifCJK-Bold.ttc", 0, "fonts-noto-cjk"),
    "gothic_noto": ("NotoSansCJK-Regular.ttc", 0, "fonts-noto-cjk"),
    "gothic_noto_bold": ("NotoSansCJK-Bold.ttc", 0, "fonts-noto-cjk"),
}
"""Key -> file name, index of the face in it, Debian package."""


class FontMissingError(RuntimeError):
    """A font file is not installed; the message names the Debian package that holds it."""


@lru_cache(maxsize=1)
def _installed() -> dict[str, Path]:
    """Font files by name; of two with the same name the first in path order counts."""
    found: dict[str, Path] = {}
    for root in FONT_ROOTS:
        if root.is_dir():
            for path in sorted(root.rglob("*")):
                if path.suffix.lower() in (".ttf", ".otf", ".ttc"):
                    found.setdefault(path.name, path)
    return found


@lru_cache(maxsize=512)
def font(key: str, size: int) -> ImageFont.FreeTypeFont:
    """The font of a key at an em of ``size`` pixels; FontMissingError where it is not installed."""
    name, index, package = FONT_FILES[key]
    path = _installed().get(name)
    if path is None:
        raise FontMissingError(f"font {name} is not installed: apt-get install {package}")
    return ImageFont.truetype(str(path), size, index=index, layout_engine=ImageFont.Layout.BASIC)
