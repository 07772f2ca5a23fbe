"""The whole path of one card, on one page.

    1. decode every picture (limits first)                        imaging
    2. black out a My Number; find, recognise and read the card   faces
       and measure its features and traces of forging
    3. parse the chip dump and prove what its signature proves    chip
    4. read the chip's signed pictures beside the printed ones    reading
    5. gather everything in one case, with one reference time
       and ask the registry, where the caller has one, what is known from before
    6. ask every check its question                               checks
    7. weigh the answers and add them up to a score               scoring
    8. decide                                                     verdict
    9. say what the card, if real, allows                         cards
   10. write the report                                           assemble

Nothing here reads the network. The clock is read by the caller, once, and given as ``now``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.allowance import allowance, entitlement_report
from service.aside import aside
from service.assemble import assemble, engine_report, input_reports
from service.cards.enrolled import SYNTHETIC, Enrolled
from service.cards.layout import Layout, layouts
from service.checks.base import run_checks
from service.checks.case import Case, LapseInquiry
from service.checks.catalogue import EVIDENCE_CHECKS, SCORE_CHECKS
from service.checks.identity import identity
from service.checks.tilt_sequence import sequence_fault
from service.chip import ChipReading, TrustStore, load_codes, prove, read_dump
from service.chip_pictures import read_chip_pictures
from service.enrolments import Enrolments, load_enrolments
from service.errors import ConfigurationError, Fault, NoEvidence, RequestInvalid
from service.evidence import Role, Side
from service.faces import (
    SIDES,
    Face,
    in_their_places,
    light_behind,
    read_face,
    security_of,
    traces_of,
    zone_readings,
)
from service.imaging import decode_picture
from service.models import ModelFile, manifest, model_bytes
from service.policies import load_policies, policy
from service.reading.barcodes import barcode_fields
from service.registry import Registry
from service.report import Report
from service.scoring import Calibration, patched, weigh
from service.settings import Settings
from service.stopwatch import Stopwatch
from service.submission import Submission
from service.tilt import read_tilt
from service.verdict import CheckResult, Decision, NextAction, Policy, Supplied, Verdict, decide

__all__ = ["Engine", "judge"]

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


class Engine:
    """Everything that is loaded once per process: models, anchors, policies, layouts, checks."""

    def __init__(
        self,
        settings: Settings,
        trust: TrustStore,
        models: tuple[ModelFile, ...],
        enrolments: Enrolments | None = None,
    ) -> None:
        self.settings = settings
        self.trust = trust
        self.models = models
        self.enrolments = enrolments or Enrolments()
        """The operator's own limits, where he has enrolled genuine cards."""

    @classmethod
    def load(cls, settings: Settings) -> Engine:
        """Load what a verification needs. A refused trust file or model does not stop the start."""
        trust = TrustStore.load(settings.trust_dir, settings.trust_profile)
        load_codes(settings.chip_codes)
        try:
            models = tuple(manifest(settings.models_dir).values())
        except ConfigurationError:
            models = ()
        return cls(settings, trust, models, load_enrolments(settings.effective_enrolment_dir))

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
        return {
            "ready": models == "ok" and not self.enrolments.refused,
            "models": models,
            **self.enrolments.status(),
            **self.trust.status(),
        }

    def verify(
        self,
        submission: Submission,
        *,
        now: datetime,
        verification_id: str,
        language: str = "en",
        registry: Registry | None = None,
        seen: Callable[[Case], None] | None = None,
    ) -> Report:
        """Judge one card. ``registry`` answers what the operator knows of it from before.

        ``seen`` is shown the case before the checks are asked, for data sets made of drawn specimens.

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
        faces = in_their_places({role: read_face(picture, watch) for role, picture in pictures.items()})
        barcodes = tuple(code for face in faces.values() for code in face.barcodes)
        readings = [face.reading for face in faces.values() if face.reading]
        features = aside(lambda: security_of(faces.get(Role.FRONT)))
        # 3. chip
        with watch.stage("chip"):
            chip = read_dump(submission.chip, self.settings) if submission.chip else None
            proof = prove(chip, self.trust, at) if chip else None
        # 4. the chip's pictures
        layout, confidence = _layout(faces, chip)
        front = faces[Role.FRONT].capture.view if Role.FRONT in faces else None
        enrolled = self.enrolments.applying(layout, front)
        with watch.stage("chip_pictures"):
            printed = [f for reading in readings for f in reading.fields]
            trusted, codes = bool(proof and proof.trusted), load_codes(self.settings.chip_codes)
            pictured = read_chip_pictures(chip, front, printed, layout, codes=codes, trusted=trusted)
        with watch.stage("tilt"):
            tilted = read_tilt(submission.tilt, front, layout, self.settings)
            through = light_behind(faces)
        with watch.stage("features"):
            traces = traces_of(faces, printed, layout)
            for side in traces.values():
                side.measure()
            security = features.result()
            marks = tuple(mark for reading in readings for mark in reading.specimen_marks)
            patches = patched(front, layout, [mark.box for mark in marks if mark.side is Side.FRONT])
        # 5. one case
        inquiry = request.lapse_inquiry
        case = Case(
            reference_time=at,
            trust_profile=self.settings.trust_profile,
            captures={role.value: face.capture for role, face in faces.items()},
            layout=layout,
            layout_confidence=confidence,
            enrolled=enrolled,
            fields=(*printed, *zone_readings(faces, at), *barcode_fields(barcodes, layout), *pictured.fields),
            labels=tuple(label for reading in readings for label in reading.labels),
            specimen_marks=marks,
            barcodes=barcodes,
            zones={role.value: face.zone for role, face in faces.items() if face.zone},
            security=security,
            chip=chip,
            chip_proof=proof,
            photograph=pictured.photograph,
            same_print=pictured.same_print,
            apart=pictured.apart,
            traces=traces,
            patched=patches,
            tilt=tilted.facts,
            see_through=through,
            expected={name.value: value for name, value in request.expected.items()},
            lapse_inquiry=LapseInquiry(inquiry.result, inquiry.at, inquiry.by) if inquiry else None,
        )
        if registry is not None:
            case = replace(case, registry=registry.look_up(identity(case)))
        if seen is not None:
            seen(case)
        supplied = Supplied(Role.FRONT in faces, Role.BACK in faces, chip is not None)
        case, results, decision = judge(case, rules, supplied, watch)
        # 9. entitlement
        allowed = allowance(case)
        # 10. report
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
            engine=engine_report(
                rules,
                self.models,
                self.settings.trust_profile,
                self.trust.digest,
                enrolled.id if enrolled else SYNTHETIC,
            ),
            timing_ms=watch.timings(),
            language=language,
        )


def judge(
    case: Case, rules: Policy, supplied: Supplied, watch: Stopwatch
) -> tuple[Case, tuple[CheckResult, ...], Decision]:
    """Steps 6 to 8 for a case that was gathered: the case with its score, every result, and the decision."""
    # 6. checks
    with watch.stage("checks"):
        results = run_checks(EVIDENCE_CHECKS, case, rules)
    # 7. score
    with watch.stage("score"):
        weighed = weigh(results, rules, _calibration(case.enrolled))
        case = replace(case, weighed=weighed)
        results = (*weighed.results, *weighed.beside(run_checks(SCORE_CHECKS, case, rules)))
    # 8. verdict
    return case, results, decide(results, rules, supplied, _required(case.layout, supplied))


def _layout(faces: Mapping[Role, Face], chip: ChipReading | None) -> tuple[Layout | None, float]:
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


def _calibration(enrolled: Enrolled | None) -> Calibration | None:
    """Where the bands of the score begin on the operator's own cards, None for the shipped bands."""
    if enrolled is None or enrolled.bands is None:
        return None
    return Calibration(enrolled.id, *enrolled.bands)


def _limits(case: Case, supplied: Supplied, faces: Mapping[Role, Face]) -> tuple[str, ...]:
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
        "synthetic_calibration": case.enrolled is None,
    }
    return tuple(name for name, holds in stated.items() if holds)
