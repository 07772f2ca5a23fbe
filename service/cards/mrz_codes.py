"""Codes of states and organisations in machine-readable zones (ICAO Doc 9303-3 §5)."""

from __future__ import annotations

from functools import lru_cache

from service.cards.regions import nationality_of_code
from service.cards.tables import table

__all__ = ["comparable_code", "japanese_name", "known_code"]


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    rows = table("mrz_codes")
    return frozenset(rows["iso"]) | frozenset(rows["special"])


def known_code(code: str) -> bool:
    """Whether a code, without fillers, is one of ISO 3166-1 alpha-3 or of Doc 9303-3."""
    return code in _codes()


def japanese_name(code: str) -> str | None:
    """The name that a Japanese card prints for the nationality of a passport; None where none is known."""
    same: dict[str, str] = table("mrz_codes")["same_as"]
    found = nationality_of_code(same.get(code, code))
    return found.name if found else None


def comparable_code(code: str) -> bool:
    """Whether a passport's code says which name a Japanese card prints.

    It does not for Hong Kong, Macao and Taiwan, for Korea (whose nationals' cards may say 朝鮮), or for
    stateless persons and refugees.
    """
    undecided: list[str] = table("mrz_codes")["undecided"]["codes"]
    return code not in undecided and japanese_name(code) is not None
