"""Importers of chip dumps, one file per shape; a new shape is a new file and a line here."""

from __future__ import annotations

from service.chip.importers.base import Content, Importer, RawDump
from service.chip.importers.card_files import JSON_FILES, ZIP_FILES
from service.chip.importers.container import open_content
from service.chip.importers.emrtd import EMRTD
from service.chip.importers.hex_strings import HEX_STRINGS
from service.chip.importers.reencoded import FLUTTER, LIBJEID, SCAN_RESULT

__all__ = ["IMPORTERS", "Content", "Importer", "RawDump", "open_content"]

IMPORTERS: tuple[Importer, ...] = (
    JSON_FILES,
    EMRTD,
    HEX_STRINGS,
    LIBJEID,
    FLUTTER,
    SCAN_RESULT,
    ZIP_FILES,
)
"""Asked in this order; the first that recognises the content reads it."""
