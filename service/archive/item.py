"""What is re-checked and what comes of it: files of an archive, items, cards, rows.

An *entry* is one file as the listing of the archive shows it. An *item* is what belongs together: one scan, a
front with its back, a document of many pages, or a line of a manifest. An item shows one card or many; each
card becomes one *row*. Everything here crosses process boundaries and is picklable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from service.checks.case import Case
from service.evidence import Box
from service.report import Report

__all__ = [
    "CardEvidence",
    "CheckRow",
    "Entry",
    "FileRow",
    "Item",
    "Names",
    "PairedBy",
    "Part",
    "PartRole",
    "QualityRow",
    "Row",
    "ScanDateSource",
]


class PartRole(StrEnum):
    """What a file is said to show."""

    ANY = "any"
    """Nobody said; the picture itself tells."""
    FRONT = "front"
    BACK = "back"
    CHIP = "chip"


class PairedBy(StrEnum):
    """Why two sides are taken for one card."""

    NONE = "none"
    """There is one side only, or the chip alone."""
    MANIFEST = "manifest"
    NAME = "name"
    """The files are named alike: ``0001_front.jpg``, ``0001_back.jpg``."""
    PAGE = "page"
    """A back follows its front on the same page or on the next one."""
    NUMBER = "number"
    """As PAGE, and the same number was read on both sides."""


class ScanDateSource(StrEnum):
    """Where the date comes from that the card was judged at, from the strongest to the weakest."""

    GIVEN = "given"
    """``--reference-time``."""
    MANIFEST = "manifest"
    EXIF = "exif"
    TIFF = "tiff"
    PDF = "pdf"
    MODIFIED = "modified"
    """When the file was written last, as the archive says."""
    RUN = "run"
    """Nothing else was believable: the time at which the run was begun."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive."""

    path: str
    """Name inside the archive; bytes that are no UTF-8 as surrogate escapes. Never written to a result."""
    locator: str
    """What opens it: a path, a URL, or the number of a ZIP's member."""
    size: int = 0
    """Bytes; 0 where the listing does not say."""
    modified: float | None = None
    """Seconds since 1970, where the archive says."""
    fault: str | None = None
    """Problem of the listing itself, e.g. ``folder-unreadable``."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file with what it is said to show."""

    role: PartRole
    entry: Entry


@dataclass(frozen=True, slots=True)
class Item:
    """Files that belong together."""

    parts: tuple[Part, ...]
    paired_by: PairedBy = PairedBy.NONE
    reference: str | None = None
    """The operator's own word for it, from the manifest."""
    scan_date: datetime | None = None
    """From the manifest."""


@dataclass(frozen=True, slots=True)
class CardEvidence:
    """One card as it was judged: what links between cards are worked out from (``service.archive.links``)."""

    case: Case
    """Pictures, rectified views, readings, photo, chip: whatever a check may look at."""
    report: Report
    key: bytes
    """32 secret bytes of this installation: what would name a person or a number is hashed under it
    (``service.store.cipher.Cipher((key,))``)."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """Where one side or the chip of a card was found."""

    role: str
    """``front``, ``back``, ``chip`` or ``unknown``."""
    sha256: str | None
    """Of the whole file; None where it could not be read."""
    media_type: str | None = None
    page: int | None = None
    """From 1, in a document of several pages."""
    place: Box | None = None
    """x, y, width, height of the piece that was cut out, as fractions of the page."""


@dataclass(frozen=True, slots=True)
class QualityRow:
    """Measures of one rectified side (``service.evidence.Quality``)."""

    side: str
    colour: str
    kind: str
    sharpness: float
    px_per_mm: float
    glare: float
    cut_off: float
    perspective: float
    brightness: float
    contrast: float
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check with its result; the sentence for it stands in the catalogue (``honmono checks``)."""

    id: str
    group: str
    result: str
    reason: str
    basis: str
    effect: str
    not_run_reason: str | None = None
    measured: float | None = None
    threshold: float | None = None
    margin: float | None = None
    weight_bits: float | None = None
    side: str | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One card, or one file that no card could be had from: a line of ``service.archive.schema``."""

    card_id: str
    """Keyed digest of the place of the card in the archive: one for each row of a run."""
    content_id: str
    """Plain digest of the files' bytes and the place in them: the same card in another run."""
    source: str
    """Keyed digest of the name of the item's first file."""
    files: tuple[FileRow, ...]
    first: bool = True
    """Whether it is the first row of its item."""
    reference: str | None = None
    paired_by: str = PairedBy.NONE.value
    problem: str | None = None
    """Why there is no report, or what part of the card had to be left out of it."""
    problem_detail: str | None = None
    verdict: str | None = None
    verdict_reason: str | None = None
    next_action: str | None = None
    assurance: str | None = None
    score: float | None = None
    score_band: str | None = None
    layout: str | None = None
    layout_confidence: float | None = None
    reference_time: datetime | None = None
    reference_source: str | None = None
    status_of_residence: str | None = None
    issue_year: int | None = None
    card_valid_until: date | None = None
    stay_until: date | None = None
    card_state: str | None = None
    stay_state: str | None = None
    work_state: str | None = None
    quality: tuple[QualityRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()
    limits: tuple[str, ...] = ()
    engine_version: str | None = None
    models_digest: str | None = None
    policy_id: str | None = None
    policy_version: str | None = None
    trust_profile: str | None = None
    trust_digest: str | None = None
    fingerprints: Mapping[str, bytes | str | float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """What is written beside a row only where the operator asked for it (``--names``)."""

    card_id: str
    paths: tuple[str, ...]
    """Archive names of the files, what is no UTF-8 replaced."""
    card_number: str | None = None
    name: str | None = None
