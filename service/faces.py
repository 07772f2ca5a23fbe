"""The pictures of one card, each with what was read from it, and the measures that need them side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.aside import aside
from service.cards.feature_limits import feature_limits
from service.cards.layout import Layout, layouts
from service.checks.case import JAPAN, Capture
from service.evidence import CaptureKind, FieldReading, Location, Picture, Role
from service.imaging import locate_card
from service.imaging.forensics import Traces
from service.imaging.security import SecurityMeasures, measure_security
from service.imaging.tilt.see_through import SeeThrough, see_through
from service.reading.barcodes import PlacedBarcode, place
from service.reading.clearing import Cleared, clear, clear_card, clear_print, read_cleared
from service.reading.mrz import ZoneReading, read_face_zone, read_zone, zone_fields
from service.reading.side import SideReading
from service.stopwatch import Stopwatch

__all__ = [
    "SIDES",
    "Face",
    "in_their_places",
    "light_behind",
    "read_face",
    "security_of",
    "traces_of",
    "zone_readings",
]

SIDES = (Role.FRONT, Role.BACK)
NOWHERE = Location((), 0, CaptureKind.PHOTO)


@dataclass(frozen=True, slots=True)
class Face:
    """One picture with what was read from it."""

    capture: Capture
    cleared: Cleared
    reading: SideReading | None = None
    zone: ZoneReading | None = None

    @property
    def barcodes(self) -> tuple[PlacedBarcode, ...]:
        """Codes of the picture by their place on the card, where it was found."""
        view = self.capture.view
        return () if view is None else place(self.cleared.codes, view.side, view.homography)


def read_face(picture: Picture, watch: Stopwatch) -> Face:
    """Clear the picture, find and read the card; a companion's zone alone is read."""
    if picture.role is Role.COMPANION:
        with watch.stage("codes"):
            cleared = clear(picture)
        with watch.stage("mrz"):
            zone = read_zone(cleared.picture)
        return Face(Capture(cleared.picture, NOWHERE, None), cleared, zone=zone)
    with watch.stage("locate"):
        outline = aside(lambda: locate_card(picture))
        cleared = clear(picture)
        location = outline.result()
    with watch.stage("codes"):
        cleared = clear_card(cleared, location)
    if picture.role not in SIDES or location.cards > 1:
        cleared = clear_print(cleared, location)
        return Face(Capture(cleared.picture, location, None), cleared)
    with watch.stage("read"):
        cleared, reading = read_cleared(cleared, location)
    with watch.stage("mrz"):
        zone, view = read_face_zone(cleared.picture, location, reading.view)
    return Face(Capture(cleared.picture, location, view), cleared, reading, zone)


def in_their_places(faces: Mapping[Role, Face]) -> dict[Role, Face]:
    """Front and back exchanged where each was sent as the other: nobody is told to do it again for that."""
    placed = dict(faces)
    sent = {role: faces[role].capture.view for role in SIDES if role in faces}
    front, back = sent.get(Role.FRONT), sent.get(Role.BACK)
    if front and back and (front.side.value, back.side.value) == ("back", "front"):
        placed[Role.FRONT], placed[Role.BACK] = faces[Role.BACK], faces[Role.FRONT]
    return placed


def traces_of(
    faces: Mapping[Role, Face], printed: Sequence[FieldReading], layout: Layout | None
) -> dict[str, Traces]:
    """Where traces of forging can be looked for: each side that was found, with its photograph and texts."""
    captures = [faces[role].capture for role in SIDES if role in faces]
    photo = layout.front.area("photo") if layout else None
    kinds = {field.name: field.kind for field in layout.front.fields} if layout else {}
    bands = [area.box for area in layout.front.areas if area.hue and area.confirmed] if layout else []
    return {
        view.side.value: Traces.of(capture.picture, view, printed, photo.box if photo else None, kinds, bands)
        for capture in captures
        if (view := capture.view) is not None
    }


def security_of(front: Face | None) -> SecurityMeasures | None:
    """Measures of the front's features, where its layout says what they should be."""
    view = front.capture.view if front else None
    known = layouts().get(view.layout or "") if view else None
    if front is None or view is None or known is None or view.side.value != "front":
        return None
    if not feature_limits(known.id):
        return None
    areas = {area.id: area.box for area in known.front.areas}
    fields = {field.name: field.box for field in known.front.fields}
    return measure_security(front.capture.picture, view, areas, fields)


def zone_readings(faces: Mapping[Role, Face], at: datetime) -> Iterator[FieldReading]:
    """What the machine-readable zones say, the card's before the companion's."""
    for role, face in faces.items():
        if face.zone is not None:
            yield from zone_fields(face.zone, role, face.capture.view, at.astimezone(JAPAN).date())


def light_behind(faces: Mapping[Role, Face]) -> SeeThrough | None:
    """What shows in the picture with light behind the card, None where there is none."""
    face = faces.get(Role.SEE_THROUGH)
    return see_through(face.capture.picture, locate_card(face.capture.picture)) if face else None
