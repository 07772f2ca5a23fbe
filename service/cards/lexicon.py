"""Every legal printed text of a closed field, in normal form, for the reader and for comparisons."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from service.cards.lookalike import edits, fold
from service.cards.periods import INDEFINITE, Period
from service.cards.permissions import authorities, issuers, permission_types
from service.cards.regions import nationalities
from service.cards.statuses import statuses, work_restrictions

__all__ = ["SEXES", "isolated", "legal"]

SEXES = frozenset({"男M.", "女F."})
"""The printed pairs without spaces."""


def _periods() -> Iterator[str]:
    yield str(INDEFINITE)
    for months in range(1, 61):
        yield str(Period(years=months // 12, months=months % 12))


@cache
def legal(field: str) -> frozenset[str]:
    """The closed set of a contract field, of ``authority`` or ``status_english``; empty if open."""
    sets: dict[str, Iterator[str]] = {
        "status_of_residence": iter(statuses()),
        "status_english": (form for item in statuses().values() for form in item.english),
        "work_restriction": (item.text for item in work_restrictions().values()),
        "period_of_stay": _periods(),
        "permission_type": iter(permission_types()),
        "authority": iter(authorities()),
        "issuer": iter(issuers()),
        "nationality": iter(nationalities()),
        "sex": iter(SEXES),
    }
    return frozenset(unicodedata.normalize("NFKC", text) for text in sets.get(field, iter(())))


_APART = 2
"""Signs in which two texts differ that nobody takes for one another."""


@cache
def isolated(field: str, text: str) -> bool:
    """Whether a text is legal for a field and no other legal one could be misread as it."""
    own = fold(text)
    return text in legal(field) and all(
        other == text or edits(fold(other), own) >= _APART for other in legal(field)
    )
