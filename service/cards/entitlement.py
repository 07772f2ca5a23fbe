"""What a card, if real, allows: is it valid, may the holder stay, may the holder work, and how much.

Never mixed into the verdict. Dates are Japanese civil dates; the last day printed is the last day in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from service.cards.back import PendingApplication, Permission, PermissionKind, permission_texts
from service.cards.dates import add, parse_date
from service.cards.periods import parse_period
from service.cards.statuses import WorkRestriction, status, work_restriction
from service.cards.tables import table
from service.cards.validity import has_no_end

__all__ = ["Entitlement", "Term", "Work", "entitlement"]

SPECIAL_PERMANENT: Final = "special_permanent_resident"
_PERMISSION_BASIS: Final = "資格外活動許可"
_STUDENT: Final = "留学"


@dataclass(frozen=True, slots=True)
class Term:
    """Whether the card, or the stay, is in force."""

    state: str
    """``valid``, ``expired``, ``renewal_pending``, ``unlimited``, ``not_stated`` or ``unknown``."""
    until: date | None = None
    """Last day as printed."""
    evidence: str | None = None
    """``signed``, ``printed`` or ``unsigned_chip``; None where nothing was read."""


@dataclass(frozen=True, slots=True)
class Work:
    """What work is allowed."""

    state: str
    """``unrestricted``, ``status_limited``, ``designated``, ``permission_limited``, ``not_permitted`` or
    ``unknown``."""
    hours_per_week: int | None = None
    exceptions: tuple[str, ...] = ()
    """Codes of exceptions to the weekly hours."""
    basis: str | None = None
    """The status, text or permission that decides, in Japanese."""
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Card, stay and work, with what the user should know or do beside."""

    card: Term
    stay: Term
    work: Work
    next_action: str | None = None
    """``manual_review`` or ``add_side`` where the answer asks for one."""
    notes: tuple[str, ...] = ()
    """Codes: ``ask_for_application_receipt``, ``back_not_supplied``, ``no_adult_entertainment_business``,
    ``see_designation_letter``, ``see_permission_letter``, ``permission_not_signed``."""

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """The ``entitlement`` object of a report, dates as dates."""
        card = {"state": self.card.state, "valid_until": self.card.until, "evidence": self.card.evidence}
        stay = {"state": self.stay.state, "until": self.stay.until, "evidence": self.stay.evidence}
        work = {
            "state": self.work.state,
            "hours_per_week": self.work.hours_per_week,
            "exceptions": self.work.exceptions,
            "basis": self.work.basis,
            "evidence": self.work.evidence,
        }
        return {"card": card, "stay": stay, "work": work}


@dataclass(frozen=True, slots=True)
class _Card:
    fields: Mapping[str, str | None]
    today: date
    document: str
    generation: int | None
    evidence: Mapping[str, str]
    permissions: Sequence[Permission]
    pending: PendingApplication | None
    back_seen: bool
    notes: list[str] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        return self.fields.get(name) or None

    def day(self, name: str) -> date | None:
        text = self.text(name)
        return parse_date(text) if text else None

    def source(self, name: str) -> str | None:
        return self.evidence.get(name, "printed") if self.text(name) else None

    @property
    def endless(self) -> bool:
        """Whether the stay has no end, by the document, the status or the period."""
        period = parse_period(self.text("period_of_stay") or "")
        by_status = has_no_end(self.text("status_of_residence") or "")
        return self.document == SPECIAL_PERMANENT or by_status or (period is not None and period.indefinite)


def _term(card: _Card, last: date, evidence: str | None, *, renewable: bool) -> Term:
    """A term with a last day; a stay whose renewal was applied for goes on for two months (L19-5(2))."""
    if card.today <= last:
        return Term("valid", last, evidence)
    grace = add(last, months=table("validity")["renewal"]["months"])
    if not renewable or card.today > grace:
        return Term("expired", last, evidence)
    if card.pending is not None:
        return Term("renewal_pending", last, card.pending.evidence)
    return Term("unknown", last, evidence)


def _stay(card: _Card) -> Term:
    if card.endless:
        source = card.source("status_of_residence") or card.source("period_of_stay")
        return Term("unlimited", None, source or card.source("card_valid_until"))
    last = card.day("stay_until")
    if last is None:
        return Term("unknown" if card.generation == 1 else "not_stated")
    return _term(card, last, card.source("stay_until"), renewable=True)


