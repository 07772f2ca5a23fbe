"""Nationalities and regions as a card prints them, and the prefectures an address can start with."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from service.cards.tables import Provenance, provenance, table

__all__ = ["Nationality", "nationalities", "nationality_of_code", "prefectures", "undetermined_address"]


@dataclass(frozen=True, slots=True)
class Nationality:
    """A nationality or region (国籍・地域)."""

    code: str
    """Alpha-3 code of the machine-readable passport; several names may share one."""
    name: str
    anomaly: bool
    """Whether a card is said not to print this name."""
    provenance: Provenance


@lru_cache(maxsize=1)
def nationalities() -> Mapping[str, Nationality]:
    """Every name that is known, in normal form."""
    rows = table("nationalities")["nationality"]
    known = (
        Nationality(
            row["code"],
            unicodedata.normalize("NFKC", row["name"]),
            row.get("anomaly", False),
            provenance(row),
        )
        for row in rows
    )
    return {item.name: item for item in known}


def nationality_of_code(code: str) -> Nationality | None:
    """The usual name for an alpha-3 code; None for an unknown code."""
    return next((item for item in nationalities().values() if item.code == code), None)


@lru_cache(maxsize=1)
def prefectures() -> tuple[str, ...]:
    """The 47 prefectures in the order of their codes."""
    return tuple(table("prefectures")["names"])


@lru_cache(maxsize=1)
def undetermined_address() -> str:
    """The text printed where the holder had no address yet, in normal form."""
    rows = table("back_texts")["address"]
    return unicodedata.normalize("NFKC", str(rows[0]["text"]))
