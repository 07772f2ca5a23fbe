"""The readings of the issuer's specimen of 2014, and cards made from it by changing single fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from service.cards.layout import Label, Layout, SideLayout
from service.checks.base import Check, run_check
from service.checks.case import Capture, Case
from service.evidence import (
    CaptureKind,
    CardView,
    FieldReading,
    ImageMetadata,
    Location,
    Picture,
    Quality,
    Role,
    Side,
)
from service.verdict import CheckResult, Policy

POLICY = Policy(id="test", version="1")
NOW = datetime(2014, 7, 1, tzinfo=UTC)
TODAY = datetime(2026, 6, 1, tzinfo=UTC)
SURE = 0.99

SPECIMEN: Mapping[str, tuple[str, str]] = {
    "card_number": ("AB12345678CD", "AB12345678CD"),
    "name_latin": ("TURNER  ELIZABETH", "TURNER ELIZABETH"),
    "date_of_birth": ("1985年12月31日", "1985-12-31"),
    "sex": ("女 F.", "F"),
    "nationality": ("米国", "米国"),
    "address": (
        "東京都千代田区霞が関１丁目１番１号霞が関ハイツ２０２号",
        "東京都千代田区霞が関1丁目1番1号霞が関ハイツ202号",
    ),
    "status_of_residence": ("留学", "留学"),
    "work_restriction": ("就労不可", "就労不可"),
    "period_of_stay": ("４年３月（２０１８年１０月２０日）", "4年3月"),
    "stay_until": ("２０１８年１０月２０日", "2018-10-20"),
    "permission_type": ("在留期間更新許可（東京入国管理局長）", "在留期間更新許可"),
    "permission_date": ("2014年06月10日", "2014-06-10"),
    "issue_date": ("2014年06月10日", "2014-06-10"),
    "card_valid_until": ("２０１８年１０月２０日まで有効", "2018-10-20"),
    "issuer": ("法務大臣", "法務大臣"),
}
EXTRA: Mapping[str, Mapping[str, str]] = {
    "permission_type": {"authority": "東京入国管理局長"},
    "status_of_residence": {"status_english": "College Student"},
    "date_of_birth": {"digit_width": "half"},
    "issue_date": {"digit_width": "half"},
    "stay_until": {"digit_width": "full"},
    "card_valid_until": {"digit_width": "full"},
}

LABELS = (
    Label("government_ja", "日本国政府", (0.03, 0.05, 0.16, 0.04)),
    Label("title_ja", "在留カード", (0.39, 0.04, 0.20, 0.05)),
    Label("birth_ja", "生年月日", (0.03, 0.25, 0.08, 0.03)),
    Label("nationality_ja", "国籍・地域", (0.49, 0.25, 0.10, 0.04)),
    Label("status_ja", "在留資格", (0.03, 0.47, 0.08, 0.03)),
    Label("government_en", "GOVERNMENT OF JAPAN", (0.03, 0.10, 0.20, 0.03)),
    Label("birth_en", "DATE OF BIRTH", (0.03, 0.30, 0.14, 0.03)),
    Label("number_en", "No.", (0.72, 0.10, 0.03, 0.02)),
    Label("sex_en", "SEX", (0.37, 0.30, 0.03, 0.03)),
    Label("never_judged", "見本", (0.5, 0.5, 0.1, 0.1), required=False),
)


def layout(id: str = "jp.residence_card.gen1", *, confirmed: bool = True, generation: int = 1) -> Layout:
    return Layout(
        id=id,
        title="",
        document="residence_card",
        generation=generation,
        source="test",
        confirmed=confirmed,
        sides={"front": SideLayout(labels=LABELS)},
    )


def front() -> Capture:
    """A front that was supplied, found and rectified."""
    picture = Picture(Role.FRONT, "", "image/png", np.zeros((2, 2, 3), np.uint8), ImageMetadata("PNG"))
    quality = Quality(12.0, 1.0, 0.0, 0.0, 1.0, 128.0, 100.0)
    view = CardView(
        side=Side.FRONT,
        role=Role.FRONT,
        raster=np.zeros((638, 1012, 3), np.uint8),
        homography=np.eye(3),
        kind=CaptureKind.SCAN,
        quality=quality,
        layout="jp.residence_card.gen1",
        layout_confidence=1.0,
    )
    return Capture(picture, Location((), 1, CaptureKind.SCAN), view)


def reading(
    name: str, raw: str, value: str | None = None, sure: float = SURE, extra: Mapping[str, str] | None = None
) -> FieldReading:
    return FieldReading(
        name, "front", raw, value, sure, side=Side.FRONT, box=(0.1, 0.2, 0.2, 0.04), extra=extra or {}
    )


def card(
    changes: Mapping[str, str | None] | None = None,
    *,
    sure: Mapping[str, float] | float = SURE,
    extra: Mapping[str, Mapping[str, str]] | None = None,
    now: datetime = NOW,
    profile: Layout | None = None,
) -> Case:
    """The specimen with fields changed; a new text is print and normal form, None takes a field away."""
    changed = changes or {}
    extras = {**EXTRA, **(extra or {})}
    readings = []
    for name, (raw, value) in SPECIMEN.items():
        text = changed.get(name, raw)
        if text is None:
            continue
        normal = changed.get(name, value)
        level = sure if isinstance(sure, float) else sure.get(name, SURE)
        readings.append(reading(name, text, normal, level, extras.get(name)))
    return Case(
        reference_time=now,
        trust_profile="production",
        captures={"front": front()},
        layout=profile or layout(),
        layout_confidence=1.0,
        fields=tuple(readings),
    )


def ask(check: Check, case: Case) -> CheckResult:
    return run_check(check, case, POLICY)
