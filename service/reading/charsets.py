"""Sets of signs that may stand in each kind of field: the recogniser is masked to them, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["CHARSETS", "Charset", "charset"]

DIGITS = frozenset("0123456789")
CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
SMALL = frozenset("abcdefghijklmnopqrstuvwxyz")
BRACKETS = frozenset("()（）")
LATIN_SIGNS = frozenset(" .,-/'&:()")
JAPANESE_SIGNS = frozenset("、。・·ー－-—―々〆〇ヶヵ～〜「」『』／/：:，．. ") | BRACKETS
HIRAGANA = frozenset(chr(code) for code in range(0x3041, 0x3097))
KATAKANA = frozenset(chr(code) for code in range(0x30A1, 0x30FB))
DATE_SIGNS = frozenset("年月日")


def _jis_kanji() -> frozenset[str]:
    """Kanji of JIS X 0208 levels 1 and 2 (rows 16 to 84), 6,355 signs."""
    signs = set()
    for row in range(16, 85):
        for cell in range(1, 95):
            try:
                signs.add(bytes((0xA0 + row, 0xA0 + cell)).decode("euc_jp"))
            except UnicodeDecodeError:  # rows 47 and 84 are not filled to their end
                continue
    return frozenset(signs)


KANJI = _jis_kanji()


@dataclass(frozen=True, slots=True)
class Charset:
    """A named set of signs."""

    name: str
    signs: frozenset[str]


def _named(name: str, *parts: frozenset[str]) -> Charset:
    return Charset(name, frozenset().union(*parts))


_JAPANESE = KANJI | HIRAGANA | KATAKANA | JAPANESE_SIGNS

CHARSETS: Mapping[str, Charset] = {
    item.name: item
    for item in (
        _named("digits", DIGITS),
        _named("card_number", DIGITS, CAPITALS),
        _named("latin_name", CAPITALS, SMALL, frozenset(" -'.,")),
        _named("latin", CAPITALS, SMALL, DIGITS, LATIN_SIGNS),
        _named("name_kanji", KANJI, HIRAGANA, KATAKANA, frozenset("々ー・ 　")),
        _named("name", CAPITALS, SMALL, KANJI, HIRAGANA, KATAKANA, frozenset("々ー・ -'.,")),
        _named("date", DIGITS, DATE_SIGNS),
        _named("sex", frozenset("男女不詳未指定MFX. ")),
        _named("nationality", KANJI, KATAKANA, BRACKETS, frozenset("・ー")),
        _named("address", _JAPANESE, DIGITS, CAPITALS, SMALL),
        _named("period", DIGITS, DATE_SIGNS, BRACKETS, frozenset("無期限")),
        _named("permission", KANJI, HIRAGANA, KATAKANA, BRACKETS, frozenset("・ー")),
        _named("validity", DIGITS, DATE_SIGNS, frozenset("まで有効")),
        _named("japanese", _JAPANESE, DIGITS),
        _named("any", _JAPANESE, DIGITS, CAPITALS, SMALL, LATIN_SIGNS, frozenset("<")),
    )
}
"""Every set by its name, as layouts refer to it."""


def charset(name: str) -> Charset:
    """The set of that name; KeyError for one that no layout may use."""
    return CHARSETS[name]
