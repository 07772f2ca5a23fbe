"""A picture before anybody reads it: its codes are found and every My Number is blacked out in memory.

The copy that leaves here is the only one that is located, read, judged or drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from service.cards.layout import layouts
from service.evidence import Location, Picture, Role, Side
from service.imaging.rectify import homography_of
from service.reading.barcodes import Barcode, read_barcodes, read_barcodes_closer, with_more
from service.reading.my_number import black_out_codes, black_out_print
from service.reading.side import SideReading, read_side

__all__ = ["Cleared", "clear", "clear_card", "clear_print", "read_cleared"]


@dataclass(frozen=True, slots=True)
class Cleared:
    """A picture that may be looked at."""

    picture: Picture
    codes: tuple[Barcode, ...] = ()
    blacked_out: bool = False
    """Whether a My Number was found in it."""


def clear(picture: Picture) -> Cleared:
    """Codes of the picture, those with a My Number blacked out."""
    codes = read_barcodes(picture)
    return Cleared(black_out_codes(picture, codes), codes, any(code.my_number for code in codes))


def clear_card(cleared: Cleared, location: Location) -> Cleared:
    """Codes on cards that are small in the picture, with those that hold a My Number blacked out."""
    more: tuple[Barcode, ...] = ()
    for quad in location.quads[:1]:
        more = read_barcodes_closer(cleared.picture, homography_of(quad))
    return Cleared(
        black_out_codes(cleared.picture, more),
        with_more(cleared.codes, more),
        cleared.blacked_out or any(code.my_number for code in more),
    )


def clear_print(cleared: Cleared, location: Location) -> Cleared:
    """Printed My Numbers blacked out; for any picture that is not of a recognised front."""
    picture = black_out_print(cleared.picture, location)
    if picture is cleared.picture:
        return cleared
    return replace(cleared, picture=picture, blacked_out=True)


def read_cleared(cleared: Cleared, location: Location) -> tuple[Cleared, SideReading]:
    """Read a front or back, a printed My Number blacked out before.

    A front that is recognised carries none and is read at once; whatever came as a front and is not
    recognised is cleared and read anew.
    """
    if cleared.picture.role is not Role.FRONT:
        cleared = clear_print(cleared, location)
    reading = read_side(cleared.picture, location, cleared.picture.role)
    if cleared.picture.role is not Role.FRONT or _is_known_front(reading):
        return cleared, reading
    again = clear_print(cleared, location)
    if again is cleared:
        return cleared, reading
    return again, read_side(again.picture, location, again.picture.role)


def _is_known_front(reading: SideReading) -> bool:
    view = reading.view
    if view is None or view.layout is None or view.side is not Side.FRONT:
        return False
    return layouts()[view.layout].confirmed
