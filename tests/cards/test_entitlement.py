from __future__ import annotations

from datetime import date

import pytest

from service.cards.back import (
    PendingApplication,
    Permission,
    PermissionKind,
    application_of_text,
    permission_of_code,
    permission_of_text,
)
from service.cards.entitlement import SPECIAL_PERMANENT, entitlement

END = date(2027, 10, 20)
STUDENT: dict[str, str | None] = {
    "card_number": "AB12345678CD",
    "status_of_residence": "留学",
    "work_restriction": "就労不可",
    "period_of_stay": "4年3月",
    "stay_until": "2027-10-20",
    "card_valid_until": "2027-10-20",
}
WEEKLY = Permission(PermissionKind.WEEKLY_28_HOURS, "printed")
PENDING = PendingApplication("printed")


def test_a_student_with_permission_works_28_hours() -> None:
    found = entitlement(STUDENT, today=date(2026, 11, 22), permissions=[WEEKLY], back_seen=True)
    assert found.as_dict() == {
        "card": {"state": "valid", "valid_until": END, "evidence": "printed"},
        "stay": {"state": "valid", "until": END, "evidence": "printed"},
        "work": {
            "state": "permission_limited",
            "hours_per_week": 28,
            "exceptions": ("long_school_holiday_8h_per_day",),
            "basis": "資格外活動許可",
            "evidence": "printed",
        },
    }
    assert found.next_action == "manual_review"
    assert set(found.notes) == {"permission_not_signed", "no_adult_entertainment_business"}


def test_a_signed_permission_needs_no_review() -> None:
    signed = Permission(PermissionKind.WEEKLY_28_HOURS, "signed")
    found = entitlement(STUDENT, today=date(2026, 11, 22), permissions=[signed], back_seen=True)
    assert found.work.evidence == "signed"
    assert found.next_action is None


def test_no_school_holidays_for_a_dependent() -> None:
    fields = {**STUDENT, "status_of_residence": "家族滞在"}
    found = entitlement(fields, today=date(2026, 11, 22), permissions=[WEEKLY], back_seen=True)
    assert found.work.hours_per_week == 28
    assert found.work.exceptions == ()


def test_an_individual_permission_states_no_hours() -> None:
    individual = Permission(PermissionKind.INDIVIDUAL, "unsigned_chip")
    found = entitlement(STUDENT, today=date(2026, 11, 22), permissions=[individual], back_seen=True)
    assert found.work.state == "permission_limited"
    assert found.work.hours_per_week is None
    assert found.work.evidence == "unsigned_chip"
    assert "see_permission_letter" in found.notes


@pytest.mark.parametrize(("back_seen", "action"), [(False, "add_side"), (True, None)])
def test_without_permission_the_back_decides_what_to_do(back_seen: bool, action: str | None) -> None:
    found = entitlement(STUDENT, today=date(2026, 11, 22), back_seen=back_seen)
    assert found.work.state == "not_permitted"
    assert found.work.basis == "就労不可"
    assert found.next_action == action


@pytest.mark.parametrize(
    ("until", "state"),
    [(date(2026, 11, 21), "not_permitted"), (date(2026, 11, 22), "permission_limited")],
)
def test_a_permission_ends_with_its_last_day(until: date, state: str) -> None:
    permission = Permission(PermissionKind.WEEKLY_28_HOURS, "signed", until)
    found = entitlement(STUDENT, today=date(2026, 11, 22), permissions=[permission], back_seen=True)
    assert found.work.state == state


@pytest.mark.parametrize(
    ("today", "pending", "state", "work", "action"),
    [
        (date(2027, 10, 20), None, "valid", "not_permitted", None),
        (date(2027, 10, 21), None, "unknown", "unknown", "manual_review"),
        (date(2027, 12, 20), None, "unknown", "unknown", "manual_review"),
        (date(2027, 12, 21), None, "expired", "not_permitted", None),
        (date(2027, 10, 21), PENDING, "renewal_pending", "not_permitted", "manual_review"),
        (date(2027, 12, 20), PENDING, "renewal_pending", "not_permitted", "manual_review"),
        (date(2027, 12, 21), PENDING, "expired", "not_permitted", None),
    ],
)
def test_after_the_last_day(
    today: date, pending: PendingApplication | None, state: str, work: str, action: str | None
) -> None:
    found = entitlement(STUDENT, today=today, pending=pending, back_seen=True)
    assert (found.card.state, found.stay.state) == (state, state)
    assert found.stay.until == END
    assert found.work.state == work
    assert found.next_action == action


def test_two_months_after_the_last_of_december() -> None:
    fields = {**STUDENT, "stay_until": "2026-12-31", "card_valid_until": "2026-12-31"}
    assert entitlement(fields, today=date(2027, 2, 28)).stay.state == "unknown"
    assert entitlement(fields, today=date(2027, 3, 1)).stay.state == "expired"


