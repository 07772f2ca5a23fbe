"""The card's rules as data: reading the TOML files in ``data/``, and how far each row may be trusted."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["ALWAYS", "Certainty", "Provenance", "Window", "provenance", "table", "window"]

DATA_DIR = Path(__file__).parent / "data"


class Certainty(IntEnum):
    """How far breaking a rule may speak against a card."""

    UNCONFIRMED = 0
    """Never more than ``inconclusive``."""
    STRONG = 1
    """Inferred from the law's own logic: ``suspect`` at most."""
    CONFIRMED = 2
    """May give ``fail``."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a rule comes from and how sure it is."""

    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Window:
    """The days on which a rule is in force, both ends included; None for an open end."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


ALWAYS = Window()


def window(row: Mapping[str, Any]) -> Window:
    """The window of a row, from its ``since`` and ``until``."""
    return Window(row.get("since"), row.get("until"))


def provenance(row: Mapping[str, Any]) -> Provenance:
    """Source and certainty of a row; KeyError where it has no source or does not say if confirmed."""
    if row["confirmed"]:
        certainty = Certainty.CONFIRMED
    else:
        certainty = Certainty.STRONG if row.get("strong", False) else Certainty.UNCONFIRMED
    return Provenance(row["source"], certainty)


@cache
def table(name: str) -> Mapping[str, Any]:
    """One data file by its name without the suffix."""
    return tomllib.loads((DATA_DIR / f"{name}.toml").read_text(encoding="utf-8"))
