"""The chip of the card: dumps in, readings and proofs out."""

from __future__ import annotations

from service.chip.codes import CodeTables, load_codes
from service.chip.dump import read_dump
from service.chip.fields import chip_fields
from service.chip.images import decode_face, decode_text_image
from service.chip.model import ChipReading
from service.chip.proof import ChipProof, prove
from service.chip.trust_store import TrustStore

__all__ = [
    "ChipProof",
    "ChipReading",
    "CodeTables",
    "TrustStore",
    "chip_fields",
    "decode_face",
    "decode_text_image",
    "load_codes",
    "prove",
    "read_dump",
]
