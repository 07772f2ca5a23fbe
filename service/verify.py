"""The whole path of one card, on one page.

    1. decode every picture (limits first)                        imaging
    1b. find codes; black out a My Number before anything is read reading
    2. find the card, recognise its layout, rectify it, read it   imaging, reading
    2b. measure the static features of a front that is known      imaging
    3. parse the chip dump and prove what its signature proves    chip
    4. read the chip's signed pictures beside the printed ones    reading
    5. gather everything in one case, with one reference time
    5b. ask the registry, where the caller has one, what is known of it from before
    6. ask every check its question                               checks
    7. decide                                                     verdict
    8. say what the card, if real, allows                         cards
    9. write the report                                           assemble

Nothing here reads the network. The clock is read by the caller, once, and given as ``now``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.allowance import allowance, entitlement_report
from service.assemble import assemble, engine_report, input_reports
from service.cards.feature_limits import feature_limits
from service.cards.layout import Layout, layouts
from service.checks.base import run_checks
from service.checks.case import JAPAN, Capture, Case, LapseInquiry
from service.checks.catalogue import CHECKS
from service.checks.identity import identity
from service.checks.tilt import sequence_fault
from service.chip import ChipReading, TrustStore, load_codes, prove, read_dump
from service.chip_pictures import read_chip_pictures
from service.errors import ConfigurationError, Fault, NoEvidence, RequestInvalid
from service.evidence import CaptureKind, FieldReading, Location, Picture, Role
from service.imaging import decode_picture, locate_card
from service.imaging.forensics import Traces
from service.imaging.security import SecurityMeasures, measure_security
from service.imaging.tilt.see_through import SeeThrough, see_through
from service.models import ModelFile, manifest, model_bytes
from service.policies import load_policies, policy
from service.reading.barcodes import PlacedBarcode, barcode_fields, place
from service.reading.clearing import Cleared, clear, clear_card, clear_print, read_cleared
from service.reading.mrz import ZoneReading, read_face_zone, read_zone, zone_fields
from service.reading.side import SideReading
from service.registry import Registry
from service.report import Report
from service.settings import Settings
from service.stopwatch import Stopwatch
from service.submission import Submission
from service.tilt import read_tilt
from service.verdict import Decision, NextAction, Supplied, Verdict, decide

__all__ = ["Engine"]

SIDES = (Role.FRONT, Role.BACK)
NOWHERE = Location((), 0, CaptureKind.PHOTO)
CHIP_LAYOUTS: Mapping[str, str] = {
    "1": "jp.residence_card.gen1",
    "2": "jp.special_permanent_resident.gen1",
    "05": "jp.residence_card.gen2",
    "06": "jp.special_permanent_resident.gen2",
    "07": "jp.specified_residence_card",
    "08": "jp.specified_special_permanent_resident",
    "TD1": "icao.td1.residence_permit",
    "TD3": "icao.td3.passport",
}
"""Layout of a chip by its card type (C1), or by the form of its machine-readable zone."""


@dataclass(frozen=True, slots=True)
class _Face:
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


class Engine:
    """Everything that is loaded once per process: models, anchors, policies, layouts, checks."""

    def __init__(self, settings: Settings, trust: TrustStore, models: tuple[ModelFile, ...]) -> None:
        self.settings = settings
        self.trust = trust
        self.models = models

    @classmethod
    def load(cls, settings: Settings) -> Engine:
        """Load what a verification needs. A refused trust file or model does not stop the start."""
        trust = TrustStore.load(settings.trust_dir, settings.trust_profile)
        load_codes(settings.chip_codes)
        try:
            models = tuple(manifest(settings.models_dir).values())
        except ConfigurationError:
            models = ()
        return cls(settings, trust, models)

    def readiness(self) -> dict[str, Any]:
        """What is missing, for ``/readyz``: ``ready`` is False for a model that is absent or differs."""
        models = "ok"
        try:
            for id in manifest(self.settings.models_dir):
                model_bytes(id, self.settings.models_dir)
            load_policies()
            layouts()
        except ConfigurationError as error:
            models = str(error)
        return {"ready": models == "ok", "models": models, "calibration": "synthetic", **self.trust.status()}

    def verify(
        self,
        submission: Submission,
        *,
        now: datetime,
        verification_id: str,
        language: str = "en",
        registry: Registry | None = None,
    ) -> Report:
        """Judge one card. ``registry`` answers what the operator knows of it from before.

        Raises a Problem where the submission cannot be processed; a forged or unreadable card is a report.
        """
        if submission.request.chip_session is not None and submission.chip is None:
            fault = Fault("/request/chip_session", "Sessions are known to POST /v1/verify alone.")
            raise RequestInvalid("The chip of a session cannot be had here.", fault)
        if not submission.chip and not any(role in submission.pictures for role in SIDES):
            raise NoEvidence("Send at least one of front, back and chip.")
        request, watch = submission.request, Stopwatch()
        rules = policy(request.policy)
        at = request.reference_time or now

        # 1. pictures
        with watch.stage("decode"):
            pictures = {
                role: decode_picture(data, role, self.settings) for role, data in submission.pictures.items()
            }
        # 2. faces
        faces = _in_their_places({role: _face(picture, watch) for role, picture in pictures.items()})
        barcodes = tuple(code for face in faces.values() for code in face.barcodes)
        readings = [face.reading for face in faces.values() if face.reading]
        # 2b. features of the front
        with watch.stage("security"):
            security = _security(faces.get(Role.FRONT))
        # 3. chip
        with watch.stage("chip"):
            chip = read_dump(submission.chip, self.settings) if submission.chip else None
            proof = prove(chip, self.trust, at) if chip else None
        # 4. the chip's pictures
        layout, confidence = _layout(faces, chip)
        front = faces[Role.FRONT].capture.view if Role.FRONT in faces else None
        with watch.stage("chip_pictures"):
            printed = [f for reading in readings for f in reading.fields]
            trusted, codes = bool(proof and proof.trusted), load_codes(self.settings.chip_codes)
            pictured = read_chip_pictures(chip, front, printed, layout, codes=codes, trusted=trusted)
        with watch.stage("tilt"):
            tilted = read_tilt(submission.tilt, front, layout, self.settings)
            through = _see_through(faces)
        # 5. one case
        inquiry = request.lapse_inquiry
        case = Case(
            reference_time=at,
            trust_profile=self.settings.trust_profile,
            captures={role.value: face.capture for role, face in faces.items()},
            layout=layout,
            layout_confidence=confidence,
            fields=(*printed, *_zone_fields(faces, at), *barcode_fields(barcodes, layout), *pictured.fields),
            labels=tuple(label for reading in readings for label in reading.labels),
            specimen_marks=tuple(mark for reading in readings for mark in reading.specimen_marks),
            barcodes=barcodes,
            zones={role.value: face.zone for role, face in faces.items() if face.zone},
            security=security,
            chip=chip,
            chip_proof=proof,
            photograph=pictured.photograph,
            same_print=pictured.same_print,
            traces=_traces(faces, printed, layout),
            tilt=tilted.facts,
            see_through=through,
            expected={name.value: value for name, value in request.expected.items()},
            lapse_inquiry=LapseInquiry(inquiry.result, inquiry.at, inquiry.by) if inquiry else None,
        )
        # 5b. what is known from before
        if registry is not None:
            case = replace(case, registry=registry.look_up(identity(case)))
        # 6. checks
        with watch.stage("checks"):
            results = run_checks(CHECKS, case, rules)
        # 7. verdict
        supplied = Supplied(Role.FRONT in faces, Role.BACK in faces, chip is not None)
        decision = decide(results, rules, supplied, _required(layout, supplied))
        # 8. entitlement
        allowed = allowance(case)
        # 9. report
        return assemble(
            verification_id=verification_id,
            created_at=now,
            case=case,
            request=request,
            results=results,
            decision=_with_advice(decision, allowed.next_action),
            entitlement=entitlement_report(allowed),
            limits=(*_limits(case, supplied, faces), *allowed.notes),
            inputs=(*input_reports(case.captures, submission.chip), *tilted.inputs),
            engine=engine_report(rules, self.models, self.settings.trust_profile, self.trust.digest),
            timing_ms=watch.timings(),
            language=language,
        )


def _face(picture: Picture, watch: Stopwatch) -> _Face:
    """Clear the picture, find and read the card; a companion's zone alone is read."""
    with watch.stage("codes"):
        cleared = clear(picture)
    if picture.role is Role.COMPANION:
        with watch.stage("mrz"):
            zone = read_zone(cleared.picture)
        return _Face(Capture(cleared.picture, NOWHERE, None), cleared, zone=zone)
    with watch.stage("locate"):
        location = locate_card(cleared.picture)
    with watch.stage("codes"):
        cleared = clear_card(cleared, location)
    if picture.role not in SIDES or location.cards > 1:
        cleared = clear_print(cleared, location)
        return _Face(Capture(cleared.picture, location, None), cleared)
    with watch.stage("read"):
        cleared, reading = read_cleared(cleared, location)
    with watch.stage("mrz"):
        zone, view = read_face_zone(cleared.picture, location, reading.view)
    return _Face(Capture(cleared.picture, location, view), cleared, reading, zone)


