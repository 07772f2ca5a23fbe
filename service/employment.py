"""For people who hire: what a card allows in words, and what the employer must report of its holder.

The notice is 外国人雇用状況の届出 (Labour Measures Act 28; Enforcement Ordinance 10, form 3): name, status of
residence, period of stay, birth, sex, nationality, permission for other activities, card number. Special
permanent residents and the statuses 外交 and 公用 are left out of the duty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from service.messages import message
from service.report import Report, TermState, WorkState

__all__ = ["Explained", "Notice", "NoticeField", "explain", "notice", "notice_csv"]

FORM = "外国人雇用状況届出書（様式第3号）"
_EXCLUDED = frozenset({"外交", "公用"})
_FIELDS: Mapping[str, tuple[str, str | None]] = {
    "name": ("氏名（ローマ字）", "name_latin"),
    "furigana": ("フリガナ", None),
    "status_of_residence": ("在留資格", "status_of_residence"),
    "stay_until": ("在留期間の満了の日", "stay_until"),
    "date_of_birth": ("生年月日", "date_of_birth"),
    "sex": ("性別", "sex"),
    "nationality": ("国籍・地域", "nationality"),
    "other_activity_permission": ("資格外活動許可の有無", None),
    "card_number": ("在留カードの番号", "card_number"),
    "hired_on": ("雇入れ年月日", None),
    "left_on": ("離職年月日", None),
}
"""Name in our answers -> label of the form and the field of the card."""
_EMPLOYERS = frozenset({"furigana", "hired_on", "left_on"})
_SEX = {"M": "男", "F": "女"}


@dataclass(frozen=True, slots=True)
class NoticeField:
    """One field of the form."""

    name: str
    label: str
    value: str | None
    from_card: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """The form as far as the card fills it."""

    fields: tuple[NoticeField, ...]
    needed: bool | None

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields of the card that were not read."""
        return tuple(f.name for f in self.fields if f.from_card and f.value is None)


def _values(report: Report) -> dict[str, str | None]:
    return {field.name.value: field.value for field in report.fields}


def notice(report: Report) -> Notice:
    """The fields of the notice from a report."""
    values = _values(report)
    special = (report.document.layout or "").startswith("jp.special_permanent_resident")
    status = values.get("status_of_residence")
    fields = []
    for name, (label, field) in _FIELDS.items():
        value = values.get(field) if field is not None else None
        if name == "sex" and value is not None:
            value = _SEX.get(value)
        if name == "other_activity_permission":
            value = _permission(report)
        fields.append(NoticeField(name, label, value, name not in _EMPLOYERS))
    needed = False if special or status in _EXCLUDED else True if status is not None else None
    return Notice(tuple(fields), needed)


def _permission(report: Report) -> str | None:
    """有 where a permission stands behind the work, 無 where the back was seen and shows none."""
    work = report.entitlement.work
    if work.state is WorkState.PERMISSION_LIMITED:
        return "有"
    back_seen = any(part.role == "back" for part in report.inputs)
    return "無" if back_seen and work.state is not WorkState.UNKNOWN else None


def notice_csv(found: Notice) -> str:
    """Two lines, labels and values, as UTF-8 text that a spreadsheet takes."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow([f.label for f in found.fields])
    rows.writerow([_plain(f.value) for f in found.fields])
    return text.getvalue()


def _plain(value: str | None) -> str:
    """A value that no spreadsheet takes for a formula."""
    text = value or ""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


@dataclass(frozen=True, slots=True)
class Explained:
    """Entitlement in sentences."""

    card: str
    stay: str
    work: str
    missing: tuple[str, ...]
    ask_for: tuple[str, ...]


def explain(report: Report, language: str = "en") -> Explained:
    """Say until when, how many hours, what is missing, and what to ask the holder for."""
    given = report.entitlement
    said = {"hours": str(given.work.hours_per_week or ""), "basis": given.work.basis or ""}
    missing, ask = [], []
    if given.work.state is WorkState.NOT_PERMITTED:
        missing.append("other_activity_permission")
        ask.append("show_permission")
    if given.work.state is WorkState.UNKNOWN:
        ask.append("show_back" if not any(p.role == "back" for p in report.inputs) else "show_card")
    if given.work.state is WorkState.PERMISSION_LIMITED:
        ask.append("other_jobs" if given.work.hours_per_week else "show_permission_paper")
    if given.work.state is WorkState.DESIGNATED:
        ask.append("designation_paper")
    if TermState.RENEWAL_PENDING in (given.card.state, given.stay.state):
        ask.append("renewal_result")
    if TermState.UNKNOWN in (given.card.state, given.stay.state):
        ask.append("renewal_receipt")
    if TermState.EXPIRED in (given.card.state, given.stay.state):
        ask.append("new_card")

    def text(code: str, **params: str) -> str:
        return message(f"employment.{code}", params, language)

    return Explained(
        card=text(f"card.{given.card.state.value}", until=str(given.card.valid_until or "")),
        stay=text(f"stay.{given.stay.state.value}", until=str(given.stay.until or "")),
        work=text(f"work.{given.work.state.value}{'_hours' if given.work.hours_per_week else ''}", **said),
        missing=tuple(text(f"missing.{name}") for name in missing),
        ask_for=tuple(text(f"ask.{name}") for name in ask),
    )
