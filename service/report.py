"""The report of one verification, exactly as it leaves the service (contract §2).

``Report`` is the full report. ``standard_detail`` gives what a client may see: what failed and why, but
nothing that would teach a forger how near he came. Leaves of the standard report are left out, not null, so
the members that it leaves out are optional here.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from service.settings import TrustProfile
from service.verdict import Assurance, Basis, Effect, Group, NextAction, NotRunReason, Result, Verdict

__all__ = [
    "Agreement",
    "Band",
    "CardEntitlement",
    "CheckReport",
    "DocumentReport",
    "Engine",
    "Entitlement",
    "EntitlementEvidence",
    "FieldName",
    "FieldReport",
    "ForgeryScore",
    "InputReport",
    "LapseInquiryReport",
    "ModelReport",
    "PolicyReport",
    "QualityReport",
    "RegionReport",
    "Report",
    "Source",
    "SourceReport",
    "StayEntitlement",
    "Summary",
    "TermState",
    "TrustStoreReport",
    "WorkEntitlement",
    "WorkState",
    "standard_detail",
]


class FieldName(StrEnum):
    """Names of a document's fields."""

    CARD_NUMBER = "card_number"
    NAME_LATIN = "name_latin"
    NAME_KANJI = "name_kanji"
    DATE_OF_BIRTH = "date_of_birth"
    SEX = "sex"
    NATIONALITY = "nationality"
    ADDRESS = "address"
    STATUS_OF_RESIDENCE = "status_of_residence"
    WORK_RESTRICTION = "work_restriction"
    PERIOD_OF_STAY = "period_of_stay"
    STAY_UNTIL = "stay_until"
    PERMISSION_TYPE = "permission_type"
    PERMISSION_DATE = "permission_date"
    ISSUE_DATE = "issue_date"
    CARD_VALID_UNTIL = "card_valid_until"
    ISSUER = "issuer"
    DOCUMENT_NUMBER = "document_number"


class Source(StrEnum):
    """Where a field was read."""

    FRONT = "front"
    BACK = "back"
    MRZ = "mrz"
    BARCODE = "barcode"
    CHIP = "chip"
    COMPANION = "companion"


class Agreement(StrEnum):
    """Whether the sources of a field say the same."""

    AGREE = "agree"
    DISAGREE = "disagree"
    SINGLE = "single"


class Band(StrEnum):
    """Coarse reading of the forgery score."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


class TermState(StrEnum):
    """Whether the card, or the stay, is in force at the reference time."""

    VALID = "valid"
    EXPIRED = "expired"
    RENEWAL_PENDING = "renewal_pending"
    UNLIMITED = "unlimited"
    NOT_STATED = "not_stated"
    UNKNOWN = "unknown"


class WorkState(StrEnum):
    """What work the card, if real, allows."""

    UNRESTRICTED = "unrestricted"
    STATUS_LIMITED = "status_limited"
    DESIGNATED = "designated"
    PERMISSION_LIMITED = "permission_limited"
    NOT_PERMITTED = "not_permitted"
    UNKNOWN = "unknown"


class EntitlementEvidence(StrEnum):
    """How far the statement behind an entitlement can be relied on."""

    SIGNED = "signed"
    PRINTED = "printed"
    UNSIGNED_CHIP = "unsigned_chip"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RegionReport(_Part):
    """A place on the rectified card."""

    side: Literal["front", "back"]
    box: tuple[float, float, float, float]
    """x, y, width, height as fractions of the rectified card, origin top left."""


class SourceReport(_Part):
    """One reading of a field."""

    source: Source
    value: str | None
    """Normal form, None where the text does not parse as this field."""
    raw: str | None = None
    """What is printed."""
    confidence: float | None = Field(default=None, ge=0, le=1)
    region: RegionReport | None = None
    evidence: EntitlementEvidence | None = None
    """Of the chip alone: ``signed``, or ``unsigned_chip`` for what no signature under an anchor covers."""


class FieldReport(_Part):
    """One field of the document with all its readings."""

    name: FieldName
    value: str | None
    agreement: Agreement
    sources: tuple[SourceReport, ...]


class ForgeryScore(_Part):
    """Probability of a forgery by the calibrated model, given the policy's prior."""

    value: float = Field(ge=0, le=1)
    band: Band
    prior: float = Field(gt=0, lt=1)
    model: str


class DocumentReport(_Part):
    """The kind of document that was recognised."""

    layout: str | None
    """Layout id, None where the document is not one that we know."""
    confidence: float | None = Field(default=None, ge=0, le=1)


class CardEntitlement(_Part):
    """Whether the card itself is in force."""

    state: TermState
    valid_until: date | None = None
    evidence: EntitlementEvidence | None = None


class StayEntitlement(_Part):
    """Whether the stay is in force."""

    state: TermState
    until: date | None = None
    evidence: EntitlementEvidence | None = None