def _traces(
    faces: Mapping[Role, _Face], printed: Sequence[FieldReading], layout: Layout | None
) -> dict[str, Traces]:
    """Where traces of forging can be looked for: each side that was found, with its photograph and texts."""
    captures = [faces[role].capture for role in SIDES if role in faces]
    photo = layout.front.area("photo") if layout else None
    return {
        view.side.value: Traces.of(capture.picture, view, printed, photo.box if photo else None)
        for capture in captures
        if (view := capture.view) is not None
    }


def _security(front: _Face | None) -> SecurityMeasures | None:
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


def _zone_fields(faces: Mapping[Role, _Face], at: datetime) -> Iterator[FieldReading]:
    """What the machine-readable zones say, the card's before the companion's."""
    for role, face in faces.items():
        if face.zone is not None:
            yield from zone_fields(face.zone, role, face.capture.view, at.astimezone(JAPAN).date())


def _in_their_places(faces: Mapping[Role, _Face]) -> dict[Role, _Face]:
    """Front and back exchanged where each was sent as the other: nobody is told to do it again for that."""
    placed = dict(faces)
    sent = {role: faces[role].capture.view for role in SIDES if role in faces}
    front, back = sent.get(Role.FRONT), sent.get(Role.BACK)
    if front and back and (front.side.value, back.side.value) == ("back", "front"):
        placed[Role.FRONT], placed[Role.BACK] = faces[Role.BACK], faces[Role.FRONT]
    return placed