@pytest.mark.parametrize(
    ("text", "status", "state"),
    [
        ("就労制限なし", "定住者", "unrestricted"),
        ("在留資格に基づく就労活動のみ可", "教授", "status_limited"),
        ("指定書記載機関での在留資格に基づく就労活動のみ可", "技能実習2号ロ", "designated"),
        ("指定書により指定された就労活動のみ可", "特定活動", "designated"),
        ("就労不可", "研修", "not_permitted"),
        ("就労自由", "研修", "unknown"),
        (None, "研修", "unknown"),
    ],
)
def test_work_by_the_printed_text(text: str | None, status: str, state: str) -> None:
    fields = {**STUDENT, "work_restriction": text, "status_of_residence": status}
    assert entitlement(fields, today=date(2026, 11, 22), back_seen=True).work.state == state


@pytest.mark.parametrize(("status", "letter"), [("特定技能1号", True), ("教授", False)])
def test_the_designation_letter_is_asked_for_where_one_belongs(status: str, letter: bool) -> None:
    text = "在留資格に基づく就労活動のみ可"
    fields = {**STUDENT, "work_restriction": text, "status_of_residence": status}
    found = entitlement(fields, today=date(2026, 11, 22))
    assert ("see_designation_letter" in found.notes) is letter
    assert found.work.basis == status


PERMANENT: dict[str, str | None] = {
    "status_of_residence": "永住者",
    "work_restriction": "就労制限なし",
    "period_of_stay": "無期限",
    "card_valid_until": "2026-11-01",
}


def test_an_expired_card_of_a_permanent_resident_leaves_the_stay() -> None:
    found = entitlement(PERMANENT, today=date(2026, 11, 22))
    assert found.card.state == "expired"
    assert found.stay.state == "unlimited"
    assert found.work.state == "unrestricted"


def test_a_childs_card_may_end_before_the_stay() -> None:
    fields = {**STUDENT, "status_of_residence": "家族滞在", "card_valid_until": "2026-11-01"}
    found = entitlement(fields, today=date(2026, 11, 22))
    assert (found.card.state, found.stay.state) == ("expired", "valid")


def test_special_permanent_residents_may_work_without_limit() -> None:
    fields = {"card_number": "AB12345678CD", "card_valid_until": "2030-01-01"}
    found = entitlement(fields, today=date(2026, 11, 22), document=SPECIAL_PERMANENT)
    assert (found.card.state, found.stay.state, found.work.state) == ("valid", "unlimited", "unrestricted")


def test_a_face_without_period_does_not_state_the_stay() -> None:
    fields = {"card_valid_until": "2030-01-01", "work_restriction": "就労制限なし"}
    assert entitlement(fields, today=date(2026, 11, 22), generation=2).stay.state == "not_stated"
    assert entitlement(fields, today=date(2026, 11, 22), generation=1).stay.state == "unknown"


def test_nothing_read_is_nothing_known() -> None:
    found = entitlement({}, today=date(2026, 11, 22))
    assert (found.card.state, found.stay.state, found.work.state) == ("unknown", "unknown", "unknown")
    assert found.card.evidence is None


def test_other_documents_state_nothing() -> None:
    found = entitlement(STUDENT, today=date(2026, 11, 22), document="passport")
    assert (found.card.state, found.stay.state, found.work.state) == ("not_stated", "not_stated", "unknown")


def test_evidence_is_told_field_by_field() -> None:
    found = entitlement(STUDENT, today=date(2026, 11, 22), evidence={"stay_until": "signed"})
    assert (found.card.evidence, found.stay.evidence) == ("printed", "signed")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("許可（原則週28時間以内・風俗営業等の従事を除く）", PermissionKind.WEEKLY_28_HOURS),
        ("許可（原則週２８時間以内・風俗営業等の従事を除<）", PermissionKind.WEEKLY_28_HOURS),
        ("許可（資格外活動許可書に記載された範囲内の活動）", PermissionKind.INDIVIDUAL),
        ("不許可", None),
        ("", None),
    ],
)
def test_permissions_of_texts(text: str, kind: PermissionKind | None) -> None:
    assert permission_of_text(text) is kind


def test_permissions_of_chip_codes() -> None:
    assert permission_of_code("1") is PermissionKind.WEEKLY_28_HOURS
    assert permission_of_code("2") is PermissionKind.WEEKLY_28_HOURS_EDUCATION
    assert permission_of_code("0") is None


def test_applications_of_texts() -> None:
    assert application_of_text("在留資格変更許可申請中")
    assert application_of_text("在留期間更新許可申請中")
    assert not application_of_text("東京都港区芝浦一丁目")