def _card_term(card: _Card) -> Term:
    last = card.day("card_valid_until")
    if last is None:
        return Term("unknown")
    stay_ends = card.day("stay_until")
    renewable = not card.endless and (stay_ends is None or stay_ends == last)
    return _term(card, last, card.source("card_valid_until"), renewable=renewable)


def _permission_in_force(card: _Card) -> Permission | None:
    known = [p for p in card.permissions if p.until is None or card.today <= p.until]
    return min(known, key=lambda p: p.kind is PermissionKind.INDIVIDUAL, default=None)


def _permitted(card: _Card, permission: Permission) -> Work:
    hours = permission_texts()[permission.kind].hours_per_week
    student = card.text("status_of_residence") == _STUDENT and hours is not None
    if permission.evidence != "signed":
        card.notes.append("permission_not_signed")
    card.notes.append("no_adult_entertainment_business" if hours else "see_permission_letter")
    exceptions = ("long_school_holiday_8h_per_day",) if student else ()
    return Work("permission_limited", hours, exceptions, _PERMISSION_BASIS, permission.evidence)


def _work_of_text(card: _Card, text: WorkRestriction) -> Work:
    source = card.source("work_restriction")
    if text.work != "not_permitted":
        known = status(card.text("status_of_residence") or "")
        if text.work == "designated" or (known is not None and known.designation):
            card.notes.append("see_designation_letter")
        basis = card.text("status_of_residence") if text.work == "status_limited" else text.text
        return Work(text.work, basis=basis or text.text, evidence=source)
    permission = _permission_in_force(card)
    if permission is not None:
        return _permitted(card, permission)
    if not card.back_seen:
        card.notes.append("back_not_supplied")
    return Work("not_permitted", basis=text.text, evidence=source)


def _work(card: _Card, stay: Term) -> Work:
    if stay.state == "expired":
        return Work("not_permitted", basis="在留期間満了", evidence=stay.evidence)
    if stay.state == "unknown" and stay.until is not None:
        card.notes.append("ask_for_application_receipt")
        return Work("unknown", evidence=stay.evidence)
    if card.document == SPECIAL_PERMANENT:
        return Work("unrestricted", basis="特別永住者", evidence=card.source("card_number"))
    text = work_restriction(card.text("work_restriction") or "")
    return _work_of_text(card, text) if text is not None else Work("unknown")


def _next_action(stay: Term, work: Work, notes: Sequence[str]) -> str | None:
    unproven_renewal = stay.state == "renewal_pending" and stay.evidence != "signed"
    if unproven_renewal or "permission_not_signed" in notes or "ask_for_application_receipt" in notes:
        return "manual_review"
    return "add_side" if work.state == "not_permitted" and "back_not_supplied" in notes else None


def entitlement(
    fields: Mapping[str, str | None],
    *,
    today: date,
    document: str = "residence_card",
    generation: int | None = 1,
    evidence: Mapping[str, str] | None = None,
    permissions: Sequence[Permission] = (),
    pending: PendingApplication | None = None,
    back_seen: bool = False,
) -> Entitlement:
    """Work out what the card allows on ``today``, the reference date in Japan.

    ``fields`` holds normal forms of the contract by name, None where not read; ``evidence`` says per field
    how far it can be relied on (``printed`` unless given). ``document`` is the layout's kind of document,
    ``generation`` its generation. ``permissions`` and ``pending`` come from the back or the chip;
    ``back_seen`` says that the place where a permission would stand was looked at, in print or in the chip.
    A stay that ended at most two months ago with no note of an application is ``unknown``, as online
    applications leave no print. Other documents than residence cards state nothing: ``not_stated``.
    """
    if document not in ("residence_card", SPECIAL_PERMANENT):
        return Entitlement(Term("not_stated"), Term("not_stated"), Work("unknown"))
    card = _Card(fields, today, document, generation, evidence or {}, tuple(permissions), pending, back_seen)
    stay = _stay(card)
    work = _work(card, stay)
    term = _card_term(card)
    return Entitlement(term, stay, work, _next_action(stay, work, card.notes), tuple(card.notes))