def _layout(faces: Mapping[Role, _Face], chip: ChipReading | None) -> tuple[Layout | None, float]:
    """The layout of what is printed, or where no face was supplied, of the chip."""
    views = [faces[role].capture.view for role in SIDES if role in faces]
    for view in views:
        if view is not None and view.layout is not None:
            return layouts()[view.layout], view.layout_confidence
    if views or chip is None or chip.kind is None:
        return None, 0.0
    known = layouts().get(CHIP_LAYOUTS.get(chip.kind, ""))
    return known, 1.0 if known else 0.0


def _required(layout: Layout | None, supplied: Supplied) -> Sequence[str]:
    if not supplied.front:
        return ()
    return ("capture.front", "layout.document", *(layout.required_checks if layout else ()))


def _with_advice(decision: Decision, advice: str | None) -> Decision:
    """Entitlement may ask for a look by a person, or for the back, where the verdict asks for less."""
    if advice is None or decision.verdict not in (Verdict.AUTHENTIC, Verdict.NO_SIGN_OF_FORGERY):
        return decision
    asked = NextAction(advice)
    if asked is NextAction.MANUAL_REVIEW or decision.next_action is NextAction.NONE:
        return replace(decision, next_action=asked)
    return decision


def _see_through(faces: Mapping[Role, _Face]) -> SeeThrough | None:
    """What shows in the picture with light behind the card, None where there is none."""
    face = faces.get(Role.SEE_THROUGH)
    return see_through(face.capture.picture, locate_card(face.capture.picture)) if face else None


def _limits(case: Case, supplied: Supplied, faces: Mapping[Role, _Face]) -> tuple[str, ...]:
    """What this report does not prove."""
    views = [face.capture.view for face in faces.values() if face.capture.view]
    through = case.see_through
    assessed = case.tilt is not None and any(sequence_fault(s) is None for s in case.tilt.sequences.values())
    stated = {
        "holder_not_compared": True,
        "replay_not_detectable": supplied.chip,
        "chip_not_read": not supplied.chip,
        "not_production_trust": case.trust_profile != "production",
        "lapse_not_inquired": case.lapse_inquiry is None,
        "back_not_supplied": supplied.front and not supplied.back,
        "monochrome_capture": any(view.colour != "colour" for view in views),
        "tilt_not_assessed": case.tilt is not None and not assessed,
        "tilt_replay_not_detectable": assessed,
        "companion_not_assessed": Role.COMPANION in faces and Role.COMPANION.value not in case.zones,
        "see_through_not_assessed": Role.SEE_THROUGH in faces and not (through and through.found),
        "my_number_blacked_out": any(face.cleared.blacked_out for face in faces.values()),
        "synthetic_calibration": True,
    }
    return tuple(name for name, holds in stated.items() if holds)
