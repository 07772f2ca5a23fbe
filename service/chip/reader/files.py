"""Which files are read of each kind of card, in which order, and under which protection.

Data sheet §1.3 (types 1 and 2) and §2.2 (types 05 and 06): short identifiers are P1 without its top bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.chip.files import SPR_CARD_TYPES

__all__ = ["CARD_TYPE", "DIRECTORIES", "SPEC_VERSION", "Place", "generation_of", "places_of"]

DIRECTORIES: Mapping[str, bytes] = {
    "DF1": bytes.fromhex("D392F0004F0200000000000000000000"),
    "DF2": bytes.fromhex("D392F0004F0300000000000000000000"),
    "DF3": bytes.fromhex("D392F0004F0400000000000000000000"),
}
"""Names of the dedicated files, the same in both generations."""

GENERATION_OF_TYPE: Mapping[str, int] = {"1": 1, "2": 1, "05": 2, "06": 2}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is and how it is read."""

    file: str
    """Name in a dump, such as ``DF1/EF01``."""
    short_id: int
    secure: bool = False
    """Whether it is read under secure messaging; all but the master file's need authentication."""

    @property
    def directory(self) -> str:
        """Its dedicated file: ``DF1`` to ``DF3``."""
        return self.file.partition("/")[0]


SPEC_VERSION = Place("MF/EF01", 0x0B)
CARD_TYPE = Place("MF/EF02", 0x0A)

_CHECK_CODE = Place("DF3/EF01", 0x02)
_FIRST = (
    Place("DF1/EF01", 0x05, secure=True),
    Place("DF1/EF02", 0x06, secure=True),
    Place("DF2/EF01", 0x01),
)
_FIRST_PERMISSIONS = (Place("DF2/EF02", 0x02), Place("DF2/EF03", 0x03), Place("DF2/EF04", 0x04))
_SECOND = (
    Place("DF1/EF01", 0x01, secure=True),
    Place("DF1/EF02", 0x03, secure=True),
    Place("DF1/EF03", 0x04, secure=True),
    Place("DF1/EF04", 0x06, secure=True),
    Place("DF2/EF01", 0x01),
)
_SECOND_PERMISSIONS = (Place("DF2/EF02", 0x02), Place("DF2/EF03", 0x03))


def generation_of(card_type: str) -> int | None:
    """1 or 2 for the types whose protocol is spoken here, None for any other."""
    return GENERATION_OF_TYPE.get(card_type)


def places_of(card_type: str) -> tuple[Place, ...]:
    """The files behind the authentication, grouped by dedicated file."""
    common, permissions = (
        (_FIRST, _FIRST_PERMISSIONS) if generation_of(card_type) == 1 else (_SECOND, _SECOND_PERMISSIONS)
    )
    return (*common, *(() if card_type in SPR_CARD_TYPES else permissions), _CHECK_CODE)
