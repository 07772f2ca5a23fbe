"""What the chip says: is the dump whole, does its signature hold, who signed, when, and for which card.

How signature and certificate combine (rows: what came of the signature; columns: who signed the
certificate). The first word is ``chip.signature``, the second ``chip.certificate``.

    =============  ===============  ================  ===================  ======================
    signature      trusted anchor   known test CA     anchors incomplete   nobody that is listed
    =============  ===============  ================  ===================  ======================
    verified       pass, pass       pass, inconcl.    pass, inconcl.       pass, FAIL
    mismatch       FAIL, pass       FAIL, inconcl.    FAIL, inconcl.       FAIL, not run
    unverifiable   inconcl., pass   inconcl., same    inconcl., same       inconcl., not run
    =============  ===============  ================  ===================  ======================

    absent (no check code)          under 16 at issue: not applicable; age unclear: inconclusive;
                                    otherwise suspect; certificate not run
    certificate malformed           signature unverifiable, certificate inconclusive
    certificate not in the dump     signature unverifiable, certificate not run
    re-encoded or unsupported dump  both not run

Travel documents go by the same table with the country signers as anchors. Their keys change every few years,
so a certificate that no listed key of a listed state signed is SUSPECT; it fails where it names a listed key.

An issuer that nobody lists only speaks against a card whose signature holds: that is a card which somebody
signed himself. Where the signature does not hold, its own check has already said so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.comparison import Likeness, compare_readings
from service.checks.print_and_chip import print_against_chip
from service.checks.under_age import AgeAtIssue, age_at_issue
from service.chip.certificate import ValidityState
from service.chip.model import ChipReading, IssueKind
from service.chip.proof import CertificateStatus, ChipProof, SignatureStatus
from service.evidence import FieldReading
from service.verdict import Basis, Effect, NextAction, NotRunReason, Result

__all__ = ["CHECKS"]

SPEC = "在留カード等仕様書 1.5"
RETRYABLE = frozenset({"chip.dump.partial", "chip.dump.malformed", "chip.dump.reencoded"})


def _dump(case: Case) -> Finding:
    chip = case.chip
    if chip is None or not chip.supported:
        return Finding("chip.dump.unsupported")
    if chip.reencoded:
        reason = "reencoded"
    elif chip.has_issue(IssueKind.MALFORMED):
        reason = "malformed"
    else:
        reason = "complete" if chip.complete else "partial"
    code = f"chip.dump.{reason}"
    return Finding(code, next_action=NextAction.READ_CHIP if code in RETRYABLE else None)


def _signature(case: Case) -> Finding:
    unjudged = _unjudged(case)
    if unjudged is not None:
        return Finding(unjudged, not_run_reason=NotRunReason.PREREQUISITE_FAILED)
    match _proof(case).signature:
        case SignatureStatus.VERIFIED:
            return Finding("chip.signature.verified")
        case SignatureStatus.MISMATCH:
            return Finding("chip.signature.mismatch")
        case SignatureStatus.ABSENT:
            return _absent_signature(case)
    return Finding("chip.signature.unverifiable", next_action=NextAction.READ_CHIP)


def _absent_signature(case: Case) -> Finding:
    """Only generation 1 is known to leave out the check code of holders under 16."""
    age = age_at_issue(case)
    if age is AgeAtIssue.ADULT:
        return Finding("chip.signature.absent")
    if age is AgeAtIssue.UNDER_16 and case.chip is not None and case.chip.generation == 1:
        return Finding("chip.signature.absent_under_age")
    return Finding("chip.signature.absent_age_unclear", next_action=NextAction.MANUAL_REVIEW)


CERTIFICATE_FINDINGS: Mapping[CertificateStatus, Finding] = {
    CertificateStatus.TRUSTED: Finding("chip.certificate.trusted"),
    CertificateStatus.TEST_ANCHOR: Finding("chip.certificate.test_anchor"),
    CertificateStatus.OTHER_PROFILE: Finding("chip.certificate.other_profile"),
    CertificateStatus.NO_ANCHOR: Finding("chip.certificate.no_anchor"),
    CertificateStatus.MALFORMED: Finding("chip.certificate.malformed", next_action=NextAction.READ_CHIP),
}


def _certificate(case: Case) -> Finding:
    proof = _proof(case)
    if proof.self_made:
        return Finding("chip.certificate.untrusted_issuer")
    if proof.certificate is CertificateStatus.OTHER_KEY and proof.signature is SignatureStatus.VERIFIED:
        return Finding("chip.certificate.untrusted_issuer", softened=True)
    not_run = Finding("chip.certificate.not_run", not_run_reason=NotRunReason.PREREQUISITE_FAILED)
    return CERTIFICATE_FINDINGS.get(proof.certificate, not_run)


def _validity(case: Case) -> Finding:
    proof = _proof(case)
    states = (proof.card_state, proof.anchor_state)
    if proof.card_state is None:
        return Finding("chip.validity.not_run", not_run_reason=NotRunReason.PREREQUISITE_FAILED)
    if ValidityState.NOT_YET in states:
        return Finding("chip.validity.not_yet_valid")
    if proof.card_state is ValidityState.EXPIRED:
        return Finding("chip.validity.expired")
    if proof.anchor_state is ValidityState.EXPIRED:
        return Finding("chip.validity.issuer_expired")
    return Finding("chip.validity.in_force")


def _card_number(case: Case) -> Finding:
    """Printed face and stated number against the chip; a stated number alone can only raise suspicion."""
    if case.chip is None or not case.chip.supported:
        return Finding("chip.card_number.not_run", not_run_reason=NotRunReason.PREREQUISITE_FAILED)
    printed, stated = case.printed(_number_field(case.chip)), _stated_number(case)
    others = [reading for reading in (printed, stated) if reading is not None and reading.raw]
    if not others:
        return Finding("chip.card_number.not_run", not_run_reason=NotRunReason.INPUT_MISSING)
    held = _chip_number(case)
    if held is None:
        return Finding("chip.card_number.unreadable", next_action=NextAction.READ_CHIP)
    likeness = {reading.source: _number_likeness(case, held, reading) for reading in others}
    if likeness.get("front") is Likeness.DIFFER and not case.stands(_number_field(case.chip)):
        likeness["front"] = Likeness.UNCLEAR
    if likeness.get("front") is Likeness.DIFFER:
        return Finding("chip.card_number.disagrees", softened=case.chip.reencoded)
    if Likeness.DIFFER in likeness.values():
        return Finding("chip.card_number.disagrees", softened=True)
    if Likeness.UNCLEAR in likeness.values():
        return Finding("chip.card_number.unreadable", next_action=NextAction.RETAKE_IMAGE)
    return Finding("chip.card_number.agrees")


def _number_likeness(case: Case, held: FieldReading, other: FieldReading) -> Likeness:
    """The printed number as a picture beside the chip's; a stated one is a text and nothing else."""
    if other.source == "front":
        return print_against_chip(case, held, other).likeness
    return compare_readings(held, other).likeness


