"""Everything that a check may look at: the evidence and readings of one card, and the reference time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import hypot
from zoneinfo import ZoneInfo

from service.cards.enrolled import Enrolled
from service.cards.layout import Label, Layout, distance_mm
from service.chip.model import ChipReading
from service.chip.proof import ChipProof
from service.evidence import CardView, FieldReading, LabelReading, Location, Picture, Side
from service.imaging.forensics import Traces
from service.imaging.photograph import PhotographMatch
from service.imaging.security import SecurityMeasures
from service.imaging.tilt import TiltFacts
from service.imaging.tilt.see_through import SeeThrough
from service.reading.barcodes import PlacedBarcode
from service.reading.marks import SpecimenMark
from service.reading.mrz import ZoneReading
from service.reading.two_pictures import Apart
from service.registry import RegistryFacts
from service.scoring import Patched, Weighed

__all__ = ["Capture", "Case", "LapseInquiry"]

JAPAN = ZoneInfo("Asia/Tokyo")
LABEL_ASTRAY_MM = 1.0
"""A label farther from its place shows that its surroundings are askew; genuine ones stand within 0.6 mm."""
NEIGHBOUR_MM = 4.0
"""Labels as near to a field as this say whether the field's place is right."""
LABEL_READ = 0.85
"""Similarity from which a label counts as found in its place."""
LABELS_NEEDED = 0.6
"""Share of the labels that must be found before what is read counts against a card; on genuine specimens in
their true place 9 of 2,240 labels were read otherwise (docs/measures.md)."""


LABELS_IN_THIRD = 3
"""Labels that a third of the card must have before it is asked on its own; a third of them must be read."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A picture with where the card was looked for and what came of it."""

    picture: Picture
    location: Location
    view: CardView | None


@dataclass(frozen=True, slots=True)
class LapseInquiry:
    """Answer of the issuer's public inquiry about the card number, recorded by hand."""

    result: str
    """``not_lapsed``, ``lapsed`` or ``unknown``."""
    at: datetime | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One card with everything known of it. A check reads this and nothing else."""

    reference_time: datetime
    trust_profile: str
    captures: Mapping[str, Capture] = field(default_factory=dict)
    """By role."""
    layout: Layout | None = None
    layout_confidence: float = 0.0
    enrolled: Enrolled | None = None
    """The operator's own limits for this layout and this sort of capture, where he has enrolled cards."""
    fields: tuple[FieldReading, ...] = ()
    """Readings of every source."""
    labels: tuple[LabelReading, ...] = ()
    specimen_marks: tuple[SpecimenMark, ...] = ()
    barcodes: tuple[PlacedBarcode, ...] = ()
    """Codes by their place on the card that was found; what one says of a My Number is not among it."""
    zones: Mapping[str, ZoneReading] = field(default_factory=dict)
    """Machine-readable zones by the role of the picture."""
    security: SecurityMeasures | None = None
    """Measures of the front's static features, None where its layout is not known well enough."""
    chip: ChipReading | None = None
    chip_proof: ChipProof | None = None
    """Outcome of signature and certificate, worked out once."""
    photograph: PhotographMatch | None = None
    """The chip's photograph registered on the printed one, None where one of them is missing."""
    same_print: Mapping[str, float] = field(default_factory=dict)
    """By field that print and chip were read differently in: how far the two lines agree as pictures."""
    apart: Mapping[str, Apart] = field(default_factory=dict)
    """By the same fields: how much less likely the other's text is in both pictures."""
    traces: Mapping[str, Traces] = field(default_factory=dict)
    """Measures of the picture by side, taken when a check asks for them."""
    tilt: TiltFacts | None = None
    """What was measured in tilt frames, None where none were sent."""
    see_through: SeeThrough | None = None
    """What the picture with light behind the card shows."""
    expected: Mapping[str, str] = field(default_factory=dict)
    lapse_inquiry: LapseInquiry | None = None
    registry: RegistryFacts | None = None
    """What the operator knows from before, None where no registry was asked."""
    patched: Patched = field(default_factory=Patched)
    """What the patch network says of the front."""
    weighed: Weighed | None = None
    """What the other checks come to, None before they were weighed."""

    @property
    def today(self) -> date:
        """The reference date in Japan, where the card's dates are counted."""
        return self.reference_time.astimezone(JAPAN).date()

    @property
    def layout_id(self) -> str | None:
        """Id of the layout, None where the document is not one that we know."""
        return self.layout.id if self.layout else None

    def view(self, side: str) -> CardView | None:
        """The rectified side, None where it was not supplied or not found."""
        capture = self.captures.get(side)
        return capture.view if capture else None

    @property
    def in_place(self) -> bool:
        """Whether the front's fixed labels show that its texts were looked for where they stand.

        A card that was found askew is read beside its fields: what is read there speaks against nobody. An
        edge that was taken for the card's spoils the labels on its side alone, so each third of the card is
        asked as well as the whole. True where the layout has no labels to go by.
        """
        read = {label.id: label.similarity >= LABEL_READ for label in self.labels if label.side is Side.FRONT}
        known = self.layout.front.labels if self.layout else ()
        return sum(read.values()) >= LABELS_NEEDED * len(read) and all(
            3 * sum(part) >= len(part) for part in _thirds(known, read) if len(part) >= LABELS_IN_THIRD
        )

    def stands(self, *names: str) -> bool:
        """Whether what was read of these printed fields may count against the card: it lies ``in_place``, and
        of the labels beside each field at least half were read where they belong.
        """
        return self.in_place and all(self._beside_its_labels(name) for name in names)

    def _beside_its_labels(self, name: str) -> bool:
        front = self.layout.front if self.layout else None
        place = front.field(name) if front else None
        read = {label.id: label for label in self.labels if label.side is Side.FRONT}
        if front is None or place is None or not read:
            return True
        beside = [label.id for label in front.labels if distance_mm(label.box, place.box) <= NEIGHBOUR_MM]
        right = sum(id in read and _where_it_belongs(read[id]) for id in beside)
        return 2 * right >= len(beside)

    def has(self, need: str) -> bool:
        """Whether an input is there: a role, ``chip``, or a recorded ``lapse_inquiry``."""
        if need == "chip":
            return self.chip is not None
        if need == "lapse_inquiry":
            return self.lapse_inquiry is not None
        if need == "registry":
            return self.registry is not None
        if need == "expected":
            return bool(self.expected)
        if need == "tilt":
            return self.tilt is not None
        if need.startswith("tilt_"):
            return self.tilt is not None and need in self.tilt.supplied
        return need in self.captures

    def reading(self, name: str, source: str) -> FieldReading | None:
        """The reading of a field from one source."""
        return next((f for f in self.fields if f.name == name and f.source == source), None)

    def printed(self, name: str) -> FieldReading | None:
        """The field as printed on the front."""
        return self.reading(name, "front")


def _thirds(known: Sequence[Label], read: Mapping[str, bool]) -> Iterator[list[bool]]:
    """Which labels were read, for each third of the card's width and of its height."""
    for axis in (0, 1):
        for third in range(3):
            yield [
                read[label.id]
                for label in known
                if label.id in read and int(3 * (label.box[axis] + label.box[axis + 2] / 2)) == third
            ]


def _where_it_belongs(label: LabelReading) -> bool:
    return label.similarity >= LABEL_READ and hypot(*label.offset_mm) <= LABEL_ASTRAY_MM
