"""What the card, if real, allows: the readings of every source handed to the cards room, and its answer."""

from __future__ import annotations

from service.assemble import best_value
from service.cards.back import (
    PendingApplication,
    Permission,
    PermissionKind,
    application_of_text,
    permission_of_code,
    permission_of_text,
)
from service.cards.dates import parse_date
from service.cards.entitlement import Entitlement as Allowance
from service.cards.entitlement import entitlement
from service.checks.case import Case
from service.report import CardEntitlement, Entitlement, FieldName, StayEntitlement, WorkEntitlement

__all__ = ["allowance", "entitlement_report"]

TRUSTED_READING = 0.80
"""Confidence below which a printed text says nothing about what the holder may do."""


def _permissions(case: Case) -> list[Permission]:
    found = []
    for reading in case.fields:
        if reading.name == "other_activity_permission" and reading.value:
            kind = permission_of_text(reading.raw)
            if kind is not None:
                found.append(Permission(kind, reading.evidence))
    chip = case.chip
    if chip is None or chip.reencoded:
        return found
    until = parse_date(_iso(chip.comprehensive_until or ""))
    for text in (chip.comprehensive_permission, chip.individual_permission):
        kind = permission_of_text(text) if text else None
        if kind is not None:
            found.append(Permission(kind, "unsigned_chip"))
    if chip.generation == 2:
        coded = permission_of_code(chip.comprehensive_permission or "")
        if coded is not None:
            found.append(Permission(coded, "unsigned_chip", until))
        if chip.individual_permission == "1":
            found.append(Permission(PermissionKind.INDIVIDUAL, "unsigned_chip"))
    return found


def _iso(compact: str) -> str:
    return f"{compact[:4]}-{compact[4:6]}-{compact[6:8]}" if len(compact) == 8 else ""


def _pending(case: Case) -> PendingApplication | None:
    for reading in case.fields:
        if reading.name == "pending_application" and application_of_text(reading.raw):
            return PendingApplication(reading.evidence)
    if case.chip is not None and case.chip.application_pending:
        return PendingApplication("unsigned_chip")
    return None


def allowance(case: Case) -> Allowance:
    """Work out entitlement from the best reading of each field."""
    fields: dict[str, str | None] = {}
    evidence: dict[str, str] = {}
    for name in FieldName:
        sure = [f for f in case.fields if f.name == name.value and f.confidence >= TRUSTED_READING]
        best = best_value(sure)
        if best is not None:
            fields[name.value] = best.value
            signed = any(f.value == best.value and f.evidence == "signed" for f in sure)
            evidence[name.value] = "signed" if signed else best.evidence
    return entitlement(
        fields,
        today=case.today,
        document=case.layout.document if case.layout else "residence_card",
        generation=case.layout.generation if case.layout else None,
        evidence=evidence,
        permissions=_permissions(case),
        pending=_pending(case),
        back_seen=case.view("back") is not None or (case.chip is not None and not case.chip.reencoded),
    )


def entitlement_report(found: Allowance) -> Entitlement:
    """The cards room's answer in the shape of the report."""
    parts = found.as_dict()
    return Entitlement(
        card=CardEntitlement(**parts["card"]),
        stay=StayEntitlement(**parts["stay"]),
        work=WorkEntitlement(**parts["work"]),
    )
