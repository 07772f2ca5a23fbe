"""Signs that look the same in print, settled by where they stand."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["group", "in_use", "settle_by_neighbours", "settle_number"]

_KATAKANA_OF = {
    "口": "ロ",
    "力": "カ",
    "二": "ニ",
    "八": "ハ",
    "夕": "タ",
    "工": "エ",
    "卜": "ト",
    "一": "ー",
}
_KANJI_OF = {katakana: kanji for kanji, katakana in _KATAKANA_OF.items()}
_HIRAGANA_OF = {"リ": "り", "ヘ": "へ", "ベ": "べ", "ペ": "ぺ"}
_LETTER_OF = {"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z", "6": "G"}
_DIGIT_OF = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2", "G": "6"}
_DIGITS_OF_NUMBER = range(2, 10)
_IN_USE = {"號": "号", "區": "区", "縣": "県", "豐": "豊", "曾": "曽"}
"""Older forms that place names in use today do not have, to the form that they do have."""
_SMALL = {"イ": "ィ", "エ": "ェ", "ア": "ァ", "オ": "ォ"}
_TAKES_SMALL = "テデフウヴトドチシジ"
_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶりへべぺ一－", "アイウエオツヤユヨワカケリヘベペーー")
_LIKELY_SMALL = 0.2
"""Probability from which a small vowel is meant after a sign that takes one."""


def _sure_katakana(sign: str) -> bool:
    return "ァ" <= sign <= "ヺ" and sign not in _KANJI_OF


def group(sign: str) -> str:
    """One sign that stands for all those that print nearly alike."""
    return _IN_USE.get(_KATAKANA_OF.get(sign, sign), _KATAKANA_OF.get(sign, sign)).translate(_LARGE)


def in_use(sign: str, before: str, likely: Mapping[str, float]) -> str:
    """The form of a sign that an address has: no older kanji forms, small vowels where they are likely.

    ``likely`` are the probabilities of what the sign may be.
    """
    small = _SMALL.get(sign)
    if small and before and before in _TAKES_SMALL and likely.get(small, 0.0) >= _LIKELY_SMALL:
        return small
    return _IN_USE.get(sign, sign)


def settle_by_neighbours(text: str) -> str:
    """Look-alike katakana and kanji after their neighbours: ``八イツ`` is ``ハイツ``.

    Where the neighbours do not settle it, the sign stays as it was read.
    """
    signs = list(text)
    for i in range(len(signs) - 1, -1, -1):
        before = signs[i - 1] if i else ""
        after = signs[i + 1] if i + 1 < len(signs) else ""
        after_is_katakana = bool(after) and (_sure_katakana(after) or (after in _KANJI_OF and after != "ー"))
        katakana_near = after_is_katakana or bool(before and (_sure_katakana(before) or before in _KANJI_OF))
        if signs[i] in _KATAKANA_OF and signs[i] != "一" and after_is_katakana:
            signs[i] = _KATAKANA_OF[signs[i]]
        elif signs[i] == "一" and after_is_katakana and before and _sure_katakana(before):
            signs[i] = "ー"
        elif signs[i] in _HIRAGANA_OF and _is_hiragana(before) and not after_is_katakana:
            signs[i] = _HIRAGANA_OF[signs[i]]
        elif signs[i] in _KANJI_OF and not katakana_near and not _long_vowel(signs[i], before, after):
            signs[i] = _KANJI_OF[signs[i]]
    return "".join(signs)


def _is_hiragana(sign: str) -> bool:
    return bool(sign) and "ぁ" <= sign <= "ゖ"


def _long_vowel(sign: str, before: str, after: str) -> bool:
    """A bar between digits, letters or nothing is no kanji one either: it stays."""
    return sign == "ー" and not ("一" <= after <= "龥")


def settle_number(text: str) -> str:
    """A card number of twelve signs with look-alike letters and digits put where their kind belongs."""
    if len(text) != 12:
        return text
    return "".join(
        (_DIGIT_OF if i in _DIGITS_OF_NUMBER else _LETTER_OF).get(sign, sign) for i, sign in enumerate(text)
    )
