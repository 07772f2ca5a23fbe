"""What a chip dump holds, parsed: facts stored, judgements as properties.

Values of generation 1 and generation 2 share one type; what a card of the other generation does not have
is None or empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service.chip.emrtd.document import TravelDocument
from service.chip.issues import Issue, IssueKind

__all__ = ["AddressUpdate", "ChipReading", "Issue", "IssueKind", "Shape", "SignedPart"]


CHECK_CODE_FILE = "DF3/EF01"


class Shape(StrEnum):
    """How the dump was written."""

    JSON = "residence-card-dump/1"
    ZIP = "zip"
    FILE = "file"
    """One elementary file, whatever its name."""
    HEX = "hex"
    LIBJEID = "libjeid"
    FLUTTER_LIBJEID = "flutter_libjeid"
    SCAN_RESULT = "scan_result"
    EMRTD = "emrtd"


@dataclass(frozen=True, slots=True)
class AddressUpdate:
    """DF2/EF01 of generation 1: a new address noted on the back. Not signed."""

    date: str
    """YYYYMMDD as stored."""
    municipality: str
    """Code of the municipality, six digits as stored."""
    address: str


@dataclass(frozen=True, slots=True)
class SignedPart:
    """One part of the signed message."""

    name: str
    value: bytes
    length: int
    """Length that every card has, bytes."""
    well_formed: bool = True
    """False where the value was put together from objects of other lengths than every card has."""

    @property
    def full(self) -> bool:
        """Whether the value has its fixed length, and each of its objects has its own."""
        return len(self.value) == self.length and self.well_formed

    @property
    def padded(self) -> bytes:
        """The value filled up with NUL to its fixed length."""
        return self.value.ljust(self.length, b"\x00")


@dataclass(frozen=True, slots=True)
class ChipReading:
    """The files of one chip, parsed as far as they go."""

    shape: Shape = Shape.JSON
    generation: int | None = None
    """1 or 2, None where the dump does not tell."""
    card_type: str | None = None
    """C1: ``1``, ``2`` (generation 1), ``05`` ... ``08`` (generation 2)."""
    spec_version: str | None = None
    """C0, four digits."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Elementary files as given, by name."""
    issues: tuple[Issue, ...] = ()
    reencoded: bool = False
    """Whether the shape holds pictures that were encoded anew, so that no signature can be checked."""
    supported: bool = True
    """False for a dump that is recognised but not judged."""
    stated_card_number: str | None = None
    """Card number that came beside the files: what somebody typed to open the chip."""
    read_at: datetime | None = None

    front_image: bytes | None = None
    """Generation 1, D0: the printed text as a picture, TIFF G4 (7000 bytes where complete)."""
    face: bytes | None = None
    """D1: the photograph, JPEG 2000 (3000 bytes where complete)."""
    name_image: bytes | None = None
    """Generation 2, D0: the name, TIFF G4."""
    address_image: bytes | None = None
    """Generation 2, DFD1: the address, TIFF G4. Not signed."""

    card_number: str | None = None
    """Generation 2, C2. Not signed."""
    entries: Mapping[str, str] = field(default_factory=dict)
    """Generation 2, coded entries of DF1/EF02 by tag in hex (``C5`` ... ``CD``), as stored; signed."""

    entry_texts: Mapping[str, str] = field(default_factory=dict)
    """The same entries as an app has put them into words, where a shape holds that. Not signed."""
    address_update: AddressUpdate | None = None
    comprehensive_permission: str | None = None
    """Permission for other activities: its text (generation 1) or code (2); None for none. Not signed."""
    comprehensive_until: str | None = None
    """Generation 2, D6: end of that permission, YYYYMMDD."""
    individual_permission: str | None = None
    """As above, for single activities."""
    application_pending: bool | None = None
    """Whether an application for renewal is noted. Not signed."""
    commissioner_entry: bool | None = None
    """Generation 2, D9. Not signed."""
    reserved_text: str | None = None
    """Generation 2, DE: free text of the issuer. Not signed."""

    signature: bytes | None = None
    """DA or DC: the check code; None where its file is missing, empty where the card holds none."""
    certificate: bytes | None = None
    """DB or DD, padding included; None and empty as above."""
    travel_document: TravelDocument | None = None
    """Passport or foreign residence permit: its data groups and security object; None for Japanese cards."""
    signed_parts: tuple[SignedPart, ...] = ()
    """What the check code covers, in order."""

    @property
    def kind(self) -> str | None:
        """The card type, or the form of a travel document's zone (``TD1``, ``TD2``, ``TD3``)."""
        document = self.travel_document
        return document.mrz.form if document is not None and document.mrz is not None else self.card_type

    def has_issue(self, kind: IssueKind) -> bool:
        """Whether any issue is of this kind."""
        return any(issue.kind is kind for issue in self.issues)

    @property
    def complete(self) -> bool:
        """Whether everything that the card must hold is there and well-formed."""
        return (
            self.supported
            and not self.reencoded
            and not self.has_issue(IssueKind.PARTIAL)
            and not self.has_issue(IssueKind.MALFORMED)
        )

    @property
    def signed_message(self) -> bytes:
        """What the check code covers, short values filled up with NUL (contract §4)."""
        return b"".join(part.padded for part in self.signed_parts)

    @property
    def signed_parts_full(self) -> bool:
        """Whether every signed part has its fixed length: only then can a signature be said not to fit."""
        return bool(self.signed_parts) and all(part.full for part in self.signed_parts)

    @property
    def signature_absent(self) -> bool:
        """Whether the file of the check code was read without fault and holds none (data sheet §1.3)."""
        faulty = any(i.file == CHECK_CODE_FILE and i.kind is not IssueKind.NOTE for i in self.issues)
        if self.signature is None or faulty:
            return False
        blank = not any(self.signature) and not any(self.certificate or b"")
        return not self.signature or blank
