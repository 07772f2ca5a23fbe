"""Chips of passports and other states' residence permits (ICAO Doc 9303-10, -11), read from dumps."""

from __future__ import annotations

from service.chip.emrtd.document import TravelDocument, read_document
from service.chip.emrtd.passive import prove_document

__all__ = ["TravelDocument", "prove_document", "read_document"]
