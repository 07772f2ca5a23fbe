"""Reading a real card: the protocol over any transport, and PC/SC as the transport of a desk.

``pcsc`` needs the extra ``reader`` (pyscard) and is imported by whoever wants it; the rest needs nothing.
"""

from __future__ import annotations

from service.chip.reader.errors import CardUnreadable, ReaderError, ReaderUnavailable, WrongNumber
from service.chip.reader.read import CardRead, dump_json, read_card
from service.chip.reader.transport import Transport

__all__ = [
    "CardRead",
    "CardUnreadable",
    "ReaderError",
    "ReaderUnavailable",
    "Transport",
    "WrongNumber",
    "dump_json",
    "read_card",
]
