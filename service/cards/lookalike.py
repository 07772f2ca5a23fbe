"""Signs that readers of print mix up, and how near a text is to a legal one. Never makes a text legal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

__all__ = ["as_far_as_seen", "edits", "fold", "near"]

_GROUPS = (
    "ロ口囗",
    "カ力",
    "ニ二",
    "ー一-‐‑‒–—―−",
    "0Oo〇○Q",
    "1lI|i!",
    "5Ss",
    "8B",
    "2Zz",
    "6G",
    "ハ八",
    "タ夕",
    "エ工",
    "ト卜",
    "ヘへ",
    "リり",
    "千チ干",
    "日曰",
    "月目",
    "未末",
    "土士",
    "オ才",
    "ソンノ",
    "シツ",
    "ミ三",
    "・·•.,",
    "高髙",
    "崎﨑",
    "浜濱濵",
    "辺邊邉",
    "斉斎齋齊",
    "沢澤",
    "イィ",
    "ヤャ",
    "ユュ",
    "ヨョ",
    "ツッ",
    "アァ",
    "ウゥ",
    "エェ",
    "オォ",
)
_VOICING = {0x3099: None, 0x309A: None}
_NEAR_SHARE = 0.2


def _table() -> dict[int, str]:
    folded: dict[int, str] = {}
    for group in _GROUPS:
        first = folded.get(ord(group[0]), group[0])
        folded.update({ord(sign): folded.get(ord(sign), first) for sign in group})
    return folded


_FOLD = _table()


def fold(text: str) -> str:
    """The text with look-alikes, variants and voicing marks made equal and spaces left out."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    bare = unicodedata.normalize("NFKD", plain).translate(_VOICING)
    return bare.translate(_FOLD)


def edits(left: str, right: str) -> int:
    """Least number of signs to insert, delete or replace to turn one text into the other (Levenshtein)."""
    previous = list(range(len(right) + 1))
    for row, sign in enumerate(left, start=1):
        current = [row]
        for column, other in enumerate(right, start=1):
            replace = previous[column - 1] + (sign != other)
            current.append(min(previous[column] + 1, current[-1] + 1, replace))
        previous = current
    return previous[-1]


def near(text: str, legal: Iterable[str]) -> bool:
    """Whether a text could be a slip of reading of a legal one: one edit, or a fifth of a long text."""
    mine = fold(text)
    return any(
        edits(mine, other) <= max(1, round(_NEAR_SHARE * len(other)))
        for other in (fold(item) for item in legal)
    )


def as_far_as_seen(known: str, read: str) -> str:
    """A known text as it would read if light or a finger hid what ``read`` lacks at its ends.

    What is between stays as it is known, and so does all of it where the two have no sign in common.
    """
    a, b = [fold(sign) for sign in known], [fold(sign) for sign in read]
    opcodes = SequenceMatcher(a=a, b=b, autojunk=False).get_opcodes()
    if not any(tag == "equal" for tag, *_ in opcodes):
        return known
    first, last, head, tail = 0, len(known), "", ""
    for tag, i, j, k, m in opcodes:
        if tag == "equal" or m - k >= j - i:
            continue
        if i == 0:
            first, head = j, read[k:m]
        elif j == len(known):
            last, tail = i, read[k:m]
    return head + known[first:last] + tail