def _number_field(chip: ChipReading | None) -> str:
    return "document_number" if chip is not None and chip.travel_document is not None else "card_number"


def _chip_number(case: Case) -> FieldReading | None:
    """Read from the signed picture (generation 1), or the chip's own text (generation 2)."""
    reading = case.reading(_number_field(case.chip), "chip")
    if reading is not None and reading.raw:
        return reading
    text = case.chip.card_number if case.chip else None
    return FieldReading("card_number", "chip", text, text, 1.0, evidence="unsigned_chip") if text else None


def _stated_number(case: Case) -> FieldReading | None:
    text = case.chip.stated_card_number if case.chip else None
    return FieldReading("card_number", "stated", text, text, 1.0) if text else None


def _unjudged(case: Case) -> str | None:
    """The reason for which the dump's signature is not looked at, None where it is."""
    if case.chip is None or not case.chip.supported:
        return "chip.dump.unsupported"
    return "chip.dump.reencoded" if case.chip.reencoded else None


def _proof(case: Case) -> ChipProof:
    return case.chip_proof or ChipProof(case.reference_time)


def _check(
    id: str,
    title: str,
    citation: str,
    basis: Basis,
    effect: Effect,
    reasons: Mapping[str, Result],
    run: Callable[[Case], Finding],
) -> Check:
    codes = {name if "." in name else f"{id}.{name}": result for name, result in reasons.items()}
    return Check(id, title, citation, basis, effect, needs=("chip",), reasons=codes, run=run)


CHECKS: tuple[Check, ...] = (
    _check(
        "chip.dump",
        "The dump holds every file of the chip, well-formed",
        f"{SPEC} §3.3: files and data objects",
        Basis.RULE,
        Effect.INFORMATIVE,
        {
            "complete": Result.PASS,
            "partial": Result.INCONCLUSIVE,
            "malformed": Result.INCONCLUSIVE,
            "reencoded": Result.INCONCLUSIVE,
            "unsupported": Result.INCONCLUSIVE,
        },
        _dump,
    ),
    _check(
        "chip.signature",
        "The issuer's check code fits the chip's data",
        f"{SPEC} §3.4, figures 3-3 and 3-4; 第二世代在留カード等仕様書 1.1 §3.4.3.1; ICAO Doc 9303-11 §5.1",
        Basis.CRYPTOGRAPHIC,
        Effect.DECISIVE,
        {
            "verified": Result.PASS,
            "mismatch": Result.FAIL,
            "absent": Result.SUSPECT,
            "absent_under_age": Result.NOT_APPLICABLE,
            "absent_age_unclear": Result.INCONCLUSIVE,
            "unverifiable": Result.INCONCLUSIVE,
            "chip.dump.reencoded": Result.NOT_RUN,
            "chip.dump.unsupported": Result.NOT_RUN,
        },
        _signature,
    ),
    _check(
        "chip.certificate",
        "The certificate of the chip was issued under an anchor of the trust profile",
        f"{SPEC} §3.4: public-key certificate; anchors as published by 出入国在留管理庁; ICAO Doc 9303-12",
        Basis.CRYPTOGRAPHIC,
        Effect.DECISIVE,
        {
            "trusted": Result.PASS,
            "untrusted_issuer": Result.FAIL,
            "no_anchor": Result.INCONCLUSIVE,
            "malformed": Result.INCONCLUSIVE,
            "test_anchor": Result.INCONCLUSIVE,
            "other_profile": Result.INCONCLUSIVE,
        },
        _certificate,
    ),
    _check(
        "chip.validity",
        "The certificates of card and issuer are within their dates",
        "RFC 5280 §4.1.2.5; the card's specification sets no rule",
        Basis.RULE,
        Effect.INFORMATIVE,
        {
            "in_force": Result.PASS,
            "expired": Result.INCONCLUSIVE,
            "issuer_expired": Result.INCONCLUSIVE,
            "not_yet_valid": Result.INCONCLUSIVE,
        },
        _validity,
    ),
    replace(
        _check(
            "chip.card_number",
            "The chip belongs to the card number that is printed and stated",
            f"{SPEC} §3.3.4: D0; 第二世代在留カード等仕様書 1.1: C2",
            Basis.CROSS_SOURCE,
            Effect.DECISIVE,
            {"agrees": Result.PASS, "disagrees": Result.FAIL, "unreadable": Result.INCONCLUSIVE},
            _card_number,
        ),
        fields=frozenset({"card_number"}),
    ),
)
