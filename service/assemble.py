"""From results to the report: fields with their sources, checks with their messages, inputs, limits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from service import __version__
from service.checks.case import Capture, Case
from service.evidence import Box, FieldReading, Quality, Side
from service.messages import message
from service.models import ModelFile
from service.report import (
    Agreement,
    CheckReport,
    DocumentReport,
    Engine,
    Entitlement,
    EntitlementEvidence,
    FieldName,
    FieldReport,
    ForgeryScore,
    InputReport,
    LapseInquiryReport,
    ModelReport,
    PolicyReport,
    QualityReport,
    RegionReport,
    Report,
    Source,
    SourceReport,
    Summary,
    TrustStoreReport,
)
from service.settings import TrustProfile
from service.submission import VerifyRequest
from service.verdict import CheckResult, Decision, Policy, Region, Result

__all__ = ["assemble", "best_value", "engine_report", "field_reports", "input_reports"]

_PREFERENCE = ("back", "front", "mrz", "barcode", "companion", "chip")
"""What was added on the back comes before what it replaces on the front."""


def best_value(readings: Sequence[FieldReading]) -> FieldReading | None:
    """The reading that stands for a field: one held as text first, then what the back says, then the surest.

    A first-generation chip holds its text as a picture: read from there it can be misread like print.
    """
    parsed = [r for r in readings if r.value is not None]
    parsed.sort(key=lambda r: (r.source != "back", -round(r.confidence, 2), _PREFERENCE.index(r.source)))
    return parsed[0] if parsed else None


def _region(side: Side | str | None, box: Box | None) -> RegionReport | None:
    if side is None or box is None:
        return None
    name = side.value if isinstance(side, Side) else side
    x, y, w, h = (round(min(max(v, 0.0), 1.0), 4) for v in box)
    return RegionReport(side="front" if name == "front" else "back", box=(x, y, w, h))


def _source(reading: FieldReading) -> SourceReport:
    return SourceReport(
        source=Source(reading.source),
        value=reading.value,
        raw=reading.raw,
        confidence=round(min(max(reading.confidence, 0.0), 1.0), 4),
        region=_region(reading.side, reading.box),
        evidence=EntitlementEvidence(reading.evidence) if reading.source == "chip" else None,
    )


def field_reports(readings: Sequence[FieldReading]) -> tuple[FieldReport, ...]:
    """Every field of the contract that any source shows, in the contract's order."""
    reports: list[FieldReport] = []
    for name in FieldName:
        here = [r for r in readings if r.name == name.value and (r.raw or r.value)]
        if not here:
            continue
        values = {r.value for r in here if r.value is not None}
        sources = {r.source for r in here if r.value is not None}
        agreement = Agreement.SINGLE
        if len(sources) > 1:
            agreement = Agreement.AGREE if len(values) == 1 else Agreement.DISAGREE
        chosen = best_value(here)
        reports.append(
            FieldReport(
                name=name,
                value=chosen.value if chosen else None,
                agreement=agreement,
                sources=tuple(_source(r) for r in here),
            )
        )
    return tuple(reports)


def _quality(quality: Quality) -> QualityReport:
    return QualityReport(
        sharpness=round(quality.sharpness, 3),
        px_per_mm=round(quality.px_per_mm, 2),
        glare=round(quality.glare, 4),
        cut_off=round(quality.cut_off, 4),
        perspective=round(quality.perspective, 3),
        brightness=round(quality.brightness, 1),
        contrast=round(quality.contrast, 1),
        faults=tuple(fault.value for fault in quality.faults),
    )


def input_reports(captures: Mapping[str, Capture], chip: bytes | None) -> tuple[InputReport, ...]:
    """One line per submitted part, known by its digest."""
    lines = [
        InputReport(
            role=capture.picture.role.value,
            sha256=capture.picture.sha256,
            media_type=capture.picture.media_type,
            width=capture.picture.width,
            height=capture.picture.height,
            quality=_quality(capture.view.quality) if capture.view else None,
        )
        for capture in captures.values()
    ]
    if chip is not None:
        digest = hashlib.sha256(chip).hexdigest()
        lines.append(InputReport(role="chip", sha256=digest, media_type="application/octet-stream"))
    return tuple(lines)


def _params(result: CheckResult) -> dict[str, str]:
    params = dict(result.params)
    if result.not_run_reason is not None:
        params["not_run_reason"] = result.not_run_reason.value
    return params


def _check(result: CheckResult, language: str) -> CheckReport:
    region: Region | None = result.region
    return CheckReport(
        id=result.id,
        group=result.group,
        result=result.result,
        reason=result.reason,
        not_run_reason=result.not_run_reason,
        basis=result.basis,
        effect=result.effect,
        message=message(result.reason, _params(result), language),
        citation=result.citation,
        input=result.input,
        measured=result.measured,
        threshold=result.threshold,
        margin=result.margin,
        region=_region(region.side, region.box) if region else None,
        weight_bits=result.weight_bits,
    )


def _summary(results: Sequence[CheckResult]) -> Summary:
    counts = {kind: sum(r.result is kind for r in results) for kind in Result}
    return Summary(**{("passed" if kind is Result.PASS else kind.value): n for kind, n in counts.items()})


def engine_report(
    policy: Policy,
    models: Sequence[ModelFile],
    profile: TrustProfile,
    trust_digest: str,
    calibration: str,
) -> Engine:
    """What judged the card, so that the same judgement can be made again."""
    return Engine(
        version=__version__,
        policy=PolicyReport(id=policy.id, version=policy.version),
        models=tuple(ModelReport(id=m.id, sha256=m.sha256) for m in models),
        trust_store=TrustStoreReport(profile=profile, digest=trust_digest),
        calibration=calibration,
    )


def _forgery_score(case: Case) -> ForgeryScore | None:
    score = case.weighed.score if case.weighed else None
    if score is None:
        return None
    return ForgeryScore(value=score.value, band=score.band, prior=score.prior, model=score.model)


def assemble(
    *,
    verification_id: str,
    created_at: datetime,
    case: Case,
    request: VerifyRequest,
    results: Sequence[CheckResult],
    decision: Decision,
    entitlement: Entitlement,
    limits: Sequence[str],
    inputs: Sequence[InputReport],
    engine: Engine,
    timing_ms: Mapping[str, float],
    language: str = "en",
) -> Report:
    """The full report of one verification."""
    return Report(
        id=verification_id,
        created_at=created_at,
        reference_time=case.reference_time,
        client_reference=request.client_reference,
        verdict=decision.verdict,
        verdict_reason=decision.reason,
        next_action=decision.next_action,
        assurance=decision.assurance,
        trust_profile=engine.trust_store.profile,
        forgery_score=_forgery_score(case),
        document=DocumentReport(layout=case.layout_id, confidence=round(case.layout_confidence, 4)),
        fields=field_reports(case.fields),
        entitlement=entitlement,
        checks=tuple(_check(r, language) for r in results),
        summary=_summary(results),
        limits=tuple(dict.fromkeys(limits)),
        lapse_inquiry=(
            LapseInquiryReport(**request.lapse_inquiry.model_dump()) if request.lapse_inquiry else None
        ),
        inputs=tuple(inputs),
        engine=engine,
        timing_ms={name: round(ms, 2) for name, ms in timing_ms.items()},
    )
