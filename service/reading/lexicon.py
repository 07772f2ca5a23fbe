"""The closed sets of printed values, handed to the reader so that reading knows no rules of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from service.cards.lexicon import legal
from service.cards.regions import undetermined_address
from service.reading.normalise import compact

__all__ = ["LOOK_ALIKES", "Lexicon", "default_lexicon", "fold", "skeleton"]

LOOK_ALIKES = str.maketrans(
    {
        "口": "ロ",
        "力": "カ",
        "二": "ニ",
        "一": "ー",
        "－": "ー",
        "-": "ー",
        "—": "ー",
        "―": "ー",
        "八": "ハ",
        "へ": "ヘ",
        "べ": "ベ",
        "ぺ": "ペ",
        "り": "リ",
        "夕": "タ",
        "工": "エ",
        "卜": "ト",
        "·": "・",
        "•": "・",
        "髙": "高",
        "﨑": "崎",
    }
)
"""Signs that the recogniser cannot tell apart, each to the one that stands for its group."""


def skeleton(text: str) -> str:
    """The text with look-alikes folded and spaces left out; equal for texts that may be the same print."""
    return "".join(text.split()).translate(LOOK_ALIKES)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Legal printed values; an empty set means that nothing is folded for that field."""

    statuses: frozenset[str] = frozenset()
    work_restrictions: frozenset[str] = frozenset()
    nationalities: frozenset[str] = frozenset()
    permission_types: frozenset[str] = frozenset()
    authorities: frozenset[str] = frozenset()
    issuers: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    """Fixed texts in place of an address; every other address is open."""

    def values(self, field: str) -> frozenset[str]:
        """The closed set of a field of the contract, empty for an open one."""
        return {
            "status_of_residence": self.statuses,
            "work_restriction": self.work_restrictions,
            "nationality": self.nationalities,
            "permission_type": self.permission_types,
            "authority": self.authorities,
            "issuer": self.issuers,
            "address": self.addresses,
        }.get(field, frozenset())


@cache
def default_lexicon() -> Lexicon:
    """The closed sets that ``service.cards`` knows."""
    return Lexicon(
        statuses=legal("status_of_residence"),
        work_restrictions=legal("work_restriction"),
        nationalities=legal("nationality"),
        permission_types=legal("permission_type"),
        authorities=legal("authority"),
        issuers=legal("issuer"),
        addresses=frozenset({compact(undetermined_address())}),
    )


def _distance_is_one(a: str, b: str) -> int | None:
    """Index in ``a`` where one substitution, insertion or deletion makes ``b``; None where more differ."""
    if abs(len(a) - len(b)) > 1:
        return None
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]:
        return start
    return None


def fold(
    text: str, confidences: tuple[float, ...], values: frozenset[str], doubt: float = 0.8
) -> tuple[str, bool]:
    """The legal value that the print can only mean, and whether any sign was changed for it.

    A legal value is never turned into another. Look-alikes fold always; one other sign folds only where
    exactly one legal value is that near and the sign was read with less than ``doubt``.
    """
    if text in values or not values:
        return text, False
    bare = skeleton(text)
    same = [value for value in values if skeleton(value) == bare]
    if len(same) == 1:
        return same[0], False
    near = [(v, i) for v in values if (i := _distance_is_one(bare, skeleton(v))) is not None]
    if len(near) != 1 or len(bare) < 2:
        return text, False
    value, index = near[0]
    around = confidences[max(0, index - 1) : index + 2] or (0.0,)
    sure = len(confidences) == len(bare) and min(around) >= doubt
    return (text, False) if sure else (value, True)
