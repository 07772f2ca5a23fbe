"""Names in a machine-readable zone, and as they compare with a name in Latin capitals printed elsewhere."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from service.cards.tables import table

__all__ = ["NameMatch", "Names", "compare_names", "parse_names", "transliterate", "transliterations"]


@dataclass(frozen=True, slots=True)
class Names:
    """The parts of a name field."""

    primary: tuple[str, ...]
    """Family names, or the whole name where it is not divided."""
    secondary: tuple[str, ...]
    """Given names."""
    truncated: bool
    """Whether the field is full to its last character, so that something may have been cut off."""

    @property
    def full(self) -> str:
        """Family names before given names, with single spaces."""
        return " ".join((*self.primary, *self.secondary))


class NameMatch(StrEnum):
    """How two names compare."""

    SAME = "same"
    TRUNCATED = "truncated"
    """The zone's name breaks off where the field ends; as far as it goes, it is the same."""
    REORDERED = "reordered"
    """The same parts in another order."""
    PART = "part"
    """All parts of one are among those of the other."""
    DIFFERENT = "different"


def parse_names(field: str) -> Names:
    """Take a name field apart (Doc 9303-3 §4.6): ``<<`` divides, ``<`` separates."""
    truncated = not field.endswith("<")
    primary, _, secondary = field.strip("<").partition("<<")

    def parts(text: str) -> tuple[str, ...]:
        return tuple(part for part in text.split("<") if part)

    return Names(parts(primary), parts(secondary), truncated)


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[str, ...]]:
    rows: dict[str, list[str]] = table("mrz_letters")["letters"]
    return {sign: tuple(written) for sign, written in rows.items()}


def transliterations(sign: str) -> tuple[str, ...]:
    """How a capital letter may be written in a zone, the recommended way first (Doc 9303-3 §6 A).

    A letter that the table does not hold loses its marks; a sign without a Latin base gives nothing.
    """
    if sign in _table():
        return _table()[sign]
    base = "".join(c for c in unicodedata.normalize("NFKD", sign).upper() if "A" <= c <= "Z")
    return (base,) if base else ("",)


def transliterate(name: str) -> str:
    """A name in Latin letters with marks as a zone writes it, with single spaces."""
    written = "".join(" " if sign in " -" else transliterations(sign)[0] for sign in name.upper())
    return " ".join(written.split())


def _spellings(name: str) -> set[str]:
    """Every way in which a name may be written, without spaces; few letters have more than two."""
    found = {""}
    for sign in name.upper():
        ways = ("",) if sign in " -'" else transliterations(sign)
        found = {start + way for start in found for way in ways}
        if len(found) > 64:
            return {transliterate(name).replace(" ", "")}
    return found


def compare_names(zone: Names, printed: str) -> NameMatch:
    """Compare the name of a zone with one printed in Latin letters elsewhere.

    Spaces, hyphens and apostrophes do not count: a zone writes O'BRIEN as OBRIEN, ANNE-MARIE as ANNE<MARIE.
    """
    joined = "".join((*zone.primary, *zone.secondary))
    spellings = _spellings(printed)
    if joined in spellings:
        return NameMatch.SAME
    if zone.truncated and joined and any(way.startswith(joined) for way in spellings):
        return NameMatch.TRUNCATED
    parts = sorted((*zone.primary, *zone.secondary))
    others = sorted(transliterate(printed).split())
    swapped = "".join((*zone.secondary, *zone.primary))
    if parts == others or swapped in spellings:
        return NameMatch.REORDERED
    if parts and others and (set(parts) <= set(others) or set(others) <= set(parts)):
        return NameMatch.PART
    return NameMatch.DIFFERENT