class WorkEntitlement(_Part):
    """What work is allowed, how much, and on what ground."""

    state: WorkState
    hours_per_week: int | None = None
    exceptions: tuple[str, ...] = ()
    basis: str | None = None
    """The status or permission that grants it, in the words of the card."""
    evidence: EntitlementEvidence | None = None


class Entitlement(_Part):
    """What the card, if real, allows. Never mixed into the verdict."""

    card: CardEntitlement
    stay: StayEntitlement
    work: WorkEntitlement


class CheckReport(_Part):
    """One check with its result."""

    id: str
    group: Group
    result: Result
    reason: str
    not_run_reason: NotRunReason | None = None
    basis: Basis
    effect: Effect
    message: str
    citation: str
    input: str
    measured: float | None = None
    threshold: float | None = None
    margin: float | None = Field(default=None, ge=-1, le=1)
    region: RegionReport | None = None
    weight_bits: float | None = None


class Summary(_Part):
    """How many checks gave which result."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    passed: int = Field(default=0, alias="pass", ge=0)
    fail: int = Field(default=0, ge=0)
    suspect: int = Field(default=0, ge=0)
    inconclusive: int = Field(default=0, ge=0)
    not_run: int = Field(default=0, ge=0)
    not_applicable: int = Field(default=0, ge=0)
    error: int = Field(default=0, ge=0)


class QualityReport(_Part):
    """Measures of one rectified card; units as in ``service.evidence.Quality``."""

    sharpness: float | None = None
    px_per_mm: float | None = None
    glare: float | None = None
    cut_off: float | None = None
    perspective: float | None = None
    brightness: float | None = None
    contrast: float | None = None
    faults: tuple[str, ...] = ()


class InputReport(_Part):
    """One submitted part, known by its digest."""

    role: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str
    width: int | None = Field(default=None, ge=1)
    height: int | None = Field(default=None, ge=1)
    quality: QualityReport | None = None


class PolicyReport(_Part):
    """The policy in force."""

    id: str
    version: str


class ModelReport(_Part):
    """A model that had a part in the report, pinned by its digest."""

    id: str
    sha256: str


class TrustStoreReport(_Part):
    """The anchors in force: whose they are, and the digest over all that were loaded."""

    profile: TrustProfile
    digest: str


class Engine(_Part):
    """What judged the card, so that the same judgement can be made again."""

    version: str
    policy: PolicyReport
    models: tuple[ModelReport, ...] = ()
    trust_store: TrustStoreReport
    calibration: str = "synthetic"
    """What limits and bands were set on: ``synthetic`` specimens, or the id of the operator's enrolment."""


class LapseInquiryReport(_Part):
    """The issuer's answer about the card number, as somebody recorded it."""

    result: Literal["not_lapsed", "lapsed", "unknown"]
    at: AwareDatetime | None = None
    """When the issuer's page was asked."""
    by: str | None = None
    """Who asked."""


class Report(_Part):
    """One verification: the verdict and everything that led to it."""

    id: str = Field(pattern=r"^vrf_[0-9A-HJKMNP-TV-Z]{26}$")
    object: Literal["verification"] = "verification"
    created_at: AwareDatetime
    reference_time: AwareDatetime
    client_reference: str | None = None
    verdict: Verdict
    verdict_reason: str
    next_action: NextAction
    assurance: Assurance
    trust_profile: TrustProfile
    forgery_score: ForgeryScore | None = None
    document: DocumentReport
    fields: tuple[FieldReport, ...] = ()
    entitlement: Entitlement
    checks: tuple[CheckReport, ...]
    summary: Summary
    limits: tuple[str, ...] = ()
    lapse_inquiry: LapseInquiryReport | None = None
    inputs: tuple[InputReport, ...]
    engine: Engine
    timing_ms: dict[str, float]

    def full_detail(self) -> dict[str, Any]:
        """The whole report as JSON values, members named as in the contract."""
        return self.model_dump(mode="json", by_alias=True)


_WITHHELD = frozenset({"measured", "threshold", "margin", "weight_bits", "region", "confidence"})


def _without_withheld(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_withheld(v) for k, v in value.items() if k not in _WITHHELD}
    if isinstance(value, list):
        return [_without_withheld(item) for item in value]
    return value


def standard_detail(report: Report) -> dict[str, Any]:
    """The report as JSON values without what would teach a forger what to mend (contract §2)."""
    shown: dict[str, Any] = _without_withheld(report.full_detail())
    shown["timing_ms"] = {"total": shown["timing_ms"]["total"]} if "total" in shown["timing_ms"] else {}
    if shown["forgery_score"] is not None:
        shown["forgery_score"]["value"] = round(shown["forgery_score"]["value"], 1)
    return shown
